// The public library perfts/unwind: stacks of threads from modules, registers and memory. Explained in docs/UNWIND.md.

export { StackUnwinder } from './unwind/stack-unwinder.ts';
export type { StackInput, StackUnwinderOptions, UnwindModule, UnwindSection, UnwoundFrame, UnwoundStack } from './unwind/stack-unwinder.ts';
export { PerftsError } from './bytes/errors.ts';
export type { ErrorCode } from './bytes/errors.ts';
