// The kernel's own file and those of its modules: where they are found, where KASLR and the module loader put them, and the archive of them.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { run } from '../../src/bytes/waiting.ts';
import { Module } from '../../src/process/module.ts';
import type { ModuleKind } from '../../src/process/module.ts';
import { MemoryTree } from '../../src/symbols/file-tree.ts';
import { ModuleLoader } from '../../src/symbols/module-loader.ts';
import type { LoadedModule, ModuleLoaderOptions } from '../../src/symbols/module-loader.ts';
import { unpackedModule } from '../../src/symbols/packed-module.ts';
import { dataPath, perfts } from '../end-to-end/command.ts';
import { text } from './fixtures.ts';
import { KERNEL_ID, MODULE_ID, MODULE_PATH, RELEASE, kernelRecording } from './kernel-recording.ts';

const vmlinux = data('vmlinux');
const ko = data('foo-bar.ko');
/** Where it is linked, and where the recording says that it lay. */
const LINKED = signed(0xffffffff81000000n);
const MOVED = signed(0xffffffff9c000000n);
const MODULE_START = signed(0xffffffffc0400000n);

function data(name: string): Uint8Array {
  return new Uint8Array(readFileSync(dataPath('kernel', name)));
}

function signed(address: bigint): number {
  return Number(BigInt.asIntN(64, address));
}

function treeOf(files: Record<string, Uint8Array>): MemoryTree {
  return new MemoryTree('root', new Map(Object.entries(files)));
}

function load(kind: ModuleKind, path: string, buildId: string, options: Partial<ModuleLoaderOptions>): LoadedModule {
  const kernelReference = () => ({ name: '_text', address: MOVED });
  const loader = new ModuleLoader({ trees: [], machine: 'x86-64', diagnostics: new Diagnostics(), release: RELEASE, kernelReference, ...options });
  const shortName = kind === 'kernel' ? path : '[foo_bar]';
  const loaded = loader.load(new Module(1, kind, path, shortName, buildId), { unwind: true });
  if (loaded instanceof Promise) throw new Error('synchronous sources make no promises');
  return loaded;
}

const kernel = (options: Partial<ModuleLoaderOptions>, buildId = KERNEL_ID): LoadedModule => load('kernel', '[kernel.kallsyms]', buildId, options);
const kernelModule = (options: Partial<ModuleLoaderOptions>, buildId = MODULE_ID, path = MODULE_PATH): LoadedModule => load('kernel-module', path, buildId, options);

function nameAt(loaded: LoadedModule, place: number): string {
  const symbol = loaded.symbols?.find(place) ?? -1;
  return symbol < 0 ? '' : `${loaded.symbols!.name(symbol)}+${place - loaded.symbols!.start(symbol)}`;
}

/** The same file with another build id. */
function rebuilt(file: Uint8Array, id: string): Uint8Array {
  const copy = file.slice();
  copy[Buffer.from(copy.buffer).indexOf(Buffer.from(id, 'hex'))]! ^= 0xff;
  return copy;
}

t.test('vmlinux: where it is found, and where KASLR has put it', async (t) => {
  const link = `.build-id/${KERNEL_ID.slice(0, 2)}/${KERNEL_ID.slice(2)}`;
  const places = [
    `.debug/${link}/vmlinux`, `.debug/${link}/elf`, `${link}/vmlinux`, 'vmlinux', 'boot/vmlinux', `boot/vmlinux-${RELEASE}`, `usr/lib/debug/boot/vmlinux-${RELEASE}`,
    `lib/modules/${RELEASE}/build/vmlinux`, `usr/lib/debug/lib/modules/${RELEASE}/vmlinux`, `usr/lib/debug/boot/vmlinux-${RELEASE}.debug`,
    `lib/modules/${RELEASE}/vmlinux`, `usr/lib/debug/${link}.debug`,
  ];
  for (const [i, place] of places.entries()) {
    const loaded = kernel({ trees: [treeOf({ [place]: vmlinux })] });
    t.equal(nameAt(loaded, MOVED + 0x110), 'schedule+16', place);
    t.equal(nameAt(loaded, LINKED + 0x110), '');
    t.match(loaded.files, { symbols: { path: place }, buildId: KERNEL_ID });
    t.equal(kernel({ trees: [treeOf({ [place]: rebuilt(vmlinux, KERNEL_ID) })] }).found, 'missing', `of another build: ${place}`);
    const unproved = kernel({ trees: [treeOf({ [place]: vmlinux })] }, '');
    t.equal(unproved.found !== 'missing', place.includes(RELEASE), 'without a recorded id only where the release is named');
    const next = places[i + 1];
    if (next !== undefined) t.equal(kernel({ trees: [treeOf({ [place]: vmlinux, [next]: vmlinux })] }).files?.symbols.path, place, 'perf\'s order');
  }
  t.equal(nameAt(kernel({ trees: [treeOf({ vmlinux })] }), MOVED + 0x3000), 'start_kernel+0', 'sections behind the text too');
  t.equal(nameAt(kernel({ trees: [treeOf({ vmlinux })], kernelReference: () => undefined }), LINKED + 0x140), 'local_help+0');
  const diagnostics = new Diagnostics();
  kernel({ trees: [treeOf({ vmlinux })], kernelReference: () => ({ name: '_nothing', address: MOVED }), diagnostics });
  t.ok(diagnostics.has('vmlinux-reference'));
  for (const folder of [{ [`${link}.debug`]: vmlinux }, { vmlinux }, { [`vmlinux-${RELEASE}`]: vmlinux }, { [`${KERNEL_ID}/debuginfo`]: vmlinux }]) {
    t.equal(nameAt(kernel({ more: { folders: [treeOf(folder)] } }), MOVED + 0x100), 'schedule+0', Object.keys(folder).join());
  }
  const served = kernel({ more: { servers: [treeOf({ [`${KERNEL_ID}/debuginfo`]: vmlinux })] } });
  t.equal(nameAt(served, MOVED + 0x100), 'schedule+0', 'debuginfod');
  t.notOk(served.steps.some(({ path }) => path.endsWith('executable')), 'which is not asked for what cannot run');
  t.equal(kernel({ trees: [treeOf({ 'boot/vmlinux-../../x': vmlinux })], release: '../../x' }, '').found, 'missing', 'a release is a name, not a path');
});

t.test('vmlinux and kallsyms: which goes first', async (t) => {
  const kallsyms = new MemorySource(text('ffffffff9c000000 T _text\nffffffff9c000100 T of_kallsyms\nffffffffc0400000 t g\t[foo_bar]\n'));
  const tree = treeOf({ 'boot/vmlinux': vmlinux, [MODULE_PATH]: ko });
  t.equal(nameAt(kernel({ trees: [tree], kallsyms }), MOVED + 0x100), 'of_kallsyms+0', 'what was given before what is found');
  t.equal(nameAt(kernel({ trees: [tree], kallsyms, vmlinux: new MemorySource(vmlinux) }), MOVED + 0x100), 'schedule+0');
  const cached = treeOf({ [`.debug/.build-id/55/${KERNEL_ID.slice(2)}/kallsyms`]: text('ffffffff9c000000 T _text\nffffffff9c000100 T cached\n') });
  t.equal(nameAt(kernel({ trees: [cached, tree] }), MOVED + 0x100), 'schedule+0', 'a vmlinux before a cached kallsyms, as in perf');
  t.equal(nameAt(kernel({ trees: [cached] }), MOVED + 0x100), 'cached+0');
  t.equal(nameAt(kernelModule({ trees: [tree], kallsyms }), MODULE_START), 'g+0', 'modules: addresses of kallsyms before the file');
  for (const [given, says] of [[rebuilt(vmlinux, KERNEL_ID), /another build than the recorded kernel/], [text('nothing'), /no ELF file/]] as const) {
    const diagnostics = new Diagnostics();
    t.equal(kernel({ vmlinux: new MemorySource(given), diagnostics }).found, 'missing');
    t.match(diagnostics.all().find(({ code }) => code === 'vmlinux-refused')?.message, says);
  }
});

t.test('modules: packed or not, laid out as the kernel does it', async (t) => {
  const base = MODULE_PATH.replace(/\.xz$/, '');
  for (const ending of ['', '.xz', '.zst', '.gz']) {
    for (const place of [base + ending, `/usr${base}${ending}`]) {
      const loaded = kernelModule({ trees: [treeOf({ [place]: data(`foo-bar.ko${ending}`) })] });
      t.equal(loaded.countsFromStart, true, place);
      t.same([0, 0x63, 0x64, 0x80, 0x97, 0x98, 0xa0, 0xaf, 0xb0].map((at) => nameAt(loaded, at)), [
        'foo_read+0', 'foo_read+99', 'foo_write+0', 'foo_cold+0', 'foo_cold+23', '', 'cleanup_module+0', 'cleanup_module+15', '',
      ]);
      t.equal(loaded.symbols!.length, 4, 'what is thrown away after start, and data, lie elsewhere');
    }
  }
  for (const place of [`usr/lib/debug${base}`, `usr/lib/debug${base}.debug`, `usr/lib/debug/.build-id/66/${MODULE_ID.slice(2)}.debug`, `.debug/.build-id/66/${MODULE_ID.slice(2)}/elf`]) {
    t.equal(nameAt(kernelModule({ trees: [treeOf({ [place]: ko })] }), 0), 'foo_read+0', place);
  }
  t.equal(kernelModule({ trees: [treeOf({ [base]: rebuilt(ko, MODULE_ID) })] }).found, 'missing');
  t.equal(kernelModule({ trees: [treeOf({ [base]: ko })], kernelModules: false }).found, 'missing', '--no-modules');
  const listed = { [`/lib/modules/${RELEASE}/modules.dep`]: text('kernel/a.ko:\nkernel/fs/foo-bar.ko.zst: kernel/a.ko\n'), [`/lib/modules/${RELEASE}/kernel/fs/foo-bar.ko.zst`]: data('foo-bar.ko.zst') };
  t.equal(nameAt(kernelModule({ trees: [treeOf(listed)] }, '', '[foo_bar]'), 0), 'foo_read+0', 'recorded by name only');
  t.equal(nameAt(kernelModule({ more: { folders: [treeOf({ 'foo-bar.ko.xz': data('foo-bar.ko.xz') })] } }, MODULE_ID, '[foo_bar]'), 0), 'foo_read+0');
  t.equal(kernelModule({ more: { folders: [treeOf({ 'foo-bar.ko': ko })] } }, '').found, 'missing', 'by name in a folder only with a build id');
});

t.test('packed modules that are damaged or lie', async (t) => {
  const open = (bytes: Uint8Array): number => {
    const file = run(unpackedModule(new MemorySource(bytes)));
    return file instanceof Promise ? -1 : file.size;
  };
  t.equal(open(gzipSync(ko, { level: 1 })), ko.length);
  const named = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8 | 4 | 16 | 2, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3]), Buffer.from('name\0comment\0xx'), gzipSync(ko).subarray(10)]);
  t.equal(open(named), ko.length, 'names and comments in the header');
  const claims = gzipSync(ko);
  claims.writeUInt32LE(200_000_000, claims.length - 4);
  t.equal(open(claims), 0, 'a size that nobody believes');
  for (const ending of ['.xz', '.zst', '.gz']) {
    const whole = data(`foo-bar.ko${ending}`);
    for (let length = 0; length < whole.length; length += 37) t.ok(open(whole.subarray(0, length)) <= ko.length);
    fc.assert(fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const torn = whole.slice();
      torn[at] = byte;
      kernelModule({ trees: [treeOf({ [MODULE_PATH]: torn })] });
      return true;
    }), { numRuns: 60 });
  }
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(ko.length - 1), fc.nat(255)), { maxLength: 12 }), (edits) => {
    const torn = ko.slice();
    for (const [at, byte] of edits) torn[at] = byte;
    nameAt(kernelModule({ trees: [treeOf({ [MODULE_PATH]: torn })] }, ''), 0x10);
    return true;
  }), { numRuns: 300 });
});

t.test('on the command line, and in an archive', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'perfts-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const recording = join(folder, 'perf.data');
  writeFileSync(recording, kernelRecording());
  const put = (path: string, from: string): string => {
    const to = join(folder, path);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(dataPath('kernel', from), to);
    return to;
  };
  put(`symfs${MODULE_PATH}`, 'foo-bar.ko.xz');
  const named = put('elsewhere/kernel.elf', 'vmlinux');
  const fields = ['-F', 'ip,sym,symoff,dso'];
  const symfs = ['--symfs', join(folder, 'symfs')];
  const expected = [
    /ffffffff9c000110 schedule\+0x10 \(\[kernel\.kallsyms\]\)/, / ffffffffc0400064 foo_write\+0x0 \(\[foo_bar\]\)/, / ffffffffc04000a4 cleanup_module\+0x4 \(\[foo_bar\]\)/,
    / ffffffffc0500064 foo_write\+0x0 \(\[foo_bar\]\)/,
  ];
  const rows = async (...options: readonly string[]): Promise<string[]> => (await perfts('script', ...fields, ...options)).out.trim().split('\n');
  const whole = await rows(recording, ...symfs, '-k', named);
  t.match(whole, expected, '-k, and modules wherever they were loaded');
  t.match(await rows(recording, ...symfs, '--vmlinux', named, '--no-modules'), [expected[0], / ffffffffc0400064 \[unknown\] \(\[foo_bar\]\)/, /unknown/, /unknown/]);
  t.match(await rows(recording, ...symfs), [/ffffffff9c000110 \[unknown\] \(\[kernel\.kallsyms\]\)/, ...expected.slice(1)]);
  t.match((await perfts('report', recording, '-k', join(folder, 'none'))), { status: 1, err: /none: no such file/ });
  const doctor = await perfts('doctor', recording, ...symfs, '-k', named);
  t.match(doctor.out, /\[kernel\.kallsyms\] \(vmlinux: vmlinux\)\n/);
  t.match(doctor.out, /foo-bar\.ko\.xz \(recorded-path: .*foo-bar\.ko\.xz\)\n/);
  t.match((await perfts('doctor', recording)).out, /the module's symbols are not there[^]*--symfs ROOT with its file at ROOT\/lib\/modules\/7\.1-test\/kernel\/fs\/foo-bar\.ko\.xz/);
  t.match((await perfts('doctor', recording, '-k', dataPath('kernel', 'foo-bar.ko'))).out, /the kernel's file was found, but of another build/);

  const archive = join(folder, 'k.perfts');
  t.match(await perfts('archive', recording, '-o', archive, ...symfs, '--vmlinux', named, '--with-lines'), { status: 0, out: /1 recording, 2 symbol files/, err: '' });
  t.same(await rows(archive), whole, 'the same out of the archive alone');
  const list = (await perfts('archive', '--list', archive)).out;
  t.match(list, new RegExp(`symfs/usr/lib/debug/\\.build-id/55/${KERNEL_ID.slice(2)}\\.debug`));
  t.match(list, /symfs\/lib\/modules\/7\.1-test\/kernel\/fs\/foo-bar\.ko +6677[^]*\(symbols, unwinding\)/);
  const bare = join(folder, 'bare.perfts');
  t.match(await perfts('archive', recording, '-o', bare), { err: /foo-bar\.ko\.xz was not found[^]*no kernel symbols/ });
  t.match(await perfts('archive', bare, '--add', named, '--add', dataPath('kernel', 'foo-bar.ko.zst')), { status: 0, err: '' });
  t.same(await rows(bare), whole, 'files that were found later');
});

t.test('annotate: code of the kernel, wherever KASLR has put it, and of its modules', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'perfts-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const write = (path: string, bytes: Uint8Array): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
    return join(folder, path);
  };
  const recording = write('perf.data', kernelRecording());
  // schedule+0x10 calls local_help.
  const withCall = vmlinux.slice();
  const body = Buffer.from(withCall.buffer).indexOf(Buffer.alloc(64, 0x90));
  withCall.set([0xe8, 0x2b, 0, 0, 0], body + 0x110);
  const image = write('vmlinux', withCall);
  const kallsyms = write('kallsyms', text('ffffffff9c000000 T _text\nffffffff9c000100 T schedule\nffffffff9c000140 t local_help\nffffffff9c000170 T other\nffffffffc0400000 t foo_read\t[foo_bar]\nffffffffc0400064 t foo_write\t[foo_bar]\nffffffffc0400080 t end\t[foo_bar]\n'));
  write(`symfs${MODULE_PATH}`, data('foo-bar.ko.xz'));
  const symfs = ['--symfs', join(folder, 'symfs')];
  const annotate = (symbol: string, ...words: readonly string[]): ReturnType<typeof perfts> => perfts('annotate', '-i', recording, '-s', symbol, ...words);
  const called = /0\.00 : {3}ffffffff8100010f: nop\n\* 100\.00 : {3}ffffffff81000110: callq 0xffffffff81000140 <local_help>\n/;
  t.match(await annotate('schedule', '-k', image), { status: 0, out: called });
  for (const place of ['symfs/vmlinux', `symfs/lib/modules/${RELEASE}/vmlinux`]) {
    write(place, withCall);
    if (place.includes(RELEASE)) continue;
    t.match(await annotate('schedule', '--kallsyms', kallsyms, ...symfs), { status: 0, out: called }, 'names from kallsyms, code from the file');
    rmSync(join(folder, place));
  }
  const bare = await annotate('schedule', '--kallsyms', kallsyms);
  t.match(bare, { status: 0, out: /^# No instructions: \[kernel\.kallsyms\]: [^\n]*\n[^]*\* 100\.00 : {3}ffffffff9c000110:\n/ }, 'without it the places');
  const other = write('other', rebuilt(withCall, KERNEL_ID));
  t.match((await annotate('schedule', '--kallsyms', kallsyms, '-k', other)).out, /^# No instructions: /, 'of another build');
  const json = JSON.parse((await annotate('schedule', '-k', image, '--json')).out) as { functions: { instructions: { address: string; samples: number[] }[] }[] };
  t.equal(json.functions[0]!.instructions.find(({ samples }) => samples[0]! > 0)!.address, '0xffffffff81000110');

  // Loaded twice: foo_write has a sample in each.
  const moduleRows = /<foo_write>:\n\* 100\.00 : {3}64: nop\n {4}0\.00 : {3}65: nop\n/;
  t.match(await annotate('foo_write', ...symfs), { status: 0, out: moduleRows });
  t.match(await annotate('foo_write', ...symfs, '--kallsyms', kallsyms), { status: 0, out: moduleRows }, 'named by kallsyms');
  t.match(await annotate('cleanup_module', ...symfs), { status: 0, out: /100\.00 : {3}a4: nop\n/ }, 'of a section behind .text');
  const archive = join(folder, 'code.perfts');
  t.match(await perfts('archive', recording, '-o', archive, ...symfs, '-k', image, '--with-code'), { status: 0, err: '' });
  rmSync(join(folder, 'symfs/lib/modules'), { recursive: true });
  t.match(await perfts('annotate', '-i', archive, '-s', 'schedule'), { status: 0, out: called }, 'out of an archive with code');
  t.match(await perfts('annotate', '-i', archive, '-s', 'foo_write'), { status: 0, out: moduleRows });
  const slim = join(folder, 'slim.perfts');
  t.match(await perfts('archive', recording, '-o', slim, '-k', image), { status: 0 });
  t.match((await perfts('annotate', '-i', slim, '-s', 'schedule')).out, /^# No instructions: the archive was made without code; make it with perfts archive --with-code\n/);
  write(`symfs${MODULE_PATH}`, data('calls.ko'));
  writeFileSync(recording, kernelRecording(8n));
  const rows = [...(await annotate('foo_read', ...symfs)).out.matchAll(/: {3}([0-9a-f]+: .*)$/gm)].map(([, row]) => row);
  t.same(rows, [
    '0: pushq %rbx', '1: movq $0, %rdi <.rodata.str1.1+0x8>', '8: callq <_printk>', 'd: testl %eax, %eax', 'f: jne 0x16 <foo_read+0x16>', '11: callq <.text.unlikely>',
    '16: callq 0x1d <local_help>', '1b: popq %rbx', '1c: retq',
  ], 'what the kernel fills in by its name, what the file says itself as it is');
  for (const damage of [(file: Uint8Array) => file.fill(0xff, 0x200, 0x300), (file: Uint8Array) => file.subarray(0, 700), (file: Uint8Array) => file.fill(0xff, file.length - 600, file.length - 300)]) {
    writeFileSync(join(folder, `symfs${MODULE_PATH}`), damage(data('calls.ko')));
    t.notMatch((await annotate('foo_read', ...symfs)).err, / at .*\.[jt]s/, 'no stack trace');
  }
});
