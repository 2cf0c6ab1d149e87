// Output side of the Itanium demangler: text that can be taken back to a mark, its last character (which decides on
// spaces), the bounds, and the template arguments in force, which parameters (T_) refer to when printed.
import { MAX_DEMANGLE_DEPTH, MAX_SYMBOL_NAME } from '../../bytes/limits.ts';
import { mostSteps } from '../steps.ts';
import { malformed } from './cursor.ts';
import type { Node } from './nodes.ts';

/** Arguments of the innermost template around, and of those further out. */
export interface Scope {
  readonly template: Node;
  readonly outer: Scope | undefined;
}

/** Kinds that hold no pack to be expanded from outside. */
const WITHOUT_PACK: ReadonlySet<string> = new Set([
  'expansion', 'lambda', 'name', 'tagged', 'operator', 'builtin', 'standard', 'function-parameter', 'unnamed', 'default-argument',
]);

export abstract class Output {
  scope: Scope | undefined = undefined;
  /** Which element of a pack is being printed, -1 for all of it. Outside expansions the first stands for all. */
  packIndex = 0;
  /** Parameters the lambda around declares itself; undefined outside the parameter list of a lambda. */
  lambdaHead: readonly Node[] | undefined = undefined;
  readonly #parts: string[] = [];
  #length = 0;
  #last = '';
  #depth = 0;
  #stepsLeft: number;

  /** `mangled`: the name that is printed. */
  constructor(mangled: string) {
    this.#stepsLeft = mostSteps(mangled);
  }

  abstract print(node: Node): void;

  get text(): string {
    return this.#parts.join('');
  }

  /** The last character printed, '' in the beginning. */
  get last(): string {
    return this.#last;
  }

  append(text: string): void {
    if (text === '') return;
    this.#parts.push(text);
    this.#last = text[text.length - 1]!;
    if ((this.#length += text.length) > MAX_SYMBOL_NAME) malformed();
  }

  /** The place reached, for takeBack(). Nothing is printed empty, so equal places mean that nothing was printed. */
  mark(): number {
    return this.#parts.length;
  }

  /** Forgets what was printed since `mark`, but for the last character. */
  takeBack(mark: number): void {
    while (this.#parts.length > mark) this.#length -= this.#parts.pop()!.length;
  }

  step(): void {
    if (--this.#stepsLeft < 0) malformed();
  }

  enter(): void {
    this.step();
    if (++this.#depth > MAX_DEMANGLE_DEPTH) malformed();
  }

  leave(): void {
    this.#depth--;
  }

  /**
   * Elements with commas between. Empty ones (of empty packs) at the end take their commas with them; the space after
   * the comma then still counts as the last character, which is why __cxa_demangle prints `A<B<C>>` there and nowhere else.
   */
  printList(list: readonly Node[]): void {
    let keep = 0;
    for (let i = 0; i < list.length; i++) {
      if (i > 0) this.append(', ');
      const before = this.mark();
      this.print(list[i]!);
      if (i === 0 || this.mark() > before) keep = this.mark();
    }
    if (list.length > 1) this.takeBack(keep);
  }

  /** In angle brackets, never two of a kind side by side. */
  printArguments(list: readonly Node[], constraint?: Node): void {
    this.append(this.#last === '<' ? ' <' : '<');
    this.printList(list);
    if (constraint !== undefined) {
      this.append(' requires ');
      this.print(constraint);
    }
    this.append(this.#last === '>' ? ' >' : '>');
  }

  // -- template parameters -------------------------------------------------------------------------------------------

  /** What `parameter` stands for; a pack as a whole. */
  argument(parameter: Node): Node {
    return this.scope?.template.list[parameter.number] ?? malformed();
  }

  /** What `parameter` stands for; of a pack the element being printed. */
  element(parameter: Node): Node {
    const argument = this.argument(parameter);
    if (argument.kind !== 'pack' || this.packIndex < 0) return argument;
    return argument.list[this.packIndex] ?? malformed();
  }

  /** Calls `visit` with a parameter's argument; a parameter in it is one of the template further out. */
  withElement<T>(parameter: Node, visit: (argument: Node) => T): T {
    const argument = this.element(parameter);
    const { scope } = this;
    this.scope = scope?.outer;
    const result = visit(argument);
    this.scope = scope;
    return result;
  }

  /** The first pack that `node` refers to. */
  findPack(node: Node | undefined): Node | undefined {
    if (node === undefined || WITHOUT_PACK.has(node.kind)) return undefined;
    if (node.kind === 'parameter') {
      const argument = this.argument(node);
      return argument.kind === 'pack' ? argument : undefined;
    }
    this.enter();
    let found = this.findPack(node.left) ?? this.findPack(node.right);
    for (let i = 0; found === undefined && i < node.list.length; i++) found = this.findPack(node.list[i]);
    this.leave();
    return found;
  }
}
