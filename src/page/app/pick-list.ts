// A list of which any number of things is picked: threads by process, CPUs. It opens under its button; nothing picked is all.

import { grouped } from '../../views/counted.ts';
import { button, element, tickBox } from './element.ts';

export interface PickItem {
  readonly value: number;
  readonly text: string;
  /** Items of one group follow each other; '' for no groups. */
  readonly group: string;
  readonly samples: number;
}

/** Items that are shown; the text above the list finds the others. */
const MOST = 500;

export class PickList {
  readonly element: HTMLElement;
  readonly #name: string;
  readonly #items: readonly PickItem[];
  readonly #onPick: (picked: readonly number[] | undefined) => void;
  readonly #summary: HTMLElement;
  readonly #details: HTMLDetailsElement;
  readonly #filter: HTMLInputElement;
  readonly #list = element('div', { class: 'pick-items' });
  #picked: ReadonlySet<number> | undefined;

  constructor(name: string, id: string, items: readonly PickItem[], onPick: (picked: readonly number[] | undefined) => void) {
    this.#name = name;
    this.#items = items;
    this.#onPick = onPick;
    this.#summary = element('summary', { text: name });
    this.#filter = element('input', { type: 'search', placeholder: 'Find', 'aria-label': `Find in ${name.toLowerCase()}`, spellcheck: 'false', autocomplete: 'off' });
    this.#filter.addEventListener('input', () => this.#show());
    const head = element('div', { class: 'pick-head' }, this.#filter, button('All', {}, () => this.#pick(undefined)));
    this.#details = element('details', { class: 'pick', id }, this.#summary, element('div', { class: 'pick-box' }, head, this.#list));
    this.element = this.#details;
    this.#details.hidden = items.length < 2;
    this.#details.addEventListener('toggle', () => {
      if (this.#details.open) this.#show();
    });
    this.#details.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.#details.open) return;
      this.#details.open = false;
      this.#summary.focus();
      event.stopPropagation();
    });
    document.addEventListener('pointerdown', (event) => {
      if (event.target instanceof Node && !this.#details.contains(event.target)) this.#details.open = false;
    });
  }

  say(picked: readonly number[] | undefined): void {
    this.#picked = picked === undefined ? undefined : new Set(picked);
    const only = picked?.length === 1 ? this.#items.find(({ value }) => value === picked[0]) : undefined;
    this.#summary.textContent = `${this.#name}: ${picked === undefined ? 'all' : only !== undefined ? only.text : `${picked.length} of ${this.#items.length}`}`;
    this.#details.classList.toggle('active', picked !== undefined);
    if (this.#details.open) this.#tick();
  }

  #show(): void {
    const text = this.#filter.value.toLowerCase();
    const fitting = this.#items.filter((item) => item.text.toLowerCase().includes(text) || item.group.toLowerCase().includes(text));
    const groups: HTMLElement[] = [];
    let group: HTMLElement | undefined;
    let name: string | undefined;
    for (const item of fitting.slice(0, MOST)) {
      if (group === undefined || item.group !== name) {
        name = item.group;
        const members = fitting.filter((other) => other.group === name).map(({ value }) => value);
        group = element('div', { role: 'group', 'aria-label': name === '' ? this.#name : name });
        if (name !== '') group.append(button(name, { class: 'pick-group', title: 'Only this process' }, () => this.#pick(members)));
        groups.push(group);
      }
      const { input, label } = tickBox(item.text, { class: 'tick pick-item' }, (isTicked) => this.#toggle(item.value, isTicked));
      input.value = String(item.value);
      label.append(element('span', { class: 'pick-count', text: grouped(item.samples) }));
      group.append(label);
    }
    if (fitting.length > MOST) groups.push(element('p', { class: 'none', text: `${fitting.length - MOST} more: find them by name.` }));
    this.#list.replaceChildren(...groups);
    this.#tick();
  }

  #tick(): void {
    for (const input of this.#list.querySelectorAll('input')) input.checked = this.#picked?.has(Number(input.value)) ?? true;
  }

  #toggle(value: number, isTicked: boolean): void {
    const picked = new Set(this.#picked ?? this.#items.map((item) => item.value));
    if (isTicked) picked.add(value);
    else picked.delete(value);
    this.#pick(picked.size === 0 || picked.size === this.#items.length ? undefined : [...picked]);
  }

  #pick(picked: readonly number[] | undefined): void {
    this.#onPick(picked);
    this.#tick();
  }
}
