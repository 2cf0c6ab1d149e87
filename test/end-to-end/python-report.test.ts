// `perfts report --python`: the same shares as the whole report gives each Python function, under the names that they were written with.

import t from 'tap';
import { DEMO, DEMO_FILES, DEMO_KALLSYMS, perfts, rowsOf } from './command.ts';

const ALL = ['-i', DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS];

t.test('rows', async (t) => {
  const whole = await perfts('report', '-g', 'none', '-F', 'overhead_children,period,symbol', ...ALL);
  const python = await perfts('report', '--python', '-g', 'none', '-F', 'overhead_children,dso,symbol', ...ALL);
  t.equal(python.status, 0);
  const expected = rowsOf(whole.out).flatMap((row) => {
    const [, percent, name, file] = /^ +([\d.]+)%.* \[\.\] py::(.*):([^:]*?) *$/.exec(row) ?? [];
    return percent === undefined ? [] : [`${percent} ${file!.replace(/^.*\/(?!__init__)(?=[^/]+$)/, '').replace(/^.*\/([^/]+\/__init__\.py)$/, '$1')} ${name!}`];
  });
  const got = rowsOf(python.out).flatMap((row) => {
    const [, percent, file, name] = /^ +([\d.]+)% +((?:\S+\.py|<frozen [^>]*>|<string>)) +\[\.\] (.*?) *$/.exec(row) ?? [];
    return percent === undefined ? [] : [`${percent} ${file!} ${name!}`];
  });
  t.ok(expected.length > 50);
  t.same(got.sort(), expected.sort());
  t.notMatch(python.out, /_PyEval|vectorcall|Vectorcall|py::/);
  t.match(python.out, /  python3\.13 +\[\.\] sorted *\n/);
  t.match(python.err, /^Samples: 491[^]*\nTime of cpu-clock: Python 32\.\d %, built-in functions 41\.\d %, .*, kernel 3\.3 %\.\n$/);
});

t.test('call graphs and sort keys', async (t) => {
  const graph = await perfts('report', '--python', '--no-children', '-G', '-S', 'sorted', ...ALL);
  t.match(graph.out, /---<module>\n +main\n +day\n +ranked\n +sorted\n/);
  const files = await perfts('report', '--python', '--no-children', '-g', 'none', '-s', 'dso', ...ALL);
  t.match(rowsOf(files.out)[0], /^ +4\d\.\d\d% +python3\.13 *$/);
  for (const words of [['-s', 'srcline'], ['-F', 'overhead,trace'], ['--branch-stack']]) {
    t.match(await perfts('report', '--python', ...words, ...ALL), { status: 2, out: '', err: /^perfts: --python shows functions, not \S+\n$/ });
  }
});
