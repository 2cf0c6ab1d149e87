// The sections of a 64-bit little-endian ELF file, as far as these tests need them.

import type { CfiSection, CfiSections } from '../../src/dwarf/cfi-table.ts';
import { machineOf } from '../../src/bytes/machine.ts';

/** The call frame information of an ELF file's bytes. `useHeader` false leaves .eh_frame_hdr out. */
export function cfiOf(file: Uint8Array, useHeader: boolean): CfiSections {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const table = Number(view.getBigUint64(40, true));
  const count = view.getUint16(60, true);
  const header = (index: number): number => table + index * 64;
  const names = Number(view.getBigUint64(header(view.getUint16(62, true)) + 24, true));
  const find = (wanted: string): CfiSection | undefined => {
    for (let index = 0; index < count; index++) {
      const at = header(index);
      const start = names + view.getUint32(at, true);
      const name = String.fromCharCode(...file.subarray(start, file.indexOf(0, start)));
      if (name !== wanted || view.getUint32(at + 4, true) === 8) continue;
      const offset = Number(view.getBigUint64(at + 24, true));
      const size = Number(view.getBigUint64(at + 32, true));
      return { bytes: file.subarray(offset, offset + size), address: Number(view.getBigUint64(at + 16, true)) };
    }
    return undefined;
  };
  const ehFrame = find('.eh_frame');
  const ehFrameHdr = useHeader ? find('.eh_frame_hdr') : undefined;
  const debugFrame = find('.debug_frame');
  return {
    machine: machineOf(view.getUint16(18, true)),
    littleEndian: true,
    addressSize: 8,
    ...(ehFrame === undefined ? {} : { ehFrame }),
    ...(ehFrameHdr === undefined ? {} : { ehFrameHdr }),
    ...(debugFrame === undefined ? {} : { debugFrame }),
  };
}
