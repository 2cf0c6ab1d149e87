// Names as libstdc++ and perf print them (testdata/demangle), and which demangler takes which name (FORMAT 3.2).
import t from 'tap';
import { demangle } from '../../src/demangle/demangle.ts';
import { demangleItanium } from '../../src/demangle/itanium.ts';
import { demangleRustLegacy } from '../../src/demangle/rust-legacy.ts';
import { demangleRustV0 } from '../../src/demangle/rust-v0.ts';
import { readNames } from './name-lists.ts';

for (const file of ['itanium.txt', 'beyond-libstdcxx.txt', 'rust.txt']) {
  t.test(file, (t) => {
    const names = readNames(file);
    const wrong = names
      .map(({ mangled, shown }) => ({ mangled, shown, got: demangle(mangled) }))
      .filter(({ shown, got }) => got !== shown);
    t.ok(names.length > 15);
    t.same(wrong, []);
    t.end();
  });
}

t.test('names that are not mangled stay', (t) => {
  for (const name of ['', '_', '_Z', '_R', 'main', 'f', 'i', 'memcpy', '_start', '__libc_start_main', 'caml_alloc', 'camlp4', 'Lock', '_ZL', 'Z1fv', 'ZN3foo3barE', 'RNvC1a1b', '__Z1fv', '_Zebra', '_Random', '_RS', '[unknown]', 'py::f:/x.py', '_GLOBAL__sub_I_main', '_GLOBAL_OFFSET_TABLE_', '_Z1fv@plt', 'operator new(unsigned long)']) {
    t.equal(demangle(name), name);
  }
  t.end();
});

t.test('without parameters', (t) => {
  const bare = (name: string): string => demangle(name, { parameters: false });
  t.equal(bare('_ZNK1A1fIiEEvT_'), 'A::f<int>');
  t.equal(bare('_ZNKO1A1fEv.cold'), 'A::f');
  t.equal(bare('_ZZ1fiENKUlvE_clEv'), 'f(int)::{lambda()#1}::operator()');
  t.equal(bare('_ZNSs4rendEv'), 'std::string::rend');
  t.equal(bare('_ZThn8_N1A1fEi'), 'non-virtual thunk to A::f(int)');
  t.equal(bare('_ZTV1A'), 'vtable for A');
  t.equal(bare('_RINvC1a1fhE'), 'a::f::<u8>');
  t.equal(bare('_ZL1x.llvm.123'), 'x');
  t.equal(demangle('_Z1fi', {}), 'f(int)');
  t.end();
});

t.test('Rust comes first where the hash fits', (t) => {
  t.equal(demangle('_ZN3foo3bar17h05af221e174051e9E'), 'foo::bar');
  t.equal(demangle('_ZN3foo3bar17h05af221e174051e9Ev'), 'foo::bar::h05af221e174051e9()');
  t.equal(demangle('_ZN3foo3bar17h05af221e17405zzzE'), 'foo::bar::h05af221e17405zzz');
  t.equal(demangle('_ZN12_GLOBAL__N_13fooE'), '(anonymous namespace)::foo');
  // No C++ name, but one that perf takes for Rust's all the same.
  t.equal(demangle('_ZN1A2IDE.llvm.12270832699397862406'), 'A::ID');
  t.equal(demangleItanium('_ZN1A2IDE.llvm.12270832699397862406'), undefined);
  t.equal(demangleRustLegacy('_ZN3foo3barE'), undefined);
  t.equal(demangleRustLegacy('_ZN3foo4bar17h05af221e174051e9E'), undefined);
  t.equal(demangleRustV0('_ZN3foo3barE'), undefined);
  t.end();
});

t.test('OCaml', (t) => {
  t.equal(demangle('camlStdlib__map_123'), 'Stdlib.map_123');
  t.equal(demangle('camlStdlib__List__map_123'), 'Stdlib.List.map_123');
  t.equal(demangle('camlFoo__$2b$2bx_12'), 'Foo.++x_12');
  t.equal(demangle('camlFoo__$zz_12'), 'Foo.$zz_12');
  t.equal(demangle('camlA___b_1'), 'A._b_1');
  t.end();
});

t.test('Java', (t) => {
  t.equal(demangle('Lfoo/Bar;baz(ILjava/lang/String;)V'), 'foo.Bar.baz(int, java.lang.String)');
  t.equal(demangle('Lfoo/Bar;baz([I[[J)Ljava/lang/String;'), 'foo.Bar.baz(int[], long[][])');
  t.equal(demangle('Lfoo/Bar;<init>()V'), 'foo.Bar<init>()');
  t.equal(demangle('LA;a()'), 'A.a()');
  t.equal(demangle('LA;a(BCDFIJSZ)V'), 'A.a(byte, char, double, float, int, long, short, boolean)');
  for (const name of ['Lx;y', 'L(x)', 'Lx)', 'LA;a(Q)V', 'LA;a(L)V', 'LA;a([)V']) t.equal(demangle(name), name);
  t.end();
});
