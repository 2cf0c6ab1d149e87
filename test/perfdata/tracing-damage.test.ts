// Wrong descriptions of tracepoints and wrong events: nothing throws, everything ends soon, and what is whole is read.

import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { Tracepoints } from '../../src/perfdata/tracing/tracepoints.ts';
import { type Language, type RecordedEvent, formatText, textOf, tracepoints, tracingFixture, tracingStream } from './tracing-stream.ts';

const recorded = tracingFixture('events.json') as RecordedEvent[];
const language = tracingFixture('language.json') as Language;
const GOOD = formatText('good', 5, [['int x', 4, 1]], '"x=%d", REC->x');
const EVENT = Uint8Array.from([5, 0, 0, 0, 1, 0, 0, 0, 42, 0, 0, 0]);

t.test('something else is reported once and not read', async (t) => {
  for (const bytes of [new Uint8Array(0), new Uint8Array(64), tracingStream().subarray(1), new TextEncoder().encode('tracing data, but not really')]) {
    const diagnostics = new Diagnostics();
    t.equal(Tracepoints.from(bytes, 77, diagnostics), undefined);
    t.same(diagnostics.all().map(({ code, offset }) => [code, offset]), [['tracing-data', 77]]);
  }
});

t.test('a stream that is cut gives what came before', async (t) => {
  const whole = tracingStream({ formats: { sched: [GOOD, GOOD.replace('good', 'second').replace('ID: 5', 'ID: 6')], other: [] }, printkFormats: '0x1 : "x"\n' });
  const second = whole.length - 26 - 6 - 12;
  for (let end = 0; end < whole.length; end++) {
    const diagnostics = new Diagnostics();
    const read = Tracepoints.from(whole.subarray(0, end), 0, diagnostics);
    t.equal(diagnostics.all().length, 1, `at ${end}`);
    if (end > second) t.equal(read?.name(5), 'sched:good', `at ${end}`);
  }
  t.equal(textOf(tracepoints(whole), 5, EVENT), 'x=42');
});

t.test('counts and sizes that cannot be', async (t) => {
  const whole = tracingStream({ formats: { sched: [GOOD] }, printkFormats: '0x1 : "x"\n', savedCmdlines: '1 init\n' });
  const view = new DataView(whole.buffer);
  const systems = Buffer.from(whole).indexOf('sched\0') - 4;
  view.setUint32(systems, 0xffffff, true);
  const diagnostics = new Diagnostics();
  const read = Tracepoints.from(whole, 0, diagnostics)!;
  t.ok(diagnostics.has('tracing-data-cut'));
  t.equal(textOf(read, 5, EVENT), 'x=42', 'the systems that are there');
});

t.test('mutated streams', async (t) => {
  const whole = tracingStream({
    formats: { real: recorded.filter(({ littleEndian }) => littleEndian).slice(0, 8).map(({ format }) => format), own: [GOOD] },
    printkFormats: language.printkFormats,
  });
  const started = Date.now();
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }), (changes) => {
      const bytes = whole.slice();
      for (const [offset, value] of changes) bytes[offset] = value;
      const read = Tracepoints.from(bytes, 0, new Diagnostics());
      for (const { id, samples } of recorded.slice(0, 8)) if (read !== undefined) textOf(read, id, Buffer.from(samples[0]!.raw, 'base64'));
    }),
    { numRuns: 300, seed: 7 },
  );
  t.ok(Date.now() - started < 20_000);
});

t.test('any bytes as an event', async () => {
  const readers = recorded.map(({ id, littleEndian, format, constants }) => {
    const read = tracepoints(tracingStream({ littleEndian, formats: { any: [format] }, printkFormats: constants }));
    const start = littleEndian ? [id & 0xff, id >> 8] : [id >> 8, id & 0xff];
    return (rest: Uint8Array): string => textOf(read, id, Uint8Array.from([...start, ...rest]));
  });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (rest) => readers.every((text) => typeof text(rest) === 'string')), { numRuns: 100, seed: 7 });
});

t.test('fields of sizes that no number has', async (t) => {
  const huge = formatText('huge', 5, [['int x', Number.MAX_SAFE_INTEGER, 1], ['int y', 3, 1], ['int z', 0, 1]], '"%d", (');
  t.equal(textOf(tracepoints(tracingStream({ formats: { any: [huge] } })), 5, EVENT), '[FAILED TO PARSE] x=0 y=0 z=0');
});

t.test('any text as a print format', async (t) => {
  const words = [
    'REC->a', 'REC', '->', 'a', '(', ')', '[', ']', '{', '}', ',', '"', '"%d"', '"%s"', '"%.*s"', '"%pISpc"', '?', ':', '*', '&', '+', '-', '!', '~', '/', '%', '<<', '>>',
    '__print_flags(', '__print_symbolic(', '__print_hex(', '__print_array(', '__get_str(d)', '__get_dynamic_array(d)', '__get_cpumask(d)', 'sizeof(', 'int', '0', '1', '0xffffffffffffffff',
    "'", '\\', '__builtin_expect(',
  ];
  const fields = [['u64 a', 8, 0], ['__data_loc u8[] d', 4, 0], ['u32 arr[2]', 8, 0]] as const;
  const raw = Uint8Array.from([5, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 20, 0, 8, 0, 0, 0, 0, 0, 255, 255, 255, 255]);
  const show = (print: string): string => textOf(tracepoints(tracingStream({ formats: { any: [formatText('any', 5, fields, print)] } })), 5, raw);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 3 })), { maxLength: 25 }), (parts) => {
      for (const print of [parts.join(' '), `"%d %s %pU", ${parts.join(' ')}`]) if (typeof show(print) !== 'string') return false;
      return true;
    }),
    { numRuns: 1500, seed: 7 },
  );
  const failed = '[FAILED TO PARSE] a=18446744073709551615 d= arr=ARRAY[00, 00, 00, 00, ff, ff, ff, ff]';
  for (const [name, open, inside, close] of [['parentheses', '(', '1', ')'], ['prefixes', '!', '1', ''], ['sums', '1+', '1', ''], ['casts', '(int)', '1', ''], ['choices', 'REC->a?1:', '1', '']] as const) {
    const [deep, shallow] = [100_000, 100].map((depth) => show(`"%d", ${open.repeat(depth)}${inside}${close.repeat(depth)}`));
    t.equal(deep, failed, `${name} without end`);
    t.not(shallow, failed, `${name} a hundred deep`);
  }
  t.equal(show('"%d", REC->a / 0'), '0', 'no division by zero');
  t.equal(show('"%d", REC->a << 0xffffffffffffff'), '0', 'no shift without end');
  t.equal(show('"%s", __print_hex(REC->arr, REC->a)'), '00 00 00 00 ff ff ff ff', 'no length beyond the event');
  t.equal(show('"%s", __print_array(REC->arr, 0xffffffff, 0)'), '{BAD SIZE:0 0x0,0x0,0x0,0x0,0xff,0xff,0xff,0xff}');
  t.ok(show(`"${'%4096d'.repeat(2000)}"${', REC->a'.repeat(2000)}`).length < 1_100_000, 'no text without end');
});
