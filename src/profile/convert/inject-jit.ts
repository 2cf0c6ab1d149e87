// `perfts inject --jit`, as perf inject does it (FORMAT 3.10): what jitdumps say becomes files and mappings, for readers that know no
// jitdumps. Records are written in the order of time, each new mapping where it belongs.
//
//   read      jitdump's MMAP2   s1   s2        The mapping of the dump itself is left out, and anonymous mappings of its process
//   jitdump   load A at t1, B at t3            from then on. The dump is read before the first record with a time: its own times
//   written   A(t1)  s1  B(t3)  s2             are relative to that.

import { Diagnostics } from '../../bytes/diagnostics.ts';
import type { ByteSource } from '../../bytes/source.ts';
import { FeatureId } from '../../perfdata/features/feature-id.ts';
import { Misc, RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { MmapRecord } from '../../perfdata/records/mmap.ts';
import { ByteBuilder, recordBytes } from '../../perfdata/writer/byte-builder.ts';
import type { Recording } from '../recording.ts';
import type { Written } from './convert-recording.ts';
import { coversJitCode, isJitdumpPath, type ImageStore, jitMappingRecord, type JitMapping, storeJitImages } from './jit-images.ts';
import { type OutputForm, type OutputPlace, type Payloads, RecordingOutput } from './recording-output.ts';

export interface InjectOptions extends OutputForm {
  /** Where the images of a jitdump go; `path` as it was recorded, `source` as it was found. */
  readonly imagesOf: (path: string, source: ByteSource) => ImageStore;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** What was injected, besides what was written. */
export interface Injected extends Written {
  readonly jitdumps: number;
  readonly images: number;
  /** Recorded paths of jitdumps that were not found. */
  readonly missing: readonly string[];
  /** Jitdumps whose times are of another clock: their code stands from the beginning on. */
  readonly timeless: readonly string[];
}

const CLOCK_MONOTONIC = 1;
const PROGRESS_STEP = 4_096;
const MISC_USER = 2;

/** Writes the recording with its JIT code as mappings of images to `place`. */
export async function injectJit(recording: Recording, options: InjectOptions, place: OutputPlace): Promise<Injected> {
  const injection = new Injection(recording, options, place);
  return await injection.run();
}

interface Pending {
  readonly mapping: JitMapping;
  readonly pid: number;
}

class Injection {
  readonly #recording: Recording;
  readonly #options: InjectOptions;
  readonly #output: RecordingOutput;
  readonly #mmap = new MmapRecord();
  /** Processes with a jitdump: their anonymous mappings are left out. */
  readonly #jitPids = new Set<number>();
  /** Announced, and not read yet. */
  #announced: { readonly path: string; readonly pid: number; readonly source: ByteSource }[] = [];
  /** To be written, the latest first. */
  #pending: Pending[] = [];
  readonly #builds = new Map<string, Uint8Array>();
  readonly #missing = new Set<string>();
  readonly #timeless = new Set<string>();
  #jitdumps = 0;
  #samples = 0;

  constructor(recording: Recording, options: InjectOptions, place: OutputPlace) {
    this.#recording = recording;
    this.#options = options;
    this.#output = new RecordingOutput(recording, options, place, recording.file.events, (payloads) => this.#withBuildIds(payloads));
  }

  async run(): Promise<Injected> {
    const { file } = this.#recording;
    const records = this.#recording.orderedRecords({ withUnowned: true });
    await this.#output.begin();
    for (let count = 0; ; count++) {
      const more = records.next();
      if (!(typeof more === 'boolean' ? more : await more)) break;
      const { record, event, time, hasTime } = records;
      if (count % PROGRESS_STEP === 0) this.#options.onProgress?.(record.fileOffset / file.fileSize);
      if (record.type === RecordType.FinishedRound) continue;
      if (hasTime) {
        if (this.#announced.length > 0) await this.#readJitdumps(time);
        this.#writePending(time);
      }
      if ((record.type === RecordType.Mmap || record.type === RecordType.Mmap2) && (await this.#isTaken(record, event))) continue;
      if (record.type === RecordType.Sample) this.#samples++;
      await this.#output.record(record, event, hasTime);
      if (hasTime) this.#output.inOrder();
    }
    await this.#readJitdumps(0);
    this.#writePending(Infinity);
    await this.#output.finish();
    return {
      records: this.#output.count, samples: this.#samples, leftOut: this.#output.leftOut, jitdumps: this.#jitdumps, images: this.#builds.size, missing: [...this.#missing], timeless: [...this.#timeless],
    };
  }

  /** Whether a mapping is a jitdump's own, or one that would hide its code. */
  async #isTaken(record: RecordView, event: number): Promise<boolean> {
    const { events } = this.#recording.file.events;
    const mmap = this.#mmap;
    if (!mmap.read(record, events[event] ?? events[0]) || mmap.pid < 0) return false;
    const { pid, filename } = mmap;
    if (!isJitdumpPath(filename)) return this.#jitPids.has(pid) && coversJitCode(filename);
    const source = await this.#recording.jitdump(filename);
    if (source === undefined) {
      this.#missing.add(filename);
      return false;
    }
    this.#jitPids.add(pid);
    this.#announced.push({ path: filename, pid, source });
    return true;
  }

  /** `now`: for jitdumps whose times are of another clock. */
  async #readJitdumps(now: number): Promise<void> {
    const { file } = this.#recording;
    const sameClock = file.events.events.some((event) => event.attr.useClockid && event.attr.clockId === CLOCK_MONOTONIC);
    for (const { path, pid, source } of this.#announced) {
      const { archTimestamps, mappings } = await storeJitImages(source, Math.max(file.timeBase.baseHigh, 0), this.#options.imagesOf(path, source), new Diagnostics());
      const isTimeless = !sameClock || archTimestamps;
      if (isTimeless) this.#timeless.add(path);
      this.#jitdumps++;
      for (const mapping of mappings) {
        this.#builds.set(mapping.path, mapping.buildId);
        this.#pending.push({ mapping: isTimeless ? { ...mapping, time: now } : mapping, pid });
      }
    }
    this.#announced = [];
    this.#pending.sort((a, b) => b.mapping.time - a.mapping.time);
  }

  /** Writes the mappings up to a time. */
  #writePending(time: number): void {
    const { timeBase, events, littleEndian } = this.#recording.file;
    for (let next = this.#pending.at(-1); next !== undefined && next.mapping.time <= time; next = this.#pending.at(-1)) {
      this.#pending.pop();
      const first = events.events[0];
      if (first === undefined) continue;
      this.#output.write(jitMappingRecord(next.mapping, next.pid, timeBase.exact(next.mapping.time), first.layout, littleEndian), 0);
      this.#output.inOrder();
    }
  }

  /** The images join the files whose build ids the header lists. */
  #withBuildIds(payloads: Payloads): Payloads {
    if (this.#builds.size === 0) return payloads;
    const { littleEndian } = this.#recording.file;
    const list = new ByteBuilder(littleEndian).raw(payloads.get(FeatureId.BuildId) ?? new Uint8Array(0));
    for (const [path, buildId] of this.#builds) {
      list.raw(recordBytes(littleEndian, 0, MISC_USER | Misc.BuildIdSize, (body) => {
        body.u32(-1).raw(buildId).u8(buildId.length).zeros(3).text(path, 8);
      }));
    }
    return payloads.set(FeatureId.BuildId, list.bytes());
  }
}
