// Where the time went by kind of code, as one bar that is always seen, and as a table.

import { CodeKind } from '../../formats/code-table.ts';
import { visible } from '../../views/flamegraph/svg-text.ts';
import { grouped } from '../../views/counted.ts';
import type { KindShare } from '../model/time-shares.ts';
import { shareText, weightText } from './amounts.ts';
import { KIND_WORDS, kindClass } from './colours.ts';
import { element } from './element.ts';
import type { Change, Session, View } from './session.ts';

/** Parts of the bar that are named; the others are together. */
const MOST = 6;

/** `Python`, `libc.so.6`, `kernel`. */
export function shareName({ kind, library }: KindShare): string {
  return kind === CodeKind.Native ? (library === '' ? 'no library' : visible(library)) : KIND_WORDS[kind]!;
}

/** The bar with its words. */
export class KindsBar implements View {
  readonly element: HTMLElement = element('div', { class: 'kinds-bar', id: 'kinds-bar' });
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  update(change: Change): void {
    const { shown } = this.#session;
    if (shown === undefined || change !== 'sums') return;
    const { shares, stacks: { totalWeight } } = shown;
    const parts = shares.slice(0, MOST).map((share): [string, string, number] => [shareName(share), kindClass(share.kind), share.weight]);
    const rest = shares.slice(MOST).reduce((sum, { weight }) => sum + weight, 0);
    if (rest > 0) parts.push(['others', 'kind-others', rest]);
    const bar = element('div', { class: 'kinds-strip', 'aria-hidden': 'true' });
    const words = element('ul', { class: 'kinds-words', 'aria-label': 'Where the time went' });
    let before = '';
    for (const [name, kind, weight] of parts) {
      // Neighbours of one colour are told apart.
      const isAgain = before === kind;
      before = isAgain ? '' : kind;
      const part = element('span', { class: isAgain ? `${kind} again` : kind, title: `${name} ${shareText(weight, totalWeight)}` });
      part.style.flexGrow = String(totalWeight > 0 ? weight / totalWeight : 0);
      bar.append(part);
      words.append(element('li', {}, element('span', { class: `patch ${kind}`, 'aria-hidden': 'true' }), name, element('b', { text: shareText(weight, totalWeight) })));
    }
    this.element.replaceChildren(bar, words);
  }
}

/** The table. */
export class KindsView implements View {
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #body = element('tbody');

  constructor(session: Session) {
    this.#session = session;
    const heads = ['Share', 'Amount', 'Samples', 'Kind', 'Library'].map((text) => element('th', { scope: 'col', text }));
    this.element = element('section', { class: 'panel kinds-panel', 'aria-label': 'Where the time went' },
      element('table', { class: 'kinds' }, element('caption', { text: 'By the innermost function of each stack; in Python programs by what Python code it ran or called.' }), element('thead', {}, element('tr', {}, ...heads)), this.#body));
  }

  update(): void {
    const { shown, unit, state } = this.#session;
    if (shown === undefined || state.tab !== 'kinds') return;
    const { totalWeight } = shown.stacks;
    this.#body.replaceChildren(...shown.shares.map((share) => {
      const bar = element('span', { class: `amount-bar ${kindClass(share.kind)}`, 'aria-hidden': 'true' });
      bar.style.width = `${totalWeight > 0 ? (100 * share.weight) / totalWeight : 0}%`;
      return element('tr', {},
        element('td', { class: 'number' }, bar, element('span', { class: 'share', text: shareText(share.weight, totalWeight) })),
        element('td', { class: 'amount', text: weightText(share.weight, unit) }),
        element('td', { class: 'amount', text: grouped(share.samples) }),
        element('td', {}, element('span', { class: `patch ${kindClass(share.kind)}`, 'aria-hidden': 'true' }), KIND_WORDS[share.kind]!),
        element('td', { text: share.library }));
    }));
  }
}
