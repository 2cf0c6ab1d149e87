// From recorded names to paths of the host. Recorded paths are Linux's: any byte but '/' and NUL may stand in a name, which
// Windows forbids, or takes for a drive, a stream, a device or a separator. So a recorded path is never handed to the host's
// path functions: it is split into names, and each is made harmless by the host's rules. Pure: the rules are a parameter.

/** By which rules the host names files. macOS is 'posix'. */
export type PathFlavour = 'posix' | 'windows';

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const FORBIDDEN = /[\u0000-\u001f<>:"/\\|?*]/g;
/** Names that are devices in every folder, whatever their ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)/i;

/**
 * The name under which the host keeps a file that is called `name` on Linux; programs that unpack archives on Windows
 * put `_` where a character is forbidden, and so does this. Undefined for what is no name at all.
 */
export function hostName(name: string, flavour: PathFlavour): string | undefined {
  if (name === '' || name === '.' || name === '..') return undefined;
  if (flavour === 'posix') return name.includes('/') || name.includes('\0') ? undefined : name;
  // Windows drops dots and blanks at the end: another file than the one that is meant.
  return name
    .replace(FORBIDDEN, '_')
    .replace(/[. ]+$/, (end) => '_'.repeat(end.length))
    .replace(DEVICE, (device) => `${device}_`);
}

/** A path of the host: the folder (a path of the host already) and names below it. Undefined where one is no name. */
export function hostPath(folder: string, names: readonly string[], flavour: PathFlavour): string | undefined {
  const separator = flavour === 'windows' ? '\\' : '/';
  let path = folder;
  for (const name of names) {
    const safe = hostName(name, flavour);
    if (safe === undefined) return undefined;
    path += endsWithSeparator(path, flavour) ? safe : separator + safe;
  }
  return path;
}

/** The components of a link's target as the host wrote it, and whether it starts at a root. */
export function linkComponents(target: string, flavour: PathFlavour): { readonly absolute: boolean; readonly names: string[] } {
  const path = flavour === 'windows' ? target.replaceAll('\\', '/').replace(/^(?:\/\/[?.]\/)?[a-zA-Z]:\/?/, '/') : target;
  return { absolute: path.startsWith('/'), names: path.split('/').filter((name) => name !== '' && name !== '.') };
}

/** The last component of a path of the host, as the user typed it. */
export function hostBaseName(path: string, flavour: PathFlavour): string {
  const trimmed = path.replace(flavour === 'windows' ? /[\\/]+$/ : /\/+$/, '');
  const slash = Math.max(trimmed.lastIndexOf('/'), flavour === 'windows' ? Math.max(trimmed.lastIndexOf('\\'), trimmed.lastIndexOf(':')) : -1);
  return trimmed.slice(slash + 1);
}

function endsWithSeparator(path: string, flavour: PathFlavour): boolean {
  return path.endsWith('/') || (flavour === 'windows' && path.endsWith('\\'));
}
