// Tracepoints: the format file of an event, an event that follows it, and what both say; and the TRACING_DATA stream with such files.

import type { Json, JsonObject } from './json.ts';
import { type ByteOrder, hexOf, Packer, textBytes } from './packer.ts';

/** A field with its line in the format file, its bytes in one event, and its value. */
export interface TraceField {
  readonly name: string;
  /** As the kernel declares it: `unsigned long ip`. */
  readonly declaration: string;
  readonly size: number;
  readonly signed: boolean;
  /** Left out of the line, as before 2.6.33. */
  readonly withoutSigned?: boolean;
  /** `at`: of the field in the event; `put`: adds bytes behind the fields and gives their offset. */
  readonly write: (packer: Packer, at: number, put: (bytes: Uint8Array) => number) => void;
  readonly value: Json;
}

export function number(declaration: string, size: 1 | 2 | 4 | 8, value: number | bigint, options: { readonly withoutSigned?: boolean } = {}): TraceField {
  const isSigned = BigInt(value) < 0n || /^(s\d|int|short|long|signed)/.test(declaration);
  return {
    name: nameIn(declaration), declaration, size, signed: isSigned, ...options, write: (packer) => void packer.number(value, size),
    value: String(isSigned ? BigInt.asIntN(size * 8, BigInt(value)) : BigInt.asUintN(size * 8, BigInt(value))),
  };
}

/** `char name[16]`. */
export function text(declaration: string, size: number, value: string): TraceField {
  return { name: nameIn(declaration), declaration, size, signed: false, write: (packer) => void packer.text(value, size), value };
}

/** `u32 name[4]`. */
export function array(declaration: string, elementSize: 1 | 2 | 4 | 8, values: readonly (number | bigint)[]): TraceField {
  return {
    name: nameIn(declaration), declaration, size: elementSize * values.length, signed: false,
    write: (packer) => {
      for (const value of values) packer.number(value, elementSize);
    },
    value: values.map(String),
  };
}

/** Bytes as they are: addresses of networks and the like. */
export function bytes(declaration: string, values: Iterable<number>, value: Json): TraceField {
  const kept = [...values];
  return { name: nameIn(declaration), declaration, size: kept.length, signed: false, write: (packer) => void packer.raw(kept), value };
}

/** `__data_loc TYPE[] name` or `__rel_loc TYPE[] name`: what it points to is put behind the fields. */
export function located(declaration: string, content: (order: ByteOrder) => Uint8Array, value: Json): TraceField {
  const isRelative = declaration.startsWith('__rel_loc');
  return {
    name: nameIn(declaration), declaration, size: 4, signed: false,
    write: (packer, at, put) => {
      const data = content(packer.order);
      const offset = put(data) - (isRelative ? at + 4 : 0);
      packer.u32((data.length << 16) | offset);
    },
    value,
  };
}

/** Text that a field points to, with its NUL. */
export function locatedText(declaration: string, value: string): TraceField {
  return located(declaration, () => Uint8Array.from([...textBytes(value), 0]), value);
}

/** Before there were lengths: a field of two bytes. */
export function oldLocatedText(declaration: string, value: string): TraceField {
  return {
    name: nameIn(declaration), declaration, size: 2, signed: false, value,
    write: (packer, _at, put) => void packer.u16(put(Uint8Array.from([...textBytes(value), 0]))),
  };
}

/** A field of size 0, the last one: to the end of the event. Shown with the NULs that pad it. */
export function rest(declaration: string, values: readonly number[], value: Json): TraceField {
  return { name: nameIn(declaration), declaration, size: 0, signed: false, write: (packer) => void packer.raw(values), value };
}

function nameIn(declaration: string): string {
  return /(\w+)(\[\w*\])?$/.exec(declaration)![1]!;
}

export interface TracepointSpec {
  readonly system: string;
  readonly name: string;
  readonly id: number;
  readonly fields: readonly TraceField[];
  /** Behind `print fmt:`; none without. */
  readonly print?: string;
  /** What that prints of the event; undefined where a reader cannot read it. */
  readonly text?: string;
  /** Lines among the fields that are none. */
  readonly odd?: readonly string[];
}

const COMMON = [
  '\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;', '\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;',
  '\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;', '\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;',
].join('\n');
const COMMON_SIZE = 8;

export function formatFile({ name, id, fields, print, odd = [] }: TracepointSpec): string {
  let at = COMMON_SIZE;
  const lines = fields.map(({ declaration, size, signed, withoutSigned }) => {
    const line = `\tfield:${declaration};\toffset:${at};\tsize:${size};${withoutSigned === true ? '' : `\tsigned:${signed ? 1 : 0};`}\n`;
    at += size;
    return line;
  });
  const tail = print === undefined ? '' : `\nprint fmt: ${print}\n`;
  return `name: ${name}\nID: ${id}\nformat:\n${COMMON}\n\n${odd.map((line) => `${line}\n`).join('')}${lines.join('')}${tail}`;
}

/** RAW of a sample: common fields, the event's own, and what they point to. */
export function rawEvent(order: ByteOrder, { id, fields }: TracepointSpec): Uint8Array {
  const fixed = new Packer(order).u16(id).u8(0).u8(0).u32(4242);
  let end = COMMON_SIZE + fields.reduce((sum, field) => sum + field.size, 0);
  const behind: number[] = [];
  const put = (content: Uint8Array): number => {
    behind.push(...content);
    end += content.length;
    return end - content.length;
  };
  let at = COMMON_SIZE;
  for (const field of fields) {
    field.write(fixed, at, put);
    at += field.size;
  }
  return new Packer(order).raw(fixed.bytes()).raw(behind).bytes();
}

/** What a reader finds in the event. */
export function tracepointJson({ system, name, fields, text: printed }: TracepointSpec): JsonObject {
  return { name: `${system}:${name}`, fields: Object.fromEntries(fields.map((field) => [field.name, field.value])), ...(printed !== undefined && { text: printed }) };
}

export interface StreamSpec {
  readonly version?: '0.5' | '0.6';
  /** The writer's. */
  readonly longSize?: 4 | 8;
  /** The kernel's, as header_page says it. */
  readonly kernelLongSize?: 4 | 8;
  readonly ftrace?: readonly TracepointSpec[];
  readonly tracepoints: readonly TracepointSpec[];
  readonly kallsyms?: string;
  readonly printkFormats?: string;
  readonly savedCmdlines?: string;
  /** Only the beginning of it. */
  readonly cut?: number;
}

export function tracingStream(order: ByteOrder, spec: StreamSpec): Uint8Array {
  const { version = '0.6', longSize = 8, kernelLongSize = 8 } = spec;
  const packer = new Packer(order);
  const file = (content: string): void => {
    const encoded = textBytes(content);
    packer.u64(encoded.length).raw(encoded);
  };
  const name = (value: string): void => void packer.raw([...textBytes(value), 0]);
  packer.raw([0x17, 0x08, 0x44]).raw(textBytes('tracing'));
  name(version);
  packer.u8(order === 'little' ? 0 : 1).u8(longSize).u32(4096);
  name('header_page');
  file(`\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:${kernelLongSize};\tsigned:1;\n`);
  name('header_event');
  file('# compressed entry header\n');
  const ftrace = spec.ftrace ?? [];
  packer.u32(ftrace.length);
  for (const each of ftrace) file(formatFile(each));
  const systems = [...new Set(spec.tracepoints.map(({ system }) => system))];
  packer.u32(systems.length);
  for (const system of systems) {
    const of = spec.tracepoints.filter((each) => each.system === system);
    name(system);
    packer.u32(of.length);
    for (const each of of) file(formatFile(each));
  }
  const kallsyms = textBytes(spec.kallsyms ?? '');
  packer.u32(kallsyms.length).raw(kallsyms);
  const constants = textBytes(spec.printkFormats ?? '');
  packer.u32(constants.length).raw(constants);
  if (version === '0.6') file(spec.savedCmdlines ?? '');
  return packer.bytes().subarray(0, spec.cut);
}

/** What a reader finds in the whole stream. */
export function streamJson(order: ByteOrder, spec: StreamSpec): JsonObject {
  return {
    version: spec.version ?? '0.6', byteOrder: order, longSize: spec.kernelLongSize ?? 8, pageSize: 4096,
    events: [...(spec.ftrace ?? []), ...spec.tracepoints].map(({ system, name, id }) => ({ id, name: `${system}:${name}` })),
    kallsyms: spec.kallsyms ?? '', printkFormats: spec.printkFormats ?? '', savedCmdlines: spec.version === '0.5' ? '' : (spec.savedCmdlines ?? ''),
  };
}

/** Fields of bytes as a reader shows them that cannot tell their elements. */
export function bytesValue(values: Iterable<number>): Json {
  return { bytes: hexOf(values) };
}
