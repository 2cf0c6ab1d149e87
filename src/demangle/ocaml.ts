// OCaml's native code: `camlModule__name_123`, where `__` separates and `$xx` is a character in hexadecimal (FORMAT 3.2).

/** The demangled form of `mangled`, undefined if it is not OCaml's. */
export function demangleOcaml(mangled: string): string | undefined {
  if (!/^caml[A-Z]/.test(mangled)) return undefined;
  return mangled
    .slice(4)
    .replace(/__|\$[0-9a-fA-F]{2}/g, (found) => (found === '__' ? '.' : String.fromCharCode(Number.parseInt(found.slice(1), 16))));
}
