// Jitdumps that the user named (--jitdump): files, or folders with `jit-PID.dump` in them. A file belongs to a recorded path if
// it has its name, or else if its header has the process id of that name (JITDUMP 4: both are the writer's own).

import { statSync } from 'node:fs';
import { PerftsError } from '../bytes/errors.ts';
import { JITDUMP_MAGIC } from '../jit/jitdump-records.ts';
import { HOST_FLAVOUR } from './directory-tree.ts';
import { openFile, openIfThere } from './file-source.ts';
import { hostBaseName } from './host-path.ts';
import { RecordingFolder } from './recording-folder.ts';
import type { ByteSource } from '../bytes/source.ts';

const JITDUMP_NAME = /^jit-(\d+)\.dump$/;
/** Offset of the process id in a jitdump's header, and the bytes up to its end. */
const PID_AT = 20;
const NEEDED = 24;
const NO_JITDUMP = -2;

export class NamedJitdumps {
  readonly #files: { readonly path: string; readonly name: string; readonly pid: number; used: boolean }[] = [];
  readonly #folders: string[] = [];

  /** @throws PerftsError PERFTS_NO_FILE for what cannot be opened or is something else. */
  constructor(paths: readonly string[]) {
    for (const path of paths) {
      if (isFolder(path)) {
        this.#folders.push(path);
        continue;
      }
      const source = openFile(path);
      const name = hostBaseName(path, HOST_FLAVOUR);
      const pid = pidOf(source.read(0, NEEDED));
      if ('close' in source) source.close();
      // A file that has the name may be empty or cut: its process was killed.
      if (pid === NO_JITDUMP && !JITDUMP_NAME.test(name)) throw new PerftsError('PERFTS_NO_FILE', `${path} is not a jitdump`);
      this.#files.push({ path, name, pid, used: false });
    }
  }

  /** The files that belong to no jitdump asked for so far, as the user named them. */
  get unused(): string[] {
    return this.#files.filter((file) => !file.used).map((file) => file.path);
  }

  /** The jitdump for a recorded base name, or undefined. */
  open(name: string): ByteSource | undefined {
    const pid = Number(JITDUMP_NAME.exec(name)?.[1] ?? -1);
    const file = this.#files.find((it) => it.name.toLowerCase() === name.toLowerCase()) ?? this.#files.find((it) => it.pid === pid);
    if (file === undefined) return new RecordingFolder(this.#folders).open(name);
    file.used = true;
    return openIfThere(file.path);
  }
}

/** The process id in a jitdump's header, or NO_JITDUMP. */
function pidOf(header: Uint8Array): number {
  if (header.length < NEEDED) return NO_JITDUMP;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const littleEndian = view.getUint32(0, true) === JITDUMP_MAGIC;
  return littleEndian || view.getUint32(0, false) === JITDUMP_MAGIC ? view.getUint32(PID_AT, littleEndian) : NO_JITDUMP;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
