// Which samples share a row of a histogram (FORMAT 3.8, "Grouping key and order"): the sort keys, interned as small numbers, so
// that accounting compares integers. A row is a task (comm, pid, tid: what belongs to the thread; a tracepoint's text, a branch: what
// belongs to the sample, and so to its callers) and a place (dso, symbol).

import { FrameFlag } from './frame-table.ts';
import { BranchFlag, detailOf } from './profile.ts';
import type { Profile } from './profile.ts';
import { isBranchKey } from './report-keys.ts';
import type { BranchKey, PlaceKey, SortKey, ValueKey } from './report-keys.ts';
import { TripleTable } from './triple-table.ts';
import { identityOf, isValueKey } from './value-keys.ts';

export class RowIdentity {
  readonly #profile: Profile;
  readonly #byComm: boolean;
  readonly #byTid: boolean;
  readonly #byPid: boolean;
  readonly #byDso: boolean;
  readonly #bySymbol: boolean;
  readonly #bySize: boolean;
  readonly #byTrace: boolean;
  readonly #branchKeys: readonly BranchKey[];
  readonly #valueKeys: readonly ValueKey[];
  readonly #byNumberless: boolean;
  readonly #tasks = new Map<string, number>();
  /** Of each comm: the first comm of the same text. */
  readonly #sameComm: Int32Array;
  /** Of each module: a number of its short name, 1, 2 … */
  readonly #dsoOfModule: Int32Array;
  readonly #byLine: boolean;
  readonly #byFile: boolean;
  readonly #named: TripleTable;
  readonly #nameless: TripleTable;
  /** Inlined functions: by the place of what they were inlined into and name. */
  readonly #inlined = new TripleTable();
  readonly #names = new Map<string, number>();
  /** Where lines or files tell places apart: by line or file and place otherwise. */
  readonly #onLines = new TripleTable();
  readonly #files = new Map<string, number>();
  readonly #texts = new Map<string, number>();
  /** The frame of samples without an address: perf takes it for address 0. */
  readonly #noFrame: number;
  /** Number of places so far; places are 0 … count-1. */
  placeCount = 0;
  // Place + 1 by frame; 0 is "not asked yet".
  #selfPlace: Int32Array;
  #callerPlace: Int32Array;

  constructor(profile: Profile, keys: readonly SortKey[]) {
    this.#profile = profile;
    this.#byComm = keys.includes('comm');
    this.#byTid = keys.includes('pid') || keys.includes('tid');
    this.#byPid = keys.includes('tgid');
    this.#byDso = keys.includes('dso');
    // Where a function's size or an offset in it tells rows apart, so does the function.
    this.#bySymbol = keys.includes('symbol') || keys.includes('symoff') || keys.includes('symbol_iaddr');
    this.#bySize = keys.includes('symbol_size');
    this.#byTrace = keys.includes('trace');
    this.#byLine = keys.includes('srcline');
    this.#byFile = keys.includes('srcfile');
    this.#byNumberless = keys.includes('comm_nodigit');
    this.#branchKeys = keys.filter(isBranchKey);
    this.#valueKeys = keys.filter(isValueKey);
    this.#sameComm = firstOfSame(profile.comms);
    this.#dsoOfModule = firstOfSame(profile.frames.modules.map((module) => module.shortName));
    this.#noFrame = profile.frames.unresolved(-1, 0, 0, 0);
    this.#named = new TripleTable();
    this.#nameless = new TripleTable();
    this.#selfPlace = new Int32Array(profile.frames.length);
    this.#callerPlace = new Int32Array(profile.frames.length);
  }

  /** The frame of a sample (Tallies.leaf), also where there is none. */
  frameOf(leaf: number): number {
    return leaf < 0 ? this.#noFrame : leaf;
  }

  /** What a sample of a thread under a command name, with its detail (Tallies.detail) and parent (a frame, or -1), is to the keys. */
  task(thread: number, comm: number, detail: number, parent = -1): number {
    const who = this.#profile.threads[thread];
    let key = `${this.#byComm ? this.#sameComm[comm] : ''} ${this.#byTid ? who?.tid : ''} ${this.#byPid ? who?.pid : ''}`;
    if (this.#byTrace) key += ` ${detailOf(this.#profile, detail)}`;
    for (const branchKey of this.#branchKeys) key += ` ${this.#ofBranch(branchKey, detailOf(this.#profile, detail))}`;
    for (const valueKey of this.#valueKeys) key += ` ${identityOf(this.#profile, valueKey, detail)}`;
    if (this.#byNumberless) key += ` ${withoutNumbers(this.#profile.comms[comm] ?? '')}`;
    if (parent >= 0) key += ` ${this.#profile.frames.name(parent)}`;
    let task = this.#tasks.get(key);
    if (task === undefined) this.#tasks.set(key, (task = this.#tasks.size));
    return task;
  }

  /** What a branch is to a key. */
  #ofBranch(key: BranchKey, branch: number): number | string {
    const { branches } = this.#profile;
    if (branches === undefined) return '';
    const flags = branches.flags[branch]!;
    switch (key) {
      case 'dso_from':
        return this.#dsoOf(branches.from[branch]!);
      case 'dso_to':
        return this.#dsoOf(branches.to[branch]!);
      case 'symbol_from':
        return this.#functionOf(branches.from[branch]!);
      case 'symbol_to':
        return this.#functionOf(branches.to[branch]!);
      case 'mispredict':
        return flags & (BranchFlag.Mispredicted | BranchFlag.Predicted);
      case 'in_tx':
        return flags & BranchFlag.InTransaction;
      case 'abort':
        return flags & BranchFlag.Abort;
      case 'cycles':
        return cyclesOf(flags);
      case 'addr_from':
        return `${this.#dsoOf(branches.from[branch]!)}/${placeOf(this.#profile, key, branch)}`;
      case 'addr_to':
        return `${this.#dsoOf(branches.to[branch]!)}/${placeOf(this.#profile, key, branch)}`;
      default:
        return placeOf(this.#profile, key, branch);
    }
  }

  #dsoOf(frame: number): number {
    const module = this.#profile.frames.module[frame]!;
    return module < 0 ? -1 : this.#dsoOfModule[module]!;
  }

  /** Without a symbol by the address in memory. */
  #functionOf(frame: number): string {
    const { frames } = this.#profile;
    return frames.symbol[frame]! < 0 ? `${frames.address[frame]!}` : `${frames.start[frame]!}-${frames.end[frame]!}`;
  }

  /** The place of a sample taken in the frame: without a symbol it goes by the address within the file. */
  selfPlace(frame: number): number {
    const known = this.#selfPlace[frame]!;
    if (known !== 0) return known - 1;
    const place = this.#place(frame, this.#profile.frames.start[frame]!);
    this.#selfPlace[frame] = place + 1;
    return place;
  }

  /** The place of a frame met in a chain: without a symbol it goes by the address in memory, so that it seldom equals the former. */
  callerPlace(frame: number): number {
    const known = this.#callerPlace[frame]!;
    if (known !== 0) return known - 1;
    const place = this.#place(frame, this.#profile.frames.address[frame]!);
    this.#callerPlace[frame] = place + 1;
    return place;
  }

  #place(frame: number, address: number): number {
    const place = this.#function(frame, address);
    if (!this.#byLine && !this.#byFile) return place;
    const line = this.#profile.frames.line[frame]! - 1;
    const source = this.#profile.lines?.[line];
    const file = this.#byFile ? numberOf(source?.file ?? '', this.#files) : 0;
    // By its text: a place in no file reads like one that is not known.
    return this.#numbered(this.#onLines, place, this.#byLine ? numberOf(source?.text ?? '', this.#texts) : 0, file);
  }

  #function(frame: number, address: number): number {
    const { frames } = this.#profile;
    const module = frames.module[frame]!;
    const isNamed = frames.symbol[frame]! >= 0;
    // Functions of the same range are told apart by their files even when the file is no key.
    const dso = module >= 0 && (this.#byDso || (this.#bySymbol && isNamed)) ? this.#dsoOfModule[module]! + 1 : 0;
    if (!this.#bySymbol) return this.#numbered(this.#nameless, dso, this.#bySize && isNamed ? frames.end[frame]! - frames.start[frame]! : 0, 0);
    if (!isNamed) return this.#numbered(this.#nameless, dso, address, 0);
    const named = this.#numbered(this.#named, dso, frames.start[frame]!, frames.end[frame]!);
    if ((frames.flags[frame]! & FrameFlag.Inlined) === 0) return named;
    return this.#numbered(this.#inlined, named, numberOf(frames.name(frame), this.#names), 0);
  }

  #numbered(places: TripleTable, dso: number, start: number, end: number): number {
    const place = places.find(dso, start, end, this.placeCount);
    if (place === this.placeCount) this.placeCount++;
    return place;
  }
}

function numberOf(text: string, numbers: Map<string, number>): number {
  let number = numbers.get(text);
  if (number === undefined) numbers.set(text, (number = numbers.size));
  return number;
}

/** A command name with `<N>` in place of its numbers, as perf's comm_nodigit shows it. */
export function withoutNumbers(comm: string): string {
  return comm.replaceAll(/[0-9]+/g, '<N>');
}

/** What an end of a branch is to a key: its address, or the text of its line. */
export function placeOf(profile: Profile, key: PlaceKey, branch: number): number | string {
  const end = profile.branches?.places?.[key.endsWith('from') ? 'from' : 'to'];
  return key.startsWith('addr') ? (end?.address[branch] ?? 0) : (profile.lines?.[end?.line[branch] ?? -1]?.text ?? '');
}

/** Cycles since the branch before; 0: not known. */
export function cyclesOf(flags: number): number {
  return flags >>> 4;
}

/** Of each text, the index of the first equal one. */
function firstOfSame(texts: readonly string[]): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from(texts, (text, index) => {
    const known = first.get(text);
    if (known === undefined) first.set(text, index);
    return known ?? index;
  });
}
