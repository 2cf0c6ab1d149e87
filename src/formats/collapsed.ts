// Collapsed stacks (FIGURES 3.3): a line for each distinct stack, `comm;outermost;…;innermost COUNT`, as stackcollapse-perf.pl makes them of
// perf script's text and flame graph programs read them. One number a line: samples of several events are not added up, the first counts.

import { PerftsError } from '../bytes/errors.ts';
import { TextBuffer } from '../bytes/text-buffer.ts';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { CodeKind, telling, type CodeFunction } from './code-table.ts';
import type { ExportFormat, ExportTables, FormatOptions, FormatWriter, SampleRow } from './format.ts';
import { StackTotals } from './stack-totals.ts';

const BLOCK = 1 << 16;
/** Marks by which flame graph programs choose colours. */
const MARKS: Readonly<Record<CodeKind, string>> = { [CodeKind.Native]: '', [CodeKind.Kernel]: '_[k]', [CodeKind.Python]: '_[j]', [CodeKind.Jit]: '_[j]', [CodeKind.Unknown]: '' };
const INLINED_MARK = '_[i]';

class CollapsedWriter implements FormatWriter {
  readonly #tables: ExportTables;
  readonly #options: FormatOptions;
  readonly #sink: ByteSink;
  readonly #totals = new StackTotals();
  /** First elements: commands, with the recording's labels where there are any. */
  readonly #heads: string[] = [];
  readonly #headNumbers = new Map<string, number>();
  #event = -1;

  constructor(tables: ExportTables, options: FormatOptions, sink: ByteSink) {
    this.#tables = tables;
    this.#options = options;
    this.#sink = sink;
  }

  sample({ recording, event, comm, stack, period }: SampleRow): number {
    if (this.#event < 0) this.#event = event.index;
    else if (this.#event !== event.index) {
      const { name } = this.#tables.events[this.#event]!;
      throw new PerftsError('PERFTS_USAGE', `collapsed stacks hold one event, and there are samples of ${name} and ${event.name}: choose one with --event`);
    }
    const labels = [...recording.labels.values()];
    const head = [...labels, comm].map(inner).join(';');
    let number = this.#headNumbers.get(head);
    if (number === undefined) this.#headNumbers.set(head, (number = this.#heads.push(head) - 1));
    return this.#totals.count(number, stack, period);
  }

  again(token: number, period: number): void {
    this.#totals.again(token, period);
  }

  finish(): void {
    const { code, stacks } = this.#tables;
    const text = new TextBuffer((bytes) => this.#sink.write(bytes), BLOCK);
    const names = Array.from({ length: code.length }, (_, place) => inner(this.#nameOf(code.at(place), code.outer[place]! >= 0)));
    const totals = this.#totals;
    const values = this.#options.weight === 'period' ? totals.period : totals.samples;
    let path: number[] = [];
    for (let row = 0; row < totals.length; row++) {
      text.text(this.#heads[totals.group[row]!]!);
      path = [];
      for (let node = totals.stack[row]!; node > 0; node = stacks.parent[node]!) path.push(stacks.frame[node]!);
      for (let i = path.length - 1; i >= 0; i--) {
        text.byte(0x3b);
        text.text(names[path[i]!]!);
      }
      text.byte(0x20);
      text.text(String(values[row]!));
      text.newline();
    }
    text.flush();
  }

  /** Python functions keep the file in their name, which is all that a line has: as perf's script names them, or for their developers. */
  #nameOf(fn: CodeFunction, isInlined: boolean): string {
    const { name, symbol, kind } = fn;
    const full = this.#options.python === true ? telling(fn) : kind === CodeKind.Python && symbol !== '' ? symbol : name;
    if (this.#options.annotate === false) return full;
    return `${full}${isInlined && kind !== CodeKind.Kernel ? INLINED_MARK : MARKS[kind]}`;
  }
}

/** A name that does not end its element or its line. */
function inner(name: string): string {
  return name.replace(/[;\r\n]/g, (character) => (character === ';' ? ':' : ' '));
}

export const collapsed: ExportFormat = {
  byAddress: false,
  make: (tables, options, sink) => new CollapsedWriter(tables, options, sink),
};
