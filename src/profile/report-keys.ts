// The words of perf report's --sort and --fields: which there are, in which kind of report, and which perfts refuses, with the reason.
// Help, completion and docs/ read this table; words may be shortened, and the first that fits is meant, in this order (perf's).

import { PerftsError } from '../bytes/errors.ts';

/** What perf sorts by. `needs`: the kind of report that a key belongs to, if not any. `refused`: why it is not there, one sentence without its full stop. */
export interface ReportKey {
  readonly name: string;
  readonly needs?: 'branches' | 'memory';
  readonly describe: string;
  readonly refused?: string;
}

/** What rows are told apart by, as far as it is there. */
export type SortKey =
  | 'pid' | 'tid' | 'tgid' | 'comm' | 'comm_nodigit' | 'dso' | 'symbol' | 'parent' | 'srcline' | 'srcfile' | 'trace' | 'symbol_size' | ValueKey | BranchKey;

/** A field of a tracepoint: first as it was written, in a profile by its index (trace-fields.ts). */
export type TraceFieldKey = `field ${string}`;

/** Keys of what samples say of themselves (sample-values.ts). */
export type ValueKey = NamedValueKey | TraceFieldKey;

/** Those that have names. */
export type NamedValueKey =
  | 'cpu' | 'socket' | 'local_weight' | 'weight' | 'transaction' | 'dso_size' | 'cgroup' | 'cgroup_id' | 'time' | 'code_page_size' | 'local_ins_lat'
  | 'ins_lat' | 'local_p_stage_cyc' | 'p_stage_cyc' | 'local_retire_lat' | 'retire_lat' | 'addr' | 'symoff' | 'parallelism' | MemoryKey;

/** Keys of profiles of branches (SampleDetail). */
export type BranchKey = 'dso_from' | 'dso_to' | 'symbol_from' | 'symbol_to' | 'mispredict' | 'in_tx' | 'abort' | 'cycles' | PlaceKey;

/** Those that look at the places of the ends (Branches.places). */
export type PlaceKey = 'addr_from' | 'addr_to' | 'srcline_from' | 'srcline_to';

/** Keys of reports on accesses to memory. */
export type MemoryKey =
  | 'symbol_daddr' | 'dso_daddr' | 'locked' | 'tlb' | 'mem' | 'snoop' | 'dcacheline' | 'symbol_iaddr' | 'phys_daddr' | 'data_page_size' | 'blocked';

/** A column of numbers that is there. */
export type SumField =
  | 'overhead' | 'latency' | 'overhead_sys' | 'overhead_us' | 'overhead_guest_sys' | 'overhead_guest_us' | 'overhead_children' | 'latency_children' | 'sample'
  | 'period' | 'weight1' | 'weight2' | 'weight3';

/** A key that is there, or one that is refused. */
type KeyOf<Name extends string> = (ReportKey & { readonly name: Name; readonly refused?: never }) | (ReportKey & { readonly refused: string });

const NO_TYPES = 'data type profiling needs to follow registers through the code of each function, which perfts does not do';
const NO_BLOCKS = 'instructions in each cycle need the code between two branches, which perfts does not read for reports';

/** Numbers of a row, for --fields; most may be given to --sort too. */
export const SUM_KEYS: readonly KeyOf<SumField>[] = [
  { name: 'overhead', describe: 'share of the period' },
  { name: 'latency', describe: 'share of the time that passed (recordings with --latency)' },
  { name: 'overhead_sys', describe: 'share of the period in the kernel' },
  { name: 'overhead_us', describe: 'share of the period in user code' },
  { name: 'overhead_guest_sys', describe: 'share of the period in the kernels of guests' },
  { name: 'overhead_guest_us', describe: 'share of the period in user code of guests' },
  { name: 'overhead_children', describe: 'share of the period with callees' },
  { name: 'latency_children', describe: 'share of the time that passed with callees' },
  { name: 'sample', describe: 'number of samples' },
  { name: 'period', describe: 'sum of the periods' },
  { name: 'weight1', describe: 'mean weight of the samples' },
  { name: 'weight2', describe: 'mean instruction latency; so is ins_lat in --fields' },
  { name: 'weight3', describe: 'mean retire latency or cycles of a pipeline stage; so are retire_lat and p_stage_cyc in --fields' },
  { name: 'op', needs: 'memory', describe: '', refused: 'how accesses to memory are divided is not shown in columns: sort by mem, snoop or tlb' },
  { name: 'cache', needs: 'memory', describe: '', refused: 'how accesses to memory are divided is not shown in columns: sort by mem' },
  { name: 'memory', needs: 'memory', describe: '', refused: 'how accesses to memory are divided is not shown in columns: sort by mem' },
  { name: 'dtlb', needs: 'memory', describe: '', refused: 'how accesses to memory are divided is not shown in columns: sort by tlb' },
];

/** What rows are told apart by. */
export const SORT_KEYS: readonly KeyOf<SortKey>[] = [
  { name: 'pid', describe: 'thread id and command' },
  { name: 'tgid', describe: 'process id and command of its first thread' },
  { name: 'comm', describe: 'command' },
  { name: 'comm_nodigit', describe: 'command, of which numbers are not looked at' },
  { name: 'dso', describe: 'shared object' },
  { name: 'symbol', describe: 'function' },
  { name: 'parent', describe: 'the caller that fits --parent' },
  { name: 'cpu', describe: 'CPU' },
  { name: 'socket', describe: "the CPU's package" },
  { name: 'srcline', describe: 'source line' },
  { name: 'srcfile', describe: 'source file' },
  { name: 'local_weight', describe: 'weight of a sample' },
  { name: 'weight', describe: 'weight of a sample, times their number' },
  { name: 'transaction', describe: 'flags of a hardware transaction that was aborted' },
  { name: 'trace', describe: "a tracepoint's text" },
  { name: 'symbol_size', describe: "the function's bytes" },
  { name: 'dso_size', describe: 'bytes of the mapping' },
  { name: 'cgroup', describe: 'path of the control group' },
  { name: 'cgroup_id', describe: 'device and inode of the cgroup namespace' },
  { name: 'ipc_null', describe: '', refused: 'perf itself shows nothing but dashes in it' },
  { name: 'time', describe: 'time, in steps of --time-quantum' },
  { name: 'code_page_size', describe: 'size of the page of the code' },
  { name: 'local_ins_lat', describe: 'instruction latency of a sample' },
  { name: 'ins_lat', describe: 'instruction latency of a sample, times their number' },
  { name: 'local_p_stage_cyc', describe: 'retire latency (x86) or cycles of a pipeline stage of a sample' },
  { name: 'p_stage_cyc', describe: 'the same, times the number of samples' },
  { name: 'addr', describe: 'address of the instruction' },
  { name: 'local_retire_lat', describe: 'as local_p_stage_cyc' },
  { name: 'retire_lat', describe: 'as p_stage_cyc' },
  { name: 'simd', describe: '', refused: 'only samples that are decoded from AUX areas (Arm SPE) have SIMD flags, and perfts does not decode AUX areas' },
  { name: 'type', describe: '', refused: NO_TYPES },
  { name: 'typeoff', describe: '', refused: NO_TYPES },
  { name: 'symoff', describe: 'function and offset in it' },
  { name: 'typecln', describe: '', refused: NO_TYPES },
  { name: 'parallelism', describe: 'how many threads ran (recordings with --latency)' },
  { name: 'dso_from', needs: 'branches', describe: 'shared object that a branch came from' },
  { name: 'dso_to', needs: 'branches', describe: 'and went to' },
  { name: 'symbol_from', needs: 'branches', describe: 'function that a branch came from' },
  { name: 'symbol_to', needs: 'branches', describe: 'and went to' },
  { name: 'mispredict', needs: 'branches', describe: 'whether it was mispredicted' },
  { name: 'abort', needs: 'branches', describe: 'whether it aborted a transaction' },
  { name: 'in_tx', needs: 'branches', describe: 'whether it was in a transaction' },
  { name: 'cycles', needs: 'branches', describe: 'cycles since the branch before' },
  { name: 'srcline_from', needs: 'branches', describe: 'source line that it came from' },
  { name: 'srcline_to', needs: 'branches', describe: 'and went to' },
  { name: 'ipc_lbr', needs: 'branches', describe: '', refused: NO_BLOCKS },
  { name: 'addr_from', needs: 'branches', describe: 'address that it came from' },
  { name: 'addr_to', needs: 'branches', describe: 'and went to' },
  { name: 'callchain_branch_predicted', describe: '', refused: 'branches are not put into call chains (see --branch-history)' },
  { name: 'callchain_branch_abort', describe: '', refused: 'branches are not put into call chains (see --branch-history)' },
  { name: 'callchain_branch_cycles', describe: '', refused: 'branches are not put into call chains (see --branch-history)' },
  { name: 'symbol_daddr', needs: 'memory', describe: 'what lies at the address that was accessed' },
  { name: 'dso_daddr', needs: 'memory', describe: 'the file or memory that it lies in' },
  { name: 'locked', needs: 'memory', describe: 'whether the access was locked' },
  { name: 'tlb', needs: 'memory', describe: 'where the address was translated' },
  { name: 'mem', needs: 'memory', describe: 'where the data came from' },
  { name: 'snoop', needs: 'memory', describe: 'what other caches had' },
  { name: 'dcacheline', needs: 'memory', describe: 'the cache line that was accessed' },
  { name: 'symbol_iaddr', needs: 'memory', describe: 'the function that accessed it, by address' },
  { name: 'phys_daddr', needs: 'memory', describe: 'the physical address' },
  { name: 'data_page_size', needs: 'memory', describe: 'size of the page of the data' },
  { name: 'blocked', needs: 'memory', describe: 'why a load was blocked' },
  { name: 'tid', describe: 'thread id and command, as pid (not in perf)' },
];

const BY_NAME: ReadonlyMap<string, ReportKey> = new Map<string, ReportKey>(SORT_KEYS.map((key): [string, ReportKey] => [key.name, key]));

export function isTraceFieldKey(name: string): name is TraceFieldKey {
  return name.startsWith(FIELD_MARK);
}

const FIELD_MARK = 'field ';

export function isSortKey(name: string): name is SortKey {
  return isTraceFieldKey(name) || isNamedKey(name);
}

function isNamedKey(name: string): boolean {
  return BY_NAME.get(name)?.refused === undefined && BY_NAME.has(name);
}

export function isBranchKey(name: string): name is BranchKey {
  return BY_NAME.get(name)?.needs === 'branches';
}

export function isPlaceKey(name: string): name is PlaceKey {
  return /^(?:addr|srcline)_(?:from|to)$/.test(name);
}

export function isMemoryKey(name: string): name is MemoryKey {
  return BY_NAME.get(name)?.needs === 'memory';
}

/** A column: a sum, or a sort key. */
export type ReportField = SumField | SortKey;

/** `comm,dso,sym` to keys and numbers to sort by; what may be a tracepoint's field is not looked up. Throws PERFTS_USAGE for what is not there. */
export function parseSortKeys(text: string): ReportField[] {
  return parseWords('--sort', text, sortKeyOf, MAY_BE_FIELD);
}

/** `overhead,comm,sym` to columns. Throws PERFTS_USAGE for what is not there. */
export function parseFields(text: string): ReportField[] {
  return parseWords('--fields', text, fieldOf, MUST_BE_FIELD);
}

/** Words that may be a field of a tracepoint, with its event (`%2`: the second) or not; and those that are nothing else. */
const MAY_BE_FIELD = /^(?:[\w:%-]+\.)?(?:\w+|\*)(?:\/raw)?$/;
const MUST_BE_FIELD = /^(?:trace_fields|[\w:%-]+\.(?:\w+|\*))(?:\/raw)?$/;

/** What is said of a word that is no key. */
export function noSuchKey(option: string, word: string): PerftsError {
  return new PerftsError('PERFTS_USAGE', `${option}: there is no key '${word}'; the keys are ${keyNames(option === '--sort' ? SORT_KEYS : [...SUM_KEYS, ...SORT_KEYS])}`);
}

function parseWords(option: string, text: string, find: (word: string) => ReportKey | undefined, fields: RegExp): ReportField[] {
  const words = text.split(/[, {}]+/).filter((word) => word !== '');
  if (words.length === 0) throw new PerftsError('PERFTS_USAGE', `${option}: '${text}' names no column`);
  return words.map((word) => {
    const key = find(word);
    if (key === undefined && fields.test(word)) return `${FIELD_MARK}${word}` as const;
    if (key === undefined) throw noSuchKey(option, word);
    if (key.refused !== undefined) throw new PerftsError('PERFTS_USAGE', `${option}: ${key.name}: ${key.refused}`);
    return key.name as ReportField;
  });
}

/** The key that a word of --sort means, in any case and shortened; undefined if there is none. */
function sortKeyOf(word: string): ReportKey | undefined {
  return firstFitting(word, [...SORT_KEYS, ...SUM_KEYS]);
}

/** The column that a word of --fields means: numbers first, as in perf (weight is weight1 there). */
function fieldOf(word: string): ReportKey | undefined {
  const alias = FIELD_ALIASES[word.toLowerCase()];
  return alias === undefined ? (firstFitting(word, SUM_KEYS) ?? firstFitting(word, SORT_KEYS)) : SUM_KEYS.find(({ name }) => name === alias);
}

const FIELD_ALIASES: Readonly<Record<string, SumField>> = { ins_lat: 'weight2', retire_lat: 'weight3', p_stage_cyc: 'weight3' };

function firstFitting(word: string, keys: readonly ReportKey[]): ReportKey | undefined {
  const lower = word.toLowerCase();
  return keys.find(({ name }) => name === lower) ?? keys.find(({ name, refused }) => refused === undefined && name.startsWith(lower));
}

/** The names of those that are there, for help. */
export function keyNames(keys: readonly ReportKey[]): string {
  return keys.filter(({ refused }) => refused === undefined).map(({ name }) => name).join(', ');
}
