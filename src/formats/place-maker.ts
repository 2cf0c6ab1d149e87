// From a recording's locations (profile/location-table.ts) to the places of an export, each once: its function and those inlined there.

import { grown } from '../bytes/sorted.ts';
import { isWide } from '../bytes/int64.ts';
import { FrameFlag } from '../profile/frame-table.ts';
import type { Pipeline } from '../profile/pipeline.ts';
import { stackFrame } from '../profile/stack-frame.ts';
import { CodeKind, type CodeTable } from './code-table.ts';
import { codeKind, moduleNumber } from './frame-code.ts';
import { wellFormed } from './well-formed.ts';

export class PlaceMaker {
  /** By location: its places are [start, end) of `places`, outermost first. Only of locations that were asked for. */
  start: Int32Array = new Int32Array(1024);
  end: Int32Array = new Int32Array(1024);
  places: Int32Array = new Int32Array(1024);
  readonly #pipeline: Pipeline;
  readonly #code: CodeTable;
  readonly #byAddress: boolean;
  #count = 0;

  /** `byAddress`: places are told apart by address and line, not only by function. */
  constructor(pipeline: Pipeline, code: CodeTable, byAddress: boolean) {
    this.#pipeline = pipeline;
    this.#code = code;
    this.#byAddress = byAddress;
  }

  /** Makes the places of a location, if they are not made yet. */
  need(location: number): void {
    while (location >= this.end.length) {
      this.start = grown(this.start);
      this.end = grown(this.end);
    }
    // Every location has one place at least.
    if (this.end[location] !== 0) return;
    this.start[location] = this.#count;
    this.#resolve(location);
    this.end[location] = this.#count;
  }

  #resolve(location: number): void {
    const { sources } = this.#pipeline;
    const { frame } = this.#pipeline.resolver.locations;
    if (sources === undefined) return this.#add(this.#place(location, frame[location]!, '', 0, -1));
    let outer = -1;
    const start = sources.first[location]!;
    for (let entry = sources.first[location + 1]! - 1; entry >= start; entry--) {
      const { file, number } = sources.lines[sources.line[entry]!]!;
      outer = this.#place(location, sources.frame[entry]!, file === '??' ? '' : file, number, outer);
      this.#add(outer);
    }
  }

  #add(place: number): void {
    if (this.#count === this.places.length) this.places = grown(this.places);
    this.places[this.#count++] = place;
  }

  #place(location: number, frame: number, file: string, line: number, outer: number): number {
    const fn = this.#function(frame, file);
    if (!this.#byAddress) return this.#code.place(fn, -1, 0, outer);
    // Each process has its own trampoline of a Python function.
    const { kind } = this.#code.functions[fn]!;
    return this.#code.place(fn, kind === CodeKind.Python ? -1 : this.#addressOf(location, frame), line, outer);
  }

  /** As the module's own symbols have it. */
  #addressOf(location: number, frame: number): number {
    const { locations, frames, contents } = this.#pipeline.resolver;
    const id = frames.module[frame]!;
    // An unresolved location is known by its address in memory.
    const place = locations.symbol[location]! < 0 ? frames.start[frame]! : locations.relative[location]!;
    if (isWide(place)) return -1;
    const held = id < 0 ? undefined : contents[id];
    return held?.kind === 'file' ? held.loaded.fileOffsetToAddress(place) : place;
  }

  #function(frame: number, file: string): number {
    const { frames } = this.#pipeline.resolver;
    const code = this.#code;
    const shown = stackFrame(frames, frame);
    const name = wellFormed(shown.name);
    const symbol = wellFormed(shown.symbol);
    const module = moduleNumber(code, shown.module);
    const kind = codeKind(shown);
    if (symbol === '') return code.functionOf(`u ${module} ${name}`, () => ({ name, symbol, file: '', module, kind }));
    const start = (frames.flags[frame]! & FrameFlag.Inlined) !== 0 ? 'inlined' : frames.start[frame]!;
    return code.functionOf(functionKey(kind, module, start, symbol), () => ({ name, symbol, file: wellFormed(kind === CodeKind.Python ? shown.file : file), module, kind }));
  }
}

/**
 * What tells named functions apart in CodeTable.functionOf. A Python function is one in all processes and recordings; others of one name are
 * told apart by where they begin in their module; inlined ones begin nowhere.
 */
export function functionKey(kind: CodeKind, module: number, start: number | 'inlined', symbol: string): string {
  return kind === CodeKind.Python ? `p ${symbol}` : `${module} ${start === 'inlined' ? 'i' : start} ${symbol}`;
}
