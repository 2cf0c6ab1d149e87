// The options of one command line, as given: what argv.ts makes and a command's own reading of its options takes.

/** One occurrence of an option. `value` is undefined for an optional value that is not there. */
interface Occurrence {
  readonly value: string | number | boolean | undefined;
  /** Place among all options and words of the command line, from 0. */
  readonly order: number;
}

export class Given {
  /** The words that are not options. */
  readonly positional: string[] = [];
  /** Their places among all options and words. */
  readonly positionalOrder: number[] = [];
  readonly #occurrences = new Map<string, Occurrence[]>();
  #count = 0;

  add(name: string, value: string | number | boolean | undefined): void {
    const occurrence = { value, order: this.#count++ };
    const list = this.#occurrences.get(name);
    if (list === undefined) this.#occurrences.set(name, [occurrence]);
    else list.push(occurrence);
  }

  addPositional(word: string): void {
    this.positional.push(word);
    this.positionalOrder.push(this.#count++);
  }

  has(name: string): boolean {
    return this.#occurrences.has(name);
  }

  /** How often it was given. */
  count(name: string): number {
    return this.#occurrences.get(name)?.length ?? 0;
  }

  /** Place of the last occurrence among all options; -1 if there is none. For options of which the later wins. */
  order(name: string): number {
    return this.#occurrences.get(name)?.at(-1)?.order ?? -1;
  }

  /** The last one counts, as in perf. */
  flag(name: string): boolean | undefined {
    const value = this.#last(name);
    return typeof value === 'boolean' ? value : undefined;
  }

  text(name: string): string | undefined {
    const value = this.#last(name);
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.#last(name);
    return typeof value === 'number' ? value : undefined;
  }

  /** All of them, for options that may be repeated. */
  texts(name: string): string[] {
    return (this.#occurrences.get(name) ?? []).map((one) => one.value).filter((value) => typeof value === 'string');
  }

  /** The same with their places. */
  textsInOrder(name: string): { readonly text: string; readonly order: number }[] {
    return (this.#occurrences.get(name) ?? []).flatMap(({ value, order }) => (typeof value === 'string' ? [{ text: value, order }] : []));
  }

  /** The parts of a list separated by commas; undefined if it was not given. */
  list(name: string): string[] | undefined {
    return this.text(name)?.split(',').filter((part) => part !== '');
  }

  #last(name: string): string | number | boolean | undefined {
    return this.#occurrences.get(name)?.at(-1)?.value;
  }
}
