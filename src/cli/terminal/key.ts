// Keys of a keyboard, out of what node:readline makes of a terminal's bytes.

/** What readline says of a key. */
export interface Keypress {
  readonly name?: string | undefined;
  readonly ctrl?: boolean;
  readonly meta?: boolean;
  readonly shift?: boolean;
}

/** A key that writes something, or one with a name. */
export type Key = { readonly name: 'text'; readonly text: string } | { readonly name: Exclude<KeyName, 'text'> };

export type KeyName = 'text' | 'up' | 'down' | 'pageup' | 'pagedown' | 'home' | 'end' | 'left' | 'right' | 'enter' | 'escape' | 'tab' | 'backtab' | 'backspace' | 'delete' | 'f1' | 'interrupt' | 'suspend' | 'redraw';

const NAMED: ReadonlySet<string> = new Set(['up', 'down', 'pageup', 'pagedown', 'home', 'end', 'left', 'right', 'enter', 'escape', 'backspace', 'delete', 'f1']);
const WITH_CONTROL: Readonly<Record<string, 'interrupt' | 'suspend' | 'redraw' | 'backspace'>> = { c: 'interrupt', z: 'suspend', l: 'redraw', h: 'backspace' };

/** Undefined for keys that mean nothing here. */
export function keyOf(text: string | undefined, press: Keypress): Key | undefined {
  const { name = '', ctrl = false, meta = false, shift = false } = press;
  if (ctrl) {
    const known = WITH_CONTROL[name];
    return known === undefined ? undefined : { name: known };
  }
  if (name === 'return') return { name: 'enter' };
  if (name === 'tab') return { name: shift ? 'backtab' : 'tab' };
  if (NAMED.has(name)) return { name: name as 'up' };
  if (meta || text === undefined || text === '' || /[\p{Cc}\p{Cs}]/u.test(text)) return undefined;
  return { name: 'text', text };
}

/** The letter of a key that writes one. */
export function letterOf(key: Key): string {
  return key.name === 'text' ? key.text : '';
}
