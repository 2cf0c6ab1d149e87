// A long list of which each item is one line or, unfolded, several: the lines in sight and the selected one. Only what is walked past is
// ever unfolded: a place is an item and a line in it, and nothing counts all lines.

/** A line of a list: which item, and which of its lines (0 is the item's own). */
export interface Place {
  readonly item: number;
  readonly line: number;
}

const START: Place = { item: 0, line: 0 };

export class FoldingList {
  #length: number;
  readonly #linesOf: (item: number) => number;
  #top: Place = START;
  #selected: Place = START;
  /** Lines in sight when it was last looked at. */
  #height = 1;

  /** `linesOf`: lines of an item at the moment, at least 1. */
  constructor(length: number, linesOf: (item: number) => number) {
    this.#length = length;
    this.#linesOf = linesOf;
  }

  get length(): number {
    return this.#length;
  }

  /** Undefined where the list is empty. */
  get selected(): Place | undefined {
    return this.#length === 0 ? undefined : this.#selected;
  }

  /** Another list in its place, with an item of it selected. */
  reset(length: number, item = 0): void {
    this.#length = length;
    this.#selected = { item: Math.max(0, Math.min(item, length - 1)), line: 0 };
    this.#top = START;
    if (item > 0) this.#centre();
  }

  select(place: Place): void {
    this.#selected = this.#within(place);
  }

  /** To be called when lines of the selected item have come or gone. */
  folded(): void {
    this.#selected = this.#within(this.#selected);
    this.#top = this.#within(this.#top);
  }

  move(lines: number): void {
    this.#selected = this.#moved(this.#selected, lines);
  }

  /** By the lines that were in sight last. */
  movePages(pages: number): void {
    this.move(pages * Math.max(1, this.#height - 1));
  }

  home(): void {
    this.#selected = START;
  }

  end(): void {
    if (this.#length > 0) this.#selected = { item: this.#length - 1, line: this.#linesOf(this.#length - 1) - 1 };
  }

  /** The places in sight on so many lines, the selected one among them; fewer where the list is shorter. */
  inSight(height: number): Place[] {
    this.#height = Math.max(1, height);
    if (this.#length === 0 || height <= 0) return [];
    this.#top = this.#within(this.#top);
    this.#scroll();
    const places: Place[] = [];
    for (let place: Place | undefined = this.#top; place !== undefined && places.length < height; place = this.#next(place)) places.push(place);
    return places;
  }

  /** Moves the top as little as needed. */
  #scroll(): void {
    const { item, line } = this.#selected;
    const isAbove = item < this.#top.item || (item === this.#top.item && line < this.#top.line);
    if (isAbove) this.#top = this.#selected;
    const lowest = this.#moved(this.#selected, 1 - this.#height);
    if (lowest.item > this.#top.item || (lowest.item === this.#top.item && lowest.line > this.#top.line)) this.#top = lowest;
    // Where the list ends further up now: it was folded, or the screen has grown.
    const last = this.#moved(this.#top, this.#height - 1);
    const isEnd = this.#next(last) === undefined;
    if (isEnd) this.#top = this.#moved(last, 1 - this.#height);
  }

  #centre(): void {
    this.#top = this.#moved(this.#selected, -Math.floor(this.#height / 2));
  }

  #moved(from: Place, lines: number): Place {
    let { item, line } = from;
    let left = Math.abs(lines);
    if (lines < 0) {
      while (left > line && item > 0) {
        left -= line + 1;
        item--;
        line = this.#linesOf(item) - 1;
      }
      return { item, line: Math.max(0, line - left) };
    }
    for (;;) {
      const last = this.#linesOf(item) - 1;
      if (line + left <= last) return { item, line: line + left };
      if (item + 1 >= this.#length) return { item, line: last };
      left -= last - line + 1;
      item++;
      line = 0;
    }
  }

  #next({ item, line }: Place): Place | undefined {
    if (line + 1 < this.#linesOf(item)) return { item, line: line + 1 };
    return item + 1 < this.#length ? { item: item + 1, line: 0 } : undefined;
  }

  #within({ item, line }: Place): Place {
    if (this.#length === 0) return START;
    const within = Math.max(0, Math.min(item, this.#length - 1));
    return { item: within, line: within === item ? Math.max(0, Math.min(line, this.#linesOf(within) - 1)) : 0 };
  }
}
