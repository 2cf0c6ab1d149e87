// Operators of the Itanium C++ ABI by their two-letter code: how they are written, how many operands they take.

export interface Operator {
  readonly code: string;
  /** As written between operands; a trailing space belongs to it. */
  readonly text: string;
  readonly operands: number;
}

function table(operands: number, entries: readonly (readonly [string, string])[]): [string, Operator][] {
  return entries.map(([code, text]) => [code, { code, text, operands }]);
}

export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...table(0, [['tr', 'throw']]),
  ...table(1, [
    ['ad', '&'], ['at', 'alignof '], ['aw', 'co_await '], ['az', 'alignof '], ['co', '~'], ['da', 'delete[] '],
    ['de', '*'], ['dl', 'delete '], ['gs', '::'], ['mm', '--'], ['ng', '-'], ['nt', '!'], ['nx', 'noexcept'],
    ['pp', '++'], ['ps', '+'], ['sP', 'sizeof...'], ['sZ', 'sizeof...'], ['st', 'sizeof '], ['sz', 'sizeof '],
    ['te', 'typeid '], ['ti', 'typeid '], ['tw', 'throw '],
  ]),
  ...table(2, [
    ['aN', '&='], ['aS', '='], ['aa', '&&'], ['an', '&'], ['cc', 'const_cast'], ['cl', '()'], ['cm', ','],
    ['dV', '/='], ['dc', 'dynamic_cast'], ['di', '='], ['ds', '.*'], ['dt', '.'], ['dv', '/'], ['dx', ']='],
    ['eO', '^='], ['eo', '^'], ['eq', '=='], ['fl', '...'], ['fr', '...'], ['ge', '>='], ['gt', '>'], ['ix', '[]'],
    ['lS', '<<='], ['le', '<='], ['ls', '<<'], ['lt', '<'], ['mI', '-='], ['mL', '*='], ['mi', '-'], ['ml', '*'],
    ['ne', '!='], ['oR', '|='], ['oo', '||'], ['or', '|'], ['pL', '+='], ['pl', '+'], ['pm', '->*'], ['pt', '->'],
    ['rM', '%='], ['rS', '>>='], ['rc', 'reinterpret_cast'], ['rm', '%'], ['rs', '>>'], ['sc', 'static_cast'],
    ['ss', '<=>'],
  ]),
  ...table(3, [['dX', '[...]='], ['fL', '...'], ['fR', '...'], ['na', 'new[]'], ['nw', 'new'], ['qu', '?']]),
]);
