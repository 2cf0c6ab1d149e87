// Printing of names, and of whole encodings: the last of the printer's classes, the one to use.
import { malformed } from './cursor.ts';
import { makeNode, type Node } from './nodes.ts';
import { ExpressionPrinter } from './print-expressions.ts';

export class Printer extends ExpressionPrinter {
  /** The template whose name is being printed: a conversion operator's type may refer to its arguments. */
  #template: Node | undefined = undefined;

  /** The template of the function whose name is being printed. */
  #constrained: Node | undefined = undefined;

  override atom(node: Node): void {
    switch (node.kind) {
      case 'name':
      case 'standard':
      case 'builtin':
        return this.append(node.text);
      case 'qualified':
        this.print(node.left!);
        this.append(node.text === '' ? '::' : node.text);
        return this.print(node.right!);
      case 'local':
        this.print(node.left!);
        this.append('::');
        return this.print(node.right!);
      case 'default-argument':
        this.append(`{default arg#${node.number + 1}}::`);
        return this.print(node.left!);
      case 'template': {
        const outer = this.#template;
        this.#template = node;
        this.print(node.left!);
        // What constrains a function's template stands behind the function.
        this.printArguments(node.list, node === this.#constrained ? undefined : node.right);
        this.#template = outer;
        return;
      }
      case 'pack':
        return this.printList(node.list);
      case 'typed':
        return this.#typed(node);
      case 'constructor':
        return this.print(node.left!);
      case 'destructor':
        this.append('~');
        return this.print(node.left!);
      case 'operator':
      case 'literal-operator':
      case 'vendor-operator':
      case 'conversion':
        return this.#operator(node);
      case 'tagged':
        this.print(node.left!);
        return this.append(`[abi:${node.text}]`);
      case 'friend':
        this.print(node.left!);
        return this.append('[friend]');
      case 'lambda':
        return this.#lambda(node);
      case 'unnamed':
        return this.append(`{unnamed type#${node.number + 1}}`);
      case 'binding':
        this.append('[');
        this.printList(node.list);
        return this.append(']');
      case 'module-entity':
        this.print(node.left!);
        this.append('@');
        return this.print(node.right!);
      case 'module':
        if (node.left !== undefined) this.print(node.left);
        if (node.left !== undefined || node.text === ':') this.append(node.text);
        return this.print(node.right!);
      case 'parameter':
        return this.#lambdaParameter(node.number);
      case 'decltype':
        this.append('decltype (');
        this.print(node.left!);
        return this.append(')');
      case 'bit-int':
        this.append(node.text);
        this.print(node.left!);
        return this.append(')');
      case 'special':
        this.append(node.text);
        return this.print(node.left!);
      case 'construction-vtable':
        this.append('construction vtable for ');
        this.print(node.left!);
        this.append('-in-');
        return this.print(node.right!);
      case 'clone':
        this.print(node.left!);
        return this.append(` [clone ${node.text}]`);
      default:
        if (!this.expression(node)) malformed();
    }
  }

  // -- functions -----------------------------------------------------------------------------------------------------

  /** A function's name without the qualifiers that were read in front of it. */
  printUnqualified(name: Node): void {
    this.print(splitQualifiers(name).name);
  }

  /** Return type, name, parameters, and the qualifiers that were read in front of the name. */
  #typed(node: Node): void {
    const { scope } = this;
    const { name, qualifiers } = splitQualifiers(node.left!);
    const type = node.right!;
    const own = innermost(name);
    const templated = enclosingTemplate(own);
    if (templated !== undefined) this.scope = { template: templated, outer: scope };
    this.returnType(type);
    const outer = this.#constrained;
    this.#constrained = own;
    this.print(name);
    this.#constrained = outer;
    this.parameters(type);
    for (const qualifier of qualifiers) this.functionQualifier(qualifier);
    this.returnTypeEnd(type);
    const constraint = node.list[0] ?? (own.kind === 'template' ? own.right : undefined);
    if (constraint !== undefined) {
      this.append(' requires ');
      this.print(constraint);
    }
    this.scope = scope;
  }

  // -- operators and lambdas -----------------------------------------------------------------------------------------

  #operator(node: Node): void {
    switch (node.kind) {
      case 'operator': {
        const text = node.text.trimEnd();
        return this.append(/^[a-z]/.test(text) ? `operator ${text}` : `operator${text}`);
      }
      case 'literal-operator':
        this.append('operator"" ');
        return this.print(node.left!);
      case 'vendor-operator':
        this.append('operator ');
        return this.print(node.left!);
      default:
        return this.#conversion(node.left!);
    }
  }

  /** `operator T`, where T may be a parameter of the template that the operator itself is. */
  #conversion(type: Node): void {
    this.append('operator ');
    const { scope } = this;
    if (this.#template !== undefined) this.scope = { template: this.#template, outer: scope };
    if (type.kind !== 'template') {
      this.print(type);
      this.scope = scope;
      return;
    }
    this.print(type.left!);
    this.scope = scope;
    this.printArguments(type.list);
  }

  #lambda(node: Node): void {
    const { lambdaHead } = this;
    const head = node.left?.list ?? [];
    this.append('{lambda');
    this.lambdaHead = head;
    if (head.length > 0) {
      this.append('<');
      for (let i = 0; i < head.length; i++) {
        if (i > 0) this.append(', ');
        this.#headParameter(head[i]!);
        this.append(` ${headName(head[i]!, i)}`);
      }
      this.append('>');
    }
    this.append('(');
    this.printList(node.list);
    this.append(`)#${node.number + 1}}`);
    this.lambdaHead = lambdaHead;
  }

  #headParameter(node: Node): void {
    switch (node.kind) {
      case 'head-type':
        return node.left === undefined ? this.append(node.text) : this.print(node.left);
      case 'head-value':
        return this.print(node.left!);
      case 'head-pack':
        this.#headParameter(node.left!);
        return this.append('...');
      default:
        this.append('template<');
        for (let i = 0; i < node.list.length; i++) {
          if (i > 0) this.append(', ');
          this.#headParameter(node.list[i]!);
        }
        return this.append('> class');
    }
  }

  /** Inside a lambda's parameter list: one it declares, or one that `auto` made. */
  #lambdaParameter(number: number): void {
    const declared = this.lambdaHead?.[number];
    if (declared !== undefined) return this.append(headName(declared, number));
    this.append(`auto:${number - (this.lambdaHead?.length ?? 0) + 1}`);
  }
}

function headName(head: Node, index: number): string {
  const of = head.kind === 'head-pack' ? head.left! : head;
  return `$${of.kind === 'head-value' ? 'N' : of.kind === 'head-template' ? 'TT' : 'T'}${index}`;
}

/** Takes the qualifiers of `this` off a function's name, the innermost first; those of a local one stand at its end. */
function splitQualifiers(node: Node): { name: Node; qualifiers: Node[] } {
  const qualifiers: Node[] = [];
  let name = node;
  for (; name.kind === 'function-qualifier'; name = name.left!) qualifiers.unshift(name);
  if (name.kind !== 'local') return { name, qualifiers };
  const entity = name.right!;
  const argument = entity.kind === 'default-argument';
  const inner = splitQualifiers(argument ? entity.left! : entity);
  if (inner.qualifiers.length === 0) return { name, qualifiers };
  const bare = argument ? makeNode('default-argument', '', inner.name, undefined, [], entity.number) : inner.name;
  return { name: makeNode('local', '', name.left, bare), qualifiers: [...inner.qualifiers, ...qualifiers] };
}

/** What a local name names, without the functions around it. */
function innermost(node: Node): Node {
  let name = node;
  while (name.kind === 'local' || name.kind === 'default-argument') name = name.kind === 'local' ? name.right! : name.left!;
  return name;
}

/** The template that parameters in a function's type belong to: the function itself, else the class around it. */
function enclosingTemplate(node: Node): Node | undefined {
  let name = node;
  while (name.kind === 'qualified' || name.kind === 'tagged') name = name.left!;
  return name.kind === 'template' ? name : undefined;
}
