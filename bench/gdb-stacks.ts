// gdb's backtraces of a program as the calls in them, to hold other stacks of that program against.

/** Between two functions, the callee first. */
export interface Calls {
  readonly functions: ReadonlySet<string>;
  readonly calls: ReadonlySet<string>;
}

/** What glibc calls itself in debugging information and in its symbols. */
const OTHER_NAMES: Readonly<Record<string, string>> = { __libc_start_main_impl: '__libc_start_main', __GI_raise: 'raise', __GI_abort: 'abort' };

/** A function's name without version, suffixes of the compiler and parameters. */
export function plainName(name: string): string {
  const plain = name.replace(/@.*$/, '').replace(/\.(isra|part|constprop|lto_priv|cold)\b.*$/, '').replace(/\(.*$/, '');
  return OTHER_NAMES[plain] ?? plain;
}

/**
 * `#3  0x0000aaaaaaaa0aa0 [PAC] in on_sig (sig=...) at …`: frames of backtraces, one after the other. Frames without an address are
 * functions into which the one before was inlined: the outermost of them is what has a frame and a symbol. Frames that gdb makes up for
 * tail calls have an address like others, and are left out where `tailCallers` names them.
 */
export function callsOf(text: string, tailCallers: ReadonlySet<string> = new Set()): Calls {
  const functions = new Set<string>();
  const calls = new Set<string>();
  let stack: string[] = [];
  const finish = (): void => {
    for (const [i, caller] of stack.entries()) {
      functions.add(caller);
      if (i > 0) calls.add(`${stack[i - 1]!} < ${caller}`);
    }
    stack = [];
  };
  for (const line of text.split('\n')) {
    const match = /^#(\d+)\s+(0x[0-9a-f]+\s+(?:\[PAC\]\s+)?in\s+)?(<signal handler called>|[^\s(]+)/.exec(line);
    if (match === null) continue;
    const [, number, address, shown = ''] = match;
    if (number === '0') finish();
    const isSignal = shown.startsWith('<');
    const name = isSignal ? SIGNAL : plainName(shown);
    if (tailCallers.has(name)) continue;
    // What a signal interrupted has no address either where it stands at the beginning of a line.
    if (address === undefined && !isSignal && stack.length > 0 && stack.at(-1) !== SIGNAL) stack.pop();
    stack.push(name);
  }
  finish();
  return { functions, calls };
}

const SIGNAL = '__kernel_rt_sigreturn';

/** The calls of a stack (names, innermost first) between functions that gdb saw, which gdb did not see. What a signal interrupted is any. */
export function callsNotIn(names: readonly string[], { functions, calls }: Calls): string[] {
  const plain = names.map(plainName);
  const strange: string[] = [];
  for (let i = 0; i + 1 < plain.length; i++) {
    const [callee, caller] = [plain[i]!, plain[i + 1]!];
    if (callee === SIGNAL || !functions.has(callee) || !functions.has(caller)) continue;
    if (!calls.has(`${callee} < ${caller}`)) strange.push(`${callee} < ${caller}`);
  }
  return strange;
}
