// Whose the addresses of the kernel are: nobody's without a record of its text, the kernel's where the record says no end of it.

import t from 'tap';
import { type Writer, fileOf, recordOf } from '../perfdata/recording.ts';
import { openInMemory } from '../end-to-end/in-memory.ts';

const IP_TID_TIME_PERIOD = 1 | 2 | 4 | 0x100;
const KERNEL_MODE = 1;

function trailer(writer: Writer): Writer {
  return writer.u32(0).u32(0).u64(0);
}

function kernelText(start: bigint, length: bigint): Uint8Array {
  const name = new TextEncoder().encode('[kernel.kallsyms]_text\0\0');
  return recordOf(true, 1, KERNEL_MODE, (writer) => trailer(writer.u32(0xffffffff).u32(0).u64(start).u64(length).u64(start).raw(name)));
}

function sample(pid: number, tid: number, ip: bigint): Uint8Array {
  return recordOf(true, 9, KERNEL_MODE, (writer) => writer.u64(ip).u32(pid).u32(tid).u64(5).u64(1));
}

async function modules(...records: readonly Uint8Array[]): Promise<string[]> {
  const recording = await openInMemory({ recording: fileOf(true, [{ sampleType: IP_TID_TIME_PERIOD }], records) });
  const found: string[] = [];
  for await (const { comm, frames } of recording.samples()) found.push(`${comm} ${frames[0]?.module}`);
  return found;
}

t.test('the kernel and its mapping', async (t) => {
  const inKernel = sample(7, 7, 0xffffffff81000510n);
  const inModule = sample(7, 7, 0xffffffffc0000510n);
  t.same(await modules(inKernel), [':7 '], 'no record');
  t.same(await modules(kernelText(0xffffffff81000000n, 0x1000000n), inKernel, inModule), [':7 [kernel.kallsyms]', ':7 '], 'start and end');
  t.same(await modules(kernelText(0n, 0xffffffff9fffffffn), inKernel, inModule), [':7 [kernel.kallsyms]', ':7 [kernel.kallsyms]'], '"from 0 to the end"');
  t.same(await modules(kernelText(0x35c00000n, 0xffffffff8a3fffffn), inKernel, sample(7, 7, 0x1234n)), [':7 [kernel.kallsyms]', ':7 '], 'from some place to the end');
  t.same(await modules(kernelText(0x80008000n, 0xffffffff7fff7fffn), sample(7, 7, 0x803a0cbcn)), [':7 [kernel.kallsyms]'], 'of 32 bits');
});

t.test('the idle task is one thread whatever process it is said to belong to', async (t) => {
  t.same(await modules(sample(1430, 0, 0xffffffff81000510n)), ['swapper ']);
});
