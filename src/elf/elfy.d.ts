// The parts of elfy 1.0.0 that tables.ts uses: it ships without types.

declare module 'elfy' {
  /** What elfy asks of a piece of a file: Buffer's words. */
  export interface ElfyInput {
    readonly length: number;
    slice(start: number, end: number): ElfyInput;
    readUInt16LE(offset: number): number;
    readUInt16BE(offset: number): number;
    readUInt32LE(offset: number): number;
    readUInt32BE(offset: number): number;
  }
  export interface ElfyHeader {
    readonly class: '32' | '64';
    readonly endian: 'lsb' | 'msb';
    phoff: number;
    shoff: number;
    phentsize: number;
    phnum: number;
    shentsize: number;
    shnum: number;
    shstrndx: number;
  }
  export interface ElfyProgram {
    readonly offset: number;
    readonly filesz: number;
    readonly memsz: number;
  }
  export interface ElfySection {
    readonly off: number;
    readonly size: number;
    readonly link: number;
    readonly info: number;
    /** The offset in the table of names. */
    readonly name: number;
  }
  export class Parser {
    parseHeader(bytes: ElfyInput): ElfyHeader;
    parsePrograms(file: Pick<ElfyInput, 'length' | 'slice'>, header: ElfyHeader): ElfyProgram[];
    parseSections(file: Pick<ElfyInput, 'length' | 'slice'>, header: ElfyHeader): ElfySection[];
  }
  const elfy: { readonly Parser: typeof Parser };
  export default elfy;
}
