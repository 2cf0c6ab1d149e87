// <expression> and <expr-primary> of the Itanium C++ ABI.
import { malformed } from './cursor.ts';
import { makeNode, type Node } from './nodes.ts';
import { OPERATORS, type Operator } from './operators.ts';
import { TypeParser } from './types.ts';

/** Forms of a fold expression, in the number of a 'fold' node. */
export const FOLD_LEFT = 0;
export const FOLD_RIGHT = 1;
export const FOLD_BINARY = 2;

/** Number of a 'unary' node whose operand is a type. */
export const OF_TYPE = 1;

export abstract class ExpressionParser extends TypeParser {
  /** Components of a nested name up to its E. */
  abstract prefix(substitutable: boolean): Node;

  override expression(): Node {
    const outside = this.inExpression;
    this.inExpression = true;
    this.enter();
    const node = this.#expression();
    this.leave();
    this.inExpression = outside;
    return node;
  }

  #expression(): Node {
    const c = this.peek();
    const d = this.peek(1);
    if (c === 'L') return this.primary();
    if (c === 'T') return this.templateParameter();
    if (c === 's' && d === 'o') return malformed();
    if (c === 's' && d === 'r') return this.#scoped();
    if (c === 's' && d === 'p') {
      this.at += 2;
      return makeNode('expansion', '', this.expression());
    }
    if (c === 'f' && (d === 'p' || (d === 'L' && this.isDigit(2)))) return this.#functionParameter();
    if (this.isDigit() || (c === 'o' && d === 'n')) {
      // "on" is left to unqualifiedName, which reads an operator's name after it.
      return this.templateName(this.unqualifiedName(undefined, undefined));
    }
    if (c === 'd' && d === 'n') {
      this.at += 2;
      return this.#destructorName();
    }
    if (c === 'i' && d === 'l') {
      this.at += 2;
      return makeNode('braced', '', undefined, undefined, this.expressionList('E'));
    }
    if (c === 't' && d === 'l') {
      this.at += 2;
      const type = this.type();
      return makeNode('braced', '', type, undefined, this.expressionList('E'));
    }
    if (c === 'u') return this.#vendorExpression();
    if (c === 'r' && (d === 'q' || d === 'Q')) return this.#requires();
    return this.#operation();
  }

  override expressionList(end: string): Node[] {
    const list: Node[] = [];
    while (!this.accept(end)) list.push(this.expression());
    return list;
  }

  // -- primaries -----------------------------------------------------------------------------------------------------

  primary(): Node {
    this.expect('L');
    if (this.peek() === '_' || this.peek() === 'Z') {
      this.accept('_');
      const entity = this.mangledName();
      this.expect('E');
      return entity;
    }
    const type = this.type();
    if (this.accept('E')) return type;
    const negative = this.accept('n');
    const end = this.input.indexOf('E', this.at);
    if (end < 0) malformed();
    const digits = this.input.slice(this.at, end);
    this.at = end + 1;
    return makeNode('literal', digits, type, undefined, [], negative ? 1 : 0);
  }

  /**
   * A name in a scope still to be found: identifiers up to an E, of which none is a substitution, or a type. Old compilers
   * wrote a class as a type, without the E: then no name follows.
   */
  #scoped(): Node {
    this.at += 2;
    if (this.isDigit()) {
      const { at, lastName } = this;
      const known = this.substitutions.length;
      const identifiers = this.prefix(false);
      this.expect('E');
      if (this.accept('dn')) return makeNode('qualified', '', identifiers, this.#destructorName());
      if (this.isDigit() || this.isLower()) return this.templateName(this.unqualifiedName(identifiers, undefined));
      this.at = at;
      this.lastName = lastName;
      this.substitutions.length = known;
    }
    const scope = this.type();
    const name = this.accept('dn') ? this.#destructorName() : this.unqualifiedName(undefined, undefined);
    return makeNode('qualified', '', scope, this.templateName(name));
  }

  #destructorName(): Node {
    return makeNode('destructor', '', this.isDigit() ? this.templateName(this.sourceName()) : this.type());
  }

  /** fpT is `this`; fp_ the first parameter; fL<level>p… one of a function further out. */
  #functionParameter(): Node {
    this.expect('f');
    if (this.accept('L') && this.optionalNumber() < 0) malformed();
    this.expect('p');
    if (this.accept('T')) return makeNode('function-parameter');
    this.readQualifiers();
    return makeNode('function-parameter', '', undefined, undefined, [], this.compactNumber() + 1);
  }

  #vendorExpression(): Node {
    this.expect('u');
    const name = this.sourceName();
    const list: Node[] = [];
    while (!this.accept('E')) list.push(this.templateArgument());
    return makeNode('vendor-expression', '', name, undefined, list);
  }

  #requires(): Node {
    const withParameters = this.peek(1) === 'Q';
    this.at += 2;
    const parameters: Node[] = [];
    if (withParameters) while (!this.accept('_')) parameters.push(this.type());
    const list: Node[] = [];
    do {
      list.push(this.#requirement());
    } while (!this.accept('E'));
    const holder = withParameters ? makeNode('pack', '', undefined, undefined, parameters) : undefined;
    return makeNode('requires', '', holder, undefined, list);
  }

  #requirement(): Node {
    switch (this.next()) {
      case 'X': {
        const body = this.expression();
        const noexcept = this.accept('N') ? 'N' : '';
        return makeNode('requirement', `X${noexcept}`, body, this.accept('R') ? this.name() : undefined);
      }
      case 'T':
        return makeNode('requirement', 'T', this.type());
      case 'Q':
        return makeNode('requirement', 'Q', this.expression());
      default:
        return malformed();
    }
  }

  // -- operators -----------------------------------------------------------------------------------------------------

  #operation(): Node {
    if (this.accept('cv')) return this.#cast();
    if (this.peek() === 'v' && this.isDigit(1)) return this.#vendorOperation();
    const operator = OPERATORS.get(this.peek() + this.peek(1)) ?? malformed();
    this.at += 2;
    switch (operator.operands) {
      case 0:
        return makeNode('nullary', operator.text);
      case 1:
        return this.#unary(operator);
      case 2:
        return this.#binary(operator);
      default:
        return this.#ternary(operator);
    }
  }

  #cast(): Node {
    const type = this.type();
    const operand = this.accept('_')
      ? makeNode('parenthesized', '', undefined, undefined, this.expressionList('E'))
      : this.expression();
    return makeNode('cast', '', type, operand);
  }

  #vendorOperation(): Node {
    this.at++;
    const operands = Number(this.next());
    const name = makeNode('vendor-operator', '', this.sourceName());
    const list: Node[] = [];
    for (let i = 0; i < operands; i++) list.push(this.expression());
    return makeNode('vendor-expression', '', name, undefined, list);
  }

  #unary(operator: Operator): Node {
    const { code, text } = operator;
    switch (code) {
      case 'st':
      case 'ti':
      case 'at':
        return makeNode('unary', text, this.type(), undefined, [], OF_TYPE);
      case 'sZ':
        return makeNode('sizeof-pack', '', this.expression());
      case 'sP': {
        const list: Node[] = [];
        while (!this.accept('E')) list.push(this.templateArgument());
        return makeNode('sizeof-arguments', '', undefined, undefined, list);
      }
      case 'pp':
      case 'mm':
        return this.accept('_') ? makeNode('unary', text, this.expression()) : makeNode('postfix', text, this.expression());
      default:
        return makeNode('unary', text, this.expression());
    }
  }

  #binary(operator: Operator): Node {
    const { code, text } = operator;
    switch (code) {
      case 'cc':
      case 'dc':
      case 'rc':
      case 'sc': {
        const type = this.type();
        return makeNode('new-cast', text, type, this.expression());
      }
      case 'fl':
      case 'fr':
        return makeNode('fold', this.#foldOperator(), this.expression(), undefined, [], code === 'fl' ? FOLD_LEFT : FOLD_RIGHT);
      case 'di': {
        const member = this.unqualifiedName(undefined, undefined);
        return makeNode('designated', 'i', member, this.expression());
      }
      case 'dx': {
        const index = this.expression();
        return makeNode('designated', 'x', index, this.expression());
      }
      case 'cl': {
        const callee = this.expression();
        return makeNode('call', '', callee, undefined, this.expressionList('E'));
      }
    }
    const left = this.expression();
    if (code === 'ix') return makeNode('subscript', '', left, this.expression());
    if (code === 'dt' || code === 'pt') return makeNode('binary', text, left, this.#memberName());
    return makeNode('binary', text, left, this.expression());
  }

  /** After a dot or an arrow: an unqualified name, unless a scope is given. */
  #memberName(): Node {
    const start = this.peek() + this.peek(1);
    if (start === 'gs' || start === 'sr' || start === 'dn' || this.peek() === 'T') return this.expression();
    return this.templateName(this.unqualifiedName(undefined, undefined));
  }

  #foldOperator(): string {
    const operator = OPERATORS.get(this.peek() + this.peek(1)) ?? malformed();
    this.at += 2;
    return operator.text;
  }

  #ternary(operator: Operator): Node {
    switch (operator.code) {
      case 'fL':
      case 'fR': {
        const text = this.#foldOperator();
        const left = this.expression();
        return makeNode('fold', text, left, this.expression(), [], FOLD_BINARY);
      }
      case 'nw':
      case 'na':
        return this.#new();
      default: {
        const first = this.expression();
        const second = this.expression();
        const third = this.expression();
        return makeNode(operator.code === 'qu' ? 'conditional' : 'designated', operator.code === 'qu' ? '' : 'X', first, second, [third]);
      }
    }
  }

  #new(): Node {
    const placement = this.expressionList('_');
    const type = this.type();
    let initializer: Node | undefined;
    if (this.accept('pi')) {
      initializer = makeNode('parenthesized', '', undefined, undefined, this.expressionList('E'));
    } else if (this.peek() === 'i' && this.peek(1) === 'l') {
      initializer = this.expression();
    } else {
      this.expect('E');
    }
    return makeNode('new', '', type, initializer, placement);
  }
}
