// The rarer columns of `script`: registers, branch stacks, data sources, page sizes, misc letters (FORMAT 2.3.5, 2.3.7, 2.4, 3.7).

import type { RecordView } from '../../perfdata/record-view.ts';
import type { SampleView } from '../../perfdata/sample-view.ts';
import { sizeWithUnit } from '../page-size.ts';
import { branchFlags } from '../records/branch-flags.ts';
import { dataSourceWords } from '../records/data-source.ts';

/** perf's letters for a record's misc field, padded to six columns and a blank. */
export function miscText(type: number, misc: number): string {
  const mode = ['', 'K', 'U', 'H', 'G', 'g'][misc & 7] ?? '';
  const flag = (misc & 0x2000) === 0 ? '' : type === 1 || type === 10 ? 'M' : type === 3 ? 'E' : type === 14 || type === 15 ? 'S' : '';
  const preempt = flag === 'S' && (misc & 0x4000) !== 0 ? 'p' : '';
  return `${mode}${flag}${preempt}`.padEnd(6);
}

/** ` ABI:2    AX:0x1    BX:0x2 …`: the registers of a sample in the order of the mask. */
export function registersText(record: RecordView, abi: number, offset: number, mask: bigint, registerName: (register: number) => string): string {
  let text = ` ABI:${abi} `;
  if (offset < 0) return text;
  let at = offset;
  for (let register = 0; register < 64; register++) {
    if (((mask >> BigInt(register)) & 1n) === 0n) continue;
    const value = record.view.getBigUint64(at, record.littleEndian);
    text += `${registerName(register).padStart(5)}:0x${value.toString(16)} `;
    at += 8;
  }
  return text;
}

/** What stands behind a branch's ends: `/M|P/X|-/A|-/cycles/type/spec `; `at`: of its flags. */
export function branchFlagsText({ view, littleEndian }: RecordView, at: number): string {
  const { mispredicted, predicted, inTx, abort, cycles, type, spec } = branchFlags(view.getBigUint64(at, littleEndian), littleEndian);
  return `/${mispredicted ? 'M' : predicted ? 'P' : '-'}/${inTx ? 'X' : '-'}/${abort ? 'A' : '-'}/${cycles}/${type === '-' ? '' : type}/${spec} `;
}

/** The branches of a sample, newest first: ` FROM/TO/M|P/X|-/A|-/cycles/type/spec `. */
export function branchText(record: RecordView, raw: SampleView): string {
  let text = '';
  const { view, littleEndian } = record;
  for (let i = 0; i < raw.branchCount; i++) {
    const at = raw.branchOffset + i * 24;
    const from = view.getBigUint64(at, littleEndian).toString(16);
    const to = view.getBigUint64(at + 8, littleEndian).toString(16);
    text += ` 0x${from}/0x${to}${branchFlagsText(record, at + 16)}`;
  }
  return text;
}

/** The size of a page: `4K`, `2M`, `1G`, or `N/A`. */
export function pageSizeText(record: RecordView, offset: number): string {
  return sizeWithUnit(offset < 0 ? 0n : record.view.getBigUint64(offset, record.littleEndian));
}

/** The cgroup's id; its path is in a CGROUP record, which this view does not keep yet. */
export function cgroupText(record: RecordView, raw: SampleView): string {
  return raw.cgroupOffset < 0 ? 'unknown' : `${record.view.getBigUint64(raw.cgroupOffset, record.littleEndian)}`;
}

/** The data source's number and words. */
export function dataSourceText(record: RecordView, raw: SampleView): string {
  const source = raw.exact(record, raw.dataSrcOffset) ?? 0n;
  return `${source.toString(16).padStart(16)} ${dataSourceWords(source)}`;
}
