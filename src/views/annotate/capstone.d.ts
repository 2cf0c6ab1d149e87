// What we use of capstone-js 5: it comes without types.
declare module '@alexaltea/capstone-js' {
  interface Instruction {
    readonly address: bigint;
    readonly size: number;
    readonly mnemonic: string;
    readonly op_str: string;
  }
  export interface Decoder {
    option(option: number, value: number): void;
    /** Throws a string where not even one instruction can be decoded. */
    disasm(bytes: Uint8Array, address: number, most: number): Instruction[];
    close(): void;
  }
  export interface CapstoneModule {
    readonly Capstone: new (architecture: number, mode: number) => Decoder;
    readonly ARCH_X86: number;
    readonly ARCH_ARM64: number;
    readonly MODE_32: number;
    readonly MODE_64: number;
    readonly MODE_LITTLE_ENDIAN: number;
    readonly MODE_BIG_ENDIAN: number;
    readonly OPT_SYNTAX: number;
    readonly OPT_SYNTAX_INTEL: number;
    readonly OPT_SYNTAX_ATT: number;
    readonly OPT_SKIPDATA: number;
    readonly OPT_ON: number;
  }
  const load: () => Promise<CapstoneModule>;
  export default load;
}
