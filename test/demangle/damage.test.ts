// Names that are wrong or made to hurt: nothing throws, nothing takes long, nothing grows without bound.
import fc from 'fast-check';
import t from 'tap';
import { MAX_SYMBOL_NAME } from '../../src/bytes/limits.ts';
import { demangle } from '../../src/demangle/demangle.ts';
import { readNames } from './name-lists.ts';

/** Far above what any of these names takes, so that a busy machine fails nothing. */
const LONG = 5_000;

const names = ['itanium.txt', 'beyond-libstdcxx.txt', 'rust.txt'].flatMap(readNames).map(({ mangled }) => mangled);

function check(name: string): void {
  for (const parameters of [true, false]) {
    const before = performance.now();
    const shown = demangle(name, { parameters });
    if (typeof shown !== 'string') throw new Error('no text');
    if (shown !== name && shown.length > Math.max(MAX_SYMBOL_NAME, 2 * name.length) + 100) throw new Error(`${shown.length} characters`);
    if (performance.now() - before > LONG) throw new Error('too slow');
  }
}

t.test('cut anywhere', (t) => {
  for (const name of names) for (let length = 0; length < name.length; length++) check(name.slice(0, length));
  t.pass('no exception');
  t.end();
});

t.test('mutated', (t) => {
  const piece = fc.oneof(
    fc.constantFrom(...'EIJXLNTSPROKVrFMACDUGZBQWHY_0123456789.$svictlp'),
    fc.constantFrom('S_', 'S0_', 'T_', 'T0_', 'Dp', 'DT', 'Dv4_', 'Do', 'St', 'Ss', 'Li1E', 'UlvE_', 'Ut_', 'sr', 'sp', 'fp_', 'cl', 'cv', 'fl', 'nw_', 'B_', 'B0_', 'u3abc', 'K', 'G_', 'L0_', 'C1a', 'Nv', 'NC', '\u{1f600}', '\0', '\ud800'),
    fc.nat({ max: 400 }).map((at) => ({ at })),
  );
  const change = fc.record({ where: fc.double({ min: 0, max: 1, noNaN: true }), drop: fc.nat({ max: 3 }), piece });
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.array(change, { minLength: 1, maxLength: 6 }), fc.constantFrom(...names), (name, changes, other) => {
      let text = name;
      for (const { where, drop, piece } of changes) {
        const at = 2 + Math.floor(where * (text.length - 2));
        const inserted = typeof piece === 'string' ? piece : other.slice(piece.at, piece.at + 12);
        text = text.slice(0, at) + inserted + text.slice(at + drop);
      }
      check(text);
    }),
    { numRuns: 20_000 },
  );
  t.pass('no exception');
  t.end();
});

t.test('anything behind a prefix', (t) => {
  fc.assert(
    fc.property(fc.constantFrom('_Z', '_ZN', '_ZZ', '_ZTh', '_R', '_RNvC1a', '_RIC1a', '_GLOBAL__I_', 'caml', 'camlA', 'L', '_ZN1a17h'), fc.string({ maxLength: 60 }), (prefix, rest) => check(prefix + rest)),
    { numRuns: 5_000 },
  );
  t.pass('no exception');
  t.end();
});

t.test('made to hurt', (t) => {
  const many = 20_000;
  const doubling = Array.from({ length: 35 }, (_, i) => (i === 0 ? 'S0_' : `S${i.toString(36).toUpperCase()}_`));
  const hostile: Record<string, string> = {
    pointers: `_Z1f${'P'.repeat(many)}i`,
    qualifiers: `_Z1f${'KA3_'.repeat(290)}i`,
    functions: `_Z1f${'PF'.repeat(290)}v${'iE'.repeat(290)}`,
    templates: `_Z1f${'1aI'.repeat(many)}`,
    operators: `_Z1fIX${'pl'.repeat(many)}${'Li1E'.repeat(many + 1)}EEvv`,
    'scopes read twice': `_Z1fIX${'sr1aIX'.repeat(100)}Li1E${'EE1b'.repeat(100)}EEvv`,
    'conversions read twice': `_ZN1A${'cvT_I'.repeat(300)}i${'E'.repeat(300)}Ev`,
    'substitutions that double': `_Z1f1aIiiE${doubling.map((s) => `S_I${s}${s}E`).join('')}`,
    'parameters that double': `_Z1fI${'1aIT_T_E'.repeat(50)}EvT_T0_T1_`,
    'references to a parameter': `_Z1fIiEv${'RT_'.repeat(many)}`,
    'packs in packs': `_Z1fIJ${'i'.repeat(2_000)}EEv${'DpPT_'.repeat(2_000)}`,
    'empty packs': `_Z1fIJEEv${'DpT_'.repeat(many)}`,
    'components': `_ZN${'1a'.repeat(many)}Ev`,
    'local names': `_Z${'Z1fvE'.repeat(many)}1x`,
    'lambdas': `_Z1f${'Ul'.repeat(many)}`,
    'modules': `_Z${'W1a'.repeat(many)}1fv`,
    'tags': `_Z1f${'B1a'.repeat(many)}v`,
    'clones': `_Z1fv${'.a'.repeat(many)}`,
    'digits': `_Z${'9'.repeat(many)}`,
    'numbers': `_Z1fS${'Z'.repeat(many)}_`,
    'Rust references': `_RIC1a${'R'.repeat(many)}uE`,
    'Rust back references': `_RIC1a${'TB_'.repeat(many)}E`,
    'Rust back references that double': `_RIC1aTuuE${Array.from({ length: 12 }, (_, i) => `TB${base62(3 + (i === 0 ? 0 : 4 + 6 * (i - 1)))}B${base62(3 + (i === 0 ? 0 : 4 + 6 * (i - 1)))}E`).join('')}E`,
    'Rust lifetimes': `_RIC1a${'FGzzzzzzz_EuE'.repeat(10)}E`,
    'Rust constants': `_RIC1aK${'R'.repeat(many)}j0_E`,
    'Rust text': `_RIC1aKRe${'41'.repeat(many)}_E`,
    'Punycode': `_RNvC1au${many}${'a'.repeat(many)}`,
    'Punycode overflow': `_RNvC1au${many}${'9'.repeat(many)}`,
    'Rust suffixes': `_RNvC1a1b${'.llvm.'.repeat(many)}x`,
    'legacy names': `_ZN${'1a'.repeat(many)}17h0123456789abcdefE`,
    'legacy hashes': `_ZN${'17h0123456789abcdefE'.repeat(2_000)}`,
    'legacy escapes': `_ZN${many}${'$'.repeat(many)}17h0123456789abcdefE`,
    'OCaml': `camlA${'__'.repeat(many)}`,
    'Java': `LA;a(${'['.repeat(many)})V`,
    'Java classes': `${'L'.repeat(many)};;;((((`,
  };
  for (const [what, name] of Object.entries(hostile)) {
    try {
      check(name);
    } catch (error) {
      t.fail(`${what}: ${String(error)}`);
    }
  }
  t.equal(demangle('_Z1fPPPPPPPPPPi'), 'f(int**********)');
  t.equal(demangle(`_Z1f${'P'.repeat(many)}i`), `_Z1f${'P'.repeat(many)}i`);
  t.end();
});

t.test('little stack left', (t) => {
  const deep = (left: number): string => (left === 0 ? demangle(`_Z1f${'P'.repeat(590)}i`) : deep(left - 1));
  let frames = 1_000;
  try {
    for (; ; frames += 500) deep(frames);
  } catch (error) {
    // The caller's own recursion may fail, never the demangler's.
    t.ok(error instanceof RangeError);
  }
  t.equal(demangle('_Z1fv'), 'f()');
  t.end();
});

function base62(offset: number): string {
  if (offset === 0) return '_';
  const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  let text = '';
  for (let n = offset - 1; ; n = Math.floor(n / 62)) {
    text = digits[n % 62]! + text;
    if (n < 62) return `${text}_`;
  }
}
