// The fields insn, insnlen, disasm and srccode of `script`: the instruction at the sampled address, out of the file that ran, and the source
// line it was made of. Fetched once for each place, before its first sample is shown.

import type { AnnotatedFunction, Annotation } from '../../profile/annotation.ts';
import type { ResolvedSample } from '../../profile/resolved-sample.ts';
import type { Resolver } from '../../profile/resolver.ts';
import { stackFrame } from '../../profile/stack-frame.ts';
import type { ModuleCode } from '../../symbols/module-code.ts';
import type { Disassembler } from '../annotate/disassembler.ts';
import { printable } from '../printable.ts';

/** Of the longest instruction there is, on x86. */
const LONGEST = 15;
/** Digits of a line's number. */
const NUMBER_WIDTH = 8;

export interface CodeFields {
  readonly length: boolean;
  readonly bytes: boolean;
  readonly text: boolean;
  readonly source: boolean;
}

interface Place {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** `|23       sum -= i;`, or ''; and where it stands. */
  readonly source: string;
  readonly line: string;
}

export class CodeColumns {
  readonly #annotation: Annotation;
  readonly #resolver: Resolver;
  readonly #disassembler: Disassembler | undefined;
  readonly #fields: CodeFields;
  /** By location. */
  readonly #places: (Place | undefined)[] = [];
  /** By frame, of functions. */
  readonly #code = new Map<number, ModuleCode | undefined>();
  /** By thread: the line shown last, which is not shown again. */
  readonly #shown = new Map<number, string>();

  constructor(annotation: Annotation, resolver: Resolver, disassembler: Disassembler | undefined, fields: CodeFields) {
    this.#annotation = annotation;
    this.#resolver = resolver;
    this.#disassembler = disassembler;
    this.#fields = fields;
  }

  /** Fetches what is to be shown of a sample; undefined where it is there. */
  prepare({ leaf }: ResolvedSample): Promise<void> | undefined {
    return leaf < 0 || this.#places[leaf] !== undefined ? undefined : this.#fetch(leaf);
  }

  /** What stands behind a sample's frames. */
  instruction({ leaf }: ResolvedSample): string {
    const place = this.#places[leaf];
    const bytes = place?.bytes ?? new Uint8Array(0);
    const { length, bytes: withBytes, text } = this.#fields;
    const isKnown = bytes.length > 0;
    return [
      length ? ` ilen: ${bytes.length}` : '',
      withBytes && isKnown ? ` insn: ${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}` : '',
      text && isKnown ? `\t\t${place!.text}` : '',
    ].join('');
  }

  /** A line of its own, with its end; '' where the thread is where it was, or nothing is known. */
  source({ leaf, thread }: ResolvedSample): string {
    const place = this.#places[leaf];
    if (place === undefined || place.source === '' || this.#shown.get(thread.id) === place.line) return '';
    this.#shown.set(thread.id, place.line);
    return `${place.source}\n`;
  }

  async #fetch(location: number): Promise<void> {
    const { locations, frames } = this.#resolver;
    const frame = locations.frame[location]!;
    const isNamed = frames.symbol[frame]! >= 0;
    const start = isNamed ? locations.relative[location]! : frames.start[frame]!;
    const fn: AnnotatedFunction = { frame: stackFrame(frames, frame), symbol: frames.symbol[frame]!, counts: [] };
    const whole = isNamed ? fn : { ...fn, frame: { ...fn.frame, start, end: start + LONGEST + 1 } };
    const code = isNamed && this.#code.has(frame) ? this.#code.get(frame) : (await this.#annotation.code(whole)).code;
    if (isNamed) this.#code.set(frame, code);
    const offset = start - whole.frame.start;
    const address = (code?.address ?? this.#annotation.addressOf(whole)) + offset;
    const bytes = code?.bytes.subarray(offset, offset + LONGEST + 1) ?? new Uint8Array(0);
    const [first] = code === undefined || bytes.length === 0 ? [] : (this.#disassembler?.instructions({ ...code, bytes, address }) ?? []);
    const { source, line } = this.#fields.source ? await this.#sourceAt(whole, address) : { source: '', line: '' };
    this.#places[location] = { bytes: bytes.slice(0, first?.size ?? 0), text: first?.text ?? '', source, line };
  }

  async #sourceAt(fn: AnnotatedFunction, address: number): Promise<{ readonly source: string; readonly line: string }> {
    const [place] = await this.#annotation.lines(fn, [address]);
    const text = place === undefined || place.path === '' ? undefined : (await this.#annotation.sourceText(place.path))?.[place.line - 1];
    if (place === undefined || text === undefined) return { source: '', line: '' };
    return { source: `|${String(place.line).padEnd(NUMBER_WIDTH)} ${printable(text)}`, line: `${place.path}:${place.line}` };
  }
}
