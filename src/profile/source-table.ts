// What the source says of places in code: which calls were inlined there, and the line on which each of them stands. For every location
// (location-table.ts) its entries, innermost first; the last one is the function that the symbols name. Filled as locations turn up.

import { hexOf } from '../bytes/int64.ts';
import { baseName } from '../bytes/recorded-path.ts';
import { grown } from '../bytes/sorted.ts';
import { run, settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import type { Module } from '../process/module.ts';
import type { SourceLines } from '../symbols/source-lines.ts';
import type { ModuleContents } from './code-map.ts';
import type { FrameTable } from './frame-table.ts';
import type { LocationTable } from './location-table.ts';
import type { RecordingFiles } from './recording-files.ts';

/** What is to be found out, and how it is said. */
export interface SourceOptions {
  /** Inlined calls become entries of their own. */
  readonly inlines: boolean;
  /** The line of each entry too. */
  readonly lines: boolean;
  /** Frames are told apart by their lines, for rows that are. Only with `lines`. */
  readonly byLine?: boolean;
  /** Paths of source files as the compiler was given them, instead of their last parts. */
  readonly fullPaths?: boolean;
  /** What stands for the line where nobody knows it: the file's name and the address, or the function and the distance from its start. */
  readonly otherwise: 'address' | 'function';
}

/** A source line as it is shown. */
export interface SourceLine {
  /** `inlines.h:22`; `??:0` where the debugging information does not know; what stands for it where there is none. */
  readonly text: string;
  /** The file alone; `??` where the debugging information does not know, '' where there is none. */
  readonly file: string;
  /** The line alone; 0 where it is not known. */
  readonly number: number;
}

/** What perf says of a place in a file with debugging information that does not speak of it. */
const UNKNOWN: SourceLine = { text: '??:0', file: '??', number: 0 };
/** And of one in no file at all. */
const NOWHERE: SourceLine = { text: '??:0', file: '', number: 0 };

export class SourceTable {
  /** Locations that are filled: those up to here. */
  length = 0;
  /** By location: its entries are [first, first of the next location). */
  first: Int32Array = new Int32Array(1024);
  /** By location: the frame of a sample that was taken there. */
  leaf: Int32Array = new Int32Array(1024);
  /** By entry: its frame, and index in `lines`. */
  frame: Int32Array = new Int32Array(1024);
  line: Int32Array = new Int32Array(1024);
  /** Distinct lines; the first is that of places without any. */
  readonly lines: SourceLine[] = [UNKNOWN];
  readonly #options: SourceOptions;
  readonly #locations: LocationTable;
  readonly #frames: FrameTable;
  readonly #contents: readonly (ModuleContents | undefined)[];
  readonly #files: RecordingFiles;
  readonly #numbers = new Map<string, number>([[keyOf(UNKNOWN), 0]]);
  /** By module id, as far as asked for. */
  readonly #sources = new Map<number, SourceLines | undefined>();
  #entries = 0;

  constructor(options: SourceOptions, locations: LocationTable, frames: FrameTable, contents: readonly (ModuleContents | undefined)[], files: RecordingFiles) {
    this.#options = options;
    this.#locations = locations;
    this.#frames = frames;
    this.#contents = contents;
    this.#files = files;
  }

  /** Fills in all locations there are. A promise only where a file has to be waited for. */
  fill(): void | Promise<void> {
    return run(this.#fill());
  }

  /** Closes the files with debugging information. */
  close(): void {
    for (const source of this.#sources.values()) source?.close();
    this.#sources.clear();
  }

  *#fill(): Waiting<void> {
    while (this.length < this.#locations.length) {
      const location = this.length;
      if (location + 1 >= this.first.length) {
        this.first = grown(this.first);
        this.leaf = grown(this.leaf);
      }
      this.leaf[location] = this.#locations.frame[location]!;
      yield* this.#resolve(location);
      this.first[location + 1] = this.#entries;
      this.length = location + 1;
    }
  }

  *#resolve(location: number): Waiting<void> {
    const { module: modules, frame: frames, symbol: symbols, relative } = this.#locations;
    const frame = frames[location]!;
    const module = this.#frames.modules[modules[location]!];
    if (module === undefined) return this.#add(location, frame, NOWHERE);
    // An unresolved location is known by its address in memory.
    const place = symbols[location]! < 0 ? this.#frames.start[frame]! : relative[location]!;
    const contents = this.#contents[module.id];
    if (contents?.kind === 'jitdump') {
      const line = symbols[location]! < 0 ? undefined : contents.code.line(symbols[location]!, place);
      return this.#add(location, frame, line === undefined ? this.#otherwise(frame, module, place) : this.#at(line.file, line.line));
    }
    const address = contents?.kind === 'file' ? contents.loaded.fileOffsetToAddress(place) : place;
    const source = yield* this.#sourceOf(module);
    if (source === undefined) return this.#add(location, frame, this.#otherwise(frame, module, address, place));
    const { inlines, lines } = this.#options;
    if (!(yield* source.at(address, { inlines: inlines && symbols[location]! >= 0, lines }))) {
      const file = lines ? yield* source.fileAt(address) : undefined;
      return this.#add(location, frame, file === undefined ? UNKNOWN : this.#at(file, 0));
    }
    const found = source.place;
    const lineOf = (entry: number): SourceLine => (found.paths[entry]! < 0 ? UNKNOWN : this.#at(source.path(found.paths[entry]!), found.lines[entry]!));
    for (let call = 0; call < found.inlined; call++) this.#add(location, this.#frames.inlined(frame, source.name(found.names[call]!)), lineOf(call), call === 0);
    this.#add(location, frame, lineOf(found.inlined), found.inlined === 0);
  }

  *#sourceOf(module: Module): Waiting<SourceLines | undefined> {
    if (this.#sources.has(module.id)) return this.#sources.get(module.id);
    const source = yield* settled(this.#files.loadSource(module));
    this.#sources.set(module.id, source);
    return source;
  }

  #at(path: string, line: number): SourceLine {
    const file = this.#options.fullPaths === true ? path : baseName(path);
    return { text: `${file}:${line}`, file, number: line };
  }

  /** What stands for a line. `address` is the file's own, `place` the module's coordinate. */
  #otherwise(frame: number, module: Module, address: number, place: number = address): SourceLine {
    const { symbol, start } = this.#frames;
    const isNamed = symbol[frame]! >= 0 && this.#options.otherwise === 'function';
    return { text: isNamed ? `${this.#frames.name(frame)}+${place - start[frame]!}` : `${module.shortName}[${hexOf(address)}]`, file: '', number: 0 };
  }

  /** One more entry of a location. `isInnermost`: a sample taken there is on its line. */
  #add(location: number, frame: number, line: SourceLine, isInnermost = true): void {
    if (this.#entries === this.frame.length) {
      this.frame = grown(this.frame);
      this.line = grown(this.line);
    }
    const entry = this.#entries++;
    const { byLine = false, lines } = this.#options;
    const number = lines ? this.#numbered(line) : 0;
    this.line[entry] = number;
    this.frame[entry] = byLine ? this.#frames.onLine(frame, number) : frame;
    if (byLine && isInnermost) this.leaf[location] = this.#frames.onLine(this.#locations.frame[location]!, number);
  }

  #numbered(line: SourceLine): number {
    const key = keyOf(line);
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.lines.push(line) - 1));
    return number;
  }
}

/** Places in no file at all have the text of those that are not known. */
function keyOf({ text, file }: SourceLine): string {
  return file === '' ? `\0${text}` : text;
}
