// The unwinder as a library of its own (perfts/unwind): modules as sections, registers by name, memory by a function. Addresses are
// bigints here, as programs have them; inside they are signed doubles (bytes/int64.ts). Neither perf nor files nor Node is needed.

import { Diagnostics } from '../bytes/diagnostics.ts';
import { PerftsError } from '../bytes/errors.ts';
import { WideAddresses } from '../bytes/int64.ts';
import { MAX_FRAMES, MAX_UNWOUND_STACK } from '../bytes/limits.ts';
import { upperBound } from '../bytes/sorted.ts';
import { type CfiSection, CfiTable } from '../dwarf/cfi-table.ts';
import type { CodeRegion, CodeSpace, UnwindInfo } from './code-space.ts';
import { GUESS_NAMES } from './guess.ts';
import { PC_NAMES, registerName } from './register-names.ts';
import { MACHINE_REGISTERS, REGISTER_COUNT, RegisterLayout, type WalkedMachine } from './registers.ts';
import { STOP_REASON_NAMES, StopReason } from './stop-reason.ts';
import { Unwinder } from './unwinder.ts';

/** A section of an ELF file: its bytes, decompressed, and its address there (sh_addr). The bytes must stay as they are. */
export interface UnwindSection {
  readonly bytes: Uint8Array;
  readonly address: bigint | number;
}

/** Code somewhere in memory: a segment of a mapped ELF file, or code made at run time. */
export interface UnwindModule {
  /** Where the code lies in memory, half-open. */
  readonly start: bigint;
  readonly end: bigint;
  /**
   * What is added to an address of the file to get that in memory; for a mapped segment `start of the mapping - (p_vaddr - p_offset +
   * offset of the mapping)`. 0 for programs that are not position independent; the code's start for sections made for offset 0.
   */
  readonly bias: bigint;
  /** Whatever of the three there is. Without any of them frames are left by their frame pointers. */
  readonly ehFrame?: UnwindSection | undefined;
  readonly ehFrameHdr?: UnwindSection | undefined;
  readonly debugFrame?: UnwindSection | undefined;
}

/** A thread that stands still. */
export interface StackInput {
  /**
   * By name: `rip`, `rsp`, `rbp` …; `pc`, `sp`, `x29`, `x30` … (also `fp`, `lr`); at least the program counter and the stack pointer,
   * best all that functions preserve. On arm64 addresses may be signed (PAC).
   */
  readonly registers: Readonly<Record<string, bigint>>;
  /**
   * Bytes of memory from an address on, as many as can be read and no more than `length`; undefined or none where nothing can. Asked for
   * the stack, from the stack pointer on in growing pieces, for single words elsewhere, and for
   * bytes of code that no section describes. The bytes may be reused after the next call.
   */
  readonly readMemory: (address: bigint, length: number) => Uint8Array | undefined;
}

/** One frame. */
export interface UnwoundFrame {
  /** To look up symbols and lines with: exact in the innermost frame and where a signal interrupted, else the return address less one. */
  readonly address: bigint;
  /** Of the modules as they were given; undefined where the address lies in none. */
  readonly module: UnwindModule | undefined;
  /** `address` in the coordinates of the module's file. */
  readonly relative: bigint | undefined;
}

/** A stack, innermost frame first. */
export interface UnwoundStack {
  readonly frames: readonly UnwoundFrame[];
  /** `root` where the stack is whole, else why it was not followed further: docs/UNWIND.md lists the words. */
  readonly end: string;
  /** The kinds of guesses in it: frames that no call frame information describes. */
  readonly guesses: readonly string[];
}

/** What may be said of the machine. */
export interface StackUnwinderOptions {
  /** The last four by their call frame information alone; `x86` and `arm` are 32-bit programs, those on 64-bit kernels too. */
  readonly machine: 'x86-64' | 'arm64' | 's390x' | 'riscv64' | 'x86' | 'arm';
  readonly modules: readonly UnwindModule[];
  /** By default as the machine's: big-endian on s390x only. */
  readonly littleEndian?: boolean | undefined;
}

/** First piece of stack that is asked for; most stacks are smaller. */
const FIRST_PIECE = 16_384;
/** How a piece that was too small grows. */
const GROWTH = 4;

let spaces = 0;

/** The modules by address. */
class Modules implements CodeSpace {
  readonly id: number = ++spaces;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #regions: readonly CodeRegion[];
  readonly #modules: readonly UnwindModule[];
  readonly readWord: (address: number) => number | undefined;
  readonly readCode: (address: number, length: number) => Uint8Array | undefined;

  constructor(options: StackUnwinderOptions, diagnostics: Diagnostics, readMemory: (address: number, length: number) => Uint8Array | undefined) {
    const modules = [...options.modules].sort((a, b) => Number(signed(a.start) - signed(b.start)));
    this.#modules = modules;
    this.#starts = Float64Array.from(modules, ({ start }) => Number(signed(start)));
    this.#ends = Float64Array.from(modules, ({ end }) => Number(signed(end)));
    this.#regions = modules.map((module) => ({ bias: Number(signed(module.bias)), unwind: unwindInfo(module, options, diagnostics) }));
    this.readWord = (address) => signedWord(readMemory(address, 8), options.littleEndian ?? options.machine !== 's390x');
    this.readCode = readMemory;
  }

  #indexOf(address: number): number {
    const index = upperBound(this.#starts, this.#starts.length, address) - 1;
    return index >= 0 && address < this.#ends[index]! ? index : -1;
  }

  find(address: number): CodeRegion | undefined {
    return this.#regions[this.#indexOf(address)];
  }

  moduleAt(address: number): UnwindModule | undefined {
    return this.#modules[this.#indexOf(address)];
  }
}

function unwindInfo({ ehFrame, ehFrameHdr, debugFrame }: UnwindModule, { machine, littleEndian }: StackUnwinderOptions, diagnostics: Diagnostics): UnwindInfo {
  if (ehFrame === undefined && debugFrame === undefined) return { kind: 'none' };
  const section = ({ bytes, address }: UnwindSection): CfiSection => ({ bytes, address: Number(address) });
  const table = new CfiTable(
    {
      machine,
      littleEndian: littleEndian ?? machine !== 's390x',
      addressSize: MACHINE_REGISTERS[machine].wordSize,
      ...(ehFrame && { ehFrame: section(ehFrame) }),
      ...(ehFrameHdr && { ehFrameHdr: section(ehFrameHdr) }),
      ...(debugFrame && { debugFrame: section(debugFrame) }),
    },
    diagnostics,
  );
  return { kind: 'cfi', table };
}

/** Unwinds stacks of one address space. Keep it: what it learns of the code (2 MB) makes later stacks fast. */
export class StackUnwinder {
  readonly #machine: WalkedMachine;
  readonly #options: StackUnwinderOptions;
  readonly #littleEndian: boolean;
  readonly #wide = new WideAddresses();
  readonly #diagnostics = new Diagnostics();
  readonly #unwinder: Unwinder;
  readonly #numbers = new Map<string, number>();
  readonly #layout: RegisterLayout;
  readonly #words = new DataView(new ArrayBuffer(REGISTER_COUNT * 8));
  #modules: Modules;
  #input: StackInput | undefined;

  /** Costs little: sections are read where they stand, when an address in them turns up. */
  constructor(options: StackUnwinderOptions) {
    const machine = (this.#machine = options.machine);
    this.#options = options;
    this.#littleEndian = options.littleEndian ?? machine !== 's390x';
    this.#unwinder = new Unwinder(machine, this.#wide, () => 0);
    this.#layout = new RegisterLayout(machine, 0n);
    for (let register = 0; register < REGISTER_COUNT; register++) this.#numbers.set(registerName(machine, register), register);
    const { pc, fp, lr } = MACHINE_REGISTERS[machine];
    this.#numbers.set(PC_NAMES[machine], pc);
    if (lr >= 0) this.#numbers.set('fp', fp).set('lr', lr);
    this.#modules = this.#modulesOf(options.modules);
  }

  /** Other modules from now on, as after a library was loaded. */
  setModules(modules: readonly UnwindModule[]): void {
    this.#modules = this.#modulesOf(modules);
  }

  /** What was wrong with sections that were read so far, a line each. */
  get damage(): readonly string[] {
    return this.#diagnostics.all().map(({ message }) => message);
  }

  /** The stack of a thread, of at most `maxFrames` frames. Throws PERFTS_USAGE for a register that the machine does not have. */
  unwind(input: StackInput, maxFrames: number = MAX_FRAMES): UnwoundStack {
    this.#setRegisters(input.registers);
    this.#input = input;
    const unwinder = this.#unwinder;
    const sp = this.#numbers.get(registerName(this.#machine, MACHINE_REGISTERS[this.#machine].sp))!;
    const base = unwinder.registers.read(sp);
    let end: StopReason = StopReason.NoRegisters;
    for (let length = FIRST_PIECE; ; length *= GROWTH) {
      const bytes = Number.isNaN(base) ? undefined : input.readMemory(BigInt.asUintN(64, BigInt(base)), length);
      // The function's own buffer, unless words are read elsewhere in between: so a copy.
      const stack = (bytes ?? new Uint8Array(0)).slice(0, length);
      unwinder.memory.set(new DataView(stack.buffer), 0, base, stack.length, this.#littleEndian);
      end = unwinder.unwind(this.#modules, maxFrames);
      if (end !== StopReason.DumpExhausted || stack.length < length || length * GROWTH > MAX_UNWOUND_STACK) break;
    }
    this.#input = undefined;
    const frames = Array.from(unwinder.addresses.subarray(0, unwinder.count), (address) => this.#frame(address));
    return { frames, end: STOP_REASON_NAMES[end]!, guesses: GUESS_NAMES.filter((_name, bit) => (unwinder.guesses & (1 << bit)) !== 0) };
  }

  #frame(address: number): UnwoundFrame {
    const module = this.#modules.moduleAt(address);
    const exact = BigInt.asUintN(64, this.#wide.exact(address));
    return { address: exact, module, relative: module === undefined ? undefined : BigInt.asUintN(64, exact - module.bias) };
  }

  #setRegisters(registers: StackInput['registers']): void {
    this.#layout.slots.fill(-1);
    for (const [name, value] of Object.entries(registers)) {
      const register = this.#numbers.get(name);
      if (register === undefined) throw new PerftsError('PERFTS_USAGE', `${this.#machine} has no register '${name}'`);
      this.#layout.slots[register] = register;
      this.#words.setBigUint64(register * 8, BigInt.asUintN(64, value), this.#littleEndian);
    }
    this.#unwinder.registers.set(this.#layout, this.#words, 0, this.#littleEndian, 2);
  }

  #modulesOf(modules: readonly UnwindModule[]): Modules {
    return new Modules({ ...this.#options, modules }, this.#diagnostics, (address, length) => this.#readMemory(address, length));
  }

  #readMemory(address: number, length: number): Uint8Array | undefined {
    return Number.isSafeInteger(address) ? this.#input?.readMemory(BigInt.asUintN(64, BigInt(address)), length)?.subarray(0, length) : undefined;
  }
}

/** The value of eight bytes; undefined where there are fewer. */
function signedWord(bytes: Uint8Array | undefined, littleEndian: boolean): number | undefined {
  if (bytes === undefined || bytes.length < 8) return undefined;
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0, littleEndian));
}

/** As a signed number of 64 bits. */
function signed(address: bigint): bigint {
  return BigInt.asIntN(64, address);
}
