// How one run of a target ended.

/** What a process that runs inputs says of a failure. */
export interface Failure {
  readonly kind: 'throw' | 'slow' | 'memory' | 'hang' | 'crash';
  /** Equal for failures of one cause, as far as can be told: the message without numbers, and where it was thrown. */
  readonly signature: string;
  /** For people. */
  readonly detail: string;
}

/** Figures of inputs that were run. */
export interface Figures {
  inputs: number;
  /** Those that opened: a recording that is refused at its first bytes tells little. */
  whole: number;
  failed: number;
  /** Milliseconds of the processor. */
  time: number;
  longest: number;
  longestInput: string;
  /** Bytes of typed arrays that one input had made, at most, and the largest single one. */
  mostAllocated: number;
  mostAllocatedInput: string;
  largestArray: number;
}

export function noFigures(): Figures {
  return { inputs: 0, whole: 0, failed: 0, time: 0, longest: 0, longestInput: '', mostAllocated: 0, mostAllocatedInput: '', largestArray: 0 };
}

export function addFigures(to: Figures, from: Figures): void {
  to.inputs += from.inputs;
  to.whole += from.whole;
  to.failed += from.failed;
  to.time += from.time;
  if (from.longest > to.longest) [to.longest, to.longestInput] = [from.longest, from.longestInput];
  if (from.mostAllocated > to.mostAllocated) [to.mostAllocated, to.mostAllocatedInput] = [from.mostAllocated, from.mostAllocatedInput];
  to.largestArray = Math.max(to.largestArray, from.largestArray);
}

/** Of an error that nothing should have thrown. */
export function failureOf(error: unknown): Failure {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = (error instanceof Error ? `${error.name}: ${error.message}` : text).split('\n')[0]!;
  const frames = text.split('\n').filter((line) => /^\s*at /.test(line)).map((line) => /at (?:async )?([^ ]+).*?([^/\\ ]+\.js:\d+)/.exec(line)?.slice(1).join(' ') ?? '').filter((frame) => frame !== '');
  return { kind: 'throw', signature: `${message.replace(/\d+/g, 'N').slice(0, 160)} | ${frames.slice(0, 2).join(' < ')}`, detail: text.split('\n').slice(0, 12).join('\n') };
}
