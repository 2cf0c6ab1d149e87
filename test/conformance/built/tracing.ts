// TRACING_DATA, format files and print formats (SPEC 7): a `meaning` says what is in the stream, and what each event is.

import { event, type EventSpec } from '../builder/event.ts';
import { tracingDataFeature } from '../builder/features.ts';
import * as own from '../builder/own-records.ts';
import { type ByteOrder, Packer, someBytes, textBytes } from '../builder/packer.ts';
import type { RecordSpec } from '../builder/record.ts';
import type { RecordingSpec } from '../builder/recording.ts';
import { sample } from '../builder/sample.ts';
import * as trace from '../builder/tracepoint.ts';
import { twins, type Vector } from '../builder/vector.ts';

function eventOf({ system, name, id }: trace.TracepointSpec): EventSpec {
  return event({ type: 2, config: BigInt(id), name: `${system}:${name}`, sampleType: ['IDENTIFIER', 'IP', 'TIME', 'RAW'], ids: [BigInt(id)] });
}

/** A file with the stream as its feature, an event and a sample of each tracepoint. */
function traced(order: ByteOrder, stream: trace.StreamSpec): RecordingSpec {
  const events = stream.tracepoints.map(eventOf);
  return {
    events,
    features: [tracingDataFeature(trace.tracingStream(order, stream))],
    records: stream.tracepoints.map((each, i) => sample(events[i]!, { ip: 1n, time: BigInt(i + 1), raw: trace.rawEvent(order, each) })),
    meaning: { tracing: trace.streamJson(order, stream), tracepoints: stream.tracepoints.map((each, i) => ({ record: i, ...trace.tracepointJson(each) })) },
  };
}

const wakeup: trace.TracepointSpec = {
  system: 'sched', name: 'sched_wakeup', id: 314,
  fields: [trace.text('char comm[16]', 16, 'worker/0'), trace.number('pid_t pid', 4, 17), trace.number('int prio', 4, -5), trace.number('int target_cpu', 4, 3)],
  print: '"comm=%s pid=%d prio=%d target_cpu=%03d", REC->comm, REC->pid, REC->prio, REC->target_cpu',
  text: 'comm=worker/0 pid=17 prio=-5 target_cpu=003',
};
const page: trace.TracepointSpec = {
  system: 'kmem', name: 'page', id: 0x1234, fields: [trace.number('unsigned long pfn', 8, 0xfedcba9876543210n)], print: '"pfn=0x%lx", REC->pfn', text: 'pfn=0xfedcba9876543210',
};
const exit: trace.TracepointSpec = { system: 'sched', name: 'sched_exit', id: 315, fields: [trace.number('int code', 4, 0)], print: '"code=%d", REC->code', text: 'code=0' };
const ours: trace.TracepointSpec = { system: 'ftrace', name: 'function', id: 1, fields: [trace.number('unsigned long ip', 8, 1n)], print: '" %ps", (void *)REC->ip' };

const whole: trace.StreamSpec = {
  ftrace: [ours], tracepoints: [wakeup, exit, page], kallsyms: 'ffffffff81000000 T _text\n', printkFormats: '0xffffffff82000000 : "Cleanup"\n', savedCmdlines: '4242 worker/0\n1 init\n',
};

function streamVectors(): Vector[] {
  return [
    ...twins({ name: 'tracing-stream', about: 'A TRACING_DATA stream with every part: a format of ftrace itself, three events of two systems, symbols, constants, command lines; it names the events', clauses: ['7.1.1', '7.1.2', '7.1.3', '7.1.4', '7.1.5', '7.1.6', '7.1.7', '7.1.8', '7.2.1', '7.2.3', '7.2.4', '3.4.3', '3.2.1'] }, (order) => traced(order, whole)),
    ...twins({ name: 'tracing-stream-0.5', about: 'A stream of version 0.5, without saved command lines', clauses: ['7.1.2', '7.1.8'] }, (order) => traced(order, { version: '0.5', tracepoints: [wakeup], printkFormats: '0x1 : "x"\n' })),
    ...twins({ name: 'tracing-stream-long', about: 'A writer of 32 bits on a kernel of 64: the field `commit` of header_page says the kernel\'s long', clauses: ['7.1.9'] }, (order) => traced(order, { longSize: 4, kernelLongSize: 8, tracepoints: [page] })),
    ...twins({ name: 'tracing-stream-in-pipe', about: 'The stream behind a HEADER_TRACING_DATA record, padded to a multiple of 8', clauses: ['7.1.1', '4.6.3', '1.3.5'] }, (order) => {
      const { events, meaning } = traced(order, whole);
      const stream = new Packer(order).raw(trace.tracingStream(order, whole)).align(8).bytes();
      const samples: RecordSpec[] = whole.tracepoints.map((each, i) => sample(events![i]!, { ip: 1n, time: BigInt(i + 1), raw: trace.rawEvent(order, each) }));
      const before = [...events!.map(own.headerAttr), own.tracingData(stream)];
      const tracepoints = whole.tracepoints.map((each, i) => ({ record: before.length + i, ...trace.tracepointJson(each) }));
      return { container: 'pipe', events: events!, records: [...before, ...samples], meaning: { tracing: meaning!['tracing']!, tracepoints } };
    }),
    ...twins({ name: 'tracing-stream-cut', about: 'A stream that ends within the format file of its second event: the first one is read', clauses: ['7.1.10'] }, (order) => {
      // Behind the format files stand the lengths of what is not there: 16 bytes.
      const cut = trace.tracingStream(order, { ftrace: [ours], tracepoints: [wakeup, exit] }).length - 16 - 20;
      const left: trace.StreamSpec = { ftrace: [ours], tracepoints: [wakeup] };
      const known = eventOf(wakeup);
      return {
        events: [known, event({ type: 2, config: 315n, name: 'unknown tracepoint id=0x13b', sampleType: ['IDENTIFIER', 'IP', 'TIME', 'RAW'], ids: [315n] })],
        features: [tracingDataFeature(trace.tracingStream(order, { ...whole, cut }))],
        records: [sample(known, { ip: 1n, time: 1n, raw: trace.rawEvent(order, wakeup) })],
        meaning: { tracing: trace.streamJson(order, left), tracepoints: [{ record: 0, ...trace.tracepointJson(wakeup) }] },
        departures: ({ features }) => [{ clause: '7.1.10', offset: features.get('TRACING_DATA')!.offset, severity: 'error' }],
      };
    }),
    ...twins({ name: 'tracing-stream-none', about: 'Tracing data that do not begin as they must: there are none', clauses: ['7.1.2'] }, {
      events: [event({ sampleType: ['IP'] })], features: [tracingDataFeature(someBytes(64))], records: [own.finishedInit()], meaning: { tracing: null },
      departures: ({ features }) => [{ clause: '7.1.2', offset: features.get('TRACING_DATA')!.offset, severity: 'error' }],
    }),
    ...twins({ name: 'tracing-other-event', about: 'RAW that says another common_type than its event\'s config: it follows the format of that', clauses: ['7.2.4'] }, (order) => {
      const spec = traced(order, { tracepoints: [wakeup, exit] });
      return {
        ...spec,
        records: [sample(spec.events![0]!, { ip: 1n, time: 1n, raw: trace.rawEvent(order, exit) })],
        meaning: { tracepoints: [{ record: 0, ...trace.tracepointJson(exit) }] },
      };
    }),
  ];
}

const ids = new Map<string, number>();
/** Each name has its number, however often its event is described. */
const made = (name: string, fields: readonly trace.TraceField[], print?: string, text?: string, odd?: readonly string[]): trace.TracepointSpec => ({
  system: 'made', name, id: numberOf(name), fields, ...(print !== undefined && { print }), ...(text !== undefined && { text }), ...(odd !== undefined && { odd }),
});

function numberOf(name: string): number {
  const number = ids.get(name) ?? 400 + ids.size;
  ids.set(name, number);
  return number;
}

const utf8 = (value: string): (() => Uint8Array) => () => Uint8Array.from(textBytes(value));
const words = (values: readonly number[]) => (order: ByteOrder): Uint8Array => values.reduce((packer, value) => packer.u32(value), new Packer(order)).bytes();

function fieldVectors(): Vector[] {
  const numbers = made('numbers', [
    trace.number('u8 a', 1, 0xfe), trace.number('s8 b', 1, -2), trace.number('u16 c', 2, 0x1234), trace.number('s16 d', 2, -3), trace.number('u32 e', 4, 0xfffffffe),
    trace.number('s32 f', 4, -4), trace.number('u64 g', 8, 0xfedcba9876543210n), trace.number('s64 h', 8, -5n), trace.number('bool i', 1, 1), trace.number('u8 old', 1, 7, { withoutSigned: true }),
  ], undefined, undefined, ['\tnothing:like a field;', '\tfield:u8 without_place;']);
  const arrays = made('arrays', [
    trace.array('u32 words[3]', 4, [1, 0x01020304, 3]), trace.array('u16 halves[2]', 2, [1, 0x1234]), trace.array('unsigned long longs[2]', 8, [1n, 0x0102030405060708n]),
    trace.text('char full[4]', 4, 'abcd'), trace.text('char part[8]', 8, 'ab'), trace.bytes('u8 small[4]', [1, 2, 3, 0], trace.bytesValue([1, 2, 3, 0])), trace.text('char named[TASK_COMM_LEN]', 16, 'by a name'),
  ]);
  const dynamic = made('dynamic', [
    trace.locatedText('__data_loc char[] name', '/usr/bin/program'), trace.located('__data_loc u32[] list', words([1, 2, 0x01020304]), ['1', '2', '16909060']),
    trace.located('__data_loc char[] empty', () => new Uint8Array(0), ''), trace.locatedText('__rel_loc char[] relative', 'from the field'), trace.located('__rel_loc u8[] bytes', utf8('ab'), trace.bytesValue([97, 98])),
  ]);
  const old = made('old', [trace.number('int first', 4, 1), trace.oldLocatedText('__data_loc char[] name', 'an old one')]);
  const last = made('last', [trace.number('unsigned long ip', 8, 1n), trace.rest('char buf[]', [...textBytes('to the end'), 0, 0], 'to the end')]);
  const outside = made('outside', [
    { name: 'beyond', declaration: '__data_loc char[] beyond', size: 4, signed: false, write: (packer) => void packer.u32((100 << 16) | 4000), value: '' },
  ]);
  const all = { tracepoints: [numbers, arrays, dynamic, old, last, outside] };
  return twins({ name: 'tracing-fields', about: 'Fields of every kind: numbers, arrays, text, dynamic ones in both forms, of two bytes, of size 0, and one that points outside', clauses: ['7.2.2', '7.2.5', '7.2.6', '7.2.7', '7.2.8', '7.2.9', '7.2.10'] }, (order) => traced(order, all));
}

const a = (value: number | bigint, declaration = 'int a', size: 1 | 2 | 4 | 8 = 4): trace.TraceField => trace.number(declaration, size, value);
const long = (value: bigint, declaration = 'u64 l'): trace.TraceField => trace.number(declaration, 8, value);

function printVectors(): Vector[] {
  type Tracepoints = readonly trace.TracepointSpec[];
  const print = (name: string, about: string, clauses: readonly string[], tracepoints: Tracepoints | ((order: ByteOrder) => Tracepoints), more: Partial<trace.StreamSpec> = {}): Vector[] =>
    twins({ name: `tracing-print-${name}`, about: `Print formats: ${about}`, clauses }, (order) => traced(order, { tracepoints: typeof tracepoints === 'function' ? tracepoints(order) : tracepoints, ...more }));
  const located = (declaration: string, content: Uint8Array): trace.TraceField => trace.located(declaration, () => content, trace.bytesValue(content));
  const ip4 = [10, 0, 0, 200];
  const ip6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  const uuid = [...someBytes(16)];
  const mac = [0x00, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f];
  return [
    ...print('numbers', 'conversions, flags, widths and lengths of numbers, strings side by side, escapes', ['7.3.1', '7.3.2'], [
      made('plain', [a(-1)], '"%d %i %u %x %X %o %c"  " and " "more", REC->a, REC->a, REC->a, REC->a, REC->a, REC->a, 65', '-1 -1 4294967295 ffffffff FFFFFFFF 37777777777 A and more'),
      made('widths', [a(42)], '"[%5d] [%-5d] [%05d] [%+d] [%#x] [%.4d] [%*d]", REC->a, REC->a, REC->a, REC->a, REC->a, REC->a, 6, REC->a', '[   42] [42   ] [00042] [+42] [0x2a] [0042] [    42]'),
      made('lengths', [long(0xfffffffffffffffen)], '"%hhd %hd %d %ld %lld %hhu %hu %u %lu %llu %zu %Lu", REC->l, REC->l, REC->l, REC->l, REC->l, REC->l, REC->l, REC->l, REC->l, REC->l, REC->l, REC->l',
        '-2 -2 -2 -2 -2 254 65534 4294967294 18446744073709551614 18446744073709551614 18446744073709551614 18446744073709551614'),
      made('none', [], '"nothing but 100%% text"', 'nothing but 100% text'),
      made('escapes', [], '"a\\tb \\"c\\" \\\\ d"', 'a\tb "c" \\ d'),
    ]),
    ...print('strings', '%s of fields, functions, constants of the kernel, and of an address that is none', ['7.3.3', '7.3.11', '7.1.7', '7.2.6'], [
      made('bytes', [trace.bytes('u8 t[4]', [0x61, 0x62, 0, 0x63], trace.bytesValue([0x61, 0x62, 0, 0x63]))], '"%s", REC->t', 'ab'),
      made('fields', [trace.text('char s[8]', 8, 'text'), trace.locatedText('__data_loc char[] d', 'dynamic'), trace.locatedText('__rel_loc char[] r', 'relative')], '"%s %s %s %s", REC->s, __get_str(d), __get_rel_str(r), "given"', 'text dynamic relative given'),
      made('widths', [trace.text('char s[8]', 8, 'text')], '"[%6s] [%-6s] [%.2s]", REC->s, REC->s, REC->s', '[  text] [text  ] [te]'),
      made('constant', [long(0xffffffff82000000n, 'const char * p')], '"%s", REC->p', 'Cleanup'),
      made('address', [long(0xffffffff82000001n, 'const char * p')], '"%s", REC->p', 'ffffffff82000001'),
      made('empty', [trace.located('__data_loc char[] d', () => new Uint8Array(0), '')], '"[%s]", __get_str(d)', '[]'),
    ], { printkFormats: '0xffffffff82000000 : "Cleanup"\n' }),
    ...print('pointers', '%p and the letters behind it', ['7.3.4'], [
      made('address', [long(0xffff888104443080n, 'void * p'), long(0n, 'void * q')], '"%p %p %px %pK", REC->p, REC->q, REC->p, REC->p', '0xffff888104443080 (nil) 0xffff888104443080x 0xffff888104443080K'),
      made('macs', [trace.bytes('u8 m[6]', mac, trace.bytesValue(mac))], '"%pM %pMF %pMR %pm", REC->m, REC->m, REC->m, REC->m', '00:1b:2c:3d:4e:5f 00-1b-2c-3d-4e-5f 5f:4e:3d:2c:1b:00 001b2c3d4e5f'),
      made('ip4', [trace.bytes('__u8 i[4]', ip4, trace.bytesValue(ip4))], '"%pI4 %pi4", REC->i, REC->i', '10.0.0.200 010.000.000.200'),
      made('ip6', [trace.bytes('__u8 i[16]', ip6, trace.bytesValue(ip6))], '"%pI6 %pI6c %pi6", REC->i, REC->i, REC->i', '2001:0db8:0000:0000:0000:0000:0000:0001 2001:db8::1 20010db8000000000000000000000001'),
      made('uuid', [trace.bytes('u8 u[16]', uuid, trace.bytesValue(uuid))], '"%pU %pUl %pUB", REC->u, REC->u, REC->u', '01020304-0506-0708-090a-0b0c0d0e0f10 04030201-0605-0807-090a-0b0c0d0e0f10 01020304-0506-0708-090A-0B0C0D0E0F10'),
    ]),
    ...print('operators', 'operators, casts, elements, and division by 0; values are unsigned and of 64 bits', ['7.3.5', '7.3.6', '7.3.15'], [
      made('arithmetic', [a(7), a(3, 'int b')], '"%d %d %d %d %d %d %d", REC->a + REC->b, REC->a - REC->b, REC->a * REC->b, REC->a / REC->b, REC->a % REC->b, REC->a << REC->b, REC->a >> 1', '10 4 21 2 1 56 3'),
      made('bits', [a(12), a(10, 'int b')], '"%x %x %x %x %d %d", REC->a & REC->b, REC->a | REC->b, REC->a ^ REC->b, ~REC->a & 0xff, !REC->a, -REC->a', '8 e 6 f3 0 -12'),
      made('logic', [a(1), a(2, 'int b')], '"%d%d%d%d%d%d %d%d %s", REC->a < REC->b, REC->a <= REC->b, REC->a > REC->b, REC->a >= REC->b, REC->a == REC->b, REC->a != REC->b, REC->a && 0, REC->a || 0, REC->a ? "yes" : "no"', '110001 01 yes'),
      made('unsigned', [a(-1)], '"%lx %d %lx", REC->a, REC->a, REC->a + 1', 'ffffffff -1 100000000'),
      made('zero', [a(7)], '"%d", REC->a / 0', '0'),
      made('casts', [long(0x1234567890n)], '"%lx %lx %lx %lx", (u8)REC->l, (unsigned short)REC->l, (unsigned int)REC->l, (unsigned long)REC->l', '90 7890 34567890 1234567890'),
      made('elements', [trace.array('u32 w[3]', 4, [10, 20, 30])], '"%d %d", REC->w[0], REC->w[2]', '10 30'),
      made('unknown', [a(7)], '"%d %d", REC->a + NOT_REPLACED, NOT_REPLACED', '7 0'),
    ]),
    ...print('names', 'flags and symbols by their names', ['7.3.7', '7.3.8'], [
      made('flags', [a(0x13)], '"%s", __print_flags(REC->a, "|", { 0x3, "BOTH" }, { 0x1, "ONE" }, { 0x2, "TWO" })', 'BOTH|0x10'),
      made('flags_none', [a(0)], '"[%s]", __print_flags(REC->a, "|", { 0x1, "ONE" })', '[]'),
      made('flags_all', [a(7)], '"%s", __print_flags(REC->a, " ", { 1, "a" }, { 2, "b" }, { 4, "c" })', 'a b c'),
      made('symbol', [a(2)], '"%s", __print_symbolic(REC->a, { 1, "one" }, { 2, "two" }, { 2, "second" })', 'two'),
      made('symbol_none', [a(0x12)], '"%s", __print_symbolic(REC->a, { 1, "one" })', '0x12'),
    ]),
    ...print('bytes', 'bytes, arrays and what dynamic fields point to', ['7.3.9', '7.3.10', '7.3.12'], (order) => [
      made('hex', [trace.bytes('u8 h[4]', [1, 0xab, 0, 0xff], trace.bytesValue([1, 0xab, 0, 0xff]))], '"%s %s", __print_hex(REC->h, 4), __print_hex_str(REC->h, 3)', '01 ab 00 ff 01ab00'),
      made('array', [trace.array('u32 w[2]', 4, [1, 0x1234]), trace.array('u16 h[2]', 2, [5, 6])], '"%s %s", __print_array(REC->w, 2, 4), __print_array(REC->h, 2, 2)', '{0x1,0x1234} {0x5,0x6}'),
      made('dynamic', [trace.located('__data_loc u32[] d', words([1, 0x1234]), ['1', '4660']), trace.located('__rel_loc u8[] r', () => someBytes(3), trace.bytesValue([1, 2, 3]))],
        '"%s %d %s", __print_array(__get_dynamic_array(d), 2, 4), __get_dynamic_array_len(d), __print_hex(__get_rel_dynamic_array(r), __get_rel_dynamic_array_len(r))', '{0x1,0x1234} 8 01 02 03'),
      made('socket', [located('__data_loc u8[] s', new Packer(order).u16(2).raw([0, 80, ...ip4]).zeros(8).bytes())], '"%pISpc", __get_sockaddr(s)', '10.0.0.200:80'),
    ]),
    ...print('masks', 'bit masks as hexadecimal digits and sets of CPUs as lists', ['7.3.13'], (order) => [
      made('masks', [located('__data_loc cpumask_t[] m', new Packer(order).u64(0x800000000000000dn).bytes())], '"%s %s", __get_cpumask(m), __get_bitmask(m)', '0,2-3,63 80000000,0000000d'),
    ]),
    ...print('builtins', '__builtin_expect and sizeof', ['7.3.14'], [
      made('builtins', [a(5)], '"%d %d %d", __builtin_expect(REC->a, 1), sizeof(unsigned long), sizeof(REC->a)', '5 8 4'),
    ]),
    ...print('unreadable', 'one that cannot be read: there are still its fields', ['7.3.16'], [
      made('unreadable', [a(5), trace.text('char s[4]', 4, 'abc')], '"%d", some_function(REC->a, &REC->s)'),
      made('missing', [a(6)]),
    ]),
  ];
}

export const tracingVectors: readonly Vector[] = [...streamVectors(), ...fieldVectors(), ...printVectors()];
