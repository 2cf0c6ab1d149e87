// A recording that is looked at: what is set, the sums under it, and who wants to know when either changes. Views read from here, and
// change what is set only through here.

import { telling } from '../../formats/code-table.ts';
import { visible } from '../../views/flamegraph/svg-text.ts';
import type { PageData } from '../data/page-data.ts';
import { matchingFunctions, patternOf } from '../model/function-match.ts';
import { sameFunctions } from '../model/heat.ts';
import { PageModel, type Shown } from '../model/page-model.ts';
import type { WeightUnit } from './amounts.ts';
import { filterOf, stateFrom, stateText, type PageState } from './page-state.ts';

/** Ms from a change until the address has it. */
const WRITE_AFTER = 150;

/** What has changed: sums, or only how they are shown. */
export type Change = 'sums' | 'view';

/** A part of the page. */
export interface View {
  update(change: Change): void;
}

export class Session {
  readonly data: PageData;
  readonly model: PageModel;
  state: PageState;
  /** The sums; those of the filter before while new ones are made. */
  shown: Shown | undefined;
  /** By function: 1 where the search finds it; undefined without one. */
  found: Uint8Array | undefined;
  readonly #views: View[] = [];
  readonly #labels: string[] = [];
  #search = '';
  #writing = 0;

  constructor(data: PageData) {
    this.data = data;
    this.model = new PageModel(data);
    this.state = stateFrom(location.hash, data);
    this.#findFunctions();
  }

  add(view: View): void {
    this.#views.push(view);
  }

  /** Makes the first sums. */
  async start(): Promise<void> {
    await this.#sum();
  }

  /** Sets something; views hear of it. */
  set(change: Partial<PageState>): void {
    const before = this.state;
    this.state = { ...before, ...change };
    this.#findFunctions();
    this.#write();
    if (isSameSum(before, this.state)) this.#tell('view');
    else void this.#sum();
  }

  /** As the address has it now: somebody went back, or changed it by hand. */
  readAddress(): void {
    if (location.hash.slice(1) !== stateText(this.state, this.data)) this.set(stateFrom(location.hash, this.data));
  }

  /** Draws all again: colours or widths have changed. */
  redraw(): void {
    this.#tell('view');
  }

  /** A function's name as it is shown, `run (shop.py)`: what cannot be seen is made visible. */
  label(fn: number): string {
    return (this.#labels[fn] ??= visible(telling(this.data.functions[fn]!)));
  }

  /** The module's name; '' where a function lies in none. */
  moduleOf(fn: number): string {
    return visible(this.data.modules[this.data.functions[fn]!.module]?.name ?? '');
  }

  /** What weights are. */
  get unit(): WeightUnit {
    return this.shown?.asSamples === true ? 'samples' : (this.data.events[this.state.event]?.unit ?? 'count');
  }

  async #sum(): Promise<void> {
    const shown = await this.model.show(filterOf(this.state), this.state.reverse);
    if (shown === undefined) return;
    const before = this.shown;
    this.shown = shown;
    this.#moveSelection(shown);
    this.#tell('sums');
    if (before !== undefined) this.model.release(before);
  }

  /** Under Python's view a function has another number: the selection stays on what somebody sees as the same one. */
  #moveSelection({ functions }: Shown): void {
    const { selected } = this.state;
    if (selected < 0 || functions.totalSamples[selected]! > 0) return;
    const other = sameFunctions(this.data, selected).find((fn) => functions.totalSamples[fn]! > 0);
    if (other === undefined) return;
    this.state = { ...this.state, selected: other };
    this.#write();
  }

  #findFunctions(): void {
    if (this.state.search === this.#search) return;
    this.#search = this.state.search;
    const pattern = patternOf(this.#search);
    this.found = pattern === undefined ? undefined : matchingFunctions(this.data, pattern);
  }

  /** Not for each letter or step of a drag: browsers refuse too many. */
  #write(): void {
    clearTimeout(this.#writing);
    this.#writing = window.setTimeout(() => {
      const text = stateText(this.state, this.data);
      try {
        history.replaceState(null, '', text === '' ? location.pathname + location.search : `#${text}`);
      } catch {
        // A page inside another one may have no address to write to.
      }
    }, WRITE_AFTER);
  }

  #tell(change: Change): void {
    for (const view of this.#views) view.update(change);
  }
}

function isSameSum(before: PageState, after: PageState): boolean {
  return (['event', 'threads', 'cpus', 'from', 'to', 'keep', 'drop', 'python', 'native', 'kernel', 'weight', 'reverse'] as const).every((name) => before[name] === after[name]);
}
