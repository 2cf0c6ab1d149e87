// How a slim ELF file (slim-elf.ts) says that it had code: by a word in the bytes of e_ident that the specification leaves unused.
// Without it, it could not be told from a debug file, whose program headers describe another file than itself.

/** Behind EI_ABIVERSION. */
export const NO_CODE_MARK_AT = 9;
/** `perfts`, and a byte for what comes. */
export const NO_CODE_MARK: Uint8Array = Uint8Array.of(0x70, 0x65, 0x72, 0x66, 0x74, 0x73, 1);

/** Whether the first bytes of an ELF file have it. */
export function hasNoCodeMark(first: Uint8Array): boolean {
  return NO_CODE_MARK.every((byte, i) => first[NO_CODE_MARK_AT + i] === byte);
}
