// Why a system call failed, in plain words.

/** The reason of a failed system call in plain words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS.get(code) ?? (code !== '' ? code : 'it cannot be read');
}

const REASONS = new Map([
  ['ENOENT', 'no such file'],
  ['ENOTDIR', 'no such file'],
  ['EACCES', 'no permission'],
  ['EPERM', 'no permission'],
  ['EISDIR', 'it is a directory'],
  ['ELOOP', 'its symbolic links lead in a circle'],
  ['ENAMETOOLONG', 'its name is too long'],
  ['ENXIO', 'it is a device that does not answer'],
  ['EMFILE', 'too many files are open'],
  ['EIO', 'the disk reports an error'],
  ['ENOSPC', 'the disk is full'],
  ['EADDRINUSE', 'another program listens there'],
  ['ERR_INVALID_ARG_VALUE', 'no file can be called that'],
  ['ERR_FS_FILE_TOO_LARGE', 'it is too large to be read at once'],
]);
