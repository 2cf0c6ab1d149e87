// The table of functions with self and total: only the rows in sight are elements. Beside it what is known of the selected one.

import { CodeKind } from '../../formats/code-table.ts';
import { grouped } from '../../views/counted.ts';
import { visible } from '../../views/flamegraph/svg-text.ts';
import { functionRows, type FunctionOrder } from '../model/function-sums.ts';
import type { Shown } from '../model/page-model.ts';
import { shareText, weightText } from './amounts.ts';
import { kindClass, KIND_WORDS } from './colours.ts';
import { choice, element, oncePerFrame } from './element.ts';
import { RelativesView } from './relatives-view.ts';
import type { Change, Session, View } from './session.ts';
import { SourceView } from './source-view.ts';

/** Pixels of a row; the style sheet has the same. */
const ROW = 24;

const COLUMNS: readonly { readonly order: FunctionOrder; readonly text: string; readonly class: string }[] = [
  { order: 'self', text: 'Self', class: 'number' },
  { order: 'total', text: 'Total', class: 'number' },
  { order: 'name', text: 'Function', class: 'name' },
  { order: 'module', text: 'Module', class: 'module' },
  { order: 'kind', text: 'Kind', class: 'kind' },
];

export class FunctionsView implements View {
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #filter = element('input', { type: 'search', id: 'function-filter', placeholder: 'Filter functions, modules, files', 'aria-label': 'Filter the table by text', spellcheck: 'false', autocomplete: 'off' });
  readonly #count = element('span', { class: 'matched', role: 'status' });
  readonly #grid = element('div', { class: 'grid', id: 'functions', role: 'grid', tabindex: '0', 'aria-label': 'Functions. Arrow keys select, Enter goes to callers and callees', 'aria-colcount': String(COLUMNS.length) });
  readonly #heads = new Map<FunctionOrder, HTMLElement>();
  readonly #body = element('div', { class: 'grid-body', role: 'rowgroup' });
  readonly #space = element('div', { class: 'grid-space', role: 'presentation' });
  readonly #side: ReturnType<typeof choice<'calls' | 'source'>>;
  readonly #sideTitle = element('h2', { text: '' });
  readonly #relatives: RelativesView;
  readonly #source: SourceView;
  readonly #draw = oncePerFrame(() => this.#drawNow());
  #order: FunctionOrder = 'self';
  #isDescending = true;
  #rows = new Int32Array(0);
  #shown: Shown | undefined;
  #text: string | undefined;
  #sorted = '';

  constructor(session: Session) {
    this.#session = session;
    this.#relatives = new RelativesView(session);
    this.#source = new SourceView(session);
    this.#side = choice('About the selected function', [['calls', 'Callers and callees'], ['source', 'Source']], (side) => session.set({ side }));
    const head = element('div', { class: 'grid-row grid-head', role: 'row', 'aria-rowindex': '1' });
    for (const { order, text, class: name } of COLUMNS) {
      const press = element('button', { type: 'button', tabindex: '-1', text });
      const cell = element('div', { role: 'columnheader', class: name }, press);
      press.addEventListener('click', () => this.#sort(order));
      this.#heads.set(order, cell);
      head.append(cell);
    }
    this.#body.append(this.#space);
    this.#grid.append(element('div', { role: 'rowgroup' }, head), this.#body);
    this.#filter.addEventListener('input', () => this.#collect());
    this.#filter.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown' || event.key === 'Enter') {
        this.#grid.focus();
        event.preventDefault();
      }
    });
    this.#body.addEventListener('scroll', this.#draw);
    this.#body.addEventListener('click', (event) => this.#onClick(event));
    this.#body.addEventListener('dblclick', () => this.#relatives.focus());
    this.#grid.addEventListener('keydown', (event) => this.#onKey(event));
    new ResizeObserver(this.#draw).observe(this.#body);
    const table = element('div', { class: 'functions-table' }, element('div', { class: 'bar' }, this.#filter, this.#count), this.#grid);
    const side = element('div', { class: 'functions-side' }, element('div', { class: 'bar' }, this.#sideTitle, element('span', { class: 'push' }), this.#side.group), this.#relatives.element, this.#source.element);
    this.element = element('section', { class: 'panel functions-panel', 'aria-label': 'Functions' }, table, side);
  }

  update(_change: Change): void {
    const { shown, state } = this.#session;
    if (shown === undefined || state.tab !== 'functions') return;
    this.#side.say(state.side);
    this.#collect();
    // Something is always told of: what is on top.
    if (state.selected < 0 && this.#rows.length > 0) return this.#session.set({ selected: this.#rows[0]! });
    this.#sideTitle.textContent = state.selected < 0 ? '' : this.#session.label(state.selected);
    this.#sideTitle.title = this.#sideTitle.textContent;
    this.#relatives.element.hidden = state.side !== 'calls';
    this.#source.element.hidden = state.side !== 'source';
    if (state.side === 'calls') this.#relatives.update();
    else this.#source.update();
    this.#draw();
  }

  /** Puts the cursor into the text that filters. */
  search(): void {
    this.#filter.focus();
    this.#filter.select();
  }

  #sort(order: FunctionOrder): void {
    this.#isDescending = order === this.#order ? !this.#isDescending : order === 'self' || order === 'total';
    this.#order = order;
    this.#collect();
  }

  #collect(): void {
    const { shown, data } = this.#session;
    if (shown === undefined) return;
    const sorted = `${this.#order} ${this.#isDescending}`;
    if (shown === this.#shown && this.#text === this.#filter.value && sorted === this.#sorted) return;
    const isNew = this.#text !== this.#filter.value || sorted !== this.#sorted;
    this.#shown = shown;
    this.#text = this.#filter.value;
    this.#sorted = sorted;
    this.#rows = functionRows(data, shown.functions, this.#order, this.#isDescending, this.#text) as Int32Array<ArrayBuffer>;
    for (const [order, cell] of this.#heads) {
      if (order === this.#order) cell.setAttribute('aria-sort', this.#isDescending ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    }
    this.#count.textContent = `${grouped(this.#rows.length)} ${this.#rows.length === 1 ? 'function' : 'functions'}`;
    this.#grid.setAttribute('aria-rowcount', String(this.#rows.length + 1));
    this.#space.style.height = `${this.#rows.length * ROW}px`;
    if (isNew) this.#body.scrollTop = 0;
    this.#draw();
  }

  #drawNow(): void {
    const { shown, state } = this.#session;
    if (shown === undefined || this.#body.clientHeight === 0) return;
    const first = Math.max(0, Math.floor(this.#body.scrollTop / ROW) - 4);
    const end = Math.min(this.#rows.length, Math.ceil((this.#body.scrollTop + this.#body.clientHeight) / ROW) + 4);
    const rows: HTMLElement[] = [];
    for (let index = first; index < end; index++) rows.push(this.#row(index, shown));
    this.#space.replaceChildren(...rows);
    if (rows.some((row) => row.id === `function-${state.selected}`)) this.#grid.setAttribute('aria-activedescendant', `function-${state.selected}`);
    else this.#grid.removeAttribute('aria-activedescendant');
  }

  #row(index: number, { functions: sums, stacks: { totalWeight } }: Shown): HTMLElement {
    const { data, state, found } = this.#session;
    const fn = this.#rows[index]!;
    const { kind, file } = data.functions[fn]!;
    const isSelected = fn === state.selected;
    const name = this.#session.label(fn);
    const row = element('div', { class: `grid-row${isSelected ? ' selected' : ''}${found?.[fn] === 1 ? ' found' : ''}`, role: 'row', id: `function-${fn}`, 'aria-rowindex': String(index + 2), 'aria-selected': String(isSelected) },
      this.#amount(sums.self[fn]!, totalWeight, kind),
      this.#amount(sums.total[fn]!, totalWeight, kind),
      element('div', { role: 'gridcell', class: 'name', title: file === '' ? name : `${name}\n${visible(file)}` }, element('span', { text: name })),
      element('div', { role: 'gridcell', class: 'module', text: kind === CodeKind.Python ? visible(file) : this.#session.moduleOf(fn) }),
      element('div', { role: 'gridcell', class: 'kind' }, element('span', { class: `patch ${kindClass(kind)}`, 'aria-hidden': 'true' }), KIND_WORDS[kind]!),
    );
    row.style.top = `${index * ROW}px`;
    return row;
  }

  #amount(weight: number, whole: number, kind: number): HTMLElement {
    const bar = element('span', { class: `amount-bar ${kindClass(kind)}`, 'aria-hidden': 'true' });
    bar.style.width = `${whole > 0 ? (100 * weight) / whole : 0}%`;
    return element('div', { role: 'gridcell', class: 'number' }, bar, element('span', { class: 'share', text: shareText(weight, whole) }), element('span', { class: 'amount', text: weightText(weight, this.#session.unit) }));
  }

  #onClick(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest('[role=row]') : null;
    if (row !== null) this.#session.set({ selected: Number(row.id.slice('function-'.length)) });
    this.#grid.focus({ preventScroll: true });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || this.#rows.length === 0) return;
    const at = this.#rows.indexOf(this.#session.state.selected);
    const page = Math.max(1, Math.floor(this.#body.clientHeight / ROW) - 1);
    const steps: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: this.#rows.length - 1 };
    const to = steps[event.key];
    if (to !== undefined) {
      const index = Math.max(0, Math.min(this.#rows.length - 1, to));
      this.#session.set({ selected: this.#rows[index]! });
      const { scrollTop, clientHeight } = this.#body;
      if (index * ROW < scrollTop) this.#body.scrollTop = index * ROW;
      else if ((index + 1) * ROW > scrollTop + clientHeight) this.#body.scrollTop = (index + 1) * ROW - clientHeight;
    } else if (event.key === 'Enter') {
      if (this.#session.state.side === 'calls') this.#relatives.focus();
      else this.#source.element.focus();
    } else if (event.key === 's') {
      this.#session.set({ side: 'source' });
    } else if (event.key === 'c') {
      this.#session.set({ side: 'calls' });
    } else {
      return;
    }
    event.preventDefault();
  }
}
