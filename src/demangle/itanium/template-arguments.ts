// <template-args> and <template-arg> of the Itanium C++ ABI, and the template parameters that lambdas and templates of
// templates declare.
import { malformed } from './cursor.ts';
import { ExpressionParser } from './expressions.ts';
import { makeNode, type Node } from './nodes.ts';

export abstract class TemplateParser extends ExpressionParser {
  /** What the arguments read last are bound to. */
  #constraint: Node | undefined = undefined;

  /** `name` with the template arguments that follow it: I or J, arguments, perhaps a constraint, E. */
  override template(name: Node): Node {
    if (!this.accept('I') && !this.accept('J')) malformed();
    const list = this.#argumentsToEnd();
    const node = makeNode('template', '', name, this.#constraint, list);
    this.#constraint = undefined;
    return node;
  }

  #argumentsToEnd(): Node[] {
    // Identifiers inside are not the one a constructor after the list takes.
    const { lastName } = this;
    const list: Node[] = [];
    let constraint: Node | undefined;
    while (!this.accept('E')) {
      if (this.accept('Q')) {
        constraint = this.expression();
        this.expect('E');
        break;
      }
      list.push(this.templateArgument());
    }
    this.lastName = lastName;
    this.#constraint = constraint;
    return list;
  }

  override templateArgument(): Node {
    this.enter();
    const argument = this.#templateArgument();
    this.leave();
    return argument;
  }

  #templateArgument(): Node {
    switch (this.peek()) {
      case 'X': {
        this.at++;
        const expression = this.expression();
        this.expect('E');
        return expression;
      }
      case 'L':
        return this.primary();
      case 'I':
      case 'J':
        this.at++;
        return makeNode('pack', '', undefined, undefined, this.#argumentsToEnd());
      case 'T':
        // Ty, Tn, Tt, Tp, Tk: the head of the parameter, written when it says more than the argument.
        if (this.isLower(1)) {
          this.templateHeadParameter();
          return this.templateArgument();
        }
        return this.type();
      default:
        return this.type();
    }
  }

  /** A parameter that a template declares: Ty, Tn <type>, Tt … E, Tp …, Tk <concept>. */
  templateHeadParameter(): Node {
    this.enter();
    this.expect('T');
    let node: Node;
    switch (this.next()) {
      case 'y':
        node = makeNode('head-type', 'typename');
        break;
      case 'k':
        node = makeNode('head-type', '', this.name());
        break;
      case 'n':
        node = makeNode('head-value', '', this.type());
        break;
      case 'p':
        node = makeNode('head-pack', '', this.templateHeadParameter());
        break;
      case 't': {
        const list: Node[] = [];
        while (!this.accept('E')) list.push(this.templateHeadParameter());
        node = makeNode('head-template', '', undefined, undefined, list);
        break;
      }
      default:
        return malformed();
    }
    this.leave();
    return node;
  }

  /** `name` itself, or with the template arguments that follow it. */
  override templateName(name: Node): Node {
    return this.peek() === 'I' ? this.template(name) : name;
  }
}
