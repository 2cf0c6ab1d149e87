// The fixed parts of a jitdump (FORMAT 4; SPEC 8): the header, which is read through its declaration, and the records, which
// jitdump-records.ts reads by hand and a test holds against these.

import { type Field, Layout, type LayoutFields } from '../bytes/layout.ts';

export interface JitdumpHeaderFields {
  magic: number;
  version: number;
  size: number;
  machine: number;
  reserved: number;
  pid: number;
  time: bigint;
  flags: bigint;
}

export const jitdumpHeaderLayout: Layout<JitdumpHeaderFields> = new Layout('jitdump header', [
  ['magic', 'u32', '0x4a695444'],
  ['version', 'u32', '1'],
  ['size', 'u32', 'of this header: 40'],
  ['machine', 'u32', 'e_machine of ELF: 62 x86-64, 183 arm64'],
  ['reserved', 'u32', ''],
  ['pid', 'u32', 'as the program sees it (8.1.6)'],
  ['time', 'u64', 'of the file\'s beginning; nothing follows from it'],
  ['flags', 'u64', 'bit 0: times are of the CPU\'s counter (8.1.4)'],
]);

export const jitdumpPrefixLayout: Layout<LayoutFields> = new Layout('jitdump prefix', [
  ['id', 'u32', 'of the kind of record'],
  ['size', 'u32', 'of the record, this prefix included'],
  ['time', 'u64', 'ns, or the CPU\'s counter'],
]);

function record(name: string, fields: readonly Field[]): Layout<LayoutFields> {
  return new Layout(name, [['prefix', 'u8[16]', 'id, size, time (8.2.1)'], ...fields]);
}

const task: readonly Field[] = [
  ['pid', 'u32', ''],
  ['tid', 'u32', ''],
];

export const jitLoadLayout: Layout<LayoutFields> = record('JIT_CODE_LOAD', [
  ...task,
  ['vma', 'u64', 'the address again'],
  ['address', 'u64', 'of the code'],
  ['codeSize', 'u64', ''],
  ['index', 'u64', 'of this LOAD in its file'],
]);

export const jitMoveLayout: Layout<LayoutFields> = record('JIT_CODE_MOVE', [
  ...task,
  ['vma', 'u64', 'the new address again'],
  ['oldAddress', 'u64', ''],
  ['newAddress', 'u64', ''],
  ['codeSize', 'u64', ''],
  ['index', 'u64', 'of the LOAD'],
]);

export const jitDebugInfoLayout: Layout<LayoutFields> = record('JIT_CODE_DEBUG_INFO', [
  ['address', 'u64', 'of the code'],
  ['count', 'u64', 'of entries'],
]);

export const jitDebugEntryLayout: Layout<LayoutFields> = new Layout('debug entry', [
  ['address', 'u64', 'of the first instruction of the line'],
  ['line', 's32', 'from 1'],
  ['discriminator', 's32', 'or the column'],
]);

export const jitUnwindingLayout: Layout<LayoutFields> = record('JIT_CODE_UNWINDING_INFO', [
  ['unwindingSize', 'u64', ''],
  ['headerSize', 'u64', 'of .eh_frame_hdr; at most unwindingSize'],
  ['mappedSize', 'u64', 'what of it the program has behind the code (8.3.5); 0: nothing'],
]);

/** All of them: each has a table in SPEC.md. */
export const JITDUMP_LAYOUTS: readonly Layout<unknown>[] = [
  jitdumpHeaderLayout, jitdumpPrefixLayout, jitLoadLayout, jitMoveLayout, jitDebugInfoLayout, jitDebugEntryLayout, jitUnwindingLayout,
];
