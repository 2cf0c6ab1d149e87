// Protocol buffers read by a description of their messages, for tests of what is written: an unknown field, or bytes too many, throw.

/** By field number: its name and what it holds. A name that ends in [] may come more than once, or packed. */
export interface Message {
  readonly [field: number]: readonly [name: string, type: 'number' | 'bigint' | 'fixed64' | 'text' | 'bytes' | Message];
}

/** What was read: numbers, texts, messages, or lists of them. */
export interface Decoded {
  readonly [name: string]: unknown;
}

export function decode(bytes: Uint8Array, message: Message): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result: Record<string, unknown> = {};
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length || shift > 63n) throw new Error(`no end of a number at ${at}`);
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  for (const [name] of Object.values(message) as [string, unknown][]) if (name.endsWith('[]')) result[name.slice(0, -2)] = [];
  while (at < bytes.length) {
    const tag = Number(varint());
    const known = message[tag >>> 3];
    if (known === undefined) throw new Error(`unknown field ${tag >>> 3} at ${at}`);
    const [name, type] = known;
    const put = (value: unknown): void => {
      if (name.endsWith('[]')) (result[name.slice(0, -2)] as unknown[]).push(value);
      else if (name in result) throw new Error(`${name} comes twice`);
      else result[name] = value;
    };
    const number = (): void => {
      const value = varint();
      if (type === 'number' && value > Number.MAX_SAFE_INTEGER) throw new Error(`${name} is ${value}`);
      put(type === 'number' ? Number(value) : value);
    };
    switch (tag & 7) {
      case 0:
        if (type !== 'number' && type !== 'bigint') throw new Error(`${name} is no number`);
        number();
        break;
      case 1:
        if (type !== 'fixed64') throw new Error(`${name} is no fixed64`);
        put(view.getBigUint64(at, true));
        at += 8;
        break;
      case 2: {
        const end = Number(varint()) + at;
        if (end > bytes.length) throw new Error(`${name} ends behind the end`);
        if (type === 'number' || type === 'bigint') while (at < end) number();
        else if (type === 'text') put(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(at, end)));
        else if (type === 'bytes') put(bytes.subarray(at, end));
        else if (typeof type === 'object') put(decode(bytes.subarray(at, end), type));
        else throw new Error(`${name} has a length`);
        if (at > end) throw new Error(`${name} is longer than it says`);
        at = end;
        break;
      }
      default:
        throw new Error(`wire type ${tag & 7} at ${at}`);
    }
  }
  return result;
}
