// Builtin types and the abbreviations of std of the Itanium C++ ABI, one node for each.
import { makeNode, STYLE_BOOL, STYLE_CAST, STYLE_FLOAT, STYLE_SUFFIX, type Node } from './nodes.ts';

const INTEGER_SUFFIX: ReadonlyMap<string, string> = new Map([
  ['int', ''], ['unsigned int', 'u'], ['long', 'l'], ['unsigned long', 'ul'], ['long long', 'll'], ['unsigned long long', 'ull'],
]);
const FLOATS: ReadonlySet<string> = new Set(['float', 'double', 'long double', '__float128', 'half', 'std::bfloat16_t']);

/** The node of a builtin type; the node's number says how its literals are written. */
export function builtinType(text: string): Node {
  const style =
    text === 'bool' ? STYLE_BOOL : INTEGER_SUFFIX.has(text) ? STYLE_SUFFIX : FLOATS.has(text) ? STYLE_FLOAT : STYLE_CAST;
  return makeNode('builtin', text, undefined, undefined, [], style);
}

/** What follows the digits of a literal of this type. */
export function literalSuffix(type: Node): string {
  return INTEGER_SUFFIX.get(type.text) ?? '';
}

function types(entries: Readonly<Record<string, string>>): ReadonlyMap<string, Node> {
  return new Map(Object.entries(entries).map(([code, text]) => [code, builtinType(text)]));
}

/** One letter each. */
export const BUILTIN_TYPES: ReadonlyMap<string, Node> = types({
  a: 'signed char', b: 'bool', c: 'char', d: 'double', e: 'long double', f: 'float', g: '__float128', h: 'unsigned char',
  i: 'int', j: 'unsigned int', l: 'long', m: 'unsigned long', n: '__int128', o: 'unsigned __int128', s: 'short',
  t: 'unsigned short', v: 'void', w: 'wchar_t', x: 'long long', y: 'unsigned long long', z: '...',
});

/** After a D. */
export const D_TYPES: ReadonlyMap<string, Node> = types({
  a: 'auto', c: 'decltype(auto)', d: 'decimal64', e: 'decimal128', f: 'decimal32', h: 'half', i: 'char32_t',
  n: 'decltype(nullptr)', s: 'char16_t', u: 'char8_t',
});

export interface StandardName {
  /** As printed; in front of a constructor or destructor the abbreviation is written out. */
  readonly name: Node;
  readonly full: Node;
  /** The class's own name, for its constructors. */
  readonly last: Node | undefined;
}

function standard(text: string, full: string, last: string): StandardName {
  return { name: makeNode('standard', text), full: makeNode('standard', full), last: last === '' ? undefined : makeNode('name', last) };
}

/** After an S. */
export const STANDARD_NAMES: ReadonlyMap<string, StandardName> = new Map([
  ['t', standard('std', 'std', '')],
  ['a', standard('std::allocator', 'std::allocator', 'allocator')],
  ['b', standard('std::basic_string', 'std::basic_string', 'basic_string')],
  ['s', standard('std::string', 'std::basic_string<char, std::char_traits<char>, std::allocator<char> >', 'basic_string')],
  ['i', standard('std::istream', 'std::basic_istream<char, std::char_traits<char> >', 'basic_istream')],
  ['o', standard('std::ostream', 'std::basic_ostream<char, std::char_traits<char> >', 'basic_ostream')],
  ['d', standard('std::iostream', 'std::basic_iostream<char, std::char_traits<char> >', 'basic_iostream')],
]);
