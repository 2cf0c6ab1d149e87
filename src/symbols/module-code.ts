// The bytes of a function out of the file that runs, for those who show its instructions.

import { MAX_ANNOTATED_CODE } from '../bytes/limits.ts';
import { machineOf, type Machine } from '../bytes/machine.ts';
import { bytesAt, perform } from '../bytes/reading.ts';
import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import { hasCode } from '../elf/contents.ts';
import type { FoundElf, SearchStep } from './search-step.ts';

/** Code as it lies in a file. */
export interface ModuleCode {
  /** From the function's start; fewer than the function has where the file is cut or the function is larger than MAX_ANNOTATED_CODE. */
  readonly bytes: Uint8Array;
  /** Of the first byte: the file's own, before relocation; of code that is in no file, where it lay in memory. */
  readonly address: number;
  readonly machine: Machine;
  readonly littleEndian: boolean;
  /** The module coordinate of such an address (a file offset in ELF files); undefined where nothing is loaded there. */
  coordinateOf(address: number): number | undefined;
  /** What is filled into these bytes when the code is loaded, which do not say where they lead; only of kernel modules. */
  relocated?(address: number, size: number): string | undefined;
}

/**
 * Why there is no code. `not-found`: the search's steps tell. `left-out`: an archive that was made without it. `debug-file`: only a debug file
 * is there. `no-file`: the module has none. `not-in-file`: the file does not have that function.
 */
export type CodeLack = 'not-found' | 'left-out' | 'debug-file' | 'no-file' | 'not-in-file';

/** What a search for code came to. */
export type CodeSearch =
  | { readonly code: ModuleCode }
  | { readonly code: undefined; readonly lack: CodeLack; readonly steps: readonly SearchStep[] };

/** The code between two file offsets of the file that runs. */
export function* functionCode(runtime: FoundElf | undefined, start: number, end: number, steps: readonly SearchStep[]): Waiting<CodeSearch> {
  if (runtime === undefined) return { code: undefined, lack: 'not-found', steps };
  const { elf, file } = runtime;
  if (elf.codeLeftOut) return { code: undefined, lack: 'left-out', steps };
  if (!hasCode(elf)) return { code: undefined, lack: 'debug-file', steps };
  const length = Math.max(0, Math.min(end - start, MAX_ANNOTATED_CODE, elf.size - start));
  const bytes = yield* settled(perform(file, bytesAt(start, length)));
  const code: ModuleCode = {
    bytes,
    address: elf.fileOffsetToAddress(start) ?? start,
    machine: machineOf(elf.machine),
    littleEndian: elf.littleEndian,
    coordinateOf: (address) => elf.addressToFileOffset(address),
  };
  return { code };
}
