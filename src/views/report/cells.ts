// What several columns of the text report are made of: fitted texts, and functions by their names or addresses.

import { FrameFlag } from '../../profile/frame-table.ts';
import type { Profile } from '../../profile/profile.ts';

/** Digits of an address. */
export const ADDRESS_DIGITS = 16;
/** `[.] ` before a symbol; an address has `0x` besides. */
export const LEVEL_WIDTH = 4;

/** `%-W.Ws` */
export function fitted(text: string, width: number): string {
  return text.length > width ? text.slice(0, width) : text.padEnd(width);
}

/** A function's name as it is shown. */
export function nameOf(profile: Profile, frame: number): string {
  const { frames } = profile;
  return (frames.flags[frame]! & FrameFlag.Inlined) !== 0 ? `${frames.name(frame)} (inlined)` : frames.name(frame);
}

/** A function, or the address given where nothing names the frame. */
export function symbolText(profile: Profile, frame: number, address: number): string {
  const { frames, wide } = profile;
  if (frames.symbol[frame]! < 0) {
    const digits = wide.hex(address).padStart(ADDRESS_DIGITS, '0');
    return address === 0 ? digits : `0x${digits}`;
  }
  const name = nameOf(profile, frame);
  return (frames.flags[frame]! & FrameFlag.Object) === 0 ? name : `${name}+0x${wide.hex(frames.offset[frame]!)}`;
}
