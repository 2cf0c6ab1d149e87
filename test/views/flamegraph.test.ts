// Flame graphs: the stacks and numbers are those of the samples, any name is harmless, what is too narrow is left out, two recordings are
// compared by their shares. What a picture does in a browser: flamegraph-browser.test.ts.

import fc from 'fast-check';
import t from 'tap';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_FLAME_LEVELS } from '../../src/bytes/limits.ts';
import { openRecording } from '../../src/node/open-recording.ts';
import { frameLabel } from '../../src/profile/stack-frame.ts';
import { weightedStacks } from '../../src/profile/weighted-stacks.ts';
import { movedFiles } from '../../src/profile/same-frames.ts';
import { FlameTree } from '../../src/views/flamegraph/flame-tree.ts';
import { fitted, visible } from '../../src/views/flamegraph/svg-text.ts';
import { VIEWER_SCRIPT } from '../../src/views/flamegraph/viewer-script.ts';
import { DEMO, dataPath, perfts } from '../end-to-end/command.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { ALL, drawn, framesOf, stacksOf, treeOf, type DrawnFrame } from './made-flames.ts';

/** The paths of its frames, each with its samples. */
function pathsOf(frames: readonly DrawnFrame[]): Map<string, number> {
  const paths = new Map<string, number>();
  const open: { readonly path: string; readonly end: number }[][] = [];
  for (const { label, level, x, width, about } of frames) {
    const outer = level === 0 ? '' : open[level - 1]!.find(({ end }) => x < end - 0.002)!.path;
    const path = level === 0 ? label : `${outer};${label}`;
    (open[level] ??= []).push({ path, end: x + width });
    paths.set(path, (paths.get(path) ?? 0) + Number(/([\d ]+) samples?,/.exec(about.at(-1)!)![1]!.replaceAll(' ', '')));
  }
  return paths;
}

// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Whether it is a document of XML, with no tags but those that we write, and no characters that XML forbids. */
function isWellFormed(svg: string): string | undefined {
  if (FORBIDDEN.test(svg)) return 'a character that is forbidden';
  const markup = svg.replace(/^<\?xml [^>]*\?>\n/, '').replace(/<!\[CDATA\[[^]*?\]\]>/, '').replace(/<style>[^<]*<\/style>/, '');
  const open: string[] = [];
  for (const [tag, close, name, self] of markup.matchAll(/<(\/?)([^\s>/]*)[^<>]*?(\/?)>/g)) {
    if (!['svg', 'title', 'rect', 'text', 'g', 'script'].includes(name!)) return `the tag ${tag}`;
    if (close === '/' && open.pop() !== name) return `${tag} closes what is not open`;
    if (close === '' && self === '') open.push(name!);
  }
  if (open.length > 0) return `${open.join(' ')} stays open`;
  const rest = markup.replace(/<(\/?)([\w]+)(\s[\w:-]+="[^"<>]*")*\/?>/g, '').replace(/&(amp|lt|gt|quot|#39);/g, '');
  return /[<>&]/.exec(rest)?.[0];
}

t.test('the stacks and counts are those of the samples', async (t) => {
  const opened = await openRecording(DEMO, { symfs: [dataPath('demo', 'symfs')], kallsyms: dataPath('demo', 'symfs', 'kallsyms') });
  t.teardown(() => opened.close());
  const { profile } = await opened.recording.profile();
  const stacks = weightedStacks(profile);
  const expected = new Map<string, number>();
  for await (const { comm, frames } of opened.recording.samples()) {
    const names = frames.map(({ name, module }) => (name === '' ? `[${module.slice(module.lastIndexOf('/') + 1)}]` : name)).reverse();
    let path = 'all';
    for (const name of ['', comm, ...names]) {
      if (name !== '') path += `;${name}`;
      expected.set(path, (expected.get(path) ?? 0) + 1);
    }
  }
  const tree = treeOf(stacks);
  const symbols = new Map(stacks.frames.map((frame) => [frameLabel(frame), frame.symbol === '' ? frame.name : frame.symbol]));
  // Two modules' `<module>` have one label: told apart by the place.
  const { frames } = drawn(tree);
  const python = new Map(stacks.frames.filter(({ kind }) => kind === 'python').map((frame) => [`${frameLabel(frame)} ${frame.file}`, frame.symbol]));
  const raw = frames.map((frame) => ({ ...frame, label: python.get(`${frame.label} ${frame.about[0]}`) ?? (frame.level < 2 ? frame.label : (symbols.get(frame.label) ?? frame.label)) }));
  const got = pathsOf(raw);
  t.equal(got.size, expected.size);
  t.same([...got].sort(), [...expected].sort());
  t.equal(isWellFormed(drawn(tree).svg), undefined);
});

t.test('shapes: flame, icicle, reverse, by thread, by event', async (t) => {
  const samples = [
    { stack: [], names: ['main', 'f', 'g'], period: 3 }, { stack: [], names: ['main', 'f'], period: 1 }, { stack: [], names: ['main', 'g'], period: 4, thread: 1 }, { stack: [], names: ['other'], event: 1 },
  ];
  const stacks = stacksOf(samples, '/lib/x.so', ['cycles', 'faults']);
  const flame = drawn(treeOf(stacks)).frames;
  t.same([...pathsOf(flame)], [['all', 3], ['all;comm0', 2], ['all;comm1', 1], ['all;comm0;main', 2], ['all;comm1;main', 1], ['all;comm0;main;f', 2], ['all;comm1;main;g', 1], ['all;comm0;main;f;g', 1]]);
  t.match(flame[0], { label: 'all', x: 10, width: 1180 });
  const widths = flame.filter(({ label }) => label === 'f' || label === 'g').map(({ width, about }) => [width, about.at(-1)]);
  t.same(widths, [[590, '2 samples, 50.0 %'], [590, '1 sample, 50.0 %'], [442.5, '1 sample, 37.5 %']]);
  t.ok(flame[0]!.y > flame.at(-1)!.y, 'the root is at the bottom');
  const icicle = drawn(treeOf(stacks), { icicle: true });
  t.ok(icicle.frames[0]!.y < icicle.frames.at(-1)!.y);
  t.match(icicle.svg, 'data-root="top"');
  t.ok(pathsOf(drawn(treeOf(stacks, { reverse: true })).frames).has('all;comm0;g;f;main'));
  t.same([...pathsOf(drawn(treeOf(stacks, { tasks: 'thread' })).frames).keys()].slice(1, 3), ['all;comm0 100/100', 'all;comm1 101/101']);
  t.same([...pathsOf(drawn(treeOf(stacks, { event: 1 })).frames).keys()], ['all', 'all;comm0', 'all;comm0;other']);
  t.same([...pathsOf(drawn(treeOf(stacks, { accepts: (thread) => thread === 1 })).frames).keys()], ['all', 'all;comm1', 'all;comm1;main', 'all;comm1;main;g']);
  t.same(drawn(treeOf(stacks, { accepts: () => false })).frames, [], 'nothing at all is a picture too');
  t.match(drawn(treeOf(stacks), { unit: 'nanoseconds' }).frames[0]!.about, ['3 samples, 100.0 %, 0.0 ms']);
});

t.test('what is too narrow is left out; what is too deep too', async (t) => {
  const many = Array.from({ length: 400 }, (_, index) => ({ stack: [], names: ['main', `f${index}`], period: index === 0 ? 100_000 : 1 }));
  const { frames } = drawn(treeOf(stacksOf(many)), { percentLimit: 0.01 });
  t.same(frames.map(({ label }) => label), ['all', 'comm0', 'main', 'f0']);
  const deep = drawn(treeOf(stacksOf([{ stack: [], names: Array.from({ length: MAX_FLAME_LEVELS + 5 }, () => 'f') }])));
  t.equal(deep.frames.length, MAX_FLAME_LEVELS + 1);
  t.equal(deep.isCut, true);
  t.equal(drawn(treeOf(stacksOf(many))).isCut, false);
});

t.test('names may hold anything', async (t) => {
  const hostile = ['<script>alert(1)</script>', ']]></title><g onload="x">', 'a\u0000b\u001b[31m\r\n', '\udc80\ud800x', 'x\u202egnp.js', '&amp;"\'', `std::${'map<'.repeat(400)}`, '\u007f\u0085\ufffe', '数え🐍'];
  const { svg, frames } = drawn(treeOf(stacksOf([{ stack: [], names: hostile }])), { title: hostile.join(''), subtitles: hostile });
  t.equal(isWellFormed(svg), undefined);
  t.equal(frames[2]!.label, '<script>alert(1)</script>');
  t.equal(frames[4]!.label, 'a␀b␛[31m␍␊');
  t.equal(frames[5]!.label, '\ufffd\ufffdx');
  t.equal(frames[6]!.label, 'x\ufffdgnp.js');
  t.ok(frames[8]!.label.length <= 600);
  t.equal(frames[10]!.label, '数え🐍');
  t.notOk(VIEWER_SCRIPT.includes(']]>'));
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 4 }), (names) => {
      const found = isWellFormed(drawn(treeOf(stacksOf([{ stack: [], names }])), { title: names[0]!, subtitles: names }).svg);
      if (found !== undefined) throw new Error(found);
    }),
    { numRuns: 60 },
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !FORBIDDEN.test(visible(text)) && !/[\n\t]/.test(visible(text))));
});

t.test('as much of a name as fits', async (t) => {
  t.equal(fitted('run_dummy', 20), 'run_dummy');
  t.equal(fitted('run_dummy', 9), 'run_dummy');
  t.equal(fitted('run_dummy', 8), 'run_du..');
  t.equal(fitted('run_dummy', 4), 'ru..');
  t.equal(fitted('run_dummy', 3), '', 'one letter says nothing');
  t.equal(fitted('sum', 3), 'sum');
  t.equal(fitted('run_dummy', 2), '');
  t.equal(fitted('数え数え', 7), '数え..');
});

t.test('two recordings', async (t) => {
  const before = stacksOf([{ stack: [], names: ['main', 'py::f:/srv/before.py'], period: 50 }, { stack: [], names: ['main', 'gone'], period: 25 }, { stack: [], names: ['main', 'same'], period: 25 }], '/lib/libx.so.1.2');
  const after = stacksOf([{ stack: [], names: ['main', 'py::f:/srv/after.py'], period: 250 }, { stack: [], names: ['main', 'come'], period: 500 }, { stack: [], names: ['main', 'same'], period: 250 }], '/lib/libx.so.1.3');
  const moved = movedFiles(before.frames, after.frames);
  t.same([...moved], [['after.py', 'before.py']]);
  const tree = new FlameTree(true);
  tree.add(before, ALL);
  tree.add(after, ALL, moved);
  const { svg, frames } = drawn(tree);
  t.same(frames.map(({ label, kind }) => [label, kind]), [['all', 'd5'], ['comm0', 'd5'], ['main', 'd5'], ['come', 'd10'], ['f (after.py)', 'd3'], ['same', 'd5']]);
  t.same(frames[4]!.about.slice(-2), ['50.0 % before, 25.0 % after (−25.0)', 'samples: 1 before, 1 after']);
  t.same(frames[5]!.about.slice(-2), ['25.0 % before, 25.0 % after (+0.0)', 'samples: 1 before, 1 after']);
  t.match(svg, 'larger share than before');
  t.equal(isWellFormed(svg), undefined);
});

const folder = mkdtempSync(join(tmpdir(), 'perfts-flamegraph-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const ARCHIVE = dataPath('demo', 'demo.perfts');

t.test('the command', async (t) => {
  const output = join(folder, 'shop.svg');
  const whole = await perfts('flamegraph', ARCHIVE, '-o', output);
  t.match(whole, { status: 0, out: /^.*shop\.svg: 491 samples of cpu-clock, 1 \d{3} frames, \d+ KB\n$/, err: /^Samples: 491/ });
  const python = await perfts('flamegraph', '--python', '--inverted', ARCHIVE, '-o', '-', '--title', 'A <shop>');
  t.match(python.out, /<title>Flame graph: A &lt;shop&gt;<\/title>/);
  t.match(python.out, /Python \d+\.\d %, built-in functions 41\.\d %, libsqlite3\.so\.3\.53\.4 15\.1 %/);
  const paths = pathsOf(framesOf(python.out));
  t.equal(paths.get('all;python3.13;<module> (shop.py);main (shop.py);day (shop.py);ranked (shop.py);sorted'), 24);
  t.ok(python.out.length < 120_000, 'some hundred frames');
  const same = await perfts('flamegraph', ARCHIVE, ARCHIVE, '--python', '-o', '-');
  t.same(new Set(framesOf(same.out).map(({ kind }) => kind)), new Set(['d5']), 'nothing has changed');
  const one = await perfts('flamegraph', ARCHIVE, '--tid', '30191', '--per-thread', '-o', '-');
  t.equal(framesOf(one.out)[1]!.label, 'python3.13 30191/30191');

  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [['a', 'b', 'c'], /one file, or two to compare/], [['-', 'b'], /standard input/], [['-i', 'a', 'b'], /one file at a time/], [['--event', 'nonsense', ARCHIVE], /no event is called 'nonsense': the recording has cpu-clock/], [[ARCHIVE, '-o', ARCHIVE], /is the recording that is read/], [['--tid', 'x', ARCHIVE], /--tid takes numbers/],
  ];
  for (const [words, message] of refused) {
    const answer = await perfts('flamegraph', ...words);
    t.match(answer, { status: 2, out: '', err: message }, words.join(' '));
    t.match(answer.err.split('\n').at(-2), /^perfts: /);
  }
  t.match(await perfts('flamegraph', join(folder, 'none')), { status: 1, err: /^perfts: [^\n]+\n$/ });
});

t.test('recordings of every kind: a picture, or one line that says why not', async (t) => {
  const folderOfVectors = dataPath('conformance');
  const vectors = readdirSync(folderOfVectors).filter((name) => name.endsWith('-le.perf.data'));
  t.ok(vectors.length > 50);
  let pictures = 0;
  for (const name of vectors) {
    const { status, out, err } = await perfts('flamegraph', '--python', '--per-thread', '-o', '-', join(folderOfVectors, name));
    if (status === 0) pictures++;
    const found = status === 0 ? isWellFormed(out) : status === 1 && /^perfts: .*(samples|not a perf\.data file)/m.test(err) && out === '' ? undefined : err;
    if (found !== undefined) t.fail(`${name}: ${found}`);
  }
  t.ok(pictures > 20, `${pictures} pictures`);
});

t.test('the picture in the README', async (t) => {
  const scripts = (JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;
  const words = scripts['picture']!.split(' ').slice(2).map((word) => (word.startsWith('docs/') ? '-' : word.startsWith('testdata/') ? ARCHIVE : word));
  t.match(readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8'), 'docs/flamegraph.svg');
  const made = await perfts(...words);
  t.equal(readFileSync(join(PROJECT_ROOT, 'docs/flamegraph.svg'), 'utf8').replaceAll('\r\n', '\n') === made.out, true, 'npm run picture makes it');
});
