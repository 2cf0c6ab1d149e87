// The flame graph: a picture on a canvas, and the same as a tree for keyboards and screen readers, of which the focused frame, its
// callers and its callees are elements.

import { flameLayout, frameAt, type FlameLayout } from '../model/flame-layout.ts';
import { patternOfFunction } from '../model/function-match.ts';
import { searchTree } from '../model/tree-sums.ts';
import { samplesText, shareText } from './amounts.ts';
import { button, choice, element, oncePerFrame } from './element.ts';
import { drawFlame, levelAt, levelTop, ROW, type FlamePicture } from './flame-canvas.ts';
import { frameWords } from './frame-words.ts';
import type { Change, Session, View } from './session.ts';
import { Tooltip } from './tooltip.ts';

/** Frames narrower than this are not drawn, pixels. */
const LEAST = 0.5;
/** Callees of the focused frame that are told to screen readers. */
const MOST_TOLD = 30;

export class FlameView implements View {
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #canvas = element('canvas', { 'aria-hidden': 'true' });
  readonly #space = element('div', { class: 'flame-space' });
  readonly #told = element('div', { class: 'unseen', role: 'presentation' });
  readonly #scroller: HTMLElement;
  readonly #details = element('p', { class: 'flame-details', id: 'details' });
  readonly #actions = element('div', { class: 'flame-actions' });
  readonly #search = element('input', { type: 'search', id: 'search', placeholder: 'Search (regular expression)  /', 'aria-label': 'Search frames by regular expression', spellcheck: 'false', autocomplete: 'off' });
  readonly #matched = element('span', { class: 'matched', id: 'matched', role: 'status' });
  readonly #reset: HTMLButtonElement;
  readonly #direction: ReturnType<typeof choice<'icicle' | 'flame'>>;
  readonly #order: ReturnType<typeof choice<'callers' | 'sampled'>>;
  readonly #tooltip = new Tooltip();
  readonly #draw = oncePerFrame(() => this.#drawNow());
  #layout: FlameLayout | undefined;
  #width = 0;
  /** Nodes of the tree. */
  #zoomed = 0;
  #focused = 0;
  #hovered = -1;
  /** The tree that these are nodes of. */
  #tree: object | undefined;
  #isFlat = false;

  constructor(session: Session) {
    this.#session = session;
    this.#reset = button('Reset zoom', { id: 'reset', title: 'Escape' }, () => this.#zoom(0));
    this.#direction = choice('Direction', [['icicle', 'Icicle'], ['flame', 'Flame']], (value) => session.set({ icicle: value === 'icicle' }));
    this.#order = choice('Order of stacks', [['callers', 'Callers first'], ['sampled', 'Sampled first']], (value) => session.set({ reverse: value === 'sampled' }));
    this.#scroller = element('div', { class: 'flame', id: 'flame', role: 'tree', tabindex: '0', 'aria-label': 'Flame graph. Arrow keys walk, Enter zooms, Escape zooms out' }, this.#space, this.#told);
    this.#space.append(this.#canvas);
    const bar = element('div', { class: 'bar' }, this.#direction.group, this.#order.group, this.#reset, element('span', { class: 'push' }), this.#matched, this.#search);
    this.element = element('section', { class: 'panel flame-panel', 'aria-label': 'Flame graph' }, bar, this.#scroller, element('div', { class: 'flame-foot' }, this.#details, this.#actions));
    this.#search.value = session.state.search;
    this.#search.addEventListener('input', () => session.set({ search: this.#search.value }));
    this.#search.addEventListener('keydown', (event) => this.#onSearchKey(event));
    this.#scroller.addEventListener('keydown', (event) => this.#onKey(event));
    this.#scroller.addEventListener('scroll', this.#draw);
    this.#scroller.addEventListener('focus', () => {
      this.#say();
      this.#draw();
    });
    this.#scroller.addEventListener('blur', this.#draw);
    this.#canvas.addEventListener('pointermove', (event) => this.#onMove(event));
    this.#canvas.addEventListener('pointerleave', () => this.#hover(-1));
    this.#canvas.addEventListener('click', (event) => this.#onClick(event));
    new ResizeObserver(() => this.#resized()).observe(this.#scroller);
    this.#actions.append(
      button('Zoom', { title: 'Enter' }, () => this.#zoom(this.#focused)),
      button('Callers and callees', { title: 'c' }, () => this.#show('calls')),
      button('Source', { title: 's' }, () => this.#show('source')),
      button('Keep only its stacks', {}, () => this.#filter('keep')),
      button('Drop its stacks', {}, () => this.#filter('drop')),
    );
  }

  update(change: Change): void {
    const { shown, state } = this.#session;
    if (shown === undefined) return;
    if (shown.flame !== this.#tree) {
      this.#tree = shown.flame;
      this.#zoomed = this.#focused = 0;
    }
    // What weighs nothing any more is left for a caller that does.
    for (const name of ['zoomed', 'focused'] as const) {
      let node = name === 'zoomed' ? this.#zoomed : this.#focused;
      while (node !== 0 && shown.flameSums.totalSamples[node] === 0) node = shown.flame.parent[node]!;
      if (name === 'zoomed') this.#zoomed = node;
      else this.#focused = node;
    }
    this.#direction.say(state.icicle ? 'icicle' : 'flame');
    this.#order.say(state.reverse ? 'sampled' : 'callers');
    if (this.#search !== document.activeElement) this.#search.value = state.search;
    if (this.#isFlat !== !state.icicle) {
      this.#isFlat = !state.icicle;
      this.#layOut();
      this.#scroller.scrollTop = state.icicle ? 0 : this.#scroller.scrollHeight;
    } else if (change === 'sums') {
      this.#layOut();
    }
    this.#count();
    this.#say();
    this.#draw();
  }

  /** Puts the cursor into the search. */
  search(): void {
    this.#search.focus();
    this.#search.select();
  }

  /** To the next frame that the search finds, or the one before. */
  next(step: number): void {
    const { found, shown } = this.#session;
    const layout = this.#layout;
    if (found === undefined || shown === undefined || layout === undefined) return;
    const list = [...layout.node.keys()].filter((index) => layout.node[index] !== 0 && found[shown.flame.frame[layout.node[index]!]! >> 1] === 1);
    if (list.length === 0) return;
    list.sort((a, b) => layout.x[a]! - layout.x[b]! || layout.level[a]! - layout.level[b]!);
    const at = list.indexOf(this.#indexOf(this.#focused));
    this.#focus(layout.node[list[at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length]!]!);
  }

  #resized(): void {
    const width = this.#scroller.clientWidth;
    if (width === 0) return;
    if (width !== this.#width) {
      const isFirst = this.#width === 0;
      this.#width = width;
      this.#layOut();
      if (isFirst && !this.#session.state.icicle) this.#scroller.scrollTop = this.#scroller.scrollHeight;
      this.#say();
    }
    this.#draw();
  }

  #layOut(): void {
    const { shown } = this.#session;
    if (shown === undefined || this.#width === 0) return;
    this.#layout = flameLayout(shown.flame, shown.flameSums.total, this.#zoomed, this.#width, LEAST);
    this.#hovered = -1;
    this.#space.style.height = `${this.#layout.levels * ROW}px`;
    this.#reset.disabled = this.#zoomed === 0;
  }

  #drawNow(): void {
    const picture = this.#picture();
    if (picture === undefined || this.#scroller.clientHeight === 0) return;
    this.#canvas.style.width = `${this.#width}px`;
    this.#canvas.style.height = `${picture.height}px`;
    this.#canvas.style.transform = `translateY(${picture.top}px)`;
    drawFlame(this.#canvas, this.#session, picture, this.#width);
  }

  #picture(): FlamePicture | undefined {
    const { shown, state } = this.#session;
    const layout = this.#layout;
    if (shown === undefined || layout === undefined || shown.flame !== this.#tree) return undefined;
    const all = layout.levels * ROW;
    // A canvas that is as high as the picture, or as the window on it.
    const height = Math.min(this.#scroller.clientHeight, Math.max(all, ROW));
    const top = Math.max(0, Math.min(this.#scroller.scrollTop, all - height));
    return { tree: shown.flame, layout, icicle: state.icicle, focused: this.#focused !== 0 || document.activeElement === this.#scroller ? this.#indexOf(this.#focused) : -1, hovered: this.#hovered, top, height };
  }

  #indexOf(node: number): number {
    return this.#layout === undefined ? -1 : this.#layout.node.indexOf(node);
  }

  #frameUnder(event: MouseEvent): number {
    const picture = this.#picture();
    if (picture === undefined) return -1;
    const box = this.#canvas.getBoundingClientRect();
    return frameAt(picture.layout, levelAt(picture.layout, event.clientY - box.top + picture.top, picture.icicle), event.clientX - box.left);
  }

  #onMove(event: PointerEvent): void {
    const index = this.#frameUnder(event);
    if (index !== this.#hovered) this.#hover(index);
    this.#tooltip.move(event.clientX, event.clientY);
  }

  #hover(index: number): void {
    this.#hovered = index;
    this.#canvas.classList.toggle('over', index >= 0);
    if (index < 0) {
      this.#tooltip.hide();
    } else {
      const { name, place, total, self } = frameWords(this.#session, this.#layout!.node[index]!);
      this.#tooltip.show([name, place, total, `self: ${self}`].filter((line) => line !== ''));
    }
    this.#draw();
  }

  #onClick(event: MouseEvent): void {
    const index = this.#frameUnder(event);
    this.#scroller.focus({ preventScroll: true });
    if (index < 0) return;
    const node = this.#layout!.node[index]!;
    this.#focused = node;
    this.#zoom(node);
  }

  #zoom(node: number): void {
    this.#zoomed = node;
    this.#tooltip.hide();
    this.#layOut();
    this.#count();
    this.#focus(this.#focused);
  }

  /** The focus goes to a node that is drawn, or to what is zoomed. */
  #focus(node: number): void {
    const layout = this.#layout;
    if (layout === undefined) return;
    let index = this.#indexOf(node);
    if (index < 0) index = layout.zoomed;
    this.#focused = layout.node[index]!;
    const y = levelTop(layout, layout.level[index]!, this.#session.state.icicle);
    const { scrollTop, clientHeight } = this.#scroller;
    if (y < scrollTop) this.#scroller.scrollTop = Math.max(0, y - ROW);
    else if (y + ROW > scrollTop + clientHeight) this.#scroller.scrollTop = y + 2 * ROW - clientHeight;
    this.#say();
    this.#draw();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const layout = this.#layout;
    if (layout === undefined) return;
    const { icicle } = this.#session.state;
    const index = Math.max(0, this.#indexOf(this.#focused));
    const level = layout.level[index]!;
    const middle = layout.x[index]! + layout.width[index]! / 2;
    const go = (to: number): void => {
      if (to >= 0) this.#focus(layout.node[to]!);
    };
    const outwards = (): void => go(frameAt(layout, level - 1, middle));
    const inwards = (): void => go(this.#firstChild(index));
    const beside = (step: number): void => {
      if (layout.level[index + step] === level) go(index + step);
    };
    switch (event.key) {
      case 'ArrowUp': (icicle ? outwards : inwards)(); break;
      case 'ArrowDown': (icicle ? inwards : outwards)(); break;
      case 'ArrowLeft': beside(-1); break;
      case 'ArrowRight': beside(1); break;
      case 'Home': this.#focus(0); break;
      case 'Enter': case ' ': this.#zoom(this.#focused); break;
      case 'Escape':
        if (this.#zoomed !== 0) this.#zoom(0);
        else this.#session.set({ search: '' });
        break;
      case 'c': this.#show('calls'); break;
      case 's': this.#show('source'); break;
      default: return;
    }
    event.preventDefault();
  }

  /** The heaviest callee of a frame, which is drawn at its left. */
  #firstChild(index: number): number {
    const layout = this.#layout!;
    const { parent } = this.#session.shown!.flame;
    const level = layout.level[index]! + 1;
    if (level >= layout.levels) return -1;
    for (let at = layout.levelStarts[level]!; at < layout.levelStarts[level + 1]!; at++) if (parent[layout.node[at]!] === layout.node[index]) return at;
    return -1;
  }

  #onSearchKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') {
      this.#scroller.focus({ preventScroll: true });
      this.next(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      this.#search.value = '';
      this.#session.set({ search: '' });
      this.#scroller.focus({ preventScroll: true });
    } else {
      return;
    }
    event.preventDefault();
  }

  #count(): void {
    const { found, shown } = this.#session;
    if (found === undefined || shown === undefined) {
      this.#matched.textContent = '';
      return;
    }
    const { frames, weight } = searchTree(shown.flame, shown.flameSums.total, found, this.#zoomed);
    this.#matched.textContent = `${frames} ${frames === 1 ? 'frame' : 'frames'}, ${shareText(weight, shown.flameSums.total[this.#zoomed]!)}`;
  }

  /** The focused frame in words; its callers and callees as items of the tree. */
  #say(): void {
    const { shown } = this.#session;
    const layout = this.#layout;
    if (shown === undefined || layout === undefined || shown.flame !== this.#tree) return;
    const { name, place, total, self } = frameWords(this.#session, this.#focused);
    this.#details.replaceChildren(element('strong', { text: name }), ...[place, total, `self: ${self}`].filter((line) => line !== '').map((line) => element('span', { text: line })));
    for (const action of this.#actions.querySelectorAll('button')) action.disabled = this.#focused === 0;
    const { parent, depth } = shown.flame;
    const items: HTMLElement[] = [];
    const path: number[] = [];
    for (let node = this.#focused; node !== 0; node = parent[node]!) path.push(node);
    for (const node of [0, ...path.reverse()]) items.push(this.#item(node, depth[node]!));
    const index = this.#indexOf(this.#focused);
    const first = index < 0 ? -1 : this.#firstChild(index);
    for (let at = first; at >= 0 && at < layout.length && parent[layout.node[at]!] === this.#focused && layout.level[at] === layout.level[first] && at - first < MOST_TOLD; at++) items.push(this.#item(layout.node[at]!, depth[layout.node[at]!]!));
    this.#told.replaceChildren(...items);
    this.#scroller.setAttribute('aria-activedescendant', `frame-${this.#focused}`);
  }

  #item(node: number, depth: number): HTMLElement {
    const { flame, flameSums } = this.#session.shown!;
    const name = node === 0 ? 'all' : this.#session.label(flame.frame[node]! >> 1);
    const share = shareText(flameSums.total[node]!, flameSums.total[0]!);
    const hasChildren = flame.firstChild[node]! < flame.firstChild[node + 1]!;
    return element('div', { id: `frame-${node}`, role: 'treeitem', 'aria-level': String(depth + 1), 'aria-selected': String(node === this.#focused), 'aria-expanded': hasChildren ? 'true' : undefined, 'aria-label': `${name}, ${samplesText(flameSums.totalSamples[node]!)}, ${share}` });
  }

  #show(side: 'calls' | 'source'): void {
    if (this.#focused !== 0) this.#session.set({ tab: 'functions', side, selected: this.#session.shown!.flame.frame[this.#focused]! >> 1 });
  }

  #filter(name: 'keep' | 'drop'): void {
    if (this.#focused === 0) return;
    this.#session.set({ [name]: patternOfFunction(this.#session.data, this.#session.shown!.flame.frame[this.#focused]! >> 1) });
  }
}
