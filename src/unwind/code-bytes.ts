// What a few bytes of code say where nothing else describes it: whether an address follows a call, or may be returned to all the same, and
// whether a function on x86-64 has its frame yet. Encodings: Intel SDM volume 2, Arm ARM C6.

/** Bytes before an address that `followsCall` wants. */
export const CALL_LENGTH = 8;
/** Bytes from an address on that `leafFrame` wants; and one before it. */
export const PROLOGUE_LENGTH = 6;

/** Whether the instruction that ends where `code` ends may be a call. On x86-64 its length is not known: each is tried. */
export function followsCall(code: Uint8Array, isArm64: boolean): boolean {
  const end = code.length;
  if (isArm64) {
    if (end < 4) return false;
    const word = new DataView(code.buffer, code.byteOffset, end).getInt32(end - 4, true);
    // bl; blr, and blraa, blrab, blraaz, blrabz, which check a signature first.
    return word >>> 26 === 0x25 || (word & 0xfefff000) === (0xd63f0000 | 0);
  }
  if (end >= 5 && code[end - 5] === 0xe8) return true;
  for (let length = 2; length <= 7 && length <= end; length++) {
    const at = end - length;
    if (code[at] === 0xff && ((code[at + 1]! >> 3) & 7) === 2 && indirectLength(code[at + 1]!, code[at + 2] ?? 0) === length) return true;
  }
  return false;
}

/** Bytes before an address, and from it on, that `isReturnedToUncalled` wants. */
export const UNCALLED_BEFORE = 4;
export const UNCALLED_AFTER = 9;
const NOPS_ARM64: readonly number[] = [0xd503201f | 0, 0xaa0003e0 | 0];

/**
 * Whether functions return to an address that nobody called them from, by the code around it: the kernel has a signal handler return to
 * what calls rt_sigreturn; Go has goroutines return to the second instruction of its goexit, a nop, a call, and on x86-64 a nop again.
 */
export function isReturnedToUncalled(code: Uint8Array, isArm64: boolean): boolean {
  if (code.length < UNCALLED_BEFORE + UNCALLED_AFTER) return false;
  if (isArm64) {
    const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
    const word = view.getInt32(UNCALLED_BEFORE, true);
    // mov x8, #139; svc #0
    if (word === (0xd2801168 | 0)) return view.getInt32(UNCALLED_BEFORE + 4, true) === (0xd4000001 | 0);
    return word >>> 26 === 0x25 && NOPS_ARM64.includes(view.getInt32(UNCALLED_BEFORE - 4, true));
  }
  if (code[UNCALLED_BEFORE] === 0xe8) return code[UNCALLED_BEFORE - 1] === 0x90 && code[UNCALLED_BEFORE + 5] === 0x90;
  // mov rax, 15 or mov eax, 15; syscall
  return [[0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05], [0xb8, 0x0f, 0, 0, 0, 0x0f, 0x05]].some((form) => form.every((byte, i) => code[UNCALLED_BEFORE + i] === byte));
}

/** Length of `call r/m64` with that ModRM byte, and a SIB byte where it says so; without prefixes. */
function indirectLength(modRm: number, sib: number): number {
  const mode = modRm >> 6;
  const base = modRm & 7;
  if (mode === 3) return 2;
  const hasSib = base === 4;
  const displacement = mode === 1 ? 1 : mode === 2 || base === 5 || (hasSib && (sib & 7) === 5) ? 4 : 0;
  return 2 + (hasSib ? 1 : 0) + displacement;
}

/** Where the return address of an x86-64 function is that stands at its beginning or end: bytes above rsp, -1 where that does not show. */
export const LeafFrame = {
  /** Nothing was pushed yet, or all was popped: [rsp], rbp is the caller's. */
  None: 0,
  /** rbp was pushed, and does not point to the frame yet: [rsp + 8], rbp is at [rsp]. */
  Pushed: 8,
  Unknown: -1,
} as const;

/** `code` from the instruction that comes next; `before`: the byte in front of it, -1 where it is not known. */
export function leafFrame(code: Uint8Array, before: number): number {
  const startsWith = (...bytes: readonly number[]): boolean => bytes.every((byte, i) => code[i] === byte);
  // push rbp, also behind endbr64; ret, also with a prefix or a number.
  if (startsWith(0x55) || startsWith(0xf3, 0x0f, 0x1e, 0xfa, 0x55)) return LeafFrame.None;
  if (startsWith(0xc3) || startsWith(0xc2) || startsWith(0xf3, 0xc3) || startsWith(0xf2, 0xc3)) return LeafFrame.None;
  // mov rbp, rsp in both encodings, behind push rbp.
  if (before === 0x55 && (startsWith(0x48, 0x89, 0xe5) || startsWith(0x48, 0x8b, 0xec))) return LeafFrame.Pushed;
  return LeafFrame.Unknown;
}
