// report held against what perf 7.2 printed, byte for byte: from perf's own script text, so that nothing but report is tested.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { MAX_GRAPH_TEXT } from '../../src/bytes/limits.ts';
import type { Profile } from '../../src/profile/profile.ts';
import { countWithUnit, twoDecimals } from '../../src/views/report/percent.ts';
import { parseFields, parseSortKeys, SORT_KEYS, SUM_KEYS, type ReportField } from '../../src/profile/report-keys.ts';
import type { ReportViewOptions } from '../../src/views/report/options.ts';
import { writeReport } from '../../src/views/report/report.ts';
import { profileFromScript } from '../profile/profile-from-script.ts';
import { reportOptions } from './report-options.ts';

function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The parts of a file of testdata/report, by the line that begins each. */
function parts(name: string): Map<string, string> {
  const packed = readFileSync(join(projectRoot(), 'testdata', 'report', `${name}.txt.gz`));
  const found = new Map<string, string>();
  for (const part of gunzipSync(packed).toString('latin1').split(/^==> /m).slice(1)) {
    const end = part.indexOf('\n');
    found.set(part.slice(0, end), part.slice(end + 1));
  }
  return found;
}

function textOf(profile: Profile, options: ReportViewOptions): string {
  let text = '';
  writeReport(profile, options, (piece) => (text += piece));
  return text.replace(/^# \(Tip: .*\)$/m, '# (Tip)');
}

/** Where two texts part, a line of each: a whole report is no help in a message. */
function firstDifference(ours: string, perfs: string): string[] {
  const [a, b] = [ours.split('\n'), perfs.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  return at < 0 && a.length === b.length ? [] : [`line ${at + 1}`, `ours: ${a[at]}`, `perf: ${b[at]}`];
}

const RECORDINGS = [
  'c_fp', // recursion, garbage at the end of frame-pointer chains, ties
  'forkexec_fp', // many commands and names, and most options
  'threads_dwarf', // callers above callees within a thread only
  'py315_perfmap_fp', // a perf map as the shared object, long Python stacks
  'a64_cpp_fp', // names longer than perf's buffers
  'deep_dwarf_200', // more levels than the mask of pipes has bits
  'xz_fp', // addresses without symbols
  'py315_fp_perf_jit', // addresses further apart than 2^63: the order of rows is that of perf's trees
];

for (const name of RECORDINGS) {
  t.test(name, async (t) => {
    const found = parts(name);
    const profile = profileFromScript(found.get('stacks')!, found.get('records')!);
    for (const [line, text] of found) {
      if (line === 'stacks' || line === 'records') continue;
      t.same(firstDifference(textOf(profile, reportOptions(line)), text), [], `perf report ${line}`);
    }
  });
}

t.test('without chains there are no callers, and no graph to ask for', async (t) => {
  const profile = profileFromScript('w 1/1 [000] 1.000000: 10 cpu-clock: 401000 main+0x0 (/bin/w)\nw 1/1 [000] 1.000001: 30 cpu-clock: 402000 leaf+0x8 (/bin/w)\n');
  t.equal(
    textOf(profile, { showSamples: true, showPeriod: true, quiet: true }),
    '    75.00%             1            30  w        w              [.] leaf\n    25.00%             1            10  w        w              [.] main\n\n\n',
  );
  t.throws(() => textOf(profile, { callGraph: { mode: 'graph', minPercent: 0.5 } }), { code: 'PERFTS_NO_SAMPLES' });
  t.equal(textOf(profile, { callGraph: 'none', quiet: true, percentLimit: 25 }).split('\n').length, 5, 'a row equal to the limit is shown');
});

t.test('events side by side in a group, and one after the other', async (t) => {
  const one = profileFromScript(
    'w 1/1 [000] 1.0: 10 cycles: 401000 main+0x0 (/bin/w)\nw 1/1 [000] 1.1: 1 faults: 401000 main+0x0 (/bin/w)\nw 1/1 [000] 1.2: 3 faults: 402000 leaf+0x0 (/bin/w)\n',
  );
  const grouped: Profile = { ...one, events: one.events.map((event) => ({ ...event, leader: 0 })) };
  t.equal(
    textOf(grouped, { headerLines: ['# HEADER'], showSamples: true }),
    `# HEADER
#
#
# Total Lost Samples: 0
#
# Samples: 3  of events 'anon group { cycles, faults }'
# Event count (approx.): 14
#
#         Overhead                   Samples  Command  Shared Object  Symbol  
# ................  ........................  .......  .............  ........
#
   100.00%  25.00%             1           1  w        w              [.] main
     0.00%  75.00%             0           1  w        w              [.] leaf


#
# (Tip)
#
`,
  );
  const titles = textOf(one, {}).match(/^# Samples.*$/gm);
  t.same(titles, ["# Samples: 1  of event 'cycles'", "# Samples: 2  of event 'faults'"]);
});

t.test('from a pipe perf shows no callers, and callers first', async (t) => {
  const frames = '\t402000 leaf+0x0 (/bin/w)\n\t401000 main+0x0 (/bin/w)\n';
  const profile: Profile = { ...profileFromScript(`w 1/1 [000] 1.0: 10 cycles: \n${frames}\n`), fromPipe: true };
  const text = textOf(profile, { children: true, quiet: true });
  t.equal(text, '   100.00%  w        w              [.] leaf\n            |\n            ---main\n               leaf\n\n\n\n');
});

t.test('a sample without chain and address', async (t) => {
  const profile = profileFromScript('w 1/1 [000] 1.0: 10 cycles: \n\nw 1/1 [000] 1.0: 10 cycles: \n\t401000 main+0x0 (/bin/w)\n');
  const text = textOf(profile, { quiet: true });
  t.match(text, /^ {4}50\.00% {4}50\.00% {2}w {8}\[unknown\] {9}\[\.\] 0000000000000000$/m);
});

t.test('the graphs of all events together are bounded', async (t) => {
  let frames = '';
  for (let i = 0; i < 4_000; i++) frames += `\t${(0x400000 + i * 16).toString(16)} f${i}+0x0 (/bin/w)\n`;
  const profile = profileFromScript(['a', 'b', 'c'].map((event) => `w 1/1 [000] 1.0: 10 ${event}: \n${frames}\n`).join(''));
  let length = 0;
  const titles: string[] = [];
  writeReport(profile, { children: true, callGraph: { mode: 'graph', minPercent: 0.5, order: 'caller' } }, (piece) => {
    length += piece.length;
    titles.push(...(piece.match(/^# Samples.*$/gm) ?? []));
  });
  t.equal(titles.length, 3);
  // The last graph may go beyond by its own names.
  t.ok(length > MAX_GRAPH_TEXT / 2 && length < MAX_GRAPH_TEXT * 1.05, `${length} characters`);
});

t.test('words, those that are refused, and those that are not known', async (t) => {
  t.same(parseSortKeys('comm,sym dso'), ['comm', 'symbol', 'dso']);
  t.same(parseSortKeys('local_w,{OVER,Comm_}'), ['local_weight', 'overhead', 'comm_nodigit'], 'shortened, in any case');
  t.same([parseSortKeys('ins_lat'), parseFields('ins_lat'), parseFields('weight'), parseFields('comm')], [['ins_lat'], ['weight2'], ['weight1'], ['comm']], 'columns are numbers first');
  t.throws(() => parseSortKeys('comm,ipc_lbr'), { code: 'PERFTS_USAGE', message: /^--sort: ipc_lbr: instructions in each cycle/ });
  t.throws(() => parseFields('overhead,dtlb'), { code: 'PERFTS_USAGE', message: /^--fields: dtlb: .*: sort by tlb$/ });
  t.throws(() => parseFields('nothing'), { code: 'PERFTS_USAGE', message: /there is no key 'nothing'; the keys are overhead, .*comm/ });
  t.throws(() => parseSortKeys(','), { code: 'PERFTS_USAGE' });
  const names = [...SUM_KEYS, ...SORT_KEYS].map(({ name }) => name);
  t.equal(new Set(names).size, names.length);
  for (const { name, describe, refused } of [...SUM_KEYS, ...SORT_KEYS]) {
    t.equal(describe === '', refused !== undefined, `${name} says what it is, or why it is not there`);
    if (refused === undefined) t.ok([parseFields(name)[0], parseSortKeys(name)[0]].includes(name as ReportField), `${name} means itself`);
  }
});

t.test('numbers as printf writes them', async (t) => {
  // Halves that binary numbers hold exactly go to the even neighbour.
  t.same([0.125, 3.125, 0.375, 12.375, 99.995, 0, 100].map(twoDecimals), ['0.12', '3.12', '0.38', '12.38', '100.00', '0.00', '100.00']);
  t.equal((99.995).toFixed(2), '100.00');
  t.same([0, 1000, 1001, 1_000_000, 1_001_000, 2_002_000_000].map(countWithUnit), ['0 ', '1000 ', '1K', '1000K', '1M', '2G']);
});
