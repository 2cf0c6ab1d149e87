// perf_event_attr: what an event counts and what its records hold (FORMAT 1.2; SPEC 2.1).

import { Layout } from '../../bytes/layout.ts';

export interface AttrFields {
  type: number;
  size: number;
  config: bigint;
  samplePeriod: bigint;
  sampleType: bigint;
  readFormat: bigint;
  flags: number[];
  wakeup: number;
  bpType: number;
  config1: bigint;
  config2: bigint;
  branchSampleType: bigint;
  sampleRegsUser: bigint;
  sampleStackUser: number;
  clockId: number;
  sampleRegsIntr: bigint;
  auxWatermark: number;
  sampleMaxStack: number;
  reserved: number;
  auxSampleSize: number;
  auxAction: number;
  sigData: bigint;
  config3: bigint;
  config4: bigint;
}

export const attrLayout: Layout<AttrFields> = new Layout('attr', [
  ['type', 'u32', '2.1.3'],
  ['size', 'u32', 'of this structure in the file; 0 means 64'],
  ['config', 'u64', 'which event of that type'],
  ['samplePeriod', 'u64', 'events between two samples; with flag 10 the frequency in Hz'],
  ['sampleType', 'u64', 'the fields of a sample (5.1)'],
  ['readFormat', 'u64', 'the values of READ (5.2)'],
  ['flags', 'u8[8]', 'bits (2.2)'],
  ['wakeup', 'u32', 'events, or with flag 14 bytes, until the reader is woken'],
  ['bpType', 'u32', 'breakpoints: 1 read, 2 write, 4 execute'],
  ['config1', 'u64', 'or the address of a breakpoint'],
  ['config2', 'u64', 'or the length of a breakpoint'],
  ['branchSampleType', 'u64', 'which branches (5.4)'],
  ['sampleRegsUser', 'u64', 'bit n: register n is in REGS_USER'],
  ['sampleStackUser', 'u32', 'bytes of user stack asked for'],
  ['clockId', 's32', 'clock of all times, with flag 25'],
  ['sampleRegsIntr', 'u64', 'bit n: register n is in REGS_INTR'],
  ['auxWatermark', 'u32', 'bytes'],
  ['sampleMaxStack', 'u16', 'most addresses in a call chain; 0: no limit of its own'],
  ['reserved', 'u16', ''],
  ['auxSampleSize', 'u32', 'bytes of AUX'],
  ['auxAction', 'u32', 'bits: 0 start paused, 1 pause, 2 resume'],
  ['sigData', 'u64', ''],
  ['config3', 'u64', ''],
  ['config4', 'u64', ''],
]);
