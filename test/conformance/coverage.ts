// What the vectors show, counted in them: by clause, and by everything that the format can hold. COVERAGE.md is made of it.

import { FLAGS, READ_BITS, SAMPLE_BITS } from './builder/event.ts';
import { FEATURE_NAMES } from './builder/feature.ts';
import type { Json, JsonObject } from './builder/json.ts';
import { RECORD_NAMES } from './builder/record.ts';
import type { StoredVector } from './vector-folder.ts';

/** Rows of one table: what can be there, with the vectors in which it is. */
export interface CoverageTable {
  readonly title: string;
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

const BRANCH_BITS = [
  'USER', 'KERNEL', 'HV', 'ANY', 'ANY_CALL', 'ANY_RETURN', 'IND_CALL', 'ABORT_TX', 'IN_TX', 'NO_TX', 'COND', 'CALL_STACK', 'IND_JUMP', 'CALL', 'NO_FLAGS',
  'NO_CYCLES', 'TYPE_SAVE', 'HW_INDEX', 'PRIV_SAVE', 'COUNTERS',
] as const;
const MODES = ['kernel', 'user', 'hypervisor', 'guest kernel', 'guest user'] as const;
const ATTR_SIZES = [64, 72, 80, 96, 104, 112, 120, 128, 136, 144, 152] as const;
const TRACERS = ['1 Intel PT', '2 Intel BTS', '3 CoreSight ETM', '4 Arm SPE', '5 s390 CPU-MF', '6 HiSilicon PTT', '7 powerpc VPA DTL'] as const;
const CONTAINERS = ['file', 'pipe', 'directory'] as const;
/** Bits of misc above the mode, by the records that use them. */
const MISC_BITS: readonly (readonly [name: string, types: readonly number[], bit: number])[] = [
  ['12, MMAP and MMAP2', [1, 10], 0x1000], ['13, MMAP and MMAP2', [1, 10], 0x2000], ['13, COMM', [3], 0x2000], ['13, FORK', [7], 0x2000], ['13, SWITCH', [14], 0x2000],
  ['13, SWITCH_CPU_WIDE', [15], 0x2000], ['14, MMAP2', [10], 0x4000], ['14, SWITCH', [14], 0x4000], ['14, SWITCH_CPU_WIDE', [15], 0x4000], ['14, SAMPLE', [9], 0x4000],
  ['15, HEADER_BUILD_ID', [67], 0x8000], ['15, LOST_SAMPLES', [13], 0x8000],
];
/** Names of the fields of a sample in JSON, by bit. */
const SAMPLE_FIELDS: Readonly<Record<string, string>> = {
  IP: 'ip', TID: 'tid', TIME: 'time', ADDR: 'addr', READ: 'read', CALLCHAIN: 'callchain', ID: 'id', CPU: 'cpu', PERIOD: 'period', STREAM_ID: 'streamId', RAW: 'raw',
  BRANCH_STACK: 'branchStack', REGS_USER: 'userRegs', STACK_USER: 'userStack', WEIGHT: 'weight', DATA_SRC: 'dataSrc', IDENTIFIER: 'identifier',
  TRANSACTION: 'transaction', REGS_INTR: 'intrRegs', PHYS_ADDR: 'physAddr', AUX: 'aux', CGROUP: 'cgroup', DATA_PAGE_SIZE: 'dataPageSize',
  CODE_PAGE_SIZE: 'codePageSize', WEIGHT_STRUCT: 'weight',
};
/** Where a file can end too early. */
const CUTS: readonly (readonly [where: string, name: RegExp])[] = [
  ['within the file header', /^not-a-recording-(cut-header|short)/], ['within the attr section', /^cut-in-attrs/], ['within ids', /^cut-in-ids/], ['before the records', /^cut-before-records/],
  ['within the header of a record', /^cut-in-record-header/], ['within a record', /^cut-in-record-[lb]e|^cut-pipe|^cut-directory/], ['between records', /^cut-between/],
  ['within data behind a record', /^cut-in-payload/], ['within a compressed record', /^cut-in-compressed/], ['within what was compressed', /^compressed-cut-record/],
  ['before the feature table', /^cut-before-features/], ['within the feature table', /^cut-in-feature-table/], ['within a feature', /^cut-in-feature-[lb]e/],
  ['within the fields of a sample', /^sample-cut/], ['within a jitdump\'s header', /^jitdump-cut-header/], ['within a jitdump\'s record', /^jitdump-cut-in/],
];

type Records = readonly JsonObject[];
const recordsOf = ({ expect }: StoredVector): Records => (expect['records'] ?? []) as Records;
const eventsOf = ({ expect }: StoredVector): Records => (expect['events'] ?? []) as Records;
const fieldsOf = (record: JsonObject): JsonObject => (record['fields'] ?? {}) as JsonObject;
const bitOf = (value: Json | undefined, bit: number): boolean => ((BigInt((value as string | undefined) ?? 0) >> BigInt(bit)) & 1n) === 1n;

export function coverageOf(vectors: readonly StoredVector[]): CoverageTable[] {
  const table = <Item>(title: string, items: readonly Item[], label: (item: Item) => string, shows: (vector: StoredVector, item: Item) => boolean): CoverageTable => ({
    title,
    rows: new Map(items.map((item) => [label(item), vectors.filter((vector) => shows(vector, item)).map(({ name }) => name)])),
  });
  const types = Object.keys(RECORD_NAMES).map(Number);
  const features = FEATURE_NAMES.filter((name) => name !== '');
  const flags = FLAGS.filter((flag) => flag !== '');
  const ofFeature = (vector: StoredVector, name: string): boolean => name in ((vector.expect['features'] ?? {}) as JsonObject);
  const orders = CONTAINERS.flatMap((container) => (['little', 'big'] as const).map((order) => ({ container, order, version: 2 })));
  const versions = [...orders, ...(['file', 'pipe'] as const).flatMap((container) => (['little', 'big'] as const).map((order) => ({ container, order, version: 1 })))];
  return [
    table('Containers', versions, ({ container, order, version }) => `${order}-endian ${container}, version ${version}`, ({ expect }, { container, order, version }) => expect['container'] === container && expect['byteOrder'] === order && expect['version'] === version),
    table('Records, with their fields', types, (type) => `${type} ${RECORD_NAMES[type]}`, (vector, type) => recordsOf(vector).some((record) => record['type'] === type && !('bytes' in fieldsOf(record)))),
    table('Features of files', features, (name) => `${FEATURE_NAMES.indexOf(name)} ${name}`, (vector, name) => vector.expect['container'] !== 'pipe' && ofFeature(vector, name)),
    table('Features of pipes', features, (name) => `${FEATURE_NAMES.indexOf(name)} ${name}`, (vector, name) => vector.expect['container'] === 'pipe' && ofFeature(vector, name)),
    table('Fields of samples', SAMPLE_BITS.map((name) => name as string), (name) => name, (vector, name) =>
      recordsOf(vector).some((record) => record['type'] === 9 && hasField(fieldsOf(record), name))),
    table('Fields of trailers', ['pid', 'tid', 'time', 'id', 'streamId', 'cpu', 'identifier'], (name) => name, (vector, name) => recordsOf(vector).some((record) => name in ((record['sampleId'] ?? {}) as JsonObject))),
    table('Bits of read_format', READ_BITS.map((name, bit) => ({ name, bit })), ({ name }) => name, (vector, { bit }) => eventsOf(vector).some((event) => bitOf(event['readFormat'], bit))),
    table('Flags of attrs', flags as readonly string[], (flag) => flag, (vector, flag) => eventsOf(vector).some((event) => (event['flags'] as readonly string[]).includes(flag))),
    table('Values of precise_ip', [1, 2, 3], String, (vector, value) => eventsOf(vector).some((event) => event['preciseIp'] === value)),
    table('Sizes of attrs', ATTR_SIZES, String, (vector, size) => eventsOf(vector).some((event) => event['size'] === size)),
    table('Bits of branch_sample_type', BRANCH_BITS.map((name, bit) => ({ name, bit })), ({ name }) => name, (vector, { bit }) => eventsOf(vector).some((event) => bitOf(event['branchSampleType'], bit))),
    table('Modes in misc', MODES as readonly string[], (mode) => mode, (vector, mode) => recordsOf(vector).some((record) => record['mode'] === mode)),
    table('Bits of misc', MISC_BITS, ([name]) => name, (vector, [, ofTypes, bit]) => recordsOf(vector).some((record) => ofTypes.includes(Number(record['type'])) && (Number(record['misc']) & bit) !== 0)),
    table('Tracers of AUXTRACE_INFO', TRACERS, (name) => name, (vector, name) => recordsOf(vector).some((record) => record['type'] === 70 && fieldsOf(record)['kind'] === Number.parseInt(name, 10))),
    table('Places where a file ends too early', CUTS, ([where]) => where, (vector, [, name]) => name.test(vector.name)),
  ];
}

function hasField(fields: JsonObject, bit: string): boolean {
  const value = fields[SAMPLE_FIELDS[bit]!];
  if (bit === 'WEIGHT') return typeof value === 'string';
  return bit === 'WEIGHT_STRUCT' ? typeof value === 'object' : value !== undefined;
}

/** By clause, in the order of their numbers. */
export function clausesOf(vectors: readonly StoredVector[]): ReadonlyMap<string, readonly string[]> {
  const shown = new Map<string, string[]>();
  for (const { name, clauses } of vectors) for (const clause of clauses) shown.set(clause, [...(shown.get(clause) ?? []), name]);
  const number = (clause: string): number => clause.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0);
  return new Map([...shown].toSorted(([a], [b]) => number(a) - number(b)));
}

/** Of each type of record, and of SAMPLE, the fields that never have a value that tells something: 0, nothing, false. */
export function emptyFields(vectors: readonly StoredVector[]): string[] {
  const telling = new Map<string, boolean>();
  for (const vector of vectors) {
    for (const record of recordsOf(vector)) {
      for (const [path, value] of leavesOf(fieldsOf(record), `${String(record['name'])}`)) telling.set(path, (telling.get(path) ?? false) || !isTrivial(value));
    }
  }
  // Of what is too short for its fields, bytes are shown: there may be none.
  return [...telling].filter(([path, tells]) => !tells && !path.endsWith('.bytes')).map(([path]) => path);
}

function isTrivial(value: Json): boolean {
  return value === 0 || value === false || value === '' || value === '0' || value === '0x0' || value === null;
}

/** Members of lists are one: `entries.id`. */
function* leavesOf(value: Json | undefined, path: string): Generator<[string, Json]> {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null) yield [path, value];
  else if (Array.isArray(value)) for (const item of value as readonly Json[]) yield* leavesOf(item, path);
  else for (const [name, member] of Object.entries(value)) yield* leavesOf(member, `${path}.${name}`);
}

const SHOWN = 4;

/** COVERAGE.md. */
export function coverageText(vectors: readonly StoredVector[]): string {
  const recorded = vectors.filter(({ origin }) => origin !== 'built').length;
  const row = ([item, names]: readonly [string, readonly string[]]): string => `| ${item} | ${names.length} | ${namesText(names)} |\n`;
  const part = (title: string, rows: ReadonlyMap<string, readonly string[]>): string => `\n## ${title}\n\n| what | vectors | which |\n| --- | ---: | --- |\n${[...rows].map(row).join('')}`;
  const head = `# What the vectors cover\n\nMade by \`test/conformance/coverage.ts\` from the vectors themselves: ${vectors.length} of them, ${recorded} recorded. A name without \`-le\` and \`-be\` stands for both byte orders.\n`;
  return head + coverageOf(vectors).map(({ title, rows }) => part(title, rows)).join('') + part('Clauses of SPEC.md', clausesOf(vectors));
}

/** Twins as one, and no more than a few; the built ones first. */
function namesText(names: readonly string[]): string {
  const all = new Set(names);
  const short = [...new Set(names.map((name) => (all.has(name.replace(/-[lb]e$/, '-le')) && all.has(name.replace(/-[lb]e$/, '-be')) ? name.replace(/-[lb]e$/, '') : name)))];
  const more = short.length > SHOWN + 1 ? ` and ${short.length - SHOWN} more` : '';
  return (more === '' ? short : short.slice(0, SHOWN)).map((name) => `\`${name}\``).join(', ') + more;
}
