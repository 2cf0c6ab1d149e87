// Tracepoints: events of real recordings, the language of print formats against perf, TRACING_DATA in files and pipes.

import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { perform } from '../../src/bytes/reading.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { FeatureId } from '../../src/perfdata/features/feature-id.ts';
import { readTracepoints } from '../../src/perfdata/tracing/read-tracepoints.ts';
import { readTracingData } from '../../src/perfdata/tracing/tracing-data.ts';
import type { Tracepoints } from '../../src/perfdata/tracing/tracepoints.ts';
import { attrBytes, open, recordOf, summary, Writer } from './recording.ts';
import {
  COMMON_FIELDS, type Language, type RecordedEvent, eventOf, formatText, textOf, tracepoints, tracingFixture, tracingStream,
} from './tracing-stream.ts';

t.test('events of real recordings read as perf prints them', async (t) => {
  for (const recorded of tracingFixture('events.json') as RecordedEvent[]) {
    const { event, id, littleEndian, format, constants, symbols, samples } = recorded;
    const [system, name] = event.split(':') as [string, string];
    const read = tracepoints(tracingStream({ littleEndian, formats: { [system]: [format] }, printkFormats: constants }));
    read.kernelSymbol = (address, withOffset) => {
      const symbol = symbols[`0x${address.toString(16)}`];
      return withOffset ? symbol : symbol?.replace(/\+.*/, '');
    };
    t.equal(read.name(id), event);
    t.equal(read.format(eventOf(id))?.name, name);
    for (const { raw, text } of samples) t.equal(textOf(read, id, Buffer.from(raw, 'base64')), text, `${recorded.recording} ${event}`);
  }
});

t.test('random print formats read as perf prints them', async (t) => {
  const { fields, printkFormats, cases } = tracingFixture('language.json') as Language;
  const formats = cases.map(({ print }, index) => `name: ev${index}\nID: ${1000 + index}\n${fields}\nprint fmt: ${print}\n`);
  const read = tracepoints(tracingStream({ formats: { fuzz: formats }, printkFormats }));
  for (const [index, { print, raw, text }] of cases.entries()) {
    const bytes = Buffer.from(raw, 'base64');
    // They come from a longer list of formats.
    bytes.writeUInt16LE(1000 + index, 0);
    t.equal(textOf(read, 1000 + index, bytes), text, print);
  }
});

/** The text of one event of a format of our own. */
function printed(print: string, fields: readonly (readonly [string, number, number])[], write: (raw: Writer) => void, littleEndian = true): string {
  const raw = new Writer(littleEndian).u16(7).u16(0).u32(1);
  write(raw);
  return textOf(tracepoints(tracingStream({ littleEndian, formats: { own: [formatText('own', 7, fields, print)] } })), 7, raw.bytes());
}

t.test('what perf gets wrong in the other byte order is right', async (t) => {
  for (const littleEndian of [true, false]) {
    const array = printed('"%s", __print_array(REC->a, 2, 4)', [['u32 a[2]', 8, 0]], (raw) => raw.u32(1).u32(0x1234), littleEndian);
    t.equal(array, '{0x1,0x1234}');
    const socket = printed('"%pISpc", REC->a', [['u8 a[16]', 16, 0]], (raw) => raw.u16(2).raw([0, 80, 10, 0, 0, 1]).u64(0), littleEndian);
    t.equal(socket, '10.0.0.1:80');
    const pointer = printed('"%s", REC->p', [['const char * p', 8, 0]], (raw) => raw.u64(0xffff1234n), littleEndian);
    t.equal(pointer, 'ffff1234');
    const mask = printed('"%s %s", __get_cpumask(m), __get_bitmask(m)', [['__data_loc cpumask_t[] m', 4, 0]], (raw) => raw.u32((8 << 16) | 12).u64(0x8000_0000_0000_000dn), littleEndian);
    t.equal(mask, '0,2-3,63 80000000,0000000d');
  }
});

t.test('operators are grouped as C has it, or as perf has it', async (t) => {
  const format = (print: string): string => formatText('own', 7, [['u32 a', 4, 0], ['u32 b', 4, 0], ['u32 c', 4, 0]], print);
  const raw = new Writer(true).u16(7).u16(0).u32(1).u32(10).u32(3).u32(2).bytes();
  const both = (print: string): string[] => (['c', 'perf'] as const).map((grouping) =>
    textOf(tracepoints(tracingStream({ formats: { own: [format(print)] } }), new Diagnostics(), grouping), 7, raw));
  t.same(both('"%d", REC->a - REC->b - REC->c'), ['5', '9'], 'of equal operators the right one first');
  t.same(both('"%d", REC->a & (0x10 | REC->c)'), ['2', '2']);
  t.same(both('"%d", REC->a & (0x4 | 0x10)'), ['0', '16'], 'parentheses around a right-hand side are forgotten');
  t.same(both('"%d", (REC->a & 0xff) + (REC->b ? 1 : 5)'), ['11', '1'], 'around a choice too');
  t.same(both('"%s", REC->a == 1 ? "one" : REC->a == 10 ? "ten" : "?"'), ['ten', 'ten'], 'choices one after the other');
  t.same(both('"%d", REC->a + REC->b * REC->c'), ['16', '16']);
  t.same(both('"%d", !REC->a || REC->b && REC->c'), ['1', '1']);
  t.same(both('"%d", REC->a ? REC->b ? 4 : 5 : 6'), ['4', '[FAILED TO PARSE] a=10 b=3 c=2']);
});

t.test('conversions', async (t) => {
  const number = (conversion: string, value: bigint): string => printed(`"${conversion}", REC->a`, [['u64 a', 8, 0]], (raw) => raw.u64(value));
  t.equal(number('%d', 0xffff_ffff_ffff_fffen), '-2');
  t.equal(number('%d', 0x1_8000_0000n), '-2147483648', 'the low half');
  t.equal(number('%lld', 2n ** 63n), '-9223372036854775808');
  t.equal(number('%llu', 2n ** 64n - 1n), '18446744073709551615');
  t.equal(number('%hhx', 0x1234n), '34');
  t.equal(number('%#06x|', 0x12n), '0x0012|');
  t.equal(number('%-8u|', 7n), '7       |');
  t.equal(number('%+.3d', 7n), '+007');
  t.equal(number('%c%%', 65n), 'A%');
  t.equal(number('a%cb', 0n), 'a', 'a NUL ends the text');
  t.equal(number('%p', 0n), '(nil)');
  t.equal(number('%pK', 16n), '0x10K', 'what perf does not know of the kernel is text');
  t.equal(number('% d', 7n), '> <d');
  t.equal(number('%', 7n), '');
  t.equal(number('\\t%u\\n\\"', 7n), '\t7\n"');
  t.equal(number('%hhhd', 7n), '[FAILED TO PARSE] a=7');
  t.equal(number('%d %d', 7n), '[FAILED TO PARSE] a=7', 'an argument is missing');
  t.equal(number('%99999999d', 7n).length, 4096, 'a width is bounded');
  t.equal(printed('"[%.*s]", REC->a, REC->s', [['u32 a', 4, 0], ['char s[8]', 8, 0]], (raw) => raw.u32(2).raw(new TextEncoder().encode('\u00e9abc\0\0\0'))), '[\u00e9]', 'bytes, not characters');
});

t.test('fields', async (t) => {
  const format = `name: own\nID: 9\nformat:\n${COMMON_FIELDS}\n\n${[
    'field:unsigned long flags;\toffset:8;\tsize:8;\tsigned:0',
    'field:const char * name;\toffset:16;\tsize:8;\tsigned:0',
    'field:char comm[TASK_COMM_LEN];\toffset:24;\tsize:16;\tsigned:0',
    'field:__data_loc u32[] list;\toffset:40;\tsize:4;\tsigned:0',
    'field:__rel_loc char[] rest;\toffset:44;\tsize:4;\tsigned:0',
    'field:struct list_head * const __attribute__((user)) next;\toffset:48;\tsize:8;\tsigned:0',
    'field:s16 parts[2][3];\toffset:56;\tsize:12;\tsigned:1',
  ].map((line) => `\t${line};\n`).join('')}\nprint fmt: "%d", REC->parts[2]\n`;
  const read = tracepoints(tracingStream({ formats: { own: [format] } }));
  const fields = read.formatOf(9)!.fields;
  t.same(fields.map(({ name, type }) => [name, type]), [
    ['flags', 'unsigned long'], ['name', 'const char *'], ['comm', 'char[TASK_COMM_LEN]'], ['list', '__data_loc u32[]'], ['rest', '__rel_loc char[]'],
    ['next', 'struct list_head * const __attribute__((user))'], ['parts', 's16[2][3]'],
  ]);
  t.same(fields.map(({ elementSize }) => elementSize), [8, 8, 1, 4, 1, 8, 4]);
  t.same(fields.filter((field) => field.isString).map(({ name }) => name), ['comm', 'rest']);
  t.same(fields.filter((field) => field.isPointer).map(({ name }) => name), ['name', 'next']);
  t.same(fields.filter((field) => field.isDynamic).map(({ name, isRelative }) => [name, isRelative]), [['list', false], ['rest', true]]);
  t.same(fields.filter((field) => field.isLong).map(({ name }) => name), ['flags']);
  t.same(read.formatOf(9)!.commonFields.map(({ name }) => name), ['common_type', 'common_flags', 'common_preempt_count', 'common_pid']);
});

const OLD = formatText('old_event', 5, [['int x', 4, 1]], '"x=%d", REC->x');

t.test('the stream of both versions and byte orders', async (t) => {
  for (const littleEndian of [true, false]) {
    for (const version of ['0.5', '0.6']) {
      const diagnostics = new Diagnostics();
      const stream = tracingStream({
        littleEndian, version, longSize: 4, ftrace: [formatText('function', 1, [], '""')], formats: { sched: [OLD], empty: [] },
        printkFormats: '0x10 : "constant\\n"\n', savedCmdlines: '1 init\n',
      });
      const data = readTracingData(stream, 0, diagnostics)!;
      t.equal(data.version, version);
      t.equal(data.littleEndian, littleEndian);
      t.equal(data.longSize, 4);
      t.equal(data.pageSize, 4096);
      t.same(data.formats.map(({ system }) => system), ['ftrace', 'sched']);
      t.equal(new TextDecoder().decode(data.savedCmdlines), version === '0.6' ? '1 init\n' : '');
      t.same(diagnostics.all(), []);
      const read = tracepoints(stream);
      t.equal(read.name(5), 'sched:old_event');
      t.equal(read.name(1), 'ftrace:function');
      t.equal(read.name(2), undefined);
      t.equal(textOf(read, 5, new Writer(littleEndian).u16(5).u16(0).u32(1).u32(0xffffffff).bytes()), 'x=-1');
      t.equal(textOf(read, 5, new Writer(littleEndian).u16(6).u16(0).u32(1).u32(1).bytes()), '[UNKNOWN EVENT]');
      t.equal(textOf(read, 6, new Writer(littleEndian).u16(5).u16(0).u32(1).u32(1).bytes()), '', 'an event that is not described');
    }
  }
  const headerPage = '\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:4;\tsigned:1;\n';
  t.equal(readTracingData(tracingStream({ headerPage }), 0, new Diagnostics())!.longSize, 4, "the kernel's long, not perf's");
});

/** A pipe with one tracepoint that nothing names but TRACING_DATA. */
function pipe(littleEndian: boolean, stream: Uint8Array, recordSize: 12 | 16): Uint8Array {
  const attr = attrBytes(littleEndian, { sampleType: 0x400 });
  const view = new DataView(attr.buffer);
  view.setUint32(0, 2, littleEndian);
  view.setBigUint64(8, 5n, littleEndian);
  const raw = new Writer(littleEndian).u16(5).u16(0).u32(1).u32(42).bytes();
  return new Writer(littleEndian).u64(0x32454c4946524550n).u64(16)
    .raw(recordOf(littleEndian, 64, 0, (writer) => writer.raw(attr).u64(1)))
    .raw(recordOf(littleEndian, 66, 0, (writer) => (recordSize === 12 ? writer.u32(stream.length) : writer.u32(stream.length).u32(0))))
    .raw(stream)
    .raw(recordOf(littleEndian, 9, 1, (writer) => writer.u32(raw.length).raw(raw)))
    .bytes();
}

t.test('in pipes', async (t) => {
  for (const littleEndian of [true, false]) {
    for (const recordSize of [12, 16] as const) {
      const bytes = pipe(littleEndian, tracingStream({ littleEndian, formats: { sched: [OLD] } }), recordSize);
      const { file, counts, damage } = summary(bytes);
      t.same(damage, []);
      t.same(counts, { ATTR: 1, TRACING_DATA: 1, SAMPLE: 1 });
      t.equal(file.events.events[0]!.name, 'sched:old_event', 'named, since nothing else names it');
      const read = perform(new MemorySource(bytes), readTracepoints(file.features, new Diagnostics())) as Tracepoints;
      t.equal(textOf(read, 5, bytes.subarray(bytes.length - 12)), 'x=42');
    }
  }
  const whole = pipe(true, tracingStream({ formats: { sched: [OLD] } }), 16);
  for (let end = 16; end < whole.length; end += 13) t.doesNotThrow(() => summary(whole.subarray(0, end)));
});

t.test('in files', async (t) => {
  const stream = tracingStream({ formats: { sched: [OLD] } });
  const file = open(pipe(true, stream, 16));
  t.equal(file.features.payload(FeatureId.TracingData)!.length, stream.length);
  file.features.drop(FeatureId.TracingData);
  t.equal(perform(new MemorySource(stream), readTracepoints(file.features, new Diagnostics())), undefined);
  file.features.addSection(FeatureId.TracingData, { offset: 0, size: stream.length });
  const read = perform(new MemorySource(stream), readTracepoints(file.features, new Diagnostics())) as Tracepoints;
  t.equal(read.name(5), 'sched:old_event', 'read from the section when it is asked for');
});
