// How far the stack has grown at each instruction of an x86-64 procedure linkage table that nothing describes: lld writes no call frame
// information for it, and no linker does in static programs. Its code is a handful of instructions (System V psABI 5.2, and
// -z ibtplt's):
//
//      push *GOT+8; jmp *GOT+16             the first entry, reached by a jump from the others
//      [endbr64]; [bnd] jmp *GOT[n]         a call lands here
//      [endbr64]; push $n; [bnd] jmp first  for the dynamic linker, once

/** What the CFA is above rsp where a call has just landed: the return address alone. */
const LANDED = 8;

/** For each byte of a table's code what the CFA is above rsp before its instruction, in bytes; 0 from the first one on that is none of a table's. */
export function pltDepths(code: Uint8Array): Uint8Array {
  const depths = new Uint8Array(code.length);
  let depth = LANDED;
  for (let at = 0; at < code.length; ) {
    const first = code[at]!;
    const second = code[at + 1];
    let length: number;
    let next = LANDED;
    if (first === 0xff && second === 0x35) {
      length = 6;
      depth = 2 * LANDED;
      next = 3 * LANDED;
    } else if (first === 0x68) {
      length = 5;
      next = depth + LANDED;
    } else length = jumpLength(code, at) || otherLength(code, at);
    if (length === 0 || at + length > code.length) break;
    depths.fill(depth, at, at + length);
    // `endbr64; push` and `push; jmp`: what follows a jump or fills a gap is landed on.
    depth = next;
    at += length;
  }
  return depths;
}

/** Of `jmp *x(%rip)` or `jmp x`, also with the prefix bnd; 0 for anything else. */
function jumpLength(code: Uint8Array, at: number): number {
  const prefix = code[at] === 0xf2 ? 1 : 0;
  if (code[at + prefix] === 0xe9) return prefix + 5;
  return code[at + prefix] === 0xff && code[at + prefix + 1] === 0x25 ? prefix + 6 : 0;
}

/** Of endbr64, and of what fills gaps: nop, xchg %ax,%ax, nopl and nopw, int3. 0 for anything else. */
function otherLength(code: Uint8Array, at: number): number {
  if (code[at] === 0xcc) return 1;
  if (code[at] === 0xf3 && code[at + 1] === 0x0f && code[at + 2] === 0x1e && code[at + 3] === 0xfa) return 4;
  let start = at;
  while (code[start] === 0x66 || code[start] === 0x2e) start++;
  if (start - at > 8) return 0;
  if (code[start] === 0x90) return start + 1 - at;
  if (code[start] !== 0x0f || code[start + 1] !== 0x1f) return 0;
  const modRm = code[start + 2]!;
  return start - at + 3 + ((modRm & 7) === 4 ? 1 : 0) + (modRm >> 6 === 1 ? 1 : modRm >> 6 === 2 ? 4 : 0);
}
