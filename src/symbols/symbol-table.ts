// What every source of names looks like to the rest: an ELF file's symbols, kallsyms, a perf map, a jitdump.

/**
 * Symbols of one module, sorted by start. Coordinates are the module's own: file offsets for ELF files (FORMAT 3.2:
 * value - p_vaddr + p_offset, so that address - mapping.start + mapping.pageOffset finds it), absolute signed addresses for
 * the kernel, BPF and perf maps. Symbols are numbers until somebody asks for a name (DESIGN.md 8).
 */
export interface SymbolTable {
  /** Symbols there are. Tables that are read as far as asked for (kallsyms) count those met so far. */
  readonly length: number;
  /** The symbol that holds the address, or -1. O(log n), allocates nothing. */
  find(address: number): number;
  start(symbol: number): number;
  /** One past the last byte. */
  end(symbol: number): number;
  /** As it is shown: demangled where that is on. */
  name(symbol: number): string;
  /** Whether it is data (STT_OBJECT): report shows such names with an offset. */
  isObject(symbol: number): boolean;
}
