import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { Module } from '../../src/process/module.ts';
import type { ModuleKind } from '../../src/process/module.ts';
import { buildIdSpellings, sameBuildId } from '../../src/symbols/build-id.ts';
import { MemoryTree, treeComponents } from '../../src/symbols/file-tree.ts';
import type { FileTree } from '../../src/symbols/file-tree.ts';
import { ModuleLoader } from '../../src/symbols/module-loader.ts';
import type { LoadedModule, ModuleLoaderOptions } from '../../src/symbols/module-loader.ts';
import { BUILD_ID, fixture, text, withLinkTo, withOtherBuildId, withoutBuildId } from './fixtures.ts';

const tiny = fixture('tiny.so');
const debug = fixture('tiny.debug');
const CACHE = `.build-id/${BUILD_ID.slice(0, 2)}/${BUILD_ID.slice(2)}`;
/** `inner_secret` begins the code: it is the first function of the page at 0x1000. */
const INNER = 0x1000;

function treeOf(files: Record<string, Uint8Array>, ignoreCase = false): MemoryTree {
  return new MemoryTree('symfs', new Map(Object.entries(files)), ignoreCase);
}

function load(trees: FileTree[], path: string, buildId = BUILD_ID, rest: Partial<ModuleLoaderOptions> = {}, kind: ModuleKind = 'file'): LoadedModule {
  const loader = new ModuleLoader({ trees, machine: 'x86-64', diagnostics: new Diagnostics(), ...rest });
  const loaded = loader.load(new Module(1, kind, path, path.slice(path.lastIndexOf('/') + 1), buildId), { unwind: true });
  if (loaded instanceof Promise) throw new Error('synchronous sources make no promises');
  return loaded;
}

function nameAt(loaded: LoadedModule, offset: number): string {
  const symbol = loaded.symbols?.find(offset) ?? -1;
  return symbol < 0 ? '' : loaded.symbols!.name(symbol);
}

const outcomes = (loaded: LoadedModule): string[] => loaded.steps.filter((step) => step.outcome !== 'absent').map((step) => `${step.place} ${step.outcome}`);

t.test('where symbols come from, in this order', async (t) => {
  const path = '/opt/lib/tiny.so';
  const alone = load([treeOf({ [path]: tiny })], path);
  t.equal(nameAt(alone, INNER), '', 'stripped: exported functions only');
  t.equal(alone.found, 'file');
  t.ok(alone.cfi, 'call frame information is in the file itself');
  t.equal(alone.fileOffsetToAddress(INNER), 0x1000);

  const places = [
    '/opt/lib/tiny.debug',
    '/opt/lib/.debug/tiny.debug',
    '/usr/lib/debug/opt/lib/tiny.debug',
    `/.debug/${CACHE}/debug`,
    `/${CACHE}/debug`,
    '/usr/lib/debug/opt/lib/tiny.so.debug',
    '/usr/lib/debug/opt/lib/tiny.so',
    `/usr/lib/debug/${CACHE}.debug`,
    '/opt/lib/.debug/tiny.so',
  ];
  for (const place of places) {
    const found = load([treeOf({ [path]: tiny, [place]: debug })], path);
    t.equal(nameAt(found, INNER), 'inner_secret', place);
    t.equal(found.found, place.includes('.build-id') && !place.includes('usr') ? 'build-id-cache' : 'debug-file');
    t.ok(found.cfi, 'the debug file has the symbols, the file the rest');
    t.match(found.steps.at(-1), { path: /tiny|1122/ });
    const refused = load([treeOf({ [path]: tiny, [place]: withOtherBuildId(debug) })], path);
    t.equal(nameAt(refused, INNER), '', `of another build: ${place}`);
    t.ok(outcomes(refused).some((outcome) => outcome.endsWith('other-build-id')));
  }
  const order = load([treeOf({ [path]: tiny, [places[1]!]: debug, [places[7]!]: debug })], path);
  t.match(order.steps.filter((step) => step.outcome === 'found').map((step) => step.place), ['recorded-path', 'debug-link']);
});

t.test('symbols inside the file', async (t) => {
  const mini = fixture('mini.so');
  const loaded = load([treeOf({ '/m.so': mini })], '/m.so');
  t.equal(nameAt(loaded, INNER), 'inner_secret');
  t.equal(nameAt(loaded, loaded.symbols!.end(loaded.symbols!.find(INNER))), 'outer_public', 'with the dynamic ones');
  t.equal(loaded.found, 'file');
  const torn = mini.slice();
  const at = torn.findIndex((byte, i) => byte === 0xfd && torn[i + 1] === 0x37 && torn[i + 2] === 0x7a);
  torn.fill(0xff, at + 30, at + 60);
  const diagnostics = new Diagnostics();
  const damaged = load([treeOf({ '/m.so': torn })], '/m.so', BUILD_ID, { diagnostics });
  t.ok(damaged.cfi);
  t.equal(nameAt(damaged, INNER), '');
  t.ok(diagnostics.has('mini-debug-info'));
});

t.test('the file itself may lie elsewhere', async (t) => {
  const path = '/opt/lib/tiny.so';
  for (const place of [`/.debug/${CACHE}/elf`, `/${CACHE}/elf`, `/.debug/${CACHE}`, `/.debug/opt/lib/tiny.so/${BUILD_ID}/elf`]) {
    const loaded = load([treeOf({ [place]: tiny })], path);
    t.equal(loaded.found, 'build-id-cache', place);
    t.ok(loaded.cfi);
  }
  const linkAsText = load([treeOf({ [`/.debug/${CACHE}`]: text(`../../home/x/tiny.so/${BUILD_ID}\n`), [`/.debug/home/x/tiny.so/${BUILD_ID}/elf`]: tiny })], path);
  t.ok(linkAsText.cfi, 'a link that became a text file');
  const escaping = load([treeOf({ [`/.debug/${CACHE}`]: text('../../../../../../etc') , '/etc/elf': tiny })], path);
  t.ok(escaping.cfi, 'leads to the root of the tree at most');
  const own = load([], path, BUILD_ID, { caches: [treeOf({ [`${CACHE}/elf`]: tiny, [`${CACHE}/debug`]: debug })] });
  t.equal(nameAt(own, INNER), 'inner_secret', "the user's own cache");
  t.equal(load([], path, '', { caches: [treeOf({ [`${path}`]: tiny })] }).found, 'missing', 'which is asked by build id only');
  const merged = load([treeOf({ '/usr/lib/tiny.so': tiny })], '/lib/tiny.so');
  t.ok(merged.cfi, '/lib without its link');
  const onlyDebug = load([treeOf({ [`/usr/lib/debug/${CACHE}.debug`]: debug })], path);
  t.equal(nameAt(onlyDebug, INNER), 'inner_secret', 'offsets of a debug file alone are guessed');
  t.equal(onlyDebug.found, 'debug-file');
  t.equal(onlyDebug.cfi, undefined);
  const second = load([treeOf({ [path]: withOtherBuildId(tiny) }), treeOf({ [path]: tiny })], path);
  t.ok(second.cfi, 'the second --symfs');
  t.ok(load([treeOf({ '/OPT/Lib/TINY.so': tiny }, true)], path).cfi, 'a host that does not tell cases apart');
});

t.test('folders of symbols', async (t) => {
  const path = '/opt/lib/tiny.so';
  const bare = CACHE.slice('.build-id/'.length);
  for (const place of [`${CACHE}.debug`, `${CACHE}/debug`, `${bare}.debug`, `${BUILD_ID}/debuginfo`, `${BUILD_ID}.debug`, BUILD_ID, 'tiny.so.debug', 'tiny.debug']) {
    const loaded = load([], path, BUILD_ID, { more: { folders: [treeOf({ 'tiny.so': tiny }), treeOf({ 'tiny.so': tiny, [place]: debug })] } });
    t.equal(nameAt(loaded, INNER), 'inner_secret', place);
    t.equal(loaded.found, 'debug-file');
    t.ok(loaded.cfi);
    const other = load([], path, BUILD_ID, { more: { folders: [treeOf({ [place]: withOtherBuildId(debug) })] } });
    t.equal(other.found, 'missing');
  }
  for (const place of [`${CACHE}/elf`, `${BUILD_ID}/executable`, BUILD_ID, 'tiny.so']) {
    t.ok(load([], path, BUILD_ID, { more: { folders: [treeOf({ [place]: tiny })] } }).cfi, place);
  }
  t.ok(load([], path, '', { more: { folders: [treeOf({ 'tiny.so': tiny })] } }).cfi, 'without a recorded id by name');
  t.equal(load([], '[weird]', '', { more: { folders: [treeOf({ '[weird]': tiny })] } }).cfi, undefined, 'but only what is a file');
  const served = load([treeOf({ [path]: tiny })], path, BUILD_ID, { more: { servers: [treeOf({ [`${BUILD_ID}/debuginfo`]: debug, [`${BUILD_ID}/executable`]: tiny })] } });
  t.equal(nameAt(served, INNER), 'inner_secret');
  t.same(outcomes(served).at(-1), 'debuginfod found');
  t.notOk(served.steps.some((step) => step.path.endsWith('/executable')), 'what is there is not asked for');
});

t.test('files of a container, without its folders', async (t) => {
  const path = '/srv/app/lib/tiny.so';
  for (const place of ['tiny.so', `${CACHE}/elf`]) {
    const image = treeOf({ [`/${place}`]: tiny, '/tiny.debug': debug });
    t.ok(load([image], path).cfi, `${place} under --symfs`);
    t.ok(load([], path, BUILD_ID, { more: { folders: [image] } }).cfi, `${place} under --symbol-dir`);
    t.ok(load([treeOf({ [path]: withOtherBuildId(tiny) }), image], path).cfi, 'the next --symfs, where the first has another build');
  }
  t.equal(nameAt(load([treeOf({ '/tiny.so': tiny, '/tiny.debug': debug })], path), INNER), 'inner_secret', 'with the debug file that it names');
  const other = load([treeOf({ '/tiny.so': withOtherBuildId(tiny) })], path);
  t.equal(other.found, 'missing', 'by name only what the build id proves');
  t.match(outcomes(other), ['symbol-folder other-build-id']);
  t.equal(load([treeOf({ '/tiny.so': tiny })], path, '').found, 'missing', 'and nothing, where nothing proves it');
});

t.test('debug links without build ids', async (t) => {
  const path = '/opt/lib/tiny.so';
  const [file, linked] = [withoutBuildId(tiny), withoutBuildId(debug)];
  const right = withLinkTo(file, linked);
  const read = (files: Record<string, Uint8Array>, buildId = ''): LoadedModule => load([treeOf(files)], path, buildId);
  t.equal(nameAt(read({ [path]: right, '/opt/lib/tiny.debug': linked }), INNER), 'inner_secret', 'the checksum fits');
  const wrong = read({ [path]: file, '/opt/lib/tiny.debug': linked });
  t.equal(nameAt(wrong, INNER), '');
  t.ok(outcomes(wrong).includes('debug-link other-checksum'));
  t.equal(nameAt(read({ [path]: withLinkTo(tiny, linked), '/opt/lib/tiny.debug': linked }, BUILD_ID), INNER), 'inner_secret', 'it proves a file without an id, too');
});

t.test('identity', async (t) => {
  const path = '/opt/lib/tiny.so';
  const other = load([treeOf({ [path]: withOtherBuildId(tiny) })], path);
  t.equal(other.found, 'missing');
  t.equal(other.cfi, undefined, 'refused for unwinding too');
  t.same(outcomes(other), ['recorded-path other-build-id']);
  t.ok(load([treeOf({ [path]: withOtherBuildId(tiny) })], path, '').cfi, 'no id recorded: any file of that name');
  const derived = load([treeOf({ [path]: withOtherBuildId(tiny), [`/usr/lib/debug/opt/lib/tiny.so.debug`]: debug })], path, '');
  t.equal(nameAt(derived, INNER), '', 'then the file decides which debug file fits');
  t.equal(load([treeOf({ [path]: text('not ELF') })], path).steps[0]!.outcome, 'not-elf');
  t.equal(load([treeOf({ [path]: tiny })], `${path} (deleted)`, '').found, 'missing', 'the file that has the name now is a later one');
  t.ok(load([treeOf({ [path]: tiny })], `${path} (deleted)`).cfi, 'unless the build id says otherwise');
  t.equal(load([treeOf({ [path]: tiny })], '[heap]', '').found, 'missing');
  t.ok(load([treeOf({ [path]: tiny })], '/../../opt/./lib//tiny.so').cfi);
  t.equal(load([treeOf({ [path]: tiny })], '/opt/lib/tiny.so\0x').found, 'missing');

  t.equal(sameBuildId('ABcd', 'abCD'), true);
  t.equal(sameBuildId('abcd1234abcd1234000000000000000000000000', 'abcd1234abcd1234'), true, 'filled up with zeros by old perf');
  t.equal(sameBuildId('abcd', 'abcd01'), false);
  t.equal(sameBuildId('', ''), false);
  t.same(buildIdSpellings('ABCD1200'), ['abcd1200', 'abcd12']);
  t.same(buildIdSpellings('../../x'), []);
  t.same(treeComponents('/a/../../b/./c'), ['b', 'c']);
  t.equal(treeComponents('/a\0b'), undefined);
});

t.test('vdso', async (t) => {
  const other = withOtherBuildId(tiny);
  const arm = tiny.slice();
  arm[18] = 183;
  const image = `.build-id/11/2233/vdso`;
  const only = load([treeOf({ [`/.debug/${image}`]: tiny, '/.debug/.build-id/ab/cdef/vdso': arm })], '[vdso]', '', {}, 'vdso');
  t.equal(only.found, 'vdso', 'the only one of that machine');
  const twice = load([treeOf({ [`/.debug/${image}`]: tiny, [`/.debug/[vdso]/${BUILD_ID}/vdso`]: tiny })], '[vdso]', '', {}, 'vdso');
  t.equal(twice.found, 'vdso', 'one image in two places');
  const several = load([treeOf({ [`/.debug/${image}`]: tiny, '/.debug/.build-id/ee/2233/vdso': other })], '[vdso]', '', {}, 'vdso');
  t.equal(several.found, 'missing');
  t.ok(outcomes(several).includes('vdso ambiguous'));
  const exact = load([treeOf({ [`/.debug/${CACHE}/vdso`]: tiny, '/.debug/.build-id/ee/2233/vdso': other })], '[vdso]', BUILD_ID, {}, 'vdso');
  t.ok(exact.cfi);
  t.equal(load([treeOf({ [`/.debug/${CACHE}/vdso`]: other })], '[vdso]', BUILD_ID, {}, 'vdso').found, 'missing');
  t.ok(load([], '[vdso]', '', { vdso: new MemorySource(tiny) }, 'vdso').cfi, 'named by the user');
  t.equal(load([], '[vdso]', 'abcd', { vdso: new MemorySource(tiny) }, 'vdso').found, 'missing');
});

t.test('kernel code', async (t) => {
  const kallsyms = new MemorySource(text('ffffffff81000000 T _text\nffffffff81000100 T f\nffffffffc0000000 t g\t[foo_bar]\n'));
  const at = (hex: string): number => Number(BigInt.asIntN(64, BigInt(hex)));
  const kernel = load([], '[kernel.kallsyms]', '', { kallsyms }, 'kernel');
  t.equal(kernel.found, 'kallsyms');
  t.equal(nameAt(kernel, at('0xffffffff81000100')), 'f');
  const moved = load([], '[kernel.kallsyms]', '', { kallsyms, kernelReference: () => ({ name: '_text', address: at('0xffffffff91000000') }) }, 'kernel');
  t.equal(nameAt(moved, at('0xffffffff91000100')), 'f');
  t.equal(load([], '[kernel.kallsyms]', '', {}, 'kernel').found, 'missing', 'never those of this machine');
  const cached = load([treeOf({ [`/.debug/${CACHE}/kallsyms`]: text('ffffffff81000100 T cached\n') })], '[kernel.kallsyms]', BUILD_ID, {}, 'kernel');
  t.equal(nameAt(cached, at('0xffffffff81000100')), 'cached');
  const module = new ModuleLoader({ trees: [], kallsyms, machine: 'x86-64', diagnostics: new Diagnostics() }).load(
    new Module(3, 'kernel-module', '/lib/modules/6.1/foo-bar.ko.xz', '[foo_bar]', ''),
    { unwind: true },
  );
  t.equal(nameAt(module as LoadedModule, at('0xffffffffc0000000')), 'g');
  t.equal(load([], '[other]', '', { kallsyms }, 'kernel-module').found, 'missing');
  const loader = new ModuleLoader({ trees: [], machine: 'x86-64', diagnostics: new Diagnostics() });
  const bpf = loader.load(new Module(4, 'bpf', 'bpf_prog_1', 'bpf_prog_1', ''), { unwind: false, start: -4096, end: -2048 }) as LoadedModule;
  t.equal(nameAt(bpf, -4000), 'bpf_prog_1');
});

t.test('a tree that takes its time', async (t) => {
  const inMemory = treeOf({ '/opt/lib/tiny.so': tiny, '/opt/lib/.debug/tiny.debug': debug });
  let closed = 0;
  const slow: FileTree = {
    name: 'slow',
    list: async (path) => inMemory.list(path),
    open: async (path) => {
      const file = inMemory.open(path);
      return file && { size: file.size, read: async (offset, length) => file.read(offset, length), close: () => void closed++ };
    },
  };
  const loader = new ModuleLoader({ trees: [slow], machine: 'x86-64', diagnostics: new Diagnostics() });
  const loaded = await loader.load(new Module(1, 'file', '/opt/lib/tiny.so', 'tiny.so', BUILD_ID), { unwind: true });
  t.equal(nameAt(loaded, INNER), 'inner_secret');
  t.equal(closed, 2, 'both files are closed');
  const failing: FileTree = { name: 'failing', list: () => [], open: async () => Promise.reject(new Error('the medium is gone')) };
  const broken = new ModuleLoader({ trees: [failing], machine: 'x86-64', diagnostics: new Diagnostics() });
  await t.rejects(async () => broken.load(new Module(1, 'file', '/x', 'x', ''), { unwind: false }), { message: 'the medium is gone' });
});
