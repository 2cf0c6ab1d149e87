// Names of the Itanium C++ ABI (`_Z…`), printed as __cxa_demangle of libstdc++ does, since that is what perf calls
// (FORMAT 3.2, "Demangling"). The grammar is in itanium/: encoding.ts reads a name into a graph, print-names.ts writes it.
import { MALFORMED } from './itanium/cursor.ts';
import { EncodingParser } from './itanium/encoding.ts';
import { Printer } from './itanium/print-names.ts';

/** Functions in which old compilers gathered what runs before and after main. */
const KEYED = /^_GLOBAL_[._$]([ID])_/;

/**
 * The demangled form of `mangled`, undefined if it is no such name, or nested deeper or printed longer than
 * bytes/limits.ts allows. Without `parameters` a function is its name alone.
 */
export function demangleItanium(mangled: string, parameters = true): string | undefined {
  const keyed = KEYED.exec(mangled);
  if (keyed !== null) {
    const to = mangled.slice(keyed[0].length);
    const name = to.startsWith('_Z') ? demangleItanium(to) : to;
    return name === undefined ? undefined : `global ${keyed[1] === 'I' ? 'con' : 'de'}structors keyed to ${name}`;
  }
  if (!mangled.startsWith('_Z')) return undefined;
  try {
    const parser = new EncodingParser(mangled.slice(2));
    const printer = new Printer(mangled);
    if (parameters) printer.print(parser.whole());
    else printer.printUnqualified(parser.nameOnly());
    return printer.text;
  } catch (error) {
    // The depth is bounded, but the caller may have left too little of the stack even for that.
    if (error === MALFORMED || error instanceof RangeError) return undefined;
    throw error;
  }
}
