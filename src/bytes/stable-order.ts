// Sorting row numbers of a table of columns by one column. Array.sort with a comparator takes five times as long on 200 000
// rows, and jitdumps, perf maps and symbol tables are mostly in order already, which costs one pass here.

const RUN = 16;

/**
 * Sorts the row numbers in `order` so that `keys[order[i]]` ascends; rows of equal keys keep their order. To sort by two
 * columns, sort by the lesser one first.
 */
export function sortByKey(order: Uint32Array, keys: Float64Array): void {
  const length = order.length;
  if (isSorted(order, keys)) return;
  for (let start = 0; start < length; start += RUN) insertionSort(order, keys, start, Math.min(start + RUN, length));
  let from: Uint32Array = order;
  let to: Uint32Array = new Uint32Array(length);
  for (let width = RUN; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) {
      const middle = Math.min(start + width, length);
      merge(from, to, keys, start, middle, Math.min(middle + width, length));
    }
    [from, to] = [to, from];
  }
  if (from !== order) order.set(from);
}

/** The numbers 0, 1, 2 … below `length`. */
export function rowNumbers(length: number): Uint32Array {
  const order = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  return order;
}

/** A column's values in the order of the rows. A loop: `from` with a function takes ten times as long. */
export function inOrder<T extends Float64Array | Uint32Array>(column: T, order: Uint32Array): T {
  const length = order.length;
  const ordered = new (column.constructor as new (length: number) => T)(length);
  for (let i = 0; i < length; i++) ordered[i] = column[order[i]!]!;
  return ordered;
}

function isSorted(order: Uint32Array, keys: Float64Array): boolean {
  for (let i = 1; i < order.length; i++) if (keys[order[i - 1]!]! > keys[order[i]!]!) return false;
  return true;
}

function insertionSort(order: Uint32Array, keys: Float64Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const row = order[i]!;
    const key = keys[row]!;
    let place = i;
    while (place > start && keys[order[place - 1]!]! > key) {
      order[place] = order[place - 1]!;
      place--;
    }
    order[place] = row;
  }
}

function merge(from: Uint32Array, to: Uint32Array, keys: Float64Array, start: number, middle: number, end: number): void {
  let left = start;
  let right = middle;
  for (let i = start; i < end; i++) {
    if (left < middle && (right >= end || keys[from[left]!]! <= keys[from[right]!]!)) to[i] = from[left++]!;
    else to[i] = from[right++]!;
  }
}
