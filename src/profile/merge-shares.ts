// Shares of a recording put together (profile-share.ts), as one walk would have made it: tallies in the order in which their first
// samples came, and with them the frames and stacks that were new.

import type { WideAddresses } from '../bytes/int64.ts';
import { FrameFlag, FrameTable } from './frame-table.ts';
import type { Profile, ProfileEvent } from './profile.ts';
import type { ProfileShare, ShareTallies } from './profile-share.ts';
import type { SourceLine } from './source-table.ts';
import { StackTable } from './stack-table.ts';
import { TallyTable } from './tally-table.ts';

/** Where in a share's tallies of an event the next one lies. */
interface Place {
  readonly share: ShareInProfile;
  readonly event: number;
  readonly tallies: ShareTallies;
  row: number;
}

interface EventSum extends ProfileEvent {
  samples: number;
  period: number;
  readonly tallies: TallyTable;
}

/**
 * The profile of all shares. `whole`: that of one of them, for what does not depend on samples; its frame table's modules and symbols
 * must hold what any share has frames of.
 */
export function mergeShares(whole: Profile, shares: readonly ProfileShare[]): Profile {
  const frames = new FrameTable(whole.frames.modules, whole.frames.symbols);
  const stacks = new StackTable();
  const lines: SourceLine[] = [];
  const events: EventSum[] = whole.events.map((event) => ({ ...event, samples: 0, period: 0, tallies: new TallyTable() }));
  const lineNumbers = new Map<string, number>();
  const places: Place[] = [];
  for (const each of shares) {
    const share = new ShareInProfile(each, frames, stacks, whole.wide, lines, lineNumbers);
    each.events.forEach((tallies, event) => places.push({ share, event, tallies, row: 0 }));
  }
  for (let place = earliest(places); place !== undefined; place = earliest(places)) {
    const { share, tallies, row } = place;
    const event = events[place.event]!;
    const leaf = tallies.leaf[row]! < 0 ? -1 : share.frame(tallies.leaf[row]!);
    const stack = share.stack(tallies.stack[row]!);
    event.tallies.countMany(tallies.thread[row]!, tallies.comm[row]!, leaf, tallies.mode[row]!, stack, tallies.period[row]!, tallies.samples[row]!);
    event.samples += tallies.samples[row]!;
    event.period += tallies.period[row]!;
    place.row++;
  }
  return { ...whole, events, frames, stacks, lines: whole.lines === undefined ? undefined : lines };
}

/** Few: shares times events. */
function earliest(places: readonly Place[]): Place | undefined {
  let best: Place | undefined;
  for (const place of places) {
    if (place.row < place.tallies.first.length && (best === undefined || place.tallies.first[place.row]! < best.tallies.first[best.row]!)) best = place;
  }
  return best;
}

/** What the numbers of a share are in the profile. */
class ShareInProfile {
  readonly #share: ProfileShare;
  readonly #frames: FrameTable;
  readonly #stacks: StackTable;
  readonly #wide: WideAddresses;
  readonly #lines: SourceLine[];
  readonly #lineNumbers: Map<string, number>;
  // -1: not asked for yet.
  readonly #frameOf: Int32Array;
  readonly #stackOf: Int32Array;
  readonly #nodes: number[] = [];

  constructor(share: ProfileShare, frames: FrameTable, stacks: StackTable, wide: WideAddresses, lines: SourceLine[], lineNumbers: Map<string, number>) {
    this.#share = share;
    this.#frames = frames;
    this.#stacks = stacks;
    this.#wide = wide;
    this.#lines = lines;
    this.#lineNumbers = lineNumbers;
    this.#frameOf = new Int32Array(share.frames.module.length).fill(-1);
    this.#stackOf = new Int32Array(share.stackParent.length).fill(-1);
    this.#stackOf[0] = 0;
  }

  frame(number: number): number {
    let frame = this.#frameOf[number]!;
    if (frame < 0) this.#frameOf[number] = frame = this.#makeFrame(number);
    return frame;
  }

  #makeFrame(number: number): number {
    const { module, symbol, address, start, offset, flags, line, base, names } = this.#share.frames;
    if (line[number]! > 0) return this.#frames.onLine(this.frame(base[number]!), this.#lineNumber(line[number]! - 1));
    if ((flags[number]! & FrameFlag.Inlined) !== 0) return this.#frames.inlined(this.frame(base[number]!), names.get(number)!);
    const place = this.#wide.of(address[number]!);
    if (symbol[number]! >= 0) return this.#frames.function(module[number]!, symbol[number]!, place, offset[number]!);
    // What lies in no module is its own place in it, and only that may be a stand-in.
    return this.#frames.unresolved(module[number]!, place, module[number]! < 0 ? place : start[number]!, flags[number]!);
  }

  #lineNumber(number: number): number {
    const line = this.#share.lines![number]!;
    const key = `${line.file}\0${line.text}`;
    let known = this.#lineNumbers.get(key);
    if (known === undefined) this.#lineNumbers.set(key, (known = this.#lines.push(line) - 1));
    return known;
  }

  /** New frames from the innermost outwards, as they are found; new nodes from the outermost inwards. */
  stack(number: number): number {
    const nodes = this.#nodes;
    nodes.length = 0;
    let node = number;
    for (; this.#stackOf[node]! < 0; node = this.#share.stackParent[node]!) {
      nodes.push(node);
      this.frame(this.#share.stackFrame[node]!);
    }
    let stack = this.#stackOf[node]!;
    for (let i = nodes.length - 1; i >= 0; i--) {
      stack = this.#stacks.child(stack, this.frame(this.#share.stackFrame[nodes[i]!]!));
      this.#stackOf[nodes[i]!] = stack;
    }
    return stack;
  }
}
