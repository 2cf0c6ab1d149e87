// Callers and callees of one function, as two trees that open level by level.

import { CodeKind } from '../../formats/code-table.ts';
import type { Shown } from '../model/page-model.ts';
import { calleesOf, calleesRoot, callersOf, callersRoot, type Relative } from '../model/relatives.ts';
import { samplesText, shareText, weightText } from './amounts.ts';
import { kindClass } from './colours.ts';
import { element } from './element.ts';
import type { Session } from './session.ts';

/** Rows of one level that are shown. */
const MOST = 200;
/** Levels that are open at first: as long as one row has the larger part of what is above it. */
const OPEN_AT_FIRST = 12;

interface Row {
  readonly of: Relative;
  readonly item: HTMLElement;
  readonly line: HTMLElement;
  readonly level: number;
  readonly above: Row | undefined;
  children: Row[] | undefined;
  group: HTMLElement | undefined;
  isOpen: boolean;
}

export class RelativesView {
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #callers: CallTree;
  readonly #callees: CallTree;
  #shown: Shown | undefined;
  #fn = -1;

  constructor(session: Session) {
    this.#session = session;
    this.#callers = new CallTree(session, 'Callers', (row) => callersOf(session.shown!.callers, row));
    this.#callees = new CallTree(session, 'Callees', (row) => calleesOf(session.shown!.callers, session.shown!.callerSums, row));
    this.element = element('div', { class: 'relatives' }, this.#callers.element, this.#callees.element);
  }

  update(): void {
    const { shown, state: { selected } } = this.#session;
    if (shown === undefined || (shown === this.#shown && selected === this.#fn)) return;
    this.#shown = shown;
    this.#fn = selected;
    this.#callers.show(selected < 0 ? undefined : callersRoot(shown.callers, shown.callerSums, selected));
    this.#callees.show(selected < 0 ? undefined : calleesRoot(shown.callers, shown.callerSums, selected));
  }

  focus(): void {
    this.#callers.focus();
  }
}

class CallTree {
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #open: (row: Relative) => Relative[];
  readonly #tree: HTMLElement;
  readonly #name: string;
  readonly #rows = new WeakMap<Element, Row>();
  #root: Row | undefined;
  #focused: Row | undefined;

  constructor(session: Session, name: string, open: (row: Relative) => Relative[]) {
    this.#session = session;
    this.#open = open;
    this.#name = name;
    this.#tree = element('ul', { class: 'calls', id: name.toLowerCase(), role: 'tree', 'aria-label': `${name} of the selected function` });
    this.element = element('section', { class: 'calls-part' }, element('h3', { text: name }), this.#tree);
    this.#tree.addEventListener('click', (event) => this.#onClick(event));
    this.#tree.addEventListener('dblclick', (event) => this.#select(this.#rowOf(event)));
    this.#tree.addEventListener('keydown', (event) => this.#onKey(event));
  }

  show(root: Relative | undefined): void {
    this.#root = this.#focused = undefined;
    if (root === undefined || root.nodes.length === 0) {
      this.#tree.replaceChildren(element('li', { class: 'none', role: 'none', text: root === undefined ? 'No function is selected.' : 'No samples under this filter.' }));
      return;
    }
    this.#root = this.#row(root, 0, undefined);
    this.#tree.replaceChildren(this.#root.item);
    this.#root.item.tabIndex = 0;
    this.#focused = this.#root;
    let row: Row | undefined = this.#root;
    for (let level = 0; row !== undefined && level < OPEN_AT_FIRST; level++) {
      this.#setOpen(row, true);
      const first: Row | undefined = row.children?.[0];
      row = first !== undefined && first.of.weight * 2 > row.of.weight ? first : undefined;
    }
  }

  focus(): void {
    this.#focused?.item.focus();
  }

  #row(of: Relative, level: number, above: Row | undefined): Row {
    const { data, unit } = this.#session;
    const fn = of.frame >> 1;
    const whole = this.#session.shown!.stacks.totalWeight;
    const isInlined = level > 0 && (of.frame & 1) === 1;
    const { kind } = data.functions[fn]!;
    const name = this.#session.label(fn);
    const module = kind === CodeKind.Python ? '' : this.#session.moduleOf(fn);
    const share = shareText(of.weight, whole);
    const line = element('div', { class: 'call' },
      element('span', { class: 'turn', 'aria-hidden': 'true' }),
      element('span', { class: 'share', text: share }),
      element('span', { class: 'amount', text: weightText(of.weight, unit) }),
      element('span', { class: `patch ${isInlined ? 'kind-inlined' : kindClass(kind)}`, 'aria-hidden': 'true' }),
      element('span', { class: 'call-name', text: name }),
      element('span', { class: 'call-module', text: isInlined ? `${module} (inlined)` : module }));
    line.style.paddingLeft = `${Math.min(level, 40) * 14}px`;
    const item = element('li', { role: 'treeitem', tabindex: '-1', 'aria-level': String(level + 1), 'aria-label': `${name}, ${samplesText(of.samples)}, ${share}` }, line);
    const row: Row = { of, item, line, level, above, children: undefined, group: undefined, isOpen: false };
    this.#rows.set(item, row);
    this.#rows.set(line, row);
    if (this.#hasChildren(row)) item.setAttribute('aria-expanded', 'false');
    return row;
  }

  /** Whether a row has any; they are made when it opens. */
  #hasChildren({ of }: Row): boolean {
    const { callers: tree, callerSums } = this.#session.shown!;
    if (this.#name === 'Callers') return of.nodes.some((node) => tree.parent[node] !== 0);
    return of.nodes.some((node) => {
      for (let at = tree.firstChild[node]!; at < tree.firstChild[node + 1]!; at++) if (callerSums.totalSamples[tree.children[at]!]! > 0) return true;
      return false;
    });
  }

  #setOpen(row: Row, isOpen: boolean): void {
    if (!row.item.hasAttribute('aria-expanded')) return;
    if (row.group === undefined) {
      if (!isOpen) return;
      const all = this.#open(row.of);
      row.children = all.slice(0, MOST).map((of) => this.#row(of, row.level + 1, row));
      row.group = element('ul', { role: 'group' }, ...row.children.map(({ item }) => item));
      if (all.length > MOST) row.group.append(element('li', { class: 'none', role: 'none', text: `${all.length - MOST} more, ${shareText(all.slice(MOST).reduce((sum, { weight }) => sum + weight, 0), this.#session.shown!.stacks.totalWeight)}` }));
      row.item.append(row.group);
    }
    row.isOpen = isOpen;
    row.group.hidden = !isOpen;
    row.item.setAttribute('aria-expanded', String(isOpen));
  }

  #rowOf(event: Event): Row | undefined {
    const item = event.target instanceof Element ? event.target.closest('[role=treeitem]') : null;
    return item === null ? undefined : this.#rows.get(item);
  }

  #onClick(event: MouseEvent): void {
    const row = this.#rowOf(event);
    if (row === undefined) return;
    this.#focus(row);
    if (event.target instanceof Element && event.target.closest('.turn') !== null) this.#setOpen(row, !row.isOpen);
    else if (!row.isOpen) this.#setOpen(row, true);
  }

  #focus(row: Row | undefined): void {
    if (row === undefined) return;
    if (this.#focused !== undefined) this.#focused.item.tabIndex = -1;
    this.#focused = row;
    row.item.tabIndex = 0;
    row.item.focus();
  }

  /** The function becomes the one whose callers and callees are shown. */
  #select(row: Row | undefined): void {
    if (row === undefined || row.level === 0) return;
    this.#session.set({ selected: row.of.frame >> 1 });
    this.focus();
  }

  #onKey(event: KeyboardEvent): void {
    const row = this.#rowOf(event);
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    switch (event.key) {
      case 'ArrowRight':
        if (row.isOpen) this.#focus(row.children?.[0]);
        else this.#setOpen(row, true);
        break;
      case 'ArrowLeft':
        if (row.isOpen) this.#setOpen(row, false);
        else this.#focus(row.above);
        break;
      case 'ArrowDown': this.#focus(this.#after(row)); break;
      case 'ArrowUp': this.#focus(this.#before(row)); break;
      case 'Home': this.#focus(this.#root); break;
      case 'Enter': this.#select(row); break;
      case ' ': this.#setOpen(row, !row.isOpen); break;
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #after(row: Row): Row | undefined {
    if (row.isOpen && row.children !== undefined && row.children.length > 0) return row.children[0];
    for (let at: Row | undefined = row; at?.above !== undefined; at = at.above) {
      const next: Row | undefined = at.above.children![at.above.children!.indexOf(at) + 1];
      if (next !== undefined) return next;
    }
    return undefined;
  }

  #before(row: Row): Row | undefined {
    if (row.above === undefined) return undefined;
    let at: Row | undefined = row.above.children![row.above.children!.indexOf(row) - 1];
    if (at === undefined) return row.above;
    while (at.isOpen && at.children !== undefined && at.children.length > 0) at = at.children.at(-1)!;
    return at;
  }
}
