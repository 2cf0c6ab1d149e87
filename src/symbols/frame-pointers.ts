// Whether a program was built with frame pointers, told by its call frame information: in the middle of a function its frame is found
// by the frame pointer then, and by the stack pointer else.

import type { LoadedModule } from './module-loader.ts';

/** DWARF numbers of the frame pointers of x86-64 (rbp), arm64 (x29), s390x (r11) and riscv64 (s0). */
const FRAME_POINTERS: Readonly<Record<string, number>> = { 'x86-64': 6, arm64: 29, s390x: 11, riscv64: 8 };
/** Functions that are looked at. */
const MOST = 256;
/** Smaller ones mostly call nobody, and need no frame. */
const SMALLEST = 96;

/** Undefined where the module has no symbols or no call frame information, or too little of it to tell. Wants it loaded for unwinding. */
export function hasFramePointers(loaded: LoadedModule): boolean | undefined {
  const { symbols, cfi } = loaded;
  const pointer = cfi === undefined ? undefined : FRAME_POINTERS[cfi.machine];
  if (symbols === undefined || cfi === undefined || pointer === undefined) return undefined;
  let seen = 0;
  let byPointer = 0;
  const step = Math.max(1, Math.floor(symbols.length / (MOST * 4)));
  for (let symbol = 0; symbol < symbols.length && seen < MOST; symbol += step) {
    const start = symbols.start(symbol);
    const size = symbols.end(symbol) - start;
    if (size < SMALLEST || symbols.isObject(symbol)) continue;
    const row = cfi.find(loaded.fileOffsetToAddress(start + Math.floor(size / 2)));
    if (row < 0) continue;
    seen++;
    if (cfi.rows.cfaRegister[row] === pointer) byPointer++;
  }
  return seen < 8 ? undefined : byPointer > seen / 2;
}
