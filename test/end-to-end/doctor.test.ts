// `perfts doctor`: what it finds in the demo with and without its files, how it ends, and the library behind it.

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { doctorJson, openRecording } from '../../src/node/index.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { DEMO, DEMO_FILES, DEMO_KALLSYMS, dataPath, perfts } from './command.ts';

interface Json {
  readonly healthy: boolean;
  readonly stacks: { readonly dumpFor99Percent: number | null };
  readonly python: { readonly version: string; readonly hasFramePointers?: boolean; readonly support: string } | null;
  readonly symptoms: readonly { readonly code: string; readonly counts: boolean; readonly module?: string; readonly remedies: readonly string[] }[];
  readonly modules: readonly {
    readonly path: string; readonly buildId: string; readonly symbols: number; readonly cfi: boolean | null; readonly lines: boolean | null; readonly reason: string | null;
    readonly tried: readonly { readonly path: string; readonly outcome: string }[];
  }[];
}

async function json(...words: readonly string[]): Promise<Json> {
  return JSON.parse((await perfts('doctor', '--json', ...words)).out) as Json;
}

t.test('the demo with its files', async (t) => {
  const { status, out, err } = await perfts('doctor', DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS);
  t.equal(status, 1, 'seven stacks are cut, and that is more than one percent');
  t.equal(err, '');
  t.match(out, /^491 samples; 1 thing costs more than 1 % of the names or stacks\.\n\n1\. 7 stacks \(1\.4 %\) end where the stack dump of 16384 bytes ends; \d+ bytes would have held 99 % of all\.\n {3}-> record with --call-graph dwarf,\d+\n/);
  t.match(out, /\nPython 3\.13: built without frame pointers, ran with perf support \(a jitdump\); functions named in 97\.7 % of 488 samples\.\n/);
  t.match(out, /\n +365 +9048 +0 +16957 +no +yes {2}\/usr\/bin\/python3\.13 \(recorded-path: /);
  t.match(out, /libsqlite3\S+ \(build id 076e9655\w+\) was looked for in:\n {2}found /);
  t.notMatch(out, /python3\.13 \(build id \w+\) was looked for/, 'what has all its names has no trail');
  t.match((await perfts('doctor', '-v', DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS)).out, /python3\.13 \(build id \w+\) was looked for/, 'but with -v');
  t.equal((await perfts('doctor', '--tolerate', '2', DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS)).status, 0);
  const found = await json(DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS);
  const enough = found.stacks.dumpFor99Percent!;
  t.ok(enough > 16_384 && enough < 32_768, `${enough} bytes`);
  t.match(found.python, { version: '3.13', hasFramePointers: false, support: 'jitdump' });
  t.match(found.modules[0], { path: '/usr/bin/python3.13', symbols: 16_957, cfi: true, lines: false, reason: null });
});

t.test('the demo alone', async (t) => {
  const folder = folderElsewhere(t);
  const alone = join(folder, 'perf.data');
  copyFileSync(DEMO, alone);
  const { status, out } = await perfts('doctor', alone);
  t.equal(status, 1);
  t.match(out, /\n1\. \d+ stacks \(\d\d\.\d %\) end /, 'the dearest first');
  t.match(out, /sudo cat \/proc\/kallsyms > kallsyms; then --kallsyms kallsyms/);
  t.match(out, /apt install python3\.13-dbg/);
  const { symptoms, modules, python } = await json(alone);
  t.equal(python!.support, 'lost', 'the jitdump was mapped, and is not there');
  t.ok(symptoms.some(({ code, counts }) => code === 'python-files-lost' && counts));
  const library = modules.find(({ path }) => path.endsWith('libc.so.6'))!;
  t.match(library, { buildId: /^[0-9a-f]{40}$/, symbols: 0, cfi: false, lines: false });
  const advice = symptoms.find(({ module }) => module === library.path)!.remedies;
  t.ok(advice.some((line) => line.includes(`debuginfod-find executable ${library.buildId}`)));

  const wrong = join(folder, 'symfs');
  mkdirSync(join(wrong, 'usr/lib/x86_64-linux-gnu'), { recursive: true });
  copyFileSync(dataPath('symbols', 'tiny.so'), join(wrong, 'usr/lib/x86_64-linux-gnu/libc.so.6'));
  mkdirSync(join(wrong, 'usr/bin'));
  writeFileSync(join(wrong, 'usr/bin/python3.13'), 'not an ELF file');
  const searched = await json(alone, '--symfs', wrong);
  t.equal(searched.modules.find(({ path }) => path === library.path)!.reason, 'other-build-id');
  t.equal(searched.modules.find(({ path }) => path === '/usr/bin/python3.13')!.reason, 'not-elf');
  t.match((await perfts('doctor', alone, '--symfs', wrong)).out, /libc\.so\.6: .* a file of that name was found, but of another build, build id /);
});

t.test('other recordings', async (t) => {
  const flat = await perfts('doctor', dataPath('perfdata', 'throttle.data'));
  t.match(flat.out, /Stacks: none\./);
  t.match(flat.out, /\n {2}No call stacks were recorded\.\n/, 'which costs nothing that was asked for');
  const empty = await json(dataPath('perfdata', 'stat.data'));
  t.match(empty.symptoms[0], { code: 'no-samples', counts: true });
  const unwound = await json(dataPath('twins', 'a64-py315.data'));
  t.ok(unwound.symptoms.every(({ code }) => code !== 'no-samples'));
  t.equal((await perfts('doctor', '--tolerate', 'much', DEMO)).status, 2);
  t.equal((await perfts('doctor', join(folderElsewhere(t), 'none'))).status, 1);
});

t.test('as a library', async (t) => {
  const { recording, close } = await openRecording(DEMO, { symfs: [DEMO_FILES[1]!], buildIdCache: false });
  t.teardown(close);
  const diagnosis = await recording.diagnose();
  t.equal(diagnosis.quality.samples, 491);
  t.equal(diagnosis.symptoms.find(({ code }) => code === 'unnamed-module')!.module!.module.kind, 'kernel');
  t.equal((JSON.parse(doctorJson(diagnosis, { tolerance: 50, all: false })) as Json).healthy, true);
});
