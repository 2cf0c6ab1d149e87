// Machine code as instructions, by Capstone. The package is large and optional: it is loaded when the first function is disassembled.

import type { CapstoneModule, Decoder } from '@alexaltea/capstone-js';
import type { Machine } from '../../bytes/machine.ts';
import type { ModuleCode } from '../../symbols/module-code.ts';

/** One instruction, or bytes that are none (`.byte`). */
export interface Instruction {
  /** As ModuleCode.address. */
  readonly address: number;
  /** In bytes. */
  readonly size: number;
  /** `jne 0x400820`. */
  readonly text: string;
  /** Where a jump or call goes that says so itself; else undefined. */
  readonly target: number | undefined;
}

/** AT&T's as perf and objdump have it by default, or Intel's. Other machines than x86 have one only. */
export type Syntax = 'att' | 'intel';

/** How to say that the package is not there. */
export const NO_DISASSEMBLER = 'the disassembler is not installed: npm install @alexaltea/capstone-js';

/** Bytes and instructions that are decoded at once: what Capstone makes of them lies in its own memory, 240 bytes each. */
const PIECE = 65_536;
const MOST = 4_096;
/** Of the longest instruction there is, on x86. */
const LONGEST = 15;

/** Capstone, loaded once, with a decoder for each kind of code that comes. */
export class Disassembler {
  readonly #capstone: CapstoneModule;
  readonly #syntax: Syntax;
  readonly #decoders = new Map<string, Decoder>();

  private constructor(capstone: CapstoneModule, syntax: Syntax) {
    this.#capstone = capstone;
    this.#syntax = syntax;
  }

  /** Undefined where the package is not installed. */
  static async load(syntax: Syntax): Promise<Disassembler | undefined> {
    try {
      const { default: load } = await import('@alexaltea/capstone-js');
      return new Disassembler(await load(), syntax);
    } catch {
      return undefined;
    }
  }

  /** All of the code, byte for byte; undefined for machines other than x86 and arm64. */
  instructions(code: ModuleCode): Instruction[] | undefined {
    const decoder = this.#decoder(code.machine, code.littleEndian);
    if (decoder === undefined) return undefined;
    const { bytes, address } = code;
    const instructions: Instruction[] = [];
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + PIECE);
      // An instruction may be cut by the end of a piece: those that could be are decoded again with what follows.
      const until = at + piece.length < bytes.length ? piece.length - LONGEST : piece.length;
      let within = 0;
      for (const { size, mnemonic, op_str: operands } of decoded(decoder, piece, address + at)) {
        if (within >= until || size <= 0) break;
        instructions.push({ address: address + at + within, size, text: operands === '' ? mnemonic : `${mnemonic} ${operands}`, target: targetOf(mnemonic, operands) });
        within += size;
      }
      if (within === 0) {
        instructions.push({ address: address + at, size: 1, text: `.byte 0x${bytes[at]!.toString(16).padStart(2, '0')}`, target: undefined });
        within = 1;
      }
      at += within;
    }
    return instructions;
  }

  #decoder(machine: Machine, littleEndian: boolean): Decoder | undefined {
    if (machine !== 'x86-64' && machine !== 'x86' && machine !== 'arm64') return undefined;
    const key = `${machine} ${littleEndian}`;
    const known = this.#decoders.get(key);
    if (known !== undefined) return known;
    const cs = this.#capstone;
    // Instructions of arm64 are little-endian whatever its data are.
    const decoder = machine === 'arm64' ? new cs.Capstone(cs.ARCH_ARM64, cs.MODE_LITTLE_ENDIAN) : new cs.Capstone(cs.ARCH_X86, machine === 'x86' ? cs.MODE_32 : cs.MODE_64);
    decoder.option(cs.OPT_SKIPDATA, cs.OPT_ON);
    if (machine !== 'arm64') decoder.option(cs.OPT_SYNTAX, this.#syntax === 'intel' ? cs.OPT_SYNTAX_INTEL : cs.OPT_SYNTAX_ATT);
    this.#decoders.set(key, decoder);
    return decoder;
  }
}

function decoded(decoder: Decoder, bytes: Uint8Array, address: number): ReturnType<Decoder['disasm']> {
  try {
    return decoder.disasm(bytes, address, MOST);
  } catch {
    // Bytes at the end that are too few for an instruction.
    return [];
  }
}

/** x86: `jne 0x400820`, `callq 0x…`; arm64: `bl #0x1010`, `cbz x0, #0x…`. */
function targetOf(mnemonic: string, operands: string): number | undefined {
  if (!/^(j|call|loop|b$|bl$|b\.|bc\.|cb|tb)/.test(mnemonic)) return undefined;
  const text = /^(?:[^(]*, )?#?(0x[0-9a-f]+|\d+)$/.exec(operands)?.[1];
  return text === undefined ? undefined : Number(BigInt.asIntN(64, BigInt(text)));
}
