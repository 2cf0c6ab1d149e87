// Jitdumps that the user named (--jitdump): files, or folders with `jit-PID.dump` in them. A file belongs to a recorded path if
// it has its name, or else if its header has the process id of that name (JITDUMP 4: both are the writer's own).

import { statSync } from 'node:fs';
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

export class NamedJitdumps {
  readonly #files: { readonly path: string; readonly name: string; readonly pid: number }[] = [];
  readonly #folders: string[] = [];

  /** @throws PerftsError PERFTS_NO_FILE for what cannot be opened. */
  constructor(paths: readonly string[]) {
    for (const path of paths) {
      if (isFolder(path)) {
        this.#folders.push(path);
        continue;
      }
      const source = openFile(path);
      this.#files.push({ path, name: hostBaseName(path, HOST_FLAVOUR), pid: pidOf(source.read(0, NEEDED)) });
      if ('close' in source) source.close();
    }
  }

  /** The jitdump for a recorded base name, or undefined. */
  open(name: string): ByteSource | undefined {
    const pid = Number(JITDUMP_NAME.exec(name)?.[1] ?? -1);
    const file = this.#files.find((it) => it.name.toLowerCase() === name.toLowerCase()) ?? this.#files.find((it) => it.pid === pid);
    return file === undefined ? new RecordingFolder(this.#folders).open(name) : openIfThere(file.path);
  }
}

/** The process id in a jitdump's header; -2 for what is no jitdump. */
function pidOf(header: Uint8Array): number {
  if (header.length < NEEDED) return -2;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const littleEndian = view.getUint32(0, true) === JITDUMP_MAGIC;
  return littleEndian || view.getUint32(0, false) === JITDUMP_MAGIC ? view.getUint32(PID_AT, littleEndian) : -2;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
