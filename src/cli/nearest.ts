// "Did you mean …?": the name that a mistyped word was probably meant to be.

/** The name within two edits (one for short words) of `typed`; undefined if there is none. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = typed.length < 5 ? 2 : 3;
  for (const name of names) {
    const edits = distance(typed, name);
    if (edits < least) {
      least = edits;
      best = name;
    }
  }
  return best;
}

/** Levenshtein's distance: letters to insert, remove or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
