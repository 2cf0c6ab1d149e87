// Printing of expressions. Operands stand in parentheses unless they are plain names, as __cxa_demangle writes them.
import { literalSuffix } from './builtin-types.ts';
import { FOLD_LEFT, FOLD_RIGHT, OF_TYPE } from './expressions.ts';
import { STYLE_BOOL, STYLE_FLOAT, STYLE_SUFFIX, type Node } from './nodes.ts';
import { TypePrinter } from './print-types.ts';

const SIMPLE: ReadonlySet<string> = new Set(['name', 'qualified', 'braced', 'function-parameter', 'parenthesized']);

export abstract class ExpressionPrinter extends TypePrinter {
  /** Prints `node` if it is an expression. */
  expression(node: Node): boolean {
    switch (node.kind) {
      case 'literal':
        this.#literal(node);
        return true;
      case 'function-parameter':
        this.append(node.number === 0 ? 'this' : `{parm#${node.number}}`);
        return true;
      case 'nullary':
        this.append(node.text);
        return true;
      case 'unary':
        this.#unary(node);
        return true;
      case 'postfix':
        this.operand(node.left!);
        this.append(node.text);
        return true;
      case 'cast':
        this.#inParentheses(node.left!);
        this.operand(node.right!);
        return true;
      case 'new-cast':
        this.append(`${node.text}<`);
        this.print(node.left!);
        this.append('>');
        this.#inParentheses(node.right!);
        return true;
      case 'binary':
        this.#binary(node);
        return true;
      case 'subscript':
        this.operand(node.left!);
        this.append('[');
        this.print(node.right!);
        this.append(']');
        return true;
      case 'call':
        // The parameters of the function called are left out, the arguments are not.
        this.operand(node.left!.kind === 'typed' ? node.left!.left! : node.left!);
        this.#listInParentheses(node.list);
        return true;
      case 'conditional':
        this.operand(node.left!);
        this.append('?');
        this.operand(node.right!);
        this.append(' : ');
        this.operand(node.list[0]!);
        return true;
      case 'parenthesized':
        this.#listInParentheses(node.list);
        return true;
      case 'braced':
        if (node.left !== undefined) this.print(node.left);
        this.append('{');
        this.printList(node.list);
        this.append('}');
        return true;
      case 'designated':
        this.#designated(node);
        return true;
      case 'new':
        this.#new(node);
        return true;
      case 'fold':
        this.#fold(node);
        return true;
      case 'expansion':
        this.#expansion(node.left!);
        return true;
      case 'sizeof-pack':
        this.append(String(this.findPack(node.left)?.list.length ?? 0));
        return true;
      case 'sizeof-arguments':
        this.append(String(this.#count(node.list)));
        return true;
      case 'vendor-expression':
        this.print(node.left!);
        this.#listInParentheses(node.list);
        return true;
      case 'requires':
        this.#requires(node);
        return true;
      default:
        return false;
    }
  }

  operand(node: Node): void {
    if (SIMPLE.has(node.kind)) this.print(node);
    else this.#inParentheses(node);
  }

  #inParentheses(node: Node): void {
    this.append('(');
    this.print(node);
    this.append(')');
  }

  #listInParentheses(list: readonly Node[]): void {
    this.append('(');
    this.printList(list);
    this.append(')');
  }

  #literal(node: Node): void {
    const type = node.left!;
    const sign = node.number === 1 ? '-' : '';
    const style = type.kind === 'builtin' ? type.number : 0;
    if (style === STYLE_SUFFIX) return this.append(sign + node.text + literalSuffix(type));
    if (style === STYLE_BOOL && sign === '' && (node.text === '0' || node.text === '1')) {
      return this.append(node.text === '0' ? 'false' : 'true');
    }
    this.#inParentheses(type);
    this.append(sign + (style === STYLE_FLOAT ? `[${node.text}]` : node.text));
  }

  #unary(node: Node): void {
    let operand = node.left!;
    // The address of a function is written without its parameters.
    if (node.text === '&' && operand.kind === 'typed' && operand.left!.kind === 'qualified') operand = operand.left!;
    this.append(node.text);
    if (node.text === '::') this.print(operand);
    else if (node.text === 'noexcept' || node.number === OF_TYPE) this.#inParentheses(operand);
    else this.operand(operand);
  }

  #binary(node: Node): void {
    // A bare > would read as the end of the template arguments.
    const greater = node.text === '>';
    if (greater) this.append('(');
    this.operand(node.left!);
    this.append(node.text);
    this.operand(node.right!);
    if (greater) this.append(')');
  }

  #designated(node: Node): void {
    let value = node.right!;
    if (node.text === 'i') {
      this.append('.');
      this.print(node.left!);
    } else {
      this.append('[');
      this.print(node.left!);
      if (node.text === 'X') {
        this.append(' ... ');
        this.print(node.right!);
        value = node.list[0]!;
      }
      this.append(']');
    }
    if (value.kind === 'designated') return this.print(value);
    this.append('=');
    this.operand(value);
  }

  #new(node: Node): void {
    this.append('new ');
    if (node.list.length > 0) {
      this.#listInParentheses(node.list);
      this.append(' ');
    }
    this.print(node.left!);
    if (node.right !== undefined) this.operand(node.right);
  }

  /** A fold prints the pack as a whole. */
  #fold(node: Node): void {
    const { packIndex } = this;
    this.packIndex = -1;
    this.append('(');
    if (node.number === FOLD_LEFT) {
      this.append(`...${node.text}`);
      this.operand(node.left!);
    } else {
      this.operand(node.left!);
      this.append(`${node.text}...`);
    }
    if (node.number !== FOLD_LEFT && node.number !== FOLD_RIGHT) {
      this.append(node.text);
      this.operand(node.right!);
    }
    this.append(')');
    this.packIndex = packIndex;
  }

  /** The pattern once for each element; with no pack to be found (function parameters) as it is written. */
  #expansion(pattern: Node): void {
    const pack = this.lambdaHead === undefined ? this.findPack(pattern) : undefined;
    if (pack === undefined) {
      this.operand(pattern);
      return this.append('...');
    }
    const { packIndex } = this;
    for (let i = 0; i < pack.list.length; i++) {
      if (i > 0) this.append(', ');
      this.packIndex = i;
      this.print(pattern);
    }
    this.packIndex = packIndex;
  }

  /** Number of arguments, expansions counted by their elements. */
  #count(list: readonly Node[]): number {
    let count = 0;
    for (const node of list) count += node.kind === 'expansion' ? (this.findPack(node.left)?.list.length ?? 0) : 1;
    return count;
  }

  #requires(node: Node): void {
    this.append('requires');
    if (node.left !== undefined) {
      this.append(' ');
      this.#listInParentheses(node.left.list);
    }
    this.append(' {');
    for (const requirement of node.list) {
      this.append(' ');
      this.#requirement(requirement);
      this.append(';');
    }
    this.append(' }');
  }

  #requirement(node: Node): void {
    const simple = node.text === 'X' && node.right === undefined;
    if (node.text === 'T') this.append('typename ');
    else if (node.text === 'Q') this.append('requires ');
    else if (!simple) this.append('{');
    this.print(node.left!);
    if (node.text === 'T' || node.text === 'Q' || simple) return;
    this.append(node.text === 'XN' ? '} noexcept' : '}');
    if (node.right === undefined) return;
    this.append(' -> ');
    this.print(node.right);
  }
}
