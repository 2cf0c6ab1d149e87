// `perfts script`: its options, with perf script's names and meanings. What they do is in run-script.ts, loaded when it is called.

import { PerftsError } from '../bytes/errors.ts';
import type { TimeChoice } from '../profile/time-spans.ts';
import type { ShownKind } from '../views/script/record-lines.ts';
import type { Command, OptionTable } from './command.ts';
import { FILE_OPTIONS, readFileOptions, REFUSED_FILE_OPTIONS, TIME_OPTION } from './file-options.ts';
import type { Given } from './given.ts';
import { parseNumberList } from './number-list.ts';
import type { JsonDumpOptions, ScriptOptions } from './options.ts';
import { readHeaderOption } from './header-option.ts';
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

const SCRIPTS = 'perfts runs no scripts: perfts export --format jsonl or csv, script --json -D, and the library give their data to programs of any language';
const FILTERS = 'filters that are native code of perf are not loaded: --pid, --comms, --dsos, --symbols and --time filter';
const TRACES = "processors' traces are not decoded into instructions; script -D shows their packets";

const BLOCKS = 'the code between recorded branches is not shown: the fields brstack, brstackoff and brstacksym show the branches';

/** What perf script has and this has not. */
const NOT_HERE: OptionTable = {
  ...REFUSED_FILE_OPTIONS,
  'all-cpus': { type: 'flag', alias: 'a', describe: '', refused: 'it is for perf script record, and perfts records nothing' },
  'debug-mode': { type: 'flag', alias: 'd', describe: '', refused: 'perfts validate checks the order of samples, and all else' },
  script: { type: 'text', alias: 's', describe: '', refused: SCRIPTS },
  list: { type: 'flag', alias: 'l', describe: '', refused: SCRIPTS },
  'gen-script': { type: 'text', alias: 'g', describe: '', refused: SCRIPTS },
  dlfilter: { type: 'text', describe: '', refused: FILTERS },
  dlarg: { type: 'text', describe: '', refused: FILTERS },
  'list-dlfilters': { type: 'flag', describe: '', refused: FILTERS },
  'max-blocks': { type: 'number', describe: '', refused: BLOCKS },
  xed: { type: 'optional-text', describe: '', refused: 'perfts takes instructions apart itself: the field disasm' },
  'insn-trace': { type: 'optional-text', describe: '', refused: TRACES },
  'call-trace': { type: 'optional-text', describe: '', refused: TRACES },
  'call-ret-trace': { type: 'optional-text', describe: '', refused: TRACES },
  'graph-function': { type: 'text', describe: '', refused: TRACES },
  'stitch-lbr': { type: 'flag', describe: '', refused: 'stacks from LBR are shown as they were recorded' },
};

const OPTIONS: OptionTable = {
  ...FILE_OPTIONS,
  fields: { type: 'text', alias: 'F', value: '[TYPE:]LIST', describe: 'what to show of a sample: comm,tid,pid,cpu,time,event,period,ip,sym,symoff,dso,srcline,…; +FIELD and -FIELD change the default' },
  'full-source-path': { type: 'flag', describe: 'source files with their folders (field srcline)' },
  'hide-call-graph': { type: 'flag', alias: 'G', describe: 'one line a sample, without its stack' },
  python: { type: 'flag', describe: "stacks in Python's own view: its functions, what they call by its name in Python, nothing of the interpreter" },
  ns: { type: 'flag', describe: 'times in nanoseconds' },
  reltime: { type: 'flag', describe: 'times since the first sample' },
  deltatime: { type: 'flag', describe: 'times since the sample before' },
  time: TIME_OPTION,
  'show-kernel-path': { type: 'flag', describe: 'the path of --vmlinux in place of [kernel.kallsyms]' },
  Latency: { type: 'flag', alias: 'L', describe: 'names of commands in eight columns, CPUs without brackets' },
  'stop-bt': { type: 'text', value: 'LIST', describe: 'show no frames behind those of these functions' },
  'merge-callchains': { type: 'flag', describe: "put a stack's user part that was recorded later to its sample (always so)" },
  'per-event-dump': { type: 'flag', describe: 'write the samples of each event to a file of its own beside the recording, FILE.EVENT.dump' },
  comms: { type: 'text', alias: 'c', value: 'LIST', describe: 'only these commands' },
  pid: { type: 'text', value: 'LIST', describe: 'only these processes' },
  tid: { type: 'text', value: 'LIST', describe: 'only these threads' },
  cpu: { type: 'text', alias: 'C', value: 'LIST', describe: 'only these CPUs: 0,2-3' },
  dsos: { type: 'text', value: 'LIST', describe: 'only samples in these shared objects' },
  symbols: { type: 'text', alias: 'S', value: 'LIST', describe: 'only samples in these functions, or at these addresses (0x…)' },
  'addr-range': { type: 'number', value: 'N', whole: true, least: 0, describe: 'with -S: also the N bytes behind each address' },
  'switch-on': { type: 'text', value: 'EVENT', describe: 'only what comes behind a sample of this event' },
  'switch-off': { type: 'text', value: 'EVENT', describe: 'nothing that comes behind a sample of this event' },
  'show-on-off-events': { type: 'flag', describe: 'with these: also the samples that switch' },
  'dump-unsorted-raw-trace': { type: 'flag', describe: 'like -D, in the order of the file' },
  'dump-raw-trace': { type: 'flag', alias: 'D', describe: 'every record: its bytes, its fields, and samples as above' },
  ...JSON_OPTIONS,
  json: { ...JSON_OPTIONS['json']!, describe: `with -D: ${JSON_OPTIONS['json']!.describe}` },
  header: { type: 'flag', describe: 'what the recording says of itself, before the samples' },
  'header-only': { type: 'flag', describe: 'nothing but that' },
  'show-info': { type: 'flag', alias: 'I', describe: 'with more of it (topology)' },
  ...Object.fromEntries(Object.entries(SHOWN).map(([kind, what]) => [`show-${kind}-events`, { type: 'flag', describe: `also ${what}` } as const])),
  ...NOT_HERE,
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
    if (given.flag('dump-raw-trace') === true || given.flag('dump-unsorted-raw-trace') === true) {
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
  const symbols = given.list('symbols');
  const isRelative = given.flag('reltime') ?? false;
  if (isRelative && given.flag('deltatime') === true) throw new PerftsError('PERFTS_USAGE', '--reltime and --deltatime exclude each other');
  if (given.flag('merge-callchains') === false) throw new PerftsError('PERFTS_USAGE', '--no-merge-callchains: stacks are always put together; script -D shows their parts');
  const files = readFileOptions(given);
  if (given.flag('per-event-dump') === true && files.input === '-') throw new PerftsError('PERFTS_USAGE', '--per-event-dump writes beside the recording, and standard input has no place');
  const numbers = (option: string): number[] | undefined => {
    const text = given.text(option);
    return text === undefined ? undefined : parseNumberList(`--${option}`, text);
  };
  return {
    ...files,
    fields: given.texts('fields').map(parseFields),
    fullSourcePaths: given.flag('full-source-path') ?? false,
    hideCallGraph: given.flag('hide-call-graph') ?? false,
    python: given.flag('python') ?? false,
    nanoseconds: given.flag('ns') ?? false,
    times: given.flag('deltatime') === true ? 'since-previous' : isRelative ? 'since-start' : 'absolute',
    time: time === undefined ? undefined : isRelative ? relative(parseTimeRange('--time', time)) : parseTimeRange('--time', time),
    narrow: given.flag('Latency') ?? false,
    stopAt: given.list('stop-bt'),
    kernelPath: given.flag('show-kernel-path') === true ? files.vmlinux : undefined,
    dsos: given.list('dsos'),
    symbols,
    addresses: (symbols ?? []).filter((word) => ADDRESS.test(word)).map(addressOf),
    addressRange: given.number('addr-range') ?? 0,
    switches: { on: given.text('switch-on'), off: given.text('switch-off'), showsSwitches: given.flag('show-on-off-events') ?? false },
    perEvent: given.flag('per-event-dump') ?? false,
    fileOrder: given.flag('dump-unsorted-raw-trace') ?? false,
    comms: given.list('comms'),
    pids: numbers('pid'),
    tids: numbers('tid'),
    cpus: numbers('cpu'),
    shownKinds: (Object.keys(SHOWN) as ShownKind[]).filter((kind) => given.flag(`show-${kind}-events`) === true),
    header: readHeaderOption(given),
    headerDetails: given.flag('show-info') ?? false,
  };
}

/** Of -S: with its 0x, or so long that it is no name. */
const ADDRESS = /^(?:0x[0-9a-f]{1,16}|[0-9a-f]{8,16})$/i;

function addressOf(word: string): number {
  return Number(BigInt.asIntN(64, BigInt(word.toLowerCase().startsWith('0x') ? word : `0x${word}`)));
}

/** With --reltime, times of the clock are counted from the first sample. */
function relative(time: TimeChoice): TimeChoice {
  return time.kind === 'clock' ? { ...time, relative: true } : time;
}
