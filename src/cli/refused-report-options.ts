// Options of perf report that perfts refuses, each with the reason (command.ts, OptionSpec.refused).

import type { OptionTable } from './command.ts';

const IN_PROCESS = 'perfts reads files by itself and runs no other programs';
const NO_ANNOTATION_HERE = "report draws no code: 'perfts annotate' does, and has the option";
const NO_AUX = 'AUX areas (Intel PT, Arm SPE and CoreSight) are not decoded: their samples cannot be made from them';

export const REFUSED_REPORT_OPTIONS: OptionTable = {
  gtk: { type: 'flag', describe: '', refused: "perfts draws no windows: 'perfts view' shows the recording in a browser" },
  addr2line: { type: 'text', describe: '', refused: IN_PROCESS },
  'addr2line-style': { type: 'text', describe: '', refused: IN_PROCESS },
  objdump: { type: 'text', describe: '', refused: IN_PROCESS },
  'unwind-style': { type: 'text', describe: '', refused: IN_PROCESS },
  'asm-raw': { type: 'flag', describe: '', refused: NO_ANNOTATION_HERE },
  'disassembler-style': { type: 'text', alias: 'M', describe: '', refused: NO_ANNOTATION_HERE },
  source: { type: 'flag', describe: '', refused: NO_ANNOTATION_HERE },
  prefix: { type: 'text', describe: '', refused: NO_ANNOTATION_HERE },
  'prefix-strip': { type: 'text', describe: '', refused: NO_ANNOTATION_HERE },
  'percent-type': { type: 'text', describe: '', refused: NO_ANNOTATION_HERE },
  samples: { type: 'text', describe: '', refused: "single samples are looked at in perf's browser only: 'perfts script --time' lists them" },
  itrace: { type: 'optional-text', describe: '', refused: NO_AUX },
  'guest-mount': { type: 'text', describe: '', refused: 'samples of guests are counted, but the files of guests are not read' },
};
