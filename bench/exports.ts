// Exports read by those for whom they are made, and what they cost. Run with what is there; what is missing is said.
//
//   node dist/bench/exports.js --recording FILE [--large FILE] [--earlier FILE] [--symfs DIR] [--tools DIR] [--pprof CMD] [--profiler CMD] [--flamegraph CMD] [--protos DIR] [--write]
//
// --recording: of one thread and event, whose totals in every format are held against the report's (default: testdata's demo). --large: timed in
// every format, and made a dataset with --earlier as the day before. --tools: a folder with node_modules of @duckdb/node-api, protobufjs, ajv and
// speedscope. CMD: `go tool pprof`, profiler-cli (Node 24) and inferno-flamegraph or flamegraph.pl, or scripts that reach them elsewhere; --protos: the folder in which
// opentelemetry/proto lies (Debian: opentelemetry-proto). --write: what is printed becomes a section of bench/RESULTS.md.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { FORMATS } from '../src/formats/formats.ts';
import { measure } from './measured-run.ts';
import { circumstances, projectFolder, writeResults } from './results-file.ts';

const { values: options } = parseArgs({
  options: {
    recording: { type: 'string', default: join(projectFolder(), 'testdata/demo/demo.perfts') },
    large: { type: 'string' },
    earlier: { type: 'string' },
    symfs: { type: 'string' },
    tools: { type: 'string' },
    pprof: { type: 'string' },
    profiler: { type: 'string' },
    flamegraph: { type: 'string' },
    protos: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const BIN = join(projectFolder(), 'bin/perfts.js');
const symfs = options.symfs === undefined ? [] : ['--symfs', options.symfs];
const work = mkdtempSync(join(options.large === undefined ? tmpdir() : '/var/tmp', 'perfts-exports-'));
const lines: string[] = [];

function say(line: string): void {
  lines.push(line);
  console.log(line);
}

function perfts(...words: string[]): string {
  return execFileSync(process.execPath, [BIN, ...words], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
}

/** The output of a command given as words, with more of them. */
function run(command: string, ...words: string[]): string {
  const [program, ...first] = command.split(' ');
  return execFileSync(program!, [...first, ...words], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
}

/** A module of --tools, of which a check says what it uses; undefined where it is not there. */
async function tool<T>(name: string): Promise<T | undefined> {
  if (options.tools === undefined) return undefined;
  try {
    return (await import(pathToFileURL(createRequire(join(options.tools, 'package.json')).resolve(name)).href)) as T;
  } catch {
    return undefined;
  }
}

interface DuckDB {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
}
interface Connection {
  runAndReadAll(sql: string): Promise<{ getRowsJson(): unknown[][] }>;
}

/** What a format's own reader finds: samples, and the sum of their periods where it shows one. */
interface Found {
  readonly by: string;
  readonly samples: number;
  readonly period?: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const READERS: Readonly<Record<string, (file: string) => Found | undefined | Promise<Found | undefined>>> = {
  pprof: (file) => {
    if (options.pprof === undefined) return undefined;
    const text = run(options.pprof, '-raw', file);
    const values = [...text.matchAll(/^ +(\d+) +(\d+): /gm)];
    return { by: 'go tool pprof -raw', samples: sum(values.map((match) => Number(match[1]))), period: sum(values.map((match) => Number(match[2]))) };
  },
  firefox: (file) => {
    if (options.profiler === undefined) return undefined;
    run(options.profiler, 'load', file);
    try {
      return { by: "the front end's code (profiler-cli)", samples: Number(/contains (\d+) samples/.exec(run(options.profiler, 'thread', 'info'))?.[1]) };
    } finally {
      run(options.profiler, 'stop');
    }
  },
  collapsed: (file) => {
    // As flamegraph.pl takes a line apart.
    const counts = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => Number(/^.*\s+(\d+(?:\.\d*)?)$/.exec(line)?.[1]));
    if (options.flamegraph === undefined) return { by: "flamegraph.pl's pattern of a line", samples: sum(counts) };
    const svg = run(options.flamegraph, file);
    return { by: basename(options.flamegraph), samples: Number(/<title>all \(([\d,]+) samples/.exec(svg)?.[1]?.replaceAll(',', '')) };
  },
  speedscope: async (file) => {
    const ajv = await tool<{ readonly default: new (options: object) => { compile(schema: unknown): (data: unknown) => boolean } }>('ajv');
    if (ajv === undefined) return undefined;
    const schema = JSON.parse(readFileSync(join(options.tools!, 'node_modules/speedscope/dist/release/file-format-schema.json'), 'utf8')) as unknown;
    const data = JSON.parse(readFileSync(file, 'utf8')) as { readonly profiles: readonly { readonly weights: readonly number[] }[] };
    const Ajv = (ajv.default as unknown as { readonly default?: typeof ajv.default }).default ?? ajv.default;
    if (!new Ajv({ strict: false }).compile(schema)(data)) throw new Error('speedscope: not by its schema');
    return { by: "speedscope's JSON schema (ajv)", samples: NaN, period: sum(data.profiles.flatMap(({ weights }) => weights)) };
  },
  otlp: async (file) => {
    interface Message {
      readonly resourceProfiles: { readonly scopeProfiles: { readonly profiles: { readonly samples: { readonly values: unknown[] }[] }[] }[] }[];
    }
    interface Protobuf {
      readonly default: { readonly Root: new () => { resolvePath: (from: string, to: string) => string; loadSync(path: string): void; lookupType(name: string): { decode(bytes: Uint8Array): Message; encode(message: Message): { finish(): Uint8Array } } } };
    }
    const protobuf = await tool<Protobuf>('protobufjs');
    if (protobuf === undefined || options.protos === undefined) return undefined;
    const { protos } = options;
    const root = new protobuf.default.Root();
    root.resolvePath = (_, to) => join(protos, to);
    root.loadSync('opentelemetry/proto/profiles/v1development/profiles.proto');
    const type = root.lookupType('opentelemetry.proto.profiles.v1development.ProfilesData');
    const bytes = readFileSync(file);
    const message = type.decode(bytes);
    if (type.encode(message).finish().length !== bytes.length) throw new Error('otlp: fields that the .proto does not have');
    return { by: 'opentelemetry-proto by protobufjs', samples: NaN, period: sum(message.resourceProfiles.flatMap(({ scopeProfiles }) => scopeProfiles.flatMap(({ profiles }) => profiles.flatMap(({ samples }) => samples.map(({ values }) => Number(values[0])))))) };
  },
  ...Object.fromEntries((['parquet', 'csv', 'jsonl'] as const).map((format) => [format, async (file: string): Promise<Found | undefined> => {
    const connection = await duckdb();
    if (connection === undefined) return undefined;
    const source = { parquet: `'${file}'`, csv: `read_csv('${file}')`, jsonl: `read_json('${file}', format = 'newline_delimited')` }[format];
    const [row] = (await connection.runAndReadAll(`SELECT count(*)::DOUBLE, sum(period)::DOUBLE FROM ${source}`)).getRowsJson();
    return { by: 'DuckDB', samples: Number(row![0]), period: Number(row![1]) };
  }])),
};

async function duckdb(): Promise<Connection | undefined> {
  const module = await tool<DuckDB>('@duckdb/node-api');
  return module === undefined ? undefined : (await module.DuckDBInstance.create(':memory:')).connect();
}

/** The totals of every format beside the report's. */
async function checkConsumers(): Promise<void> {
  const report = perfts('report', '--stdio', '--no-inline', '-g', 'none', '-n', '--show-total-period', ...symfs, options.recording);
  const samples = Number(/^# Samples: (\d+)/m.exec(perfts('report', '--stdio', '-g', 'none', ...symfs, options.recording))?.[1]);
  const period = Number(/^# Event count \(approx\.\): (\d+)/m.exec(report)?.[1]);
  say(`Totals of ${basename(options.recording)} beside the report's, ${samples} samples and a sum of periods of ${period}:\n`);
  say('| format | read by | samples | periods |');
  say('| --- | --- | ---: | ---: |');
  for (const { name } of FORMATS) {
    const file = join(work, `check.${name}${name === 'firefox' ? '.json' : ''}`);
    perfts('export', '--format', name, ...symfs, '-o', file, options.recording);
    const found = await READERS[name]?.(file);
    if (found === undefined) say(`| ${name} | nobody here | | |`);
    else {
      const verdict = (value: number | undefined, expected: number): string => (value === undefined || Number.isNaN(value) ? '' : value === expected ? 'equal' : `**${value}**`);
      say(`| ${name} | ${found.by} | ${verdict(found.samples, samples)} | ${verdict(found.period, period)} |`);
    }
  }
  say('');
}

/** Time, memory and size of each format. */
function timeFormats(large: string): void {
  const samples = Number(/SAMPLE events: +(\d+)/.exec(perfts('report', '--stats', large))?.[1]);
  say(`One process for each, ${samples.toLocaleString('en')} samples, ${megabytes(statSync(large).size)} MB:\n`);
  say('| format | seconds | processor | MiB | MB |');
  say('| --- | ---: | ---: | ---: | ---: |');
  for (const { name } of FORMATS) {
    const file = join(work, `large.${name}`);
    const { wall, processor, memory } = measure([process.execPath, BIN, 'export', '--format', name, ...symfs, '-o', file, large]);
    say(`| ${name} | ${wall.toFixed(1)} | ${processor.toFixed(1)} | ${memory.toFixed(0)} | ${megabytes(statSync(file).size)} |`);
    rmSync(file);
  }
  say('');
}

/** A dataset of two days, and the queries of docs/FLEET.md on it. */
async function timeDataset(large: string, earlier: string): Promise<void> {
  const dataset = join(work, 'fleet');
  const days = [['2026-11-20', earlier], ['2026-11-21', large]] as const;
  let rows = 0;
  for (const [day, from] of days) {
    const file = join(work, basename(from));
    copyFileSync(from, file);
    utimesSync(file, new Date(`${day}T12:00:00Z`), new Date(`${day}T12:00:00Z`));
    const samples = Number(/SAMPLE events: +(\d+)/.exec(perfts('report', '--stats', file))?.[1]);
    rows += samples;
    const { wall, processor, memory } = measure([process.execPath, BIN, 'export', '--format', 'parquet', '--dataset', dataset, '--label', 'service=api', ...symfs, file]);
    say(`Dataset, ${day}: ${samples.toLocaleString('en')} samples in ${wall.toFixed(1)} s (processor ${processor.toFixed(1)} s, ${memory.toFixed(0)} MiB).`);
    rmSync(file);
  }
  const sizes = readdirSync(dataset, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.parquet')).map((path) => [path, statSync(join(dataset, path)).size] as const);
  const sizeOf = (table: string): string => megabytes(sum(sizes.filter(([path]) => path.startsWith(table)).map(([, size]) => size)));
  say(`Together ${rows.toLocaleString('en')} rows: samples ${sizeOf('samples')} MB, stacks ${sizeOf('stacks')} MB.\n`);
  const connection = await duckdb();
  if (connection === undefined) return say('DuckDB is not here: no queries.\n');
  const [version] = (await connection.runAndReadAll('SELECT version()')).getRowsJson();
  say(`| query of docs/FLEET.md (DuckDB ${String(version![0])}, first run) | rows | ms |`);
  say('| --- | ---: | ---: |');
  const text = readFileSync(join(projectFolder(), 'docs/FLEET.md'), 'utf8').replaceAll("'fleet/", `'${dataset}/`);
  for (const [, name, sql] of text.matchAll(/^```sql\n-- (.+)\n([^]*?)^```/gm)) {
    for (const statement of sql!.split(';').filter((part) => part.trim() !== '')) {
      const before = performance.now();
      const found = (await connection.runAndReadAll(statement)).getRowsJson();
      if (name !== 'views') say(`| ${name!} | ${found.length} | ${(performance.now() - before).toFixed(0)} |`);
    }
  }
  say('');
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 1);
}

try {
  await checkConsumers();
  if (options.large !== undefined && existsSync(options.large)) {
    timeFormats(options.large);
    if (options.earlier !== undefined) await timeDataset(options.large, options.earlier);
  }
  if (options.write) writeResults('exports', `By \`bench/exports.ts\`.\n\n${circumstances()}\n\n${lines.join('\n')}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
