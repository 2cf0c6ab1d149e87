// A terminal in raw mode with a screen of our own, and back: also at the end of the process, at signals, and when somebody throws.
// Keys come from node:readline, which knows the escape sequences of terminals and of Windows' console.

import { emitKeypressEvents, type Interface } from 'node:readline';
import { keyOf, type Key, type Keypress } from './key.ts';
import type { Painting } from './browser.ts';
import { ScreenWriter } from './screen-writer.ts';

/** Time after which an escape character is the key ESC and not the beginning of a sequence. */
const ESCAPE_MS = 60;
const USUAL_SIZE = { columns: 80, rows: 24 };
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** process.stdin, or something like it. */
export interface KeyInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  unref?(): unknown;
}

/** process.stdout, as far as its size goes. */
export interface TerminalSize {
  readonly columns?: number;
  readonly rows?: number;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** The process, for its signals. */
export interface SignalSource {
  readonly pid: number;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
  kill(pid: number, signal: NodeJS.Signals): unknown;
}

export interface TerminalParts {
  readonly input: KeyInput;
  readonly size: TerminalSize;
  /** Writes at once: nothing may be held back when the process ends. */
  readonly write: (text: string) => void;
  readonly signals: SignalSource;
  readonly hasColors: boolean;
}

export interface TerminalListener {
  key(key: Key): void;
  /** Everything must be painted anew. */
  repaint(): void;
  /** No more keys will come. */
  ended(): void;
}

export class Terminal {
  readonly #parts: TerminalParts;
  readonly #writer: ScreenWriter;
  #listener: TerminalListener | undefined;

  constructor(parts: TerminalParts) {
    this.#parts = parts;
    this.#writer = new ScreenWriter(parts.write, parts.hasColors);
  }

  get width(): number {
    return this.#parts.size.columns ?? USUAL_SIZE.columns;
  }

  get height(): number {
    return this.#parts.size.rows ?? USUAL_SIZE.rows;
  }

  open(listener: TerminalListener): void {
    const { input, size, signals } = this.#parts;
    this.#listener = listener;
    // Also an end that nobody foresees leaves the terminal as it was.
    signals.on('exit', this.#atExit);
    for (const signal of SIGNALS) signals.on(signal, this.#onSignal[signal]);
    emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_MS } as unknown as Interface);
    input.on('keypress', this.#onKeypress);
    input.on('end', this.#onEnd);
    input.on('error', this.#onEnd);
    size.on('resize', this.#onResize);
    this.#begin();
  }

  draw(painting: Painting): void {
    this.#writer.draw(painting);
  }

  /** Everything is painted anew. */
  redraw(): void {
    this.#writer.forget();
    this.#listener?.repaint();
  }

  /** Gives the terminal back, as with ^Z, until the process goes on. */
  suspend(): void {
    const { signals } = this.#parts;
    this.#end();
    const again = (): void => {
      signals.off('SIGCONT', again);
      if (this.#listener === undefined) return;
      this.#begin();
      this.#listener.repaint();
    };
    signals.on('SIGCONT', again);
    signals.kill(signals.pid, 'SIGTSTP');
  }

  close(): void {
    if (this.#listener === undefined) return;
    const { input, size, signals } = this.#parts;
    this.#listener = undefined;
    signals.off('exit', this.#atExit);
    for (const signal of SIGNALS) signals.off(signal, this.#onSignal[signal]);
    input.off('keypress', this.#onKeypress);
    input.off('end', this.#onEnd);
    input.off('error', this.#onEnd);
    size.off('resize', this.#onResize);
    this.#end();
    input.pause();
  }

  #begin(): void {
    this.#parts.input.setRawMode?.(true);
    this.#parts.input.resume();
    this.#writer.enter();
  }

  #end(): void {
    try {
      this.#writer.leave();
      this.#parts.input.setRawMode?.(false);
    } catch {
      // The terminal is gone: there is nothing to restore.
    }
  }

  readonly #onKeypress = (text: string | undefined, press: Keypress): void => {
    const key = keyOf(text, press);
    if (key !== undefined) this.#listener?.key(key);
  };

  readonly #onEnd = (): void => this.#listener?.ended();

  readonly #onResize = (): void => this.redraw();

  readonly #atExit = (): void => this.close();

  /** The signal does what it does without us, after the terminal is as it was. */
  readonly #onSignal: Readonly<Record<(typeof SIGNALS)[number], () => void>> = {
    SIGINT: () => this.#endBy('SIGINT'),
    SIGTERM: () => this.#endBy('SIGTERM'),
    SIGHUP: () => this.#endBy('SIGHUP'),
    SIGQUIT: () => this.#endBy('SIGQUIT'),
  };

  #endBy(signal: NodeJS.Signals): void {
    const { signals } = this.#parts;
    this.close();
    signals.kill(signals.pid, signal);
  }
}
