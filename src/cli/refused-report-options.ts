// Options of perf report that perfts refuses, each with the reason (command.ts, OptionSpec.refused).

import type { OptionTable } from './command.ts';
import { REFUSED_FILE_OPTIONS } from './file-options.ts';

const IN_PROCESS = 'perfts reads debugging information and code itself, and runs no other programs';
const NO_ANNOTATION_HERE = "report draws no code: 'perfts annotate' does, and has the option";
const { itrace, 'demangle-kernel': demangleKernel, addr2line, 'unwind-style': unwindStyle } = REFUSED_FILE_OPTIONS;

export const REFUSED_REPORT_OPTIONS: OptionTable = {
  itrace: itrace!,
  'demangle-kernel': demangleKernel!,
  addr2line: addr2line!,
  'unwind-style': unwindStyle!,
  gtk: { type: 'flag', describe: '', refused: "perfts draws no windows: 'perfts view' shows the recording in a browser" },
  'addr2line-style': { type: 'text', describe: '', refused: IN_PROCESS },
  objdump: { type: 'text', describe: '', refused: IN_PROCESS },
  'asm-raw': { type: 'flag', describe: '', refused: NO_ANNOTATION_HERE },
  'disassembler-style': { type: 'text', alias: 'M', describe: '', refused: NO_ANNOTATION_HERE },
  source: { type: 'flag', describe: '', refused: NO_ANNOTATION_HERE },
  prefix: { type: 'text', describe: '', refused: NO_ANNOTATION_HERE },
  'prefix-strip': { type: 'text', describe: '', refused: NO_ANNOTATION_HERE },
  'percent-type': { type: 'text', describe: '', refused: NO_ANNOTATION_HERE },
  samples: { type: 'text', describe: '', refused: "single samples are looked at in perf's browser only: 'perfts script --time' lists them" },
  'ignore-vmlinux': { type: 'flag', describe: '', refused: "a vmlinux is taken by the recorded build id only, and then it is the right one: '--kallsyms FILE' takes its place" },
  mmaps: { type: 'flag', describe: '', refused: "what tasks mapped is listed as it came, by 'perfts script --show-mmap-events'" },
  threads: { type: 'flag', alias: 'T', describe: '', refused: "counts by thread (perf record -s) are records of their own: 'perfts dump' shows them, as READ" },
  pretty: { type: 'text', describe: '', refused: 'it belongs to --threads, which perfts does not have' },
  'branch-history': { type: 'flag', describe: '', refused: "branches are not put into call chains: '--branch-stack' counts them, and 'perfts script -F brstack' shows those of each sample" },
  'total-cycles': { type: 'flag', describe: '', refused: "blocks of code between branches are not counted: '--branch-stack -s symbol_from,symbol_to,cycles' is what comes nearest" },
  'show-ref-call-graph': { type: 'flag', describe: '', refused: 'the call graph of an event is made of its own samples' },
  'stitch-lbr': { type: 'flag', describe: '', refused: "'--stitch' joins stacks that were cut, whatever cut them" },
  'stdio-color': { type: 'text', describe: '', refused: "the text of a report has no colours: 'perfts view' has" },
};
