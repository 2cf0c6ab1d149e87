// Stacks for people as a Profile again, so that every view of profiles shows them: the report of Python's view. Each frame is a symbol of
// its module; Python functions are symbols of their files.

import { Module } from '../process/module.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import { FrameTable } from './frame-table.ts';
import type { Profile, Tallies } from './profile.ts';
import { shortFile, type StackFrame } from './stack-frame.ts';
import type { WeightedStacks } from './weighted-stacks.ts';

/** Of frames that have neither a file nor a module. */
const NOWHERE = '[python]';
/** Between the made-up places of two symbols. */
const STEP = 16;

/** A profile whose frames are those of the stacks: without lines, traces and branches. */
export function stacksProfile({ profile, frames, stacks, rows }: WeightedStacks): Profile {
  const modules = [...profile.frames.modules];
  const symbols: FrameSymbols[] = modules.map(() => new FrameSymbols());
  const files = new Map<string, number>();
  const table = new FrameTable(modules, symbols);
  const moduleOf = (frame: StackFrame): number => {
    if (frame.kind === 'kernel' && frame.module === undefined) return 0;
    if (frame.kind !== 'python' && frame.module !== undefined) return frame.module.id;
    const path = frame.file === '' ? NOWHERE : frame.file;
    const known = files.get(path);
    if (known !== undefined) return known;
    const id = modules.push(new Module(modules.length, 'file', path, shortFile(path), '')) - 1;
    symbols.push(new FrameSymbols());
    files.set(path, id);
    return id;
  };
  frames.forEach((frame, index) => {
    const module = moduleOf(frame);
    // Rows go by the names of their modules and the places of their symbols: no two frames have one place.
    table.function(module, symbols[module]!.add(frame.name, index * STEP), index * STEP);
  });
  const events = profile.events.map((event, index) => {
    const row = rows[index]!;
    const leaf = row.map((node) => (node === 0 ? -1 : stacks.frame[node]!));
    const { detail: _, ...columns } = ofTallies(event.tallies);
    return { ...event, tallies: { ...columns, leaf, stack: event.hasChains ? row : new Int32Array(row.length) } };
  });
  const { detail: _detail, traces: _traces, branches: _branches, lines: _lines, ...rest } = profile;
  return { ...rest, events, frames: table, stacks };
}

/** The columns, which a table of tallies has as fields. */
function ofTallies({ length, thread, leaf, mode, stack, comm, samples, period, detail, latency }: Tallies): Tallies {
  return { length, thread, leaf, mode, stack, comm, samples, period, detail, latency };
}

/** The names of a module's frames, each at a place of its own; the places grow. */
class FrameSymbols implements SymbolTable {
  readonly #names: string[] = [];
  readonly #starts: number[] = [];

  get length(): number {
    return this.#names.length;
  }

  add(name: string, start: number): number {
    this.#starts.push(start);
    return this.#names.push(name) - 1;
  }

  find(address: number): number {
    return this.#starts.findIndex((start) => address >= start && address < start + STEP);
  }

  start(symbol: number): number {
    return this.#starts[symbol]!;
  }

  end(symbol: number): number {
    return this.#starts[symbol]! + STEP;
  }

  name(symbol: number): string {
    return this.#names[symbol]!;
  }

  isObject(): boolean {
    return false;
  }
}
