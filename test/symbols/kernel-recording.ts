// A recording of testdata/kernel's kernel and module, made record by record.

import { fileOf, recordOf, type Writer } from '../perfdata/recording.ts';

export const KERNEL_ID: string = '5566778899001122334455667788990011223344';
export const MODULE_ID: string = '6677889900112233445566778899001122334455';
export const RELEASE: string = '7.1-test';
export const MODULE_PATH: string = `/lib/modules/${RELEASE}/kernel/fs/foo-bar.ko.xz`;

/** Samples in a kernel that lay elsewhere than it was linked, and in a module that was loaded twice, there at a distance from its start. */
export function kernelRecording(inModule = 0x64n): Uint8Array {
  const KERNEL_WITH_ID = 1 | 0x4000;
  const mmap = (start: bigint, length: bigint, pageOffset: bigint, path: string, id: string): Uint8Array =>
    recordOf(true, 10, KERNEL_WITH_ID, (writer: Writer) => {
      const name = Buffer.alloc(Math.ceil((path.length + 1) / 8) * 8);
      name.write(path);
      writer.u32(0xffffffff).u32(0).u64(start).u64(length).u64(pageOffset).u32(20).raw(new Uint8Array(Buffer.from(id, 'hex'))).u32(5).u32(2).raw(new Uint8Array(name)).u32(0).u32(0).u64(0);
    });
  const sample = (ip: bigint, time: number): Uint8Array => recordOf(true, 9, 1, (writer: Writer) => writer.u64(ip).u32(7).u32(7).u64(time).u64(1));
  return fileOf(true, [{ sampleType: 1 | 2 | 4 | 0x100 }], [
    mmap(0xffffffff9c000000n, 0x2000n, 0xffffffff9c000000n, '[kernel.kallsyms]_text', KERNEL_ID),
    mmap(0xffffffffc0400000n, 0x1000n, 0n, MODULE_PATH, MODULE_ID),
    mmap(0xffffffffc0500000n, 0x1000n, 0n, MODULE_PATH, MODULE_ID),
    sample(0xffffffff9c000110n, 1), sample(0xffffffffc0400000n + inModule, 2), sample(0xffffffffc04000a4n, 3), sample(0xffffffffc0500000n + inModule, 4),
  ]);
}
