// Which samples `script` shows by where they were taken, asked once for each frame. What their own fields say is asked before
// (profile/sample-choice.ts); --switch-on and --switch-off (profile/event-switches.ts) look at those that are left.

import { grown } from '../../bytes/sorted.ts';
import type { ResolvedSample } from '../../profile/resolved-sample.ts';
import type { Resolver } from '../../profile/resolver.ts';

/** Of the innermost frame. */
export interface PlaceChoice {
  /** Short names or paths. */
  readonly dsos: readonly string[] | undefined;
  readonly symbols: readonly string[] | undefined;
  /** Absolute addresses (int64.ts) that do as well as a symbol, and how many bytes behind each do too. */
  readonly addresses: readonly number[];
  readonly addressRange: number;
}

/** Asked of resolved samples; undefined where all are shown. */
export function placeFilter(resolver: Resolver, choice: PlaceChoice): ((sample: ResolvedSample) => boolean) | undefined {
  const { dsos, symbols, addresses, addressRange } = choice;
  if (dsos === undefined && symbols === undefined) return undefined;
  const { locations, frames } = resolver;
  // By frame: 1 shown, 2 shown at some addresses only, 3 not.
  let known = new Uint8Array(1_024);
  const judge = (frame: number): number => {
    const module = frames.module[frame]!;
    const file = module < 0 ? undefined : frames.modules[module]!;
    if (dsos !== undefined && (file === undefined || !(dsos.includes(file.shortName) || dsos.includes(file.path)))) return 3;
    if (symbols === undefined || (frames.symbol[frame]! >= 0 && symbols.includes(frames.name(frame)))) return 1;
    return addresses.length > 0 ? 2 : 3;
  };
  return ({ leaf, ip }) => {
    if (leaf < 0) return false;
    const frame = locations.frame[leaf]!;
    while (frame >= known.length) known = grown(known);
    const verdict = known[frame]! || (known[frame] = judge(frame));
    return verdict === 1 || (verdict === 2 && addresses.some((address) => ip >= address && ip <= address + addressRange));
  };
}
