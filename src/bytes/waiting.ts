// Code that waits only where the medium forces it: written once as a generator that yields promises (and nothing else), it
// runs straight through over synchronous sources, where no promise is ever made, and as an async function over others.

/** A computation of a `T` that stops at promises only. */
export type Waiting<T> = Generator<Promise<unknown>, T, unknown>;

/** The value, waited for if it is a promise: `const bytes = yield* settled(source.read(0, 64))`. */
export function* settled<T>(value: T | Promise<T>): Waiting<T> {
  return value instanceof Promise ? ((yield value) as T) : value;
}

/** Runs a computation: to its value where nothing had to be waited for, else to a promise of it. */
export function run<T>(waiting: Waiting<T>): T | Promise<T> {
  const step = waiting.next();
  return step.done === true ? step.value : runLater(waiting, step.value);
}

async function runLater<T>(waiting: Waiting<T>, first: Promise<unknown>): Promise<T> {
  let promise = first;
  for (;;) {
    let step;
    try {
      step = waiting.next(await promise);
    } catch (error) {
      step = waiting.throw(error);
    }
    if (step.done === true) return step.value;
    promise = step.value;
  }
}
