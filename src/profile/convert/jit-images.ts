// The code of a jitdump as files and mappings (FORMAT 3.10): an image for each function, and for each place and time at which it was
// loaded or moved a MMAP2 record that shows it there.

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import type { ByteSource } from '../../bytes/source.ts';
import { perform } from '../../bytes/reading.ts';
import { IMAGE_TEXT, makeJitImage } from '../../jit/jit-image.ts';
import { readJitdump, type Jitdump } from '../../jit/jitdump.ts';
import type { SampleLayout } from '../../perfdata/sample-layout.ts';
import { RecordType } from '../../perfdata/record-types.ts';
import { recordBytes } from '../../perfdata/writer/byte-builder.ts';

/** Where images go. Gives the path under which the mappings name the image. */
export type ImageStore = (name: string, image: Uint8Array) => string;

/** One mapping of a piece of code. */
export interface JitMapping {
  /** Nanoseconds since the recording's TimeBase. */
  readonly time: number;
  readonly address: number;
  readonly length: number;
  readonly path: string;
  /** 20 bytes. */
  readonly buildId: Uint8Array;
}

export interface JitMappings {
  /** Times are the CPU's cycle counter: they say nothing beside the recording's. */
  readonly archTimestamps: boolean;
  /** In the order of time. */
  readonly mappings: readonly JitMapping[];
}

/** Code that is larger is none. */
const MAX_CODE = 1 << 28;

/** Reads a jitdump and stores an image for each of its functions. */
export async function storeJitImages(source: ByteSource, timeBaseHigh: number, store: ImageStore, diagnostics: Diagnostics): Promise<JitMappings> {
  const dump = await perform(source, readJitdump(source.size, { timeBaseHigh }, diagnostics));
  const { code } = dump;
  const mappings: JitMapping[] = [];
  const stored = new Map<string, { readonly path: string; readonly buildId: Uint8Array }>();
  const seen = new Set<string>();
  for (let row = 0; row < code.length; row++) {
    // A fork writes a part of its parent's records again (JITDUMP 4).
    const occurrence = `${code.start[row]} ${code.time[row]} ${code.index[row]}`;
    if (seen.has(occurrence)) continue;
    seen.add(occurrence);
    const name = `jitted-${code.pid[row]}-${code.index[row]}.so`;
    let image = stored.get(name);
    if (image === undefined) {
      image = await storeImage(source, dump, row, name, store);
      if (image === undefined) continue;
      stored.set(name, image);
    }
    mappings.push({ time: code.time[row]!, address: code.start[row]!, length: mappedLength(dump, row), ...image });
  }
  mappings.sort((a, b) => a.time - b.time);
  return { archTimestamps: dump.archTimestamps, mappings };
}

async function storeImage(
  source: ByteSource, dump: Jitdump, row: number, name: string, store: ImageStore,
): Promise<{ readonly path: string; readonly buildId: Uint8Array } | undefined> {
  const { code } = dump;
  const size = code.size[row]!;
  if (size > MAX_CODE) return undefined;
  const bytes = (await source.read(code.codeOffset[row]!, size)).slice();
  const symbol = code.names.slice(code.nameStart[row]!, code.nameStart[row]! + code.nameLength[row]!);
  const { bytes: image, buildId } = makeJitImage({
    littleEndian: dump.littleEndian, machine: dump.machine, name: symbol, code: bytes, unwinding: code.unwindings[code.unwinding[row]!],
  });
  return { path: store(name, image), buildId };
}

/** The code, and behind it what the writer has mapped too. */
function mappedLength({ code }: Jitdump, row: number): number {
  const size = code.size[row]!;
  const mapped = code.unwindings[code.unwinding[row]!]?.mappedSize ?? 0;
  return mapped === 0 ? size : Math.ceil(size / 8) * 8 + mapped;
}

const MISC_USER = 2;
const PROT_READ_EXEC = 5;
const MAP_SHARED = 1;

/** The MMAP2 record of a mapping, in a byte order. `layout`: of the first event, to which records without an id belong. */
export function jitMappingRecord(mapping: JitMapping, pid: number, time: bigint, layout: SampleLayout, littleEndian: boolean): Uint8Array {
  return recordBytes(littleEndian, RecordType.Mmap2, MISC_USER, (body) => {
    body.u32(pid).u32(pid).u64(mapping.address).u64(mapping.length).u64(IMAGE_TEXT);
    body.zeros(24).u32(PROT_READ_EXEC).u32(MAP_SHARED).text(mapping.path, 8);
    for (let place = layout.trailerSize; place > 0; place -= 8) {
      if (place === layout.trailerTid) body.u32(pid).u32(pid);
      else body.u64(place === layout.trailerTime ? time : 0);
    }
  });
}

/** `/tmp/jit-42.dump`, also when it was deleted meanwhile. */
const JITDUMP = /(?:^|\/)jit-\d+\.dump(?: \(deleted\))?$/;
/** Where code lies before it is told: its mappings would hide the images. */
const COVERING = /^(?:\/\/anon|\[anon:|\/memfd:)/;

export function isJitdumpPath(path: string): boolean {
  return JITDUMP.test(path);
}

export function coversJitCode(path: string): boolean {
  return COVERING.test(path);
}
