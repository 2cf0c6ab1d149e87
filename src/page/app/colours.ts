// The colours of kinds of code: those of the SVG (views/flamegraph/flame-style.ts), on dark screens the same ones dimmed. Text on them is
// black, at least 7 to 1.

import { CodeKind } from '../../formats/code-table.ts';
import { KINDS } from '../../views/flamegraph/flame-style.ts';

export interface Palette {
  /** By CodeKind. */
  readonly kinds: readonly string[];
  readonly inlined: string;
  readonly root: string;
  readonly found: string;
  /** Text on all of these. */
  readonly ink: string;
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
}

/** For people, by CodeKind. */
export const KIND_WORDS: readonly string[] = ['Native', 'Kernel', 'Python', 'JIT', 'Unknown'];

const LIGHT: Palette = {
  kinds: byKind(KINDS.native.colour, KINDS.kernel.colour, KINDS.python.colour, KINDS.jit.colour, '#d6c9e0'),
  inlined: KINDS.inlined.colour,
  root: KINDS.task.colour,
  found: '#d06bff',
  ink: '#111111',
  background: '#ffffff',
  text: '#1f2328',
  muted: '#59636e',
  line: '#d8dee4',
};

const DARK: Palette = {
  kinds: byKind('#82abd0', '#d98d7a', '#dcac43', '#8dbf88', '#a99bb5'),
  inlined: '#b3c8dc',
  root: '#9aa2ab',
  found: '#c763f5',
  ink: '#0a0a0a',
  background: '#15181e',
  text: '#e6edf3',
  muted: '#a5afba',
  line: '#30363d',
};

function byKind(native: string, kernel: string, python: string, jit: string, unknown: string): string[] {
  const colours: string[] = [];
  colours[CodeKind.Native] = native;
  colours[CodeKind.Kernel] = kernel;
  colours[CodeKind.Python] = python;
  colours[CodeKind.Jit] = jit;
  colours[CodeKind.Unknown] = unknown;
  return colours;
}

/** Class of a patch of a kind's colour in the style sheet, and there the name of the colour. */
export function kindClass(kind: number): string {
  return `kind-${KIND_WORDS[kind]!.toLowerCase()}`;
}

export function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
}

export function palette(): Palette {
  return isDark() ? DARK : LIGHT;
}

/** Gives the style sheet the colours of kinds, of which it has only names. */
export function applyColours(): void {
  const { kinds, inlined, root, found } = palette();
  const { style } = document.documentElement;
  kinds.forEach((colour, kind) => style.setProperty(`--${kindClass(kind)}`, colour));
  style.setProperty('--kind-inlined', inlined);
  style.setProperty('--kind-others', root);
  style.setProperty('--found', found);
}
