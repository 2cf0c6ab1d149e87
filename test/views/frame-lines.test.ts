// The lines of frames in script, for one place in code at several addresses.

import t from 'tap';
import { TextBuffer } from '../../src/bytes/text-buffer.ts';
import type { WideAddresses } from '../../src/bytes/int64.ts';
import { FrameFlag } from '../../src/profile/frame-table.ts';
import type { Resolver } from '../../src/profile/resolver.ts';
import type { SourceTable } from '../../src/profile/source-table.ts';
import { FrameLines, type FrameColumns } from '../../src/views/script/frame-lines.ts';

const NAMES = ['outer', 'inner', 'alone'];
/** Two places: in `inner`, inlined into `outer`, and in `alone`. */
const resolver = {
  locations: { frame: [0, 2], relative: [0x10, 0x28] },
  frames: {
    name: (frame: number) => NAMES[frame]!, symbol: [0, 1, 2], start: [0x8, 0x8, 0x20], module: [0, 0, 0],
    flags: [0, FrameFlag.Inlined, 0], modules: [{ kind: 'file', isListed: true, path: '/bin/x', shortName: 'x' }],
  },
} as unknown as Resolver;
const sources = { first: [0, 2, 3], frame: [1, 0, 2], line: [0, 0, 0], lines: [{ text: 'x.c:1' }] } as unknown as SourceTable;
const wide = { hex: () => 'ffffffffffffffff' } as unknown as WideAddresses;
const COLUMNS: FrameColumns = { chain: true, symbol: true, symbolOffset: true, dso: true, dsoOffset: false, source: false };

function linesOf(columns: FrameColumns, table: SourceTable | undefined, calls: readonly (readonly [number, number])[]): string[] {
  const lines = new FrameLines(wide, resolver, columns, table);
  return calls.map(([address, location]) => {
    const out = new TextBuffer();
    lines.write(out, address, location);
    return Buffer.from(out.content).toString();
  });
}

t.test('another process has the same place at another address', async (t) => {
  const alone = (address: string): string => `\t${address.padStart(16)} alone+0x8 (/bin/x)\n`;
  const inlined = (address: string): string => `\t${address.padStart(16)} inner+0x8 (inlined)\n\t${address.padStart(16)} outer+0x8 (/bin/x)\n`;
  const calls = [[0x7f00_0000_1010, 0], [0x5010, 0], [0x5028, 1], [0x7f00_0000_1028, 1], [0x5010, 0], [0x5028, 1]] as const;
  t.same(linesOf(COLUMNS, sources, calls), [
    inlined('7f0000001010'), inlined('5010'), alone('5028'), alone('7f0000001028'), inlined('5010'), alone('5028'),
  ]);
  t.same(linesOf({ ...COLUMNS, chain: false }, undefined, [[0x5028, 1], [0x7f00_0000_1028, 1], [0x28, 1]]), [
    '            5028 alone+0x8 (/bin/x)', '    7f0000001028 alone+0x8 (/bin/x)', '              28 alone+0x8 (/bin/x)',
  ]);
});
