// Columns of sums that are used again: fresh memory costs a browser more than all the adding up in it, and each change of a filter would
// ask for tens of MB.

/** Gives a column of zeros. */
export type TakeColumn = (length: number) => Float64Array;

export const freshColumn: TakeColumn = (length) => new Float64Array(length);

export class ColumnPool {
  readonly #spare = new Map<number, Float64Array[]>();

  readonly take: TakeColumn = (length) => this.#spare.get(length)?.pop()?.fill(0) ?? new Float64Array(length);

  /** Nobody may look at them any more. */
  give(columns: Iterable<Float64Array>): void {
    for (const column of new Set(columns)) {
      const spare = this.#spare.get(column.length);
      if (spare === undefined) this.#spare.set(column.length, [column]);
      else spare.push(column);
    }
  }
}
