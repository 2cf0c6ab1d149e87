// Binary search in sorted typed arrays that are filled from the front.

export type NumberColumn = Float64Array | Uint32Array | Int32Array;

/** The index of the first of the `length` ascending values that is greater than `value`; `length` if there is none. */
export function upperBound(values: NumberColumn, length: number, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the first of the `length` ascending values that is not less than `value`; `length` if there is none. */
export function lowerBound(values: NumberColumn, length: number, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A column of twice the length with the same beginning. */
export function grown<T extends NumberColumn | Uint8Array>(column: T): T {
  const larger = new (column.constructor as new (length: number) => T)(Math.max(column.length * 2, 16));
  larger.set(column);
  return larger;
}
