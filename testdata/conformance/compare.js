// Holds a reader of perf.data against the vectors of this folder. README.md says what it must print. Needs Node 18 or later and nothing else.
//
//   node compare.js --file COMMAND [--time COMMAND] [--jitdump COMMAND] [--map COMMAND] [--validate COMMAND]
//                   [--only TEXT] [--without MEMBER,MEMBER] [--show COUNT]
//
// Each COMMAND is run by the shell with a path behind it. Exit status 0: everything that was asked is as the vectors say; 1: not all.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';

const folder = dirname(fileURLToPath(import.meta.url));
const text = { type: 'string' };
const { values: options } = parseArgs({ options: { file: text, time: text, jitdump: text, map: text, validate: text, only: text, without: text, show: text } });
const without = new Set((options.without ?? '').split(',').filter((name) => name !== ''));
const shown = Number(options.show ?? 10);

/** Types of records from here on are perf's own. */
const FIRST_OWN_TYPE = 64;
/** No reader may take longer over a file of some kilobytes. */
const MOST_MS = 20_000;

/** Runs a command to its end, or until it has taken too long: then with all that it has started. */
function run(command, path) {
  return new Promise((resolve, reject) => {
    const isWindows = process.platform === 'win32';
    const child = spawn(`${command} "${path}"`, { shell: true, detached: !isWindows, stdio: ['ignore', 'pipe', 'ignore'] });
    const timer = setTimeout(() => {
      try {
        if (isWindows) child.kill();
        else process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
      reject(new Error(`it took more than ${MOST_MS / 1000} s`));
    }, MOST_MS);
    const pieces = [];
    child.stdout.on('data', (piece) => pieces.push(piece));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (signal !== null) return reject(new Error(`it ended by ${signal}`));
      try {
        resolve({ status, lines: Buffer.concat(pieces).toString('utf8').split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line)) });
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Without the members that are left out by --without, at any depth. */
function stripped(value) {
  if (without.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(stripped);
  return Object.fromEntries(Object.entries(value).filter(([name]) => !without.has(name)).map(([name, member]) => [name, stripped(member)]));
}

/** The first place at which two values differ; undefined where they are equal. */
function difference(wanted, found, path = '') {
  if (isDeepStrictEqual(wanted, found)) return undefined;
  const isPlain = (value) => typeof value !== 'object' || value === null;
  if (isPlain(wanted) || isPlain(found) || Array.isArray(wanted) !== Array.isArray(found)) {
    const short = (value) => String(JSON.stringify(value)).slice(0, 100);
    return `${path || 'the whole'}: wanted ${short(wanted)}, found ${short(found)}`;
  }
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
    const inner = difference(wanted[name], found[name], path === '' ? name : `${path}.${name}`);
    if (inner !== undefined) return inner;
  }
  return `${path}: the order of members`;
}

/** What `--file` printed, in the form of `expect`. */
async function reading(command, path) {
  const { status, lines } = await run(command, path);
  if (status !== 0 && lines.length === 0) return { notARecording: true };
  if (lines[0]?.notARecording === true) return lines[0];
  // The last description counts: records may have changed it.
  const about = lines.filter((line) => line.recording !== undefined).at(-1)?.recording ?? {};
  return { ...about, records: lines.filter((line) => line.recording === undefined) };
}

function isTimed(record) {
  if (record.event === undefined) return false;
  const time = (record.type === 9 ? record.fields : record.sampleId)?.time;
  return time !== undefined && time !== '0' && time !== '18446744073709551615';
}

/** Where each record that was taken stands in the file. */
function indexesOf(inFile, taken) {
  const places = new Map();
  for (const [index, record] of inFile.entries()) {
    const key = JSON.stringify(sorted(record));
    places.set(key, [...(places.get(key) ?? []), index]);
  }
  return taken.map((record) => places.get(JSON.stringify(sorted(record)))?.shift() ?? -1);
}

function sorted(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]));
}

/** What is wrong with the order in which records were taken (SPEC.md 6.1); undefined where nothing is. */
function wrongOrder(expect, taken) {
  const records = stripped(expect.records);
  const indexes = indexesOf(records, stripped(taken));
  if (indexes.includes(-1)) return `a record that is not in the file: ${JSON.stringify(taken[indexes.indexOf(-1)]).slice(0, 100)}`;
  const isOrdered = (index) => isTimed(expect.records[index]) && !(expect.late ?? []).includes(index);
  const wrong = difference(expect.order ?? [...records.keys()].filter(isOrdered), indexes.filter(isOrdered), 'order');
  if (wrong !== undefined) return wrong;
  const latest = new Map();
  for (const index of indexes) {
    const record = expect.records[index];
    // What belongs to no event may be left out.
    if (record.event === undefined && record.type < FIRST_OWN_TYPE) continue;
    if (isTimed(record)) latest.set(record.source, Math.max(latest.get(record.source) ?? -1, index));
    else if (index < (latest.get(record.source) ?? -1)) return `record ${index} has no time, and comes behind one that stands later`;
  }
  return undefined;
}

/** Errors must be those of the vector; of its warnings none may be missing. */
function wrongFindings(departures, found) {
  const line = ({ clause, offset, severity }) => `${severity} ${clause} at ${offset}`;
  const errors = (list) => list.filter(({ severity }) => severity === 'error').map(line).sort();
  const missing = departures.map(line).filter((each) => !found.map(line).includes(each));
  return difference(errors(departures), errors(found), 'errors') ?? (missing.length > 0 ? `missing: ${missing.join(', ')}` : undefined);
}

const levels = { reads: [0, 0], orders: [0, 0], survives: [0, 0], jitdumps: [0, 0], 'perf maps': [0, 0], validates: [0, 0] };
/** By clause: how many vectors were tried, and which failed. */
const clauses = new Map();
const failures = [];

async function check(level, { name, clauses: shows }, wrong) {
  let reason;
  try {
    reason = await wrong();
  } catch (error) {
    reason = error.message;
  }
  levels[level][1]++;
  if (reason === undefined) levels[level][0]++;
  else failures.push(`${name} (${level}): ${reason}`);
  for (const clause of shows) {
    const state = clauses.get(clause) ?? { tried: 0, failed: [] };
    state.tried++;
    if (reason !== undefined) state.failed.push(name);
    clauses.set(clause, state);
  }
}

for (const file of readdirSync(folder).filter((each) => each.endsWith('.json')).sort()) {
  const vector = { name: file.slice(0, -5), ...JSON.parse(readFileSync(join(folder, file), 'utf8')) };
  const { name, expect, departures } = vector;
  if (options.only !== undefined && !name.includes(options.only)) continue;
  const path = ['.perf.data', '.dump', '.map'].map((end) => join(folder, name + end)).find((each) => existsSync(each));
  const kind = path.endsWith('.dump') ? 'jitdump' : path.endsWith('.map') ? 'map' : 'file';
  if (kind !== 'file' && options[kind] !== undefined) {
    await check(kind === 'map' ? 'perf maps' : 'jitdumps', vector, async () => {
      const { status, lines } = await run(options[kind], path);
      return difference(stripped(expect), stripped(status !== 0 && lines.length === 0 ? { notAJitdump: true } : lines[0]));
    });
  }
  if (kind === 'file' && options.file !== undefined) {
    const { order: _order, late: _late, meaning: _meaning, ...wanted } = expect;
    await check(departures.length === 0 ? 'reads' : 'survives', vector, async () => difference(stripped(wanted), stripped(await reading(options.file, path))));
  }
  if (kind === 'file' && options.time !== undefined && expect.records !== undefined) {
    await check('orders', vector, async () => wrongOrder(expect, (await reading(options.time, path)).records));
  }
  if (kind === 'file' && options.validate !== undefined && expect.records !== undefined) {
    await check('validates', vector, async () => wrongFindings(departures, (await run(options.validate, path)).lines.filter((line) => line.clause !== undefined)));
  }
}

for (const failure of failures.slice(0, shown)) console.log(failure);
if (failures.length > shown) console.log(`… ${failures.length - shown} more (--show ${failures.length})`);
const failed = [...clauses].filter(([, state]) => state.failed.length > 0);
const numbers = (clause) => clause.split('.').map(Number);
failed.sort(([a], [b]) => numbers(a)[0] - numbers(b)[0] || numbers(a)[1] - numbers(b)[1] || numbers(a)[2] - numbers(b)[2]);
for (const [clause, state] of failed) console.log(`clause ${clause}: ${state.failed.length} of ${state.tried} fail`);
for (const [level, [passed, all]] of Object.entries(levels)) if (all > 0) console.log(`${level}: ${passed} of ${all}`);
console.log(`clauses: ${clauses.size - failed.length} of ${clauses.size} without a failure`);
process.exitCode = failures.length === 0 && clauses.size > 0 ? 0 : 1;
