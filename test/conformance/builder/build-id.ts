// Which build of a file was mapped: the same fields in HEADER_BUILD_ID and in the feature BUILD_ID.

import { hexOf } from './packer.ts';
import { type Part, paddedText, rawPart, structure, together } from './structure.ts';

export interface BuildId {
  readonly pid: number;
  readonly buildId: readonly number[];
  readonly filename: string;
}

/** `saysSize`: misc bit 15 and a size; without it the id has 20 bytes, filled with zeros. */
export function buildIdPart({ pid, buildId, filename }: BuildId, saysSize = true): Part {
  const filled = [...buildId, ...Array.from({ length: 20 - buildId.length }, () => 0)];
  const id = rawPart([...filled, saysSize ? buildId.length : 0, 0, 0, 0], { buildId: hexOf(saysSize ? buildId : filled) });
  return together(structure([['pid', 's32']], { pid }), id, paddedText('filename', filename));
}
