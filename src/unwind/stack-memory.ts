// The dumped bytes of a stack, in place in the record that holds them. They begin at the sampled stack pointer.

/** A window onto one dump; `set` moves it to the next sample. */
export class StackMemory {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Of the dump's first byte, in `view`. */
  offset = 0;
  /** Address of the dump's first byte: the sampled stack pointer. */
  base = 0;
  /** Valid bytes (dyn_size). */
  size = 0;
  littleEndian = true;

  /** `size` is cut to what the view holds. */
  set(view: DataView, offset: number, base: number, size: number, littleEndian: boolean): void {
    this.view = view;
    this.offset = offset;
    this.base = base;
    this.size = Math.max(0, Math.min(size, view.byteLength - offset));
    this.littleEndian = littleEndian;
  }
}
