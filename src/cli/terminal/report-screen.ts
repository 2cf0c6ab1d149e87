// The main screen: the rows of an event, or of a group of events, with perf's keys. What the keys do to rows is in report-rows.ts, where
// one stands among them in folding-list.ts; here keys become calls, and rows become lines.

import type { Profile } from '../../profile/profile.ts';
import type { GroupRow } from '../../profile/row-order.ts';
import type { Column } from '../../views/report/column.ts';
import { chainName } from '../../views/report/call-graph.ts';
import { wholeNumber } from '../../views/report/columns.ts';
import { countWithUnit } from '../../views/report/percent.ts';
import { eventTitle } from '../../views/report/report.ts';
import type { ChainLine } from './chain-lines.ts';
import { FoldingList, type Place } from './folding-list.ts';
import { REPORT_HELP } from './help.ts';
import { letterOf, type Key } from './key.ts';
import { moveIn } from './list-keys.ts';
import { ChoiceScreen, TextScreen } from './list-screen.ts';
import { REPORT_ACTIONS, type ReportAction } from './report-keys.ts';
import { ReportRows } from './report-rows.ts';
import { dsoOf, NOT_MAPPED, threadOf } from './row-filter.ts';
import { ask, CLOSE, open, QUIT, say, STAY, UNKNOWN, type Outcome, type Screen } from './screen.ts';
import { cellsOf, cut, joined, line, shownText, type Line, type Span, type Style } from './screen-text.ts';

/** perf's limits for its red and its green, in percent. */
const HOT = 5;
const WARM = 0.5;
/** Columns from one level of a call graph to the next. */
const LEVEL = 3;
/** Rows of which the columns of wide letters are measured. */
const MEASURED = 1000;

/** How the screen lies among the others. */
export interface ReportPlace {
  /** Whether there are several events: left goes back to their list. */
  readonly hasMenu: boolean;
  /** Shows the next event, or the one before. */
  readonly turn: (by: 1 | -1) => Outcome;
  /** What is to be seen with `i`, in a few words; '' where nothing is missing. */
  readonly remark: string;
}

export class ReportScreen implements Screen {
  readonly rows: ReportRows;
  readonly #profile: Profile;
  readonly #place: ReportPlace;
  readonly #list: FoldingList;
  /** What was zoomed into, the last one last. */
  #zooms: ('thread' | 'dso')[] = [];
  #hasTitles = true;
  #isVerbose = false;
  #shift = 0;
  #cursorLine = 0;
  #widths: readonly number[] | undefined;

  constructor(rows: ReportRows, place: ReportPlace) {
    this.rows = rows;
    this.#profile = rows.profile;
    this.#place = place;
    this.#list = new FoldingList(rows.shown.length, (item) => rows.linesOf(this.rows.shown[item]!));
  }

  get cursorLine(): number {
    return this.#cursorLine;
  }

  get hint(): string {
    const { remark } = this.#place;
    return remark === '' ? "Press '?' for help on key bindings" : `'?': help, 'i': ${remark}`;
  }

  /** Where one stands; undefined where no row is in sight. */
  get selected(): Place | undefined {
    return this.#list.selected;
  }

  paint(width: number, height: number): readonly Line[] {
    const lines: Line[] = [line(this.title(width), width, 'bold', true)];
    if (this.#hasTitles) lines.push(line(this.#titles(), width, 'bold'));
    const selected = this.#list.selected;
    if (selected === undefined && lines.length < height) lines.push(line('  no row passes the filters', width, 'notice'));
    for (const place of this.#list.inSight(height - lines.length)) {
      const isSelected = selected !== undefined && place.item === selected.item && place.line === selected.line;
      if (isSelected) this.#cursorLine = lines.length;
      lines.push(joined(this.#spans(place), width, isSelected));
    }
    while (lines.length < height) lines.push(line('', width));
    return lines.slice(0, height);
  }

  /** `Samples: 205K of event 'cpu-clock', Event count (approx.): 2058530000, Thread: sh`; what filters is said first of all. */
  title(width: number = Infinity): string {
    const { rows } = this;
    const { samples, period } = rows.counted();
    const events = rows.table.histograms.map(({ event }) => event);
    const { thread, dso, symbol, limit } = rows.filter;
    const filters = [
      ...(thread === undefined ? [] : [`Thread: ${thread.label}`]),
      ...(dso === undefined ? [] : [`DSO: ${dso}`]),
      ...(symbol === '' ? [] : [`Symbol: ${symbol}`]),
      ...(limit > 0 ? [`from ${limit}%`] : []),
      ...(rows.isRelative ? ['percent of these'] : []),
      ...(rows.sortedBy > 0 ? [`by ${events[rows.sortedBy]!.name}`] : []),
    ];
    const counted = `Samples: ${countWithUnit(samples)} of ${eventTitle(this.#profile, events)}`;
    const whole = [counted, `Event count (approx.): ${wholeNumber(period)}`, ...filters].join(', ');
    if (cellsOf(whole) <= width || filters.length === 0) return whole;
    const short = [counted, ...filters].join(', ');
    return cellsOf(short) <= width ? short : filters.join(', ');
  }

  /** All that is in sight and below it, as text. */
  *text(): Generator<string, void, void> {
    yield `# ${shownText(this.title())}`;
    yield `# ${shownText(this.#titles().slice(2)).trimEnd()}`;
    yield '#';
    for (const [item, row] of this.rows.shown.entries()) {
      for (let at = 0; at < this.rows.linesOf(row); at++) {
        yield this.#spans({ item, line: at }).map(({ text }) => shownText(text)).join('').trimEnd();
      }
    }
  }

  key(key: Key): Outcome {
    if (moveIn(this.#list, key)) return STAY;
    switch (key.name) {
      case 'enter':
        return this.#menu();
      case 'right':
        return this.#menu();
      case 'left':
      case 'escape':
        return this.#back(key.name);
      case 'interrupt':
        return QUIT;
      case 'f1':
        return open(new TextScreen('Help', REPORT_HELP));
      case 'tab':
        return this.#place.turn(1);
      case 'backtab':
        return this.#place.turn(-1);
      default: {
        const letter = letterOf(key);
        if (letter >= '0' && letter <= '9') return this.#sortBy(Number(letter));
        const action = REPORT_ACTIONS[letter];
        return action === undefined ? UNKNOWN : this.#act(action);
      }
    }
  }

  #act(action: ReportAction): Outcome {
    switch (action) {
      case 'quit':
        return QUIT;
      case 'help':
        return open(new TextScreen('Help', REPORT_HELP));
      case 'menu':
        return this.#menu();
      case 'toggle':
        return this.#toggle();
      case 'toggle-row':
        return this.#setRow((row) => !this.rows.isUnfolded(row));
      case 'fold-row':
        return this.#setRow(() => false);
      case 'unfold-all':
        return this.#setAll(true);
      case 'fold-all':
        return this.#setAll(false);
      case 'annotate':
        return this.#annotate();
      case 'dso':
        return this.#zoomDso();
      case 'thread':
        return this.#zoomThread();
      case 'kernel':
        return this.#zoomKernel();
      case 'symbol':
        return ask('Symbol to show (nothing: all): ', (symbol) => this.#filtered({ symbol }), this.rows.filter.symbol);
      case 'limit':
        return ask('Percent below which rows are hidden: ', (text) => this.#limit(text));
      case 'relative':
        this.rows.isRelative = !this.rows.isRelative;
        return this.#refreshed();
      case 'titles':
        this.#hasTitles = !this.#hasTitles;
        return STAY;
      case 'verbose':
        this.#isVerbose = !this.#isVerbose;
        return STAY;
      case 'information':
        return { then: 'request', request: { what: 'information' } };
      case 'print':
        return { then: 'request', request: { what: 'print', name: 'perf.hist', text: () => this.text() } };
      case 'shift-left':
        this.#shift = Math.max(0, this.#shift - 8);
        return STAY;
      case 'shift-right':
        this.#shift += 8;
        return STAY;
      case 'not-here':
        return say("that key of perf's does nothing here: no scripts are run, and no other file is opened");
    }
  }

  #row(): GroupRow | undefined {
    const selected = this.#list.selected;
    return selected === undefined ? undefined : this.rows.shown[selected.item];
  }

  /** The selected line of a call graph; undefined on a row. */
  #chain(): ChainLine | undefined {
    const row = this.#row();
    const at = this.#list.selected?.line ?? 0;
    return row === undefined || at === 0 ? undefined : this.rows.chains(row)?.lines[at - 1];
  }

  /** The frame that the selected line names. */
  #frame(): number | undefined {
    return this.#chain()?.frame ?? this.#row()?.row.frame;
  }

  #toggle(): Outcome {
    const row = this.#row();
    if (row !== undefined) this.rows.toggle(row, this.#list.selected!.line);
    this.#list.folded();
    return STAY;
  }

  #setRow(isOpen: (row: GroupRow) => boolean): Outcome {
    const row = this.#row();
    if (row === undefined) return STAY;
    this.rows.setRow(row, isOpen(row));
    this.#list.select({ item: this.#list.selected!.item, line: 0 });
    this.#list.folded();
    return STAY;
  }

  #setAll(isOpen: boolean): Outcome {
    this.rows.setAll(isOpen);
    if (this.#list.selected !== undefined) this.#list.select({ item: this.#list.selected.item, line: 0 });
    this.#list.folded();
    return STAY;
  }

  #annotate(): Outcome {
    const frame = this.#frame();
    return frame === undefined ? STAY : { then: 'request', request: { what: 'annotate', frame } };
  }

  #zoomDso(dso?: string): Outcome {
    if (this.rows.filter.dso !== undefined) return this.#unzoom('dso');
    const row = this.#row();
    if (row === undefined) return STAY;
    if (!this.rows.plan.keys.includes('dso') && !this.rows.plan.keys.includes('symbol')) return say('rows are not told apart by files: add dso to --sort');
    this.#zooms.push('dso');
    return this.#filtered({ dso: dso ?? dsoOf(this.#profile, row) });
  }

  #zoomThread(): Outcome {
    if (this.rows.filter.thread !== undefined) return this.#unzoom('thread');
    const row = this.#row();
    if (row === undefined) return STAY;
    const thread = threadOf(this.#profile, this.rows.plan.keys, row);
    if (thread === undefined) return say('rows are not told apart by threads: add comm or tid to --sort');
    this.#zooms.push('thread');
    return this.#filtered({ thread });
  }

  #zoomKernel(): Outcome {
    const kernel = this.#profile.frames.modules.find((module) => module.kind === 'kernel');
    return kernel === undefined ? say('the recording has nothing of the kernel') : this.#zoomDso(kernel.shortName);
  }

  #unzoom(what: 'thread' | 'dso'): Outcome {
    this.#zooms = this.#zooms.filter((zoom) => zoom !== what);
    return this.#filtered({ [what]: undefined });
  }

  /** Out of the last zoom; then to the events, or out of the browser if that is wanted. */
  #back(key: 'left' | 'escape'): Outcome {
    const last = this.#zooms.at(-1);
    if (last !== undefined) return this.#unzoom(last);
    if (this.#place.hasMenu) return CLOSE;
    return key === 'left' ? STAY : ask('Do you really want to exit? (y/n) ', (text) => (/^y/i.test(text) ? QUIT : STAY));
  }

  #limit(text: string): Outcome {
    const limit = Number(text);
    if (text.trim() === '' || !(limit >= 0 && limit <= 100)) return say(`a percentage from 0 to 100 is wanted, not '${text}'`);
    return this.#filtered({ limit });
  }

  #sortBy(member: number): Outcome {
    const { histograms } = this.rows.table;
    if (member >= histograms.length) return say(histograms.length === 1 ? 'one event only: nothing to sort by' : `the group has events 0 to ${histograms.length - 1}`);
    this.rows.sortedBy = member;
    return this.#refreshed();
  }

  #filtered(change: Partial<ReportRows['filter']>): Outcome {
    const row = this.#row();
    this.rows.filter = { ...this.rows.filter, ...change };
    return this.#listed(row);
  }

  #refreshed(): Outcome {
    const row = this.#row();
    this.rows.refresh();
    return this.#listed(row);
  }

  /** The same row stays selected where it is still there. */
  #listed(row: GroupRow | undefined): Outcome {
    this.#widths = undefined;
    this.#list.reset(this.rows.shown.length, row === undefined ? 0 : Math.max(0, this.rows.shown.indexOf(row)));
    return STAY;
  }

  #menu(): Outcome {
    const row = this.#row();
    if (row === undefined) return STAY;
    const frame = this.#frame()!;
    const name = chainName(this.#profile, frame);
    const { thread, dso } = this.rows.filter;
    const itsThread = threadOf(this.#profile, this.rows.plan.keys, row);
    const chains = this.rows.chains(row);
    const does = (action: ReportAction): (() => Outcome) => () => {
      const outcome = this.#act(action);
      return outcome.then === 'stay' ? CLOSE : outcome.then === 'open' ? { then: 'replace', screen: outcome.screen } : outcome;
    };
    const choices = [
      { is: true, text: `Annotate ${name}`, action: 'annotate' },
      { is: itsThread !== undefined || thread !== undefined, text: thread === undefined ? `Zoom into ${itsThread?.label} thread` : `Zoom out of ${thread.label} thread`, action: 'thread' },
      { is: dso !== undefined || dsoOf(this.#profile, row) !== NOT_MAPPED, text: dso === undefined ? `Zoom into ${dsoOf(this.#profile, row)} DSO` : `Zoom out of ${dso} DSO`, action: 'dso' },
      { is: chains?.isEmpty === false, text: `${this.#isOpen(row) ? 'Collapse' : 'Expand'} [${name}] callchain (one level, as + does; e for all of them)`, action: 'toggle' },
      { is: true, text: 'Print to perf.hist.N', action: 'print' },
      { is: true, text: 'Header information and data quality', action: 'information' },
      { is: true, text: 'Exit', action: 'quit' },
    ] as const;
    return open(new ChoiceScreen(name, choices.filter(({ is }) => is).map(({ text, action }) => ({ text, chosen: does(action) }))));
  }

  #isOpen(row: GroupRow): boolean {
    return this.#chain()?.isOpen ?? this.rows.isUnfolded(row);
  }

  #titles(): string {
    const { columns } = this.rows;
    const widths = this.#columnWidths();
    return `  ${columns.map(({ title, alignsRight }, i) => (alignsRight ? title.padStart(widths[i]!) : cut(title, 0, widths[i]!))).join('  ')}`;
  }

  #spans({ item, line: at }: Place): Span[] {
    const row = this.rows.shown[item]!;
    return at === 0 ? this.#rowSpans(row) : this.#chainSpans(row, this.rows.chains(row)!.lines[at - 1]!);
  }

  #rowSpans(row: GroupRow): Span[] {
    const { columns } = this.rows;
    const widths = this.#columnWidths();
    const chains = this.rows.chains(row);
    const sign = chains === undefined || chains.isEmpty ? ' ' : this.rows.isUnfolded(row) ? '-' : '+';
    const spans: Span[] = [{ text: `${sign} `, style: 'plain' }];
    for (const [i, column] of columns.entries()) {
      const cell = column.cell(row);
      const isLast = i === columns.length - 1;
      if (i > 0) spans.push({ text: '  ', style: 'plain' });
      if (column.alignsRight) spans.push({ text: cell, style: shareStyle(cell) });
      else if (isLast) spans.push({ text: this.#shift === 0 ? cell : cut(cell, this.#shift, Math.max(0, cellsOf(cell) - this.#shift)), style: 'plain' });
      else spans.push({ text: cut(cell.trimEnd(), 0, widths[i]!), style: 'plain' });
    }
    return spans;
  }

  #chainSpans(row: GroupRow, chain: ChainLine): Span[] {
    const { node, frame, depth, fold, isOpen } = chain;
    const value = this.rows.valueOf(row, chain);
    const sign = fold === undefined ? ' ' : isOpen ? '-' : '+';
    let name = chainName(this.#profile, frame);
    if (this.#isVerbose) name += ` ${this.#profile.frames.moduleName(frame) ?? NOT_MAPPED}`;
    return [
      { text: `${' '.repeat(Math.max(0, LEVEL * depth - this.#shift))}${sign} `, style: 'plain' },
      ...(value === '' ? [] : [{ text: `${value} `, style: styleOf(this.rows.shareOf(row, node, chain.above)) }]),
      { text: name, style: 'plain' },
    ];
  }

  /** Columns fit texts by their length; where letters take two columns they need more. */
  #columnWidths(): readonly number[] {
    if (this.#widths !== undefined) return this.#widths;
    const { columns, shown } = this.rows;
    const isPlain = (text: string): boolean => cellsOf(text) === text.length;
    const hasWide = !this.#profile.comms.every(isPlain) || !this.#profile.frames.modules.every((module) => isPlain(module.shortName));
    const widest = (column: Column): number => shown.slice(0, MEASURED).reduce((most, row) => Math.max(most, cellsOf(column.cell(row).trimEnd())), column.width);
    return (this.#widths = columns.map((column) => (hasWide && !column.alignsRight ? widest(column) : column.width)));
  }
}

/** A cell of a percentage, in perf's colours. */
function shareStyle(cell: string): Style {
  const share = /([\d.]+)%/.exec(cell)?.[1];
  return share === undefined ? 'plain' : styleOf(Number(share));
}

function styleOf(share: number): Style {
  return share >= HOT ? 'hot' : share >= WARM ? 'warm' : 'plain';
}
