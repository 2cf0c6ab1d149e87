// Samples over time, a strip for each thread or CPU. A range of time is selected by dragging, or by arrow keys with Shift; it filters
// everything else.

import type { Timeline } from '../model/timeline.ts';
import { KINDS_OF_CODE, type Lane } from '../model/timeline.ts';
import { visible } from '../../views/flamegraph/svg-text.ts';
import { momentText, samplesText, shareText, timeText } from './amounts.ts';
import { palette, type Palette } from './colours.ts';
import { button, choice, element, oncePerFrame } from './element.ts';
import { filterOf } from './page-state.ts';
import type { Change, Session, View } from './session.ts';
import { Tooltip } from './tooltip.ts';

/** Pixels of a strip and of the axis; the style sheet has the same. */
const LANE = 22;
const AXIS = 18;
/** Pixels of one bin at least; and, where there are few samples, so many of them for a bin. */
const BIN = 2;
const SAMPLES_OF_BIN = 4;
const FEWEST_BINS = 40;
/** Pixels below which a drag is a click. */
const CLICK = 3;
/** Steps of the cursor from one end to the other. */
const STEPS = 200;

export class TimelineView implements View {
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #by: ReturnType<typeof choice<'thread' | 'cpu'>>;
  readonly #reset: HTMLButtonElement;
  readonly #range = element('span', { class: 'range', id: 'range', role: 'status' });
  readonly #labels = element('div', { class: 'lane-labels' });
  readonly #axis = element('canvas', { class: 'axis', 'aria-hidden': 'true' });
  readonly #canvas = element('canvas', { class: 'lanes', 'aria-hidden': 'true' });
  readonly #chosen = element('div', { class: 'chosen', hidden: '' });
  readonly #cursor = element('div', { class: 'time-cursor', hidden: '' });
  readonly #strips: HTMLElement;
  readonly #scroller: HTMLElement;
  readonly #tooltip = new Tooltip();
  readonly #draw = oncePerFrame(() => this.#drawNow());
  #timeline: Timeline | undefined;
  /** By strip: 1 once it was painted, in the colours that are named. */
  #painted = new Uint8Array(0);
  #colours: Palette | undefined;
  #made = '';
  #width = 0;
  /** Ns: the keyboard's place, and where its selection began. */
  #at = 0;
  #anchor = 0;
  /** Pixels where a drag began. */
  #dragFrom: number | undefined;
  #dragged: [number, number] | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.#by = choice('Strips', [['thread', 'Threads'], ['cpu', 'CPUs']], (lanes) => session.set({ lanes }));
    this.#reset = button('All time', { id: 'all-time', title: 'Double click or Escape' }, () => this.#select(0, Infinity));
    this.#strips = element('div', { class: 'strips', id: 'timeline', tabindex: '0', role: 'application', 'aria-roledescription': 'timeline', 'aria-label': 'Samples over time. Arrow keys move, Shift and arrow keys select a range, Escape selects all time' }, this.#axis, this.#canvas, this.#chosen, this.#cursor);
    this.#scroller = element('div', { class: 'timeline-scroll' }, this.#labels, this.#strips);
    this.#scroller.addEventListener('scroll', this.#draw);
    const bar = element('div', { class: 'bar' }, element('h2', { text: 'Timeline' }), this.#by.group, this.#range, this.#reset);
    this.element = element('section', { class: 'panel timeline-panel', 'aria-label': 'Timeline' }, bar, this.#scroller);
    this.#strips.addEventListener('pointerdown', (event) => this.#onDown(event));
    this.#strips.addEventListener('pointermove', (event) => this.#onMove(event));
    this.#strips.addEventListener('pointerup', (event) => this.#onUp(event));
    this.#strips.addEventListener('pointerleave', () => this.#tooltip.hide());
    this.#strips.addEventListener('dblclick', () => this.#select(0, Infinity));
    this.#strips.addEventListener('keydown', (event) => this.#onKey(event));
    this.#strips.addEventListener('focus', this.#draw);
    this.#strips.addEventListener('blur', this.#draw);
    new ResizeObserver(() => {
      if (this.#strips.clientWidth !== this.#width) this.#make();
    }).observe(this.#strips);
  }

  update(_change: Change): void {
    if (this.#session.shown === undefined) return;
    this.#by.say(this.#session.state.lanes);
    this.#make();
  }

  /** Adds up where the filter, apart from its range, or the width has changed. */
  #make(): void {
    const { state, model, shown, data } = this.#session;
    const width = this.#strips.clientWidth;
    if (width === 0 || shown === undefined) return;
    const { event, threads, cpus, keep, drop, python, weight, lanes } = state;
    const made = JSON.stringify([event, threads, cpus, keep, drop, python, weight, lanes, width]);
    if (made !== this.#made) {
      this.#made = made;
      this.#width = width;
      const most = Math.max(1, Math.floor(width / BIN));
      this.#timeline = model.timeline(filterOf(state), lanes, Math.min(most, Math.max(FEWEST_BINS, Math.floor((data.events[event]?.samples ?? 0) / SAMPLES_OF_BIN))));
      this.#colours = undefined;
      this.#label(this.#timeline);
    }
    this.#draw();
  }

  #label({ lanes, isCut }: Timeline): void {
    const { data, state } = this.#session;
    const whole = lanes.reduce((sum, { weight }) => sum + weight, 0);
    const labels = lanes.map((lane, index) => {
      const isOthers = isCut && index === lanes.length - 1;
      const name = isOthers ? `${lane.members.length} others` : this.#nameOf(lane);
      const isOnly = state.lanes === 'thread' ? isSame(state.threads, lane.members) : isSame(state.cpus, lane.members);
      const title = `${name}: ${samplesText(lane.samples)}, ${shareText(lane.weight, whole)}. ${isOnly ? 'Press for all' : 'Press for only this'}`;
      return button(name, { class: 'lane-label', title: visible(title), 'aria-pressed': String(isOnly) }, () => this.#session.set(state.lanes === 'thread' ? { threads: isOnly ? undefined : [...lane.members] } : { cpus: isOnly ? undefined : [...lane.members] }));
    });
    this.#labels.replaceChildren(element('div', { class: 'lane-corner', text: lanes.length === 0 ? 'No samples' : '' }), ...labels);
    // Recordings without times have nothing to select.
    this.element.classList.toggle('timeless', data.samples.length > 0 && data.samples.time[data.samples.length - 1] === 0);
  }

  #nameOf({ members }: Lane): string {
    const first = members[0]!;
    if (this.#session.state.lanes === 'cpu') return first < 0 ? 'no CPU' : `CPU ${first}`;
    // The last name is what a thread was known by.
    const { comm, tid } = this.#session.data.threads[members.at(-1)!]!;
    return `${comm === '' ? '[unnamed]' : comm} ${tid}`;
  }

  #drawNow(): void {
    const timeline = this.#timeline;
    if (timeline === undefined || this.#width === 0) return;
    const { from, to } = this.#session.state;
    this.#paint(timeline);
    this.#placeChosen(from, to);
    const isAll = from <= 0 && to === Infinity;
    this.#reset.disabled = isAll;
    this.#range.textContent = this.#rangeWords(from, to);
    const isFocused = document.activeElement === this.#strips;
    this.#cursor.hidden = !isFocused;
    this.#cursor.style.left = `${this.#pixelOf(this.#at)}px`;
  }

  /** Strips that are in sight and were not painted yet: there may be hundreds. */
  #paint(timeline: Timeline): void {
    const colours = palette();
    const { lanes, bins, weights, most } = timeline;
    if (this.#colours !== colours) {
      this.#colours = colours;
      this.#painted = new Uint8Array(lanes.length);
      contextOf(this.#canvas, this.#width, Math.max(1, lanes.length) * LANE);
      this.#drawAxis(timeline.end, colours.muted, colours.line);
    }
    const context = this.#canvas.getContext('2d')!;
    const { scrollTop, clientHeight } = this.#scroller;
    const bin = this.#width / bins;
    for (let lane = 0; lane < lanes.length; lane++) {
      const top = AXIS + lane * LANE;
      if (this.#painted[lane] === 1 || top + LANE < scrollTop || top > scrollTop + clientHeight) continue;
      this.#painted[lane] = 1;
      const bottom = (lane + 1) * LANE - 1;
      context.fillStyle = colours.line;
      context.fillRect(0, bottom, this.#width, 1);
      for (let kind = 0; kind < KINDS_OF_CODE; kind++) {
        context.fillStyle = colours.kinds[kind]!;
        for (let index = 0; index < bins; index++) {
          const at = (lane * bins + index) * KINDS_OF_CODE;
          const weight = weights[at + kind]!;
          if (weight === 0) continue;
          let below = 0;
          for (let other = 0; other < kind; other++) below += weights[at + other]!;
          const high = Math.max(1, ((LANE - 3) * weight) / most);
          context.fillRect(index * bin, bottom - ((LANE - 3) * below) / most - high, Math.max(1, bin - 0.3), high);
        }
      }
    }
  }

  #rangeWords(from: number, to: number): string {
    const { end } = this.#timeline!;
    const last = Math.min(to, end);
    if (from <= 0 && to === Infinity) return timeText(end);
    const step = Math.max(1, (last - from) / 100);
    return `${momentText(from, step)} to ${momentText(last, step)} (${timeText(Math.max(0, last - from))})`;
  }

  #drawAxis(end: number, text: string, line: string): void {
    const context = contextOf(this.#axis, this.#width, AXIS);
    context.font = '11px system-ui, sans-serif';
    context.textBaseline = 'middle';
    if (end <= 1) return;
    const step = niceStep(end / Math.max(1, this.#width / 90));
    for (let at = 0; at < end; at += step) {
      const x = this.#pixelOf(at);
      context.fillStyle = line;
      context.fillRect(x, AXIS - 5, 1, 5);
      context.fillStyle = text;
      const words = momentText(at, step);
      if (x + context.measureText(words).width < this.#width) context.fillText(words, x + 3, AXIS / 2 - 1);
    }
  }

  #placeChosen(from: number, to: number): void {
    const [left, right] = this.#dragged ?? [this.#pixelOf(from), this.#pixelOf(Math.min(to, this.#timeline!.end))];
    this.#chosen.hidden = this.#dragged === undefined && from <= 0 && to === Infinity;
    this.#chosen.style.left = `${left}px`;
    this.#chosen.style.width = `${Math.max(1, right - left)}px`;
  }

  #pixelOf(time: number): number {
    const { end } = this.#timeline!;
    return end > 0 ? (Math.min(time, end) * this.#width) / end : 0;
  }

  #timeAt(x: number): number {
    return (Math.max(0, Math.min(this.#width, x)) * this.#timeline!.end) / Math.max(1, this.#width);
  }

  #select(from: number, to: number): void {
    this.#session.set({ from: Math.round(from), to: to === Infinity ? to : Math.round(to) });
  }

  #x(event: MouseEvent): number {
    return event.clientX - this.#strips.getBoundingClientRect().left;
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0 || this.#timeline === undefined) return;
    this.#strips.setPointerCapture(event.pointerId);
    this.#dragFrom = this.#x(event);
  }

  #onMove(event: PointerEvent): void {
    if (this.#timeline === undefined) return;
    const x = this.#x(event);
    if (this.#dragFrom !== undefined && Math.abs(x - this.#dragFrom) >= CLICK) {
      this.#dragged = [Math.max(0, Math.min(x, this.#dragFrom)), Math.min(this.#width, Math.max(x, this.#dragFrom))];
      this.#placeChosen(0, Infinity);
      this.#range.textContent = this.#rangeWords(this.#timeAt(this.#dragged[0]), this.#timeAt(this.#dragged[1]));
    }
    this.#tell(event, x);
  }

  #onUp(event: PointerEvent): void {
    const dragged = this.#dragged;
    this.#dragFrom = this.#dragged = undefined;
    if (this.#strips.hasPointerCapture(event.pointerId)) this.#strips.releasePointerCapture(event.pointerId);
    if (dragged === undefined) {
      this.#at = this.#anchor = this.#timeAt(this.#x(event));
      this.#draw();
      return;
    }
    [this.#anchor, this.#at] = [this.#timeAt(dragged[0]), this.#timeAt(dragged[1])];
    this.#select(this.#anchor, dragged[1] >= this.#width ? Infinity : this.#at);
  }

  /** What is under the pointer. */
  #tell(event: PointerEvent, x: number): void {
    const timeline = this.#timeline!;
    const lane = Math.floor((event.clientY - this.#canvas.getBoundingClientRect().top) / LANE);
    const of = timeline.lanes[lane];
    if (of === undefined || x < 0 || x >= this.#width) return this.#tooltip.hide();
    const name = timeline.isCut && lane === timeline.lanes.length - 1 ? 'others' : this.#nameOf(of);
    this.#tooltip.show([visible(name), momentText(this.#timeAt(x), timeline.end / timeline.bins), samplesText(of.samples)]);
    this.#tooltip.move(event.clientX, event.clientY);
  }

  #onKey(event: KeyboardEvent): void {
    const timeline = this.#timeline;
    if (timeline === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const { end } = timeline;
    const step = end / STEPS;
    const to: Readonly<Record<string, number>> = { ArrowLeft: this.#at - step, ArrowRight: this.#at + step, PageUp: this.#at - 10 * step, PageDown: this.#at + 10 * step, Home: 0, End: end };
    const at = to[event.key];
    if (at !== undefined) {
      this.#at = Math.max(0, Math.min(end, at));
      if (!event.shiftKey) this.#anchor = this.#at;
      else this.#select(Math.min(this.#anchor, this.#at), Math.max(this.#anchor, this.#at) >= end ? Infinity : Math.max(this.#anchor, this.#at));
      this.#draw();
    } else if (event.key === 'Escape') {
      this.#select(0, Infinity);
    } else {
      return;
    }
    event.preventDefault();
  }
}

function isSame(a: readonly number[] | undefined, b: readonly number[]): boolean {
  return a !== undefined && a.length === b.length && a.every((one) => b.includes(one));
}

/** A canvas of that size in CSS pixels, empty. */
function contextOf(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d')!;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

/** 1, 2 or 5 times a power of ten, at least this. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((times) => times * power >= least) ?? 10);
}
