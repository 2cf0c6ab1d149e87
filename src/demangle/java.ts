// Java methods as JIT agents name them: `Lpkg/Class;method(I[J)V` is shown as `pkg.Class.method(int, long[])`, without the
// return type (FORMAT 3.2, "Demangling").

const METHOD = /^L([^;([)]+);([^;([)/]*)\((.*)\)[^)]*$/s;
const PARAMETER = /(\[*)(?:L([^;[]*);|([BCDFIJSVZ]))/y;
const BASE_TYPES: ReadonlyMap<string, string> = new Map([
  ['B', 'byte'], ['C', 'char'], ['D', 'double'], ['F', 'float'], ['I', 'int'], ['J', 'long'], ['S', 'short'], ['V', 'void'],
  ['Z', 'boolean'],
]);

/** The demangled form of `mangled`, undefined if it is no method with its descriptor. */
export function demangleJava(mangled: string): string | undefined {
  const match = METHOD.exec(mangled);
  if (match === null) return undefined;
  const name = match[2]!;
  const descriptor = match[3]!;
  const parameters: string[] = [];
  PARAMETER.lastIndex = 0;
  while (PARAMETER.lastIndex < descriptor.length) {
    const found = PARAMETER.exec(descriptor);
    if (found === null) return undefined;
    const type = BASE_TYPES.get(found[3] ?? '') ?? dotted(found[2] ?? '');
    parameters.push(type + '[]'.repeat(found[1]!.length));
  }
  const separator = /^[A-Za-z]/.test(name) ? '.' : '';
  return `${dotted(match[1]!)}${separator}${name}(${parameters.join(', ')})`;
}

function dotted(name: string): string {
  return name.replaceAll('/', '.');
}
