// What `perfts unwind` prints: a line a sample with the end of its stack, or one sample's stack with each step that found it; as text
// or JSON (64-bit numbers as strings in hexadecimal).

import type { ExplainedFrame, ExplainedSample, ExplainedValue, SampleSummary } from '../profile/explained-sample.ts';

/** One line: `   12  0x1f40  12.345678  python3 4242/4242  cpu-clock  23 frames, root`. */
export function sampleLine(sample: SampleSummary): string {
  const { index, fileOffset, comm, pid, tid, time, event } = sample;
  return `${String(index).padStart(6)}  ${hex(BigInt(fileOffset)).padStart(10)}  ${timeText(time).padStart(16)}  ${comm} ${pid}/${tid}  ${event}  ${endText(sample)}`;
}

/** The same as one line of JSON. */
export function sampleJson(sample: SampleSummary): string {
  return JSON.stringify(jsonOf(sample));
}

/** All that is known of a stack, innermost frame first. */
export function* explainedLines(sample: ExplainedSample): Generator<string> {
  yield `sample ${sample.index} at offset ${hex(BigInt(sample.fileOffset))}: ${sample.comm} ${sample.pid}/${sample.tid}${sample.time === undefined ? '' : `, ${timeText(sample.time)} s`}, ${sample.event}`;
  if (sample.source === 'unwound') {
    yield `${sample.machine} registers, ${sample.dumpSize} of ${sample.dumpAsked} bytes of stack${sample.stackStart === undefined ? '' : ` from ${hex(sample.stackStart)}`}`;
  }
  for (const [number, step] of sample.steps.entries()) yield* frameLines(number, step);
  yield '';
  yield `The stack ends here: ${endOf(sample)}`;
  if (!sample.agrees) yield 'These steps do not lead to the frames that the other commands show: that is a fault of perfts; please report it.';
}

/** The same as one JSON value, over several lines. */
export function explainedJson(sample: ExplainedSample): string {
  return JSON.stringify(jsonOf(sample), undefined, 1);
}

function* frameLines(number: number, step: ExplainedFrame): Generator<string> {
  yield '';
  const name = step.symbol === '' ? '[unknown]' : `${step.symbol}+${hex(BigInt(step.symbolOffset))}`;
  const module = step.module === '' ? '[unknown]' : `${step.module}+${hex(number64(step.moduleOffset))}`;
  yield `#${String(number).padEnd(3)} ${hex(step.address)}  ${name}  (${module})${step.isKernel ? '  kernel' : ''}`;
  if (step.means === 'joined') yield '     joined: of another sample of this thread';
  if (step.means === 'recorded' || step.means === 'joined') return;
  if (step.fde !== undefined && step.row !== undefined) {
    const { section, offset, start, end } = step.fde;
    const signal = step.isSignalFrame ? '  signal frame: what follows was interrupted' : '';
    yield `     FDE  ${section}+${hex(number64(offset))}: ${range(start, end)}, row ${range(step.row.start, step.row.end)}${signal}`;
    yield `     CFA  ${step.cfaRule}${step.cfa === undefined ? ', not known' : ` = ${hex(step.cfa)}`}`;
  } else if (step.means === 'row') yield `     linkage table, by its code: CFA  ${step.cfaRule}${step.cfa === undefined ? ', not known' : ` = ${hex(step.cfa)}`}`;
  else if (step.means === 'trampoline') yield `     trampoline of CPython, by its size: CFA = ${hexOr(step.cfa)}`;
  else if (step.means === 'guess') yield `     guess: ${step.guess ?? ''}${step.cfa === undefined ? '' : `; the caller's stack pointer = ${hex(step.cfa)}`}`;
  else yield '     nothing describes this code';
  const unchanged: string[] = [];
  for (const register of step.registers) {
    if (register.rule === 'unchanged' && register !== step.registers[0]) unchanged.push(`${register.name}=${hexOr(register.value)}${register.from === 'sampled' ? '' : ` (${sourceText(register)})`}`);
    else yield `     ${register.name.padEnd(4)} ${ruleText(register)}`;
  }
  if (unchanged.length > 0) yield `     unchanged: ${unchanged.join(', ')}`;
}

/** `[CFA-16] = [0x7ffe…] = 0x55…`. */
function ruleText(register: ExplainedValue): string {
  const { rule, value, from, address } = register;
  if (value === undefined) return rule === '' ? 'not known' : `${rule}: not known`;
  const parts = [rule === 'unchanged' ? '' : rule, address === undefined ? '' : `[${hex(address)}]`, hex(value)].filter((part) => part !== '');
  const origin = from === 'sampled' ? ', as sampled' : from === 'file' ? ', in the file' : '';
  return `${parts.join(' = ')}${origin}`;
}

function sourceText({ from, address }: ExplainedValue): string {
  if (from === 'sampled') return 'sampled';
  return address === undefined ? (from === 'stack' ? 'from the stack' : from) : `from [${hex(address)}]`;
}

/** `23 frames, root`. */
function endText(sample: SampleSummary): string {
  const count = `${sample.frames} frame${sample.frames === 1 ? '' : 's'}`;
  if (sample.source !== 'unwound') return sample.source === 'none' ? 'no user stack' : `${count}, recorded`;
  const guesses = sample.guesses.length === 0 ? '' : ` (guessed: ${sample.guesses.join(', ')})`;
  const joined = sample.joined === 0 ? '' : `, ${sample.joined} frames joined`;
  const called = sample.fromBranches === 0 ? '' : `, ${sample.fromBranches} frames from the processor's stack of calls`;
  return `${count}, ${sample.end ?? ''}${joined}${called}${guesses}`;
}

/** What each end means, for people. */
const ENDS: Readonly<Record<string, string>> = {
  root: 'root: the outermost frame, whose return address is undefined or zero',
  'dump exhausted': 'dump exhausted: the next frame lies beyond the bytes of stack that were recorded',
  'no module': 'no module: the return address lies in no executable mapping',
  'no CFI': 'no CFI: nothing describes the code, and its frame pointer leads nowhere',
  'bad CFA': 'bad CFA: the rules lead to no frame; a register that they need is lost, or the frame address moves down the stack',
  loop: 'loop: the step gave the same address and the same frame again',
  limit: 'limit: as many frames as were asked for',
  'no registers': 'no registers: the sample has none that the step needs',
  '32-bit program': '32-bit program: its registers and stack are not walked',
  'another stack': 'another stack: the next frame lies on another stack than the one that was recorded',
};

function endOf(sample: SampleSummary): string {
  if (sample.source === 'none') return 'no user stack was recorded';
  if (sample.source === 'recorded') return 'the chain that the kernel recorded has no more entries';
  return ENDS[sample.end ?? ''] ?? sample.end ?? '';
}

function timeText(time: bigint | undefined): string {
  return time === undefined ? '-' : `${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, '0')}`;
}

function range(start: number, end: number): string {
  return `${hex(number64(start))}-${hex(number64(end))}`;
}

function number64(value: number): bigint {
  return BigInt.asUintN(64, BigInt(value));
}

function hexOr(value: bigint | undefined): string {
  return value === undefined ? 'not known' : hex(value);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** Addresses and register values as hexadecimal strings, times as decimal ones. */
function jsonOf(value: unknown, key = ''): unknown {
  if (typeof value === 'bigint') return key === 'time' ? String(value) : hex(value);
  if (Array.isArray(value)) return value.map((item) => jsonOf(item));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, jsonOf(item, name)]));
  return value;
}
