// Syntax tree of a name in the Itanium C++ ABI mangling (FORMAT 3.2). One shape for every node, so that walks over the
// tree (search for packs) need not know the kinds, and V8 sees one class. Nodes are shared: a substitution (S_, T_ …)
// refers to the node made earlier, so the tree is a directed graph without cycles and may be exponentially large printed.

export type Kind =
  // names
  | 'name' // text: an identifier
  | 'standard' // text: one of St, Sa, Ss, …, as printed
  | 'qualified' // left::right
  | 'local' // left: enclosing function, right: entity
  | 'default-argument' // left: entity, number: which parameter, from the last
  | 'template' // left<list>, right: constraint
  | 'typed' // left: name, right: function type, list: its constraint
  | 'constructor' // left: class name
  | 'destructor' // left: class name
  | 'operator' // text: as printed after "operator", trailing space kept
  | 'literal-operator' // left: suffix
  | 'vendor-operator' // left: name
  | 'conversion' // left: type
  | 'tagged' // left[abi:text]
  | 'lambda' // list: parameters, number, left: its own template parameters
  | 'unnamed' // number
  | 'binding' // list: names
  | 'module' // left: parent module, right: name, text: separator
  | 'friend' // left: name
  | 'module-entity' // left: entity, right: module
  // template parameters
  | 'parameter' // number: index into the arguments of the template around
  | 'pack' // list: arguments given for a pack
  | 'expansion' // left: pattern
  | 'head' // list: parameters a lambda declares itself
  | 'head-type' // typename
  | 'head-value' // left: type
  | 'head-template' // list
  | 'head-pack' // left: parameter
  // types
  | 'builtin' // text; number: one of LiteralStyle
  | 'pointer'
  | 'reference'
  | 'rvalue-reference'
  | 'qualifier' // left: type, text: " const"
  | 'vendor-qualifier' // left: type, right: qualifier
  | 'function-qualifier' // left: function, text, right: operand of noexcept
  | 'complex' // left, text
  | 'function' // left: return type, list: parameters; number 1: first one is "this" (explicit object)
  | 'array' // left: element, right: bound
  | 'vector' // left: element, right: bound
  | 'member-pointer' // left: class, right: member's type
  | 'decltype' // left: expression
  | 'bit-int' // left: width, text
  // expressions
  | 'literal' // left: type, text: digits
  | 'function-parameter' // number, 0: this
  | 'nullary' // text
  | 'unary' // text, left; number: whether left is a type
  | 'postfix' // text, left
  | 'cast' // left: type, right: operand
  | 'new-cast' // text<left>(right)
  | 'binary' // left text right
  | 'subscript' // left[right]
  | 'call' // left(list)
  | 'conditional' // left ? right : third (list[0])
  | 'new' // list: placement, left: type, right: initializer
  | 'fold' // text: operator, number: form, left, right
  | 'designated' // text: form (i .member, x [index], X [from ... to]), left, right, list: value where right is the end
  | 'parenthesized' // list
  | 'braced' // left: type, list
  | 'sizeof-pack' // left: pattern
  | 'sizeof-arguments' // list
  | 'vendor-expression' // left: name, list
  | 'requires' // left: parameters (list holder), list: requirements
  | 'requirement' // text, left, right
  // whole names
  | 'special' // text: what stands before, left
  | 'construction-vtable' // left, right
  | 'clone'; // left, text

export interface Node {
  readonly kind: Kind;
  readonly text: string;
  readonly left: Node | undefined;
  readonly right: Node | undefined;
  readonly list: readonly Node[];
  readonly number: number;
}

const NONE: readonly Node[] = [];

/** How a literal of a builtin type is written. */
export const STYLE_CAST = 0;
export const STYLE_SUFFIX = 1;
export const STYLE_BOOL = 2;
export const STYLE_FLOAT = 3;

export function makeNode(
  kind: Kind,
  text = '',
  left: Node | undefined = undefined,
  right: Node | undefined = undefined,
  list: readonly Node[] = NONE,
  number = 0,
): Node {
  return { kind, text, left, right, list, number };
}
