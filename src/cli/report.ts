// `perfts report`: its options, with perf report's names and meanings. What they do is in run-report.ts, loaded when it is called.

import { DEFAULT_CALL_GRAPH, looksLikeCallGraph, parseCallGraph } from './call-graph-option.ts';
import type { Command, OptionTable } from './command.ts';
import { FILE_OPTIONS, PLANNED_FILE_OPTIONS, readFileOptions } from './file-options.ts';
import type { Given } from './given.ts';
import type { ReportOptions } from './options.ts';
import { parseSort } from './sort-keys.ts';

/** perf's own limit for branches of a call graph, percent. */
const CHAIN_LIMIT = 0.5;

const OPTIONS: OptionTable = {
  ...FILE_OPTIONS,
  stdio: { type: 'flag', describe: 'plain text on standard output (always so)' },
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
  sort: { type: 'text', alias: 's', value: 'KEYS', describe: 'what makes a row: comm, pid, tid, tgid, dso, symbol, trace, srcline, srcfile; of branches dso_from, dso_to, symbol_from, symbol_to, mispredict, in_tx, abort, cycles; +KEY adds to the default', default: 'comm,dso,symbol' },
  python: { type: 'flag', describe: "Python's own view: its functions and their files, what they call by its name in Python, nothing of the interpreter" },
  'branch-stack': { type: 'flag', alias: 'b', describe: 'count recorded branches instead of samples (on in recordings made with -b)' },
  latency: { type: 'flag', describe: 'shares of the time that passed first, from the context switches that record --latency adds' },
  fields: { type: 'text', alias: 'F', value: 'LIST', describe: 'these columns instead: overhead, overhead_children, sample, period, and sort keys' },
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
  ...PLANNED_FILE_OPTIONS,
  mmaps: { type: 'flag', describe: '', planned: true },
  'hide-unresolved': { type: 'flag', alias: 'U', describe: '', planned: true },
  pid: { type: 'text', describe: '', planned: true },
  tid: { type: 'text', describe: '', planned: true },
  cpu: { type: 'text', alias: 'C', describe: '', planned: true },
  threads: { type: 'flag', alias: 'T', describe: '', planned: true },
  group: { type: 'flag', describe: '', planned: true },
  hierarchy: { type: 'flag', describe: '', planned: true },
  parent: { type: 'text', alias: 'p', describe: '', planned: true },
  'exclude-other': { type: 'flag', alias: 'x', describe: '', planned: true },
  'symbol-filter': { type: 'text', describe: '', planned: true },
  'ignore-callees': { type: 'text', describe: '', planned: true },
  'column-widths': { type: 'text', alias: 'w', describe: '', planned: true },
  'field-separator': { type: 'text', alias: 't', describe: '', planned: true },
  'dump-raw-trace': { type: 'flag', alias: 'D', describe: '', planned: true },
  'branch-history': { type: 'flag', describe: '', planned: true },
  'mem-mode': { type: 'flag', describe: '', planned: true },
  'total-cycles': { type: 'flag', describe: '', planned: true },
  tui: { type: 'flag', describe: '', planned: true },
  gtk: { type: 'flag', describe: '', refused: "perfts draws no windows: 'perfts view' shows the recording in a browser" },
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
    ['report --header-only perf.data', 'what was recorded, where and how'],
  ],
  run: async (given, out, err) => {
    if (given.flag('stats') === true) return (await import('./run-stats.ts')).runStats(readFileOptions(given), out, err);
    if (given.flag('tasks') === true) return (await import('./run-stats.ts')).runTasks(readFileOptions(given), out, err);
    return (await import('./run-report.ts')).runReport(readReportOptions(given), out, err);
  },
};

export function readReportOptions(given: Given): ReportOptions {
  const callGraphGiven = given.has('call-graph');
  const written = callGraphGiven ? parseCallGraph(given.text('call-graph')) : DEFAULT_CALL_GRAPH;
  const limit = given.number('percent-limit');
  const limitIsLater = limit !== undefined && given.order('percent-limit') > given.order('call-graph');
  return {
    ...readFileOptions(given),
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
    fields: given.text('fields'),
    showPeriod: given.flag('show-total-period') ?? false,
    percentage: given.text('percentage') === 'relative' ? 'relative' : 'absolute',
    comms: given.list('comms'),
    dsos: given.list('dsos'),
    symbols: given.list('symbols'),
    header: readHeaderOption(given),
    headerDetails: given.flag('show-info') ?? false,
    jobs: given.number('jobs'),
    quiet: given.flag('quiet') ?? false,
  };
}

export function readHeaderOption(given: Given): 'none' | 'before' | 'only' {
  if (given.flag('header-only') === true) return 'only';
  return given.flag('header') === true ? 'before' : 'none';
}
