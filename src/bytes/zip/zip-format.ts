// Numbers of the zip format (PKWARE's APPNOTE 6.3.10) that the reader and the writer share, and the deflate limit that both rest on.

export const LOCAL_HEADER = 0x0403_4b50;
export const CENTRAL_HEADER = 0x0201_4b50;
export const END_OF_DIRECTORY = 0x0605_4b50;
export const END_OF_DIRECTORY_64 = 0x0606_4b50;
export const LOCATOR_64 = 0x0706_4b50;

export const LOCAL_HEADER_SIZE = 30;
export const CENTRAL_HEADER_SIZE = 46;
export const END_SIZE = 22;
export const END_64_SIZE = 56;
export const LOCATOR_64_SIZE = 20;

/** Extra field with the numbers that need 64 bits. */
export const EXTRA_64 = 1;
/** Stands in a field of 16 or 32 bits whose number is in that extra field. */
export const IN_EXTRA_16 = 0xffff;
export const IN_EXTRA_32 = 0xffff_ffff;

export const STORED = 0;
export const DEFLATED = 8;
/** General purpose bits: encrypted; the name is UTF-8. */
export const FLAG_ENCRYPTED = 1;
export const FLAG_UTF8 = 0x800;

/** Deflate makes at most this many bytes of one (RFC 1951: 258 for two bits, and less for the codes). */
export const HIGHEST_RATIO = 1_032;

/** What reading a member takes. node/ has faster ones than this library's own. */
export interface InflateCodec {
  /**
   * Up to `size` bytes of a bare deflate stream that may go on behind its end; fewer where it is damaged or shorter. Never throws.
   * `room`: `size` bytes in which they may be put; what comes of that is a view of it, or not.
   */
  inflate(bytes: Uint8Array, size: number, room?: Uint8Array): Uint8Array;
  /** CRC-32 of bytes behind others with the CRC-32 `previous` (0 for none). */
  crc32(bytes: Uint8Array, previous?: number): number;
}
