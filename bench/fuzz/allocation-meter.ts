// What an input makes its reader allocate in typed arrays and buffers, counted where they are made: garbage collection and the machine's
// load do not show. To be loaded before anything that is measured. Objects and strings are not counted; the process's memory is watched
// besides (worker.ts).

const COUNTED = [
  'ArrayBuffer', 'Uint8Array', 'Int8Array', 'Uint8ClampedArray', 'Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array',
] as const;

/** Since `reset`, in bytes. */
export const allocated = { largest: 0, sum: 0 };

export function reset(): void {
  allocated.largest = 0;
  allocated.sum = 0;
}

for (const name of COUNTED) {
  const original = globalThis[name] as unknown as new (...values: unknown[]) => { readonly byteLength: number };
  const counted = new Proxy(original, {
    construct(target, values, newTarget) {
      const made = Reflect.construct(target, values, newTarget === counted ? target : newTarget) as { readonly byteLength: number; readonly buffer?: ArrayBufferLike };
      // A view of a buffer that is there costs nothing.
      if (typeof values[0] !== 'object' || values[0] === null || !('byteLength' in values[0]) || name === 'ArrayBuffer' || made.buffer !== values[0]) {
        allocated.sum += made.byteLength;
        if (made.byteLength > allocated.largest) allocated.largest = made.byteLength;
      }
      return made;
    },
  });
  Object.defineProperty(globalThis, name, { value: counted, configurable: true, writable: true });
}
