// <name> of the Itanium C++ ABI: nested, local and unscoped names, constructors, operators, lambdas, structured bindings,
// modules, abi tags, substitutions and template parameters.
import { STANDARD_NAMES } from './builtin-types.ts';
import { malformed } from './cursor.ts';
import { makeNode, type Node } from './nodes.ts';
import { OPERATORS } from './operators.ts';
import { TemplateParser } from './template-arguments.ts';

const STD: Node = makeNode('standard', 'std');
const STRING_LITERAL: Node = makeNode('name', 'string literal');
const ANONYMOUS: Node = makeNode('name', '(anonymous namespace)');
/** How compilers spell the anonymous namespace, _GLOBAL__N_… */
const ANONYMOUS_PREFIX = /^_GLOBAL_[._$]N/;

export abstract class NameParser extends TemplateParser {
  /** Whether the name just read was a member function with an explicit object parameter. */
  explicitObject = false;

  /** A function or variable with its type, as inside a local name. */
  abstract encoding(withReturnType: boolean): Node;

  override name(): Node {
    this.enter();
    const node = this.#name();
    this.leave();
    return node;
  }

  #name(): Node {
    switch (this.peek()) {
      case 'N':
        return this.#nestedName();
      case 'Z':
        return this.#localName();
      case 'S': {
        if (this.peek(1) !== 't') {
          const known = this.substitution(false);
          if (known.kind !== 'module') return this.templateName(known);
          return this.#unscopedTemplate(this.unqualifiedName(undefined, known));
        }
        this.at += 2;
        return this.#unscopedTemplate(this.unqualifiedName(STD, undefined));
      }
      default:
        return this.#unscopedTemplate(this.unqualifiedName(undefined, undefined));
    }
  }

  /** An unscoped name is a substitution of its own only where template arguments follow. */
  #unscopedTemplate(name: Node): Node {
    if (this.peek() !== 'I') return name;
    this.substitutable(name);
    return this.templateName(name);
  }

  // -- nested and local names ----------------------------------------------------------------------------------------

  #nestedName(): Node {
    this.expect('N');
    this.explicitObject = this.accept('H');
    const { explicitObject } = this;
    const pending = this.readQualifiers();
    const reference = this.referenceQualifier();
    const prefix = this.prefix(true);
    this.expect('E');
    this.explicitObject = explicitObject;
    const node = this.wrap(pending, prefix, true);
    return reference === '' ? node : makeNode('function-qualifier', reference, node);
  }

  override prefix(substitutable: boolean): Node {
    let node: Node | undefined;
    for (;;) {
      const c = this.peek();
      let known = false;
      if (c === 'D' && (this.peek(1) === 'T' || this.peek(1) === 't')) {
        if (node !== undefined) malformed();
        node = this.decltypeType();
      } else if (c === 'I') {
        node = this.template(node ?? malformed());
      } else if (c === 'T') {
        if (node !== undefined) malformed();
        node = this.templateParameter();
      } else if (c === 'M') {
        // The member whose initializer holds the lambda that follows: a substitution already.
        this.at++;
        continue;
      } else if (c === 'S') {
        const found = this.substitution(true);
        if (found.kind === 'module') {
          node = this.unqualifiedName(node, found);
        } else {
          if (node !== undefined) malformed();
          node = found;
          known = true;
        }
      } else {
        node = this.unqualifiedName(node, undefined);
      }
      if (this.peek() === 'E') return node;
      if (substitutable && !known) this.substitutable(node);
    }
  }

  #localName(): Node {
    this.expect('Z');
    const scope = this.encoding(false);
    this.expect('E');
    if (this.accept('s')) {
      this.#discriminator();
      return makeNode('local', '', scope, STRING_LITERAL);
    }
    let parameter = -1;
    if (this.accept('d')) {
      parameter = this.isDigit() ? this.optionalNumber() + 1 : 0;
      this.expect('_');
    }
    const entity = this.name();
    // Lambdas and unnamed types carry a number of their own instead.
    if (entity.kind !== 'lambda' && entity.kind !== 'unnamed') this.#discriminator();
    return makeNode('local', '', scope, parameter < 0 ? entity : makeNode('default-argument', '', entity, undefined, [], parameter));
  }

  /** _<digit> or __<number>_ after a local name: not printed. */
  #discriminator(): void {
    if (!this.accept('_')) return;
    const long = this.accept('_');
    const value = this.optionalNumber();
    if (long && value >= 10) this.expect('_');
  }

  // -- one component -------------------------------------------------------------------------------------------------

  override unqualifiedName(scope: Node | undefined, module: Node | undefined): Node {
    let from = module;
    while (this.accept('W')) {
      const partition = this.accept('P');
      from = this.substitutable(makeNode('module', partition ? ':' : '.', from, this.sourceName()));
    }
    const ofFriend = this.accept('F');
    let node = this.#component();
    if (from !== undefined) node = makeNode('module-entity', '', node, from);
    while (this.accept('B')) {
      // A tag is not what a constructor is called after.
      const { lastName } = this;
      node = makeNode('tagged', this.sourceName().text, node);
      this.lastName = lastName;
    }
    if (ofFriend) node = makeNode('friend', '', node);
    return scope === undefined ? node : makeNode('qualified', '', scope, node);
  }

  #component(): Node {
    if (this.isDigit()) return this.sourceName();
    switch (this.peek()) {
      case 'C':
      case 'D':
        return this.#constructorOrDestructor();
      case 'L': {
        this.at++;
        const name = this.sourceName();
        this.#discriminator();
        return name;
      }
      case 'U':
        return this.#unnamed();
      default: {
        const outside = this.inExpression;
        if (this.accept('on')) this.inExpression = false;
        if (this.isDigit()) return this.sourceName();
        const operator = this.operatorName();
        this.inExpression = outside;
        return operator;
      }
    }
  }

  override sourceName(): Node {
    const length = this.optionalNumber();
    if (length <= 0 || this.at + length > this.input.length) malformed();
    const text = this.input.slice(this.at, this.at + length);
    this.at += length;
    return (this.lastName = ANONYMOUS_PREFIX.test(text) ? ANONYMOUS : makeNode('name', text));
  }

  override operatorName(): Node {
    if (this.accept('cv')) {
      if (this.inExpression) return malformed();
      const outside = this.inConversion;
      this.inConversion = true;
      const type = this.type();
      this.inConversion = outside;
      return makeNode('conversion', '', type);
    }
    if (this.accept('li')) return makeNode('literal-operator', '', this.sourceName());
    if (this.peek() === 'v' && this.isDigit(1)) {
      this.at += 2;
      return makeNode('vendor-operator', '', this.sourceName());
    }
    const operator = OPERATORS.get(this.peek() + this.peek(1)) ?? malformed();
    this.at += 2;
    return makeNode('operator', operator.text);
  }

  #constructorOrDestructor(): Node {
    if (this.accept('DC')) {
      const list: Node[] = [];
      do list.push(this.sourceName());
      while (!this.accept('E'));
      return makeNode('binding', '', undefined, undefined, list);
    }
    let of = this.lastName ?? malformed();
    const letter = this.next();
    const inheriting = letter === 'C' && this.accept('I');
    const variant = this.next();
    if (variant < '0' || variant > '5' || (letter === 'C' && variant === '0') || (letter === 'D' && variant === '3')) malformed();
    if (inheriting) {
      this.type();
      of = this.lastName ?? of;
    }
    return makeNode(letter === 'C' ? 'constructor' : 'destructor', '', of);
  }

  #unnamed(): Node {
    if (this.accept('Ut')) return this.substitutable(makeNode('unnamed', '', undefined, undefined, [], this.compactNumber()));
    this.expect('Ul');
    const head: Node[] = [];
    while (this.peek() === 'T' && this.isLower(1)) head.push(this.templateHeadParameter());
    if (this.accept('Q')) this.expression();
    const type = this.bareFunctionType(false);
    if (this.accept('Q')) this.expression();
    this.expect('E');
    const number = this.compactNumber();
    const declared = head.length === 0 ? undefined : makeNode('head', '', undefined, undefined, head);
    return makeNode('lambda', '', declared, undefined, type.list, number);
  }

  // -- references to what came before --------------------------------------------------------------------------------

  override templateParameter(): Node {
    this.expect('T');
    return makeNode('parameter', '', undefined, undefined, [], this.compactNumber());
  }

  /** S_, S0_, … or one of the abbreviations; in a prefix before a constructor those are written out. */
  override substitution(inPrefix: boolean): Node {
    this.expect('S');
    const c = this.peek();
    if (c === '_' || this.isDigit() || (c >= 'A' && c <= 'Z')) {
      return this.substitutions[this.sequenceId()] ?? malformed();
    }
    const standard = STANDARD_NAMES.get(c) ?? malformed();
    this.at++;
    if (standard.last !== undefined) this.lastName = standard.last;
    const written = inPrefix && (this.peek() === 'C' || this.peek() === 'D');
    let node = written ? standard.full : standard.name;
    if (this.peek() !== 'B') return node;
    while (this.accept('B')) {
      const { lastName } = this;
      node = makeNode('tagged', this.sourceName().text, node);
      this.lastName = lastName;
    }
    return this.substitutable(node);
  }

  override decltypeType(): Node {
    this.at += 2;
    const expression = this.expression();
    this.expect('E');
    return makeNode('decltype', '', expression);
  }
}
