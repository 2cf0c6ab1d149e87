// The columns of a report on branches (FORMAT 2.3.5, 3.8): where each came from and went to, and what the processor said of it.

import { BranchFlag, detailOf } from '../../profile/profile.ts';
import type { BranchEnds, Branches, Profile } from '../../profile/profile.ts';
import { cyclesOf, placeOf } from '../../profile/row-identity.ts';
import type { BranchKey, PlaceKey } from '../../profile/report-keys.ts';
import type { GroupRow } from '../../profile/row-order.ts';
import { ADDRESS_DIGITS, LEVEL_WIDTH, fitted, nameOf, symbolText } from './cells.ts';
import type { Column } from './column.ts';

type Cells = Pick<Column, 'width' | 'cell'>;

export function branchColumn(profile: Profile, key: BranchKey, title: string, rows: readonly GroupRow[], isLast: boolean): Column {
  const { branches } = profile;
  const { width, cell } = branches === undefined ? { width: 0, cell: () => '' } : cellsOf(profile, branches, key, title.length, rows, isLast);
  return { title, width, alignsRight: false, cell };
}

function cellsOf(profile: Profile, branches: Branches, key: BranchKey, least: number, rows: readonly GroupRow[], isLast: boolean): Cells {
  switch (key) {
    case 'dso_from':
      return files(profile, branches.from, least, rows);
    case 'dso_to':
      return files(profile, branches.to, least, rows);
    case 'symbol_from':
      return functions(profile, branches.from, least, rows, isLast);
    case 'symbol_to':
      return functions(profile, branches.to, least, rows, isLast);
    case 'addr_from':
      return addresses(profile, branches.from, branches.places?.from, rows, isLast);
    case 'addr_to':
      return addresses(profile, branches.to, branches.places?.to, rows, isLast);
    case 'srcline_from':
    case 'srcline_to': {
      const text = ({ row }: GroupRow): string => String(placeOf(profile, key, detailOf(profile, row.detail)));
      const width = rows.reduce((most, row) => Math.max(most, text(row).length), least);
      return { width, cell: (row) => text(row).padEnd(width) };
    }
    default:
      return { width: least, cell: ({ row }) => flagText(key, branches.flags[detailOf(profile, row.detail)]!).padEnd(least) };
  }
}

/** A file counts for the width where its function has a name; an address is taken for as wide as itself, its file is cut off. */
function files(profile: Profile, frameOf: Int32Array, least: number, rows: readonly GroupRow[]): Cells {
  const { frames } = profile;
  let width = least;
  for (const { row } of rows) {
    const frame = frameOf[detailOf(profile, row.detail)]!;
    width = Math.max(width, frames.symbol[frame]! < 0 ? ADDRESS_DIGITS : (frames.moduleName(frame) ?? '').length);
  }
  return { width, cell: ({ row }) => fitted(frames.moduleName(frameOf[detailOf(profile, row.detail)]!) ?? '[unknown]', width) };
}

function functions(profile: Profile, frameOf: Int32Array, least: number, rows: readonly GroupRow[], isLast: boolean): Cells {
  const { frames } = profile;
  const text = (frame: number): string => symbolText(profile, frame, frames.start[frame]!);
  let width = least;
  for (const { row } of rows) {
    const frame = frameOf[detailOf(profile, row.detail)]!;
    width = Math.max(width, LEVEL_WIDTH + (frames.symbol[frame]! < 0 ? ADDRESS_DIGITS + 2 : text(frame).length));
  }
  const cell = ({ row }: GroupRow): string => {
    const frame = frameOf[detailOf(profile, row.detail)]!;
    const shown = `[${levelOf(profile, frame)}] ${text(frame)}`;
    return isLast ? shown : shown.padEnd(width);
  };
  return { width, cell };
}

/** Functions and the distance from their start, or addresses within files; the letter is the sample's, as in perf. */
function addresses(profile: Profile, frameOf: Int32Array, ends: BranchEnds | undefined, rows: readonly GroupRow[], isLast: boolean): Cells {
  const { frames, wide } = profile;
  const text = ({ row }: GroupRow): string => {
    const branch = detailOf(profile, row.detail);
    const frame = frameOf[branch]!;
    const address = ends?.address[branch] ?? 0;
    return `[${row.level}] ${frames.symbol[frame]! < 0 ? symbolText(profile, frame, address) : `${nameOf(profile, frame)}+0x${wide.hex(address - frames.start[frame]!)}`}`;
  };
  const width = rows.reduce((most, row) => Math.max(most, text(row).length), LEVEL_WIDTH + 2 + ADDRESS_DIGITS);
  return { width, cell: (row) => (isLast ? text(row) : text(row).padEnd(width)) };
}

/** Branches do not say in which mode they were taken: the letter is that of the mapping, and `H` without one. */
function levelOf(profile: Profile, frame: number): string {
  const { frames } = profile;
  const module = frames.modules[frames.module[frame]!];
  return module === undefined ? 'H' : module.isKernel ? 'k' : '.';
}

function flagText(key: Exclude<BranchKey, PlaceKey | 'dso_from' | 'dso_to' | 'symbol_from' | 'symbol_to'>, flags: number): string {
  switch (key) {
    case 'mispredict':
      return (flags & BranchFlag.Predicted) !== 0 ? 'N' : (flags & BranchFlag.Mispredicted) !== 0 ? 'Y' : 'N/A';
    case 'in_tx':
      return (flags & BranchFlag.InTransaction) !== 0 ? 'T' : '.';
    case 'abort':
      return (flags & BranchFlag.Abort) !== 0 ? 'A' : '.';
    case 'cycles':
      return cyclesOf(flags) === 0 ? '-' : String(cyclesOf(flags));
  }
}
