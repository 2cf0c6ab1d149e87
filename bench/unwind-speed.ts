// What the unwinder itself takes, without files and text: warm steps a second, one thread, over the samples of a recording that were
// walked before; and how long a jitdump of 200 000 records takes to be indexed. Prints the figures and writes them to
// bench/RESULTS.md (section "Unwinding").
//
//   node dist/bench/unwind-speed.js RECORDING [--symfs ROOT] [--samples 4000] [--rounds 25] [--dry]
//
// The recording must hold stack dumps; the process with the most samples is looked at, in the state in which the recording ends.

import { parseArgs } from 'node:util';
import { Diagnostics } from '../src/bytes/diagnostics.ts';
import { perform } from '../src/bytes/reading.ts';
import { MemorySource } from '../src/bytes/source.ts';
import { JitCode } from '../src/jit/jit-code.ts';
import { readJitdump } from '../src/jit/jitdump.ts';
import { openRecording } from '../src/node/open-recording.ts';
import type { RecordView } from '../src/perfdata/record-view.ts';
import type { SampleView } from '../src/perfdata/sample-view.ts';
import type { Process } from '../src/process/thread.ts';
import { StackSource } from '../src/profile/resolved-sample.ts';
import { MACHINE_REGISTERS, RegisterLayout, type WalkedMachine } from '../src/unwind/registers.ts';
import { StopReason } from '../src/unwind/stop-reason.ts';
import { Unwinder } from '../src/unwind/unwinder.ts';
import { JitdumpWriter } from '../test/jit/jitdump-writer.ts';
import { median } from './measured-run.ts';
import { circumstances, writeResults } from './results-file.ts';

const JITDUMP_RECORDS = 200_000;
/** Frames a second, and seconds for the jitdump. */
const LEAST_FRAMES = 20e6;
const INDEX_LIMIT = 1;

/** A sample's record, kept, and where in it what the unwinder reads lies. */
interface Kept {
  readonly view: DataView;
  readonly registers: number;
  readonly stack: number;
  readonly size: number;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { symfs: { type: 'string' }, samples: { type: 'string', default: '4000' }, rounds: { type: 'string', default: '25' }, dry: { type: 'boolean', default: false } },
});
const [path] = positionals;
if (path === undefined) throw new Error('which recording?');

const warm = await warmSteps(path, Number(options.samples), Number(options.rounds));
const index = jitdumpIndex();
const text = `By \`bench/unwind-speed.ts\`, in one process and thread.

${circumstances()}

| what | figure | limit |
| --- | --- | --- |
| warm steps, ${warm.machine}: ${warm.samples} samples of one process, ${warm.frames} frames, ${(100 * warm.hits).toFixed(1)} % of the steps found in the cache; median of ${options.rounds} walks over all of them | **${(warm.perSecond / 1e6).toFixed(1)} million frames a second** | 20: ${warm.perSecond >= LEAST_FRAMES ? 'kept' : 'NOT kept'} |
| a jitdump of ${JITDUMP_RECORDS} records (${(index.bytes / 1e6).toFixed(1)} MB): read and indexed by address, 5 times, median | **${(index.seconds * 1000).toFixed(0)} ms** | 1000: ${index.seconds <= INDEX_LIMIT ? 'kept' : 'NOT kept'} |
`;
process.stdout.write(text);
if (!options.dry) writeResults('Unwinding', text);

async function warmSteps(recordingPath: string, most: number, rounds: number): Promise<{ machine: string; samples: number; frames: number; hits: number; perSecond: number }> {
  const { recording, close } = await openRecording(recordingPath, { symfs: options.symfs === undefined ? [] : [options.symfs] });
  const pipeline = recording.pipeline({ maxStack: Infinity, keepExited: true });
  const kept = new Map<Process, Kept[]>();
  await pipeline.run({
    sample: (sample, raw, record) => {
      if (sample.source !== StackSource.Unwound || sample.stop !== StopReason.Root) return;
      const { process } = sample.thread;
      let samples = kept.get(process);
      if (samples === undefined) kept.set(process, (samples = []));
      if (samples.length < most) samples.push(copyOf(raw, record));
    },
  });
  const [most1] = [...kept].sort(([, a], [, b]) => b.length - a.length);
  if (most1 === undefined) throw new Error('no whole stacks in that recording');
  const [process, samples] = most1;
  const machine = recording.machine as WalkedMachine;
  const layout = new RegisterLayout(machine, recording.file.events.events.find((event) => event.hasUserStack)!.attr.sampleRegsUser);
  const { wide, littleEndian } = recording.file;
  const space = pipeline.resolver.code;
  space.enter(process, Number.MAX_SAFE_INTEGER, false);
  const unwinder = new Unwinder(machine, wide, (address, _space, region) => pipeline.resolver.label(address, region));
  let frames = 0;
  const seconds: number[] = [];
  for (let round = -5; round < rounds; round++) {
    if (round === 0) unwinder.counters.hits = unwinder.counters.misses = 0;
    frames = 0;
    const started = performance.now();
    for (const { view, registers, stack, size } of samples) {
      unwinder.registers.set(layout, view, registers, littleEndian, 2);
      unwinder.memory.set(view, stack, unwinder.registers.read(MACHINE_REGISTERS[machine].sp), size, littleEndian);
      unwinder.unwind(space);
      frames += unwinder.count;
    }
    if (round >= 0) seconds.push((performance.now() - started) / 1000);
  }
  const { hits, misses } = unwinder.counters;
  close();
  return { machine, samples: samples.length, frames, hits: hits / (hits + misses), perSecond: frames / median(seconds) };
}

function copyOf(raw: SampleView, record: RecordView): Kept {
  const bytes = new Uint8Array(record.view.buffer, record.view.byteOffset + record.offset, record.end - record.offset).slice();
  return { view: new DataView(bytes.buffer), registers: raw.userRegsOffset - record.offset, stack: raw.stackOffset - record.offset, size: raw.stackDynSize };
}

/** A trampoline of CPython and its name, 200 000 times. */
function jitdumpIndex(): { bytes: number; seconds: number } {
  const writer = new JitdumpWriter();
  for (let i = 0; i < JITDUMP_RECORDS; i++) {
    writer.load({ name: `py::function_${i}:/srv/app/module_${i % 997}.py`, start: 0x7f00_0000_0000 + i * 64, size: 15, time: BigInt(1_000_000 + i), index: i });
  }
  const bytes = writer.bytes();
  const seconds: number[] = [];
  for (let round = 0; round < 5; round++) {
    const started = performance.now();
    const diagnostics = new Diagnostics();
    const code = new JitCode(perform(new MemorySource(bytes), readJitdump(bytes.length, { timeBaseHigh: 0 }, diagnostics)) as never, diagnostics);
    if (code.length !== JITDUMP_RECORDS || code.find(0x7f00_0000_0000 + 64 * 1000 + 3) < 0) throw new Error('not indexed');
    seconds.push((performance.now() - started) / 1000);
  }
  return { bytes: bytes.length, seconds: median(seconds) };
}
