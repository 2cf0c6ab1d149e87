// What limits all views: event, threads, CPUs, time, expressions, kinds of frames; and how much is left.

import { visible } from '../../views/flamegraph/svg-text.ts';
import { grouped } from '../../views/counted.ts';
import { samplesText, shareText, weightText } from './amounts.ts';
import { button, element, tickBox } from './element.ts';
import { isFiltered, withoutFilters, type PageState } from './page-state.ts';
import { PickList, type PickItem } from './pick-list.ts';
import type { Change, Session, View } from './session.ts';

/** Ms without typing after which an expression counts. */
const TYPING = 150;

export class FilterBar implements View {
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #event = element('select', { id: 'event', 'aria-label': 'Event' });
  readonly #weight = element('select', { id: 'weight', 'aria-label': 'What counts' }, element('option', { value: 'period', text: 'by period' }), element('option', { value: 'samples', text: 'by samples' }));
  readonly #threads: PickList;
  readonly #cpus: PickList;
  readonly #from: HTMLInputElement;
  readonly #to: HTMLInputElement;
  readonly #keep: HTMLInputElement;
  readonly #drop: HTMLInputElement;
  readonly #python: ReturnType<typeof tickBox>;
  readonly #native: ReturnType<typeof tickBox>;
  readonly #kernel: ReturnType<typeof tickBox>;
  readonly #reset: HTMLButtonElement;
  readonly #sum = element('p', { class: 'sum', id: 'sum', role: 'status' });

  constructor(session: Session) {
    this.#session = session;
    const { data } = session;
    data.events.forEach(({ name, samples }, index) => this.#event.append(element('option', { value: String(index), text: data.events.length > 1 ? `${name} (${grouped(samples)})` : name })));
    this.#event.addEventListener('change', () => session.set({ event: Number(this.#event.value) }));
    this.#weight.addEventListener('change', () => session.set({ weight: this.#weight.value === 'samples' ? 'samples' : 'period' }));
    this.#threads = new PickList('Threads', 'threads', threadItems(session), (threads) => session.set({ threads }));
    this.#cpus = new PickList('CPUs', 'cpus', cpuItems(session), (cpus) => session.set({ cpus }));
    this.#keep = this.#expression('keep', 'Only stacks with…', 'Only stacks with a function that fits this regular expression');
    this.#drop = this.#expression('drop', 'No stacks with…', 'No stacks with a function that fits this regular expression');
    this.#from = this.#time('from', 'From, seconds');
    this.#to = this.#time('to', 'To, seconds');
    this.#python = tickBox('Python only', { title: 'Stacks as Python’s developers know them: Python functions and what they call, without the interpreter' }, (python) => session.set({ python }));
    this.#python.input.id = 'python';
    this.#native = tickBox('Native', { title: 'Frames of native code; without them their time is their callers’' }, (native) => session.set({ native }));
    this.#native.input.id = 'native';
    this.#kernel = tickBox('Kernel', { title: 'Frames of the kernel; without them their time is their callers’' }, (kernel) => session.set({ kernel }));
    this.#kernel.input.id = 'kernel';
    if (data.stacks.python === undefined) this.#python.label.hidden = true;
    this.#reset = button('Reset filters', { id: 'reset-filters' }, () => session.set(withoutFilters(data, session.state)));
    const field = (name: string, ...inputs: HTMLElement[]): HTMLElement => element('span', { class: 'field' }, element('span', { class: 'field-name', text: name, 'aria-hidden': 'true' }), ...inputs);
    this.element = element('section', { class: 'filters', role: 'search', 'aria-label': 'Filters' },
      this.#event, this.#weight, this.#threads.element, this.#cpus.element, field('Time', this.#from, element('span', { text: '–', 'aria-hidden': 'true' }), this.#to),
      this.#keep, this.#drop, this.#python.label, this.#native.label, this.#kernel.label, this.#reset, this.#sum);
  }

  update(_change: Change): void {
    const { shown, state, data, unit } = this.#session;
    this.#event.value = String(state.event);
    this.#weight.value = state.weight;
    this.#weight.hidden = !((data.events[state.event]?.period ?? 0) > 0);
    this.#threads.say(state.threads);
    this.#cpus.say(state.cpus);
    setUnlessTyped(this.#from, state.from > 0 ? String(state.from / 1e9) : '');
    setUnlessTyped(this.#to, state.to < Infinity ? String(state.to / 1e9) : '');
    setUnlessTyped(this.#keep, state.keep);
    setUnlessTyped(this.#drop, state.drop);
    this.#python.input.checked = state.python;
    this.#native.input.checked = state.native;
    this.#kernel.input.checked = state.kernel;
    this.#reset.disabled = !isFiltered(state);
    if (shown === undefined) return;
    const { totalSamples, totalWeight } = shown.stacks;
    const all = data.events[state.event]?.samples ?? 0;
    const amount = shown.asSamples ? '' : ` · ${weightText(totalWeight, unit)}${unit === 'count' ? ` ${visible(data.events[state.event]!.name)}` : ''}`;
    this.#sum.textContent = totalSamples === all ? `${samplesText(all)}${amount}` : `${grouped(totalSamples)} of ${samplesText(all)} · ${shareText(totalSamples, all)}${amount}`;
  }

  #expression(name: 'keep' | 'drop', placeholder: string, label: string): HTMLInputElement {
    const input = element('input', { type: 'search', id: name, class: 'expression', placeholder, 'aria-label': label, title: label, spellcheck: 'false', autocomplete: 'off' });
    let timer = 0;
    input.addEventListener('input', () => {
      clearTimeout(timer);
      const { value } = input;
      timer = window.setTimeout(() => this.#session.set({ [name]: value }), TYPING);
    });
    return input;
  }

  #time(name: 'from' | 'to', label: string): HTMLInputElement {
    const input = element('input', { type: 'text', id: name, class: 'time', inputmode: 'decimal', placeholder: name === 'from' ? 'start' : 'end', 'aria-label': label, title: `${label} since the first sample`, autocomplete: 'off' });
    input.addEventListener('change', () => {
      const seconds = Number(input.value.trim() === '' ? Number.NaN : input.value);
      const change: Partial<PageState> = name === 'from' ? { from: seconds > 0 ? Math.round(seconds * 1e9) : 0 } : { to: seconds >= 0 ? Math.round(seconds * 1e9) : Infinity };
      this.#session.set(change);
      if (Number.isNaN(seconds)) input.value = '';
    });
    return input;
  }
}

/** What is being typed is left alone. */
function setUnlessTyped(input: HTMLInputElement, value: string): void {
  if (document.activeElement !== input) input.value = value;
}

/** Threads under their processes; those with the most samples first. */
function threadItems({ data }: Session): PickItem[] {
  const { threads, samples } = data;
  const counts = new Float64Array(threads.length);
  for (let index = 0; index < samples.length; index++) counts[samples.thread[index]!]!++;
  const processes = new Map<number, number[]>();
  threads.forEach(({ pid }, index) => {
    const members = processes.get(pid);
    if (members === undefined) processes.set(pid, [index]);
    else members.push(index);
  });
  const sumOf = (members: readonly number[]): number => members.reduce((sum, thread) => sum + counts[thread]!, 0);
  return [...processes.values()].sort((a, b) => sumOf(b) - sumOf(a)).flatMap((members) => members.filter((thread) => counts[thread]! > 0).sort((a, b) => counts[b]! - counts[a]!).map((thread): PickItem => {
    const { pid, tid, comm } = threads[thread]!;
    return { value: thread, text: `${comm === '' ? '[unnamed]' : visible(comm)} ${tid}`, group: `Process ${pid}`, samples: counts[thread]! };
  }));
}

function cpuItems({ data: { samples } }: Session): PickItem[] {
  // By number + 1: the column has 16 bits, and -1 for none.
  const counts = new Float64Array(32_769);
  for (let index = 0; index < samples.length; index++) counts[samples.cpu[index]! + 1]!++;
  return [...counts.keys()].filter((number) => counts[number]! > 0).map((number) => ({ value: number - 1, text: number === 0 ? 'no CPU' : `CPU ${number - 1}`, group: '', samples: counts[number]! }));
}
