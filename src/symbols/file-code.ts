// Bytes of the code of one file, a page at a time, for the unwinder's guesses (unwind/code-space.ts). They are asked for in the middle of a
// walk, which never waits: a file that gives promises only (in a page of a browser) has none.

import { PerftsError } from '../bytes/errors.ts';
import { MAX_CODE_PAGES } from '../bytes/limits.ts';
import type { ByteSource } from '../bytes/source.ts';
import { PF_X, PT_LOAD, SHF_EXECINSTR, SHT_NOBITS } from '../elf/elf-constants.ts';
import { hasCode } from '../elf/contents.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import type { FoundElf } from './search-step.ts';

/** Bytes by their offset in a file. */
export interface CodeBytes {
  /** At most `length` of them, no more than a page; undefined where they are not known. Valid until the next call. */
  read(offset: number, length: number): Uint8Array | undefined;
}

/** What is read may be closed behind each page: recordings have more modules than a process has descriptors. */
type Opened = ByteSource & { close?(): void };

const PAGE = 4096;

/** Pages of a source that is opened for each of them, or stays open: then its giver closes it. */
export class PagedCode implements CodeBytes {
  readonly #open: () => Opened | undefined;
  /** By offset of the page, the one used last at the end. */
  readonly #pages = new Map<number, Uint8Array>();
  #lastAt = -1;
  #last: Uint8Array = new Uint8Array(0);
  #isGone = false;

  /** `open` gives the source; undefined where it is not there any more. What it gives is closed, if it can be. */
  constructor(open: () => Opened | undefined) {
    this.#open = open;
  }

  /** A source that stays open as long as the code is asked for. */
  static of(source: ByteSource): PagedCode {
    return new PagedCode(() => ({ size: source.size, read: (offset, length) => source.read(offset, length) }));
  }

  read(offset: number, length: number): Uint8Array | undefined {
    if (!(offset >= 0) || !(length > 0)) return undefined;
    const start = offset - (offset % PAGE);
    const page = this.#page(start);
    if (page === undefined) return undefined;
    const at = offset - start;
    const end = at + Math.min(length, PAGE);
    if (end <= PAGE || page.length < PAGE) return page.subarray(at, end);
    const first = page.subarray(at);
    const second = this.#page(start + PAGE)?.subarray(0, end - PAGE);
    if (second === undefined) return first;
    const both = new Uint8Array(first.length + second.length);
    both.set(first);
    both.set(second, first.length);
    return both;
  }

  #page(start: number): Uint8Array | undefined {
    if (this.#lastAt === start) return this.#last;
    let page = this.#pages.get(start);
    if (page === undefined) {
      page = this.#readPage(start);
      if (page === undefined) return undefined;
      // A map is in the order in which it was filled: the first is the oldest.
      if (this.#pages.size >= MAX_CODE_PAGES) this.#pages.delete(this.#pages.keys().next().value!);
      this.#pages.set(start, page);
    }
    this.#lastAt = start;
    this.#last = page;
    return page;
  }

  #readPage(start: number): Uint8Array | undefined {
    if (this.#isGone) return undefined;
    let source: Opened | undefined;
    try {
      source = this.#open();
      const bytes = source?.read(start, PAGE);
      if (bytes !== undefined && !(bytes instanceof Promise)) return bytes.slice();
      // Nobody waits for it.
      if (bytes !== undefined) bytes.catch(() => undefined);
    } catch (error) {
      // The file was there when its symbols were read; without its code everything is as it was.
      if (!(error instanceof PerftsError)) throw error;
    } finally {
      source?.close?.();
    }
    this.#isGone = true;
    return undefined;
  }
}

/** A stretch of a file. */
interface CodeRange {
  readonly offset: number;
  readonly size: number;
}

/** The code of an ELF file, where it has any. */
class ElfCode implements CodeBytes {
  readonly #ranges: readonly CodeRange[];
  readonly #bytes: PagedCode;

  constructor(ranges: readonly CodeRange[], bytes: PagedCode) {
    this.#ranges = ranges;
    this.#bytes = bytes;
  }

  read(offset: number, length: number): Uint8Array | undefined {
    for (const range of this.#ranges) {
      const rest = range.offset + range.size - offset;
      if (offset >= range.offset && rest > 0) return this.#bytes.read(offset, Math.min(length, rest));
    }
    return undefined;
  }
}

/**
 * The code of a file that runs; undefined for a debug file, which has the headers of it only, and for a file of an archive without code.
 * The file itself may be closed: it is opened again when code is asked for.
 */
export function pagedCodeOf(runtime: FoundElf): CodeBytes | undefined {
  const { elf, within, path, file } = runtime;
  if (elf.codeLeftOut || !hasCode(elf)) return undefined;
  const ranges = codeRanges(elf);
  if (ranges.length === 0) return undefined;
  if (within === undefined) return new ElfCode(ranges, PagedCode.of(file));
  const open = (): Opened | undefined => {
    const opened = within.open(path);
    if (!(opened instanceof Promise)) {
      if (opened === undefined || opened.size === elf.size) return opened;
      // Another file has taken its place.
      opened.close?.();
      return undefined;
    }
    opened.then((it) => it?.close?.(), () => undefined);
    return undefined;
  };
  return new ElfCode(ranges, new PagedCode(open));
}

/**
 * By the sections, where there are any: whoever cuts a file down to its tables keeps the segments and takes the bytes of sections, or moves
 * them. Else by the segments that are mapped as code.
 */
function codeRanges(elf: ElfFile): CodeRange[] {
  if (elf.sections.length > 0) {
    return elf.sections.filter(({ flags, type, address, offset }) => (flags & SHF_EXECINSTR) !== 0 && type !== SHT_NOBITS && elf.addressToFileOffset(address) === offset);
  }
  return elf.segments.filter(({ type, flags }) => type === PT_LOAD && (flags & PF_X) !== 0).map(({ offset, fileSize }) => ({ offset, size: fileSize }));
}
