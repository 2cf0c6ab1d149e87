// Archives (docs/ARCHIVE.md) out of small files of testdata, and the same with a manifest that says something else: with its checksum right, so
// that what it says is believed.

import { perform } from '../../src/bytes/reading.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { run } from '../../src/bytes/waiting.ts';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { readMemberStart, readZipDirectory } from '../../src/bytes/zip/zip-directory.ts';
import { type DeflatedMember, ZipWriter } from '../../src/bytes/zip/zip-writer.ts';
import { NODE_CODEC } from '../../src/node/zip-codec.ts';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';
import { memberOf } from '../../src/profile/archive/archive-recording.ts';
import { type ArchiveMember, MANIFEST_NAME, manifestText } from '../../src/symbols/archive/manifest.ts';
import { inflateRawSync } from 'node:zlib';

const BLOCK_SIZE = 4_096;

export type ArchivedPart = Pick<ArchiveMember, 'name' | 'kind'> & Partial<ArchiveMember> & { readonly bytes: Uint8Array };

export function builtArchive(parts: readonly ArchivedPart[]): Uint8Array {
  const sink = new MemorySink();
  const zip = new ZipWriter(sink, NODE_CODEC, BLOCK_SIZE);
  const members = parts.map(({ bytes, ...part }) => {
    const { size, sha256, blocks } = run(zip.add(part.name, new MemorySource(bytes))) as DeflatedMember;
    return memberOf({ ...part, size, sha256, blocks });
  });
  const text = manifestText({ createdBy: 'fuzz', blockSize: BLOCK_SIZE, members, missing: [{ path: '/lib/missing.so', buildId: '00' }] });
  void run(zip.add(MANIFEST_NAME, new MemorySource(new TextEncoder().encode(text))));
  zip.finish(MANIFEST_NAME);
  return sink.bytes.slice();
}

/** The archive with its manifest changed; as it is where it has none. */
export function withManifest(archive: Uint8Array, change: (text: Uint8Array) => Uint8Array): Uint8Array {
  const source = new MemorySource(archive);
  const directory = perform(source, readZipDirectory(archive.length, new Diagnostics()));
  if (!(directory instanceof Map)) return archive;
  const sink = new MemorySink();
  const zip = new ZipWriter(sink, NODE_CODEC, BLOCK_SIZE);
  for (const member of directory.values()) {
    const start = perform(source, readMemberStart(member));
    if (typeof start !== 'number') continue;
    if (member.name !== MANIFEST_NAME) void run(zip.copy(source, start, { ...member, modified: undefined }));
    else void run(zip.add(MANIFEST_NAME, new MemorySource(change(new Uint8Array(inflateRawSync(archive.subarray(start, start + member.compressedSize)))))));
  }
  zip.finish(MANIFEST_NAME);
  return sink.bytes.slice();
}
