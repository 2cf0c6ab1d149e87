// Perfetto's trace format (FIGURES 3.5; v58.2): packets of stack samples, with functions, mappings, frames and stacks interned as they first
// turn up. Written as samples come; nothing but the numbers of what was interned is kept. Each recording is a sequence of its own.

import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { CodeKind, telling } from './code-table.ts';
import type { ExportFormat, ExportTables, ExportedRecording, FormatWriter, SampleRow } from './format.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

// Field numbers.
const Trace = { packet: 1 } as const;
const TracePacket = { timestamp: 8, sequenceId: 10, internedData: 12, sequenceFlags: 13, defaults: 59, trackDescriptor: 60, stackSample: 135 } as const;
const InternedData = { functionNames: 5, frames: 6, callstacks: 7, buildIds: 16, mappingPaths: 17, sourcePaths: 18, mappings: 19 } as const;
const InternedString = { iid: 1, str: 2 } as const;
const Mapping = { iid: 1, buildId: 2, start: 4, end: 5, pathStringIds: 7 } as const;
const Frame = { iid: 1, functionNameId: 2, mappingId: 3, relPc: 4, sourcePathIid: 5, lineNumber: 6, kind: 7 } as const;
const Callstack = { iid: 1, frameIds: 2 } as const;
const StackSample = { taskContext: 1, executionContext: 3, callstackIid: 6, unwindError: 7, primaryDescriptor: 9, primaryWeight: 11 } as const;
const TaskContext = { pid: 2, tid: 3 } as const;
const ExecutionContext = { cpu: 2, mode: 3 } as const;
const CounterDescriptor = { name: 2, unit: 3 } as const;
const TracePacketDefaults = { stackSample: 100 } as const;
const StackSampleDefaults = { source: 1 } as const;
const TrackDescriptor = { uuid: 1, process: 3, thread: 4 } as const;
const ProcessDescriptor = { pid: 1, processName: 6 } as const;
const ThreadDescriptor = { pid: 1, tid: 2, threadName: 5 } as const;

const STATE_CLEARED = 1;
const NEEDS_STATE = 2;
const MODE_USER = 1;
const MODE_KERNEL = 2;
const UNIT_NANOSECONDS = 1;
const UNIT_COUNT = 9;
/** Frame.Kind. */
const KIND_OF: Readonly<Record<CodeKind, number>> = { [CodeKind.Native]: 1, [CodeKind.Kernel]: 2, [CodeKind.Python]: 3, [CodeKind.Jit]: 4, [CodeKind.Unknown]: 0 };
/** Bytes of packets that are handed on together. */
const BLOCK = 1 << 16;
const PAGE = 4096;

/** What of the tables a sequence has been told already: numbers below these, and stacks. */
interface Told {
  readonly recording: ExportedRecording;
  functions: number;
  modules: number;
  places: number;
  readonly files: Map<string, number>;
  readonly stacks: Set<number>;
  readonly tasks: Map<string, string>;
}

class PerfettoWriter implements FormatWriter {
  readonly #tables: ExportTables;
  readonly #sink: ByteSink;
  readonly #out = new ProtobufWriter();
  readonly #names: number[] = [];
  readonly #nameIds = new Map<string, number>();
  #told: Told | undefined;
  /** Ns that are added to a recording's times, so that all begin with the first one. */
  #shift = 0n;
  #start: bigint | undefined;
  #uuid = 0;

  constructor(tables: ExportTables, sink: ByteSink) {
    this.#tables = tables;
    this.#sink = sink;
  }

  sample(row: SampleRow): void {
    let told = this.#told;
    if (told?.recording !== row.recording) told = this.#begin(row);
    this.#nameTask(row, told);
    const out = this.#out;
    out.begin(Trace.packet);
    this.#head(row, NEEDS_STATE);
    this.#intern(row.stack, told);
    out.begin(TracePacket.stackSample);
    out.begin(StackSample.taskContext);
    out.uint(TaskContext.pid, Math.max(row.pid, 0));
    out.uint(TaskContext.tid, Math.max(row.tid, 0));
    out.end();
    out.begin(StackSample.executionContext);
    if (row.cpu >= 0) out.uint(ExecutionContext.cpu, row.cpu);
    out.uint(ExecutionContext.mode, row.inKernel ? MODE_KERNEL : MODE_USER);
    out.end();
    if (row.stack > 0) out.uint(StackSample.callstackIid, row.stack);
    if (row.end !== undefined && row.end !== 'root') out.text(StackSample.unwindError, row.end);
    out.begin(StackSample.primaryDescriptor);
    out.text(CounterDescriptor.name, row.event.name);
    out.uint(CounterDescriptor.unit, row.event.unit === 'nanoseconds' ? UNIT_NANOSECONDS : UNIT_COUNT);
    out.end();
    out.uint(StackSample.primaryWeight, row.period);
    out.end();
    out.end();
    if (out.length >= BLOCK) this.#flush();
  }

  finish(): void {
    this.#flush();
  }

  /** The first packet of a recording's sequence. */
  #begin(row: SampleRow): Told {
    const clock = row.recording.clockTime(row.time);
    this.#start ??= clock;
    this.#shift = this.#start - clock;
    this.#told = { recording: row.recording, functions: 0, modules: 0, places: 0, files: new Map(), stacks: new Set(), tasks: new Map() };
    const out = this.#out;
    out.begin(Trace.packet);
    this.#head(row, STATE_CLEARED | NEEDS_STATE);
    out.begin(TracePacket.defaults);
    out.begin(TracePacketDefaults.stackSample);
    out.text(StackSampleDefaults.source, 'linux.perf');
    out.end();
    out.end();
    out.end();
    return this.#told;
  }

  #head({ recording, time }: SampleRow, flags: number): void {
    const out = this.#out;
    out.big(TracePacket.timestamp, recording.clockTime(time) + this.#shift);
    out.uint(TracePacket.sequenceId, recording.index + 1);
    out.uint(TracePacket.sequenceFlags, flags);
  }

  /** Names a thread when it is first seen, and when its name has changed. */
  #nameTask(row: SampleRow, { tasks }: Told): void {
    const { recording, pid, tid, comm } = row;
    const key = `${pid} ${tid}`;
    if (pid < 0 || tasks.get(key) === comm) return;
    tasks.set(key, comm);
    const labels = [...recording.labels.values()].join(' ');
    const out = this.#out;
    out.begin(Trace.packet);
    this.#head(row, NEEDS_STATE);
    out.begin(TracePacket.trackDescriptor);
    out.uint(TrackDescriptor.uuid, ++this.#uuid);
    if (pid === tid) {
      out.begin(TrackDescriptor.process);
      out.uint(ProcessDescriptor.pid, pid);
      out.text(ProcessDescriptor.processName, labels === '' ? comm : `${labels}: ${comm}`);
      out.end();
      out.end();
      out.end();
      out.begin(Trace.packet);
      this.#head(row, NEEDS_STATE);
      out.begin(TracePacket.trackDescriptor);
      out.uint(TrackDescriptor.uuid, ++this.#uuid);
    }
    out.begin(TrackDescriptor.thread);
    out.uint(ThreadDescriptor.pid, pid);
    out.uint(ThreadDescriptor.tid, tid);
    out.text(ThreadDescriptor.threadName, comm);
    out.end();
    out.end();
    out.end();
  }

  /** What the stack needs and the sequence has not been told yet. */
  #intern(stack: number, told: Told): void {
    if (stack === 0 || told.stacks.has(stack)) return;
    told.stacks.add(stack);
    const out = this.#out;
    const { stacks } = this.#tables;
    out.begin(TracePacket.internedData);
    this.#internCode(told);
    const path: number[] = [];
    for (let node = stack; node > 0; node = stacks.parent[node]!) path.push(stacks.frame[node]! + 1);
    out.begin(InternedData.callstacks);
    out.uint(Callstack.iid, stack);
    for (let i = path.length - 1; i >= 0; i--) out.uint(Callstack.frameIds, path[i]!);
    out.end();
    out.end();
  }

  /** Functions, modules and places that have come since. */
  #internCode(told: Told): void {
    const { code } = this.#tables;
    for (; told.modules < code.modules.length; told.modules++) this.#mapping(told.modules);
    for (; told.functions < code.functions.length; told.functions++) {
      const name = telling(code.functions[told.functions]!);
      let id = this.#nameIds.get(name);
      if (id === undefined) this.#nameIds.set(name, (id = this.#nameIds.size + 1));
      this.#names[told.functions] = id;
      this.#string(InternedData.functionNames, id, name);
    }
    for (; told.places < code.length; told.places++) this.#frame(told.places, told);
  }

  #mapping(module: number): void {
    const out = this.#out;
    const { path, buildId } = this.#tables.code.modules[module]!;
    const iid = module + 1;
    this.#string(InternedData.mappingPaths, iid, path);
    if (buildId !== '') this.#string(InternedData.buildIds, iid, Uint8Array.from(buildId.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
    out.begin(InternedData.mappings);
    out.uint(Mapping.iid, iid);
    if (buildId !== '') out.uint(Mapping.buildId, iid);
    out.uint(Mapping.start, 0);
    out.big(Mapping.end, 2n ** 64n - BigInt(PAGE));
    // Elements of the path from the root on.
    out.uint(Mapping.pathStringIds, iid);
    out.end();
  }

  #frame(place: number, { files }: Told): void {
    const out = this.#out;
    const { code } = this.#tables;
    const { file, module, kind } = code.at(place);
    const address = code.address[place]!;
    let path = 0;
    if (file !== '') {
      path = files.get(file) ?? files.size + 1;
      if (!files.has(file)) {
        files.set(file, path);
        this.#string(InternedData.sourcePaths, path, file);
      }
    }
    out.begin(InternedData.frames);
    out.uint(Frame.iid, place + 1);
    out.uint(Frame.functionNameId, this.#names[code.function[place]!]!);
    // A frame with a mapping needs a place in it.
    if (module >= 0 && address !== -1) {
      out.uint(Frame.mappingId, module + 1);
      out.big(Frame.relPc, BigInt(address));
    }
    out.some(Frame.sourcePathIid, path);
    out.some(Frame.lineNumber, code.line[place]!);
    out.uint(Frame.kind, KIND_OF[kind]);
    out.end();
  }

  #string(field: number, iid: number, text: string | Uint8Array): void {
    const out = this.#out;
    out.begin(field);
    out.uint(InternedString.iid, iid);
    if (typeof text === 'string') out.text(InternedString.str, text);
    else out.blob(InternedString.str, text);
    out.end();
  }

  #flush(): void {
    this.#sink.write(this.#out.bytes);
    this.#out.clear();
  }
}

export const perfetto: ExportFormat = {
  byAddress: true,
  make: (tables, _options, sink) => new PerfettoWriter(tables, sink),
};
