// A recording, laid out: where it comes from, filters, timeline, and below them the flame graph, the table of functions, or where the time
// went.

import type { PageData } from '../data/page-data.ts';
import { element } from './element.ts';
import { FilterBar } from './filter-bar.ts';
import { FlameView } from './flame-view.ts';
import { FunctionsView } from './functions-view.ts';
import { KindsBar, KindsView } from './kinds-view.ts';
import type { Tab } from './page-state.ts';
import { originLine, qualityBlock } from './quality-view.ts';
import { Session, type View } from './session.ts';
import { TimelineView } from './timeline-view.ts';

const TABS: readonly { readonly tab: Tab; readonly text: string }[] = [
  { tab: 'flame', text: 'Flame graph' },
  { tab: 'functions', text: 'Functions' },
  { tab: 'kinds', text: 'Where the time went' },
];

/** What is shown of one recording. */
export class RecordingPage {
  readonly element: HTMLElement;
  readonly session: Session;
  readonly #flame: FlameView;
  readonly #functions: FunctionsView;
  readonly #ended = new AbortController();

  constructor(data: PageData) {
    const session = (this.session = new Session(data));
    const filters = new FilterBar(session);
    const kinds = new KindsBar(session);
    const timeline = new TimelineView(session);
    this.#flame = new FlameView(session);
    this.#functions = new FunctionsView(session);
    const kindsView = new KindsView(session);
    const panels: Readonly<Record<Tab, HTMLElement>> = { flame: this.#flame.element, functions: this.#functions.element, kinds: kindsView.element };
    const tabs = new Tabs(session, panels);
    for (const view of [filters, kinds, tabs, timeline, this.#flame, this.#functions, kindsView]) session.add(view);
    this.element = element('div', { class: 'recording' },
      element('div', { class: 'about' }, originLine(data), qualityBlock(data)),
      filters.element, kinds.element, timeline.element, element('div', { class: 'tab-row' }, tabs.element, keysHelp()),
      ...Object.values(panels));
    const { signal } = this.#ended;
    document.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    window.addEventListener('hashchange', () => session.readAddress(), { signal });
  }

  async start(): Promise<void> {
    await this.session.start();
  }

  /** Another recording takes its place. */
  end(): void {
    this.#ended.abort();
    this.element.remove();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey || event.ctrlKey || event.defaultPrevented) return;
    if (isTyping(event.target)) return;
    const { tab } = this.session.state;
    switch (event.key) {
      case '/':
        if (tab === 'functions') this.#functions.search();
        else this.#search();
        break;
      case 'n': if (tab === 'flame') this.#flame.next(1); break;
      case 'N': if (tab === 'flame') this.#flame.next(-1); break;
      case '1': case '2': case '3': this.session.set({ tab: TABS[Number(event.key) - 1]!.tab }); break;
      default: return;
    }
    event.preventDefault();
  }

  #search(): void {
    this.session.set({ tab: 'flame' });
    this.#flame.search();
  }
}

/** The keys, for those who look for them. */
function keysHelp(): HTMLElement {
  const keys: readonly (readonly [string, string])[] = [
    ['1 2 3', 'flame graph, functions, where the time went'],
    ['/', 'search, or filter the table'],
    ['n  N', 'the next frame that was found, the one before'],
    ['← ↑ → ↓', 'walk in the graph, tables and trees'],
    ['Enter', 'zoom into a frame; open a function’s callers'],
    ['Esc', 'zoom out; all time'],
    ['c  s', 'callers and callees, source of what has the focus'],
    ['Shift ← →', 'select a range of time in the timeline'],
  ];
  return element('details', { class: 'pick keys', id: 'keys' }, element('summary', { text: 'Keys' }),
    element('div', { class: 'pick-box' }, element('dl', {}, ...keys.flatMap(([key, text]) => [element('dt', { text: key }), element('dd', { text })]))));
}

/** Whether letters go to a field: boxes to be ticked take none. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type !== 'checkbox');
}

/** The row of tabs, and which panel is seen. */
class Tabs implements View {
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #panels: Readonly<Record<Tab, HTMLElement>>;
  readonly #tabs = new Map<Tab, HTMLButtonElement>();

  constructor(session: Session, panels: Readonly<Record<Tab, HTMLElement>>) {
    this.#session = session;
    this.#panels = panels;
    this.element = element('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' });
    TABS.forEach(({ tab, text }, index) => {
      const made = element('button', { type: 'button', role: 'tab', id: `tab-${tab}`, 'aria-controls': `panel-${tab}`, title: `Key ${index + 1}`, text });
      made.addEventListener('click', () => session.set({ tab }));
      panels[tab].id = `panel-${tab}`;
      panels[tab].setAttribute('role', 'tabpanel');
      panels[tab].setAttribute('aria-labelledby', `tab-${tab}`);
      this.#tabs.set(tab, made);
      this.element.append(made);
    });
    this.update();
    this.element.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (step === 0) return;
      const at = TABS.findIndex(({ tab }) => tab === this.#session.state.tab);
      const { tab } = TABS[(at + step + TABS.length) % TABS.length]!;
      this.#session.set({ tab });
      this.#tabs.get(tab)!.focus();
      event.preventDefault();
    });
  }

  update(): void {
    const { tab } = this.#session.state;
    for (const [name, made] of this.#tabs) {
      made.setAttribute('aria-selected', String(name === tab));
      made.tabIndex = name === tab ? 0 : -1;
      this.#panels[name].hidden = name !== tab;
    }
  }
}
