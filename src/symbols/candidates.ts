// The candidates of one search: each is opened, proved to be the file that is wanted, noted as a step, and kept for what it is good for
// (FORMAT 3.1). A file with another build id than the recorded one is refused for symbols and for unwinding alike.

import { crc32 } from '../bytes/crc32.ts';
import type { Diagnostics } from '../bytes/diagnostics.ts';
import { perform } from '../bytes/reading.ts';
import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import { hasCode, hasDebugInfo } from '../elf/contents.ts';
import { readElf } from '../elf/elf-file.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { hasDynsym, hasSymtab } from '../elf/symbol-sections.ts';
import { sameBuildId } from './build-id.ts';
import type { FileTree, TreeFile } from './file-tree.ts';
import type { FoundElf, SearchOutcome, SearchPlace, SearchStep } from './search-step.ts';

/** What a file must be besides of the right build id. */
export interface Proof {
  readonly isWanted?: (elf: ElfFile) => boolean;
  /** Of the debug file that a link tells. */
  readonly checksum?: number;
}

/** What a search has found so far, and how it judges the next file. */
export class Candidates {
  readonly steps: SearchStep[] = [];
  readonly diagnostics: Diagnostics;
  /** What must match, lower-case hexadecimal; '' where nothing tells, and every ELF file is as good. */
  buildId = '';
  symbols: FoundElf | undefined;
  runtime: FoundElf | undefined;
  debug: FoundElf | undefined;
  /** What is looked for is debugging information, and nothing else. */
  wantsDebug = false;
  readonly #open: FoundElf[] = [];

  constructor(diagnostics: Diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** Closes every file that was opened, but for the one that is kept. */
  close(kept?: FoundElf): void {
    for (const found of this.#open) if (found !== kept) found.file.close?.();
    this.#open.length = 0;
  }

  get isDone(): boolean {
    return this.wantsDebug ? this.debug !== undefined : this.symbols !== undefined && this.runtime !== undefined;
  }

  /** Whether a file is missed that has symbols, or else debugging information. */
  get lacksSymbols(): boolean {
    return this.wantsDebug ? this.debug === undefined : this.symbols === undefined;
  }

  note(tree: string, path: string, place: SearchPlace, outcome: SearchOutcome): void {
    this.steps.push({ tree, path, place, outcome });
  }

  /** Takes a file for what it is good for: the first with a symbol table, the first with code. */
  use(found: FoundElf): void {
    if (hasSymtab(found.elf)) this.symbols ??= found;
    if (hasCode(found.elf)) this.runtime ??= found;
    if (this.wantsDebug && hasDebugInfo(found.elf)) this.debug ??= found;
  }

  /** Whether an ELF file is the one that is looked for, as far as build ids tell. */
  identity(elf: ElfFile): SearchOutcome {
    if (this.buildId === '') return 'found';
    if (elf.buildId === '') return 'no-build-id';
    return sameBuildId(elf.buildId, this.buildId) ? 'found' : 'other-build-id';
  }

  /** The ELF file at a path, if it is one of the right identity. */
  *try(tree: FileTree, path: string, place: SearchPlace, proof: Proof = {}): Waiting<FoundElf | undefined> {
    const file = yield* settled(tree.open(path));
    if (file === undefined) {
      this.note(tree.name, path, place, 'absent');
      return undefined;
    }
    return yield* this.judge(file, tree, path, place, proof);
  }

  /** The same of a file that is open already, which is closed if it is not the right one. */
  *judge(file: TreeFile, tree: FileTree, path: string, place: SearchPlace, { isWanted, checksum }: Proof = {}): Waiting<FoundElf | undefined> {
    const elf = yield* settled(perform(file, readElf(file.size, this.diagnostics.of(path))));
    let outcome = elf === undefined ? 'not-elf' : isWanted?.(elf) === false ? 'other-machine' : this.identity(elf);
    // A debug link stands in a file that is the right one: its checksum is as good as a build id.
    if (elf?.buildId === '' && checksum !== undefined) outcome = (yield* hasChecksum(file, checksum)) ? 'found' : 'other-checksum';
    if (elf === undefined || outcome !== 'found') {
      this.note(tree.name, path, place, outcome);
      file.close?.();
      return undefined;
    }
    const found = { file, elf, tree: tree.name, path, place, within: tree };
    this.#open.push(found);
    const isUseful = this.wantsDebug ? hasDebugInfo(elf) : hasSymtab(elf) || hasDynsym(elf);
    this.note(tree.name, path, place, isUseful ? 'found' : this.wantsDebug ? 'no-debug-info' : 'no-symbols');
    return found;
  }

  /** A place where anything may be: used for what it is good for. */
  *useAt(tree: FileTree, path: string, place: SearchPlace): Waiting<void> {
    const found = yield* this.try(tree, path, place);
    if (found !== undefined) this.use(found);
  }

  /** A place where only symbols are expected; not looked at when there are some. */
  *symbolsAt(tree: FileTree, path: string, place: SearchPlace, proof?: Proof): Waiting<void> {
    if (!this.lacksSymbols) return;
    const found = yield* this.try(tree, path, place, proof);
    if (found !== undefined) this.use(found);
  }
}

/** Read at a time for a checksum. */
const CHECKSUM_BLOCK = 1_048_576;

/** Whether a file is the one that a debug link means. All of it is read, and so only where no build ids tell. */
function* hasChecksum(file: TreeFile, checksum: number): Waiting<boolean> {
  let crc = 0;
  for (let at = 0; at < file.size; ) {
    const bytes = yield* settled(file.read(at, Math.min(CHECKSUM_BLOCK, file.size - at)));
    if (bytes.length === 0) break;
    crc = crc32(bytes, crc);
    at += bytes.length;
  }
  return crc === checksum;
}
