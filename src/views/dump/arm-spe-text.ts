// A packet of Arm SPE in perf's words.

import { type ArmSpeReader, SpePacket } from '../../perfdata/auxtrace/arm-spe.ts';

/** By bit. */
const EVENTS: readonly string[] = [
  'EXCEPTION-GEN', 'RETIRED', 'L1D-ACCESS', 'L1D-REFILL', 'TLB-ACCESS', 'TLB-REFILL', 'NOT-TAKEN', 'MISPRED', 'LLC-ACCESS', 'LLC-REFILL',
  'REMOTE-ACCESS', 'ALIGNMENT', '', '', '', '', 'TXN', 'SVE-PARTIAL-PRED', 'SVE-EMPTY-PRED', 'L2D-ACCESS', 'L2D-MISS', 'HITM', 'LFB',
  'SNOOPED', 'STREAMING-SVE', 'SMCU',
];
const COUNTERS: readonly string[] = ['TOT', 'ISSUE', 'XLAT'];
const CODE_ADDRESSES: Readonly<Record<number, string>> = { 0: 'PC', 1: 'TGT', 4: 'PBT' };
const DATA_VIRTUAL = 2;
const DATA_PHYSICAL = 3;
/** Of loads and stores, by what remains of the payload without the bit that tells them apart. */
const ACCESSES: Readonly<Record<number, string>> = {
  0x00: 'GP-REG', 0x04: 'SIMD-FP', 0x10: 'UNSPEC-REG', 0x14: 'MTE-TAG', 0x20: 'MEMCPY', 0x30: 'NV-SYSREG', 0x40: 'GCS', 0x44: 'GCS COMM',
};
const MEMSET = 0x25;
const RETURNS: readonly string[] = ['', 'CR-BL', 'CR-RET', 'CR-NON-BL-RET'];

export function armSpeText(packet: ArmSpeReader): string {
  const { kind, index, low, high } = packet;
  const value = high * 4_294_967_296 + low;
  switch (kind) {
    case SpePacket.Bad: return 'Bad packet!';
    case SpePacket.Pad: return 'PAD';
    case SpePacket.End: return 'END';
    case SpePacket.Timestamp: return `TS ${BigInt.asIntN(64, exact(packet))}`;
    case SpePacket.Events: return ['EV', ...events(packet)].join(' ');
    case SpePacket.DataSource: return `DATA-SOURCE ${BigInt.asIntN(64, exact(packet))}`;
    case SpePacket.Context: return `CONTEXT 0x${value.toString(16)} el${index + 1}`;
    case SpePacket.Operation: return operation(index, low);
    case SpePacket.Address: return address(packet);
    default: return `LAT ${exact(packet)} ${COUNTERS[index] ?? ''}`;
  }
}

function exact({ low, high }: ArmSpeReader): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

function events({ low, high }: ArmSpeReader): string[] {
  const names: string[] = [];
  const others: number[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if (((bit < 32 ? low >>> bit : high >>> (bit - 32)) & 1) === 0) continue;
    const name = EVENTS[bit] ?? '';
    if (name === '') others.push(bit);
    else names.push(name);
  }
  return others.length === 0 ? names : [...names, `IMPDEF:${others.join()}`];
}

/** The highest byte of an address says what it is an address of, but for data. */
function address(packet: ArmSpeReader): string {
  const { index, high } = packet;
  const value = exact(packet);
  const place = `0x${(value & 0xff_ffff_ffff_ffffn).toString(16)}`;
  const nonSecure = high >>> 31;
  const code = CODE_ADDRESSES[index];
  if (code !== undefined) return `${code} ${place} el${(high >>> 29) & 3} ns=${nonSecure}`;
  // A tag fills the highest byte of a virtual address; those of the kernel have all bits of it set.
  if (index === DATA_VIRTUAL) return `VA 0x${value.toString(16)}`;
  if (index === DATA_PHYSICAL) return `PA ${place} ns=${nonSecure} ch=${(high >>> 30) & 1} pat=${((high >>> 24) & 15).toString(16)}`;
  return `ADDR 0x${value.toString(16)} (${index})`;
}

function operation(kind: number, payload: number): string {
  switch (kind) {
    case 0: return other(payload);
    case 1: return loadOrStore(payload);
    case 2: return words('B', [payload & 1, 'COND'], [payload & 2, 'IND'], [payload & 4, 'GCS'], [payload & 0x18, RETURNS[(payload >> 3) & 3]!]);
    default: return `OP-TYPE 0x${payload.toString(16)} (${kind})`;
  }
}

function other(payload: number): string {
  const isFloat = payload & 2;
  // In bits: how long a vector is, how large a tile.
  if ((payload & 0x89) === 0x08) return words(`SVE-OTHER EVLEN ${32 << ((payload >> 4) & 7)}`, [isFloat, 'FP'], [payload & 4, 'PRED']);
  if ((payload & 0x89) === 0x88) return words(`SME-OTHER ETS ${128 << (((payload >> 4) & 7) * 2 + ((payload >> 2) & 1))}`, [isFloat, 'FP']);
  if ((payload & 0xf8) !== 0) return 'OTHER';
  return words('OTHER', [payload & 4, 'ASE'], [isFloat, 'FP'], [1, (payload & 1) !== 0 ? 'COND-SELECT' : 'INSN-OTHER']);
}

function loadOrStore(payload: number): string {
  const name = (payload & 1) !== 0 ? 'ST' : 'LD';
  if ((payload & 0x0a) === 0x08) return words(`${name} SVE-SME-REG EVLEN ${32 << ((payload >> 4) & 7)}`, [payload & 4, 'PRED'], [payload & 0x80, 'SG']);
  if ((payload & 0xe2) === 0x02) return words(name, [payload & 4, 'AT'], [payload & 8, 'EXCL'], [payload & 0x10, 'AR']);
  return words(name, [1, payload === MEMSET ? 'MEMSET' : (ACCESSES[payload & 0xfe] ?? '')]);
}

/** A name and those of the words whose bit is set. */
function words(name: string, ...more: readonly (readonly [number, string])[]): string {
  return [name, ...more.filter(([bit, word]) => bit !== 0 && word !== '').map(([, word]) => word)].join(' ');
}
