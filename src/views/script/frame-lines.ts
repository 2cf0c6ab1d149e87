// The lines of a frame in `script`: its address, symbol, shared object and source line, and before it those of the calls that were inlined
// there (FORMAT 3.7). They are made once for each place in code and kept as bytes: the same few thousand are most of what is printed.
// A process that has the code elsewhere gets the same lines with another address in them.

import { isWide, type WideAddresses } from '../../bytes/int64.ts';
import { grown } from '../../bytes/sorted.ts';
import { COPY_SLACK, TextBuffer } from '../../bytes/text-buffer.ts';
import type { Module } from '../../process/module.ts';
import { FrameFlag } from '../../profile/frame-table.ts';
import type { Resolver } from '../../profile/resolver.ts';
import type { SourceTable } from '../../profile/source-table.ts';

/** Bytes of lines kept: beyond, all are forgotten. Programs have some ten thousand places that are seen more than once. */
const MOST_KEPT = 8_388_608;
const TWO_32 = 4_294_967_296;
const TAB = 0x09;
/** Letters of an address, with the blanks before it. */
const ADDRESS_WIDTH = 16;

/** What is shown of a place. */
export interface FrameColumns {
  /** A line of its own, with a tab and its end, and lines for inlined calls. */
  readonly chain: boolean;
  readonly symbol: boolean;
  /** How far behind the symbol's start, and how far in the file. */
  readonly symbolOffset: boolean;
  readonly dso: boolean;
  readonly dsoOffset: boolean;
  readonly source: boolean;
  /** perf script's --stop-bt: behind a frame of such a name no further ones are shown. */
  readonly stops?: ReadonlySet<string> | undefined;
  /** In place of [kernel.kallsyms]. */
  readonly kernelPath?: string | undefined;
}

export class FrameLines {
  readonly #wide: WideAddresses;
  readonly #resolver: Resolver;
  readonly #sources: SourceTable | undefined;
  readonly #columns: FrameColumns;
  readonly #scratch = new TextBuffer();
  #kept = new Uint8Array(65_536);
  #keptView = new DataView(this.#kept.buffer);
  #length = 0;
  /** Where addresses stand in #scratch. */
  readonly #addressPlaces: number[] = [];
  /** Of locations with several lines: where their addresses stand, from the first line's start. */
  readonly #manyPlaces = new Map<number, readonly number[]>();
  /** Locations in whose lines a stack stops. */
  readonly #stopping = new Set<number>();
  // By location: the address of its lines, and where they are; not kept where the end is 0.
  #address = new Float64Array(1_024);
  #start = new Int32Array(1_024);
  #end = new Int32Array(1_024);

  constructor(wide: WideAddresses, resolver: Resolver, columns: FrameColumns, sources: SourceTable | undefined) {
    this.#wide = wide;
    this.#resolver = resolver;
    this.#columns = columns;
    this.#sources = sources;
  }

  /** Whether the stack is shown no further than the location that was written last. */
  stopsAt(location: number): boolean {
    return this.#stopping.has(location);
  }

  /** Writes what is shown of an address. `location`: the resolver's, below 0 for samples that have no address of their own. */
  write(out: TextBuffer, address: number, location: number): void {
    if (location < 0) return this.#make(out, address, location);
    if (location >= this.#end.length || this.#end[location] === 0) this.#keep(address, location);
    else if (this.#address[location] !== address) this.#changeAddress(address, location);
    out.copy(this.#keptView, this.#start[location]!, this.#end[location]!);
  }

  #keep(address: number, location: number): void {
    const scratch = this.#scratch;
    const places = this.#addressPlaces;
    scratch.clear();
    places.length = 0;
    this.#make(scratch, address, location);
    if (this.#length + scratch.length > MOST_KEPT) {
      this.#length = 0;
      this.#end.fill(0);
      this.#manyPlaces.clear();
    }
    while (this.#length + scratch.length + COPY_SLACK > this.#kept.length) {
      this.#kept = grown(this.#kept);
      this.#keptView = new DataView(this.#kept.buffer);
    }
    while (location >= this.#end.length) {
      this.#address = grown(this.#address);
      this.#start = grown(this.#start);
      this.#end = grown(this.#end);
    }
    this.#kept.set(scratch.content, this.#length);
    this.#address[location] = address;
    this.#start[location] = this.#length;
    this.#length += scratch.length;
    this.#end[location] = this.#length;
    if (places.length > 1) this.#manyPlaces.set(location, [...places]);
  }

  /** Processes that run the same program have its code at addresses of their own: only these are written anew. */
  #changeAddress(address: number, location: number): void {
    const scratch = this.#scratch;
    scratch.clear();
    this.#addressText(scratch, address);
    const start = this.#start[location]!;
    const places = this.#manyPlaces.get(location);
    if (places === undefined) this.#kept.set(scratch.content, start + (this.#columns.chain ? 1 : 0));
    else for (const place of places) this.#kept.set(scratch.content, start + place);
    this.#address[location] = address;
  }

  #make(out: TextBuffer, address: number, location: number): void {
    if (!this.#columns.chain) return this.#line(out, address, this.#placeText(location));
    if (this.#sources !== undefined && location >= 0) for (const text of this.#inlinedTexts(location, this.#sources)) this.#wholeLine(out, address, text);
    if (this.#stopping.has(location)) return;
    this.#wholeLine(out, address, this.#placeText(location));
    if (location >= 0 && this.#stopsBehind(this.#resolver.locations.frame[location]!)) this.#stopping.add(location);
  }

  #wholeLine(out: TextBuffer, address: number, text: string): void {
    out.byte(TAB);
    this.#line(out, address, text);
    out.newline();
  }

  #line(out: TextBuffer, address: number, text: string): void {
    if (out === this.#scratch) this.#addressPlaces.push(out.length);
    this.#addressText(out, address);
    out.text(text);
  }

  #addressText(out: TextBuffer, address: number): void {
    if (isWide(address)) out.textRight(this.#wide.hex(address), ADDRESS_WIDTH);
    else out.hexBlanks(Math.floor(address / TWO_32), address % TWO_32);
  }

  /** The calls that were inlined at an address, innermost first: what follows the address in the line of each. */
  #inlinedTexts(location: number, { first, frame: frames, line, lines }: SourceTable): string[] {
    const { symbol, symbolOffset, source } = this.#columns;
    const { locations, frames: table } = this.#resolver;
    const texts: string[] = [];
    for (let entry = first[location]!; entry < first[location + 1]! - 1; entry++) {
      const frame = frames[entry]!;
      const isInlined = (table.flags[frame]! & FrameFlag.Inlined) !== 0;
      let text = '';
      if (symbol) {
        text += ` ${table.name(frame)}`;
        if (symbolOffset) text += `+0x${(locations.relative[location]! - table.start[frame]!).toString(16)}`;
      }
      // A function inlined into itself is shown as what it is.
      if (!isInlined) text += this.#moduleText(location, frame);
      if (source) text += `\n  ${lines[line[entry]!]!.text}`;
      texts.push(isInlined ? `${text} (inlined)` : text);
      if (this.#stopsBehind(frame)) {
        this.#stopping.add(location);
        break;
      }
    }
    return texts;
  }

  #stopsBehind(frame: number): boolean {
    const { stops } = this.#columns;
    const { frames } = this.#resolver;
    return stops !== undefined && frames.symbol[frame]! >= 0 && stops.has(frames.name(frame));
  }

  /** What follows the address. */
  #placeText(location: number): string {
    const { symbol, symbolOffset, dso, dsoOffset, source } = this.#columns;
    // Samples without an address of their own have no place.
    if (location < 0) return `${symbol ? ' [unknown]' : ''}${dso || dsoOffset ? ' ([unknown])' : ''}`;
    const { locations, frames } = this.#resolver;
    let text = '';
    const frame = locations.frame[location]!;
    if (symbol) {
      const name = frames.name(frame);
      if (frames.symbol[frame]! < 0) text += ' [unknown]';
      else {
        const offset = locations.relative[location]! - frames.start[frame]!;
        text += symbolOffset ? ` ${name}+0x${offset.toString(16)}` : ` ${name}`;
      }
    }
    text += this.#moduleText(location, frame);
    if (source && this.#sources !== undefined && frames.module[frame]! >= 0) {
      const { first, line, lines } = this.#sources;
      text += `\n  ${lines[line[first[location + 1]! - 1]!]!.text}`;
    }
    return text;
  }

  #moduleText(location: number, frame: number): string {
    const { dso, dsoOffset, kernelPath } = this.#columns;
    if (!dso && !dsoOffset) return '';
    const { locations, frames } = this.#resolver;
    const module = frames.module[frame]!;
    const name = module < 0 ? '[unknown]' : dsoName(frames.modules[module]!, kernelPath);
    const offset = dsoOffset && module >= 0 ? `+0x${locations.relative[location]!.toString(16)}` : '';
    return ` (${name}${offset})`;
  }
}

/** The name of the shared object as perf script prints it: the whole path where there is one, but for most of the kernel. */
export function dsoName({ kind, isListed, path, shortName }: Module, kernelPath: string | undefined): string {
  if (kind === 'kernel' && kernelPath !== undefined) return kernelPath;
  return kind === 'kernel' || (kind === 'kernel-module' && !isListed) ? shortName : path;
}
