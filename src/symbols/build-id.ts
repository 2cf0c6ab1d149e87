// Build ids: when two are the same, and the places of a build-id cache and of debug folders that are named
// by them (FORMAT 3.1, items 2, 3 and 6; Q2).

/**
 * Whether two build ids (hexadecimal, either case) are the same. Old records hold 20 bytes whatever the id's length, filled
 * up with zeros (Q2): zeros at the end do not count. An empty id is no id and equals nothing.
 */
export function sameBuildId(a: string, b: string): boolean {
  if (a === '' || b === '') return false;
  const x = a.toLowerCase();
  const y = b.toLowerCase();
  if (x === y) return true;
  const shorter = x.length < y.length ? x : y;
  const longer = x.length < y.length ? y : x;
  return longer.startsWith(shorter) && /^0*$/.test(longer.slice(shorter.length));
}

/** Whether a text can be a build id: an even number of hexadecimal digits, 2 bytes or more, so that it makes a path. */
export function isBuildId(text: string): boolean {
  return text.length >= 4 && text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text);
}

/**
 * The texts under which files of a build id are stored: the id itself and, where it was padded (Q2), the id without
 * the padding. Empty for what is no build id.
 */
export function buildIdSpellings(buildId: string): string[] {
  if (!isBuildId(buildId)) return [];
  const whole = buildId.toLowerCase();
  const bare = whole.replace(/(?:00)+$/, '');
  return isBuildId(bare) && bare !== whole ? [whole, bare] : [whole];
}

/** `.build-id/ab/cdef…` for `abcdef…`. */
export function buildIdLink(buildId: string): string {
  return `.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}`;
}

/** Where distributions install a debug file by build id, from a file system's root. */
export function debugPath(buildId: string): string {
  return `usr/lib/debug/${buildIdLink(buildId)}.debug`;
}
