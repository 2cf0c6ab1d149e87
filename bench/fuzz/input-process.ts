// The process that runs inputs, seen from run.ts: asked one thing at a time, and made anew when it has died.

import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer, Request } from './worker.ts';

/** How a process died, and the label of the input that it ran. */
export interface Death {
  readonly isHang: boolean;
  readonly label: string;
  readonly detail: string;
}

const WORKER = fileURLToPath(new URL('worker.js', import.meta.url));
const HEAP = 768;

export class InputProcess {
  readonly #stateFile: string;
  readonly #moreSeeds: readonly string[];
  #child: ChildProcess | undefined;
  #errors = '';

  constructor(folder: string, moreSeeds: readonly string[]) {
    this.#stateFile = join(folder, `state-${process.pid}`);
    this.#moreSeeds = moreSeeds;
  }

  /** What the process says, or how it died on it. */
  async ask(request: Request): Promise<Answer | Death> {
    const child = (this.#child ??= this.#started());
    return await new Promise((resolve) => {
      const onMessage = (answer: Answer): void => {
        child.off('exit', onExit);
        resolve(answer);
      };
      const onExit = (code: number | null, signal: string | null): void => {
        child.off('message', onMessage);
        this.#child = undefined;
        const errors = this.#errors;
        const isHang = errors.includes('does not end');
        resolve({ isHang, label: readFileSync(this.#stateFile, 'latin1').split('\n')[0]!, detail: isHang ? 'does not end' : `exit ${code ?? signal}: ${errors.slice(0, 1500)}` });
      };
      child.once('message', onMessage);
      child.once('exit', onExit);
      child.send(request);
    });
  }

  /** Ends the process; the next request makes another one. */
  end(): void {
    this.#child?.removeAllListeners('exit');
    this.#child?.disconnect();
    this.#child = undefined;
  }

  #started(): ChildProcess {
    this.#errors = '';
    const child = fork(WORKER, [this.#stateFile, ...this.#moreSeeds], { serialization: 'advanced', stdio: ['ignore', 'inherit', 'pipe', 'ipc'], execArgv: [`--max-old-space-size=${HEAP}`] });
    child.stderr!.on('data', (piece: Buffer) => (this.#errors += piece.toString('latin1')));
    return child;
  }
}

export function isDeath(answer: Answer | Death): answer is Death {
  return 'isHang' in answer;
}
