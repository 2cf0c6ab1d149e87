// The order in which a red-black tree walks what was inserted one after the other (FORMAT 3.8, stage 2). perf keeps report's rows in
// such a tree. Where the comparison is a total order this is a stable sort; report's with --children is not transitive, and then
// the shape of the tree decides: it has to be the classic one, balanced bottom-up after every insertion.

/** Indices 0 … count-1 in tree order. `before(a, b)` says whether the new entry `a` belongs strictly before the older `b`. */
export function redBlackOrder(count: number, before: (a: number, b: number) => boolean): Int32Array {
  const tree = new RedBlackTree(count);
  for (let entry = 0; entry < count; entry++) tree.insert(entry, before);
  return tree.walk();
}

const NONE = -1;

class RedBlackTree {
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #parent: Int32Array;
  readonly #red: Uint8Array;
  readonly #count: number;
  #root = NONE;

  constructor(count: number) {
    this.#count = count;
    this.#left = new Int32Array(count).fill(NONE);
    this.#right = new Int32Array(count).fill(NONE);
    this.#parent = new Int32Array(count).fill(NONE);
    this.#red = new Uint8Array(count).fill(1);
  }

  insert(entry: number, before: (a: number, b: number) => boolean): void {
    let parent = NONE;
    let goesLeft = false;
    for (let at = this.#root; at !== NONE; at = (goesLeft ? this.#left : this.#right)[at]!) {
      parent = at;
      goesLeft = before(entry, at);
    }
    this.#parent[entry] = parent;
    if (parent === NONE) this.#root = entry;
    else (goesLeft ? this.#left : this.#right)[parent] = entry;
    this.#balance(entry);
  }

  /** No red node under a red one: recolour upwards while the uncle is red, then at most two rotations. */
  #balance(entry: number): void {
    let node = entry;
    for (;;) {
      const parent = this.#parent[node]!;
      if (parent === NONE || this.#red[parent] === 0) break;
      const grandparent = this.#parent[parent]!;
      const onLeft = this.#left[grandparent] === parent;
      const uncle = (onLeft ? this.#right : this.#left)[grandparent]!;
      if (uncle !== NONE && this.#red[uncle] === 1) {
        this.#red[parent] = 0;
        this.#red[uncle] = 0;
        this.#red[grandparent] = 1;
        node = grandparent;
        continue;
      }
      const inner = onLeft ? this.#right : this.#left;
      let top = parent;
      if (inner[parent] === node) {
        this.#rotate(parent, onLeft);
        top = node;
      }
      this.#red[top] = 0;
      this.#red[grandparent] = 1;
      this.#rotate(grandparent, !onLeft);
      break;
    }
    this.#red[this.#root] = 0;
  }

  /** Puts the right child (the left one when `toLeft` is false) in the place of the node. */
  #rotate(node: number, toLeft: boolean): void {
    const near = toLeft ? this.#left : this.#right;
    const far = toLeft ? this.#right : this.#left;
    const child = far[node]!;
    const moved = near[child]!;
    const parent = this.#parent[node]!;
    far[node] = moved;
    if (moved !== NONE) this.#parent[moved] = node;
    near[child] = node;
    this.#parent[node] = child;
    this.#parent[child] = parent;
    if (parent === NONE) this.#root = child;
    else if (this.#left[parent] === node) this.#left[parent] = child;
    else this.#right[parent] = child;
  }

  walk(): Int32Array {
    const order = new Int32Array(this.#count);
    const path: number[] = [];
    let length = 0;
    let at = this.#root;
    while (at !== NONE || path.length > 0) {
      while (at !== NONE) {
        path.push(at);
        at = this.#left[at]!;
      }
      at = path.pop()!;
      order[length++] = at;
      at = this.#right[at]!;
    }
    return order;
  }
}
