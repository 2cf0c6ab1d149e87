// The files beside a recording: jitdumps and perf maps that were copied together with it. Looked up by name only, so that no
// recorded path leads anywhere else.

import { readdirSync } from 'node:fs';
import { HOST_FLAVOUR } from './directory-tree.ts';
import { openIfThere } from './file-source.ts';
import type { FileSource } from './file-source.ts';
import { hostPath } from './host-path.ts';
import type { PathFlavour } from './host-path.ts';

const PERF_MAP = /^perf-(\d{1,10})\.map$/i;

/** One or more folders of the host in which files are looked for by their names. */
export class RecordingFolder {
  readonly #folders: readonly string[];
  readonly #flavour: PathFlavour;

  /** Paths of the host, the first ones preferred. */
  constructor(folders: readonly string[], flavour: PathFlavour = HOST_FLAVOUR) {
    this.#folders = folders;
    this.#flavour = flavour;
  }

  /** The file of that name, or undefined. `name` is data: with a slash in it, nothing is found. */
  open(name: string): FileSource | undefined {
    for (const folder of this.#folders) {
      const path = hostPath(folder, [name], this.#flavour);
      const file = path === undefined ? undefined : openIfThere(path);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  /** The process ids of all `perf-PID.map` here, ascending. */
  perfMaps(): number[] {
    const pids = new Set<number>();
    for (const folder of this.#folders) {
      for (const name of namesIn(folder)) {
        const pid = PERF_MAP.exec(name)?.[1];
        if (pid !== undefined) pids.add(Number(pid));
      }
    }
    return [...pids].sort((a, b) => a - b);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
