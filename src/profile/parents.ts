// The caller by which samples are told apart (perf's --parent and the sort key parent): in each stack the function whose name fits.

import type { ChainOrder } from './chain-forest.ts';
import type { Profile } from './profile.ts';

/** What perf takes for parents unless it is told otherwise: system calls and page faults, by the kernel's names of long ago. */
export const USUAL_PARENT = '^sys_|^do_page_fault';

/**
 * By node of Profile.stacks: the frame that fits, or -1. Of several the first one as chains are read: with callers first the outermost, else
 * the innermost.
 */
export function parentsOf(profile: Profile, name: RegExp, order: ChainOrder): Int32Array {
  const { frames } = profile;
  const { parent, frame, length } = profile.stacks;
  const fits = new Int8Array(frames.length);
  const parents = new Int32Array(length).fill(-1);
  for (let node = 1; node < length; node++) {
    const own = frame[node]!;
    if (fits[own] === 0) fits[own] = frames.symbol[own]! >= 0 && name.test(frames.name(own)) ? 1 : -1;
    const outer = parents[parent[node]!]!;
    parents[node] = fits[own]! < 0 || (order === 'caller' && outer >= 0) ? outer : own;
  }
  return parents;
}
