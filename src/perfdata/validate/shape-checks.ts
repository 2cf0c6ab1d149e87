// What holds for records of all known types alike, made from their shapes (record-shapes.ts): that they are long enough and no longer
// than what they say, that their text ends and is padded, that their misc has no bits without a meaning (SPEC 4.1 to 4.3).

import { endOfText } from '../../bytes/text.ts';
import { CPU_MODE_MASK, FIRST_USER_TYPE, recordTypeName } from '../record-types.ts';
import type { RecordView } from '../record-view.ts';
import { type RecordCheck, bytes, hex } from './check.ts';
import type { RecordShape } from './record-shapes.ts';

/** Bits of misc that no record has (4.2.12). */
const RESERVED_MISC = 0x0ff8;
const GUEST_USER = 5;

/** A record for which this finds something is too short to be looked at further. */
export function lengthCheck(shape: RecordShape): RecordCheck {
  const name = recordTypeName(shape.type);
  return {
    code: `record-short-${name}`, clause: '4.1.4', severity: 'error', says: `A record of type ${name} is too short for its fields`,
    find: (record, { limit }) => (limit - record.offset < shape.least ? `${limit - record.offset} of ${bytes(shape.least)}` : undefined),
  };
}

/** The checks of one type, for records that are long enough. */
export function shapeChecks(shape: RecordShape): RecordCheck[] {
  const name = recordTypeName(shape.type);
  const checks = shape.type < FIRST_USER_TYPE ? miscChecks(shape.type, shape.misc) : [ownMiscCheck(shape)];
  if (shape.anySize === undefined) {
    checks.push({
      code: `record-size-${name}`, clause: '4.1.1', severity: 'warning', says: `The size of a record of type ${name} is no multiple of 8`,
      find: ({ size }) => (size % 8 === 0 ? undefined : bytes(size)),
    });
  }
  if (shape.text !== undefined) checks.push(...textChecks(shape, shape.text));
  if (shape.text === undefined || shape.end !== undefined) checks.push(...endChecks(shape));
  return checks;
}

/** The checks of misc for a type of the kernel's records; `known`: the bits that mean something besides the mode. */
export function miscChecks(type: number, known: number): RecordCheck[] {
  const name = recordTypeName(type);
  return [
    {
      code: 'misc-mode', clause: '4.2.1', severity: 'error', says: 'The mode in misc is none that is known',
      find: ({ misc }) => ((misc & CPU_MODE_MASK) > GUEST_USER ? `${misc & CPU_MODE_MASK}` : undefined),
    },
    {
      code: 'misc-reserved', clause: '4.2.12', severity: 'error', says: 'Reserved bits of misc are set',
      find: ({ misc }) => ((misc & RESERVED_MISC) !== 0 ? hex(misc) : undefined),
    },
    {
      code: `misc-bits-${name}`, clause: '4.2.12', severity: 'warning', says: `Bits of misc are set that mean nothing in a record of type ${name}`,
      find: ({ misc }) => ((misc & 0xf000 & ~known) !== 0 ? hex(misc) : undefined),
    },
  ];
}

/** Old perf left in its own records' misc what happened to lie there. */
function ownMiscCheck(shape: RecordShape): RecordCheck {
  return {
    code: 'misc-own', clause: '4.2.12', severity: 'warning', says: "Bits of misc are set that mean nothing in perf's own records",
    find: ({ misc }) => ((misc & ~CPU_MODE_MASK & ~shape.misc) !== 0 || (misc & CPU_MODE_MASK) > GUEST_USER ? hex(misc) : undefined),
  };
}

/** A record ends where its fields do, or so many zeros later that its size is a multiple of 8. */
function endChecks(shape: RecordShape): RecordCheck[] {
  const name = recordTypeName(shape.type);
  const { end = (record: RecordView) => record.offset + shape.least } = shape;
  return [
    {
      code: `record-count-${name}`, clause: '4.1.5', severity: 'error', says: `A count in a record of type ${name} reaches beyond its end`,
      find: (record, context) => (Number.isNaN(end(record, context)) ? bytes(record.size) : undefined),
    },
    {
      code: `record-long-${name}`, clause: '4.1.4', severity: 'warning', says: `A record of type ${name} is longer than its fields`,
      find: (record, context) => {
        const left = context.limit - end(record, context);
        return left >= 8 ? `by ${bytes(left)}` : undefined;
      },
    },
    {
      code: `record-padding-${name}`, clause: shape.clause, severity: 'warning', says: `The padding of a record of type ${name} is not zero`,
      find: (record, context) => {
        for (let at = end(record, context); at < context.limit && context.limit - at < 8; at++) {
          if (record.bytes[at] !== 0) return `${hex(record.bytes[at]!)} in byte ${at - record.offset}`;
        }
        return undefined;
      },
    },
  ];
}

function textChecks(shape: RecordShape, textOf: (record: RecordView) => number): RecordCheck[] {
  const { clause, type } = shape;
  const name = recordTypeName(type);
  return [
    {
      code: `text-end-${name}`, clause, severity: 'warning', says: `The text of a record of type ${name} does not end with a NUL`,
      find: (record, { limit }) => {
        const start = record.offset + textOf(record);
        return start < limit && endOfText(record.bytes, start, limit) === limit ? `${bytes(limit - start)} of text` : undefined;
      },
    },
    {
      code: `text-padding-${name}`, clause, severity: 'warning', says: `What follows the text of a record of type ${name} is not zero`,
      find: (record, { limit }) => {
        const start = record.offset + textOf(record);
        if (!(start <= limit)) return undefined;
        for (let at = endOfText(record.bytes, start, limit); at < limit; at++) {
          if (record.bytes[at] !== 0) return `${hex(record.bytes[at]!)} in byte ${at - record.offset}`;
        }
        return undefined;
      },
    },
    {
      code: `text-space-${name}`, clause: '4.1.4', severity: 'warning', says: `The text of a record of type ${name} has more space than it needs`,
      find: (record, { limit }) => {
        const start = record.offset + textOf(record);
        if (!(start <= limit) || shape.wideText === true) return undefined;
        const left = limit - endOfText(record.bytes, start, limit) - 1;
        return left >= 8 ? `${bytes(left)} more than the text and its NUL` : undefined;
      },
    },
  ];
}
