// What was wrong with the input. Readers never throw on damage: they report it here, with the place, and go on.
// Once per kind with a count, so that a million damaged records are one line (DESIGN.md 11).

/** One kind of damage: how often, and the first place where it was seen. */
export interface Damage {
  /** Stable, for programs to match on: 'record-cut', 'string-out-of-range', … */
  readonly code: string;
  /** The file in which it was seen, as the user named it; '' for the recording itself. */
  readonly file: string;
  /** Offset in that file of the first occurrence, in bytes; -1 where there is none. */
  readonly offset: number;
  /** One plain sentence without a full stop, for people. */
  readonly message: string;
  count: number;
}

/** Collects damage. One object goes down through every reader of a recording. */
export class Diagnostics {
  readonly #kinds = new Map<string, Damage>();
  #file = '';

  /** The same collection for the readers of another file (a jitdump, an ELF file). */
  of(file: string): Diagnostics {
    const child = new Diagnostics(this.#kinds);
    child.#file = file;
    return child;
  }

  constructor(kinds?: Map<string, Damage>) {
    if (kinds !== undefined) this.#kinds = kinds;
  }

  /** Notes damage of a kind. The message of the first one is kept. */
  damaged(code: string, offset: number, message: string): void {
    const key = `${this.#file}\0${code}`;
    const known = this.#kinds.get(key);
    if (known === undefined) this.#kinds.set(key, { code, file: this.#file, offset, message, count: 1 });
    else known.count++;
  }

  /** Takes in what others noted of the same files: kinds that are not known yet. */
  addUnknown(damages: readonly Damage[]): void {
    for (const damage of damages) {
      const key = `${damage.file}\0${damage.code}`;
      if (!this.#kinds.has(key)) this.#kinds.set(key, { ...damage });
    }
  }

  /** In the order in which each kind was first seen. */
  all(): Damage[] {
    return [...this.#kinds.values()];
  }

  has(code: string): boolean {
    return this.all().some((damage) => damage.code === code);
  }
}
