// Rust's v0 mangling (RFC 2603), `_R…`, printed without the hashes of crates as perf does (FORMAT 3.2, "Demangling").
// The name is printed while it is read: its productions stand in the order of the text.
import { rustSuffix } from './rust/suffix.ts';
import { ConstantPrinter } from './rust/v0-constants.ts';
import { MALFORMED, malformed } from './rust/v0-cursor.ts';

const BASIC_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'i8', b: 'bool', c: 'char', d: 'f64', e: 'str', f: 'f32', h: 'u8', i: 'isize', j: 'usize', l: 'i32', m: 'u32',
    n: 'i128', o: 'u128', p: '_', s: 'i16', t: 'u16', u: '()', v: '...', x: 'i64', y: 'u64', z: '!',
  }),
);
/** All that a mangled name may consist of, suffixes apart. */
const SYMBOL = /^_R[A-Z][A-Za-z0-9_]*/;

/** The demangled form of `mangled`, undefined if it is no such name or beyond the limits of bytes/limits.ts. */
export function demangleRustV0(mangled: string): string | undefined {
  const symbol = SYMBOL.exec(mangled)?.[0];
  if (symbol === undefined) return undefined;
  const suffix = rustSuffix(mangled.slice(symbol.length));
  if (suffix === undefined) return undefined;
  try {
    return new V0Printer(symbol.slice(2)).whole() + suffix;
  } catch (error) {
    // The depth is bounded, but the caller may have left too little of the stack even for that.
    if (error === MALFORMED || error instanceof RangeError) return undefined;
    throw error;
  }
}

class V0Printer extends ConstantPrinter {
  /** Lifetimes bound by the `for<…>` around. */
  #lifetimes = 0;

  whole(): string {
    this.path(true);
    // The crate that a generic function was instantiated in.
    if (this.at < this.input.length) this.mute(() => this.path(false));
    if (this.at !== this.input.length) malformed();
    return this.text;
  }

  // -- paths ---------------------------------------------------------------------------------------------------------

  /** In a value generic arguments are written `::<…>`, in a type `<…>`. */
  override path(inValue: boolean): void {
    this.enter();
    this.#path(this.next(), inValue);
    this.leave();
  }

  #path(tag: string, inValue: boolean): void {
    switch (tag) {
      case 'C':
        this.disambiguator();
        return this.append(this.identifier());
      case 'N':
        return this.#nested(inValue);
      case 'M':
      case 'X':
      case 'Y':
        // Where the impl stands is not shown.
        if (tag !== 'Y') {
          this.disambiguator();
          this.mute(() => this.path(false));
        }
        this.append('<');
        this.#type();
        if (tag !== 'M') {
          this.append(' as ');
          this.path(false);
        }
        return this.append('>');
      case 'I':
        this.path(inValue);
        this.append(inValue ? '::<' : '<');
        this.list(', ', () => this.#genericArgument());
        return this.append('>');
      case 'B':
        return this.backReference(() => this.path(inValue));
      default:
        return malformed();
    }
  }

  #nested(inValue: boolean): void {
    const namespace = this.next();
    if (!/[A-Za-z]/.test(namespace)) malformed();
    this.path(inValue);
    const number = this.disambiguator();
    const name = this.identifier();
    if (namespace >= 'a') {
      if (name !== '') this.append(`::${name}`);
      return;
    }
    const what = namespace === 'C' ? 'closure' : namespace === 'S' ? 'shim' : namespace;
    this.append(`::{${what}${name === '' ? '' : `:${name}`}#${number}}`);
  }

  #genericArgument(): void {
    if (this.accept('L')) this.#lifetime(this.integer62());
    else if (this.accept('K')) this.constant(false);
    else this.#type();
  }

  // -- lifetimes -----------------------------------------------------------------------------------------------------

  /** 0 is erased, 1 the one bound last. */
  #lifetime(index: number): void {
    if (index === 0) return this.append("'_");
    const depth = this.#lifetimes - index;
    if (depth < 0) malformed();
    this.append(depth < 26 ? `'${String.fromCharCode(97 + depth)}` : `'_${depth}`);
  }

  #binder(body: () => void): void {
    const bound = this.optionalInteger62('G');
    // Each one is printed, so what is not there to be printed into bounds the number.
    if (bound > this.input.length) malformed();
    for (let i = 0; i < bound; i++) {
      this.append(i === 0 ? 'for<' : ', ');
      this.#lifetimes++;
      this.#lifetime(1);
    }
    if (bound > 0) this.append('> ');
    body();
    this.#lifetimes -= bound;
  }

  // -- types ---------------------------------------------------------------------------------------------------------

  #type(): void {
    this.enter();
    const tag = this.next();
    const basic = BASIC_TYPES.get(tag);
    if (basic === undefined) this.#composite(tag);
    else this.append(basic);
    this.leave();
  }

  #composite(tag: string): void {
    switch (tag) {
      case 'R':
      case 'Q':
        this.append('&');
        if (this.accept('L')) {
          const lifetime = this.integer62();
          if (lifetime !== 0) {
            this.#lifetime(lifetime);
            this.append(' ');
          }
        }
        if (tag === 'Q') this.append('mut ');
        return this.#type();
      case 'P':
      case 'O':
        this.append(tag === 'P' ? '*const ' : '*mut ');
        return this.#type();
      case 'A':
      case 'S':
        this.append('[');
        this.#type();
        if (tag === 'A') {
          this.append('; ');
          this.constant(true);
        }
        return this.append(']');
      case 'T':
        this.append('(');
        if (this.list(', ', () => this.#type()) === 1) this.append(',');
        return this.append(')');
      case 'F':
        return this.#binder(() => this.#function());
      case 'D':
        return this.#traitObject();
      case 'W':
        this.#type();
        this.append(' is ');
        return this.#pattern();
      case 'B':
        return this.backReference(() => this.#type());
      default:
        this.at--;
        return this.path(false);
    }
  }

  #function(): void {
    if (this.accept('U')) this.append('unsafe ');
    if (this.accept('K')) {
      const abi = this.accept('C') ? 'C' : this.identifier().replaceAll('_', '-');
      this.append(`extern "${abi}" `);
    }
    this.append('fn(');
    this.list(', ', () => this.#type());
    this.append(')');
    if (this.accept('u')) return;
    this.append(' -> ');
    this.#type();
  }

  #traitObject(): void {
    this.append('dyn ');
    this.#binder(() => this.list(' + ', () => this.#trait()));
    if (!this.accept('L')) malformed();
    const lifetime = this.integer62();
    if (lifetime === 0) return;
    this.append(' + ');
    this.#lifetime(lifetime);
  }

  /** Associated types join the generic arguments: `Iterator<Item = u8>`. */
  #trait(): void {
    let open = this.#openPath();
    while (this.accept('p')) {
      this.append(open ? ', ' : '<');
      open = true;
      this.append(`${this.identifier()} = `);
      this.#type();
    }
    if (open) this.append('>');
  }

  /** A path whose generic arguments, if it has any, are left without the closing bracket. */
  #openPath(): boolean {
    if (this.accept('B')) {
      let open = false;
      this.backReference(() => (open = this.#openPath()));
      return open;
    }
    if (!this.accept('I')) {
      this.path(false);
      return false;
    }
    this.enter();
    this.path(false);
    this.append('<');
    this.list(', ', () => this.#genericArgument());
    this.leave();
    return true;
  }

  /** Which values a pattern type has: a range, alternatives, or not null. */
  #pattern(): void {
    this.enter();
    switch (this.next()) {
      case 'R':
        this.constant(false);
        this.append('..=');
        this.constant(false);
        break;
      case 'O':
        this.list(' | ', () => this.#pattern());
        break;
      case 'N':
        this.append('!null');
        break;
      default:
        malformed();
    }
    this.leave();
  }
}
