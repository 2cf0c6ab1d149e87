// Builds a Profile from what `perf script` printed, so that report can be held against perf's own report without reading a recording.
// Input: the text of `perf script --no-inline -F comm,pid,tid,cpu,time,period,event,ip,sym,symoff,dso`, and optionally the mappings
// and names of threads (`perf script --show-mmap-events --show-task-events`, from `MMAP` or `COMM` on). Such text lacks the ends of
// symbols, which of them are data, the IP of samples without a chain, and the names that threads got after their last sample if
// it is not told of those.

import { WideAddresses } from '../../src/bytes/int64.ts';
import { Module } from '../../src/process/module.ts';
import type { SymbolTable } from '../../src/symbols/symbol-table.ts';
import { FrameTable } from '../../src/profile/frame-table.ts';
import { CpuMode } from '../../src/profile/profile.ts';
import type { Profile, ProfileEvent, ProfileThread } from '../../src/profile/profile.ts';
import { StackTable } from '../../src/profile/stack-table.ts';
import { TallyTable } from '../../src/profile/tally-table.ts';

const HEAD = /^(.*?) +(-?\d+)\/(-?\d+) +(?:\[\d+\] +)?(\d+\.\d+): +(?:(\d+) +)?(\S+): ?(.*)$/;
const FRAME = /^\s*([0-9a-f]+) (.*) \((.*)\)$/;
const MAPPING = /^MMAP2? (-?\d+)\/\d+: \[(0x[0-9a-f]+|0)\((0x[0-9a-f]+|0)\) @ (0x[0-9a-f]+|0).*\]: (?:\S+x\S|---p|x) (.*)$/;

const COMM = /^COMM(?: exec)?: (.*):(-?\d+)\/(-?\d+)$/;

interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly shift: number;
}

/** Symbols as they are met: named ranges of length 1, since script text says where a symbol starts and not where it ends. */
class MetSymbols implements SymbolTable {
  readonly names: string[] = [];
  readonly starts: number[] = [];
  readonly #byKey = new Map<string, number>();

  get length(): number {
    return this.names.length;
  }

  of(name: string, start: number): number {
    const key = `${start} ${name}`;
    let symbol = this.#byKey.get(key);
    if (symbol === undefined) {
      this.#byKey.set(key, (symbol = this.names.length));
      this.names.push(name);
      this.starts.push(start);
    }
    return symbol;
  }

  find(): number {
    return -1;
  }

  start(symbol: number): number {
    return this.starts[symbol]!;
  }

  end(symbol: number): number {
    return this.starts[symbol]! + 1;
  }

  name(symbol: number): string {
    return this.names[symbol]!;
  }

  isObject(): boolean {
    return false;
  }
}

interface GrowingEvent {
  readonly name: string;
  hasChains: boolean;
  samples: number;
  period: number;
  readonly tallies: TallyTable;
}

class ScriptText {
  readonly wide = new WideAddresses();
  readonly modules: Module[] = [];
  readonly tables: MetSymbols[] = [];
  readonly frames = new FrameTable(this.modules, this.tables);
  readonly stacks = new StackTable();
  readonly events: GrowingEvent[] = [];
  readonly threads: { pid: number; tid: number; comm: number }[] = [];
  readonly comms: string[] = [];
  readonly #mappings = new Map<string, Mapping[]>();
  readonly #moduleOf = new Map<string, number>();
  readonly #lastComm = new Map<number, string>();
  readonly #threadOf = new Map<number, number>();
  /** Start of a symbol by module, name and offset in its page, where no mapping says how far a file was moved. */
  readonly #startOf = new Map<string, number>();

  constructor(records: string) {
    this.module('[kernel.kallsyms]');
    for (const line of records.split('\n')) {
      const named = COMM.exec(line);
      if (named !== null) this.#lastComm.set(Number(named[3]), named[1]!);
      const match = MAPPING.exec(line);
      if (match === null) continue;
      const [, pid, start, length, offset, file] = match as unknown as [string, string, string, string, string, string];
      if (file.startsWith('[kernel')) continue;
      const from = this.#address(start);
      const path = file === '//anon' ? `/tmp/perf-${pid}.map` : file;
      this.module(path);
      const mapping = { start: from, end: from + this.#address(length), shift: this.#address(offset) - from };
      for (const key of [`${pid} ${path}`, ` ${path}`]) {
        const list = this.#mappings.get(key);
        if (list === undefined) this.#mappings.set(key, [mapping]);
        else list.push(mapping);
      }
    }
  }

  #address(hex: string): number {
    return this.wide.of(BigInt(hex.startsWith('0x') || hex === '0' ? hex : `0x${hex}`));
  }

  module(path: string): number {
    let id = this.#moduleOf.get(path);
    if (id !== undefined) return id;
    id = this.modules.length;
    const isKernel = path.startsWith('[') && path !== '[vdso]' && path !== '[vsyscall]' && !path.startsWith('[JIT]');
    const map = /^\/tmp\/perf-(\d+)\.map$/.exec(path);
    const short = map !== null ? `[JIT] tid ${map[1]}` : path.replace(/^\/.*\//, '');
    this.modules.push(new Module(id, id === 0 ? 'kernel' : isKernel ? 'kernel-module' : 'file', path, short, ''));
    this.tables.push(new MetSymbols());
    this.#moduleOf.set(path, id);
    return id;
  }

  frame(pid: number, ip: string, symbol: string, dso: string): number {
    const address = this.#address(ip);
    if (dso === '[unknown]') return this.frames.unresolved(-1, address, address, 0);
    const module = this.module(dso);
    const isAbsolute = this.modules[module]!.isKernel || dso.startsWith('/tmp/perf-') || dso === '//anon';
    const holds = (m: Mapping): boolean => address >= m.start && address < m.end;
    const mapping = isAbsolute ? undefined : (this.#mappings.get(`${pid} ${dso}`)?.findLast(holds) ?? this.#mappings.get(` ${dso}`)?.findLast(holds));
    const relative = mapping === undefined ? address : address + mapping.shift;
    if (symbol === '[unknown]') return this.frames.unresolved(module, address, relative, 0);
    const at = symbol.lastIndexOf('+0x');
    const name = at < 0 ? symbol : symbol.slice(0, at);
    const offset = at < 0 ? 0 : Number(symbol.slice(at + 1));
    let start = relative - offset;
    if (mapping === undefined && !isAbsolute) {
      // Another process has the same function elsewhere, at the same place in a page.
      const key = `${module} ${name} ${((start % 4096) + 4096) % 4096}`;
      start = this.#startOf.get(key) ?? start;
      this.#startOf.set(key, start);
    }
    return this.frames.function(module, this.tables[module]!.of(name, start), address, offset);
  }

  event(name: string): GrowingEvent {
    let event = this.events.find((e) => e.name === name);
    if (event === undefined) this.events.push((event = { name, hasChains: false, samples: 0, period: 0, tallies: new TallyTable() }));
    return event;
  }

  comm(text: string): number {
    const known = this.comms.indexOf(text);
    return known >= 0 ? known : this.comms.push(text) - 1;
  }

  thread(pid: number, tid: number): number {
    let thread = this.#threadOf.get(tid);
    if (thread === undefined) {
      this.#threadOf.set(tid, (thread = this.threads.length));
      this.threads.push({ pid, tid, comm: 0 });
    }
    return thread;
  }

  sample(head: RegExpExecArray, frameLines: readonly string[]): void {
    const [, commText, pidText, tid, , period, eventName, rest] = head as unknown as string[];
    const pid = Number(pidText);
    const lines = rest !== '' ? [rest!] : frameLines;
    const chain = lines.map((line) => {
      const match = FRAME.exec(line!);
      return match === null ? this.frames.unresolved(-1, 0, 0, 0) : this.frame(pid, match[1]!, match[2]!, match[3]!);
    });
    const event = this.event(eventName!);
    if (rest === '') event.hasChains = true;
    const leaf = chain[0] ?? -1;
    let stack = 0;
    if (rest === '') for (const frame of chain.toReversed()) stack = this.stacks.child(stack, frame);
    const thread = this.thread(pid, Number(tid));
    const comm = this.comm(commText!.trimStart());
    const last = this.#lastComm.get(Number(tid));
    this.threads[thread]!.comm = last === undefined ? comm : this.comm(last);
    const module = leaf < 0 ? -1 : this.frames.module[leaf]!;
    const inKernel = module < 0 ? leaf >= 0 && this.frames.address[leaf]! < 0 : this.modules[module]!.isKernel;
    const periods = period === undefined ? 1 : Number(period);
    event.samples++;
    event.period += periods;
    event.tallies.count(thread, comm, leaf, inKernel ? CpuMode.Kernel : CpuMode.User, stack, periods);
  }
}

/** The Profile of a recording of which `stacks` is the script text. */
export function profileFromScript(stacks: string, records = ''): Profile {
  const text = new ScriptText(records);
  // perf inject makes a file for every function, in the order in which they were loaded.
  const jitted = [...new Set(stacks.match(/[^(]*jitted-\d+-\d+\.so(?=\))/g))];
  for (const path of jitted.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) text.module(path);
  let head: RegExpExecArray | null = null;
  let lines: string[] = [];
  const end = (): void => {
    if (head !== null) text.sample(head, lines);
    head = null;
    lines = [];
  };
  for (const line of stacks.split('\n')) {
    if (line === '') end();
    else if (line.startsWith('\t') && head !== null) lines.push(line);
    else {
      end();
      head = HEAD.exec(line);
    }
  }
  end();
  const threads: ProfileThread[] = text.threads;
  const events: ProfileEvent[] = text.events.map((event, index) => ({ ...event, leader: index }));
  return { events, frames: text.frames, stacks: text.stacks, wide: text.wide, threads, comms: text.comms, lostSamples: 0, fromPipe: false };
}
