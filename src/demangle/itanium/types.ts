// <type> of the Itanium C++ ABI: builtin, qualified, compound, function, array and vendor types. What becomes a
// substitution and what not is decided here, in the order in which components end.
import { BUILTIN_TYPES, D_TYPES, builtinType } from './builtin-types.ts';
import { Cursor, malformed } from './cursor.ts';
import { makeNode, type Node } from './nodes.ts';

const QUALIFIERS: ReadonlyMap<string, string> = new Map([['r', ' restrict'], ['V', ' volatile'], ['K', ' const']]);

/** A qualifier as read, not yet around its type. */
interface Pending {
  readonly text: string;
  readonly operand: Node | undefined;
}

export abstract class TypeParser extends Cursor {
  abstract templateParameter(): Node;
  abstract substitution(inPrefix: boolean): Node;
  abstract decltypeType(): Node;
  abstract templateName(name: Node): Node;

  override type(): Node {
    this.enter();
    const type = this.#type();
    this.leave();
    return type;
  }

  #type(): Node {
    const c = this.peek();
    if (this.#atQualifier()) return this.#qualified();
    const builtin = BUILTIN_TYPES.get(c);
    if (builtin !== undefined) {
      this.at++;
      return builtin;
    }
    switch (c) {
      case 'u':
        this.at++;
        return this.substitutable(this.#vendorType());
      case 'F':
        return this.substitutable(this.functionType());
      case 'A':
        return this.substitutable(this.#arrayType());
      case 'M':
        return this.substitutable(this.#memberPointer());
      case 'T':
        return this.#parameterType();
      case 'S':
        return this.#substitutedType();
      case 'O':
        return this.#compound('rvalue-reference', '');
      case 'P':
        return this.#compound('pointer', '');
      case 'R':
        return this.#compound('reference', '');
      case 'C':
        return this.#compound('complex', ' _Complex');
      case 'G':
        return this.#compound('complex', ' _Imaginary');
      case 'U': {
        // A lambda or unnamed class names a type too; anything else after U is a vendor's qualifier.
        if (this.peek(1) === 'l' || this.peek(1) === 't') return this.substitutable(this.name());
        this.at++;
        const qualifier = this.templateName(this.sourceName());
        return this.substitutable(makeNode('vendor-qualifier', '', this.type(), qualifier));
      }
      case 'D':
        return this.#dType();
      default:
        if (c === 'N' || c === 'Z' || c === 'L' || c === 'W' || this.isDigit()) return this.substitutable(this.name());
        return malformed();
    }
  }

  #compound(kind: 'rvalue-reference' | 'pointer' | 'reference' | 'complex', text: string): Node {
    this.at++;
    return this.substitutable(makeNode(kind, text, this.type()));
  }

  // -- qualifiers ------------------------------------------------------------------------------------------------

  /** At r, V, K, or the exception and transaction specifications that stand before F. */
  #atQualifier(): boolean {
    const c = this.peek();
    if (c === 'D') return this.#atFunctionSpecification();
    return c === 'K' || c === 'V' || c === 'r';
  }

  #atFunctionSpecification(): boolean {
    const c = this.peek(1);
    return this.peek() === 'D' && (c === 'x' || c === 'o' || c === 'O' || c === 'w');
  }

  /** Reads qualifiers; of those of a type the first is the outermost. */
  readQualifiers(): Pending[] {
    const pending: Pending[] = [];
    for (;;) {
      const text = QUALIFIERS.get(this.peek());
      if (text !== undefined) {
        this.at++;
        pending.push({ text, operand: undefined });
      } else if (this.#atFunctionSpecification()) {
        pending.push(this.#functionSpecification());
      } else {
        return pending;
      }
    }
  }

  #functionSpecification(): Pending {
    const c = this.peek(1);
    this.at += 2;
    if (c === 'x') return { text: ' transaction_safe', operand: undefined };
    if (c === 'o') return { text: ' noexcept', operand: undefined };
    if (c === 'O') {
      const operand = this.expression();
      this.expect('E');
      return { text: ' noexcept', operand };
    }
    const thrown: Node[] = [];
    while (!this.accept('E')) thrown.push(this.type());
    return { text: ' throw', operand: makeNode('pack', '', undefined, undefined, thrown) };
  }

  /** Puts `pending` around `inner`: as qualifiers of a type, or, of a function, of its `this`. */
  wrap(pending: readonly Pending[], inner: Node, ofFunction: boolean): Node {
    let node = inner;
    for (let i = pending.length - 1; i >= 0; i--) {
      const { text, operand } = pending[i]!;
      node = makeNode(ofFunction ? 'function-qualifier' : 'qualifier', text, node, operand);
    }
    return node;
  }

  #qualified(): Node {
    const pending = this.readQualifiers();
    if (this.peek() !== 'F') return this.substitutable(this.wrap(pending, this.type(), false));
    // The bare function type is no substitution of its own. Its ref-qualifier is printed after the others.
    const inner = this.functionType();
    const reference = inner.kind === 'function-qualifier' ? inner : undefined;
    const node = this.wrap(pending, reference?.left ?? inner, true);
    return this.substitutable(reference === undefined ? node : makeNode('function-qualifier', reference.text, node));
  }

  // -- functions, arrays, pointers to members ----------------------------------------------------------------------

  functionType(): Node {
    this.enter();
    this.expect('F');
    this.accept('Y');
    const node = this.bareFunctionType(true);
    const reference = this.referenceQualifier();
    this.expect('E');
    this.leave();
    return reference === '' ? node : makeNode('function-qualifier', reference, node);
  }

  /** ' &', ' &&' or ''. */
  referenceQualifier(): string {
    return this.accept('R') ? ' &' : this.accept('O') ? ' &&' : '';
  }

  bareFunctionType(hasReturnType: boolean, explicitObject = false): Node {
    const returned = this.accept('J') || hasReturnType ? this.type() : undefined;
    return makeNode('function', '', returned, undefined, this.#parameterTypes(), explicitObject ? 1 : 0);
  }

  #parameterTypes(): readonly Node[] {
    const list: Node[] = [];
    for (;;) {
      const c = this.peek();
      if (c === '' || c === 'E' || c === '.' || c === 'Q') break;
      if ((c === 'R' || c === 'O') && this.peek(1) === 'E') break;
      list.push(this.type());
    }
    if (list.length === 0) malformed();
    return list.length === 1 && list[0] === BUILTIN_TYPES.get('v') ? [] : list;
  }

  #arrayType(): Node {
    this.expect('A');
    const bound = this.#bound();
    return makeNode('array', '', this.type(), bound);
  }

  /** Length of an array or vector, up to and with its `_`. */
  #bound(): Node | undefined {
    let bound: Node | undefined;
    if (this.isDigit()) {
      const start = this.at;
      while (this.isDigit()) this.at++;
      bound = makeNode('name', this.input.slice(start, this.at));
    } else if (this.peek() !== '_') {
      bound = this.expression();
    }
    this.expect('_');
    return bound;
  }

  #memberPointer(): Node {
    this.expect('M');
    const of = this.type();
    return makeNode('member-pointer', '', of, this.type());
  }

  // -- parameters and substitutions ----------------------------------------------------------------------------------

  #parameterType(): Node {
    const parameter = this.templateParameter();
    if (this.peek() !== 'I') return this.substitutable(parameter);
    if (!this.inConversion) {
      this.substitutable(parameter);
      return this.substitutable(this.templateName(parameter));
    }
    // operator T_<…>: the list is the operator's own unless another one follows.
    const { at, lastName } = this;
    const known = this.substitutions.length;
    const node = this.template(parameter);
    if (this.peek() === 'I') {
      this.substitutions.splice(known, 0, parameter);
      return this.substitutable(node);
    }
    this.at = at;
    this.lastName = lastName;
    this.substitutions.length = known;
    return this.substitutable(parameter);
  }

  #substitutedType(): Node {
    const c = this.peek(1);
    if (c === '_' || this.isDigit(1) || (c >= 'A' && c <= 'Z')) {
      const known = this.substitution(false);
      // S_ may name a template, and then the whole is new; it may also be a module, which begins a name.
      if (known.kind === 'module') return this.substitutable(this.templateName(this.unqualifiedName(undefined, known)));
      return this.peek() === 'I' ? this.substitutable(this.templateName(known)) : known;
    }
    const name = this.name();
    return name.kind === 'standard' ? name : this.substitutable(name);
  }

  // -- D… and u… -----------------------------------------------------------------------------------------------------

  #dType(): Node {
    const c = this.peek(1);
    if (c === 'T' || c === 't') return this.substitutable(this.decltypeType());
    this.at += 2;
    switch (c) {
      case 'p':
        return this.substitutable(makeNode('expansion', '', this.type()));
      case 'F':
        return this.#floatType();
      case 'v': {
        const bound = this.#bound();
        return this.substitutable(makeNode('vector', '', this.type(), bound));
      }
      case 'B':
      case 'U': {
        const width = this.#bound() ?? malformed();
        return this.substitutable(makeNode('bit-int', c === 'B' ? 'signed _BitInt(' : 'unsigned _BitInt(', width));
      }
      case 'k':
      case 'K': {
        const constraint = this.name();
        return this.substitutable(makeNode('qualified', ' ', constraint, makeNode('name', c === 'k' ? 'auto' : 'decltype(auto)')));
      }
      default:
        return D_TYPES.get(c) ?? malformed();
    }
  }

  /** DF16_ is _Float16, DF16b the brain float, DF32x an extended one. */
  #floatType(): Node {
    const width = this.optionalNumber();
    if (width < 0) malformed();
    if (width === 16 && this.accept('b')) return builtinType('std::bfloat16_t');
    const text = `_Float${width}${this.accept('x') ? 'x' : ''}`;
    if (!text.endsWith('x')) this.expect('_');
    return builtinType(text);
  }

  #vendorType(): Node {
    return this.templateName(this.sourceName());
  }
}
