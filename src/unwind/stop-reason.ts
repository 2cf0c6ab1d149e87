// Why a walk ended. Every stack has one; every view can count them (DESIGN.md 7).

export const StopReason = {
  /** The outermost frame: its return address is undefined by CFI, or zero. */
  Root: 0,
  /** The next frame lies beyond the bytes of stack that were recorded. */
  DumpExhausted: 1,
  /** The return address lies in no executable mapping. */
  NoModule: 2,
  /** Code without call frame information, and its frame pointer leads nowhere. */
  NoCfi: 3,
  /** The rules lead to no frame: a register they need is lost, or the frame address moves down the stack. */
  BadCfa: 4,
  /** The step gave the same address and the same frame again. */
  Loop: 5,
  /** As many frames as were asked for. */
  Limit: 6,
  /** Not an end: the module at `neededAddress` must be loaded, and the same sample unwound again. */
  NeedsModule: 7,
  /** The sample has no user registers, or none that the first step needs. */
  NoRegisters: 8,
  /** Registers of a 32-bit program. */
  Abi32: 9,
  /** The next frame lies on another stack than the one that was recorded: a signal handler's own, a coroutine's. */
  OtherStack: 10,
} as const;

export type StopReason = (typeof StopReason)[keyof typeof StopReason];

/** Names for people and for exports, by number; stable. */
export const STOP_REASON_NAMES: readonly string[] = [
  'root',
  'dump exhausted',
  'no module',
  'no CFI',
  'bad CFA',
  'loop',
  'limit',
  'needs module',
  'no registers',
  '32-bit program',
  'another stack',
];
