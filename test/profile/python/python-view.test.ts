// Python's own view: the rules one by one on built stacks (CPython 3.12's trampolines among them), then whole recordings of 3.13 to
// 3.15: totals of functions are those of the stacks, nothing of the interpreter is left, three programs by hand.

import t from 'tap';
import { openRecording } from '../../../src/node/open-recording.ts';
import { Module, type ModuleKind } from '../../../src/process/module.ts';
import { FrameFlag, FrameTable } from '../../../src/profile/frame-table.ts';
import { pythonNameOf, withoutClone } from '../../../src/profile/python/c-names.ts';
import { pythonView, type PythonStacks } from '../../../src/profile/python/python-view.ts';
import { timeSplit } from '../../../src/profile/python/time-split.ts';
import { frameLabel } from '../../../src/profile/stack-frame.ts';
import { weightedStacks, type WeightedStacks } from '../../../src/profile/weighted-stacks.ts';
import { DEMO, dataPath } from '../../end-to-end/command.ts';
import { corpusCases } from '../../end-to-end/twins.ts';
import { madeProfile, NamedSymbols } from '../made-profile.ts';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MODULES: Readonly<Record<string, readonly [ModuleKind, string]>> = {
  k: ['kernel', '[kernel.kallsyms]'], py: ['file', '/usr/bin/python3.12'], jit: ['anonymous', '//anon'], c: ['file', '/usr/lib/libc.so.6'], np: ['file', '/lib/numpy/_umath.so'], blas: ['file', '/usr/lib/libblas.so.3'],
  sq: ['file', '/usr/lib/python3.12/lib-dynload/_sqlite3.cpython-312-x86_64-linux-gnu.so'], app: ['file', '/usr/bin/uwsgi'], lib: ['file', '/opt/lib/libpython3.14t.so.1.0'],
};

/** Stacks written `module:name …`, outermost first; `py:?` is a place without a name. */
function viewOf(stacks: readonly string[], events?: readonly string[]): PythonStacks {
  const ids = Object.keys(MODULES);
  const words = stacks.map((stack) => stack.split(' ').map((word) => [word.slice(0, word.indexOf(':')), word.slice(word.indexOf(':') + 1)] as const));
  const names = ids.map((id) => [...new Set(words.flat().filter(([module]) => module === id).map(([, name]) => name))]);
  const modules = ids.map((id, number) => new Module(number, MODULES[id]![0], MODULES[id]![1], MODULES[id]![1].replace(/.*\//, ''), ''));
  const frames = new FrameTable(modules, names.map((list) => new NamedSymbols(list)));
  const frameOf = ([id, name]: readonly [string, string]): number => {
    const module = ids.indexOf(id);
    if (id === 'nameless') return frames.unresolved(-1, 0x1000, 0x1000, FrameFlag.NamelessJit);
    return name === '?' ? frames.unresolved(module, 0x5000 + module, 0x5000, 0) : frames.function(module, names[module]!.indexOf(name), 0);
  };
  return pythonView(weightedStacks(madeProfile(frames, words.map((stack) => ({ stack: stack.map(frameOf) })), events)));
}

function textOf({ frames, stacks, rows }: WeightedStacks): string[] {
  return [...rows[0]!].map((row) => {
    const names: string[] = [];
    for (let node = row; node !== 0; node = stacks.parent[node]!) names.push(frameLabel(frames[stacks.frame[node]!]!));
    return names.reverse().join(' > ');
  });
}

const START = 'py:_start c:__libc_start_main@@GLIBC_2.34 c:__libc_start_call_main py:main py:Py_BytesMain py:Py_RunMain py:_PyRun_SimpleFile py:run_mod.lto_priv.0 py:PyEval_EvalCode';
const MODULE = `${START} jit:py::<module>:/srv/before.py py:py_trampoline_evaluator py:_PyEval_EvalFrameDefault`;

t.test('the interpreter folds into the function that caused it', async (t) => {
  const folded = (rest: string): string => textOf(viewOf([`${MODULE} ${rest}`]))[0]!;
  const run = 'jit:py::run_dummy:/srv/before.py py:_PyEval_EvalFrameDefault.cold';
  t.equal(folded(run), '<module> (before.py) > run_dummy (before.py)');
  t.equal(folded(`${run} py:PyObject_Vectorcall py:method_vectorcall_FASTCALL_KEYWORDS.lto_priv.0 py:vgetargskeywords.constprop.0`), '<module> (before.py) > run_dummy (before.py)');
  t.equal(folded(`${run} py:PySequence_Contains py:list_contains.lto_priv.0 py:PyObject_RichCompare py:long_richcompare py:_Py_Dealloc`), '<module> (before.py) > run_dummy (before.py) > list.__contains__');
  t.equal(folded(`${run} py:builtin_sorted py:list_sort_impl py:merge_at jit:py::by_key:/srv/k.py py:_TAIL_CALL_LOAD_FAST.llvm.77`), '<module> (before.py) > run_dummy (before.py) > sorted > by_key (k.py)');
  t.equal(folded(`${run} py:? py:?`), '<module> (before.py) > run_dummy (before.py)', 'stripped');
  t.equal(folded(`${run} py:gen_send_ex2 py:slot_tp_call py:object_vacall c:memcpy`), '<module> (before.py) > run_dummy (before.py)');
  t.equal(folded(`${run} jit:py::jit:executor py:_PyLong_Add`), '<module> (before.py) > run_dummy (before.py) > int.__add__');
  t.equal(folded('nameless:? py:_PyEval_EvalFrameDefault'), '<module> (before.py) > [python trampoline]');
});

t.test('a trampoline of 3.12 is called by the evaluator, and calls it', async (t) => {
  const frame = (name: string): string => `py:py_trampoline_evaluator jit:py::${name}:/x.py py:_PyEval_Vector py:_PyEval_EvalFrameDefault`;
  t.same(textOf(viewOf([`${START} ${frame('<module>')} ${frame('f')} ${frame('f')} py:_PyFunction_Vectorcall ${frame('g')}`])), ['<module> (x.py) > f (x.py) > f (x.py) > g (x.py)'], 'recursion stays');
});

t.test('native work: the outermost function of each library', async (t) => {
  const folded = (rest: string): string => textOf(viewOf([`${MODULE} ${rest}`]))[0]!;
  t.equal(folded('np:array_matmul np:inner blas:cblas_dgemm blas:dgemm_ blas:kernel'), '<module> (before.py) > array_matmul > cblas_dgemm');
  t.equal(folded('np:? blas:? c:memcpy'), '<module> (before.py) > [_umath.so] > [libblas.so.3]');
  t.equal(folded('np:sort py:PyObject_RichCompareBool py:unicode_compare'), '<module> (before.py) > sort > str comparison');
  t.equal(folded('sq:pysqlite_connection_execute sq:_pysqlite_query_execute'), '<module> (before.py) > sqlite3.Connection.execute');
});

t.test('one word for the kernel', async (t) => {
  const folded = (rest: string): string => textOf(viewOf([`${MODULE} ${rest}`]))[0]!;
  t.equal(folded('py:_io_FileIO_read c:read k:entry_SYSCALL_64_after_hwframe k:do_syscall_64 k:__x64_sys_read k:vfs_read'), '<module> (before.py) > io.FileIO.read > read (system call)');
  t.equal(folded('k:asm_exc_page_fault k:exc_page_fault k:handle_mm_fault'), '<module> (before.py) > page fault');
  t.equal(folded('k:asm_sysvec_apic_timer_interrupt k:sysvec_apic_timer_interrupt'), '<module> (before.py) > interrupt');
  t.equal(folded('k:entry_SYSCALL_64_after_hwframe'), '<module> (before.py) > kernel entry');
  t.equal(folded('k:?'), '<module> (before.py) > [kernel.kallsyms]');
});

t.test('outside of Python functions', async (t) => {
  t.same(textOf(viewOf([START, `${START} py:dict_update`, 'app:_start app:main app:loop', 'app:_start app:main py:PyObject_Call py:_PyEval_EvalFrameDefault jit:py::f:/x.py', `${START} k:k1`, 'lib:PyEval_EvalCode', 'k:k1'])), [
    '[interpreter]',
    '[interpreter] > dict.update',
    '_start > main > loop',
    'main > f (x.py)',
    '[interpreter] > k1',
    '[interpreter]',
    'k1',
  ]);
});

t.test('time by what it was spent on', async (t) => {
  const view = viewOf([MODULE, `${MODULE} np:dot blas:cblas_dgemm`, `${MODULE} k:asm_exc_page_fault`, `${MODULE} py:time_sleep c:clock_nanosleep k:__x64_sys_clock_nanosleep k:do_nanosleep k:schedule`, `${MODULE} py:PyEval_RestoreThread py:take_gil c:pthread_cond_timedwait`, MODULE, MODULE]);
  t.same(timeSplit(view, 0).map(({ what, library, samples }) => [what, library, samples]), [
    ['python', '', 3], ['waiting', '', 2], ['native', 'libblas.so.3', 1], ['kernel', '', 1],
  ]);
  t.same(timeSplit(viewOf([MODULE], ['offcpu-time']), 0).map(({ what }) => what), ['waiting']);
  t.same(timeSplit(view, 0, () => false), []);
});

t.test('names', async (t) => {
  const names: Readonly<Record<string, string | undefined>> = {
    list_contains: 'list.__contains__', list_append: 'list.append', list_sort_impl: 'list.sort', dict_subscript: 'dict.__getitem__', unicode_join: 'str.join', long_add: 'int.__add__', long_true_divide: 'int.__truediv__',
    builtin_sum: 'sum', builtin___build_class__: '__build_class__', math_sqrt: 'math.sqrt', _sre_SRE_Pattern_search: 're.Pattern.search', _random_Random_getrandbits: 'Random.getrandbits', _io_open: 'open', unicode_ascii_iter_next: 'str_iterator.__next__',
    range_vectorcall: 'range()', list_dealloc: 'list deallocation', set_add: 'set.add', float_richcompare: 'float comparison', take_gil: 'waiting for the GIL', os_stat: 'os.stat', insertdict: undefined, PyObject_GetAttr: undefined, _PyEval_EvalFrameDefault: undefined, '': undefined, _: undefined, constructor: undefined, constructor_x: undefined,
  };
  for (const [name, expected] of Object.entries(names)) t.equal(pythonNameOf(name), expected, name);
  t.same(['run_mod.lto_priv.0', 'f.constprop.1.cold', 'g.part.0.isra.0', '_TAIL_CALL_X.llvm.8812', '__libc_start_main@@GLIBC_2.34', 'plain'].map(withoutClone), ['run_mod', 'f', 'g', '_TAIL_CALL_X', '__libc_start_main', 'plain']);
});

/** Names of the interpreter's machinery, told otherwise than by the rules: no frame of a view may have one. */
const LEFT = /_PyEval|Vectorcall|vectorcall|PyObject_Call|trampoline_evaluator|^_?PyArg|getargs|^Py_(Run|Bytes)Main|pymain|PyRun|^_start$|__libc_start|^\[(lib)?python\d/;

/** Samples by Python function, by the frames of whole stacks and by those of the view. */
function totals({ profile, frames, stacks, rows }: WeightedStacks): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [event, { tallies }] of profile.events.entries()) {
    for (let row = 0; row < tallies.length; row++) {
      const seen = new Set<string>();
      for (let node = rows[event]![row]!; node !== 0; node = stacks.parent[node]!) {
        const frame = frames[stacks.frame[node]!]!;
        if (frame.kind === 'python' && frame.symbol !== '') seen.add(frame.symbol);
      }
      for (const name of seen) sums.set(name, (sums.get(name) ?? 0) + tallies.samples[row]!);
    }
  }
  return sums;
}

async function stacksOf(path: string, symfs: string, kallsyms?: string): Promise<WeightedStacks> {
  const opened = await openRecording(path, { symfs: [symfs], kallsyms });
  const { profile } = await opened.recording.profile({ detail: 'none' });
  opened.close();
  return weightedStacks(profile);
}

t.test('the demo', async (t) => {
  const whole = await stacksOf(DEMO, dataPath('demo', 'symfs'), dataPath('demo', 'symfs', 'kallsyms'));
  const view = pythonView(whole);
  t.same(totals(view), totals(whole));
  t.same(view.frames.filter(({ name, module }) => LEFT.test(name) && module?.shortName.startsWith('ld-') === false), []);
  const texts = new Set(textOf(view));
  const day = '<module> (shop.py) > main (shop.py) > day (shop.py)';
  t.ok(texts.has(`${day} > ranked (shop.py) > sorted > by_buyer (shop.py)`));
  t.ok(texts.has(`${day} > parse_orders (shop.py) > re.Pattern.search`));
  t.ok([...texts].some((text) => text.startsWith(`${day} > bill (shop.py) > sqlite3.Connection.execute > sqlite3_step > func_callback > price (shop.py)`)));
  t.match(timeSplit(view, 0).map(({ what, library, samples }) => [what, library, samples]), [['native', 'python3.13', 202], ['python', '', Number], ['native', 'libsqlite3.so.3.53.4', 74]]);
  t.equal(timeSplit(view, 0).reduce((sum, { samples }) => sum + samples, 0), 491);
});

/** Samples whose stack has the function, counted in what perf script printed of them (oracle/stacks.txt); perf loses a stack here and there. */
const BY_HAND: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  py313_list_contains_before: { main: 304, count_hits: 304, is_known: 303 },
  py314_nativeext: { multiply: 50, elementwise: 13 },
  py315_list_contains_before_fp: { main: 220, is_known: 218 },
};

const cases = corpusCases().filter(([name]) => /^(a64_)?py3/.test(name));
t.test('recordings of 3.13 to 3.15 in the corpus', { skip: cases.length === 0 && '../shared/corpus is not here, or was never unpacked by ../shared/tools/conformance' }, async (t) => {
  for (const [name, folder] of cases) {
    const machine = name.startsWith('a64_') ? 'symfs-arm64' : 'symfs-amd64';
    const symfs = readdirSync(dirname(folder)).find((entry) => entry.startsWith(machine));
    if (symfs === undefined) continue;
    const root = join(dirname(folder), symfs);
    const whole = await stacksOf(join(folder, 'perf.data'), root, join(root, 'kallsyms'));
    const view = pythonView(whole);
    t.same(totals(view), totals(whole), name);
    const byName = new Map([...totals(view)].map(([symbol, samples]) => [/^py::(.*):\//.exec(symbol)?.[1], samples]));
    for (const [called, samples] of Object.entries(BY_HAND[name] ?? {})) t.equal(byName.get(called), samples, `${name}: ${called}`);
    const left = new Set<string>();
    for (const [event, rows] of view.rows.entries()) {
      rows.forEach((row, index) => {
        if (!textOf({ ...view, rows: [rows.slice(index, index + 1)] })[0]!.includes(' (')) return;
        for (let node = row; node !== 0; node = view.stacks.parent[node]!) {
          const frame = view.frames[view.stacks.frame[node]!]!;
          if (LEFT.test(frame.name)) left.add(`${event} ${frame.name}`);
        }
      });
    }
    t.same([...left], [], `${name}: nothing of the interpreter is left`);
  }
});
