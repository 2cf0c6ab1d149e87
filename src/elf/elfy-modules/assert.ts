// Stands in for Node's `assert` where elfy is bundled: the one function that elfy's parser names. Node's own takes 5 ms to load, and
// a page has none. See the alias in scripts/build.js.

export function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${String(actual)} instead of ${String(expected)}`);
}
