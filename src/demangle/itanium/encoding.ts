// <encoding> and <special-name> of the Itanium C++ ABI: functions with their types, and what the compiler makes itself
// (vtables, type information, thunks, guards). The last of the grammar's classes: the one to use.
import { malformed } from './cursor.ts';
import { NameParser } from './names.ts';
import { makeNode, type Node } from './nodes.ts';

/** After T, in front of a type. */
const OF_TYPE: ReadonlyMap<string, string> = new Map([
  ['V', 'vtable for '], ['T', 'VTT for '], ['I', 'typeinfo for '], ['S', 'typeinfo name for '],
  ['F', 'typeinfo fn for '], ['J', 'java Class for '],
]);
/** After T, in front of a name. */
const OF_NAME: ReadonlyMap<string, string> = new Map([['H', 'TLS init function for '], ['W', 'TLS wrapper function for ']]);

export class EncodingParser extends NameParser {
  /** The whole of the input after `_Z`, with the suffixes of cloned functions. Throws on anything else. */
  whole(): Node {
    let node = this.encoding(true);
    while (this.peek() === '.' && (this.isLower(1) || this.isDigit(1) || this.peek(1) === '_')) {
      node = makeNode('clone', this.#cloneSuffix(), node);
    }
    if (this.at !== this.input.length) malformed();
    return node;
  }

  /** Of a function or variable the name alone, whatever follows; other names whole. */
  nameOnly(): Node {
    return this.peek() === 'G' || this.peek() === 'T' ? this.#specialName() : this.name();
  }

  override mangledName(): Node {
    this.accept('_');
    this.expect('Z');
    return this.encoding(true);
  }

  override encoding(withReturnType: boolean): Node {
    this.enter();
    const node = this.peek() === 'G' || this.peek() === 'T' ? this.#specialName() : this.#function(withReturnType);
    this.leave();
    return node;
  }

  /** The return type is left out of a function around a local entity. */
  #function(withReturnType: boolean): Node {
    const name = this.name();
    const { explicitObject } = this;
    this.explicitObject = false;
    const c = this.peek();
    if (c === '' || c === 'E') return name;
    const early = this.accept('Q') ? this.expression() : undefined;
    const type = this.bareFunctionType(hasReturnType(name), explicitObject);
    const constraint = this.accept('Q') ? this.expression() : early;
    const shown = withReturnType ? type : makeNode('function', '', undefined, undefined, type.list, type.number);
    return makeNode('typed', '', name, shown, constraint === undefined ? [] : [constraint]);
  }

  // -- special names -------------------------------------------------------------------------------------------------

  #specialName(): Node {
    return this.next() === 'T' ? this.#ofType() : this.#ofObject();
  }

  #ofType(): Node {
    const c = this.next();
    const type = OF_TYPE.get(c);
    if (type !== undefined) return makeNode('special', type, this.type());
    const name = OF_NAME.get(c);
    if (name !== undefined) return makeNode('special', name, this.name());
    switch (c) {
      case 'A':
        return makeNode('special', 'template parameter object for ', this.templateArgument());
      case 'C': {
        const derived = this.type();
        if (this.optionalNumber() < 0) malformed();
        this.expect('_');
        return makeNode('construction-vtable', '', this.type(), derived);
      }
      case 'c':
        this.#callOffset();
        this.#callOffset();
        return makeNode('special', 'covariant return thunk to ', this.encoding(true));
      case 'h':
      case 'v':
        this.at--;
        this.#callOffset();
        return makeNode('special', c === 'h' ? 'non-virtual thunk to ' : 'virtual thunk to ', this.encoding(true));
      default:
        return malformed();
    }
  }

  /** h <number> _ or v <number> _ <number> _; negative numbers begin with n. */
  #callOffset(): void {
    const c = this.next();
    if (c !== 'h' && c !== 'v') malformed();
    for (let numbers = c === 'h' ? 1 : 2; numbers > 0; numbers--) {
      this.accept('n');
      if (this.optionalNumber() < 0) malformed();
      this.expect('_');
    }
  }

  #ofObject(): Node {
    switch (this.next()) {
      case 'V':
        return makeNode('special', 'guard variable for ', this.name());
      case 'R': {
        const name = this.name();
        const number = this.isDigit() || this.peek() === '_' ? this.#temporaryNumber() : 0;
        return makeNode('special', `reference temporary #${number} for `, name);
      }
      case 'A':
        return makeNode('special', 'hidden alias for ', this.encoding(true));
      case 'T':
        return makeNode('special', this.accept('n') ? 'non-transaction clone for ' : this.#transactionClone(), this.encoding(true));
      case 'I':
        return makeNode('special', 'initializer for module ', this.#moduleName());
      default:
        return malformed();
    }
  }

  #transactionClone(): string {
    this.accept('t');
    return 'transaction clone for ';
  }

  /** The ABI ends the number with _, old compilers wrote it without. */
  #temporaryNumber(): number {
    if (this.accept('_')) return 0;
    const number = this.optionalNumber();
    return this.accept('_') ? number + 1 : number;
  }

  #moduleName(): Node {
    let module: Node | undefined;
    for (;;) {
      if (this.peek() === 'S') module = this.substitution(false);
      else if (this.accept('W')) module = makeNode('module', this.accept('P') ? ':' : '.', module, this.sourceName());
      else return module ?? malformed();
    }
  }

  #cloneSuffix(): string {
    const start = this.at;
    if (this.isLower(1) || this.peek(1) === '_' || this.isDigit(1)) {
      this.at += 2;
      while (this.isLower() || this.isDigit() || this.peek() === '_') this.at++;
    }
    while (this.peek() === '.' && this.isDigit(1)) {
      this.at += 2;
      while (this.isDigit()) this.at++;
    }
    return this.input.slice(start, this.at);
  }
}

/** Whether the type after `name` begins with what the function returns: that of a template does, unless it has none. */
function hasReturnType(name: Node): boolean {
  switch (name.kind) {
    case 'local':
      return name.right !== undefined && hasReturnType(name.right);
    case 'function-qualifier':
    case 'default-argument':
      return name.left !== undefined && hasReturnType(name.left);
    case 'template':
      return name.left !== undefined && !hasNoReturnType(name.left);
    default:
      return false;
  }
}

function hasNoReturnType(name: Node): boolean {
  switch (name.kind) {
    case 'qualified':
    case 'local':
      return name.right !== undefined && hasNoReturnType(name.right);
    case 'tagged':
      return name.left !== undefined && hasNoReturnType(name.left);
    default:
      return name.kind === 'constructor' || name.kind === 'destructor' || name.kind === 'conversion';
  }
}
