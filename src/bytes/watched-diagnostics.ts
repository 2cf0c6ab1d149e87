// The diagnostics of readers that are watched while they read: every damage is told when it is noticed, not only the first of its kind.

import { Diagnostics } from './diagnostics.ts';

/** Told of one damage: its code, place and words, and the file as `of` was given it. */
export type DamageListener = (code: string, offset: number, message: string, file: string) => void;

export class WatchedDiagnostics extends Diagnostics {
  readonly #listener: DamageListener;
  readonly #file: string;

  constructor(listener: DamageListener, file: string = '') {
    super();
    this.#listener = listener;
    this.#file = file;
  }

  override of(file: string): WatchedDiagnostics {
    return new WatchedDiagnostics(this.#listener, file);
  }

  override damaged(code: string, offset: number, message: string): void {
    super.damaged(code, offset, message);
    this.#listener(code, offset, message, this.#file);
  }
}
