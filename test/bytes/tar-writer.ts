// Tar files for tests: any header, true or not.

/** A member. */
export interface TarPart {
  readonly path: string;
  /** A file if left out. */
  readonly type?: string;
  readonly target?: string;
  readonly content?: string | Uint8Array;
  /** Of the contents, where that is to be a lie. */
  readonly size?: number;
  /** The beginning of the path in ustar's field. */
  readonly prefix?: string;
  /** How a path or target is written that its field does not hold. */
  readonly long?: 'gnu' | 'pax';
}

export function tarOf(parts: readonly TarPart[]): Uint8Array {
  return Buffer.concat([...parts.flatMap(blocksOf), Buffer.alloc(1024)]);
}

function blocksOf({ path, type = '0', target = '', content = '', size, prefix = '', long }: TarPart): Buffer[] {
  const bytes = Buffer.from(content);
  const before: Buffer[] = [];
  if (long === 'gnu') {
    if (target !== '') before.push(...block({ path: '././@LongLink', type: 'K', content: Buffer.from(`${target}\0`) }));
    before.push(...block({ path: '././@LongLink', type: 'L', content: Buffer.from(`${path}\0`) }));
  } else if (long === 'pax') before.push(...block({ path: 'pax', type: 'x', content: Buffer.from(record('mtime', '1.5') + record('path', path)) }));
  return [...before, ...block({ path, type, target, content: bytes, size, prefix })];
}

/** A pax record says its own length. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const guess = rest.length + String(rest.length).length;
  return `${rest.length + String(guess).length}${rest}`;
}

function block({ path, type, target = '', content, size = content.length, prefix = '' }: { path: string; type: string; target?: string; content: Buffer; size?: number | undefined; prefix?: string }): Buffer[] {
  const header = Buffer.alloc(512);
  header.write(path.slice(0, 100), 0);
  header.write('0000644\0', 100);
  if (size >= 0 && size < 0o100000000000) header.write(size.toString(8).padStart(11, '0'), 124);
  else {
    header[124] = size < 0 ? 0xff : 0x80;
    header.writeBigUInt64BE(BigInt.asUintN(64, BigInt(size)), 128);
  }
  header.write('        ', 148);
  header.write(type, 156);
  header.write(target.slice(0, 100), 157);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345);
  header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}
