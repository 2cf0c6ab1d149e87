// Command lines as perf's users type them, and what comes of them; what is wrong, and the one line that says so.

import t from 'tap';
import fc from 'fast-check';
import { parseArguments } from '../../src/cli/argv.ts';
import { isThere } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import type { ReportOptions, ScriptOptions } from '../../src/cli/options.ts';
import { readReportOptions, report } from '../../src/cli/report.ts';
import { readScriptOptions, script } from '../../src/cli/script.ts';
import { PerftsError } from '../../src/bytes/errors.ts';

function reportOptions(line: string): ReportOptions {
  const parsed = parseArguments(report, words(line));
  if (parsed.kind === 'help') throw new Error('help');
  return readReportOptions(parsed.given);
}

function scriptOptions(line: string): ScriptOptions {
  const parsed = parseArguments(script, words(line));
  if (parsed.kind === 'help') throw new Error('help');
  return readScriptOptions(parsed.given);
}

function words(line: string): string[] {
  return line === '' ? [] : line.split(' ');
}

t.test('report: words of perf and what they mean', async (t) => {
  const cases: readonly (readonly [string, object])[] = [
    ['', { input: 'perf.data', children: undefined, sort: undefined, branches: undefined, latency: false, callGraphGiven: false, rowLimit: undefined, chainLimit: 0.5, demangle: true, inline: true }],
    ['x.data', { input: 'x.data' }],
    ['-i x.data', { input: 'x.data' }],
    ['-ix.data', { input: 'x.data' }],
    ['--input=x.data', { input: 'x.data' }],
    ['--inp x.data', { input: 'x.data' }],
    ['-i -', { input: '-' }],
    ['-', { input: '-' }],
    ['-- -odd.data', { input: '-odd.data' }],
    ['-n', { showSamples: true }],
    ['-nG x', { showSamples: true, callGraph: { order: 'caller' }, input: 'x' }],
    ['-g', { callGraphGiven: true, callGraph: { type: 'graph', threshold: 0.5, order: 'caller' } }],
    ['-g -n', { callGraphGiven: true, callGraph: { order: 'caller' }, showSamples: true }],
    ['-g perf.data', { callGraphGiven: true, input: 'perf.data' }],
    ['-g none', { callGraph: { type: 'none', order: undefined } }],
    ['-gnone', { callGraph: { type: 'none' } }],
    ['-g=none', { callGraph: { type: 'none' } }],
    ['--no-call-graph', { callGraph: { type: 'none' } }],
    ['-gcaller', { callGraph: { type: 'graph', order: 'caller', threshold: undefined } }],
    ['-g callee', { callGraph: { order: 'callee' } }],
    ['-g fractal,2,callee', { callGraph: { type: 'fractal', threshold: 2, order: 'callee' }, chainLimit: 2 }],
    ['--call-graph=graph,0.1,10,caller,function,count', { callGraph: { threshold: 0.1, printLimit: 10, value: 'count' } }],
    ['-g fold,0', { callGraph: { type: 'folded' }, chainLimit: 0 }],
    ['-s comm,dso', { sort: { keys: ['comm', 'dso'], addsToUsual: false } }],
    ['-scomm', { sort: { keys: ['comm'], addsToUsual: false } }],
    ['--sor sym', { sort: { keys: ['symbol'], addsToUsual: false } }],
    ['--sort=+pid', { sort: { keys: ['pid'], addsToUsual: true } }],
    ['--sort trace,dso_f', { sort: { keys: ['trace', 'dso_from'], addsToUsual: false } }],
    ['-b --latency', { branches: true, latency: true }],
    ['--no-branch-stack', { branches: false }],
    ['-s pid -s tid', { sort: { keys: ['tid'], addsToUsual: false } }],
    ['--no-children', { children: false }],
    ['--no-ch', { children: false }],
    ['--no-children --children', { children: true }],
    ['--percent-limit 1.5', { rowLimit: 1.5, chainLimit: 1.5 }],
    ['-g --percent-limit 2', { rowLimit: 2, chainLimit: 2 }],
    ['--percent-limit 2 -g', { rowLimit: 2, chainLimit: 0.5 }],
    ['--no-inline --no-demangle', { inline: false, demangle: false }],
    ['--max-stack 5', { maxStack: 5 }],
    ['--comms a,b --dsos libc.so.6 --symbols main', { comms: ['a', 'b'], dsos: ['libc.so.6'], symbols: ['main'] }],
    ['--jitdump a.dump --jitdump b.dump', { jitdumps: ['a.dump', 'b.dump'] }],
    ['--symfs ./s --kallsyms k --perf-map-dir m', { symfs: ['./s'], kallsyms: 'k', perfMapDir: 'm' }],
    ['--symfs a --symfs=b,flat --symfs c,hierarchy', { symfs: ['a', 'b', 'c'] }],
    ['-vv', { verbose: 2 }],
    ['--header', { header: 'before' }],
    ['--header-only -I', { header: 'only', headerDetails: true }],
    ['--stdio -q', { quiet: true }],
    ['-F overhead,sym --show-total-period', { fields: { keys: ['overhead', 'symbol'], addsToUsual: false }, showPeriod: true }],
    ['-F +period', { fields: { keys: ['period'], addsToUsual: true } }],
    ['-s {comm,pid},sym', { sort: { keys: ['comm', 'pid', 'symbol'], groups: [['comm', 'pid']] }, sortText: '{comm,pid},sym' }],
    ['--pid 1,3-5 --tid 7 -C 0,2', { pids: [1, 3, 4, 5], tids: [7], cpus: [0, 2] }],
    ['--time 12.5,13', { time: { kind: 'clock', spans: [{ from: 12_500_000_000n, to: 13_000_000_000n }] }, timeText: '12.5,13' }],
    ['--time ,13', { time: { kind: 'clock', spans: [{ from: undefined, to: 13_000_000_000n }] } }],
    ['--time 10%/2', { time: { kind: 'share', shares: [{ from: 0.1, to: 0.2 }] } }],
    ['--time 0%-10%,30%-40%', { time: { kind: 'share', shares: [{ from: 0, to: 0.1 }, { from: 0.3, to: 0.4 }] } }],
    ['--time 10%/10', { time: { kind: 'share', shares: [{ from: 0.9, to: 1 }] } }],
    ['--time-quantum 5ms --ns', { timeQuantum: 5_000_000n, nanoseconds: true }],
    ['-p ^[[:alpha:]]+_x$ -x', { parent: /^[a-zA-Z]+_x$/, excludeOther: true }],
    ['--ignore-callees foo', { ignoreCallees: /foo/ }],
    ['-t, -w 1,2', { separator: ',', columnWidths: [1, 2] }],
    ['-HU --mem-mode', { hierarchy: true, hideUnresolved: true, memory: true }],
    ['--socket-filter 1 --parallelism 2-3 --symbol-filter m', { socket: 1, parallelism: [2, 3], symbolFilter: 'm' }],
    ['--show-cpu-utilization --no-skip-empty', { showModes: true, showEmpty: true }],
    ['--percentage absolute', { percentage: 'absolute' }],
  ];
  for (const [line, expected] of cases) t.match(reportOptions(line), expected, `report ${line}`);
});

t.test('script: words of perf and what they mean', async (t) => {
  const cases: readonly (readonly [string, object])[] = [
    ['', { input: 'perf.data', fields: [], hideCallGraph: false, nanoseconds: false, times: 'absolute' }],
    ['-F comm,ip', { fields: [{ type: '', mode: 'set', fields: [{ name: 'comm', shown: true }, { name: 'ip', shown: true }] }] }],
    ['-F +srcline', { fields: [{ mode: 'change', fields: [{ name: 'srcline', shown: true }] }] }],
    ['-F -comm,+pid', { fields: [{ mode: 'change', fields: [{ name: 'comm', shown: false }, { name: 'pid', shown: true }] }] }],
    ['-F sw:ip -F trace:time', { fields: [{ type: 'sw' }, { type: 'trace' }] }],
    ['--ns --reltime', { nanoseconds: true, times: 'since-start' }],
    ['--deltatime -G', { times: 'since-previous', hideCallGraph: true }],
    ['--pid 1,2 --tid 3 -C 0,2-4', { pids: [1, 2], tids: [3], cpus: [0, 2, 3, 4] }],
  ];
  for (const [line, expected] of cases) t.match(scriptOptions(line), expected, `script ${line}`);
});

t.test('wrong lines are one line that names the option', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['report --percent-limit abc', /^--percent-limit takes a number, not 'abc'$/],
    ['report --percent-limit=', /^--percent-limit takes a number, not ''$/],
    ['report --percent-limit -1', /^--percent-limit takes 0 or more/],
    ['report --percent-limit', /^--percent-limit needs a value \(PERCENT\)/],
    ['report --max-stack 1.5', /^--max-stack takes a whole number/],
    ['script --script x', /^--script: perfts runs no scripts/],
    ['report -i', /^-i needs a value \(FILE\)/],
    ['report --gtk', /^--gtk: perfts draws no windows/],
    ['report --bogus', /^unknown option --bogus; 'perfts report --help'/],
    ['report --chilren', /did you mean --children\?/],
    ['report -Z', /^unknown option -Z/],
    ['report --=x', /^unknown option --;/],
    ['report --s', /^--s may be --symfs or /],
    ['report --stdio=1', /^--stdio takes no value, not '1'$/],
    ['report --no-children=1', /^--no-children takes no value/],
    ['report a b', /^report takes one file, not 'a' 'b'$/],
    ['report --itrace=i', /^--itrace: processors' traces are not decoded/],
    ['report -M intel', /^-M: report draws no code/],
    ['report --time x', /^--time 'x': give two times in seconds/],
    ['report --time 2,1', /^--time '/],
    ['report --time 20%/6', /^--time '/],
    ['report --time 1,2,3', /^--time '/],
    ['report --time-quantum 0', /^--time-quantum '0': it is a time/],
    ['report -p (', /^--parent: '\(' is no regular expression$/],
    ['report -t .', /^--field-separator takes anything but/],
    ['report -w a', /^--column-widths takes numbers/],
    ['report -F +', /^--fields: '\+' names no column$/],
    ['report -g address', /^--call-graph: perf has 'address', perfts does not have it yet$/],
    ['report -gnonsense', /^--call-graph: 'nonsense' is none of none, graph/],
    ['report -s bo#gus', /^--sort: there is no key 'bo#gus'; the keys are pid, tgid, comm, .*cycles, .*tid$/],
    ['report -s type', /^--sort: type: data type profiling/],
    ['report --percentage some', /^--percentage takes absolute or relative, not 'some'$/],
    ['script -F bogus', /^--fields: there is no field 'bogus'/],
    ['script -F xx:ip', /^--fields: there is no event type 'xx'/],
    ['script -F ip,+sym', /mixes a list with \+ and -/],
    ['script --pid x', /^--pid takes numbers/],
    ['script -C 5-2', /^--cpu takes numbers/],
    ['script -C 0-4000000000', /^--cpu takes numbers/],
  ];
  for (const [line, message] of cases) {
    const read = (): unknown => (line.startsWith('report') ? reportOptions(line.slice(7)) : scriptOptions(line.slice(7)));
    t.throws(read, { code: 'PERFTS_USAGE', message }, line);
  }
});

t.test('any words are options, or one line', async (t) => {
  const word = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('-g', '-s', '-F', '-n', '-G', '-', '--', '--sort', '--no-children', '--percent-limit', '--max-stack', '-C', '1', '-1', '0,2-3', '+ip', '-ip,+sym', 'graph,', '--=', '--no-'));
  const property = fc.property(fc.constantFrom(report, script), fc.array(word, { maxLength: 6 }), (command, line) => {
    try {
      const parsed = parseArguments(command, line);
      if (parsed.kind === 'given') void (command === report ? readReportOptions(parsed.given) : readScriptOptions(parsed.given));
    } catch (error) {
      if (!(error instanceof PerftsError) || error.code !== 'PERFTS_USAGE' || error.message === '') throw error;
    }
  });
  fc.assert(property, { numRuns: 2000 });
  t.pass();
});

t.test('the tables are whole', async (t) => {
  for (const command of COMMANDS) {
    const letters = Object.values(command.options).map((spec) => spec.alias).filter((alias) => alias !== undefined);
    t.equal(new Set(letters).size, letters.length, `${command.name}: no letter stands for two options`);
    for (const [name, spec] of Object.entries(command.options)) {
      if (spec.refused !== undefined) t.match(spec.refused, /^[^.\n]{10,}[^.\n]$/, `${command.name} --${name} says why it is not there, in one sentence`);
      if (isThere(spec)) t.not(spec.describe, '', `${command.name} --${name} says what it does`);
      if (spec.type === 'text' && isThere(spec)) t.ok(spec.value, `${command.name} --${name} names its value`);
    }
    for (const [line] of command.examples) {
      t.doesNotThrow(() => parseArguments(command, line.split(' ').slice(1)), line);
    }
  }
});
