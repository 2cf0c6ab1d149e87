// Readers of the files beside a recording, and decoders, each alone: many inputs in little time.

import { Diagnostics } from '../../../src/bytes/diagnostics.ts';
import { inflate, inflateZlib } from '../../../src/bytes/inflate.ts';
import { MAX_MINI_DEBUG_INFO } from '../../../src/bytes/limits.ts';
import { perform, type Reading } from '../../../src/bytes/reading.ts';
import { MemorySource } from '../../../src/bytes/source.ts';
import { run as runWaiting } from '../../../src/bytes/waiting.ts';
import { decodeXz } from '../../../src/bytes/xz.ts';
import { decompressZstd } from '../../../src/bytes/zstd-whole.ts';
import { PortableZstdStream } from '../../../src/bytes/zstd.ts';
import { demangle } from '../../../src/demangle/demangle.ts';
import { readDebugAltLink, readDebugLink, readMiniDebugInfo } from '../../../src/elf/debug-link.ts';
import { readElf } from '../../../src/elf/elf-file.ts';
import { readSection } from '../../../src/elf/section-bytes.ts';
import { JitCode } from '../../../src/jit/jit-code.ts';
import { readJitdump } from '../../../src/jit/jitdump.ts';
import { parsePerfMap } from '../../../src/jit/perf-map.ts';
import { readEventId } from '../../../src/perfdata/tracing/event-format.ts';
import { Tracepoints } from '../../../src/perfdata/tracing/tracepoints.ts';
import { validate } from '../../../src/profile/validate.ts';
import { Module } from '../../../src/process/module.ts';
import { MemoryTree } from '../../../src/symbols/file-tree.ts';
import { KernelSymbols } from '../../../src/symbols/kernel-symbols.ts';
import { ModuleLoader } from '../../../src/symbols/module-loader.ts';
import type { SymbolTable } from '../../../src/symbols/symbol-table.ts';
import { groupLines } from '../../../src/views/validate.ts';
import { eventOf, tracingStream } from '../../../test/perfdata/tracing-stream.ts';
import type { InputFiles } from '../inputs.ts';
import type { Random } from '../random.ts';
import { broken, type Target } from './target.ts';

const bytesOf = (files: InputFiles): Uint8Array => files.get('bytes')!;

function read<T>(bytes: Uint8Array, reading: Reading<T>): T {
  const value = perform(new MemorySource(bytes), reading);
  return value instanceof Promise ? broken('a promise over memory') : value;
}

/** Asks a table for everything about its first symbols and about some addresses. */
function asked(table: SymbolTable | undefined, random: Random): void {
  if (table === undefined) return;
  for (let i = 0; i < Math.min(table.length, 40); i++) {
    if (typeof table.name(i) !== 'string') broken('a symbol without a name');
    const found = table.find(table.start(i));
    if (found < 0) continue;
    // As in perf a symbol holds its own start even where it ends there: one without a size, or so far up that start and size together,
    // as doubles, are the start again (places that no file has).
    const holds = table.start(found) === table.start(i) || (table.start(found) < table.start(i) && table.start(i) < table.end(found));
    if (!holds) broken(`symbol ${found} does not hold ${table.start(i)}`);
  }
  for (let i = 0; i < 20; i++) table.find(random.below(0x4000) - 16);
}

function elf(files: InputFiles, random: Random): void {
  const bytes = bytesOf(files);
  const diagnostics = new Diagnostics();
  const file = read(bytes, readElf(bytes.length, diagnostics));
  if (file !== undefined) {
    read(bytes, readDebugLink(file, diagnostics));
    read(bytes, readDebugAltLink(file, diagnostics));
    read(bytes, readMiniDebugInfo(file, diagnostics));
    for (const section of file.sections.slice(0, 64)) read(bytes, readSection(file, section, diagnostics));
    for (const segment of file.segments.slice(0, 64)) file.fileOffsetToAddress(segment.offset);
  }
  const loader = new ModuleLoader({ trees: [new MemoryTree('tree', new Map([['/a/x.so', bytes]]))], machine: 'x86-64', vdso: new MemorySource(bytes), diagnostics });
  for (const kind of ['file', 'vdso'] as const) {
    const loaded = loader.load(new Module(1, kind, '/a/x.so', 'x.so', ''), { unwind: true });
    if (loaded instanceof Promise) broken('a promise over memory');
    asked(loaded.symbols, random);
    for (let i = 0; i < 40; i++) loaded.cfi?.find(i < 20 ? i * 64 : random.below(0x3000));
    for (let i = 0; i < 8; i++) loaded.fileOffsetToAddress(random.below(0x4000));
  }
}

/** What debugging information says of places all over a file. */
function debugInfo(files: InputFiles, random: Random): void {
  const diagnostics = new Diagnostics();
  const loader = new ModuleLoader({ trees: [new MemoryTree('tree', new Map([['/a/x.so', bytesOf(files)]]))], machine: 'x86-64', diagnostics });
  const source = loader.loadSource(new Module(1, 'file', '/a/x.so', 'x.so', ''));
  if (source instanceof Promise) broken('a promise over memory');
  if (source === undefined) return;
  for (let i = 0; i < 60; i++) {
    const address = random.once(3) ? random.below(0x8000) : 0x1000 + i * 24;
    const known = runWaiting(source.at(address, { inlines: !random.once(4), lines: !random.once(4) }));
    if (known instanceof Promise) broken('a promise over memory');
    const { inlined, names, paths } = source.place;
    if (known) for (let at = 0; at <= inlined; at++) void [at < inlined ? source.name(names[at]!) : '', source.path(paths[at]!)];
  }
  source.close();
}

async function validated(name: string, files: InputFiles): Promise<void> {
  const { groups } = await validate({ sources: [new MemorySource(bytesOf(files))], fileName: name });
  for (const group of groups) if (groupLines(group).length === 0) broken('a finding without a line');
}

function jitdump(files: InputFiles, random: Random): void {
  const bytes = bytesOf(files);
  const diagnostics = new Diagnostics();
  const code = new JitCode(read(bytes, readJitdump(bytes.length, { timeBaseHigh: random.below(3) }, diagnostics)), diagnostics);
  for (let i = 0; i < Math.min(code.length, 60); i++) {
    code.name(i);
    code.line(i, code.start(i) + random.below(64));
    code.cfi(i)?.find(random.below(64));
    void [code.isTrampoline(i), code.codeOffset(i), code.index(i), code.pid(i)];
    const found = code.find(code.start(i), code.time(i));
    if (found >= 0 && !(code.start(found) <= code.start(i) && code.start(i) < code.end(found))) broken('code that does not hold the address');
  }
}

function perfMap(files: InputFiles, random: Random): void {
  asked(parsePerfMap(bytesOf(files), new Diagnostics()), random);
}

function kallsyms(files: InputFiles, random: Random): void {
  const symbols = new KernelSymbols(bytesOf(files), new Diagnostics());
  const relocation = symbols.relocation({ name: '_text', address: -0x8000_0000 });
  asked(symbols.kernel(relocation ?? 0), random);
  for (const name of symbols.modules.slice(0, 10)) asked(symbols.module(name), random);
}

function tracing(files: InputFiles, random: Random): void {
  const read = Tracepoints.from(bytesOf(files), 0, new Diagnostics(), random.once(4) ? 'c' : 'perf');
  if (read === undefined) return;
  for (const text of read.data.formats.slice(0, 12)) printed(read, readEventId(text)?.id ?? 5, random);
}

/** Prints random events of a kind. */
function printed(read: Tracepoints, id: number, random: Random): void {
  for (let i = 0; i < 3; i++) {
    const raw = Uint8Array.from({ length: 8 + random.below(120) }, () => (random.once(3) ? random.below(256) : random.pick([0, 0, 1, 8, 0xff])));
    new DataView(raw.buffer).setUint16(0, id, true);
    if (typeof read.text(eventOf(id), raw, new DataView(raw.buffer), 0, raw.length) !== 'string') broken('an event without a text');
  }
}

function format(files: InputFiles, random: Random): void {
  const text = new TextDecoder().decode(bytesOf(files));
  const id = Number(/ID: *(\d+)/.exec(text)?.[1] ?? 5);
  const read = Tracepoints.from(tracingStream({ formats: { any: [text] } }), 0, new Diagnostics(), random.once(4) ? 'c' : 'perf');
  if (read === undefined) broken('a stream that was not damaged');
  read.formatOf(id);
  printed(read, id, random);
}

function names(files: InputFiles): void {
  const name = new TextDecoder().decode(bytesOf(files));
  if (typeof demangle(name) !== 'string') broken('no name');
}

function xz(files: InputFiles): void {
  decodeXz(bytesOf(files), MAX_MINI_DEBUG_INFO);
}

function zstd(files: InputFiles, random: Random): void {
  const bytes = bytesOf(files);
  const stream = new PortableZstdStream();
  let made = '';
  try {
    const cut = random.below(bytes.length);
    for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) made += ` ${stream.push(piece).length}`;
  } catch (error) {
    // What is not a stream is told by throwing, and record-stream.ts asks for no more.
    if (!(error instanceof Error) || made.length < 0) throw error;
  }
  decompressZstd(bytes, random.pick([0, 100, 65_536]));
}

function deflate(files: InputFiles, random: Random): void {
  const size = random.pick([0, 1, 1000, 100_000]);
  if (inflate(bytesOf(files), size).length > size) broken('more than was asked for');
}

function zlib(files: InputFiles, random: Random): void {
  const size = random.pick([0, 1, 1000, 100_000]);
  if (inflateZlib(bytesOf(files), size).length > size) broken('more than was asked for');
}

export const FILE_TARGETS: readonly Target[] = [
  { name: 'elf', kind: 'elf', weight: 10, run: elf },
  { name: 'debug-info', kind: 'elf', weight: 10, run: debugInfo },
  { name: 'validate-jitdump', kind: 'jitdump', weight: 3, run: (files) => validated('jit-1.dump', files) },
  { name: 'validate-map', kind: 'perf-map', weight: 2, run: (files) => validated('perf-1.map', files) },
  { name: 'jitdump', kind: 'jitdump', weight: 6, run: jitdump },
  { name: 'perf-map', kind: 'perf-map', weight: 3, run: perfMap },
  { name: 'kallsyms', kind: 'kallsyms', weight: 3, run: kallsyms },
  { name: 'tracing', kind: 'tracing', weight: 4, run: tracing },
  { name: 'format', kind: 'format', weight: 6, run: format },
  { name: 'names', kind: 'names', weight: 4, run: names },
  { name: 'xz', kind: 'xz', weight: 2, run: xz },
  { name: 'zstd', kind: 'zstd', weight: 3, run: zstd },
  { name: 'deflate', kind: 'deflate', weight: 2, run: deflate },
  { name: 'zlib', kind: 'zlib', weight: 1, run: zlib },
];
