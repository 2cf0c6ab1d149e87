// Rust's legacy mangling: `_ZN` identifiers `17h<16 hexadecimal digits>E`, a shape that C++ names do not have by accident.
// Printed without the hash, as perf does (FORMAT 3.2, "Demangling").
import { rustSuffix } from './rust/suffix.ts';

const HASHED = /^_ZN(.+)17h[0-9a-f]{16}E(.*)$/s;
const PLAIN = /^_ZN(.+)E([^E]*)$/s;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['SP', '@'], ['BP', '*'], ['RF', '&'], ['LT', '<'], ['GT', '>'], ['LP', '('], ['RP', ')'], ['C', ','],
]);

/** The demangled form of `mangled`, undefined if it is not a Rust name. Without `hashed` the hash may be missing. */
export function demangleRustLegacy(mangled: string, hashed = true): string | undefined {
  const match = (hashed ? HASHED : PLAIN).exec(mangled);
  if (match === null) return undefined;
  const suffix = rustSuffix(match[2]!);
  if (suffix === undefined) return undefined;
  const path = match[1]!;
  const names: string[] = [];
  for (let at = 0; at < path.length; ) {
    const start = at;
    let length = 0;
    for (let code = path.charCodeAt(at); code >= 48 && code <= 57; code = path.charCodeAt(++at)) length = length * 10 + code - 48;
    if (at === start || length === 0 || at + length > path.length) return undefined;
    names.push(unescaped(path.slice(at, at + length)));
    at += length;
  }
  return names.join('::') + suffix;
}

/** `$LT$` and the like are punctuation, `..` separates. A character that cannot begin an identifier has a `_` in front. */
function unescaped(name: string): string {
  let rest = name.startsWith('_$') ? name.slice(1) : name;
  let text = '';
  for (;;) {
    const special = rest.search(/[$.]/);
    if (special < 0) return text + rest;
    text += rest.slice(0, special);
    rest = rest.slice(special);
    if (rest[0] === '.') {
      const separates = rest[1] === '.';
      text += separates ? '::' : '.';
      rest = rest.slice(separates ? 2 : 1);
      continue;
    }
    const end = rest.indexOf('$', 1);
    const character = end < 0 ? undefined : escapeOf(rest.slice(1, end));
    if (character === undefined) return text + rest;
    text += character;
    rest = rest.slice(end + 1);
  }
}

/** A named escape, or u and a code point that is no control character. */
function escapeOf(escape: string): string | undefined {
  const named = ESCAPES.get(escape);
  if (named !== undefined) return named;
  if (!/^u[0-9a-f]{1,6}$/.test(escape)) return undefined;
  const code = Number.parseInt(escape.slice(1), 16);
  if (code < 32 || (code >= 127 && code < 160) || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
  return String.fromCodePoint(code);
}
