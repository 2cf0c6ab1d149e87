// The warm loop of a walk (DESIGN 7): plain steps that the cache knows, one after the other, until something else comes: code that
// was not met before, another kind of step, a word that was not recorded, an address that no double holds, a stack that does not
// go up. That frame is then the unwinder's, which knows every case; nothing has been done for it here.
//
// It stands by itself because V8 optimises a function only after it has run a time that grows with its length, and starts anew
// whenever some rare branch of it runs first: as a part of unwinder.ts the loop ran unoptimised through a third of a recording.

import type { StackMemory } from './stack-memory.ts';
import { stripHighWord } from './step-arm64.ts';
import { FP_STAYS, slotOf, Step, type StepCache, StepOp } from './step-cache.ts';
import type { Trail } from './trail.ts';

const TWO_32 = 4_294_967_296;
/** High words of numbers below 2^52 in magnitude; bytes/int64.ts keeps the others in a side table. */
export const HIGH_LIMIT = 0x10_0000;

export class PlainSteps {
  /** The frame that comes next, before `take` and after it. Not whole numbers at first: V8 then knows that they are doubles. */
  pc = -0.5;
  sp = -0.5;
  fp = -0.5;
  /** Its address in the cache: `pc` for a leaf, else one less. */
  lookup = -0.5;
  /** The lower 32 bits of `pc`. */
  low = -0.5;
  /** Its space's key in the cache: `leafKey`, or one more for a caller. */
  key = 0;
  leafKey = 0;
  /** Of a user address, for signed return addresses. */
  addressBits = 48;

  readonly #cache: StepCache;
  readonly #memory: StackMemory;
  readonly #trail: Trail;
  readonly #isArm64: boolean;

  constructor(cache: StepCache, memory: StackMemory, trail: Trail, isArm64: boolean) {
    this.#cache = cache;
    this.#memory = memory;
    this.#trail = trail;
    this.#isArm64 = isArm64;
  }

  /**
   * Goes on from frame `n` and gives the number of frames after it, at most `end`, for which the arrays and the trail have room.
   */
  take(addresses: Float64Array, labels: Int32Array, n: number, end: number): number {
    const { addresses: keys, spaces, steps } = this.#cache;
    const { cfas, fps, tables, rows } = this.#trail;
    const { view, base, littleEndian } = this.#memory;
    const first = this.#memory.offset | 0;
    const last = this.#memory.size - 8;
    const highAt = littleEndian ? 4 : 0;
    const lowAt = 4 - highAt;
    let { pc, sp, fp, lookup, low, key } = this;
    const { leafKey, addressBits } = this;
    const isArm64 = this.#isArm64;
    const callerKey = leafKey + 1;
    let frame = n;
    for (; frame < end; frame++) {
      let slot = slotOf(low, leafKey);
      if (keys[slot] !== lookup || spaces[slot] !== key) {
        slot ^= 1;
        if (keys[slot] !== lookup || spaces[slot] !== key) break;
      }
      const step = slot * Step.Stride;
      const op = steps[step]!;
      if (op > StepOp.Fp) break;
      const cfa = (op === StepOp.Sp ? sp : fp) + steps[step + Step.CfaOffset]!;
      const depth = cfa + steps[step + Step.RaOffset]! - base;
      // Code that has called nobody may have no frame (arm64); every other frame lies above the one it called.
      if (!(depth >= 0 && depth <= last && (cfa > sp || (cfa === sp && key !== callerKey)))) break;
      const at = first + (depth | 0);
      let high = view.getInt32(at + highAt, littleEndian);
      if (isArm64) high = stripHighWord(high, addressBits);
      if (high >= HIGH_LIMIT || high < -HIGH_LIMIT) break;
      const nextLow = view.getUint32(at + lowAt, littleEndian);
      const next = high * TWO_32 + nextLow;
      if (next === 0) break;
      const fpOffset = steps[step + Step.FpOffset]!;
      if (fpOffset !== FP_STAYS) {
        const fpDepth = cfa + fpOffset - base;
        if (!(fpDepth >= 0 && fpDepth <= last)) break;
        const fpPlace = first + (fpDepth | 0);
        fp = view.getInt32(fpPlace + highAt, littleEndian) * TWO_32 + view.getUint32(fpPlace + lowAt, littleEndian);
      }
      addresses[frame] = lookup;
      labels[frame] = steps[step + Step.Label]!;
      cfas[frame] = cfa;
      fps[frame] = fp;
      tables[frame] = steps[step + Step.Table]!;
      rows[frame] = steps[step + Step.Row]!;
      key = callerKey;
      sp = cfa;
      pc = next;
      low = nextLow;
      lookup = next - 1;
    }
    this.pc = pc;
    this.sp = sp;
    this.fp = fp;
    this.lookup = lookup;
    this.low = low;
    this.key = key;
    return frame;
  }
}
