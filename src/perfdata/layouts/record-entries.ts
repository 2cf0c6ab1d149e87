// What stands in lists behind the fixed parts of records, and the sets of CPUs (FORMAT 2.1, 2.2; SPEC 4.5 to 4.7): declared for
// SPEC.md's tables and for the tests of the hand-written decoders.

import { Layout, type LayoutFields } from '../../bytes/layout.ts';

export const namespaceLayout: Layout<LayoutFields> = new Layout('namespace', [
  ['device', 'u64', ''],
  ['inode', 'u64', ''],
]);

export const idIndexEntryLayout: Layout<LayoutFields> = new Layout('ID_INDEX entry', [
  ['id', 'u64', ''],
  ['index', 'u64', 'of the ring buffer'],
  ['cpu', 's64', '-1: any'],
  ['tid', 's64', '-1: any'],
]);

export const idIndexGuestLayout: Layout<LayoutFields> = new Layout('ID_INDEX guest entry', [
  ['machinePid', 's64', 'of the guest\'s process on the host; 0: no guest'],
  ['vcpu', 's64', '-1: none'],
]);

export const threadMapEntryLayout: Layout<LayoutFields> = new Layout('THREAD_MAP entry', [
  ['tid', 's64', '-1: the whole system'],
  ['name', 'u8[16]', 'str'],
]);

export const statConfigEntryLayout: Layout<LayoutFields> = new Layout('STAT_CONFIG entry', [
  ['tag', 'u64', '0 how counts are added up, 1 interval in ms, 2 whether they are scaled, 3 level of adding up'],
  ['value', 'u64', ''],
]);

export const bpfMetadataEntryLayout: Layout<LayoutFields> = new Layout('BPF_METADATA entry', [
  ['key', 'u8[64]', 'str'],
  ['value', 'u8[256]', 'str'],
]);

export const cpuListLayout: Layout<LayoutFields> = new Layout('CPU list', [
  ['kind', 'u16', '0'],
  ['count', 'u16', ''],
]);

export const cpuMask32Layout: Layout<LayoutFields> = new Layout('CPU mask of 32-bit words', [
  ['kind', 'u16', '1'],
  ['count', 'u16', 'of words'],
  ['wordSize', 'u16', '4'],
]);

export const cpuMask64Layout: Layout<LayoutFields> = new Layout('CPU mask of 64-bit words', [
  ['kind', 'u16', '1'],
  ['count', 'u16', 'of words'],
  ['wordSize', 'u16', '8'],
  ['padding', 'u8[4]', ''],
]);

export const cpuRangeLayout: Layout<LayoutFields> = new Layout('CPU range', [
  ['kind', 'u16', '2'],
  ['any', 'u8', '1: any CPU besides'],
  ['reserved', 'u8', ''],
  ['first', 'u16', ''],
  ['last', 'u16', 'this one included'],
]);

/** All of them: each has a table in SPEC.md. */
export const ENTRY_LAYOUTS: readonly Layout<LayoutFields>[] = [
  namespaceLayout, idIndexEntryLayout, idIndexGuestLayout, threadMapEntryLayout, statConfigEntryLayout, bpfMetadataEntryLayout,
  cpuListLayout, cpuMask32Layout, cpuMask64Layout, cpuRangeLayout,
];
