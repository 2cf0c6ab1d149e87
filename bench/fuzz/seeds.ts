// What inputs are made of: the small recordings, ELF files, jitdumps, maps, streams and names of testdata, and built recordings.
// Recordings are cut down to some records of each type, since short inputs are many inputs.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { deflateRawSync, deflateSync } from 'node:zlib';
import { elfFolder } from '../../test/elf/reading-elf.ts';
import { JitdumpWriter } from '../../test/jit/jitdump-writer.ts';
import { type Language, type RecordedEvent, tracingFixture, tracingStream } from '../../test/perfdata/tracing-stream.ts';
import { PROJECT_ROOT } from '../../test/project/project-root.ts';
import { MODULE_PATH, kernelRecording } from '../../test/symbols/kernel-recording.ts';
import { builtArchive } from './built-archives.ts';
import { deferred, everyField, everyType, inJitCode, unwound } from './built-recordings.ts';
import { Random } from './random.ts';
import { type RecordingModel, takenApart } from './recording-model.ts';

/** What a target reads. */
export type SeedKind = 'recording' | 'elf' | 'jitdump' | 'perf-map' | 'kallsyms' | 'tracing' | 'format' | 'xz' | 'zstd' | 'deflate' | 'zlib' | 'names' | 'archive' | 'trace';

/** The files that belong to a recording, by what an input calls them (inputs.ts). */
export type Companions = ReadonlyMap<string, Uint8Array>;

export interface Seed {
  readonly name: string;
  readonly kind: SeedKind;
  /** Of a recording. */
  readonly model?: RecordingModel;
  /** Of anything else. */
  readonly bytes?: Uint8Array;
  readonly companions: Companions;
}

const NONE: Companions = new Map();
const TESTDATA = join(PROJECT_ROOT, 'testdata');
/** Of a recording that is cut down: records of one type, samples, and bytes of all. */
const MOST_OF_TYPE = 3;
const MOST_SAMPLES = 8;
const MOST_BYTES = 24_576;
const MOST_TRACING = 65_536;

/** All seeds of some kinds, always in the same order. `more`: folders with further recordings. */
export function seedsOf(kinds: readonly SeedKind[], more: readonly string[] = []): Seed[] {
  return [...(kinds.includes('recording') ? recordings(more) : []), ...blobs()].filter((seed) => kinds.includes(seed.kind));
}

function recordings(more: readonly string[]): Seed[] {
  const seeds: Seed[] = [];
  const add = (name: string, model: RecordingModel | undefined, companions: Companions = NONE): void => {
    if (model !== undefined) seeds.push({ name, kind: 'recording', model, companions });
  };
  for (const folder of [...['perfdata', 'report', 'damage', 'conformance'].map((name) => join(TESTDATA, name)), ...more]) {
    for (const path of filesBelow(folder).filter((file) => /\.data$/.test(file))) {
      const model = takenApart(read(path));
      if (model !== undefined) add(relative(TESTDATA, path), cutDown(model));
    }
  }
  const demo = takenApart(read(join(TESTDATA, 'demo/perf.data')));
  if (demo !== undefined) add('demo', cutDown(demo), demoCompanions());
  for (const little of [true, false]) {
    const order = little ? 'le' : 'be';
    add(`every-field-${order}`, everyField(little));
    add(`every-type-${order}`, everyType(little, new Random(1)));
    add(`deferred-${order}`, deferred(little));
  }
  const library = read(join(TESTDATA, 'dwarf/rows.so'));
  const addresses = Array.from({ length: 40 }, (_, i) => 0x330 + i * 25);
  for (const name of ['rows.so', 'rows-debug.so']) {
    add(`unwound-${name}`, unwound(`/lib/${name}`, addresses, 'x86-64', new Random(2)), new Map([[`file:/lib/${name}`, name === 'rows.so' ? library : read(join(TESTDATA, 'dwarf', name))]]));
  }
  add('unwound-arm64', unwound('/lib/rows.so', addresses, 'arm64', new Random(3)), new Map([['file:/lib/rows.so', withMachine(library, 183)]]));
  for (const name of ['tiny.so', 'mini.so']) {
    const files: [string, Uint8Array][] = [[`file:/lib/${name}`, read(join(TESTDATA, 'symbols', name))], ['file:/lib/.debug/tiny.debug', read(join(TESTDATA, 'symbols/tiny.debug'))]];
    add(`unwound-${name}`, unwound(`/lib/${name}`, [0x1000, 0x1010, 0x1020], 'x86-64', new Random(4)), new Map(files));
  }
  for (const name of ['clang5.so', 'gcc5.so', 'gcc4-types.so', 'gcc5-zlib.so', 'gcc2.so']) {
    const files: [string, Uint8Array][] = [[`file:/lib/${name}`, read(join(TESTDATA, 'dwarf/lines', name))]];
    add(`lines-${name}`, unwound(`/lib/${name}`, Array.from({ length: 40 }, (_, i) => 0x1000 + i * 24), 'x86-64', new Random(5)), new Map(files));
  }
  add('kernel', takenApart(kernelRecording(8n)), new Map([['file:/vmlinux', read(join(TESTDATA, 'kernel/vmlinux'))], [`file:${MODULE_PATH}`, read(join(TESTDATA, 'kernel/calls.ko'))]]));
  for (const [name, dump] of jitdumps()) {
    const pid = new DataView(dump.buffer, dump.byteOffset).getUint32(20, true);
    const text = addressesIn(dump);
    const companions = new Map([[`jitdump:jit-${pid}.dump`, dump], [`map:${pid}`, read(join(TESTDATA, 'jit/py313.map'))]]);
    add(`jit-${name}`, inJitCode(pid, text.length === 0 ? [0x10_0000] : text), companions);
  }
  return seeds;
}

/** Records of each type, the first ones; what unwinding needs of the demo's first samples stays whole. */
function cutDown(model: RecordingModel): RecordingModel {
  const counts = new Map<number, number>();
  let bytes = 0;
  const records = model.records.filter((record) => {
    const type = record.length < 8 ? 0 : new DataView(record.buffer, record.byteOffset).getUint32(0, model.littleEndian);
    const count = counts.get(type) ?? 0;
    if (count >= (type === 9 ? MOST_SAMPLES : type === 10 ? MOST_OF_TYPE * 3 : MOST_OF_TYPE) || bytes + record.length > MOST_BYTES) return false;
    counts.set(type, count + 1);
    bytes += record.length;
    return true;
  });
  const features = new Map([...model.features].filter(([, payload]) => payload.length <= MOST_TRACING));
  return { ...model, records, features, events: model.events.slice(0, 12) };
}

function blobs(): Seed[] {
  const seeds: Seed[] = [];
  const add = (kind: SeedKind, name: string, bytes: Uint8Array): void => void seeds.push({ name, kind, bytes, companions: NONE });
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  for (const path of [...filesBelow(elfFolder), ...filesBelow(join(TESTDATA, 'dwarf')), ...filesBelow(join(TESTDATA, 'symbols'))]) {
    if (/\.(elf|so|o|debug)$/.test(path)) add('elf', relative(TESTDATA, path), read(path));
  }
  for (const [name, dump] of jitdumps()) add('jitdump', name, dump);
  for (const name of ['py313.map', 'pypy.map']) add('perf-map', name, read(join(TESTDATA, 'jit', name)));
  const kallsyms = read(join(TESTDATA, 'demo/symfs/kallsyms'));
  add('kallsyms', 'demo', kallsyms);
  add('kallsyms', 'modules', encode('ffffffff81000000 T _text\nffffffff81000100 t f\t[m]\nffffffff81000200 D d\nffffffffc0000000 t g\t[n]\n'.repeat(12)));
  const events = tracingFixture('events.json') as RecordedEvent[];
  const language = tracingFixture('language.json') as Language;
  for (const little of [true, false]) {
    const chosen = events.filter((event) => event.littleEndian === little).slice(0, 6);
    const formats = { real: chosen.map((event) => event.format) };
    add('tracing', `events-${little ? 'le' : 'be'}`, tracingStream({ littleEndian: little, formats, printkFormats: language.printkFormats, savedCmdlines: '1 init\n2 other\n' }));
  }
  add('tracing', 'old', tracingStream({ version: '0.5', longSize: 4, formats: { real: [events[0]!.format] } }));
  for (const event of events) add('format', event.event, encode(event.format));
  for (const [i, { print }] of language.cases.slice(0, 60).entries()) add('format', `language-${i}`, encode(`name: x\nID: 5\nformat:\n${language.fields}\n\nprint fmt: ${print}\n`));
  const mini = read(join(TESTDATA, 'symbols/mini.so'));
  const xzAt = mini.findIndex((byte, i) => byte === 0xfd && mini[i + 1] === 0x37 && mini[i + 2] === 0x7a);
  add('xz', 'mini', mini.slice(xzAt, xzAt + 936));
  for (const name of ['zstd.data', 'zstd-old.data']) for (const [i, piece] of compressedPieces(read(join(TESTDATA, 'perfdata', name))).slice(0, 3).entries()) add('zstd', `${name}-${i}`, piece);
  for (const [name, plain] of [['text', kallsyms], ['elf', mini]] as const) {
    add('deflate', name, new Uint8Array(deflateRawSync(plain)));
    add('zlib', name, new Uint8Array(deflateSync(plain)));
  }
  const part = (name: string, file: string): { readonly name: string; readonly bytes: Uint8Array } => ({ name, bytes: read(join(TESTDATA, file)) });
  add('archive', 'tiny', builtArchive([
    { ...part('perf.data', 'perfdata/zstd.data'), kind: 'recording' }, { ...part('symfs/lib/tiny.so', 'symbols/tiny.so'), kind: 'elf', path: '/lib/tiny.so', parts: ['symbols'] },
    { ...part('perf-1.map', 'jit/py313.map'), kind: 'perf-map', pid: 1 }, { name: 'kallsyms', bytes: kallsyms, kind: 'kallsyms' },
  ]));
  const random = new Random(6);
  // Intel PT: PSB, TNT, TIP, PAD, CYC; Arm SPE: address, counter, time, events, context.
  const packets = [[2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82, 2, 0x82], [0x2d, 1, 2], [0x4d, 1, 2, 3, 4], [0], [3], [0xb0, 1, 2, 3, 4, 5, 6, 7, 8], [0x98, 1, 0], [0x71, 1, 2, 3, 4, 5, 6, 7, 8], [0x52, 1, 0], [0x64, 1, 0, 0, 0]];
  for (let i = 0; i < 4; i++) add('trace', `packets-${i}`, Uint8Array.from(Array.from({ length: 200 }, () => random.pick(packets)).flat()));
  for (const name of ['itanium.txt', 'beyond-libstdcxx.txt', 'rust.txt']) {
    const lines = new TextDecoder().decode(read(join(TESTDATA, 'demangle', name))).split('\n').map((line) => line.split(/\s/)[0]!);
    for (const [i, line] of lines.filter((word) => /^[_cL]/.test(word)).entries()) if (i % 3 === 0) add('names', `${name}-${i}`, encode(line));
  }
  return seeds;
}

function jitdumps(): [string, Uint8Array][] {
  const recorded = filesBelow(join(TESTDATA, 'jit')).filter((path) => path.endsWith('.dump')).map((path): [string, Uint8Array] => [basename(path), read(path)]);
  const written = (littleEndian: boolean): Uint8Array =>
    new JitdumpWriter({ littleEndian, pid: 77 })
      .unwinding(Uint8Array.of(20, 0, 0, 0, 0, 0, 0, 0, 1, 0x7a, 0x52, 0, 1, 0x78, 16, 1, 0x1b, 12, 7, 8, 0x90, 1, 0, 0, 16, 0, 0, 0, 28, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0), new Uint8Array(20), 5n)
      .debugInfo(0x7000_0000, [{ address: 0x7000_0000, line: 1, column: 1, file: 'a.py' }, { address: 0x7000_0008, line: 2, column: 1, file: null }], 6n)
      .load({ name: 'py::f:a.py', start: 0x7000_0000, size: 64, time: 7n, index: 1 })
      .load({ name: 'py::g:a.py', start: 0x7000_0100, size: 32, time: 8n, index: 2 })
      .move({ from: 0x7000_0100, to: 0x7000_0200, size: 32, index: 2, time: 9n })
      .close(10n)
      .bytes();
  return [...recorded, ['written-le', written(true)], ['written-be', written(false)]];
}

/** Of the code that a little-endian jitdump loads. */
function addressesIn(dump: Uint8Array): number[] {
  const view = new DataView(dump.buffer, dump.byteOffset, dump.byteLength);
  const found: number[] = [];
  for (let at = view.getUint32(8, true); at + 56 <= dump.length; ) {
    const size = view.getUint32(at + 4, true);
    if (size < 16) break;
    if (view.getUint32(at, true) === 0) found.push(Number(view.getBigUint64(at + 32, true)));
    at += size;
  }
  return found;
}

/** The zstd streams in the records of a little-endian recording. */
function compressedPieces(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces: Uint8Array[] = [];
  for (let at = Number(view.getBigUint64(40, true)); at + 16 <= bytes.length; ) {
    const [type, size] = [view.getUint32(at, true), view.getUint16(at + 6, true)];
    if (size < 8) break;
    if (type === 81) pieces.push(bytes.slice(at + 8, at + size));
    else if (type === 83) pieces.push(bytes.slice(at + 16, at + 16 + Number(view.getBigUint64(at + 8, true))));
    at += size;
  }
  return pieces;
}

function demoCompanions(): Companions {
  const root = join(TESTDATA, 'demo/symfs');
  const files = filesBelow(root).map((path): [string, Uint8Array] => [`file:/${relative(root, path).replaceAll('\\', '/')}`, read(path)]);
  return new Map([...files, ['kallsyms', read(join(root, 'kallsyms'))], ['jitdump:jit-30191.dump', read(join(TESTDATA, 'demo/jit-30191.dump'))]]);
}

function withMachine(elf: Uint8Array, machine: number): Uint8Array {
  const copy = elf.slice();
  new DataView(copy.buffer).setUint16(18, machine, true);
  return copy;
}

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}

/** Paths of all files in a folder and below, in the order of their names. */
function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}
