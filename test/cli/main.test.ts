// The program from its words to its exit status, without a process; what it writes to, and the progress line.

import t from 'tap';
import { main } from '../../src/cli/main.ts';
import { ClosedPipe, FileOutput, MemoryOutput, type Output, type WriteCall } from '../../src/cli/output.ts';
import { Progress } from '../../src/cli/progress.ts';
import { VERSION } from '../../src/cli/version.ts';

async function run(line: string): Promise<{ status: number; out: string; err: string }> {
  const out = new MemoryOutput();
  const err = new MemoryOutput();
  const status = await main(line === '' ? [] : line.split(' '), out, err);
  return { status, out: out.text, err: err.text };
}

t.test('help and version', async (t) => {
  t.same(await run('--version'), { status: 0, out: `perfts ${VERSION}\n`, err: '' });
  const short = await run('');
  t.match(short, { status: 0, out: /perfts report perf\.data[^]*perfts script perf\.data/, err: '' });
  t.match(await run('--help'), { status: 0, out: /report \[file\][^]*script \[file\]/, err: '' });
  const help = await run('report --help');
  t.match(help, { status: 0, out: /-g, --call-graph/, err: '' });
  t.notMatch(help.out, /--itrace/, 'what is not there is not in help');
  t.same(await run('help report'), help);
  t.same(await run('report -n -h'), help);
});

t.test('a wrong command line is one line and exit 2', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['reprot perf.data', /^perfts: unknown command 'reprot'. Did you mean report\?; 'perfts --help' lists the commands\n$/],
    ['no-such-thing', /^perfts: unknown command 'no-such-thing'; /],
    ['--bogus', /^perfts: unknown option --bogus, and no command before it/],
    ['report --percent-limit abc', /^perfts: --percent-limit takes a number, not 'abc'\n$/],
    ['report --colour', /^perfts: unknown option --colour/],
  ];
  for (const [line, message] of cases) {
    const result = await run(line);
    t.match(result, { status: 2, out: '', err: message }, line);
    t.equal(result.err.split('\n').length, 2, `${line}: one line`);
  }
});

t.test('errors become one line', async (t) => {
  const failing = (error: Error): Output => ({ isTerminal: false, write: () => { throw error; }, writeBytes: () => {}, flush: () => {} });
  const err = new MemoryOutput();
  t.equal(await main(['--version'], failing(new TypeError('x is\n not a function')), err), 1);
  t.match(err.text, /^perfts: internal error: x is not a function \(please report it; PERFTS_DEBUG=1 shows where it happened\)\n$/);
  const full = new MemoryOutput();
  t.equal(await main(['--version'], failing(Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' })), full), 1);
  t.equal(full.text, 'perfts: ENOSPC: no space left on device, write\n');
  const quiet = new MemoryOutput();
  t.equal(await main(['--version'], failing(new ClosedPipe()), quiet), 0, 'nobody reads: the end, without a word');
  t.equal(quiet.text, '');
});

t.test('output in blocks', async (t) => {
  /** A file that takes `most` bytes at a time and now and then says that it is full. */
  const slowFile = (most: number): { written: Buffer[]; call: WriteCall } => {
    const written: Buffer[] = [];
    let calls = 0;
    const call: WriteCall = (_fd, bytes, offset, length) => {
      if (++calls % 3 === 0) throw Object.assign(new Error('full'), { code: 'EAGAIN' });
      const taken = Math.min(most, length);
      written.push(Buffer.from(bytes.slice(offset, offset + taken)));
      return taken;
    };
    return { written, call };
  };
  const text = 'naïve_数え 😀 '.repeat(60_000);
  const slow = slowFile(300_000);
  const output = new FileOutput(1, undefined, slow.call);
  output.write('begin\n');
  output.write(text);
  output.writeBytes(new Uint8Array([0xff, 0x0a]));
  output.write('end\n');
  output.writeBytes(new Uint8Array(1_500_000).fill(65));
  output.flush();
  output.flush();
  const expected = Buffer.concat([Buffer.from(`begin\n${text}`), Buffer.from([0xff, 0x0a]), Buffer.from('end\n'), Buffer.alloc(1_500_000, 65)]);
  t.ok(Buffer.concat(slow.written).equals(expected), 'every byte, in order, no character torn');

  const order: string[] = [];
  const record = (name: string): WriteCall => (_fd, bytes, offset, length) => {
    order.push(`${name} ${Buffer.from(bytes.slice(offset, offset + length)).toString()}`);
    return length;
  };
  const out = new FileOutput(1, undefined, record('out'));
  const err = new FileOutput(2, out, record('err'));
  out.write('report');
  err.write('warning');
  t.same(order, ['out report', 'err warning'], 'a warning comes after the text before it');

  const closed = new FileOutput(1, undefined, () => {
    throw Object.assign(new Error('gone'), { code: 'EPIPE' });
  });
  closed.write('x');
  t.throws(() => closed.flush(), { name: 'ClosedPipe' });
});

t.test('progress', async (t) => {
  let now = 0;
  const terminal = new MemoryOutput(true);
  const progress = new Progress(terminal, () => now);
  progress.update('reading', 1, 100);
  now = 900;
  progress.update('reading', 50, 100);
  t.equal(terminal.text, '', 'nothing in the first second');
  now = 1001;
  progress.update('reading', 60, 100);
  now = 1050;
  progress.update('reading', 61, 100);
  t.equal(terminal.text, '\r\x1b[Kreading  60 %', 'ten times a second at most');
  progress.end();
  t.ok(terminal.text.endsWith('\r\x1b[K'), 'erased');
  progress.update('reading', 70, 100);
  t.ok(terminal.text.endsWith('\r\x1b[K'), 'nothing after the end');
  const file = new MemoryOutput(false);
  const silent = new Progress(file, () => now);
  now += 5000;
  silent.update('reading', 1, 2);
  silent.end();
  t.equal(file.text, '', 'not into a file');
});
