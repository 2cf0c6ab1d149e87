// The screen of an annotated function: its instructions with what was counted at each, source lines between them where they are at hand,
// and first of all why something is missing. The numbers are those of `perfts annotate` (views/annotate/).

import { baseName } from '../../bytes/recorded-path.ts';
import { missingText } from '../../views/annotate/annotate-text.ts';
import type { AnnotatedRow, AnnotatedRows } from '../../views/annotate/annotated-rows.ts';
import type { AnnotatedEvent } from '../../profile/annotation.ts';
import { FoldingList } from './folding-list.ts';
import { ANNOTATE_HELP } from './help.ts';
import { letterOf, type Key } from './key.ts';
import { moveIn } from './list-keys.ts';
import { TextScreen } from './list-screen.ts';
import { ask, CLOSE, open, say, STAY, UNKNOWN, type Outcome, type Screen } from './screen.ts';
import { cellsOf, cut, joined, line, type Line, type Span, type Style } from './screen-text.ts';

/** perf's limits for its red and its green, in percent. */
const HOT = 5;
const WARM = 0.5;
const SHIFT = 8;
/** Columns of the numbers. */
const VALUE_WIDTH = 12;
const COLUMNS = ['percent', 'period', 'samples'] as const;

type Entry = { readonly row: AnnotatedRow } | { readonly source: string };

export class AnnotateScreen implements Screen {
  readonly hint = "Press 'h' for help on key bindings";
  readonly #annotated: AnnotatedRows;
  /** The event; undefined: the function has no samples of its own. */
  readonly #event: AnnotatedEvent | undefined;
  /** Index in the function's counts. */
  readonly #index: number;
  readonly #list: FoldingList;
  /** Rows with samples, the hottest first. */
  readonly #hottest: readonly AnnotatedRow[];
  #entries: readonly Entry[] = [];
  #hasSource = true;
  #column: (typeof COLUMNS)[number] = 'percent';
  #isLocal = true;
  #byHits = false;
  #isOffset = false;
  #shift = 0;
  #sought = '';
  #cursorLine = 0;

  /** `events`: those of the annotation; the function is shown for the one of that name, or the first it has. */
  constructor(annotated: AnnotatedRows, events: readonly AnnotatedEvent[], eventName: string) {
    this.#annotated = annotated;
    const { counts } = annotated.fn;
    this.#index = Math.max(0, counts.findIndex(({ event }) => events[event]!.name === eventName));
    const own = counts[this.#index];
    this.#event = own === undefined ? undefined : events[own.event];
    const counted = (row: AnnotatedRow): number => row.period[this.#index] ?? 0;
    this.#hottest = annotated.rows.filter((row) => counted(row) > 0).sort((a, b) => counted(b) - counted(a));
    this.#list = new FoldingList(0, () => 1);
    this.#fill(this.#hottest[0]);
  }

  get cursorLine(): number {
    return this.#cursorLine;
  }

  paint(width: number, height: number): readonly Line[] {
    const { fn, missing } = this.#annotated;
    const { frame } = fn;
    const lines: Line[] = [line(this.#title(), width, 'bold', true), line(`${frame.symbol}  ${frame.module?.path ?? '[unknown]'}`, width, 'bold')];
    if (missing !== undefined) lines.push(line(missingText(missing), width, 'notice'));
    if (this.#event === undefined) lines.push(line('No samples were taken in this function itself, only in what it calls.', width, 'notice'));
    const selected = this.#list.selected?.item;
    for (const { item } of this.#list.inSight(height - lines.length)) {
      if (item === selected) this.#cursorLine = lines.length;
      lines.push(joined(this.#spans(this.#entries[item]!), width, item === selected));
    }
    while (lines.length < height) lines.push(line('', width));
    return lines.slice(0, height);
  }

  *text(): Generator<string, void, void> {
    const { fn, missing } = this.#annotated;
    yield `# ${this.#title()}`;
    yield `# ${fn.frame.symbol}  ${fn.frame.module?.path ?? '[unknown]'}`;
    if (missing !== undefined) yield `# ${missingText(missing)}`;
    for (const entry of this.#entries) yield this.#spans(entry).map(({ text }) => text).join('').trimEnd();
  }

  key(key: Key): Outcome {
    if (moveIn(this.#list, key)) return STAY;
    switch (key.name) {
      case 'escape':
      case 'left':
      case 'interrupt':
        return CLOSE;
      case 'tab':
        return this.#hotter(1);
      case 'backtab':
        return this.#hotter(-1);
      case 'f1':
        return open(new TextScreen('Help', ANNOTATE_HELP));
      case 'text':
        return this.#letter(letterOf(key));
      default:
        return UNKNOWN;
    }
  }

  #letter(letter: string): Outcome {
    switch (letter) {
      case 'q':
        return CLOSE;
      case 'h':
      case '?':
        return open(new TextScreen('Help', ANNOTATE_HELP));
      case 'H':
        return this.#goTo(this.#hottest[0]);
      case 's':
        this.#hasSource = !this.#hasSource;
        return this.#fill(this.#selectedRow());
      case 't':
        this.#column = COLUMNS[(COLUMNS.indexOf(this.#column) + 1) % COLUMNS.length]!;
        return STAY;
      case 'p':
        this.#isLocal = !this.#isLocal;
        return STAY;
      case 'b':
        this.#byHits = !this.#byHits;
        return STAY;
      case 'f':
        this.#isOffset = !this.#isOffset;
        return STAY;
      case '/':
        return ask('Text to look for: ', (text) => this.#search(text), this.#sought);
      case 'n':
        return this.#search(this.#sought);
      case '<':
        this.#shift = Math.max(0, this.#shift - SHIFT);
        return STAY;
      case '>':
        this.#shift += SHIFT;
        return STAY;
      case 'P':
        return { then: 'request', request: { what: 'print', name: `${this.#annotated.fn.frame.symbol}.annotation`, text: () => this.text() } };
      default:
        return UNKNOWN;
    }
  }

  #title(): string {
    const own = this.#annotated.fn.counts[this.#index];
    const type = `${this.#isLocal ? 'local' : 'global'} ${this.#byHits ? 'hits' : 'period'}`;
    return this.#event === undefined ? 'Samples: 0' : `Samples: ${own!.samples} of event '${this.#event.name}', Event count (approx.): ${own!.period}, percent: ${type}`;
  }

  /** Source lines stand above the instructions that were made of them. */
  #fill(selected: AnnotatedRow | undefined): Outcome {
    const entries: Entry[] = [];
    const { rows, sources } = this.#annotated;
    let last: AnnotatedRow['line'] | undefined;
    for (const row of rows) {
      const { path, line: number } = row.line;
      const isNew = path !== '' && (path !== last?.path || number !== last.line);
      last = row.line;
      if (isNew && this.#hasSource) {
        const text = sources.get(path)?.[number - 1];
        const place = `${baseName(path)}:${number}`;
        entries.push({ source: text === undefined ? place : `${place.padEnd(16)} ${text.replaceAll('\t', '    ')}` });
      }
      entries.push({ row });
    }
    this.#entries = entries;
    this.#list.reset(entries.length, Math.max(0, entries.findIndex((entry) => 'row' in entry && entry.row === selected)));
    return STAY;
  }

  #selectedRow(): AnnotatedRow | undefined {
    for (let at = this.#list.selected?.item ?? -1; at >= 0 && at < this.#entries.length; at++) {
      const entry = this.#entries[at]!;
      if ('row' in entry) return entry.row;
    }
    return undefined;
  }

  #goTo(row: AnnotatedRow | undefined): Outcome {
    if (row === undefined) return say('no instruction of this function has samples');
    this.#list.select({ item: this.#entries.findIndex((entry) => 'row' in entry && entry.row === row), line: 0 });
    return STAY;
  }

  #hotter(by: 1 | -1): Outcome {
    const at = this.#hottest.indexOf(this.#selectedRow()!);
    const count = this.#hottest.length;
    return this.#goTo(at < 0 ? this.#hottest[0] : this.#hottest[(at + by + count) % count]);
  }

  #search(text: string): Outcome {
    this.#sought = text;
    const count = this.#entries.length;
    if (text === '' || count === 0) return STAY;
    const from = this.#list.selected?.item ?? 0;
    for (let step = 1; step <= count; step++) {
      const item = (from + step) % count;
      const entry = this.#entries[item]!;
      if (('row' in entry ? entry.row.text : entry.source).includes(text)) {
        this.#list.select({ item, line: 0 });
        return STAY;
      }
    }
    return say(`'${text}' is not in this function`);
  }

  #spans(entry: Entry): Span[] {
    const shifted = (text: string): string => (this.#shift === 0 ? text : cut(text, this.#shift, Math.max(0, cellsOf(text) - this.#shift)));
    if ('source' in entry) return [{ text: `${' '.repeat(VALUE_WIDTH)} │ `, style: 'plain' }, { text: shifted(entry.source), style: 'faint' }];
    const { row } = entry;
    const share = this.#shareOf(row);
    const start = this.#annotated.rows[0]!.address;
    const address = this.#isOffset ? `+${(row.address - start).toString(16)}` : row.address.toString(16);
    return [
      { text: this.#valueOf(row, share).padStart(VALUE_WIDTH), style: styleOf(share) },
      { text: ' │ ', style: 'plain' },
      { text: shifted(`${address}: ${row.text}`), style: 'plain' },
    ];
  }

  #valueOf(row: AnnotatedRow, share: number): string {
    const samples = row.samples[this.#index] ?? 0;
    if (samples === 0) return '';
    return this.#column === 'percent' ? share.toFixed(2) : String(this.#column === 'samples' ? samples : row.period[this.#index]!);
  }

  #shareOf(row: AnnotatedRow): number {
    const own = this.#annotated.fn.counts[this.#index];
    const whole = this.#isLocal ? own : this.#event;
    const part = (this.#byHits ? row.samples : row.period)[this.#index] ?? 0;
    const all = (this.#byHits ? whole?.samples : whole?.period) ?? 0;
    return all === 0 ? 0 : (100 * part) / all;
  }
}

function styleOf(share: number): Style {
  return share >= HOT ? 'hot' : share >= WARM ? 'warm' : 'plain';
}
