// Paths as recordings have them: those of Linux, whatever this machine's look like.

/** The last component; '' if there is none. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder without the slash at its end; '' for the root and for bare names. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
