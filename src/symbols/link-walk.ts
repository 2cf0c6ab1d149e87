// Following symbolic links inside a tree, as under chroot: what leads out of the tree is looked for inside it (FORMAT 3.1).

/** What lies at a path of a tree. A link's target: its components without `.`, whether from the root or from the link's folder. */
export type TreeEntry = { readonly kind: 'folder' | 'file' | 'absent' } | { readonly kind: 'link'; readonly absolute: boolean; readonly names: readonly string[] };

/** Links on one path before it counts as a circle; Linux's own limit. */
const MAX_LINKS = 40;

/** The components of the path at which a path really lies, and what lies there; undefined where nothing does. */
export function followLinks(names: readonly string[], entryAt: (names: readonly string[]) => TreeEntry): { readonly kind: 'folder' | 'file'; readonly names: string[] } | undefined {
  let rest = names;
  let done: string[] = [];
  let links = 0;
  let kind: 'folder' | 'file' = 'folder';
  for (let i = 0; i < rest.length; i++) {
    const name = rest[i]!;
    if (name === '..') {
      done.pop();
      kind = 'folder';
      continue;
    }
    if (kind !== 'folder') return undefined;
    const entry = entryAt([...done, name]);
    if (entry.kind === 'absent') return undefined;
    if (entry.kind !== 'link') {
      done.push(name);
      kind = entry.kind;
      continue;
    }
    if (++links > MAX_LINKS) return undefined;
    if (entry.absolute) done = [];
    rest = [...entry.names, ...rest.slice(i + 1)];
    i = -1;
  }
  return { kind, names: done };
}
