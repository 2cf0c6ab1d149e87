// Demangling as perf 7.2 does it (FORMAT 3.2, "Demangling"): Rust first, then C++, OCaml and Java. Called only for names
// that are shown; a name that is not mangled costs a look at its first characters.
import { demangleItanium } from './itanium.ts';
import { demangleJava } from './java.ts';
import { demangleOcaml } from './ocaml.ts';
import { demangleRustLegacy } from './rust-legacy.ts';
import { demangleRustV0 } from './rust-v0.ts';

export interface DemangleOptions {
  /** C++ functions with return type, parameters and qualifiers, as perf built with cxxabi shows them. Default true. */
  readonly parameters?: boolean;
}

/**
 * The name as its source writes it, `mangled` itself if it is not mangled, malformed, or beyond the limits of
 * bytes/limits.ts. Never throws.
 */
export function demangle(mangled: string, options?: DemangleOptions): string {
  switch (mangled.charCodeAt(0)) {
    case 0x5f: // _
      if (mangled.startsWith('_Z')) {
        // perf takes every `_ZN…E` for Rust's; with no hash in it C++ reads the same and knows its anonymous namespaces.
        return (
          demangleRustLegacy(mangled) ??
          demangleItanium(mangled, options?.parameters ?? true) ??
          demangleRustLegacy(mangled, false) ??
          mangled
        );
      }
      if (mangled.startsWith('_R')) return demangleRustV0(mangled) ?? mangled;
      if (mangled.startsWith('_GLOBAL_')) return demangleItanium(mangled) ?? mangled;
      return mangled;
    case 0x63: // c
      return mangled.startsWith('caml') ? (demangleOcaml(mangled) ?? mangled) : mangled;
    case 0x4c: // L
      return demangleJava(mangled) ?? mangled;
    default:
      return mangled;
  }
}
