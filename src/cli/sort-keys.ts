// `--sort comm,dso,symbol`: the columns that tell the rows of a report apart. Words may be shortened and in any case, as in perf.

import { PerftsError } from '../bytes/errors.ts';
import type { SortKey } from '../profile/row-identity.ts';

const KEYS: readonly (readonly [string, SortKey])[] = [
  ['pid', 'pid'],
  ['tid', 'tid'],
  ['tgid', 'tgid'],
  ['comm', 'comm'],
  ['dso', 'dso'],
  ['symbol', 'symbol'],
];

/** perf's further keys: known, so that the message can say so. */
const PLANNED: readonly string[] = ['cpu', 'parent', 'socket', 'srcline', 'srcfile', 'time', 'cgroup', 'cgroup_id', 'trace', 'weight', 'local_weight', 'period', 'sample', 'overhead', 'type', 'addr', 'mem', 'snoop', 'tlb', 'locked', 'blocked', 'dso_from', 'dso_to', 'symbol_from', 'symbol_to', 'symbol_daddr', 'dso_daddr', 'cycles', 'mispredict', 'in_tx', 'abort', 'transaction', 'code_page_size', 'data_page_size', 'simd', 'sym_size', 'dso_size', 'latency', 'parallelism'];

export const DEFAULT_SORT: readonly SortKey[] = ['comm', 'dso', 'symbol'];

/** The option's value: a list, or with a leading + a list that is added to the default. A key named twice counts once. */
export function parseSort(text: string | undefined): readonly SortKey[] {
  if (text === undefined) return DEFAULT_SORT;
  const added = text.startsWith('+');
  const keys = new Set<SortKey>(added ? DEFAULT_SORT : []);
  for (const word of (added ? text.slice(1) : text).split(/[, ]+/)) if (word !== '') keys.add(keyOf(word));
  return keys.size === 0 ? DEFAULT_SORT : [...keys];
}

function keyOf(word: string): SortKey {
  const lower = word.toLowerCase();
  const key = KEYS.find(([name]) => name.startsWith(lower))?.[1];
  if (key !== undefined) return key;
  const known = PLANNED.includes(lower) ? `perf has the key '${word}', perfts does not have it yet` : `there is no key '${word}'`;
  throw new PerftsError('PERFTS_USAGE', `--sort: ${known}; the keys are ${KEYS.map(([name]) => name).join(', ')}`);
}
