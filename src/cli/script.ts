// `perfts script`: its options, with perf script's names and meanings. What they do is in run-script.ts, loaded when it is called.

import { PerftsError } from '../bytes/errors.ts';
import type { ShownKind } from '../views/script/record-lines.ts';
import type { Command, OptionTable } from './command.ts';
import { FILE_OPTIONS, PLANNED_FILE_OPTIONS, readFileOptions, TIME_OPTION } from './file-options.ts';
import type { Given } from './given.ts';
import { parseNumberList } from './number-list.ts';
import type { JsonDumpOptions, ScriptOptions } from './options.ts';
import { readHeaderOption } from './report.ts';
import { parseFields } from './script-fields.ts';
import { parseTimeRange } from './time-range.ts';

/** --show-KIND-events: records between the samples. */
const SHOWN: Readonly<Record<ShownKind, string>> = {
  task: 'names, forks and exits of tasks',
  mmap: 'mappings',
  switch: 'context switches',
  namespace: 'namespaces of tasks',
  cgroup: 'cgroups',
  lost: 'records that were lost',
  round: 'marks of perf between rounds of its buffers',
  bpf: 'BPF programs that come and go',
  'text-poke': 'changes of the kernel\'s code',
};

/** Of `dump` and `script -D`. */
export const JSON_OPTIONS: OptionTable = {
  json: { type: 'flag', describe: 'as JSON: what the recording is (events, features) in the first line, and again in the last one if records changed it; between them the records, one a line; 64-bit numbers as strings' },
  order: { type: 'text', value: 'ORDER', choices: ['time', 'file'], describe: 'with --json: records by time, or as they lie in the file', default: 'time' },
  bytes: { type: 'flag', describe: 'with --json: also the bytes of user stacks and AUX, and the SHA-1 of what follows records' },
};

const { time: _time, ...OTHER_PLANNED } = PLANNED_FILE_OPTIONS;

const OPTIONS: OptionTable = {
  ...FILE_OPTIONS,
  fields: { type: 'text', alias: 'F', value: '[TYPE:]LIST', describe: 'what to show of a sample: comm,tid,pid,cpu,time,event,period,ip,sym,symoff,dso,srcline,…; +FIELD and -FIELD change the default' },
  'full-source-path': { type: 'flag', describe: 'source files with their folders (field srcline)' },
  'hide-call-graph': { type: 'flag', alias: 'G', describe: 'one line a sample, without its stack' },
  ns: { type: 'flag', describe: 'times in nanoseconds' },
  reltime: { type: 'flag', describe: 'times since the first sample' },
  deltatime: { type: 'flag', describe: 'times since the sample before' },
  time: TIME_OPTION,
  comms: { type: 'text', alias: 'c', value: 'LIST', describe: 'only these commands' },
  pid: { type: 'text', value: 'LIST', describe: 'only these processes' },
  tid: { type: 'text', value: 'LIST', describe: 'only these threads' },
  cpu: { type: 'text', alias: 'C', value: 'LIST', describe: 'only these CPUs: 0,2-3' },
  'dump-raw-trace': { type: 'flag', alias: 'D', describe: 'every record: its bytes, its fields, and samples as above' },
  ...JSON_OPTIONS,
  json: { ...JSON_OPTIONS['json']!, describe: `with -D: ${JSON_OPTIONS['json']!.describe}` },
  header: { type: 'flag', describe: 'what the recording says of itself, before the samples' },
  'header-only': { type: 'flag', describe: 'nothing but that' },
  'show-info': { type: 'flag', alias: 'I', describe: 'with more of it (topology)' },
  ...Object.fromEntries(Object.entries(SHOWN).map(([kind, what]) => [`show-${kind}-events`, { type: 'flag', describe: `also ${what}` } as const])),
  ...OTHER_PLANNED,
  dsos: { type: 'text', describe: '', planned: true },
  symbols: { type: 'text', alias: 'S', describe: '', planned: true },
  'show-kernel-path': { type: 'flag', describe: '', planned: true },
  'per-event-dump': { type: 'flag', describe: '', planned: true },
  'merge-callchains': { type: 'flag', describe: '', planned: true },
  'stop-bt': { type: 'text', describe: '', planned: true },
  'addr-range': { type: 'text', describe: '', planned: true },
  'switch-on': { type: 'text', describe: '', planned: true },
  'switch-off': { type: 'text', describe: '', planned: true },
  'insn-trace': { type: 'optional-text', describe: '', planned: true },
  'graph-function': { type: 'text', describe: '', planned: true },
  'all-cpus': { type: 'flag', alias: 'a', describe: '', planned: true },
  script: { type: 'text', alias: 's', describe: '', planned: true },
  list: { type: 'flag', alias: 'l', describe: '', planned: true },
  'gen-script': { type: 'text', alias: 'g', describe: '', planned: true },
};

export const script: Command = {
  name: 'script',
  positional: 'file',
  summary: 'Every sample with its stack, as text',
  options: OPTIONS,
  examples: [
    ['script perf.data', 'all samples, each with its stack'],
    ['script -F comm,tid,time,ip,sym perf.data', 'only these fields'],
    ['script -G --pid 4242 perf.data', 'one line for each sample of one process'],
  ],
  run: async (given, out, err) => {
    if (given.flag('dump-raw-trace') === true) {
      const { runDump, runJsonDump } = await import('./run-dump.ts');
      return given.flag('json') === true ? runJsonDump(readJsonDumpOptions(given), out, err) : runDump(readScriptOptions(given), out, err);
    }
    if (given.flag('json') === true) throw new PerftsError('PERFTS_USAGE', '--json goes with -D (or use perfts dump --json)');
    return (await import('./run-script.ts')).runScript(readScriptOptions(given), out, err);
  },
};

export function readJsonDumpOptions(given: Given): JsonDumpOptions {
  const order = given.text('order') ?? 'time';
  if (order !== 'time' && order !== 'file') throw new PerftsError('PERFTS_USAGE', `--order takes time or file, not '${order}'`);
  return { ...readFileOptions(given), fileOrder: order === 'file', withBytes: given.flag('bytes') ?? false };
}

export function readScriptOptions(given: Given): ScriptOptions {
  const time = given.text('time');
  const numbers = (option: string): number[] | undefined => {
    const text = given.text(option);
    return text === undefined ? undefined : parseNumberList(`--${option}`, text);
  };
  return {
    ...readFileOptions(given),
    fields: given.texts('fields').map(parseFields),
    fullSourcePaths: given.flag('full-source-path') ?? false,
    hideCallGraph: given.flag('hide-call-graph') ?? false,
    nanoseconds: given.flag('ns') ?? false,
    times: given.flag('deltatime') === true ? 'since-previous' : given.flag('reltime') === true ? 'since-start' : 'absolute',
    time: time === undefined ? undefined : parseTimeRange('--time', time),
    comms: given.list('comms'),
    pids: numbers('pid'),
    tids: numbers('tid'),
    cpus: numbers('cpu'),
    shownKinds: (Object.keys(SHOWN) as ShownKind[]).filter((kind) => given.flag(`show-${kind}-events`) === true),
    header: readHeaderOption(given),
    headerDetails: given.flag('show-info') ?? false,
  };
}
