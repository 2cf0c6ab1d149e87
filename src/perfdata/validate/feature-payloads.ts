// The payload of each feature, walked from its first byte to its last (SPEC 3.2, 3.3): one line of the table beside one row of SPEC.md's.
// `expect` says what else must be so.

import type { Rule } from '../../bytes/findings.ts';
import { decodeText } from '../../bytes/text.ts';
import { MIN_ATTR_SIZE } from '../attr.ts';
import { FEATURE_NAMES, FeatureId } from '../features/feature-id.ts';
import { Misc } from '../record-types.ts';
import type { PayloadWalk } from './payload-walk.ts';
import { endsWithZeros } from './user-record-checks.ts';

/** What a payload's length or values may depend on. */
export interface PayloadContext {
  /** NRCPUS' available; undefined where the recording does not say it. */
  readonly cpus: number | undefined;
  readonly eventCount: number;
}

type Payload = (walk: PayloadWalk, context: PayloadContext) => void;

const text: Payload = (walk) => {
  walk.text();
};

/** The rules for values of features. */
const VALUE_RULES: readonly Rule[] = FEATURE_NAMES.map((name, id) => ({
  code: `feature-${id}-value`, clause: `3.2.${id}`, severity: 'warning', says: `A value of ${name} cannot be`,
}));
const OLD_BUILD_IDS: Rule = { code: 'build-ids-without-pid', clause: '10.1.1', severity: 'warning', says: 'The build ids have no pid, as old perf wrote them' };
const PADDED_BUILD_ID: Rule = { code: 'build-id-old', clause: '10.1.2', severity: 'warning', says: 'A build id without its size is padded to 20 bytes' };

/** What must be so of the values of feature `id` that were read last. */
function expect(walk: PayloadWalk, id: number, holds: boolean, says: () => string): void {
  if (!holds) walk.note(VALUE_RULES[id]!, walk.offset, says());
}

/** A version that a payload begins with. */
function version(walk: PayloadWalk, id: number, found: number | bigint): void {
  expect(walk, id, Number(found) === 1, () => `version ${found}`);
}

const BUILD_ID_NAME = 36;
const BUILD_ID_BYTES = 20;
/** From version 17 of the kernel's statistics on, domains have names. */
const NAMED_DOMAINS = 17;
const ZSTD = 1;

export const FEATURE_PAYLOADS: Readonly<Record<number, Payload>> = {
  [FeatureId.BuildId]: buildIds,
  [FeatureId.Hostname]: text,
  [FeatureId.OsRelease]: text,
  [FeatureId.Version]: text,
  [FeatureId.Arch]: text,
  [FeatureId.NrCpus]: (walk) => {
    const available = walk.u32();
    const online = walk.u32();
    expect(walk, FeatureId.NrCpus, online <= available, () => `${online} CPUs online of ${available}`);
  },
  [FeatureId.CpuDesc]: text,
  [FeatureId.CpuId]: text,
  [FeatureId.TotalMem]: (walk) => {
    walk.u64();
  },
  [FeatureId.Cmdline]: (walk) => walk.textList(),
  [FeatureId.EventDesc]: eventDesc,
  [FeatureId.CpuTopology]: cpuTopology,
  [FeatureId.NumaTopology]: (walk) =>
    walk.list(24, () => {
      walk.u32();
      const total = walk.u64();
      const free = walk.u64();
      expect(walk, FeatureId.NumaTopology, free <= total, () => `${free} of ${total} kB are free`);
      walk.text();
    }),
  [FeatureId.BranchStack]: () => undefined,
  [FeatureId.PmuMappings]: (walk) =>
    walk.list(8, () => {
      walk.u32();
      walk.text();
    }),
  [FeatureId.GroupDesc]: (walk, { eventCount }) =>
    walk.list(12, () => {
      walk.text();
      const leader = walk.u32();
      const members = walk.u32();
      expect(walk, FeatureId.GroupDesc, members > 0 && leader + members <= eventCount, () => `${members} events from event ${leader} on, of ${eventCount}`);
    }),
  [FeatureId.Auxtrace]: (walk) =>
    walk.list64(16, () => {
      walk.u64();
      walk.u64();
    }),
  [FeatureId.Stat]: () => undefined,
  [FeatureId.Cache]: (walk) => {
    version(walk, FeatureId.Cache, walk.u32());
    walk.list(28, () => {
      for (let i = 0; i < 4; i++) walk.u32();
      for (let i = 0; i < 3; i++) walk.text();
    });
  },
  [FeatureId.SampleTime]: (walk) => {
    const first = walk.u64();
    const last = walk.u64();
    expect(walk, FeatureId.SampleTime, first <= last, () => `the first sample at ${first}, the last at ${last}`);
  },
  [FeatureId.MemTopology]: memoryTopology,
  [FeatureId.Clockid]: (walk) => {
    walk.u64();
  },
  [FeatureId.DirFormat]: (walk) => {
    const format = walk.u64();
    expect(walk, FeatureId.DirFormat, format <= 1n, () => `format ${format}`);
  },
  [FeatureId.BpfProgInfo]: (walk) =>
    walk.list(16, () => {
      const infoSize = walk.u32();
      const dataSize = walk.u32();
      walk.u64();
      walk.raw(infoSize);
      walk.raw(dataSize);
    }),
  [FeatureId.BpfBtf]: (walk) =>
    walk.list(8, () => {
      walk.u32();
      walk.raw(walk.u32());
    }),
  [FeatureId.Compressed]: (walk) => {
    walk.u32();
    const kind = walk.u32();
    expect(walk, FeatureId.Compressed, kind <= ZSTD, () => `compression of type ${kind}`);
    for (let i = 0; i < 3; i++) walk.u32();
  },
  [FeatureId.CpuPmuCaps]: capabilities,
  [FeatureId.ClockData]: (walk) => {
    walk.u32();
    walk.u32();
    walk.u64();
    walk.u64();
  },
  [FeatureId.HybridTopology]: capabilities,
  [FeatureId.PmuCaps]: (walk) =>
    walk.list(8, () => {
      capabilities(walk);
      walk.text();
    }),
  [FeatureId.CpuDomainInfo]: (walk) => {
    const schedstat = walk.u32();
    walk.u32();
    while (walk.left >= 8 && !walk.failed) {
      walk.u32();
      walk.list(12, () => {
        walk.u32();
        if (schedstat >= NAMED_DOMAINS) walk.text();
        walk.text();
        walk.text();
      });
    }
  },
  [FeatureId.EMachine]: (walk) => {
    walk.u32();
    if (walk.left > 0) walk.u32();
  },
  [FeatureId.ClnSize]: (walk) => {
    const size = walk.u32();
    expect(walk, FeatureId.ClnSize, size !== 0 && (size & (size - 1)) === 0, () => `lines of ${size} bytes`);
  },
};

/** Pairs of texts. */
function capabilities(walk: PayloadWalk): void {
  walk.list(8, () => {
    walk.text();
    walk.text();
  });
}

/** Records as in 4.6.4; their type says nothing (perf writes 0). */
function buildIds(walk: PayloadWalk): void {
  while (walk.left > 0 && !walk.failed) {
    const start = walk.offset;
    const header = walk.raw(8);
    if (walk.failed) return;
    const view = new DataView(header.buffer, header.byteOffset, 8);
    const misc = view.getUint16(4, walk.littleEndian);
    const size = view.getUint16(6, walk.littleEndian);
    const body = walk.raw(Math.max(size - 8, 0));
    if (size < BUILD_ID_NAME || walk.failed) {
      walk.failed = true;
      walk.offset = start;
      return;
    }
    if (decodeText(body, BUILD_ID_NAME - 8, body.length).startsWith('nel.kallsyms]')) walk.note(OLD_BUILD_IDS, start, '');
    else if ((misc & Misc.BuildIdSize) === 0 && endsWithZeros(body, 4)) walk.note(PADDED_BUILD_ID, start, '');
    const stated = body[32 - 8]!;
    expect(walk, FeatureId.BuildId, (misc & Misc.BuildIdSize) === 0 || stated <= BUILD_ID_BYTES, () => `a build id of ${stated} bytes`);
  }
}

function eventDesc(walk: PayloadWalk, { eventCount }: PayloadContext): void {
  const count = walk.u32();
  const attrSize = walk.u32();
  expect(walk, FeatureId.EventDesc, count === eventCount, () => `${count} events, of which the recording has ${eventCount}`);
  if (count > 0 && attrSize < MIN_ATTR_SIZE) walk.failed = true;
  for (let left = count; left > 0 && !walk.failed; left--) {
    walk.raw(attrSize);
    const ids = walk.u32();
    walk.text();
    if (ids * 8 > walk.left) walk.failed = true;
    else walk.raw(ids * 8);
  }
}

/** May end after its threads, or before its dies (SPEC 3.3.1). Without NRCPUS nobody knows what follows the threads. */
function cpuTopology(walk: PayloadWalk, { cpus }: PayloadContext): void {
  walk.textList();
  walk.textList();
  if (cpus === undefined) walk.raw(walk.left);
  else if (walk.left > 0 && walk.left >= cpus * 8) {
    walk.raw(cpus * 8);
    if (walk.left < 4) return;
    walk.textList();
    walk.raw(cpus * 4);
  }
}

function memoryTopology(walk: PayloadWalk): void {
  version(walk, FeatureId.MemTopology, walk.u64());
  walk.u64();
  walk.list64(24, () => {
    walk.u64();
    const size = walk.u64();
    const bits = walk.u64();
    expect(walk, FeatureId.MemTopology, size === bits, () => `a node of ${size} blocks has ${bits} bits`);
    walk.raw(Math.ceil(Number(bits) / 64) * 8);
  });
}
