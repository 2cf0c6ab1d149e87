// What `script -D` says of a sample before its stack is resolved: its fields as they were recorded (FORMAT 2.3).

import { COPY_SLACK, type TextBuffer } from '../../bytes/text-buffer.ts';
import type { PerfEvent } from '../../perfdata/event-table.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { readCallchainDeferred } from '../../perfdata/records/callchain-deferred.ts';
import { type ReadValues, readReadValues } from '../../perfdata/records/stat.ts';
import { BranchSampleBit, ReadFormat, SampleBit } from '../../perfdata/sample-format.ts';
import type { SampleView } from '../../perfdata/sample-view.ts';
import type { TrailerView } from '../../perfdata/trailer-view.ts';
import { branchFlags } from '../records/branch-flags.ts';
import { alternateHex, decimal, paddedHex, plainHex } from '../records/exact-numbers.ts';
import { addAlternateHex, addDecimal, addPaddedHex, addPlace } from '../records/number-bytes.ts';
import { pageSizeText } from '../script/sample-fields.ts';

/** Context markers of call chains by their low words; the high ones are all ones. */
const MARKERS: ReadonlyMap<number, string> = new Map([
  [-32, 'PERF_CONTEXT_HV'], [-128, 'PERF_CONTEXT_KERNEL'], [-512, 'PERF_CONTEXT_USER'], [-640, 'PERF_CONTEXT_USER_DEFERRED'],
  [-2048, 'PERF_CONTEXT_GUEST'], [-2176, 'PERF_CONTEXT_GUEST_KERNEL'], [-2560, 'PERF_CONTEXT_GUEST_USER'],
]);
const FIRST_MARKER = -4095;
const USER_DEFERRED = -640;
const USER = 'fffffffffffffe00';
const ABIS = ['none', '32-bit', '64-bit'];

/** Writes the text after `PERF_RECORD_SAMPLE`, over many lines. `raw` has read the record. */
export function addSample(out: TextBuffer, record: RecordView, raw: SampleView, event: PerfEvent, registerName: (register: number) => string): void {
  const { layout, attr } = event;
  const { offset } = record;
  out.text('(IP, 0x');
  out.hex(0, record.misc);
  out.text('): ');
  out.decimal(raw.pid);
  out.text('/');
  out.decimal(raw.tid);
  out.text(': ');
  if (layout.ip < 0) out.text('0');
  else addAlternateHex(out, record, offset + layout.ip);
  out.text(' period: ');
  if (raw.periodOffset < 0) out.text(String(attr.samplePeriod));
  else addDecimal(out, record, raw.periodOffset);
  out.text(' addr: ');
  if (layout.addr < 0) out.text('0');
  else addAlternateHex(out, record, offset + layout.addr);
  out.newline();
  const branches = raw.branchOffset >= 0;
  const isStack = branches && (Number(attr.branchSampleType & 0xffffffffn) & BranchSampleBit.CallStack) !== 0;
  if (raw.chainOffset >= 0) {
    if (isStack) out.text(branchChainText(record, raw));
    addChain(out, record, raw.chainOffset, raw.chainLength);
    if (isDeferred(record, raw)) out.text('...... (deferred)\n');
  }
  if (branches) out.text(branchesText(record, raw, isStack));
  if (raw.userRegsOffset >= 0) addRegisters(out, 'user', record, raw.userAbi, raw.userRegsOffset, attr.sampleRegsUser, registerName);
  if (raw.intrRegsOffset >= 0) addRegisters(out, 'intr', record, raw.intrAbi, raw.intrRegsOffset, attr.sampleRegsIntr, registerName);
  if (raw.stackFieldOffset >= 0) {
    out.text('... ustack: size ');
    out.decimal(raw.stackDynSize);
    out.text(', offset ');
    addPlace(out, raw.stackFieldOffset - offset);
    out.newline();
  }
  if ((layout.sampleType & RARE) !== 0) out.text(rareText(record, raw, event));
}

/** Fields that few recordings have. */
const RARE = SampleBit.Weight | SampleBit.WeightStruct | SampleBit.DataSrc | SampleBit.PhysAddr | SampleBit.DataPageSize | SampleBit.CodePageSize |
  SampleBit.Transaction | SampleBit.Read;

function rareText(record: RecordView, raw: SampleView, { layout, attr }: PerfEvent): string {
  let text = '';
  if (raw.weightOffset >= 0) text += weightText(record, raw.weightOffset, (layout.sampleType & SampleBit.WeightStruct) !== 0);
  if (raw.dataSrcOffset >= 0) text += ` . data_src: 0x${plainHex(record, raw.dataSrcOffset)}\n`;
  if (raw.physAddrOffset >= 0) text += ` .. phys_addr: 0x${plainHex(record, raw.physAddrOffset)}\n`;
  if (raw.dataPageSizeOffset >= 0) text += ` .. data page size: ${pageSizeText(record, raw.dataPageSizeOffset)}\n`;
  if (raw.codePageSizeOffset >= 0) text += ` .. code page size: ${pageSizeText(record, raw.codePageSizeOffset)}\n`;
  if (raw.transactionOffset >= 0) text += `... transaction: ${plainHex(record, raw.transactionOffset)}\n`;
  if (raw.readOffset >= 0) text += readText(readReadValues(record, raw.readOffset, raw.readEnd, attr.readFormat), attr.readFormat);
  return text;
}

/** Writes the text after `PERF_RECORD_CALLCHAIN_DEFERRED`. `trailer` has read the record; perf shows no chain where its event's samples have none. */
export function addDeferred(out: TextBuffer, record: RecordView, trailer: TrailerView, withChain: boolean): void {
  const deferred = readCallchainDeferred(record);
  if (deferred === undefined) return out.newline();
  out.text(`(IP, 0x${record.misc.toString(16)}): ${trailer.pid}/${trailer.tid}: ${alternateHex(record, record.offset + 8)}\n`);
  if (withChain) addChain(out, record, deferred.chainOffset, deferred.chainLength);
}

/** The text after `PERF_RECORD_READ`. */
export function readRecordText(name: string, pid: number, tid: number, values: ReadValues): string {
  const { enabled, running } = values;
  let text = '';
  for (const [index, { value, id, lost }] of values.values.entries()) {
    if (index === 0) {
      text += `: ${pid} ${tid} ${name} ${value}\n`;
      if (enabled !== undefined) text += `... time enabled : ${enabled}\n`;
      if (running !== undefined) text += `... time running : ${running}\n`;
    } else text += `... value        : ${value}\n`;
    if (id !== undefined) text += `... id           : ${id}\n`;
    if (lost !== undefined) text += `... lost         : ${lost}\n`;
  }
  return text;
}

/** `.....  0: ` and so on: what an address of a chain begins with, ten letters each. */
const CHAIN_PLACES = new DataView(new ArrayBuffer(100 * 10 + COPY_SLACK));
for (let place = 0; place < 100; place++) {
  for (let i = 0; i < 10; i++) CHAIN_PLACES.setUint8(10 * place + i, `..... ${String(place).padStart(2)}: `.charCodeAt(i));
}

function addChain(out: TextBuffer, record: RecordView, offset: number, length: number): void {
  const { view, littleEndian } = record;
  out.text('... FP chain: nr:');
  out.decimal(length);
  out.newline();
  for (let i = 0; i < length; i++) {
    const at = offset + 8 * i;
    const high = view.getInt32(littleEndian ? at + 4 : at, littleEndian);
    const low = view.getInt32(littleEndian ? at : at + 4, littleEndian);
    if (i < 100) out.copy(CHAIN_PLACES, 10 * i, 10 * i + 10);
    else out.text(`..... ${i}: `);
    out.hexZeros(high, low);
    const marker = high === -1 && low < 0 && low >= FIRST_MARKER ? MARKERS.get(low) : undefined;
    if (marker !== undefined) out.text(` (${marker})`);
    out.newline();
  }
}

/** Whether the user's part of the chain comes later, in a record of its own: marker and cookie stand at the end (FORMAT 2.3.4). */
function isDeferred({ view, littleEndian }: RecordView, raw: SampleView): boolean {
  if (raw.chainLength < 2) return false;
  const at = raw.chainOffset + 8 * (raw.chainLength - 2);
  return view.getInt32(littleEndian ? at + 4 : at, littleEndian) === -1 && view.getInt32(littleEndian ? at : at + 4, littleEndian) === USER_DEFERRED;
}

/** The kernel's part of the chain, then the user's as the processor's call stack has it. */
function branchChainText(record: RecordView, raw: SampleView): string {
  let kernel = 0;
  while (kernel < raw.chainLength && paddedHex(record, raw.chainOffset + 8 * kernel) !== USER) kernel++;
  if (kernel === raw.chainLength || raw.branchCount === 0) return '';
  const addresses: number[] = [];
  for (let i = 0; i <= kernel; i++) addresses.push(raw.chainOffset + 8 * i);
  addresses.push(raw.branchOffset + 8);
  for (let i = 0; i < raw.branchCount; i++) addresses.push(raw.branchOffset + 24 * i);
  const lines = addresses.map((at, i) => `..... ${String(i).padStart(2)}: ${paddedHex(record, at)}\n`);
  return `... LBR call chain: nr:${addresses.length}\n${lines.join('')}`;
}

function branchesText(record: RecordView, raw: SampleView, isStack: boolean): string {
  const { branchCount: count, branchOffset: first } = raw;
  let text = isStack ? `... branch callstack: nr:${count + 1}\n` : `... branch stack: nr:${count}\n`;
  const line = (number: number): string => `..... ${String(number).padStart(2)}: `;
  for (let i = 0; i < count; i++) {
    const at = first + 24 * i;
    if (isStack) {
      if (i === 0) text += `${line(0)}${paddedHex(record, at + 8)}\n`;
      text += `${line(i + 1)}${paddedHex(record, at)}\n`;
      continue;
    }
    const flags = branchFlags(record.view.getBigUint64(at + 16, record.littleEndian), record.littleEndian);
    const letters = `${flags.mispredicted ? 'M' : ' '}${flags.predicted ? 'P' : ' '}${flags.abort ? 'A' : ' '}${flags.inTx ? 'T' : ' '}`;
    const spec = flags.spec === '-' ? '' : flags.spec;
    text += `${line(i)}${paddedHex(record, at)} -> ${paddedHex(record, at + 8)} ${flags.cycles} cycles ${letters} `;
    text += `${flags.reserved.toString(16)} ${flags.type === '-' ? '' : flags.type} ${spec}\n`;
  }
  if (raw.branchCountersOffset >= 0) {
    text += `... branch stack counters: nr:${count}\n`;
    for (let i = 0; i < count; i++) text += `${line(i)}${paddedHex(record, raw.branchCountersOffset + 8 * i)}\n`;
  }
  return text;
}

function addRegisters(
  out: TextBuffer, kind: string, record: RecordView, abi: number, offset: number, mask: bigint, registerName: (register: number) => string,
): void {
  out.text(`... ${kind} regs: mask 0x${mask.toString(16)} ABI ${ABIS[abi] ?? 'unknown'}\n`);
  let at = offset;
  const low = Number(mask & 0xffffffffn);
  const high = Number(mask >> 32n);
  for (let register = 0; register < 64; register++) {
    if ((((register < 32 ? low : high) >>> (register & 31)) & 1) === 0) continue;
    const name = registerName(register);
    out.text('.... ');
    out.text(name);
    out.blanks(5 - name.length);
    out.text(' 0x');
    addPaddedHex(out, record, at);
    out.newline();
    at += 8;
  }
}

/** WEIGHT is one number, WEIGHT_STRUCT three (FORMAT 2.3.6). */
function weightText(record: RecordView, at: number, isStruct: boolean): string {
  if (!isStruct) return `... weight: ${decimal(record, at)}\n`;
  const word = record.view.getBigUint64(at, record.littleEndian);
  return `... weight: ${word & 0xffffffffn},0x${((word >> 32n) & 0xffffn).toString(16)},0x${(word >> 48n).toString(16)}\n`;
}

function readText(values: ReadValues | undefined, format: number): string {
  if (values === undefined) return '';
  let text = '... sample_read:\n';
  if (values.enabled !== undefined) text += `...... time enabled ${hex16(values.enabled)}\n`;
  if (values.running !== undefined) text += `...... time running ${hex16(values.running)}\n`;
  if ((format & ReadFormat.Group) !== 0) text += `.... group nr ${values.values.length}\n`;
  for (const { value, id, lost } of values.values) {
    text += `..... id ${hex16(id ?? 0n)}, value ${hex16(value)}${lost === undefined ? '' : `, lost ${lost}`}\n`;
  }
  return text;
}

function hex16(value: bigint): string {
  return value.toString(16).padStart(16, '0');
}
