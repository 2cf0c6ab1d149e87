// The lines of a stack in `script --python`: Python's own view of it (profile/python/), in the layout of other stacks. A frame has the
// address of the one that it stands for, 0 where that is the interpreter as a whole; a Python function has its file for a shared object.
// What is left of a stack is found once and kept; addresses are each sample's own. Where a chain went astray is left out, as in all views but
// perf's (DESIGN 13).

import { isWide, type WideAddresses } from '../../bytes/int64.ts';
import type { TextBuffer } from '../../bytes/text-buffer.ts';
import type { ResolvedSample } from '../../profile/resolved-sample.ts';
import type { Resolver } from '../../profile/resolver.ts';
import type { SourceTable } from '../../profile/source-table.ts';
import { StackFolder } from '../../profile/python/folded-stack.ts';
import { stackFrame, type StackFrame } from '../../profile/stack-frame.ts';
import { StackTable } from '../../profile/stack-table.ts';
import { usefulDepth } from '../../profile/weighted-stacks.ts';
import type { FrameColumns } from './frame-lines.ts';

const TWO_32 = 4_294_967_296;
const ADDRESS_WIDTH = 16;
const TAB = 0x09;

/** A line without its address. */
interface Line {
  readonly name: string;
  readonly dso: string;
  /** Of the sample's stack, from the outermost frame: whose address it has; -1 for none. */
  readonly place: number;
}

export class PythonLines {
  readonly #resolver: Resolver;
  readonly #sources: SourceTable | undefined;
  readonly #wide: WideAddresses;
  readonly #folder: StackFolder;
  /** Stacks of locations. */
  readonly #stacks = new StackTable();
  /** By node: the lines, innermost first. */
  readonly #lines: (readonly Line[] | undefined)[] = [];

  constructor(wide: WideAddresses, resolver: Resolver, sources: SourceTable | undefined) {
    this.#wide = wide;
    this.#resolver = resolver;
    this.#sources = sources;
    this.#folder = new StackFolder(resolver.frames, wide);
  }

  /** A sample's stack, a line for each frame; of one without a stack, or where `columns.chain` is not set, the innermost frame alone, with the sampled address. */
  write(out: TextBuffer, sample: ResolvedSample, columns: FrameColumns): void {
    const { addresses, locations, ip, leaf } = sample;
    const depth = usefulDepth(sample, this.#resolver);
    const hasStack = depth > 0;
    let node = 0;
    if (hasStack) for (let i = depth - 1; i >= 0; i--) node = this.#stacks.child(node, locations[i]! + 1);
    else node = this.#stacks.child(0, leaf + 1);
    const lines = (this.#lines[node] ??= this.#make(node));
    for (let i = 0; i < (columns.chain ? lines.length : Math.min(1, lines.length)); i++) {
      const { name, dso, place } = lines[i]!;
      if (columns.chain) out.byte(TAB);
      this.#address(out, !columns.chain || !hasStack ? ip : place < 0 ? 0 : addresses[depth - 1 - place]!);
      if (columns.symbol) out.text(name);
      if (columns.dso) out.text(dso);
      if (columns.chain) out.newline();
    }
  }

  #address(out: TextBuffer, address: number): void {
    if (isWide(address)) out.textRight(this.#wide.hex(address), ADDRESS_WIDTH);
    else out.hexBlanks(Math.floor(address / TWO_32), address % TWO_32);
  }

  #make(node: number): Line[] {
    const path: number[] = [];
    for (let next = node; next > 0; next = this.#stacks.parent[next]!) path.push(this.#stacks.frame[next]! - 1);
    path.reverse();
    const frames: StackFrame[] = [];
    const places: number[] = [];
    path.forEach((location, place) => {
      for (const frame of this.#framesAt(location)) {
        frames.push(stackFrame(this.#resolver.frames, frame));
        places.push(place);
      }
    });
    return this.#folder.fold(frames).map(({ frame, index }) => ({
      name: ` ${frame.name}`,
      dso: ` (${frame.kind === 'python' ? frame.file || '[python]' : (frame.module?.path ?? (frame.kind === 'kernel' ? '[kernel.kallsyms]' : '[unknown]'))})`,
      place: index < 0 ? -1 : places[index]!,
    })).reverse();
  }

  /** The frames of a place, calls that were inlined there behind their callers. Places that are none have no frames. */
  #framesAt(location: number): number[] {
    if (location < 0) return [];
    const { locations } = this.#resolver;
    if (this.#sources === undefined) return [locations.frame[location]!];
    const { first, frame } = this.#sources;
    return Array.from({ length: first[location + 1]! - first[location]! }, (_, entry) => frame[first[location + 1]! - 1 - entry]!);
  }
}
