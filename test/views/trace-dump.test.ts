// AUX area traces in the dump: packets of Intel PT and Arm SPE, records of Intel BTS, with the texts that perf 7.2 prints of the same bytes, and
// the numbers of AUXTRACE_INFO by name.

import fc from 'fast-check';
import t from 'tap';
import { IntelPtReader, PtPacket } from '../../src/perfdata/auxtrace/intel-pt.ts';
import { TraceKind } from '../../src/perfdata/records/auxtrace.ts';
import { auxtraceInfoLines } from '../../src/views/dump/auxtrace-info.ts';
import { intelPtText } from '../../src/views/dump/intel-pt-text.ts';
import { dumpTrace } from '../../src/views/dump/trace-dump.ts';

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.split(' ').map((byte) => Number.parseInt(byte, 16)));
}

async function dumped(kind: number, bytes: Uint8Array, dataSize = bytes.length, pieceSize?: number): Promise<string> {
  let text = '';
  const record = { dataSize, traceOffset: 0n, reference: 0n, index: 0, tid: 1, cpu: 0 };
  await dumpTrace(kind, record, 0, 100, async (_, offset, length) => bytes.subarray(offset - 100, offset - 100 + length), (piece) => (text += piece), pieceSize);
  return text;
}

const PACKETS: readonly (readonly [string, string])[] = [
  ['02 82 02 82 02 82 02 82 02 82 02 82 02 82 02 82', 'PSB'],
  ['00', 'PAD'],
  ['99 20', 'MODE.TSX TXAbort:0 InTX:0'],
  ['99 22', 'MODE.TSX TXAbort:1 InTX:0'],
  ['99 01', 'MODE.Exec IF:0 64'],
  ['99 06', 'MODE.Exec IF:1 32'],
  ['99 00', 'MODE.Exec IF:0 16'],
  ['7d 00 d3 60 b9 ff ff', 'FUP 0xffffb960d300'],
  ['1d', 'FUP no ip'],
  ['2d 94 d7', 'TIP 0xd794'],
  ['4d a2 20 74 b9', 'TIP 0xb97420a2'],
  ['d1 99 b1 f5 50 ca 02 c3 b1', 'TIP.PGE 0xb1c302ca50f5b199'],
  ['41 63 00 46 bb', 'TIP.PGD 0xbb460063'],
  ['02 43 00 34 d4 3f 00 00', 'PIP 0x1fea1a00 (NR=0)'],
  ['19 e8 cf d2 4c bc 00 00', 'TSC 0xbc4cd2cfe8'],
  ['02 73 3c b2 00 30 00', 'TMA CTC 0xb23c FC 0x30'],
  ['02 03 1d 00', 'CBR 0x1d'],
  ['02 23', 'PSBEND'],
  ['06', 'TNT T (1)'],
  ['ee', 'TNT TTNTTT (6)'],
  ['02 a3 b1 12 6e e5 00 00', 'TNT TTNNTNTNTTNTTTNNNNTNNTNTNTTNNNT (31)'],
  ['59 48', 'MTC 0x48'],
  ['ef ca', 'CYC 0xcbd'],
  ['02 83', 'TraceSTOP'],
  ['02 f3', 'OVF'],
  ['02 c8 7d 00 00 02 a3', 'VMCS 0xa30200007d'],
  ['02 c3 88 00 00 02 62 65 ab 94 00', 'MNT 0x94ab6562020000'],
  ['02 b2 9e 85 05 00 2f 19 21 ef', 'PTWRITE 0xef21192f0005859e IP:1'],
  ['02 12 82 db 00 09', 'PTWRITE 0x900db82 IP:0'],
  ['02 e2', 'EXSTOP IP:1'],
  ['02 62', 'EXSTOP IP:0'],
  ['02 c2 5a 89 ad 28 00 5f 4d 07', 'MWAIT 0x74d5f0028ad895a Hints 0x5a Extensions 0x0'],
  ['02 22 55 c8', 'PWRE 0xc855 HW:0 CState:12 Sub-CState:8'],
  ['02 a2 00 00 7e e0 9e', 'PWRX 0x9ee07e0000 Last CState:0 Deepest CState:0 Wake Reason 0x0'],
  ['02 63 a1', 'BBP SZ 4-byte Type 0x1'],
  ['02 63 19', 'BBP SZ 8-byte Type 0x19'],
  ['02 33', 'BEP IP:0'],
  ['02 13 7c a9', 'CFE IP:0 Type 0x1c Vector 0xa9'],
  ['02 53 12 00 00 d7 a8 47 00 5d df', 'EVD Type 0x12 Payload 0xdf5d0047a8d70000'],
  ['99 03', 'Bad packet!'],
  ['55', 'Bad packet!'],
  ['ad', 'Bad packet!'],
];

t.test('Intel PT: every kind of packet', (t) => {
  const reader = new IntelPtReader();
  for (const [hex, text] of PACKETS) {
    const bytes = bytesOf(hex);
    reader.read(bytes, 0, bytes.length);
    t.equal(intelPtText(reader), text, hex);
    t.equal(reader.length, reader.kind === PtPacket.Bad ? 1 : bytes.length, `length of ${text}`);
    if (bytes.length > 1 && reader.kind !== PtPacket.Bad) {
      reader.read(bytes, 0, bytes.length - 1);
      t.equal(reader.kind, PtPacket.Bad, `${text}, cut`);
    }
  }
  t.end();
});

t.test('Intel PT: items belong to a block until the program runs on', async (t) => {
  const lines = async (hex: string): Promise<string[]> => (await dumped(TraceKind.IntelPt, bytesOf(hex))).split('\n').slice(2, -1).map((line) => line.slice(62));
  const item = 'a4 18 92 2c 76 d2 8e 5a 14';
  const asItem = 'BIP ID 0x14 Value 0x145a8ed2762c9218';
  t.same(await lines(`02 63 05 ${item} 59 48 ${item} 02 b3 1d a4`), ['BBP SZ 8-byte Type 0x5', asItem, 'MTC 0x48', asItem, 'BEP IP:1', 'FUP no ip', 'TNT NTNNTN (6)']);
  t.same(await lines('02 63 85 a4 18 92 2c 76 06 a4'), ['BBP SZ 4-byte Type 0x5', 'BIP ID 0x14 Value 0x762c9218', 'TNT T (1)', 'TNT NTNNTN (6)']);
  t.end();
});

t.test('Intel PT: whatever the bytes, in pieces as in one', async (t) => {
  const random = fc.uint8Array({ minLength: 1, maxLength: 300 });
  const likely = fc.array(fc.constantFrom(...PACKETS.map(([hex]) => bytesOf(hex))), { minLength: 1, maxLength: 40 }).map((list) => Uint8Array.from(list.flatMap((each) => [...each])));
  await fc.assert(
    fc.asyncProperty(fc.oneof(random, likely), fc.integer({ min: 1, max: 60 }), async (bytes, pieceSize) => {
      const whole = await dumped(TraceKind.IntelPt, bytes);
      const shown = whole.split('\n').slice(2, -1).map((line) => line.slice(13, 61).trim()).join(' ');
      return shown === Buffer.from(bytes).toString('hex').replace(/..(?!$)/g, '$& ') && whole === (await dumped(TraceKind.IntelPt, bytes, bytes.length, pieceSize));
    }),
  );
  const cut = await dumped(TraceKind.IntelPt, bytesOf('59 48 02 23'), 2 ** 60);
  t.equal(cut, `.\n. ... Intel Processor Trace data: size ${2 ** 60} bytes\n.  00000000:  59 48${' '.repeat(42)} MTC 0x48\n.  00000002:  02 23${' '.repeat(42)} PSBEND\n`, 'a recording that was cut');
  t.end();
});

t.test('Intel BTS', async (t) => {
  const hex = '0b 30 55 7a 9f c4 e9 0e 33 58 7d a2 c7 ec 11 36 5b 80 a5 ca ef 14 39 5e';
  t.equal(
    await dumped(TraceKind.IntelBts, bytesOf(`${hex} fb 20 45 6a 8f b4 d9 fe 23 48 6d 92 b7 dc 01 26 4b 70 95 ba df 04 29 4e 73 98 bd`)),
    `.\n. ... Intel BTS data: size 51 bytes\n.  00000000:  ${hex} ee9c49f7a55300b -> 3611ecc7a27d5833 pred\n` +
      '.  00000018:  fb 20 45 6a 8f b4 d9 fe 23 48 6d 92 b7 dc 01 26 4b 70 95 ba df 04 29 4e fed9b48f6a4520fb -> 2601dcb7926d4823 miss\n' +
      `.  00000030:  73 98 bd${' '.repeat(63)} Bad record!\n`,
  );
  t.end();
});

const SPE_PACKETS: readonly (readonly [string, string])[] = [
  ['b0 88 77 66 55 44 33 22 a1', 'PC 0x22334455667788 el1 ns=1'],
  ['b1 88 77 66 55 44 33 22 41', 'TGT 0x22334455667788 el2 ns=0'],
  ['b2 ff 77 66 55 44 33 f2 ff', 'VA 0xfff23344556677ff'],
  ['b3 88 77 66 55 44 33 22 fa', 'PA 0x22334455667788 ns=1 ch=1 pat=a'],
  ['b4 88 77 66 55 44 33 22 81', 'PBT 0x22334455667788 el0 ns=1'],
  ['b5 88 77 66 55 44 33 22 81', 'ADDR 0x8122334455667788 (5)'],
  ['21 b1 88 77 66 55 44 33 22 81', 'ADDR 0x8122334455667788 (9)'],
  ['98 01 02', 'LAT 513 TOT'],
  ['9a ff ff', 'LAT 65535 XLAT'],
  ['22 9a 03 04', 'LAT 1027 '],
  ['65 02 00 00 00', 'CONTEXT 0x2 el2'],
  ['71 01 02 03 04 05 06 07 08', 'TS 578437695752307201'],
  ['01', 'END'],
  ['00', 'PAD'],
  ['43 09', 'DATA-SOURCE 9'],
  ['63 01 02 03 04', 'DATA-SOURCE 67305985'],
  ['42 00', 'EV'],
  ['72 03 10 01 00 00 00 00 01', 'EV EXCEPTION-GEN RETIRED TXN IMPDEF:12,56'],
  ['48 07', 'OTHER ASE FP COND-SELECT'],
  ['48 00', 'OTHER INSN-OTHER'],
  ['48 5e', 'SVE-OTHER EVLEN 1024 FP PRED'],
  ['48 9c', 'SME-OTHER ETS 1024'],
  ['48 60', 'OTHER'],
  ['49 16', 'LD AT AR'],
  ['49 0b', 'ST EXCL'],
  ['49 dc', 'LD SVE-SME-REG EVLEN 1024 PRED SG'],
  ['49 44', 'LD GCS COMM'],
  ['49 25', 'ST MEMSET'],
  ['49 24', 'LD'],
  ['4a 1f', 'B COND IND GCS CR-NON-BL-RET'],
  ['4b 07', 'OP-TYPE 0x7 (3)'],
  ['55', 'Bad packet!'],
  ['24 b0', 'Bad packet!'],
];

t.test('Arm SPE', async (t) => {
  const lines = async (bytes: Uint8Array): Promise<string[]> => (await dumped(TraceKind.ArmSpe, bytes)).split('\n').slice(2, -1).map((line) => line.slice(62));
  for (const [hex, text] of SPE_PACKETS) {
    t.equal((await lines(bytesOf(hex)))[0], text, hex);
    if (hex.length > 5) t.equal((await lines(bytesOf(hex).subarray(0, -1)))[0], 'Bad packet!', `${text}, cut`);
  }
  t.equal(
    await dumped(TraceKind.ArmSpe, bytesOf('ff 21 00 ff 00 00 01 00')),
    `.\n. ... ARM SPE data: size 0x8 bytes\n.  00000000:  ff${' '.repeat(45)} Bad packet!\n.  00000001:  21 00 ff 00 00${' '.repeat(33)} PAD\n` +
      `.  00000006:  01${' '.repeat(45)} END\n.  00000007:  00${' '.repeat(45)} PAD\n`,
    'up to a multiple of four bytes, and what is zero behind it',
  );
  const likely = fc.array(fc.constantFrom(...SPE_PACKETS.map(([hex]) => bytesOf(hex))), { minLength: 1, maxLength: 40 }).map((list) => Uint8Array.from(list.flatMap((each) => [...each])));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 300 }), likely), fc.integer({ min: 1, max: 60 }), async (bytes, pieceSize) => {
      const whole = await dumped(TraceKind.ArmSpe, bytes);
      const shown = whole.split('\n').slice(2, -1).map((line) => line.slice(13, 61).trim()).join(' ');
      return shown === Buffer.from(bytes).toString('hex').replace(/..(?!$)/g, '$& ') && whole === (await dumped(TraceKind.ArmSpe, bytes, bytes.length, pieceSize));
    }),
  );
  t.end();
});

t.test('AUXTRACE_INFO', (t) => {
  const lines = (kind: number, values: readonly (number | bigint)[]): string[] => auxtraceInfoLines({ kind, values: values.map(BigInt) });
  const sixteen = [6, 31, 1789569706, 18446744041015200657n, 1, 0x400, 0x800, 3, 0, 1, 0x200, 0x3c000, 100, 2, 2, 12];
  const filter = Buffer.from('start 0x10'.padEnd(16, '\0'));
  t.same(lines(TraceKind.IntelPt, [...sixteen, 0]), [
    '  PMU Type            6', '  Time Shift          31', '  Time Multiplier     1789569706', '  Time Zero           18446744041015200657',
    '  Cap Time Zero       1', '  TSC bit             0x400', '  NoRETComp bit       0x800', '  Have sched_switch   3', '  Snapshot mode       0',
    '  Per-cpu maps        1', '  MTC bit             0x200', '  MTC freq bits       0x3c000', '  TSC:CTC numerator   100', '  TSC:CTC denominator 2',
    '  CYC bit             0x2', '  Max non-turbo ratio 12', '  Filter string len.  0', '  Filter string       ',
  ]);
  t.same(lines(TraceKind.IntelPt, [...sixteen, 10, filter.readBigUInt64LE(0), filter.readBigUInt64LE(8), 1]).slice(16), ['  Filter string len.  10', '  Filter string       start 0x10', '  Cap Event Trace     1']);
  t.same(lines(TraceKind.IntelPt, sixteen.slice(0, 2)), ['  PMU Type            6', '  Time Shift          31'], 'what is there');
  t.same(lines(TraceKind.IntelBts, [-1, 2]), ['  PMU Type           -1', '  Time Shift         2']);
  t.same(lines(TraceKind.ArmSpe, [8, 1]), ['  PMU Type           :8', '  Per CPU mmaps      :1']);
  t.same(lines(TraceKind.ArmSpe, [2, 4, 8, 2, 0x10n, 0, 4, 0x41, 5, 6, 7, 0x10n, 1, 1, 0x42]), [
    '  Header version     :2', '  Header size        :4', '  PMU type v2        :8', '  CPU number         :2',
    '    Magic            :0x10', '    CPU #            :0', '    Num of params    :4', '    MIDR             :0x41',
    '    PMU Type         :5', '    Min Interval     :6', '    Event Filter     :0x7',
    '    Magic            :0x10', '    CPU #            :1', '    Num of params    :1', '    MIDR             :0x42',
  ]);
  t.same(lines(TraceKind.ArmSpe, [2, 4, 8, 2n ** 63n, 0x10n, 0, 2n ** 63n, 1]).length, 8, 'counts that cannot be');
  t.same([lines(TraceKind.S390Sampling, [1]), lines(TraceKind.HisiPtt, [5]), lines(99, [10])], [[], ['  PMU Type           5'], ['    0 a']]);
  t.end();
});
