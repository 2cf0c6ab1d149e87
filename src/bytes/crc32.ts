// CRC-32 as zip, gzip, ELF's debug links and Ethernet have it (polynomial 0xedb88320, reflected): four tables, four bytes a step.

const TABLES = new Uint32Array(1024);
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1;
  TABLES[byte] = value;
}
for (let i = 256; i < 1024; i++) {
  const before = TABLES[i - 256]!;
  TABLES[i] = (before >>> 8) ^ TABLES[before & 255]!;
}

/** The checksum of `bytes`, unsigned; of bytes that follow others with the checksum `previous`. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc = TABLES[768 + (crc & 255)]! ^ TABLES[512 + ((crc >>> 8) & 255)]! ^ TABLES[256 + ((crc >>> 16) & 255)]! ^ TABLES[crc >>> 24]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ TABLES[(crc ^ bytes[at]!) & 255]!;
  return ~crc >>> 0;
}
