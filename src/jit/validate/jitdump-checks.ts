// Checks of a jitdump's header and of its records by kind (SPEC 8.1, 8.2). What one record says about another validate-jitdump.ts sees.

import type { Rule } from '../../bytes/findings.ts';
import { MAX_JIT_DEBUG_INFO } from '../../bytes/limits.ts';
import { DEBUG_INFO_FIXED, PREFIX_SIZE, RecordId, type RecordWindow, Shape, UNWINDING_FIXED } from '../jitdump-records.ts';
import type { JitdumpHeader } from '../jitdump-walk.ts';

/** A record where it lies in its window: `window.shapeOf` has looked at it last. */
export interface JitdumpRecord {
  readonly window: RecordWindow;
  /** In the file. */
  readonly offset: number;
  /** Shape.Exact or Shape.Loose. */
  readonly shape: number;
  readonly header: JitdumpHeader;
}

interface RecordCheck extends Rule {
  /** The values found where the rule is broken; undefined where it holds. */
  readonly find: (record: JitdumpRecord) => string | undefined;
}

interface HeaderCheck extends Rule {
  /** `bytes`: the first 40 of the file. `pidOfName`: the number in the file's name, if it has one. */
  readonly find: (bytes: DataView, header: JitdumpHeader, pidOfName: number | undefined) => string | undefined;
  /** Of the field that is looked at. */
  readonly offset: number;
}

const LOAD_FIELDS = 24;
const DEBUG_ENTRY = 16;
const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

export const HEADER_CHECKS: readonly HeaderCheck[] = [
  {
    code: 'jitdump-reserved', clause: '8.1.2', severity: 'warning', says: 'The reserved field of the header is not 0', offset: 16,
    find: (bytes, { littleEndian }) => (bytes.getUint32(16, littleEndian) === 0 ? undefined : hex(bytes.getUint32(16, littleEndian))),
  },
  {
    code: 'jitdump-flags', clause: '8.1.4', severity: 'warning', says: 'The header has flags that are not known', offset: 32,
    find: (bytes, { littleEndian }) => (bytes.getBigUint64(32, littleEndian) > 1n ? hex(bytes.getBigUint64(32, littleEndian)) : undefined),
  },
  {
    code: 'jitdump-pid', clause: '8.1.6', severity: 'error', says: 'The pid of the header is not that of the file name', offset: 20,
    find: (_bytes, { pid }, pidOfName) => (pidOfName === undefined || pidOfName === pid ? undefined : `${pid}, not ${pidOfName}`),
  },
];

const processCheck: RecordCheck = {
  code: 'jitdump-record-pid', clause: '8.1.6', severity: 'warning', says: 'The pid of a record is not that of the header',
  find: ({ window, offset, header }) => (window.u32(offset + PREFIX_SIZE) === header.pid ? undefined : `${window.u32(offset + PREFIX_SIZE)}, not ${header.pid}`),
};

export const RECORD_CHECKS: Readonly<Record<number, readonly RecordCheck[]>> = {
  [RecordId.Load]: [
    {
      code: 'jitdump-wide-tid', clause: '10.3.6', severity: 'warning', says: 'JIT_CODE_LOAD has a tid of 64 bits',
      find: ({ window }) => (window.fieldsAt === LOAD_FIELDS ? undefined : `its fields begin at ${window.fieldsAt}`),
    },
    processCheck,
    {
      code: 'jitdump-load-vma', clause: '8.2.2', severity: 'warning', says: 'The two addresses of JIT_CODE_LOAD differ',
      find: ({ window, offset }) => {
        const [vma, address] = [window.u64(offset + window.fieldsAt), window.u64(offset + window.fieldsAt + 8)];
        return vma === address ? undefined : `${hex(vma)} and ${hex(address)}`;
      },
    },
    {
      code: 'jitdump-load-size', clause: '8.2.2', severity: 'warning', says: 'JIT_CODE_LOAD has no code',
      find: ({ window }) => (window.codeSize === 0 ? '' : undefined),
    },
    {
      code: 'jitdump-load-gap', clause: '8.2.2', severity: 'warning', says: 'Something lies between the name and the code of JIT_CODE_LOAD',
      find: ({ window, shape }) => (shape === Shape.Exact ? undefined : `${window.size - window.codeSize - window.nameAt - window.nameLength - 1} bytes`),
    },
  ],
  [RecordId.Move]: [
    processCheck,
    {
      code: 'jitdump-move-size', clause: '8.2.3', severity: 'warning', says: 'JIT_CODE_MOVE is longer than its fields',
      find: ({ window, shape }) => (shape === Shape.Exact ? undefined : `${window.size} bytes`),
    },
  ],
  [RecordId.DebugInfo]: [
    { code: 'jitdump-debug-entries', clause: '8.2.4', severity: 'error', says: 'The entries of JIT_CODE_DEBUG_INFO do not fit into it', find: debugEntries },
  ],
  [RecordId.Close]: [
    {
      code: 'jitdump-close-size', clause: '8.2.5', severity: 'warning', says: 'JIT_CODE_CLOSE is longer than its prefix',
      find: ({ window, shape }) => (shape === Shape.Exact ? undefined : `${window.size} bytes`),
    },
  ],
  [RecordId.UnwindingInfo]: [
    {
      code: 'jitdump-unwinding-padding', clause: '8.2.6', severity: 'warning', says: 'JIT_CODE_UNWINDING_INFO has more padding than it needs',
      find: ({ window, offset, shape }) => (shape === Shape.Exact ? undefined : `${window.size - UNWINDING_FIXED - window.u64(offset + 16)} bytes`),
    },
  ],
};

/** Each entry has its numbers and a name with a NUL; the first name cannot be that of the entry before. */
function debugEntries({ window, offset }: JitdumpRecord): string | undefined {
  const count = window.u64(offset + 24);
  // Longer ones are not in the window as a whole; the reader says that it leaves them.
  if (window.size > MAX_JIT_DEBUG_INFO) return undefined;
  const { bytes } = window;
  const end = offset - window.start + window.size;
  let at = offset - window.start + DEBUG_INFO_FIXED;
  for (let entry = 0; entry < count; entry++) {
    const name = at + DEBUG_ENTRY;
    const nul = name < end ? bytes.indexOf(0, name) : -1;
    if (nul < 0 || nul >= end) return `entry ${entry} of ${count} has no name that ends`;
    if (entry === 0 && bytes[name] === 0xff && nul === name + 1) return 'the first entry has the name of the one before';
    at = nul + 1;
  }
  return undefined;
}
