// The writer of protocol buffers, and the formats made of them that have no reader in npm: Perfetto's trace (field numbers of v58.2) and
// OpenTelemetry's profiles (of opentelemetry-proto v1.11.0). bench/README.md says how they were held against the published .proto files.

import t from 'tap';
import fc from 'fast-check';
import { ProtobufWriter } from '../../src/formats/protobuf-writer.ts';
import { openInMemory } from '../end-to-end/in-memory.ts';
import { demo, exported, inlinedParts, inputOf, plain, plainSamples, shown } from './exporting.ts';
import { decode, type Message } from './protobuf-reader.ts';

t.test('what is written is read', async (t) => {
  const inner: Message = { 1: ['numbers[]', 'bigint'], 2: ['text', 'text'] };
  const outer: Message = { 1: ['small', 'number'], 3: ['big', 'bigint'], 16: ['inner[]', inner], 2000: ['word', 'fixed64'] };
  const numbers = fc.oneof(fc.maxSafeNat(), fc.nat(300));
  fc.assert(
    fc.property(numbers, fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n), fc.array(fc.tuple(fc.array(numbers, { maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 200 }))), (small, big, word, messages) => {
      const out = new ProtobufWriter();
      out.uint(1, small);
      out.big(3, big);
      out.fixed64(2000, word);
      for (const [list, text] of messages) {
        out.begin(16);
        out.begin(1);
        for (const number of list) out.packed(number);
        out.end();
        out.text(2, text);
        out.end();
      }
      t.same(decode(out.bytes, outer), { small, big, word, inner: messages.map(([list, text]) => ({ numbers: list.map(BigInt), text })) });
    }),
  );
});

const INTERNED_STRING: Message = { 1: ['iid', 'number'], 2: ['str', 'text'] };
const TRACE: Message = {
  1: ['packet[]', {
    8: ['timestamp', 'bigint'], 10: ['sequence', 'number'], 13: ['flags', 'number'],
    12: ['interned', {
      5: ['functionNames[]', INTERNED_STRING], 16: ['buildIds[]', { 1: ['iid', 'number'], 2: ['str', 'bytes'] }], 17: ['mappingPaths[]', INTERNED_STRING], 18: ['sourcePaths[]', INTERNED_STRING],
      19: ['mappings[]', { 1: ['iid', 'number'], 2: ['buildId', 'number'], 4: ['start', 'bigint'], 5: ['end', 'bigint'], 7: ['path[]', 'number'] }],
      6: ['frames[]', { 1: ['iid', 'number'], 2: ['functionName', 'number'], 3: ['mapping', 'number'], 4: ['relPc', 'bigint'], 5: ['sourcePath', 'number'], 6: ['line', 'number'], 7: ['kind', 'number'] }],
      7: ['callstacks[]', { 1: ['iid', 'number'], 2: ['frames[]', 'number'] }],
    }],
    59: ['defaults', { 100: ['stackSample', { 1: ['source', 'text'] }] }],
    60: ['track', { 1: ['uuid', 'number'], 3: ['process', { 1: ['pid', 'number'], 6: ['name', 'text'] }], 4: ['thread', { 1: ['pid', 'number'], 2: ['tid', 'number'], 5: ['name', 'text'] }] }],
    135: ['sample', {
      1: ['task', { 2: ['pid', 'number'], 3: ['tid', 'number'] }], 3: ['execution', { 2: ['cpu', 'number'], 3: ['mode', 'number'] }], 6: ['callstack', 'number'], 7: ['unwindError', 'text'],
      9: ['primary', { 2: ['name', 'text'], 3: ['unit', 'number'] }], 11: ['weight', 'number'],
    }],
  }],
};

interface InternedFrame {
  readonly iid: number; readonly functionName: number; readonly mapping?: number; readonly relPc?: bigint; readonly sourcePath?: number; readonly line?: number; readonly kind: number;
}
interface Packet {
  readonly timestamp: bigint; readonly sequence: number; readonly flags: number;
  readonly interned?: {
    readonly functionNames: { readonly iid: number; readonly str: string }[]; readonly sourcePaths: { readonly iid: number; readonly str: string }[];
    readonly mappings: { readonly iid: number; readonly path: number[] }[]; readonly mappingPaths: { readonly iid: number; readonly str: string }[];
    readonly frames: InternedFrame[]; readonly callstacks: { readonly iid: number; readonly frames: number[] }[];
  };
  readonly track?: { readonly process?: { readonly name: string }; readonly thread?: { readonly name: string; readonly tid: number } };
  readonly sample?: { readonly task: { readonly pid: number; readonly tid: number }; readonly execution: { readonly cpu?: number; readonly mode: number }; readonly callstack?: number; readonly unwindError?: string; readonly primary: { readonly name: string; readonly unit: number }; readonly weight: number };
}

async function packetsOf(...words: Parameters<typeof exported>): Promise<Packet[]> {
  return (decode(await exported(...words), TRACE) as { readonly packet: Packet[] }).packet;
}

/** The names of every sample's stack, by what its sequence had been told before it. */
function stacksOf(packets: readonly Packet[]): { readonly names: readonly string[]; readonly frames: readonly InternedFrame[]; readonly packet: Packet }[] {
  const known = new Map<string, unknown>();
  const learn = (sequence: number, kind: string, list: readonly { readonly iid: number }[] = []): void => {
    for (const entry of list) {
      if (known.has(`${sequence} ${kind} ${entry.iid}`) && kind !== 'name') throw new Error(`${kind} ${entry.iid} twice`);
      known.set(`${sequence} ${kind} ${entry.iid}`, entry);
    }
  };
  return packets.flatMap((packet) => {
    const { sequence, interned, sample } = packet;
    learn(sequence, 'name', interned?.functionNames);
    learn(sequence, 'frame', interned?.frames);
    learn(sequence, 'stack', interned?.callstacks);
    if (sample === undefined) return [];
    const stack = known.get(`${sequence} stack ${sample.callstack}`) as { readonly frames: number[] } | undefined;
    if (sample.callstack !== undefined && stack === undefined) throw new Error(`stack ${sample.callstack} was never told`);
    const frames = (stack?.frames ?? []).map((iid) => known.get(`${sequence} frame ${iid}`) as InternedFrame);
    return [{ names: frames.map(({ functionName }) => (known.get(`${sequence} name ${functionName}`) as { readonly str: string }).str), frames, packet }];
  });
}


t.test('Perfetto: the demo', async (t) => {
  const packets = await packetsOf('perfetto', [inputOf(await demo(), { service: 'api' })], { inlines: false });
  const samples = await plainSamples(await demo());
  const stacks = stacksOf(packets);
  t.same(stacks.map(({ names }) => names), samples.map(({ names }) => names.map(shown)));
  t.same(stacks.map(({ packet }) => packet.sample!.weight), samples.map(({ period }) => period));
  t.equal(packets[0]!.flags, 3, 'the first packet clears what the sequence knew');
  t.ok(packets.slice(1).every(({ flags, sequence }) => flags === 2 && sequence === 1));
  t.ok(packets.every(({ timestamp }, i) => i === 0 || timestamp >= packets[i - 1]!.timestamp));
  t.equal(stacks[0]!.packet.timestamp, 1_943_070_607_808n);
  t.same(stacks[0]!.packet.sample!.primary, { name: 'cpu-clock', unit: 1 });
  t.same(stacks.map(({ packet }) => packet.sample!.unwindError ?? 'root'), samples.map(({ end }) => end));
  t.ok(samples.some(({ end }) => end === 'dump exhausted'));
  t.same(packets.flatMap(({ track }) => (track === undefined ? [] : [track.process?.name ?? track.thread?.name])), ['api: python3.13', 'python3.13']);
  const kinds = new Map(stacks.flatMap(({ names, frames }) => names.map((name, i) => [name, frames[i]!.kind] as const)));
  t.same([kinds.get('bill (shop.py)'), kinds.get('_start'), kinds.get('asm_exc_page_fault')], [3, 1, 2]);
  t.ok(stacks.every(({ frames }) => frames.every(({ mapping, relPc }) => (mapping === undefined) === (relPc === undefined))));
});

t.test('Perfetto: lines, and several recordings', async (t) => {
  const packets = await packetsOf('perfetto', [inputOf(await openInMemory(inlinedParts())), inputOf(await plain('group'))]);
  t.same(new Set(packets.map(({ sequence }) => sequence)), new Set([1, 2]));
  const stacks = stacksOf(packets);
  t.equal(stacks.length, (await plainSamples(await openInMemory(inlinedParts()))).length + (await plainSamples(await plain('group'))).length);
  t.ok(stacks[0]!.frames.every(({ line, sourcePath }) => line! > 0 && sourcePath! > 0));
  const first = packets.filter(({ sequence }) => sequence === 1)[0]!.timestamp;
  t.equal(packets.filter(({ sequence }) => sequence === 2)[0]!.timestamp, first, 'both begin at the same time');
});

const ANY: Message = { 1: ['text', 'text'], 3: ['int', 'number'] };
const VALUE_TYPE: Message = { 1: ['type', 'number'], 2: ['unit', 'number'] };
const PROFILES_DATA: Message = {
  1: ['resources[]', {
    1: ['resource', { 1: ['attributes[]', { 1: ['key', 'text'], 2: ['value', ANY] }] }],
    2: ['scopes[]', {
      1: ['scope', { 1: ['name', 'text'], 2: ['version', 'text'] }],
      2: ['profiles[]', {
        1: ['sampleType', VALUE_TYPE], 2: ['samples[]', { 1: ['stack', 'number'], 2: ['attributes[]', 'number'], 4: ['values[]', 'number'] }],
        3: ['time', 'fixed64'], 4: ['duration', 'number'], 5: ['periodType', VALUE_TYPE], 6: ['period', 'number'],
      }],
    }],
  }],
  2: ['dictionary', {
    1: ['mappings[]', { 1: ['start', 'bigint'], 2: ['end', 'bigint'], 4: ['filename', 'number'], 5: ['attributes[]', 'number'] }],
    2: ['locations[]', { 1: ['mapping', 'number'], 2: ['address', 'bigint'], 3: ['lines[]', { 1: ['function', 'number'], 2: ['line', 'number'] }], 4: ['attributes[]', 'number'] }],
    3: ['functions[]', { 1: ['name', 'number'], 2: ['systemName', 'number'], 3: ['filename', 'number'] }],
    4: ['links[]', {}],
    5: ['strings[]', 'text'],
    6: ['attributes[]', { 1: ['key', 'number'], 2: ['value', ANY] }],
    7: ['stacks[]', { 1: ['locations[]', 'number'] }],
  }],
};

interface ProfilesData {
  readonly resources: {
    readonly resource: { readonly attributes: { readonly key: string; readonly value: { readonly text: string } }[] };
    readonly scopes: { readonly profiles: { readonly sampleType: { readonly type: number; readonly unit: number }; readonly samples: { readonly stack?: number; readonly attributes: number[]; readonly values: number[] }[]; readonly time: bigint; readonly period?: number }[] }[];
  }[];
  readonly dictionary: {
    readonly mappings: { readonly start?: bigint; readonly end?: bigint }[]; readonly locations: { readonly mapping?: number; readonly address?: bigint; readonly lines: { readonly function: number; readonly line?: number }[]; readonly attributes: number[] }[];
    readonly functions: { readonly name?: number }[]; readonly links: object[]; readonly strings: string[]; readonly attributes: { readonly key?: number; readonly value?: { readonly text?: string } }[]; readonly stacks: { readonly locations: number[] }[];
  };
}

t.test('OpenTelemetry: the rules of its dictionary, and the totals', async (t) => {
  const inputs = [inputOf(await demo(), { service: 'api' }), inputOf(await plain('group')), inputOf(await openInMemory(inlinedParts()))];
  const { resources, dictionary } = decode(await exported('otlp', inputs, {}, { producer: 'perfts 1' }), PROFILES_DATA) as unknown as ProfilesData;
  const { strings, functions, locations, stacks, attributes, mappings } = dictionary;
  t.equal(strings[0], '');
  t.same([dictionary.links, functions[0], stacks[0], attributes[0]], [[{}], {}, { locations: [] }, {}], 'the first row of each table is empty');
  for (const [name, list] of Object.entries({ strings, functions, locations, stacks, attributes })) {
    t.equal(new Set(list.map((row) => JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))).size, list.length, `${name}: none twice`);
  }
  const profiles = resources.flatMap(({ scopes }) => scopes.flatMap((scope) => scope.profiles));
  const used = (list: readonly (number | undefined)[], length: number, what: string): void => {
    t.same([...new Set(list.filter((index) => index !== undefined && index > 0))].sort((a, b) => a! - b!), Array.from({ length: length - 1 }, (_, i) => i + 1), `${what}: all are used, and there`);
  };
  used(profiles.flatMap(({ samples }) => samples.map(({ stack }) => stack)), stacks.length, 'stacks');
  used(stacks.flatMap((stack) => stack.locations), locations.length, 'locations');
  used(locations.flatMap(({ lines }) => lines.map((line) => line.function)), functions.length, 'functions');
  used(locations.map(({ mapping }) => mapping), mappings.length, 'mappings');
  t.ok(locations.slice(1).every(({ mapping, address }) => mapping === undefined || (address! >= mappings[mapping]!.start! && address! < mappings[mapping]!.end!)));
  const sum = ({ samples }: (typeof profiles)[number]): number => samples.reduce((total, { values }) => total + values[0]!, 0);
  const expected = await plainSamples(await demo());
  t.equal(sum(profiles[0]!), expected.reduce((total, { period }) => total + period, 0));
  t.same([strings[profiles[0]!.sampleType.type], strings[profiles[0]!.sampleType.unit], profiles[0]!.period], ['cpu-clock', 'nanoseconds', 2_004_008]);
  t.equal(profiles.length, 1 + new Set((await plainSamples(await plain('group'))).map(({ event }) => event)).size + 1);
  t.ok(resources[0]!.resource.attributes.some(({ key, value }) => key === 'service.name' && value.text === 'api'));
  const typeOf = (name: string): string | undefined => {
    const location = locations.find(({ lines }) => lines.length > 0 && strings[functions[lines[0]!.function]!.name!] === name)!;
    return location.attributes.map((index) => attributes[index]!.value?.text).find((text) => text !== undefined);
  };
  t.same([typeOf('bill (shop.py)'), typeOf('_start'), typeOf('asm_exc_page_fault')], ['cpython', 'native', 'kernel']);
  t.ok(locations.some(({ lines }) => lines.length === 4 && lines.every(({ line }) => line! > 0)), 'inlined calls are lines');
});
