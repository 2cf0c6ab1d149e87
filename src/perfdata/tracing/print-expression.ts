// What the arguments of a print format are made of (FORMAT 6.3; SPEC 7.3), once parsed.

import type { FormatField } from './event-format.ts';

/** Of two operands; values are unsigned numbers of 64 bits. */
export type BinaryOperator =
  | '*' | '/' | '%' | '+' | '-' | '<<' | '>>' | '<' | '>' | '<=' | '>=' | '==' | '!=' | '&' | '^' | '|' | '&&' | '||';
export type UnaryOperator = '!' | '~' | '-' | '+';

/** A line of a table: `{ 0x1, "DIRTY" }`. */
export interface NamedValue {
  /** Signed; -1 for names of constants that are not known. */
  readonly value: bigint;
  readonly name: string;
}

export type Expression =
  /** A number, a name, a string or the words of a type: what it is, its use tells. */
  | { readonly kind: 'atom'; readonly text: string; readonly value: bigint }
  | { readonly kind: 'field'; readonly field: FormatField | undefined }
  | { readonly kind: 'cast'; readonly type: string; readonly item: Expression }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly item: Expression }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'index'; readonly array: Expression; readonly index: Expression }
  | { readonly kind: 'choice'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  /** `__print_flags`: the names of the bits that are set. */
  | { readonly kind: 'flags'; readonly item: Expression; readonly delimiter: string; readonly table: readonly NamedValue[] }
  /** `__print_symbolic`: the name of the value. */
  | { readonly kind: 'symbol'; readonly item: Expression; readonly table: readonly NamedValue[] }
  /** `__print_hex` and `__print_hex_str`: bytes with or without blanks between them. */
  | { readonly kind: 'hex'; readonly data: Expression; readonly length: Expression; readonly separator: string }
  /** `__print_array`: `{0x1,0x2}`. */
  | { readonly kind: 'array'; readonly data: Expression; readonly count: Expression; readonly elementSize: Expression }
  /** `__get_str`, `__get_bitmask`, `__get_cpumask` of a dynamic field. */
  | { readonly kind: 'text' | 'bitmask' | 'cpumask'; readonly field: FormatField | undefined }
  /** `__get_dynamic_array`, `__get_sockaddr`: the bytes; `__get_dynamic_array_len`: how many. */
  | { readonly kind: 'dynamic' | 'dynamic-length'; readonly field: FormatField };

/** The values of constants that kernels leave in their tables by name. */
const KNOWN_CONSTANTS: ReadonlyMap<string, bigint> = new Map(
  [
    'HI_SOFTIRQ', 'TIMER_SOFTIRQ', 'NET_TX_SOFTIRQ', 'NET_RX_SOFTIRQ', 'BLOCK_SOFTIRQ', 'IRQ_POLL_SOFTIRQ', 'TASKLET_SOFTIRQ', 'SCHED_SOFTIRQ',
    'HRTIMER_SOFTIRQ', 'RCU_SOFTIRQ',
  ].map((name, number): [string, bigint] => [name, BigInt(number)]),
)
  .set('HRTIMER_NORESTART', 0n)
  .set('HRTIMER_RESTART', 1n);

const MAX_UNSIGNED = 2n ** 64n - 1n;

/** A number as C writes it, suffixes and all that follows left out; 0 for what is none. */
export function numberOf(text: string): bigint {
  const match = /^\s*(-?)(0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
  if (match === null) return 0n;
  const digits = match[2]!;
  const value = /^0[0-7]/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  if (value > MAX_UNSIGNED) return MAX_UNSIGNED;
  return BigInt.asUintN(64, match[1] === '-' ? -value : value);
}

/**
 * The value of a constant expression in a table, signed; undefined where it is not constant. Names of unknown constants and (as
 * libtraceevent has it) all negative numbers are -1.
 */
export function tableValue(expression: Expression): bigint | undefined {
  if (expression.kind === 'cast') return tableValue(expression.item);
  if (expression.kind === 'atom') {
    if (/^\d/.test(expression.text)) return BigInt.asIntN(64, expression.value);
    return KNOWN_CONSTANTS.get(expression.text) ?? -1n;
  }
  const value = constantValue(expression);
  return value === undefined || value >= 0n ? value : -1n;
}

function constantValue(expression: Expression): bigint | undefined {
  if (expression.kind === 'atom') return BigInt.asIntN(64, expression.value);
  if (expression.kind === 'cast') return constantValue(expression.item);
  if (expression.kind === 'unary') {
    const item = constantValue(expression.item);
    if (item === undefined || expression.operator === '!') return undefined;
    return BigInt.asIntN(64, expression.operator === '-' ? -item : expression.operator === '~' ? ~item : item);
  }
  if (expression.kind !== 'binary') return undefined;
  const left = constantValue(expression.left);
  const right = constantValue(expression.right);
  if (left === undefined || right === undefined || !TABLE_OPERATORS.includes(expression.operator)) return undefined;
  return BigInt.asIntN(64, calculate(expression.operator, left, right));
}

/** Those that may stand in a table; the others make a format unreadable for perf, and so for us. */
const TABLE_OPERATORS: readonly BinaryOperator[] = ['|', '&', '||', '&&', '<', '<=', '<<', '>', '>=', '>>', '==', '!=', '-', '+'];

/** What C makes of two numbers; division by 0 gives 0, shifts use the low six bits of their distance. The result may exceed 64 bits. */
export function calculate(operator: BinaryOperator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '*': return left * right;
    case '/': return right === 0n ? 0n : left / right;
    case '%': return right === 0n ? 0n : left % right;
    case '+': return left + right;
    case '-': return left - right;
    case '<<': return left << (right & 63n);
    case '>>': return left >> (right & 63n);
    case '<': return left < right ? 1n : 0n;
    case '>': return left > right ? 1n : 0n;
    case '<=': return left <= right ? 1n : 0n;
    case '>=': return left >= right ? 1n : 0n;
    case '==': return left === right ? 1n : 0n;
    case '!=': return left !== right ? 1n : 0n;
    case '&': return left & right;
    case '^': return left ^ right;
    case '|': return left | right;
    case '&&': return left !== 0n && right !== 0n ? 1n : 0n;
    case '||': return left !== 0n || right !== 0n ? 1n : 0n;
  }
}
