// The colours of a flame graph, by kind of frame or by difference, for light and dark screens, and the words of its legend.

import type { FlameKind } from './flame-frame.ts';

/** Class of a frame, what the legend calls it, and its colour. Text on it is always black: at least 7 to 1. */
export const KINDS: Readonly<Record<FlameKind, { readonly name: string; readonly legend: string; readonly colour: string }>> = {
  python: { name: 'py', legend: 'Python', colour: '#f6c453' },
  native: { name: 'na', legend: 'native', colour: '#9cc3e6' },
  inlined: { name: 'in', legend: 'inlined', colour: '#cfe2f3' },
  jit: { name: 'ji', legend: 'JIT', colour: '#a5d6a0' },
  kernel: { name: 'ke', legend: 'kernel', colour: '#f0a08c' },
  task: { name: 'ta', legend: 'task', colour: '#d0d0d0' },
};

/** Steps of difference on each side of none. */
export const STEPS = 5;
/** From less to more, 2 * STEPS + 1 of them. */
const DIFFERENCES: readonly string[] = ['#4d8fdb', '#74a9e6', '#9cc3f0', '#c0d9f5', '#e0ecf8', '#eeeeee', '#fbe3df', '#f8c6be', '#f4a496', '#ee8170', '#e6604d'];

/** The difference's class: `d0` all gone, `d5` none, `d10` all new. */
export function differenceClass(step: number): string {
  return `d${step + STEPS}`;
}

export function differenceColour(step: number): string {
  return DIFFERENCES[step + STEPS]!;
}

/** The style sheet. */
export function flameStyle(isDifference: boolean): string {
  const fills = isDifference ? DIFFERENCES.map((colour, index) => `.d${index} rect{fill:${colour}}`) : Object.values(KINDS).map(({ name, colour }) => `.${name} rect{fill:${colour}}`);
  return `text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px;fill:#111;white-space:pre}
:root{background:#fff}.bg{fill:#fff}.h{font-size:15px;font-weight:600}.h,.s,#details{fill:#1f2328}.s{fill:#59636e}
.f{cursor:pointer}.f rect{stroke:#fff;stroke-width:.6}.f text{pointer-events:none}.f:hover rect{stroke:#000;stroke-width:1}
.f:focus{outline:none}.f:focus rect{stroke:#000;stroke-width:2}.o{opacity:.55}
.bar{display:flex;justify-content:flex-end;align-items:center;gap:8px;height:28px;font:12px system-ui,sans-serif;color:#1f2328}
.bar input{width:200px;font:inherit;padding:3px 6px;border:1px solid #8c959f;border-radius:4px;background:#fff;color:#1f2328}
.bar button{font:inherit;padding:3px 8px;border:1px solid #8c959f;border-radius:4px;background:#f6f8fa;color:#1f2328;cursor:pointer}
${fills.join('')}.m rect{fill:#d06bff}
@media (prefers-color-scheme:dark){:root{background:#15181e}.bg{fill:#15181e}.h,#details{fill:#e6edf3}.s{fill:#a5afba}.f rect{stroke:#15181e}.f:hover rect,.f:focus rect{stroke:#fff}.bar{color:#e6edf3}.bar input,.bar button{background:#21262d;color:#e6edf3;border-color:#6e7681}}`;
}
