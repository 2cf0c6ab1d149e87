// What a recording says about the machine, perf and itself (FORMAT 1.3; SPEC 3). Payloads are kept as they are and decoded when
// asked for; one that does not decode is reported and treated as absent, the others stay.

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import { type PerfEventAttr, readAttr } from '../attr.ts';
import { type BuildIdRecord, readBuildIdRecords } from '../records/build-id.ts';
import { type BpfProgram, readBpfPrograms } from './bpf.ts';
import { FEATURE_NAMES, FeatureId } from './feature-id.ts';
import { FeatureReader } from './feature-reader.ts';
import {
  type Caches, type CpuDomains, type CpuTopology, type MemoryTopology, type NumaNode, readCaches, readCpuDomains, readCpuTopology,
  readMemoryTopology, readNumaNodes,
} from './topology.ts';

/** Where a payload too large to keep lies in the file. */
export interface Section {
  readonly offset: number;
  readonly size: number;
}

/** An event as EVENT_DESC describes it; in the order of the attrs. */
export interface EventDescription {
  readonly attr: PerfEventAttr;
  readonly name: string;
  readonly ids: readonly bigint[];
}

/** A group of events that were counted together: `members` events from `leader` on. */
export interface EventGroup {
  /** `{anon_group}` where it was not named. */
  readonly name: string;
  /** Index of the leader among the events. */
  readonly leader: number;
  /** The leader included. */
  readonly members: number;
}

export interface PmuMapping {
  /** attr.type of its events. */
  readonly type: number;
  readonly name: string;
}

export interface PmuCapabilities {
  readonly pmu: string;
  readonly capabilities: ReadonlyMap<string, string>;
}

export interface CompressionInfo {
  readonly version: number;
  /** 0 none, 1 zstd. */
  readonly type: number;
  readonly level: number;
  readonly ratio: number;
  /** Bytes of a ring buffer: the most that one COMPRESSED record makes. */
  readonly mmapLength: number;
}

export interface ClockData {
  readonly version: number;
  /** Of clock_gettime(2). */
  readonly clockId: number;
  /** CLOCK_REALTIME in ns and the events' clock in ns, read together. */
  readonly wallNs: bigint;
  readonly clockNs: bigint;
}

export interface BtfObject {
  readonly id: number;
  readonly bytes: Uint8Array;
}

export class Features {
  readonly #littleEndian: boolean;
  readonly #diagnostics: Diagnostics;
  readonly #payloads = new Map<number, Uint8Array>();
  readonly #sections = new Map<number, Section>();
  readonly #decoded = new Map<number, unknown>();
  #pmuNames: { readonly of: readonly PmuMapping[] | undefined; readonly names: ReadonlyMap<number, string> } = { of: undefined, names: new Map() };

  constructor(littleEndian: boolean, diagnostics: Diagnostics) {
    this.#littleEndian = littleEndian;
    this.#diagnostics = diagnostics;
  }

  /** Whether the recording has a feature, readable or not. */
  has(id: number): boolean {
    return this.#payloads.has(id) || this.#sections.has(id);
  }

  /** The numbers of all features that the recording has, ascending. */
  ids(): number[] {
    return [...new Set([...this.#sections.keys(), ...this.#payloads.keys()])].sort((a, b) => a - b);
  }

  /** A payload as it is; undefined where there is none or it was not kept (`section` says where it lies). */
  payload(id: number): Uint8Array | undefined {
    return this.#payloads.get(id);
  }

  /** Where a feature's payload lies in the file; undefined in pipes. */
  section(id: number): Section | undefined {
    return this.#sections.get(id);
  }

  /** Filled by the readers of files and streams. */
  addPayload(id: number, payload: Uint8Array): void {
    this.#payloads.set(id, payload);
    this.#decoded.delete(id);
  }

  addSection(id: number, section: Section): void {
    this.#sections.set(id, section);
  }

  drop(id: number): void {
    this.#payloads.delete(id);
    this.#sections.delete(id);
    this.#decoded.delete(id);
  }

  /** Name of the machine (uname -n). */
  get hostname(): string | undefined { return this.#text(FeatureId.Hostname); }
  /** Release of the kernel (uname -r). */
  get osRelease(): string | undefined { return this.#text(FeatureId.OsRelease); }
  /** Of perf. */
  get version(): string | undefined { return this.#text(FeatureId.Version); }
  /** Of the kernel (uname -m): `x86_64`, `aarch64`. */
  get arch(): string | undefined { return this.#text(FeatureId.Arch); }
  get cpuDesc(): string | undefined { return this.#text(FeatureId.CpuDesc); }
  get cpuId(): string | undefined { return this.#text(FeatureId.CpuId); }

  get cpuCounts(): { readonly available: number; readonly online: number } | undefined {
    return this.#decode(FeatureId.NrCpus, (reader) => ({ available: reader.u32(), online: reader.u32() }));
  }

  /** In kB. */
  get totalMemory(): bigint | undefined {
    return this.#decode(FeatureId.TotalMem, (reader) => reader.u64());
  }

  /** The path of perf, then its arguments (which perf 7.2 leaves out). */
  get cmdline(): readonly string[] | undefined {
    return this.#decode(FeatureId.Cmdline, (reader) => reader.texts());
  }

  get eventDesc(): readonly EventDescription[] | undefined {
    return this.#decode(FeatureId.EventDesc, (reader) => {
      const count = reader.u32();
      const attrSize = reader.u32();
      const events: EventDescription[] = [];
      for (let i = 0; i < count && !reader.failed; i++) {
        const attr = readAttr(reader.raw(attrSize), this.#littleEndian);
        const idCount = reader.u32();
        const name = reader.text();
        if (attr === undefined || idCount * 8 > reader.left) reader.failed = true;
        if (reader.failed || attr === undefined) break;
        events.push({ attr, name, ids: Array.from({ length: idCount }, () => reader.u64()) });
      }
      return events;
    });
  }

  /** Of the files that had samples, where perf wrote them; mostly they come with MMAP2. */
  get buildIds(): readonly BuildIdRecord[] | undefined {
    return this.#decode(FeatureId.BuildId, (reader) => readBuildIdRecords(reader.bytes, this.#littleEndian, this.#diagnostics));
  }

  get cpuTopology(): CpuTopology | undefined {
    const cpus = this.cpuCounts?.available ?? 0;
    return this.#decode(FeatureId.CpuTopology, (reader) => readCpuTopology(reader, cpus));
  }

  get numaNodes(): readonly NumaNode[] | undefined {
    return this.#decode(FeatureId.NumaTopology, readNumaNodes);
  }

  get pmuMappings(): readonly PmuMapping[] | undefined {
    return this.#decode(FeatureId.PmuMappings, (reader) => {
      const mappings: PmuMapping[] = [];
      for (let left = reader.count(8); left > 0 && !reader.failed; left--) mappings.push({ type: reader.u32(), name: reader.text() });
      return mappings;
    });
  }

  /** The name of the PMU that attr.type says; undefined where PMU_MAPPINGS does not tell. */
  pmuName(type: number): string | undefined {
    const mappings = this.pmuMappings ?? [];
    if (this.#pmuNames.of !== mappings) {
      const names = new Map<number, string>();
      for (const mapping of mappings) if (!names.has(mapping.type)) names.set(mapping.type, mapping.name);
      this.#pmuNames = { of: mappings, names };
    }
    return this.#pmuNames.names.get(type);
  }

  get groupDesc(): readonly EventGroup[] | undefined {
    return this.#decode(FeatureId.GroupDesc, (reader) => {
      const groups: EventGroup[] = [];
      for (let left = reader.count(12); left > 0 && !reader.failed; left--) {
        groups.push({ name: reader.text(), leader: reader.u32(), members: reader.u32() });
      }
      return groups;
    });
  }

  /** The places of the AUXTRACE records, with what follows them. */
  get auxtrace(): readonly { readonly offset: bigint; readonly size: bigint }[] | undefined {
    return this.#decode(FeatureId.Auxtrace, (reader) => {
      const places: { offset: bigint; size: bigint }[] = [];
      for (let left = reader.count64(16); left > 0; left--) places.push({ offset: reader.u64(), size: reader.u64() });
      return places;
    });
  }

  get caches(): Caches | undefined {
    return this.#decode(FeatureId.Cache, readCaches);
  }

  /** Exact, in ns; 0 and 0 without samples and in pipes. */
  get sampleTime(): { readonly first: bigint; readonly last: bigint } | undefined {
    return this.#decode(FeatureId.SampleTime, (reader) => ({ first: reader.u64(), last: reader.u64() }));
  }

  get memoryTopology(): MemoryTopology | undefined {
    return this.#decode(FeatureId.MemTopology, readMemoryTopology);
  }

  /** Resolution of the clock asked for with -k, in ns. */
  get clockResolution(): bigint | undefined {
    return this.#decode(FeatureId.Clockid, (reader) => reader.u64());
  }

  /** 1: records also lie in data.N beside the file. */
  get directoryVersion(): bigint | undefined {
    return this.#decode(FeatureId.DirFormat, (reader) => reader.u64());
  }

  get compressed(): CompressionInfo | undefined {
    return this.#decode(FeatureId.Compressed, (reader) => (
      { version: reader.u32(), type: reader.u32(), level: reader.u32(), ratio: reader.u32(), mmapLength: reader.u32() }
    ));
  }

  get clockData(): ClockData | undefined {
    return this.#decode(FeatureId.ClockData, (reader) => (
      { version: reader.u32(), clockId: reader.u32(), wallNs: reader.u64(), clockNs: reader.u64() }
    ));
  }

  /** Of the PMU `cpu`. */
  get cpuPmuCaps(): ReadonlyMap<string, string> | undefined {
    return this.#decode(FeatureId.CpuPmuCaps, readCapabilities);
  }

  get pmuCaps(): readonly PmuCapabilities[] | undefined {
    return this.#decode(FeatureId.PmuCaps, (reader) => {
      const pmus: PmuCapabilities[] = [];
      for (let left = reader.count(8); left > 0 && !reader.failed; left--) {
        const capabilities = readCapabilities(reader);
        pmus.push({ pmu: reader.text(), capabilities });
      }
      return pmus;
    });
  }

  get hybridTopology(): readonly { readonly pmu: string; readonly cpus: string }[] | undefined {
    return this.#decode(FeatureId.HybridTopology, (reader) => {
      const pmus: { pmu: string; cpus: string }[] = [];
      for (let left = reader.count(8); left > 0 && !reader.failed; left--) pmus.push({ pmu: reader.text(), cpus: reader.text() });
      return pmus;
    });
  }

  get cpuDomains(): CpuDomains | undefined {
    return this.#decode(FeatureId.CpuDomainInfo, readCpuDomains);
  }

  /** e_machine and e_flags of the ELF header of perf itself. */
  get machine(): { readonly machine: number; readonly flags: number } | undefined {
    return this.#decode(FeatureId.EMachine, (reader) => ({ machine: reader.u32(), flags: reader.left >= 4 ? reader.u32() : 0 }));
  }

  /** In bytes. */
  get cacheLineSize(): number | undefined {
    return this.#decode(FeatureId.ClnSize, (reader) => reader.u32());
  }

  get bpfPrograms(): readonly BpfProgram[] | undefined {
    return this.#decode(FeatureId.BpfProgInfo, readBpfPrograms);
  }

  /** The BTF objects recorded: types of BPF programs, not decoded. */
  get btfObjects(): readonly BtfObject[] | undefined {
    return this.#decode(FeatureId.BpfBtf, (reader) => {
      const objects: BtfObject[] = [];
      for (let left = reader.count(8); left > 0 && !reader.failed; left--) objects.push({ id: reader.u32(), bytes: reader.raw(reader.u32()) });
      return objects;
    });
  }

  #text(id: number): string | undefined {
    return this.#decode(id, (reader) => reader.text());
  }

  #decode<T>(id: number, decode: (reader: FeatureReader) => T): T | undefined {
    if (this.#decoded.has(id)) return this.#decoded.get(id) as T | undefined;
    const payload = this.#payloads.get(id);
    if (payload === undefined) return undefined;
    const reader = new FeatureReader(payload, this.#littleEndian);
    let value: T | undefined = decode(reader);
    if (reader.failed) {
      const place = this.#sections.get(id)?.offset ?? -1;
      this.#diagnostics.damaged(`feature-${id}-damaged`, place, `What the header says as ${FEATURE_NAMES[id] ?? `feature ${id}`} is damaged`);
      value = undefined;
    }
    this.#decoded.set(id, value);
    return value;
  }
}

function readCapabilities(reader: FeatureReader): Map<string, string> {
  const capabilities = new Map<string, string>();
  for (let left = reader.count(8); left > 0 && !reader.failed; left--) {
    const name = reader.text();
    capabilities.set(name, reader.text());
  }
  return capabilities;
}
