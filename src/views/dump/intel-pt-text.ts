// A packet of an Intel Processor Trace in perf's words.

import { type IntelPtReader, PtPacket } from '../../perfdata/auxtrace/intel-pt.ts';

const NAMES: Readonly<Record<number, string>> = {
  [PtPacket.Pad]: 'PAD',
  [PtPacket.Tip]: 'TIP',
  [PtPacket.TipPge]: 'TIP.PGE',
  [PtPacket.TipPgd]: 'TIP.PGD',
  [PtPacket.Fup]: 'FUP',
  [PtPacket.TraceStop]: 'TraceSTOP',
  [PtPacket.Cbr]: 'CBR',
  [PtPacket.Tsc]: 'TSC',
  [PtPacket.Mtc]: 'MTC',
  [PtPacket.Cyc]: 'CYC',
  [PtPacket.Psb]: 'PSB',
  [PtPacket.PsbEnd]: 'PSBEND',
  [PtPacket.Vmcs]: 'VMCS',
  [PtPacket.Overflow]: 'OVF',
  [PtPacket.Maintenance]: 'MNT',
};

/** Of MODE.Exec: the size of code addresses by the bits CS.L and CS.D. */
const ADDRESS_SIZES = ['16', '64', '32'];

export function intelPtText(packet: IntelPtReader): string {
  const { kind, low, extra } = packet;
  const ip = packet.hasIp ? 1 : 0;
  switch (kind) {
    case PtPacket.Bad: return 'Bad packet!';
    case PtPacket.Tnt: return `TNT ${branches(packet)} (${packet.size})`;
    case PtPacket.Tip:
    case PtPacket.TipPge:
    case PtPacket.TipPgd:
    case PtPacket.Fup: return packet.size === 0 ? `${NAMES[kind]!} no ip` : `${NAMES[kind]!} 0x${payload(packet)}`;
    case PtPacket.ModeExec: return `MODE.Exec IF:${(low >>> 2) & 1} ${ADDRESS_SIZES[low & 3]!}`;
    case PtPacket.ModeTsx: return `MODE.TSX TXAbort:${(low >>> 1) & 1} InTX:${low & 1}`;
    case PtPacket.Tma: return `TMA CTC 0x${low.toString(16)} FC 0x${packet.high.toString(16)}`;
    case PtPacket.Pip: return `PIP 0x${(value(packet) >> 1n).toString(16)} (NR=${low & 1})`;
    case PtPacket.PtWrite: return `PTWRITE 0x${payload(packet)} IP:${ip}`;
    case PtPacket.ExecutionStop: return `EXSTOP IP:${ip}`;
    case PtPacket.BlockEnd: return `BEP IP:${ip}`;
    case PtPacket.Mwait: return `MWAIT 0x${payload(packet)} Hints 0x${(low & 0xff).toString(16)} Extensions 0x${(packet.high & 3).toString(16)}`;
    case PtPacket.PowerEntry:
      return `PWRE 0x${payload(packet)} HW:${(low >>> 7) & 1} CState:${(low >>> 12) & 15} Sub-CState:${(low >>> 8) & 15}`;
    case PtPacket.PowerExit:
      return `PWRX 0x${payload(packet)} Last CState:${(low >>> 4) & 15} Deepest CState:${low & 15} Wake Reason 0x${((low >>> 8) & 15).toString(16)}`;
    case PtPacket.BlockBegin: return `BBP SZ ${packet.size}-byte Type 0x${low.toString(16)}`;
    case PtPacket.BlockItem: return `BIP ID 0x${hex2(extra)} Value 0x${payload(packet)}`;
    case PtPacket.ControlFlowEvent: return `CFE IP:${ip} Type 0x${hex2(extra)} Vector 0x${low.toString(16)}`;
    case PtPacket.EventData: return `EVD Type 0x${hex2(extra)} Payload 0x${payload(packet)}`;
    case PtPacket.Cbr:
    case PtPacket.Tsc:
    case PtPacket.Mtc:
    case PtPacket.Cyc:
    case PtPacket.Vmcs:
    case PtPacket.Maintenance: return `${NAMES[kind]!} 0x${payload(packet)}`;
    default: return NAMES[kind]!;
  }
}

/** The oldest first. */
function branches({ low, high, size }: IntelPtReader): string {
  let text = '';
  for (let bit = size - 1; bit >= 0; bit--) text += (bit >= 32 ? high >>> (bit - 32) : low >>> bit) & 1 ? 'T' : 'N';
  return text;
}

function value({ low, high }: IntelPtReader): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

function payload({ low, high }: IntelPtReader): string {
  return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0');
}

function hex2(number: number): string {
  return number.toString(16).padStart(2, '0');
}
