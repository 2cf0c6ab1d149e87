// Runs the reader of jitdumps over bytes in memory, and finds the fixtures of this room.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import type { ByteSource } from '../../src/bytes/source.ts';
import { perform } from '../../src/bytes/reading.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { JitCode } from '../../src/jit/jit-code.ts';
import { type Jitdump, readJitdump } from '../../src/jit/jitdump.ts';
import type { JitdumpOptions } from '../../src/jit/jitdump-walk.ts';

export interface ReadJitdump {
  readonly dump: Jitdump;
  readonly code: JitCode;
  readonly diagnostics: Diagnostics;
  /** The kinds of damage that were reported. */
  readonly damage: string[];
}

export function readBytes(bytes: Uint8Array, options: JitdumpOptions = { timeBaseHigh: 0 }): ReadJitdump {
  return readSource(new MemorySource(bytes), options);
}

export function readSource(source: ByteSource, options: JitdumpOptions = { timeBaseHigh: 0 }): ReadJitdump {
  const diagnostics = new Diagnostics();
  const dump = perform(source, readJitdump(source.size, options, diagnostics));
  if (dump instanceof Promise) throw new Error('the source is synchronous');
  const code = new JitCode(dump, diagnostics);
  return { dump, code, diagnostics, damage: diagnostics.all().map((damage) => damage.code) };
}

export function namesOf(code: JitCode): string[] {
  return Array.from({ length: code.length }, (_, symbol) => code.name(symbol));
}

/** The bytes of testdata/jit/NAME. */
export function fixture(name: string): Uint8Array {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return new Uint8Array(readFileSync(join(folder, 'testdata', 'jit', name)));
}
