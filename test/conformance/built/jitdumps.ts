// Jitdumps (SPEC 8). `code` is what lay where from when on, `lookups` what a reader answers.

import * as jit from '../builder/jitdump.ts';
import type { JsonObject } from '../builder/json.ts';
import { type ByteOrder, Packer, someBytes } from '../builder/packer.ts';
import { bigJitdump, brokenJitdump, jitdumpTwins, littleJitdump, type Vector } from '../builder/vector.ts';

const PID = 4242;
/** Nothing but nops, each piece of its own length. */
const code = (length: number): Uint8Array => new Uint8Array(length).fill(0x90);

const first: jit.Load = { name: 'py::first:/srv/shop.py', address: 0x7f0000001000n, code: code(33), index: 1n, time: 0x0000_1234_5678_9abcn };
const second: jit.Load = { name: 'second', address: 0x7f0000002000n, code: code(16), index: 0x0102030405n, time: first.time + 100n };
const third: jit.Load = { name: 'third', address: 0x7f0000003000n, code: code(7), index: 3n, time: first.time + 200n };
const codeOf = (layout: jit.JitLayout, ...loads: readonly (readonly [jit.Load, number])[]): JsonObject[] => loads.map(([values, place]) => jit.codeJson(values, PID, layout.records[place]!));
const found = (values: jit.Load, more: JsonObject = {}): ReturnType<typeof jit.lookupJson> => jit.lookupJson(values.address, values.time, values.name, more);

/** Call frame information of a function of x86-64 that pushes rbp: CFA is rsp + 8, behind the push rsp + 16. */
function frames(order: ByteOrder, codeSize: number): { readonly ehFrame: Uint8Array; readonly header: Uint8Array } {
  const aligned = Math.ceil(codeSize / 8) * 8;
  const cie = new Packer(order).u32(20).u32(0).raw([1, 0x7a, 0x52, 0, 1, 0x78, 16, 1, 0x1b]).raw([0x0c, 7, 8, 0x90, 1, 0, 0]).bytes();
  // pc_begin lies 8 bytes into the entry and is relative to itself; the code lies before .eh_frame.
  const fde = new Packer(order).u32(20).u32(cie.length + 4).u32(-(aligned + cie.length + 8)).u32(codeSize).u8(0).raw([0x41, 0x0e, 16, 0x86, 2, 0, 0]).bytes();
  const ehFrame = Uint8Array.from([...cie, ...fde]);
  const header = new Packer(order).raw([1, 0x1b, 0x03, 0x3b]).u32(-(ehFrame.length + 4)).u32(1).u32(-(aligned + ehFrame.length)).u32(cie.length - ehFrame.length).bytes();
  return { ehFrame, header };
}

function soundVectors(): Vector[] {
  return [
    ...jitdumpTwins({ name: 'jitdump', about: 'A header, two functions, and the end', clauses: ['8.1.1', '8.1.2', '8.1.3', '8.2.1', '8.2.2', '8.2.5', '8.2.8'] }, {
      time: 1_732_750_000_123_456n, records: [jit.load(first), jit.load(second), jit.close(second.time + 1n)],
      expect: (layout) => ({ closed: true, code: codeOf(layout, [first, 0], [second, 1]), lookups: [found(first), found(second), jit.lookupJson(first.address + 32n, first.time, first.name), jit.lookupJson(first.address + 33n, first.time, null), jit.lookupJson(first.address - 1n, first.time, null)] }),
    }),
    ...jitdumpTwins({ name: 'jitdump-nothing', about: 'A header and nothing behind it', clauses: ['8.1.2', '8.4.1'] }, { records: [], expect: () => ({ code: [], lookups: [] }) }),
    ...jitdumpTwins({ name: 'jitdump-header-longer', about: 'A header of 56 bytes: records begin behind it', clauses: ['8.1.3'] }, { headerSize: 56, records: [jit.load(first)], expect: (layout) => ({ code: codeOf(layout, [first, 0]), lookups: [found(first)] }) }),
    ...jitdumpTwins({ name: 'jitdump-header-wrong', about: 'A header that says 8 bytes: records begin at 40', clauses: ['8.1.3'] }, {
      saidHeaderSize: 8, records: [jit.load(first)], expect: (layout) => ({ code: codeOf(layout, [first, 0]), lookups: [found(first)] }),
      departures: () => [{ clause: '8.1.3', offset: 8, severity: 'error' }],
    }),
    littleJitdump({ name: 'jitdump-version-2', about: 'Another version, read in the same way', clauses: ['8.1.1'] }, {
      version: 2, records: [jit.load(first)], expect: (layout) => ({ code: codeOf(layout, [first, 0]), lookups: [found(first)] }),
      departures: () => [{ clause: '8.1.1', offset: 4, severity: 'error' }],
    }),
    ...jitdumpTwins({ name: 'jitdump-counter', about: 'Times of the CPU\'s counter (flag 0)', clauses: ['8.1.4'] }, { flags: 1n, records: [jit.load(first)], expect: (layout) => ({ code: codeOf(layout, [first, 0]), lookups: [found(first)] }) }),
    ...jitdumpTwins({ name: 'jitdump-arm64', about: 'Of another machine', clauses: ['8.1.2'] }, { machine: 183, records: [jit.load(first)], expect: (layout) => ({ code: codeOf(layout, [first, 0]), lookups: [found(first)] }) }),
    ...jitdumpTwins({ name: 'jitdump-names', about: 'An empty name, one of bytes that are no UTF-8, one of a thread in a container with another pid', clauses: ['8.2.2', '8.1.6'] }, () => {
      const empty = { ...second, name: '' };
      const odd = { ...third, name: 'Größe \udcff', pid: 17 };
      return { records: [jit.load(empty), jit.load(odd)], expect: (layout) => ({ code: codeOf(layout, [empty, 0], [odd, 1]), lookups: [found(empty), found(odd)] }) };
    }),
    ...jitdumpTwins({ name: 'jitdump-other-records', about: 'Records of ids that are not known', clauses: ['8.2.7', '8.2.8'] }, {
      records: [jit.otherRecord(5, someBytes(8), first.time), jit.load(first), jit.otherRecord(99, someBytes(13), first.time + 1n), jit.load(second)],
      expect: (layout) => ({ code: codeOf(layout, [first, 1], [second, 3]), lookups: [found(first), found(second)] }),
    }),
    ...jitdumpTwins({ name: 'jitdump-address-again', about: 'Code at an address where other code was before, of another length: the later one from its time on; without times, the last', clauses: ['8.3.2', '8.3.3'] }, () => {
      const later: jit.Load = { ...second, name: 'later', address: first.address + 8n, code: code(64), time: first.time + 1000n };
      return {
        records: [jit.load(first), jit.load(later)],
        expect: (layout) => ({
          code: codeOf(layout, [first, 0], [later, 1]),
          lookups: [
            jit.lookupJson(first.address + 10n, first.time - 1n, null), jit.lookupJson(first.address + 10n, first.time, first.name), jit.lookupJson(first.address + 10n, later.time - 1n, first.name),
            jit.lookupJson(first.address + 10n, later.time, 'later'), jit.lookupJson(first.address + 4n, later.time, first.name), jit.lookupJson(first.address + 10n, undefined, 'later'), jit.lookupJson(first.address, undefined, first.name),
          ],
        }),
      };
    }),
    ...jitdumpTwins({ name: 'jitdump-moves', about: 'Code moves twice; a move of code that was never loaded is ignored', clauses: ['8.2.3', '8.3.2', '10.3.9'] }, () => {
      const [here, there, far] = [first.address, 0x7f0000101000n, 0x7f0000202000n];
      const [t1, t2] = [first.time + 50n, first.time + 70n];
      const size = first.code.length;
      return {
        records: [
          jit.load(first), jit.move({ from: here, to: there, size, index: 1n, time: t1 }), jit.move({ from: there, to: far, size, index: 1n, time: t2 }),
          jit.move({ from: 0x1000n, to: 0x2000n, size: 8, index: 77n, time: t2 + 1n }),
        ],
        expect: ({ records }) => ({
          code: [jit.codeJson(first, PID, records[0]!, { until: t1 }), jit.codeJson(first, PID, records[0]!, { address: there, time: t1, until: t2 }), jit.codeJson(first, PID, records[0]!, { address: far, time: t2 })],
          lookups: [
            jit.lookupJson(here, t1 - 1n, first.name), jit.lookupJson(here, t1, null), jit.lookupJson(there, t1, first.name), jit.lookupJson(there, t2, null), jit.lookupJson(far, t2, first.name), jit.lookupJson(0x2000n, t2 + 5n, null),
          ],
        }),
        departures: ({ records }) => [{ clause: '8.2.3', offset: records[3]!.offset, severity: 'error' }],
      };
    }),
    ...jitdumpTwins({ name: 'jitdump-lines', about: 'Lines of one function and not of the next; a file that is named once; a record padded to a multiple of 8', clauses: ['8.2.4', '8.3.1', '10.3.8'] }, () => {
      const entries: readonly jit.LineEntry[] = [
        { address: first.address, line: 10, discriminator: 1, file: 'shop.java' }, { address: first.address + 8n, line: 12, discriminator: 0, file: undefined }, { address: first.address + 16n, line: 3, discriminator: -1, file: 'inlined Größe.java' },
        { address: first.address + 24n, line: 4, discriminator: 2, file: undefined },
      ];
      const at = (offset: bigint, line: number, discriminator: number, file: string): ReturnType<typeof jit.lookupJson> => jit.lookupJson(first.address + offset, first.time, first.name, { line: { file, line, discriminator } });
      return {
        records: [jit.debugInfo(first.address, entries, first.time, true), jit.load(first), jit.load(second), jit.debugInfo(third.address, [], third.time), jit.load(third)],
        expect: (layout) => ({
          code: codeOf(layout, [first, 1], [second, 2], [third, 4]),
          lookups: [at(0n, 10, 1, 'shop.java'), at(7n, 10, 1, 'shop.java'), at(8n, 12, 0, 'shop.java'), at(16n, 3, -1, 'inlined Größe.java'), at(32n, 4, 2, 'inlined Größe.java'), found(second), found(third)],
        }),
      };
    }),
    ...(['little', 'big'] as const).map((order) => {
      const { ehFrame, header } = frames(order, first.code.length);
      const rule = (offset: bigint, cfa: number): ReturnType<typeof jit.lookupJson> => jit.lookupJson(first.address + offset, first.time, first.name, { cfa: { register: 7, offset: cfa } });
      return (order === 'little' ? littleJitdump : bigJitdump)({
        name: `jitdump-unwinding-${order === 'little' ? 'le' : 'be'}`, about: 'Unwinding information of one function and not of the next: .eh_frame lies behind the code, .eh_frame_hdr behind that, and addresses are relative to there',
        clauses: ['8.2.6', '8.3.1', '8.3.5'],
      }, {
        records: [jit.unwinding(ehFrame, header, Math.ceil((ehFrame.length + header.length) / 16) * 16, first.time), jit.load(first), jit.load(second)],
        expect: (layout) => ({ code: codeOf(layout, [first, 1], [second, 2]), lookups: [rule(0n, 8), rule(1n, 16), rule(32n, 16), found(second)] }),
      });
    }),
  ];
}

function cpythonVectors(): Vector[] {
  const tag = { ...first, code: Uint8Array.from([...code(20), ...someBytes(8, 0xa0)]) };
  const tids = (['aligned', 'packed'] as const).map((tid64, i): jit.Load => ({ ...first, name: `py::${tid64}:x.py`, address: first.address + BigInt(i * 0x1000), index: BigInt(i + 1), time: first.time + BigInt(i), tid64 }));
  return [
    littleJitdump({ name: 'jitdump-cpython', about: 'As CPython writes it: the header\'s time is the time of day in microseconds, and in 3.15 the last 8 bytes of code are none', clauses: ['10.3.4', '10.3.5'] }, {
      time: 1_732_750_000_123_456n, records: [jit.load(tag)], expect: (layout) => ({ code: codeOf(layout, [tag, 0]), lookups: [found(tag)] }),
    }),
    littleJitdump({ name: 'jitdump-cpython-macos', about: 'As CPython 3.15 on macOS writes it: a tid of 64 bits, aligned or packed', clauses: ['10.3.6'] }, {
      records: tids.map(jit.load), expect: (layout) => ({ code: codeOf(layout, [tids[0]!, 0], [tids[1]!, 1]), lookups: tids.map((values) => found(values)) }),
    }),
  ];
}

function damagedVectors(): Vector[] {
  const cutAt = (name: string, about: string, cut: (layout: jit.JitLayout) => number, left: number): Vector[] =>
    jitdumpTwins({ name: `jitdump-cut-${name}`, about: `A jitdump that ends ${about}`, clauses: ['8.4.1'] }, {
      records: [jit.load(first), jit.load(second)], cut,
      expect: (layout) => ({ complete: false, code: codeOf(layout, ...([[first, 0], [second, 1]] as const).slice(0, left)), lookups: left > 0 ? [found(first), jit.lookupJson(second.address, second.time, null)] : [] }),
      departures: ({ records }) => [{ clause: '8.4.1', offset: records[left]!.offset, severity: 'error' }],
    });
  return [
    brokenJitdump({ name: 'jitdump-empty', about: 'An empty file, of a program that ended before it wrote anything', clauses: ['8.4.1'] }, [], 'error'),
    brokenJitdump({ name: 'jitdump-other-magic', about: 'Another magic number', clauses: ['8.1.1'] }, [...new TextEncoder().encode('JITD'), ...someBytes(60)]),
    brokenJitdump({ name: 'jitdump-cut-header', about: 'A file that ends within its header', clauses: ['8.4.1'] }, [0x44, 0x54, 0x69, 0x4a, 1, 0, 0, 0, 40, 0, 0, 0, 62, 0, 0, 0], 'error'),
    ...cutAt('in-prefix', 'within the prefix of a record', ({ records }) => records[1]!.offset + 9, 1),
    ...cutAt('in-fields', 'within the fields of a record', ({ records }) => records[1]!.offset + 30, 1),
    ...cutAt('in-code', 'within the code of a function', ({ end }) => end - 1, 1),
    ...cutAt('in-first', 'within its first record', ({ records }) => records[0]!.offset + 50, 0),
    ...jitdumpTwins({ name: 'jitdump-noise', about: 'Bytes that are no record: reading goes on behind them; what was said for a next LOAD before them is lost', clauses: ['8.4.2', '8.2.8'] }, {
      records: [jit.load(first), jit.debugInfo(second.address, [{ address: second.address, line: 1, discriminator: 0, file: 'lost' }], second.time), jit.noise(Array.from({ length: 37 }, () => 0xee)), jit.load(second), jit.load(third)],
      expect: (layout) => ({ code: codeOf(layout, [first, 0], [second, 3], [third, 4]), lookups: [found(first), found(second), found(third)] }),
      departures: ({ records }) => [{ clause: '8.4.2', offset: records[2]!.offset, severity: 'error' }],
    }),
    ...jitdumpTwins({ name: 'jitdump-size-wrong', about: 'A LOAD that says a size of 12: it is lost, the next one is not', clauses: ['8.4.2'] }, {
      records: [jit.load(first), { ...jit.load(second), saidSize: 12 }, jit.load(third)],
      expect: (layout) => ({ code: codeOf(layout, [first, 0], [third, 2]), lookups: [found(first), jit.lookupJson(second.address, second.time, null), found(third)] }),
      departures: ({ records }) => [{ clause: '8.4.2', offset: records[1]!.offset, severity: 'error' }],
    }),
    ...jitdumpTwins({ name: 'jitdump-repeated', about: 'A fork writes again what its parent had not written yet: the second time it says nothing new', clauses: ['8.4.3', '10.3.7'] }, {
      records: [jit.load(first), jit.load(second), jit.load(first), jit.load(second), jit.load(third)],
      expect: (layout) => ({ code: codeOf(layout, [first, 0], [second, 1], [third, 4]), lookups: [found(first), found(second), found(third)] }),
    }),
  ];
}

export const jitdumpVectors: readonly Vector[] = [...soundVectors(), ...cpythonVectors(), ...damagedVectors()];
