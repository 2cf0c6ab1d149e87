// Elements of the page. Text is always set as text: names in a recording may hold anything.

import { visible } from '../../views/flamegraph/svg-text.ts';

/** Attributes by name; `text` is the content, `class` the classes. No styles and no handlers: a Content-Security-Policy refuses both. */
export type Attributes = Readonly<Record<string, string | undefined>>;

export function element<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Attributes = {}, ...children: readonly (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (attribute === 'text') made.textContent = visible(value);
    else made.setAttribute(attribute, value);
  }
  made.append(...children);
  return made;
}

/** A button that does something. */
export function button(text: string, attributes: Attributes, onPress: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', text, ...attributes });
  made.addEventListener('click', onPress);
  return made;
}

/** A box to be ticked, with its words. */
export function tickBox(text: string, attributes: Attributes, onChange: (isTicked: boolean) => void): { readonly label: HTMLLabelElement; readonly input: HTMLInputElement } {
  const input = element('input', { type: 'checkbox' });
  input.addEventListener('change', () => onChange(input.checked));
  return { input, label: element('label', { class: 'tick', ...attributes }, input, element('span', { text })) };
}

/** Several things of which one is chosen; `say` shows which. */
export function choice<T extends string>(label: string, options: readonly (readonly [value: T, text: string])[], onChoose: (value: T) => void): { readonly group: HTMLElement; readonly say: (value: T) => void } {
  const buttons = options.map(([value, text]) => [value, button(text, { 'aria-pressed': 'false' }, () => onChoose(value))] as const);
  return {
    group: element('div', { class: 'choice', role: 'group', 'aria-label': label }, ...buttons.map(([, made]) => made)),
    say: (chosen) => {
      for (const [value, made] of buttons) made.setAttribute('aria-pressed', String(value === chosen));
    },
  };
}

/** Calls once for many events: before the next picture. */
export function oncePerFrame(work: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      work();
    });
  };
}
