// perfts/unwind: the example of docs/UNWIND.md as a user runs it, its types, that nothing in it needs Node, and stacks that are read
// in pieces.

import t from 'tap';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { StackUnwinder, type UnwindModule } from '../../src/unwind.ts';
import { folderElsewhere, runNode } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';

const document = readFileSync(join(PROJECT_ROOT, 'docs/UNWIND.md'), 'utf8');
const [, example = ''] = /```js\n([^]*?)```/.exec(document) ?? [];
const [, printed = ''] = /It prints\n\n```\n([^]*?)```/.exec(document) ?? [];
const BUILT = existsSync(join(PROJECT_ROOT, 'dist/src/unwind.js'));

t.test('the example of docs/UNWIND.md', { skip: BUILT ? false : 'dist/src is not built' }, async (t) => {
  const folder = folderElsewhere(t);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(PROJECT_ROOT, join(folder, 'node_modules/perfts'), 'junction');
  writeFileSync(join(folder, 'example.mjs'), example);
  t.same(runNode(['example.mjs'], folder), { status: 0, out: printed, err: '' });
  const typed = `import { StackUnwinder, type UnwoundStack } from 'perfts/unwind';
    export const stack: UnwoundStack = new StackUnwinder({ machine: 'arm64', modules: [] }).unwind({ registers: { pc: 1n, sp: 2n }, readMemory: () => undefined });`;
  writeFileSync(join(folder, 'use.mts'), typed);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { module: 'nodenext', strict: true, noEmit: true, types: [], lib: ['es2023', 'dom'] }, files: ['use.mts'] }));
  t.same(runNode([join(PROJECT_ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'], folder), { status: 0, out: '', err: '' });
});

t.test('alone: three rooms, no package, nothing of Node', async (t) => {
  const { metafile, outputFiles } = await build({ absWorkingDir: PROJECT_ROOT, entryPoints: ['src/unwind.ts'], bundle: true, write: false, format: 'esm', platform: 'browser', target: 'es2022', metafile: true, minify: true });
  const strange = Object.keys(metafile.inputs).filter((path) => !/^src\/(unwind\.ts|bytes\/|dwarf\/|unwind\/)/.test(path));
  t.same(strange, []);
  t.notMatch(outputFiles[0]!.text, /node:|\brequire\b|\bprocess\.|\bBuffer\b/);
  t.ok(outputFiles[0]!.contents.length < 100_000, `${outputFiles[0]!.contents.length} bytes`);
});

/** Code that sets up frame pointers, from 0x1000 on. */
const code: UnwindModule = { start: 0x1000n, end: 0x2000n, bias: 0n };

t.test('a stack larger than the first piece is asked for again', async (t) => {
  const base = 0x7ffc_0000_0000n;
  const depth = 3_000;
  // Each frame: the caller's rbp, the return address, four words.
  const words = new BigUint64Array(depth * 6);
  for (let i = 0; i < depth; i++) {
    words[i * 6] = i === depth - 1 ? 0n : base + BigInt((i + 1) * 48);
    words[i * 6 + 1] = i === depth - 1 ? 0n : 0x1001n + BigInt(i % 256);
  }
  const bytes = new Uint8Array(words.buffer);
  /** Pieces of the stack; code is asked for too. */
  const asked: number[] = [];
  const readMemory = (address: bigint, length: number): Uint8Array | undefined => {
    if (length > 8) asked.push(length);
    const offset = Number(address - base);
    return offset < 0 || offset >= bytes.length ? undefined : bytes.subarray(offset, offset + length);
  };
  const unwinder = new StackUnwinder({ machine: 'x86-64', modules: [code] });
  const { frames, end, guesses } = unwinder.unwind({ registers: { rip: 0x1800n, rsp: base, rbp: base }, readMemory });
  t.equal(frames.length, depth);
  t.equal(end, 'root');
  t.same(guesses, ['frame pointer']);
  t.same(asked, [16_384, 65_536, 262_144]);
  t.equal(frames[1]!.module, code);
  const short = unwinder.unwind({ registers: { rip: 0x1800n, rsp: base, rbp: base }, readMemory: (address, length) => readMemory(address, Math.min(length, 480)) });
  t.equal(short.end, 'dump exhausted');
  t.equal(unwinder.unwind({ registers: { rip: 0x1800n, rsp: base, rbp: base }, readMemory }, 7).end, 'limit');
});

t.test('what is not there', async (t) => {
  const unwinder = new StackUnwinder({ machine: 'arm64', modules: [] });
  const readMemory = (): undefined => undefined;
  t.throws(() => unwinder.unwind({ registers: { rip: 1n }, readMemory }), { code: 'PERFTS_USAGE', message: "arm64 has no register 'rip'" });
  t.match(unwinder.unwind({ registers: {}, readMemory }), { frames: [], end: 'no registers' });
  t.match(unwinder.unwind({ registers: { pc: 0x1000n, sp: 0x7ffcn, x29: 8n }, readMemory }), { frames: [{ address: 0x1000n, module: undefined, relative: undefined }], end: 'no module' });
  unwinder.setModules([code, { start: 0xffff_8000_0000_0000n, end: 0xffff_8000_0000_1000n, bias: 0xffff_8000_0000_0000n }]);
  const { frames } = unwinder.unwind({ registers: { pc: 0xffff_8000_0000_0010n, sp: 0x7ffcn, lr: 0x1010n, fp: 0n }, readMemory });
  t.match(frames, [{ address: 0xffff_8000_0000_0010n, relative: 0x10n }, { address: 0x100fn, relative: 0x100fn }], 'addresses of the upper half are unsigned');
  const damaged = new StackUnwinder({ machine: 'x86-64', modules: [{ ...code, ehFrame: { bytes: new Uint8Array(64).fill(0x13), address: 0x3000 } }] });
  t.match(damaged.unwind({ registers: { rip: 0x1800n, rsp: 0x7000n, rbp: 0n }, readMemory }), { end: 'root' });
  t.ok(damaged.damage.length > 0);
});
