// `--sort comm,dso,symbol`: the columns that tell the rows of a report apart. Words may be shortened and in any case, as in perf.

import { PerftsError } from '../bytes/errors.ts';
import { BRANCH_KEYS, type SortKey } from '../profile/row-identity.ts';

const KEYS: readonly (readonly [string, SortKey])[] = [
  ['pid', 'pid'],
  ['tid', 'tid'],
  ['tgid', 'tgid'],
  ['comm', 'comm'],
  ['dso', 'dso'],
  ['symbol', 'symbol'],
  ['trace', 'trace'],
  ['srcline', 'srcline'],
  ['srcfile', 'srcfile'],
  ...BRANCH_KEYS.map((key): readonly [string, SortKey] => [key, key]),
];

/** perf's further keys: known, so that the message can say so. */
const PLANNED: readonly string[] = ['cpu', 'parent', 'socket', 'time', 'cgroup', 'cgroup_id', 'weight', 'local_weight', 'period', 'sample', 'overhead', 'type', 'addr', 'mem', 'snoop', 'tlb', 'locked', 'blocked', 'addr_from', 'addr_to', 'symbol_daddr', 'dso_daddr', 'transaction', 'code_page_size', 'data_page_size', 'simd', 'sym_size', 'dso_size', 'latency', 'parallelism'];

/** What --sort says. */
export interface SortChoice {
  readonly keys: readonly SortKey[];
  /** Written with a leading +: in addition to the usual keys, which depend on the recording. */
  readonly addsToUsual: boolean;
}

/** The option's value; undefined where nothing is chosen. A key named twice counts once. */
export function parseSort(text: string | undefined): SortChoice | undefined {
  if (text === undefined) return undefined;
  const addsToUsual = text.startsWith('+');
  const keys = new Set<SortKey>();
  for (const word of (addsToUsual ? text.slice(1) : text).split(/[, ]+/)) if (word !== '') keys.add(keyOf(word));
  return keys.size === 0 ? undefined : { keys: [...keys], addsToUsual };
}

function keyOf(word: string): SortKey {
  const lower = word.toLowerCase();
  const key = KEYS.find(([name]) => name.startsWith(lower))?.[1];
  if (key !== undefined) return key;
  const known = PLANNED.includes(lower) ? `perf has the key '${word}', perfts does not have it yet` : `there is no key '${word}'`;
  throw new PerftsError('PERFTS_USAGE', `--sort: ${known}; the keys are ${KEYS.map(([name]) => name).join(', ')}`);
}
