// Printing of types. C++ writes a declarator around its name, so each type has a part to the left of it and one to the
// right: `void (*` and `)(int)`. Spaces stand as __cxa_demangle of libstdc++ sets them.
import { Output, type Scope } from './output.ts';
import type { Node } from './nodes.ts';

/** What a pointer or reference has to be set in parentheses against. */
type Adjacent = 'function' | 'array' | undefined;

/** A reference after the rule that && to & is &: how it is written, and to what. */
interface Reference {
  readonly text: string;
  readonly target: Node;
}

export abstract class TypePrinter extends Output {
  /** The scope in which a parameter under a reference was first printed: a substitution may bring it up elsewhere. */
  readonly #referenceScopes = new Map<Node, Scope | undefined>();

  /** Names and expressions, which have no right part. */
  abstract atom(node: Node): void;

  override print(node: Node): void {
    this.left(node);
    this.right(node, false);
  }

  left(node: Node): void {
    this.enter();
    this.#left(node);
    this.leave();
  }

  #left(node: Node): void {
    switch (node.kind) {
      case 'pointer':
        this.left(node.left!);
        this.#open(this.#adjacent(node.left!));
        return this.append('*');
      case 'reference':
      case 'rvalue-reference':
        return this.#withReference(node, ({ text, target }) => {
          this.left(target);
          this.#open(this.#adjacent(target));
          this.append(text);
        });
      case 'qualifier':
        return this.#leftQualified(node, []);
      case 'vendor-qualifier':
        this.left(node.left!);
        this.append(' ');
        return this.print(node.right!);
      case 'complex':
        this.left(node.left!);
        return this.append(node.text);
      case 'member-pointer': {
        this.left(node.right!);
        const adjacent = this.#adjacent(node.right!);
        if (adjacent === 'function' && this.last !== ' ') this.append(' ');
        this.#open(adjacent);
        if (this.last !== '(') this.append(' ');
        this.print(node.left!);
        return this.append('::*');
      }
      case 'vector':
        this.left(node.left!);
        this.append(' __vector(');
        if (node.right !== undefined) this.print(node.right);
        return this.append(')');
      case 'array':
        return this.left(node.left!);
      case 'function':
        return this.returnType(node);
      case 'function-qualifier':
        if (this.#function(node) !== undefined) return this.left(node.left!);
        this.print(node.left!);
        return this.functionQualifier(node);
      case 'parameter':
        if (this.lambdaHead === undefined) return this.withElement(node, (argument) => this.left(argument));
        return this.atom(node);
      default:
        return this.atom(node);
    }
  }

  right(node: Node, afterArray: boolean): void {
    switch (node.kind) {
      case 'pointer':
        return this.#rightOf(node.left!);
      case 'reference':
      case 'rvalue-reference':
        return this.#withReference(node, ({ target }) => this.#rightOf(target));
      case 'member-pointer':
        return this.#rightOf(node.right!);
      case 'qualifier':
        if (this.#adjacent(node.left!) === 'function') return this.#rightOf(node.left!);
        return this.#right(node.left!, afterArray);
      case 'vendor-qualifier':
      case 'complex':
      case 'vector':
        return this.#right(node.left!, false);
      case 'array':
        this.append(afterArray ? '[' : ' [');
        if (node.right !== undefined) this.print(node.right);
        this.append(']');
        return this.#right(node.left!, true);
      case 'function':
      case 'function-qualifier': {
        const called = this.#function(node);
        if (called === undefined) return;
        this.parameters(called);
        this.#functionQualifiers(node);
        return this.returnTypeEnd(called);
      }
      case 'parameter':
        if (this.lambdaHead === undefined) this.withElement(node, (argument) => this.#right(argument, afterArray));
        return;
      default:
        return;
    }
  }

  #right(node: Node, afterArray: boolean): void {
    this.enter();
    this.right(node, afterArray);
    this.leave();
  }

  // -- functions -----------------------------------------------------------------------------------------------------

  /** The left part of what a function returns, and the space after it. */
  returnType(node: Node): void {
    if (node.left === undefined) return;
    this.left(node.left);
    if (!this.#hasRight(node.left)) this.append(' ');
    else if (this.#adjacent(node.left) === 'array') this.append(' (');
  }

  returnTypeEnd(node: Node): void {
    if (node.left === undefined) return;
    if (this.#adjacent(node.left) === 'array') this.append(')');
    this.#right(node.left, false);
  }

  parameters(node: Node): void {
    this.append(node.number === 1 ? '(this ' : '(');
    this.printList(node.list);
    this.append(')');
  }

  /** One of const, &, noexcept … behind the parameters. */
  functionQualifier(node: Node): void {
    this.append(node.text);
    if (node.right === undefined) return;
    this.append('(');
    this.print(node.right);
    this.append(')');
  }

  #functionQualifiers(node: Node): void {
    if (node.kind !== 'function-qualifier') return;
    this.#functionQualifiers(node.left!);
    this.functionQualifier(node);
  }

  /** The function under its qualifiers; undefined where they belong to a name. */
  #function(node: Node): Node | undefined {
    let inner = node;
    while (inner.kind === 'function-qualifier') inner = inner.left!;
    return inner.kind === 'function' ? inner : undefined;
  }

  // -- parentheses ---------------------------------------------------------------------------------------------------

  #open(adjacent: Adjacent): void {
    if (adjacent === 'array') this.append(' (');
    else if (adjacent === 'function') this.append(this.last === '(' || this.last === '*' || this.last === ' ' ? '(' : ' (');
  }

  #rightOf(target: Node): void {
    if (this.#adjacent(target) !== undefined) this.append(')');
    this.#right(target, false);
  }

  /** What `node` itself is, its template arguments filled in. Qualifiers of an array belong to its elements. */
  #adjacent(node: Node): Adjacent {
    switch (node.kind) {
      case 'function':
        return 'function';
      case 'function-qualifier':
        return this.#function(node) === undefined ? undefined : 'function';
      case 'array':
        return 'array';
      case 'qualifier':
        return this.#nested(node.left!, (inner) => (this.#adjacent(inner) === 'array' ? 'array' : undefined));
      case 'parameter':
        if (this.lambdaHead !== undefined) return undefined;
        return this.withElement(node, (argument) => this.#nested(argument, (inner) => this.#adjacent(inner)));
      default:
        return undefined;
    }
  }

  /** Whether anything of `node` comes behind a name. */
  #hasRight(node: Node): boolean {
    switch (node.kind) {
      case 'function':
      case 'array':
        return true;
      case 'function-qualifier':
        return this.#function(node) !== undefined;
      case 'member-pointer':
        return this.#nested(node.right!, (inner) => this.#hasRight(inner));
      case 'pointer':
      case 'reference':
      case 'rvalue-reference':
      case 'qualifier':
      case 'vendor-qualifier':
      case 'complex':
      case 'vector':
        return this.#nested(node.left!, (inner) => this.#hasRight(inner));
      case 'parameter':
        if (this.lambdaHead !== undefined) return false;
        return this.withElement(node, (argument) => this.#nested(argument, (inner) => this.#hasRight(inner)));
      default:
        return false;
    }
  }

  #nested<T>(node: Node, visit: (node: Node) => T): T {
    this.enter();
    const result = visit(node);
    this.leave();
    return result;
  }

  // -- qualifiers and references -------------------------------------------------------------------------------------

  /** The innermost qualifier comes first, each only once; those of an array go to its elements. */
  #leftQualified(node: Node, texts: readonly string[]): void {
    this.enter();
    if (node.kind === 'qualifier') {
      this.#leftQualified(node.left!, texts.includes(node.text) ? texts : [node.text, ...texts]);
    } else if (node.kind === 'parameter' && this.lambdaHead === undefined) {
      this.withElement(node, (argument) => this.#leftQualified(argument, texts));
    } else if (node.kind === 'array') {
      this.#leftQualified(node.left!, texts);
    } else {
      this.left(node);
      this.#open(this.#adjacent(node));
      for (const text of texts) this.append(text);
    }
    this.leave();
  }

  #withReference(node: Node, visit: (reference: Reference) => void): void {
    const { scope } = this;
    const sub = node.left!;
    let inner = sub;
    if (sub.kind === 'parameter' && this.lambdaHead === undefined) {
      if (this.#referenceScopes.has(sub)) this.scope = this.#referenceScopes.get(sub);
      else this.#referenceScopes.set(sub, scope);
      inner = this.element(sub);
    }
    if (inner.kind === 'reference' || inner.kind === node.kind) {
      visit({ text: inner.kind === 'reference' ? '&' : '&&', target: inner.left! });
    } else if (inner.kind === 'rvalue-reference') {
      visit({ text: '&', target: inner.left! });
    } else {
      visit({ text: node.kind === 'reference' ? '&' : '&&', target: sub });
    }
    this.scope = scope;
  }
}
