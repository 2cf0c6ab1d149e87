// What files are called in an archive: names that every system can unpack, each once. The recorded path itself stands in the manifest.

import { encodeText } from '../../bytes/text.ts';
import { treeComponents } from '../../symbols/file-tree.ts';

/** Names that Windows keeps for devices, whatever follows the dot. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** Gives out names. Case does not tell them apart: on half of all systems it does not. */
export class MemberNames {
  readonly #taken = new Set<string>();

  /** The name of a file below a folder of the archive ('' for none), by its path. */
  take(folder: string, path: string): string {
    const components = (treeComponents(path) ?? ['file']).map(harmless);
    const name = [...(folder === '' ? [] : [folder]), ...components].join('/');
    let free = name;
    for (let number = 2; this.#taken.has(free.toLowerCase()); number++) free = `${number}/${name}`;
    this.#taken.add(free.toLowerCase());
    return free;
  }
}

/** A component as a name for any system: what is not plain is written `%41`. */
function harmless(component: string): string {
  return component
    .replace(/[^\w.,+@=~ ()[\]{}!#$&'^-]|[. ]$|^ /gu, escaped)
    .replace(DEVICE, (device) => `%${device.charCodeAt(0).toString(16)}${device.slice(1)}`);
}

function escaped(text: string): string {
  return Array.from(encodeText(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
