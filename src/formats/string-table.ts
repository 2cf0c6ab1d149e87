// The table of texts that pprof, OpenTelemetry and Firefox profiles have: each text once, known by its index.

export class StringTable {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** `first`: the texts that must come first. */
  constructor(first: readonly string[] = []) {
    for (const text of first) this.of(text);
  }

  /** The index of a text. */
  of(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) this.#numbers.set(text, (number = this.texts.push(text) - 1));
    return number;
  }
}
