// The small box beside the pointer. It repeats what is said elsewhere, so that screen readers pass over it.

import { element } from './element.ts';

const AWAY = 14;

export class Tooltip {
  readonly #box = element('div', { class: 'tooltip', 'aria-hidden': 'true' });

  /** The first line is the name. */
  show(lines: readonly string[]): void {
    this.#box.replaceChildren(...lines.map((text, index) => element(index === 0 ? 'strong' : 'span', { text })));
    if (!this.#box.isConnected) document.body.append(this.#box);
    this.#box.hidden = false;
  }

  /** Beside this point of the window, and inside it. */
  move(x: number, y: number): void {
    if (this.#box.hidden) return;
    const { width, height } = this.#box.getBoundingClientRect();
    this.#box.style.left = `${Math.max(4, x + AWAY + width > innerWidth ? x - AWAY - width : x + AWAY)}px`;
    this.#box.style.top = `${Math.max(4, y + AWAY + height > innerHeight ? y - AWAY - height : y + AWAY)}px`;
  }

  hide(): void {
    this.#box.hidden = true;
  }
}
