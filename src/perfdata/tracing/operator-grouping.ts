// Which operands belong to which operator in the expressions of print formats (FORMAT 6.3; SPEC 7.3): as C has it, or as perf has it.
//
// perf reads operators with libtraceevent, which compares only neighbours, and forgets parentheses around a right-hand side:
//
//   a & (b | c)          is (a & b) | c              the right side's own operator binds less tightly, so it is put on top
//   a - b - c            is a - (b - c)              of equal operators the right one comes first
//   a + (p ? x : y)      is (a + p) ? x : y          a choice binds least of all
//   p ? q ? x : y : z    cannot be read
//
// So `flags=` of timer_start always has D|P|I there. `perf script` is compared and parsed, so that its text follows perf.

import type { FormatTokens } from './format-tokens.ts';
import type { BinaryOperator, Expression } from './print-expression.ts';

export type OperatorGrouping = 'c' | 'perf';

/** What a grouping needs of the parser. */
export interface OperandSource {
  readonly tokens: FormatTokens;
  /** The next operand with its prefix operators and what they take along. Throws where there is none. */
  operand(): Expression;
  /** Counts towards the largest expression that is read. Throws beyond. */
  enter(): void;
  /** Throws. */
  fail(): never;
}

/** How loosely an operator binds, in libtraceevent's numbers; 16 is `?`. */
const LOOSENESS: ReadonlyMap<string, number> = new Map([
  ['*', 6], ['/', 6], ['%', 6], ['+', 7], ['-', 7], ['<<', 8], ['>>', 8], ['<', 9], ['>', 9], ['<=', 9], ['>=', 9], ['==', 10], ['!=', 10],
  ['&', 11], ['^', 12], ['|', 13], ['&&', 14], ['||', 15],
]);
const CHOICE_LOOSENESS = 16;

/** Reads an expression as C does: operators that bind no looser than `loosest`. */
export function expressionOfC(source: OperandSource, loosest: number = CHOICE_LOOSENESS): Expression {
  const { tokens } = source;
  let left = source.operand();
  for (;;) {
    const operator = tokens.kind === 'operator' ? tokens.text : '';
    const looseness = LOOSENESS.get(operator);
    if (looseness !== undefined && looseness <= loosest) {
      source.enter();
      tokens.next();
      if (endsPointerType(tokens, operator, left)) return pointerTo(left);
      left = { kind: 'binary', operator: operator as BinaryOperator, left, right: expressionOfC(source, looseness - 1) };
    } else if (operator === '?' && loosest === CHOICE_LOOSENESS) {
      source.enter();
      tokens.next();
      const yes = expressionOfC(source);
      takeColon(source);
      left = { kind: 'choice', condition: left, yes, no: expressionOfC(source) };
    } else return left;
  }
}

/** Reads an expression as perf does. */
export function expressionOfPerf(source: OperandSource): Expression {
  return restOfPerf(source, source.operand());
}

/** The same whose first operand has been read. Prefix operators read on like this too: perf lets them end only with all that follows. */
export function restOfPerf(source: OperandSource, first: Expression): Expression {
  let left = first;
  while (isOperator(source.tokens)) left = extended(source, left);
  return left;
}

/** `left` with the operators that follow it. */
function extended(source: OperandSource, left: Expression): Expression {
  const { tokens } = source;
  const operator = tokens.text;
  source.enter();
  tokens.next();
  if (operator === '?') {
    const yes = expressionOfPerf(source);
    takeColon(source);
    const no = expressionOfPerf(source);
    // A choice between `?` and `:` needs parentheses.
    if (tokens.is(':')) source.fail();
    return { kind: 'choice', condition: left, yes, no };
  }
  const looseness = LOOSENESS.get(operator) ?? source.fail();
  if (endsPointerType(tokens, operator, left)) return pointerTo(left);
  const right = source.operand();
  const isTurned = looseness < loosenessOf(right);
  if (isOperator(tokens) && (LOOSENESS.get(tokens.text) ?? CHOICE_LOOSENESS) <= (isTurned ? topLooseness(right) : looseness)) {
    // What follows belongs to the lower of the two operators.
    if (isTurned) return turned(right, extended(source, binary(operator, left, leftOf(right))));
    return binary(operator, left, extended(source, right));
  }
  const whole = isTurned ? turned(right, binary(operator, left, leftOf(right))) : binary(operator, left, right);
  return isOperator(tokens) ? extended(source, whole) : whole;
}

function isOperator(tokens: FormatTokens): boolean {
  return tokens.kind === 'operator' && (LOOSENESS.has(tokens.text) || tokens.text === '?');
}

function binary(operator: string, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator: operator as BinaryOperator, left, right };
}

/** Of the operator that an operand consists of; of others -1. */
function loosenessOf(expression: Expression): number {
  if (expression.kind === 'unary') return LOOSENESS.get(expression.operator) ?? 4;
  if (expression.kind === 'choice') return CHOICE_LOOSENESS;
  return expression.kind === 'binary' ? LOOSENESS.get(expression.operator)! : -1;
}

/** The same for what follows: nothing binds more loosely than a choice, or than a prefix operator that was put on top. */
function topLooseness(expression: Expression): number {
  return expression.kind === 'binary' ? LOOSENESS.get(expression.operator)! : 0;
}

const NOTHING: Expression = { kind: 'atom', text: '0', value: 0n };

function leftOf(expression: Expression): Expression {
  if (expression.kind === 'binary') return expression.left;
  return expression.kind === 'choice' ? expression.condition : NOTHING;
}

/** An operand's own operator on top, with another left side. */
function turned(expression: Expression, left: Expression): Expression {
  if (expression.kind === 'binary') return { ...expression, left };
  if (expression.kind === 'choice') return { ...expression, condition: left };
  return expression.kind === 'unary' ? binary(expression.operator, left, expression.item) : left;
}

/** `struct page *)`: no product, but the words of a type. */
function endsPointerType(tokens: FormatTokens, operator: string, left: Expression): boolean {
  return operator === '*' && tokens.is(')') && left.kind === 'atom';
}

function pointerTo(type: Expression): Expression {
  return type.kind === 'atom' ? { ...type, text: `${type.text} *` } : type;
}

function takeColon(source: OperandSource): void {
  if (!source.tokens.is(':')) source.fail();
  source.tokens.next();
}
