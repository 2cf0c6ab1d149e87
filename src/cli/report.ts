// `perfts report`: its options, with perf report's names and meanings. What they do is in run-report.ts, loaded when it is called.

import { DEFAULT_CALL_GRAPH, looksLikeCallGraph, parseCallGraph } from './call-graph-option.ts';
import { PerftsError } from '../bytes/errors.ts';
import type { Command, OptionTable } from './command.ts';
import { FILE_OPTIONS, readFileOptions, TIME_OPTION } from './file-options.ts';
import type { Given } from './given.ts';
import { readHeaderOption } from './header-option.ts';
import type { ReportOptions } from './options.ts';
import type { Output } from './output.ts';
import { keyNames, SORT_KEYS, SUM_KEYS } from '../profile/report-keys.ts';
import { parseNumberList } from './number-list.ts';
import { parsePattern } from './pattern.ts';
import { REFUSED_REPORT_OPTIONS } from './refused-report-options.ts';
import { readScriptOptions, script } from './script.ts';
import { parseFieldChoice, parseSort } from './sort-keys.ts';
import { readTimeOptions, TIME_OPTIONS } from './time-options.ts';
import { parseQuantum, parseTimeRange } from './time-range.ts';

/** perf's own limit for branches of a call graph, percent. */
const CHAIN_LIMIT = 0.5;

const OPTIONS: OptionTable = {
  ...FILE_OPTIONS,
  stdio: { type: 'flag', describe: 'plain text, also on a terminal' },
  tui: { type: 'flag', describe: 'rows to move in, with the keys of perf; usual where standard input and output are a terminal' },
  'show-nr-samples': { type: 'flag', alias: 'n', describe: 'a column with the number of samples' },
  'call-graph': {
    type: 'optional-text',
    alias: 'g',
    value: 'TYPE,PERCENT,ORDER',
    describe: 'call graphs: graph, fractal, flat, folded or none; branches from PERCENT on; caller or callee first',
    default: 'graph,0.5,caller,function,percent',
    accepts: looksLikeCallGraph,
  },
  inverted: { type: 'flag', alias: 'G', describe: 'call graphs with the caller first' },
  children: { type: 'flag', describe: 'add the time of callees to their callers (on where there are call chains)' },
  'percent-limit': { type: 'number', value: 'PERCENT', least: 0, describe: 'leave out rows and branches below this' },
  sort: { type: 'text', alias: 's', value: 'KEYS', describe: `what makes a row, or what rows are sorted by: ${keyNames(SORT_KEYS)}; and fields of tracepoints (EVENT.FIELD, FIELD, trace_fields; FIELD/raw as it is); +KEY adds to the default`, default: 'comm,dso,symbol' },
  python: { type: 'flag', describe: "Python's own view: its functions and their files, what they call by its name in Python, nothing of the interpreter" },
  'branch-stack': { type: 'flag', alias: 'b', describe: 'count recorded branches instead of samples (on in recordings made with -b)' },
  latency: { type: 'flag', describe: 'shares of the time that passed first, from the context switches that record --latency adds' },
  fields: { type: 'text', alias: 'F', value: 'LIST', describe: `these columns instead: ${keyNames(SUM_KEYS)}, and sort keys; +COLUMN adds to the default` },
  'show-total-period': { type: 'flag', describe: 'a column with the sum of the periods' },
  percentage: { type: 'text', value: 'HOW', choices: ['absolute', 'relative'], describe: 'percent of all samples, or of those that pass the filters', default: 'absolute' },
  comms: { type: 'text', alias: 'c', value: 'LIST', describe: 'only these commands' },
  dsos: { type: 'text', alias: 'd', value: 'LIST', describe: 'only these shared objects' },
  symbols: { type: 'text', alias: 'S', value: 'LIST', describe: 'only these symbols' },
  header: { type: 'flag', describe: 'what the recording says of itself, before the report' },
  'header-only': { type: 'flag', describe: 'nothing but that' },
  'show-info': { type: 'flag', alias: 'I', describe: 'with more of it (topology)' },
  stats: { type: 'flag', describe: 'numbers of records by type and of samples by event, instead of a report' },
  tasks: { type: 'flag', describe: 'the tasks as a tree, instead of a report' },
  jobs: { type: 'number', value: 'N', whole: true, least: 1, describe: 'threads that share the work; the report is the same, and sooner there with very many call chains only', default: 1 },
  quiet: { type: 'flag', alias: 'q', describe: 'no lines that begin with #' },
  pid: { type: 'text', value: 'LIST', describe: 'only these processes' },
  tid: { type: 'text', value: 'LIST', describe: 'only these threads' },
  cpu: { type: 'text', alias: 'C', value: 'LIST', describe: 'only samples on these CPUs: 0,2-3' },
  time: TIME_OPTION,
  parallelism: { type: 'text', value: 'LIST', describe: 'only samples while so many threads ran (recordings with --latency): 1,4-8' },
  'socket-filter': { type: 'number', value: 'N', whole: true, least: 0, describe: 'only samples on the CPUs of this package' },
  'symbol-filter': { type: 'text', value: 'TEXT', describe: 'only rows of functions whose name contains this' },
  'hide-unresolved': { type: 'flag', alias: 'U', describe: 'nothing that has no name: neither samples nor callers' },
  parent: { type: 'text', alias: 'p', value: 'REGEX', describe: 'tell samples apart by the caller whose name fits (the key parent)' },
  'exclude-other': { type: 'flag', alias: 'x', describe: 'only samples that have such a caller' },
  'ignore-callees': { type: 'text', value: 'REGEX', describe: 'functions whose name fits take over the time of all that they call' },
  'mem-mode': { type: 'flag', describe: 'accesses to memory by their weight, and where the data was (record with -d, or perf mem)' },
  'raw-trace': { type: 'flag', describe: 'tracepoints by their fields as they are, instead of the text that their print format makes' },
  'show-cpu-utilization': { type: 'flag', describe: 'columns with the shares in the kernel and in user code' },
  hierarchy: { type: 'flag', alias: 'H', describe: 'a tree by the sort keys, one level for each; {KEY,KEY} are one level' },
  'column-widths': { type: 'text', alias: 'w', value: 'LIST', describe: 'widths of the columns, from the first' },
  'field-separator': { type: 'text', alias: 't', value: 'TEXT', describe: 'this between columns, and no lines of dots; where it stands in names they have a dot' },
  ns: { type: 'flag', describe: 'times with nanoseconds, in the key time' },
  'time-quantum': { type: 'text', value: 'TIME', describe: 'steps of the key time: 10ms, 500us, 1s', default: '100ms' },
  'switch-on': script.options['switch-on']!,
  'switch-off': script.options['switch-off']!,
  'show-on-off-events': script.options['show-on-off-events']!,
  'full-source-path': script.options['full-source-path']!,
  'dump-raw-trace': script.options['dump-raw-trace']!,
  'disable-order': { type: 'flag', describe: 'with -D: as records lie in the file' },
  'skip-empty': { type: 'flag', describe: 'leave out events without samples', default: true },
  event: { type: 'text', alias: 'e', value: 'LIST', describe: 'only these events' },
  group: { type: 'flag', describe: 'all events side by side, as if recorded as a group; with --no-group none, not even those that were' },
  'group-sort-idx': { type: 'number', value: 'N', whole: true, describe: 'rows in the order of the event with this number in its group, from 0' },
  ...TIME_OPTIONS,
  ...REFUSED_REPORT_OPTIONS,
};

export const report: Command = {
  name: 'report',
  positional: 'file',
  summary: 'Where the time went, by command, shared object and symbol',
  options: OPTIONS,
  examples: [
    ['report perf.data', 'with call graphs, callers first'],
    ['report --no-children -s dso perf.data', 'by shared object, without the time of callees'],
    ['report -g none -n --percent-limit 1 perf.data', 'a flat list with numbers of samples'],
    ['report --python perf.data', 'by Python function, as it was written, and what it called'],
    ['report --symfs ./server perf.data', 'with the binaries that were copied from the server'],
    ['report --off-cpu perf.data', 'where threads waited, and how long, from sched_switch events'],
    ['report --header-only perf.data', 'what was recorded, where and how'],
  ],
  run: async (given, out, err) => {
    if (given.flag('stats') === true) return (await import('./run-stats.ts')).runStats(readFileOptions(given), out, err);
    if (given.flag('tasks') === true) return (await import('./run-stats.ts')).runTasks(readFileOptions(given), out, err);
    if (given.flag('dump-raw-trace') === true) return dumpRecords(given, out, err);
    return (await import('./run-report.ts')).runReport(readReportOptions(given), out, err);
  },
};

/** -D: every record, and then how many there are of each kind. */
async function dumpRecords(given: Given, out: Output, err: Output): Promise<number> {
  const files = readFileOptions(given);
  const options = readScriptOptions(given);
  const status = await (await import('./run-dump.ts')).runDump({ ...options, fileOrder: given.flag('disable-order') ?? false }, out, err);
  return status === 0 && options.header !== 'only' ? (await import('./run-stats.ts')).runStats(files, out, err) : status;
}

export function readReportOptions(given: Given): ReportOptions {
  const callGraphGiven = given.has('call-graph');
  const written = callGraphGiven ? parseCallGraph(given.text('call-graph')) : DEFAULT_CALL_GRAPH;
  const limit = given.number('percent-limit');
  const limitIsLater = limit !== undefined && given.order('percent-limit') > given.order('call-graph');
  return {
    ...readFileOptions(given),
    ...readTimeOptions(given),
    events: given.list('event'),
    group: given.flag('group'),
    groupSort: given.number('group-sort-idx'),
    python: given.flag('python') ?? false,
    showSamples: given.flag('show-nr-samples') ?? false,
    children: given.flag('children'),
    callGraph: given.flag('inverted') === true ? { ...written, order: 'caller' } : written,
    callGraphGiven,
    rowLimit: limit,
    chainLimit: limitIsLater ? limit : (written.threshold ?? CHAIN_LIMIT),
    // With -F alone its keys are the only ones.
    sort: parseSort(given.text('sort')),
    branches: given.flag('branch-stack'),
    latency: given.flag('latency') ?? false,
    sortText: given.text('sort'),
    fields: parseFieldChoice(given.text('fields')),
    showPeriod: given.flag('show-total-period') ?? false,
    percentage: given.text('percentage') === 'relative' ? 'relative' : 'absolute',
    comms: given.list('comms'),
    dsos: given.list('dsos'),
    symbols: given.list('symbols'),
    pids: numbers(given, 'pid'),
    tids: numbers(given, 'tid'),
    cpus: numbers(given, 'cpu'),
    parallelism: numbers(given, 'parallelism'),
    socket: given.number('socket-filter'),
    time: read(given, 'time', parseTimeRange),
    timeText: given.text('time'),
    timeQuantum: read(given, 'time-quantum', parseQuantum),
    nanoseconds: given.flag('ns') ?? false,
    switches: { on: given.text('switch-on'), off: given.text('switch-off'), showsSwitches: given.flag('show-on-off-events') ?? false },
    fullSourcePaths: given.flag('full-source-path') ?? false,
    symbolFilter: given.text('symbol-filter'),
    hideUnresolved: given.flag('hide-unresolved') ?? false,
    parent: read(given, 'parent', parsePattern),
    excludeOther: given.flag('exclude-other') ?? false,
    ignoreCallees: read(given, 'ignore-callees', parsePattern),
    memory: given.flag('mem-mode') ?? false,
    rawTrace: given.flag('raw-trace') ?? false,
    showModes: given.flag('show-cpu-utilization') ?? false,
    separator: read(given, 'field-separator', separatorOf),
    columnWidths: numbers(given, 'column-widths'),
    hierarchy: given.flag('hierarchy') ?? false,
    showEmpty: given.flag('skip-empty') === false,
    header: readHeaderOption(given),
    headerDetails: given.flag('show-info') ?? false,
    jobs: given.number('jobs'),
    quiet: given.flag('quiet') ?? false,
    browser: readBrowserOption(given),
  };
}

function numbers(given: Given, option: string): number[] | undefined {
  return read(given, option, parseNumberList);
}

/** The option's value, as `parse` understands it; undefined if it was not given. */
function read<T>(given: Given, option: string, parse: (option: string, text: string) => T): T | undefined {
  const text = given.text(option);
  return text === undefined ? undefined : parse(`--${option}`, text);
}

/** perf's `\\t` is a tab. */
function separatorOf(option: string, text: string): string {
  if (text === '' || text === '.') throw new PerftsError('PERFTS_USAGE', `${option} takes anything but nothing and the dot, which stands in names in its place`);
  return text === '\\t' ? '\t' : text;
}

/** The later of --tui and --stdio. */
function readBrowserOption(given: Given): ReportOptions['browser'] {
  const isBrowser = given.flag('tui') === true && !(given.flag('stdio') === true && given.order('stdio') > given.order('tui'));
  return isBrowser ? 'always' : given.flag('stdio') === true || given.flag('tui') === false ? 'never' : 'on-terminal';
}
