// Stacks for people: the same stacks and weights as the samples one by one, names taken apart, what is no frame left out.

import fc from 'fast-check';
import t from 'tap';
import { openRecording } from '../../src/node/open-recording.ts';
import { frameLabel, parsePythonName, stackFrame, type StackFrame } from '../../src/profile/stack-frame.ts';
import { FrameFlag, FrameTable } from '../../src/profile/frame-table.ts';
import { unitOf, weightedStacks, type WeightedStacks } from '../../src/profile/weighted-stacks.ts';
import { Module, type ModuleKind } from '../../src/process/module.ts';
import { DEMO, dataPath } from '../end-to-end/command.ts';
import { madeProfile, NamedSymbols } from './made-profile.ts';

/** Samples and weight by stack, as text. */
function collapsed({ profile, frames, stacks, rows }: WeightedStacks, event: number, text: (frame: StackFrame) => string): Map<string, [number, number]> {
  const sums = new Map<string, [number, number]>();
  const { tallies } = profile.events[event]!;
  for (let row = 0; row < tallies.length; row++) {
    const names: string[] = [];
    for (let node = rows[event]![row]!; node !== 0; node = stacks.parent[node]!) names.push(text(frames[stacks.frame[node]!]!));
    const key = names.reverse().join(';');
    const [samples, period] = sums.get(key) ?? [0, 0];
    sums.set(key, [samples + tallies.samples[row]!, period + tallies.period[row]!]);
  }
  return sums;
}

t.test('the demo: the stacks of its samples', async (t) => {
  const opened = await openRecording(DEMO, { symfs: [dataPath('demo', 'symfs')], kallsyms: dataPath('demo', 'symfs', 'kallsyms') });
  t.teardown(() => opened.close());
  const { profile } = await opened.recording.profile();
  const stacks = weightedStacks(profile);
  const expected = new Map<string, [number, number]>();
  for await (const { frames, period } of opened.recording.samples()) {
    const key = frames.map(({ name, module }) => (name === '' ? `? ${module}` : name)).reverse().join(';');
    const [samples, sum] = expected.get(key) ?? [0, 0];
    expected.set(key, [samples + 1, sum + period]);
  }
  t.ok(expected.size > 200, String(expected.size));
  t.same(collapsed(stacks, 0, (frame) => (frame.symbol === '' ? `? ${frame.module?.path ?? ''}` : frame.symbol)), expected);
  const kinds = new Map(stacks.frames.map((frame) => [frame.name, frame]));
  t.match(kinds.get('by_buyer'), { kind: 'python', symbol: 'py::by_buyer:/demo-run/shop.py', file: '/demo-run/shop.py', line: 0 });
  t.equal(frameLabel(kinds.get('by_buyer')!), 'by_buyer (shop.py)');
  t.match(kinds.get('sqlite3VdbeExec'), { kind: 'native', module: { shortName: 'libsqlite3.so.3.53.4' } });
  t.match(kinds.get('asm_exc_page_fault'), { kind: 'kernel', module: { shortName: '[kernel.kallsyms]' } });
});

t.test('names of Python functions', async (t) => {
  t.same(parsePythonName('py::run_dummy:/srv/before.py'), { name: 'run_dummy', file: '/srv/before.py' });
  t.same(parsePythonName('py::do_sort.<locals>.<lambda>:/x.py'), { name: 'do_sort.<locals>.<lambda>', file: '/x.py' });
  t.same(parsePythonName('py::_find_and_load:<frozen importlib._bootstrap>'), { name: '_find_and_load', file: '<frozen importlib._bootstrap>' });
  t.same(parsePythonName('py::<module>:<string>'), { name: '<module>', file: '<string>' });
  t.same(parsePythonName('py::f:<odd: name>'), { name: 'f', file: '<odd: name>' });
  t.same(parsePythonName('py::a b:c:/x y.py'), { name: 'a b:c', file: '/x y.py' });
  t.same(parsePythonName('py::'), { name: '[unnamed]', file: '' });
  t.same(parsePythonName('py::bare'), { name: 'bare', file: '' });
  fc.assert(fc.property(fc.string(), (text) => parsePythonName(`py::${text}`).name !== ''));
});

t.test('kinds of frames', async (t) => {
  const kindOf = (kind: ModuleKind, path: string, name: string): [string, string] => {
    const frames = new FrameTable([new Module(0, kind, path, path.slice(path.lastIndexOf('/') + 1), '')], [new NamedSymbols([name])]);
    const frame = stackFrame(frames, frames.function(0, 0, 0));
    return [frame.kind, frame.name];
  };
  t.same(kindOf('jitdump', '/tmp/jit-1.dump', 'py::f:/x.py'), ['python', 'f']);
  t.same(kindOf('anonymous', '//anon', 'py::f:/x.py'), ['python', 'f']);
  t.same(kindOf('file', '/tmp/jitted-12-3.so', 'py::f:/x.py'), ['python', 'f'], 'as perf inject writes it');
  t.same(kindOf('file', '/usr/lib/libx.so', 'py::detail::f:g'), ['native', 'py::detail::f:g'], 'a C++ namespace of that name');
  t.same(kindOf('jitdump', '/tmp/jit-1.dump', 'py::jit:executor'), ['jit', 'JIT executor']);
  t.same(kindOf('anonymous', '//anon', 'LazyCompile:~f'), ['jit', 'LazyCompile:~f']);
  t.same(kindOf('kernel', '[kernel.kallsyms]', 'do_syscall_64'), ['kernel', 'do_syscall_64']);
  t.same(kindOf('file', '/bin/x', ''), ['native', '[unnamed]']);
});

t.test('what lies in no code at the outer end is no frame; within a stack and alone it stays', async (t) => {
  const modules = [new Module(0, 'kernel', '[kernel.kallsyms]', '[kernel.kallsyms]', ''), new Module(1, 'file', '/bin/x', 'x', '')];
  const frames = new FrameTable(modules, [new NamedSymbols(['k']), new NamedSymbols(['main', 'f'])]);
  const main = frames.function(1, 0, 0x1000);
  const f = frames.function(1, 1, 0x2000);
  const astray = frames.unresolved(-1, 0x6f2d6772, 0x6f2d6772, 0);
  const data = frames.unresolved(1, 0x3000, 0x3000, FrameFlag.NoCode);
  const nameless = frames.unresolved(1, 0x2800, 0x2800, 0);
  const other = frames.unresolved(1, 0x2810, 0x2810, 0);
  const jit = frames.unresolved(-1, 0x7000, 0x7000, FrameFlag.NamelessJit);
  const profile = madeProfile(frames, [
    { stack: [astray, data, main, f] },
    { stack: [main, f] },
    { stack: [main, astray, f] },
    { stack: [astray] },
    { stack: [], leaf: f },
    { stack: [], leaf: -1 },
    { stack: [main, nameless] },
    { stack: [main, other] },
    { stack: [jit, f] },
  ]);
  t.same([...collapsed(weightedStacks(profile), 0, (frame) => frame.name)].map(([text, [samples]]) => [text, samples]), [
    ['main;f', 2],
    ['main;[unknown];f', 1],
    ['[unknown]', 1],
    ['f', 1],
    ['', 1],
    ['main;[x]', 2],
    ['[python trampoline];f', 1],
  ]);
});

t.test('units', async (t) => {
  t.same(['cpu-clock', 'task-clock:u', 'offcpu-time', 'cycles', 'sched:sched_switch'].map(unitOf), ['nanoseconds', 'nanoseconds', 'nanoseconds', 'count', 'count']);
});
