// The lines of records other than samples in `script`: with --show-…-events one for each record of a kind, and of `perf stat record`
// what was counted in each round (FORMAT 2.1, 2.2, 3.7).

import type { TextBuffer } from '../../bytes/text-buffer.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import { FIRST_USER_TYPE, RecordType, recordTypeName } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { TrailerView } from '../../perfdata/trailer-view.ts';
import type { Module } from '../../process/module.ts';
import type { Processes } from '../../process/processes.ts';
import type { Pipeline } from '../../profile/pipeline.ts';
import { recordText } from '../records/record-text.ts';
import { TextPokeText } from '../records/text-poke.ts';
import type { ScriptView } from './script-view.ts';

/** What --show-KIND-events shows. */
export const SHOWN_KINDS: Readonly<Record<ShownKind, readonly number[]>> = {
  task: [RecordType.Comm, RecordType.Fork, RecordType.Exit],
  mmap: [RecordType.Mmap, RecordType.Mmap2],
  switch: [RecordType.Switch, RecordType.SwitchCpuWide],
  namespace: [RecordType.Namespaces],
  cgroup: [RecordType.Cgroup],
  lost: [RecordType.Lost],
  round: [RecordType.FinishedRound],
  bpf: [RecordType.Ksymbol, RecordType.BpfEvent],
  'text-poke': [RecordType.TextPoke],
};

export type ShownKind = 'task' | 'mmap' | 'switch' | 'namespace' | 'cgroup' | 'lost' | 'round' | 'bpf' | 'text-poke';

/** Types whose first field says whose they are; of others the trailer does. */
const NAMES_ITS_TASK: readonly number[] = [
  RecordType.Comm, RecordType.Fork, RecordType.Exit, RecordType.Mmap, RecordType.Mmap2, RecordType.Namespaces,
];

export class RecordLines {
  readonly #file: PerfDataFile;
  readonly #processes: Processes;
  readonly #script: ScriptView;
  readonly #out: TextBuffer;
  readonly #types: ReadonlySet<number>;
  readonly #trailer: TrailerView;
  readonly #textPoke: TextPokeText;

  constructor(pipeline: Pipeline, script: ScriptView, kinds: readonly ShownKind[], out: TextBuffer) {
    this.#file = pipeline.file;
    this.#processes = pipeline.processes;
    this.#script = script;
    this.#out = out;
    this.#types = new Set(kinds.flatMap((kind) => SHOWN_KINDS[kind]));
    this.#trailer = new TrailerView(this.#file.timeBase);
    this.#textPoke = new TextPokeText(pipeline.resolver);
  }

  /** What must be loaded to name the functions in a record's text. */
  wantsFor(record: RecordView): Module | undefined {
    return this.#types.has(record.type) ? this.#textPoke.wantsFor(record) : undefined;
  }

  /** A record before it is taken in: tasks that exit still have their names. */
  arrives(record: RecordView, event: number): void {
    if (record.type === RecordType.Exit) this.#show(record, event);
  }

  /** A record after it was taken in: tasks have their new names. */
  record(record: RecordView, event: number): void {
    if (record.type !== RecordType.Exit) this.#show(record, event);
  }

  #show(record: RecordView, eventIndex: number): void {
    const { type } = record;
    if (!this.#types.has(type)) return;
    if (type >= FIRST_USER_TYPE) {
      this.#out.text(`PERF_RECORD_${recordTypeName(type)}\n`);
      return;
    }
    const { events } = this.#file.events;
    const event = events[eventIndex] ?? events[0];
    const trailer = this.#trailer;
    trailer.read(record, event);
    let { pid, tid } = trailer;
    if (NAMES_ITS_TASK.includes(type) && record.size >= 24) {
      pid = record.view.getInt32(record.offset + 8, record.littleEndian);
      tid = record.view.getInt32(record.offset + (type === RecordType.Fork || type === RecordType.Exit ? 16 : 12), record.littleEndian);
    }
    const comm = tid === -1 ? ':-1' : this.#processes.thread(pid, tid).comm.text;
    if (event === undefined) return;
    const isWhole = event.attr.sampleIdAll;
    this.#script.recordHead(record, event, comm, {
      pid: isWhole ? trailer.pid : pid,
      tid: isWhole ? trailer.tid : tid,
      cpu: isWhole ? trailer.cpu : 0,
      time: trailer.hasTime ? trailer.time : undefined,
    });
    const text = type === RecordType.TextPoke ? this.#textPoke.text(record) : recordText(record, event);
    this.#out.text(`PERF_RECORD_${recordTypeName(type)}${text}`);
  }
}
