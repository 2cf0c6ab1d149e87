// The terminal browser without a terminal: its numbers against the text report's, what its keys do, and that whatever keys come it paints
// what fits, with nothing of a name that a terminal would act on.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import stringWidth from 'string-width';
import t from 'tap';
import { AnnotateScreen } from '../../../src/cli/terminal/annotate-screen.ts';
import { Browser } from '../../../src/cli/terminal/browser.ts';
import { FoldingList } from '../../../src/cli/terminal/folding-list.ts';
import { keyOf, type Key, type KeyName } from '../../../src/cli/terminal/key.ts';
import { ChoiceScreen, TextScreen } from '../../../src/cli/terminal/list-screen.ts';
import { ReportRows } from '../../../src/cli/terminal/report-rows.ts';
import { ReportScreen } from '../../../src/cli/terminal/report-screen.ts';
import { STAY } from '../../../src/cli/terminal/screen.ts';
import { cellsOf, cut, shownText, wrapped, type Line } from '../../../src/cli/terminal/screen-text.ts';
import type { Profile } from '../../../src/profile/profile.ts';
import { pythonView } from '../../../src/profile/python/python-view.ts';
import { stacksProfile } from '../../../src/profile/stacks-profile.ts';
import { weightedStacks } from '../../../src/profile/weighted-stacks.ts';
import { annotatedRows } from '../../../src/views/annotate/annotated-rows.ts';
import { Disassembler } from '../../../src/views/annotate/disassembler.ts';
import { planOf, type ReportViewOptions } from '../../../src/views/report/options.ts';
import { reportTables, writeReport } from '../../../src/views/report/report.ts';
import { dataPath } from '../../end-to-end/command.ts';
import { demoParts, openInMemory } from '../../end-to-end/in-memory.ts';
import { MadeRecording } from '../../end-to-end/made-recording.ts';
import { PROJECT_ROOT } from '../../project/project-root.ts';
import { profileFromScript } from '../../profile/profile-from-script.ts';
import { reportOptions } from '../../views/report-options.ts';

const bytesOf = (...names: readonly string[]): Uint8Array => new Uint8Array(readFileSync(dataPath(...names)));
const INLINES = { recording: bytesOf('report', 'recorded-inlines.data'), files: new Map([['/opt/inl/inlines', bytesOf('report', 'recorded-inlines.elf')]]) };

/** A profile out of perf's own script text, as in test/views/report.test.ts. */
function scriptProfile(name: string): Profile {
  const text = gunzipSync(readFileSync(dataPath('report', `${name}.txt.gz`))).toString('latin1');
  const stacks = text.split(/^==> /m).find((part) => part.startsWith('stacks'))!;
  return profileFromScript(stacks.slice(stacks.indexOf('\n') + 1));
}

function screensOf(profile: Profile, options: ReportViewOptions = {}): ReportScreen[] {
  const plan = planOf(profile, options);
  return reportTables(profile, plan).map(({ table }) => new ReportScreen(new ReportRows(profile, plan, table()), { hasMenu: false, turn: () => STAY, remark: '' }));
}

function textReport(profile: Profile, options: ReportViewOptions): string {
  let text = '';
  writeReport(profile, { ...options, quiet: true }, (piece) => (text += piece));
  return text;
}

/** Rows without what is before their first column, and of each line of a call graph its share and its name. */
function contentOf(lines: readonly string[], isRow: (line: string) => boolean, chain: RegExp): string[] {
  return lines.flatMap((line) => {
    if (isRow(line)) return [line.slice(2).trimEnd()];
    const [, share, name] = chain.exec(line) ?? [];
    return name === undefined || name === '' ? [] : [`${share ?? ''} ${name.trimEnd()}`];
  });
}

const shownLines = (profile: Profile, options: ReportViewOptions): string[] => screensOf(profile, options).flatMap((screen) => {
  screen.key(text('E'));
  return [...screen.text()].slice(3);
});
const ofBrowser = (profile: Profile, options: ReportViewOptions): string[] => contentOf(shownLines(profile, options), (line) => !line.startsWith('   ') || !/^ {3,}[+-]? /.test(line) || /^[ +-] {1,7}\d+\.\d\d% {2}/.test(line), /^ +[+-]? (?:(\d+\.\d\d%|\d+(?= )) )?(.*)$/);
const ofText = (profile: Profile, options: ReportViewOptions): string[] => contentOf(textReport(profile, options).split('\n').map(shownText).filter((line) => line !== ''), (line) => /^ {2,7}\d+\.\d\d%/.test(line), /^[ |]*(?:--(\d+\.\d\d%|\d+)--|---)?(.*)$/);

const text = (letter: string): Key => ({ name: 'text', text: letter });
const press = (name: Exclude<KeyName, 'text'>): Key => ({ name });

t.test('the numbers of the text report', async (t) => {
  const profiles = new Map<string, Profile>();
  for (const name of ['c_fp', 'forkexec_fp', 'threads_dwarf', 'py315_perfmap_fp', 'a64_cpp_fp', 'xz_fp', 'py315_fp_perf_jit']) profiles.set(name, scriptProfile(name));
  for (const name of ['branches', 'kprobe', 'latency', 'sched_stat']) profiles.set(name, (await (await openInMemory({ recording: bytesOf('report', `recorded-${name}.data`) })).profile()).profile);
  profiles.set('inlines', (await (await openInMemory(INLINES)).profile({ inlines: true })).profile);
  const demo = (await (await openInMemory(demoParts())).profile({ inlines: true })).profile;
  profiles.set('demo', demo);
  profiles.set('demo, Python', stacksProfile(pythonView(weightedStacks(demo))));
  profiles.set('group', (await (await openInMemory({ recording: bytesOf('perfdata', 'group.data') })).profile()).profile);
  t.ok(profiles.size >= 10);
  for (const [name, profile] of profiles) {
    for (const options of [{}, { children: false, percentLimit: 3 }, { ...reportOptions('-s dso,sym --percentage relative'), filter: { comms: ['c_fp', 'python3.13', 'inlines'] } }]) {
      const [ours, theirs] = [ofBrowser(profile, options), ofText(profile, options)];
      const at = ours.findIndex((one, index) => one !== theirs[index]);
      t.same([ours.length, ours[at]], [theirs.length, theirs[at]], `${name} ${JSON.stringify(options)}: ${ours.length} lines`);
    }
  }
  const c = profiles.get('c_fp')!;
  for (const line of ['-g fractal,0.5', '-g caller,graph,period', '-g callee,graph,count']) {
    const shares = (lines: readonly string[]): string[] => lines.filter((one) => !one.includes('[...]'));
    t.same(shares(ofBrowser(c, reportOptions(line))), shares(ofText(c, reportOptions(line))), line);
  }
  const chains = (lines: readonly string[]): string[] => lines.map((one) => one.replace(/ +/g, ' ')).filter((one) => /^\d+\.\d\d% \w/.test(one));
  t.ok(chains(ofBrowser(c, reportOptions('-g flat'))).length > 3);
});

const firstOf = async (options: ReportViewOptions = {}): Promise<ReportScreen> => screensOf((await (await openInMemory(demoParts())).profile()).profile, options)[0]!;
const asText = (lines: readonly Line[]): string[] => lines.map(({ spans }) => spans.map((span) => span.text).join('').trimEnd());
const painted = (screen: ReportScreen, width = 200, height = 60): string[] => asText(screen.paint(width, height));
const keys = (screen: ReportScreen, letters: string): void => {
  for (const letter of letters) screen.key(text(letter));
};

t.test('perf keys', async (t) => {
  await t.test('unfold and fold', async (t) => {
    const screen = await firstOf();
    const folded = painted(screen);
    t.match(folded[0], /^Samples: 491 {2}of event 'cpu-clock', Event count \(approx\.\): 983967928$/);
    t.match(folded[1], /^ {2}Children {6}Self {2}Command {5}Shared Object +Symbol$/);
    t.match(folded[2], /^\+ {3}97\.96% {4}16\.90% {2}python3\.13 {2}python3\.13 +\[\.\] _PyEval_EvalFrameDefault\.cold$/);
    keys(screen, '+');
    const one = painted(screen);
    t.match(one[2], /^- {3}97\.96%/);
    t.match(one[3], /^ {3}\+ \S/);
    t.equal(one[one.findIndex((line) => line.startsWith('+'))], folded[3], 'the next row follows');
    keys(screen, 'e');
    t.same(painted(screen), folded, 'e folds what is unfolded');
    keys(screen, 'e');
    t.ok(painted(screen).slice(3).every((line) => line.startsWith('   ')), 'all levels of the row');
    screen.key(press('down'));
    screen.key(press('down'));
    t.same(screen.selected, { item: 0, line: 2 });
    keys(screen, 'c');
    t.same(screen.selected, { item: 0, line: 0 });
    keys(screen, 'E');
    screen.key(press('end'));
    t.equal(screen.selected!.item, screen.rows.shown.length - 1);
    keys(screen, 'C');
    screen.key(press('home'));
    t.same(painted(screen), folded);
  });
  await t.test('filters', async (t) => {
    const screen = await firstOf();
    const all = screen.rows.shown.length;
    screen.key(press('down'));
    keys(screen, 'd');
    t.match(painted(screen)[0], /, DSO: python3\.13$/);
    t.notMatch(painted(screen)[1], /Shared Object/, 'its column says nothing new');
    t.ok(screen.rows.shown.length < all);
    t.same(screen.selected, { item: 1, line: 0 }, 'the same row stays selected');
    keys(screen, 't');
    t.match(painted(screen)[0], /, Thread: python3\.13, DSO: python3\.13$/);
    screen.key(press('left'));
    t.notMatch(painted(screen)[0], /Thread/, 'out of the last zoom');
    keys(screen, 'F');
    t.match(painted(screen)[0], /^Samples: \d+ +of .*, DSO: python3\.13, percent of these$/);
    const self = screen.rows.shown.reduce((sum, row) => sum + Number(/(\d+\.\d\d)%$/.exec(screen.rows.columns[1]!.cell(row))![1]), 0);
    t.ok(Math.abs(self - 100) < 1, 'what was taken in these functions is all');
    keys(screen, 'Fd');
    t.equal(screen.rows.shown.length, all);
    const asked = screen.key(text('/'));
    t.equal(asked.then, 'ask');
    if (asked.then === 'ask') asked.question.answered('bill');
    t.match(painted(screen)[2], /py::bill/);
    const limit = screen.key(text('L'));
    if (limit.then === 'ask') t.match(limit.question.answered('101'), { then: 'say' });
    if (limit.then === 'ask') limit.question.answered('100');
    t.match(painted(screen)[2], /no row passes the filters/);
    t.same(screen.selected, undefined);
    for (const letter of 'adtk+-eEcCmHVFP01<>') t.ok(screen.key(text(letter)), `${letter} without rows`);
    keys(screen, 'k');
  });
  await t.test('menus, and going out', async (t) => {
    const screen = await firstOf();
    const browser = new Browser(screen);
    const shown = (): string[] => asText(browser.paint(80, 24).lines);
    browser.key(press('enter'));
    t.same(shown().slice(1, 4), ['Annotate _PyEval_EvalFrameDefault.cold', 'Zoom into python3.13 thread', 'Zoom into python3.13 DSO']);
    browser.key(press('down'));
    browser.key(press('down'));
    browser.key(press('enter'));
    t.match(shown()[0], /DSO: python3\.13/);
    browser.key(press('escape'));
    t.notMatch(shown()[0], /DSO: python3\.13/);
    t.same(browser.key(text('a')), { what: 'annotate', frame: screen.rows.shown[0]!.row.frame });
    browser.key(text('j'));
    t.match(shown()[23], /does nothing here/);
    browser.key(press('escape'));
    t.match(shown()[23], /really want to exit/);
    browser.key(text('n'));
    t.equal(browser.key(press('enter')), undefined);
    browser.key(press('escape'));
    browser.key(text('y'));
    t.equal(browser.key(press('enter')), 'quit');
    t.equal(browser.key(text('q')), 'quit');
    t.equal(browser.key(press('interrupt')), 'quit');
    browser.key(text('h'));
    t.match(shown()[1], /this text/);
    browser.key(text('q'));
    t.match(shown()[0], /^Samples/);
  });
  t.end();
});

t.test("the guide's screen", async (t) => {
  const guide = readFileSync(join(PROJECT_ROOT, 'docs', 'guides', 'terminal.md'), 'utf8');
  const screen = guide.slice(guide.indexOf('    Samples:'), guide.indexOf('The first line says')).trimEnd().split('\n').map((line) => line.slice(4));
  const { profile } = await (await openInMemory(demoParts())).profile({ inlines: true });
  const browser = new Browser(screensOf(stacksProfile(pythonView(weightedStacks(profile))))[0]!);
  for (const key of [...'/day'].map(text)) browser.key(key);
  for (const key of [press('enter'), text('+'), press('down'), text('+'), press('down'), text('+')]) browser.key(key);
  t.same(asText(browser.paint(90, 30).lines).filter((line) => line !== ''), screen);
  t.end();
});

t.test('annotate', async (t) => {
  const annotation = await (await openInMemory(INLINES)).annotate();
  const fn = annotation.functions.find(({ frame }) => frame.name === 'leaf')!;
  const rows = await annotatedRows(annotation, fn, await Disassembler.load('att'), true);
  const screen = new AnnotateScreen(rows, annotation.events, annotation.events[0]!.name);
  const shown = (): string[] => asText(screen.paint(100, 200));
  t.match(shown()[0], /^Samples: 99 of event 'cpu-clock:u', Event count \(approx\.\): \d+, percent: local period$/);
  const shares = shown().flatMap((line) => /^ *(\d+\.\d\d) │/.exec(line)?.[1] ?? []);
  t.ok(Math.abs(shares.reduce((sum, share) => sum + Number(share), 0) - 100) < 1);
  const hottest = shares.reduce((most, share) => Math.max(most, Number(share)), 0).toFixed(2);
  t.match(shown()[screen.cursorLine], new RegExp(`^ *${hottest} │`), 'begins at the hottest instruction');
  screen.key(press('tab'));
  const next = [...shares].sort((a, b) => Number(b) - Number(a))[1]!;
  t.match(shown()[screen.cursorLine], new RegExp(`^ *${next} │`));
  t.match(shown().join('\n'), /│ leaf\.c:\d+/);
  screen.key(text('s'));
  t.notMatch(shown().join('\n'), /│ leaf\.c:\d+/);
  screen.key(text('p'));
  t.match(shown()[0], /global period/);
  screen.key(text('t'));
  screen.key(text('t'));
  t.equal(shown().flatMap((line) => /^ *(\d+) │/.exec(line)?.[1] ?? []).reduce((sum, one) => sum + Number(one), 0), 99, 'samples');
  const asked = screen.key(text('/'));
  if (asked.then === 'ask') t.match(asked.question.answered('no such thing'), { then: 'say' });
  if (asked.then === 'ask') t.same(asked.question.answered('ret'), STAY);
  t.match(shown()[screen.cursorLine], /ret/);
  const without = new AnnotateScreen(await annotatedRows(annotation, fn, undefined, true), annotation.events, '');
  t.match(asText(without.paint(100, 20))[2], /No instructions: the disassembler is not installed/);
});

const anyKey: fc.Arbitrary<Key> = fc.oneof(
  fc.constantFrom(...'hqm+-ecECadtk/LFHViP<>0123 ?nspbfTx漢'.split('')).map(text),
  fc.constantFrom<Key>(...(['up', 'down', 'pageup', 'pagedown', 'home', 'end', 'left', 'right', 'enter', 'escape', 'tab', 'backtab', 'backspace', 'delete', 'f1', 'interrupt', 'redraw'] as const).map((name) => ({ name }))),
);

/** Names that nobody should send to a terminal. */
const HOSTILE = ['\u001b[2J\u001b]0;title\u0007', 'a\r\nb\tc', '漢字カナ', '\u202egnp.exe', `e${'\u0301'.repeat(400)}`, '\u0301start', '👨‍👩‍👧‍👦 family', '\u009b31m', '\udc9b\udc80 bytes', 'ﬀ한국어', ''];

t.test('any keys', async (t) => {
  const made = new MadeRecording({ clockId: 1 });
  HOSTILE.forEach((name, index) => {
    const pid = 100 + index;
    made.comm(pid, name, 1 + index).mmap(pid, { start: 0x40_0000, length: 0x10_0000, path: `/opt/${name}` }, 20 + index);
    for (let i = 0; i < 3; i++) made.sample(pid, [0x40_1000 + i * 16, 0x40_2000, 0x40_3000 + index], 100 + index * 10 + i, 7);
  });
  const { profile: hostile } = await (await openInMemory({ recording: made.bytes() })).profile();
  const group = (await (await openInMemory({ recording: bytesOf('perfdata', 'group.data') })).profile()).profile;
  const profiles = [hostile, group, scriptProfile('c_fp'), (await (await openInMemory(demoParts())).profile()).profile];
  const annotation = await (await openInMemory(INLINES)).annotate();
  const annotated = await annotatedRows(annotation, annotation.functions[0]!, undefined, true);
  fc.assert(
    fc.property(fc.nat(4), fc.array(fc.tuple(anyKey, fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: 40 })), { maxLength: 60 }), (which, presses) => {
      const profile = profiles[which];
      const screen = profile === undefined ? undefined : screensOf(profile)[0]!;
      const browser = new Browser(screen ?? new AnnotateScreen(annotated, annotation.events, ''));
      for (const [key, width, height] of presses) {
        browser.key(key);
        const { lines, cursor } = browser.paint(width, height);
        if (lines.length !== (width === 0 ? 0 : height)) return false;
        if (cursor.line >= Math.max(1, height) || cursor.column >= Math.max(1, width)) return false;
        for (const { spans } of lines) {
          const shown = spans.map((span) => span.text).join('');
          // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
          if (stringWidth(shown) !== width || /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\ud800-\udbff](?![\udc00-\udfff])/.test(shown)) return false;
        }
        if (screen === undefined) continue;
        const at = screen.selected;
        const isWithin = at === undefined ? screen.rows.shown.length === 0 : at.item < screen.rows.shown.length && at.line < screen.rows.linesOf(screen.rows.shown[at.item]!);
        if (!isWithin) return false;
      }
      return true;
    }),
    { numRuns: 80 },
  );
  t.pass('whatever is pressed, lines fit, and the selection is in sight');
});

t.test('a long list', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(6), { minLength: 1, maxLength: 60 }), fc.array(fc.tuple(fc.constantFrom('move', 'page', 'home', 'end', 'fold'), fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 15 })), { maxLength: 40 }), (sizes, moves) => {
      const lines = [...sizes];
      const list = new FoldingList(lines.length, (item) => 1 + lines[item]!);
      const flat = (): string[] => lines.flatMap((size, item) => Array.from({ length: size + 1 }, (_, line) => `${item} ${line}`));
      for (const [what, by, height] of moves) {
        const before = flat().indexOf(`${list.selected!.item} ${list.selected!.line}`);
        if (what === 'move') list.move(by);
        else if (what === 'page') list.movePages(Math.sign(by));
        else if (what === 'home') list.home();
        else if (what === 'end') list.end();
        else {
          lines[list.selected!.item] = Math.abs(by) % 7;
          list.folded();
        }
        const all = flat();
        const at = all.indexOf(`${list.selected!.item} ${list.selected!.line}`);
        if (what === 'move' && at !== Math.max(0, Math.min(all.length - 1, before + by))) return false;
        const seen = list.inSight(height).map(({ item, line }) => `${item} ${line}`);
        // A stretch of the list, as long as there is room, with the selected line in it.
        const from = all.indexOf(seen[0]!);
        if (at < 0 || seen.length !== Math.min(height, all.length) || !seen.includes(all[at]!)) return false;
        if (seen.some((place, index) => all[from + index] !== place)) return false;
      }
      return true;
    }),
  );
  const million = new FoldingList(1_000_000, () => 1);
  const began = process.cpuUsage();
  for (let i = 0; i < 2000; i++) {
    million.movePages(1);
    million.inSight(50);
  }
  million.end();
  t.same(million.inSight(3).map(({ item }) => item), [999_997, 999_998, 999_999]);
  t.ok(process.cpuUsage(began).user < 2e6, 'what is out of sight costs nothing');
  t.end();
});

t.test('text in cells', (t) => {
  t.equal(cut('plain text', 2, 4), 'ain ');
  t.equal(cut('漢字', 0, 3), '漢 ', 'half a letter is a blank');
  t.equal(cut('漢字', 1, 4), ' 字 ');
  t.equal(cut('e\u0301a', 0, 1), 'e\u0301', 'an accent stays with its letter');
  t.equal(cut('\u001b[31m', 0, 6), '?[31m ');
  t.equal(cellsOf('漢字x'), 5);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.nat(12), fc.nat(20), (one, from, cells) => stringWidth(cut(one, from, cells)) === cells),
  );
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), fc.integer({ min: 9, max: 40 }), (one, width) => wrapped(one, width).length <= 65 && wrapped(one, width).slice(0, -1).every((line) => cellsOf(line) <= width)), { numRuns: 30 });
  t.same(wrapped('a line that is too long for its place', 20), ['a line that is too', '    long for its', '    place']);
  const screen = new TextScreen('Title', ['a line that is too long for its place']);
  t.same(asText(screen.paint(20, 5)), ['Title', 'a line that is too', '    long for its', '    place', '']);
  t.equal(new ChoiceScreen('', []).key(press('enter')).then, 'stay');
  t.end();
});

t.test('keys of a keyboard', (t) => {
  t.same(keyOf('a', { name: 'a' }), text('a'));
  t.same(keyOf('E', { name: 'e', shift: true }), text('E'));
  t.same(keyOf('字', {}), text('字'));
  t.same(keyOf('\r', { name: 'return' }), press('enter'));
  t.same(keyOf('\u0003', { name: 'c', ctrl: true }), press('interrupt'));
  t.same(keyOf('\u001b', { name: 'escape', meta: true }), press('escape'));
  t.same(keyOf(undefined, { name: 'up' }), press('up'));
  t.same(keyOf('\t', { name: 'tab' }), press('tab'));
  t.same(keyOf(undefined, { name: 'tab', shift: true }), press('backtab'));
  t.equal(keyOf('x', { name: 'x', ctrl: true }), undefined);
  t.equal(keyOf('\u001bx', { name: 'x', meta: true }), undefined);
  t.end();
});
