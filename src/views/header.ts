// What a recording says of itself, line by line as `perf report --header-only` prints it (FORMAT 1.3, 3.8). Quirks that are kept
// because scripts match on them: version 1, the double comma after an event's name, the clock's resolution called a frequency.

import { disjointGroups } from '../perfdata/features/disjoint-groups.ts';
import { FEATURE_NAMES, FeatureId } from '../perfdata/features/feature-id.ts';
import type { Features } from '../perfdata/features/features.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { attrText } from './attr-text.ts';
import { cpuTopologyLines, domainLines, memoryLines } from './header-topology.ts';

export interface HeaderInfo {
  /** When the file was last changed; without it the line is left out. */
  readonly fileTime?: Date | undefined;
  /** -I: topologies and caches too. */
  readonly full: boolean;
}

const DAYS: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS: readonly string[] = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Long ones: printed with -I only. */
const ONLY_FULL: readonly number[] = [
  FeatureId.CpuTopology, FeatureId.NumaTopology, FeatureId.Cache, FeatureId.MemTopology, FeatureId.HybridTopology, FeatureId.CpuDomainInfo,
];

/** The lines of the block, without line ends. */
export function* headerLines(file: PerfDataFile, info: HeaderInfo): Generator<string> {
  const isFile = file.container === 'file';
  yield '# ========';
  if (info.fileTime !== undefined) yield `# captured on    : ${ctime(info.fileTime)}`;
  // The place of the format in perf's list of them, counted from 0.
  yield `# header version : ${file.version - 1}`;
  yield `# data offset    : ${isFile ? file.dataOffset : 0}`;
  yield `# data size      : ${file.recordedDataSize}`;
  yield `# feat offset    : ${isFile ? file.dataOffset + file.recordedDataSize : 0}`;
  if (!isFile) {
    yield '# ========';
    yield '#';
  }
  const { features } = file;
  for (const id of features.ids()) {
    if (id > FeatureId.ClnSize) continue;
    if (!info.full && ONLY_FULL.includes(id)) yield `# ${FEATURE_NAMES[id]} info available, use -I to display`;
    else yield* featureLines(id, file);
  }
  if (!isFile) return;
  const missing = FEATURE_NAMES.filter((_, id) => id > 0 && !features.has(id));
  yield `# missing features: ${missing.map((name) => `${name} `).join('')}`;
  yield '# ========';
  yield '#';
}

/** `Sat Nov 21 01:02:03 2026`, local time. */
function ctime(date: Date): string {
  const day = String(date.getDate()).padStart(2, ' ');
  return `${DAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${day} ${clock(date)} ${date.getFullYear()}`;
}

function clock(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** The lines of one feature, in full. */
export function* featureLines(id: number, file: PerfDataFile): Generator<string> {
  const { features } = file;
  switch (id) {
    case FeatureId.Hostname: return yield* textLine('hostname', features.hostname);
    case FeatureId.OsRelease: return yield* textLine('os release', features.osRelease);
    case FeatureId.Version: return yield* textLine('perf version', features.version);
    case FeatureId.Arch: return yield* textLine('arch', features.arch);
    case FeatureId.CpuDesc: return yield* textLine('cpudesc', features.cpuDesc);
    case FeatureId.CpuId: return yield* textLine('cpuid', features.cpuId);
    case FeatureId.NrCpus: {
      const counts = features.cpuCounts;
      if (counts === undefined) return;
      yield `# nrcpus online : ${counts.online}`;
      return yield `# nrcpus avail : ${counts.available}`;
    }
    case FeatureId.TotalMem: return yield* textLine('total memory', features.totalMemory === undefined ? undefined : `${features.totalMemory} kB`);
    case FeatureId.Cmdline: {
      const words = features.cmdline;
      return yield* textLine('cmdline', words?.map((word) => `${word.replaceAll("'", "\\'")} `).join(''));
    }
    case FeatureId.EventDesc: return yield* eventLines(features);
    case FeatureId.CpuTopology: return features.cpuTopology && (yield* cpuTopologyLines(features.cpuTopology));
    case FeatureId.NumaTopology:
      for (const { node, total, free, cpus } of features.numaNodes ?? []) {
        yield `# node${node} meminfo  : total = ${total} kB, free = ${free} kB`;
        yield `# node${node} cpu list : ${cpus}`;
      }
      return;
    case FeatureId.BranchStack: return yield '# contains samples with branch stack';
    case FeatureId.PmuMappings: {
      const mappings = features.pmuMappings ?? [];
      if (mappings.length === 0) return yield '# pmu mappings: not available';
      return yield `# pmu mappings: ${mappings.map(({ name, type }) => `${name} = ${type}`).join(', ')}`;
    }
    case FeatureId.GroupDesc: return yield* groupLines(file);
    case FeatureId.Auxtrace: return yield '# contains AUX area data (e.g. instruction trace)';
    case FeatureId.Stat: return yield '# contains stat data';
    case FeatureId.Cache:
      yield '# CPU cache info:';
      for (const { level, type, size, cpus } of features.caches?.levels ?? []) yield `#  L${level} ${type.padEnd(15)} ${size.padStart(8)} [${cpus}]`;
      return;
    case FeatureId.SampleTime: return yield* sampleTimeLines(features);
    case FeatureId.MemTopology: return features.memoryTopology && (yield* memoryLines(features.memoryTopology));
    case FeatureId.Clockid: {
      const resolution = features.clockResolution;
      return resolution === undefined ? undefined : yield `# clockid frequency: ${resolution * 1000n} MHz`;
    }
    case FeatureId.DirFormat: return yield `# directory data version : ${features.directoryVersion ?? 0n}`;
    case FeatureId.BpfProgInfo: return yield* bpfLines(features);
    case FeatureId.BpfBtf: {
      const objects = features.btfObjects ?? [];
      if (objects.length === 0) return yield '# btf info empty';
      for (const btf of objects) yield `# btf info of id ${btf.id}`;
      return;
    }
    case FeatureId.Compressed: {
      const compressed = features.compressed;
      if (compressed === undefined) return;
      const name = compressed.type === 1 ? 'Zstd' : 'Unknown';
      return yield `# compressed : ${name}, level = ${compressed.level}, ratio = ${compressed.ratio}`;
    }
    case FeatureId.CpuPmuCaps: return yield* capabilityLines('cpu', features.cpuPmuCaps ?? new Map());
    case FeatureId.ClockData: return yield* clockLines(features);
    case FeatureId.HybridTopology:
      yield '# hybrid cpu system:';
      for (const { pmu, cpus } of features.hybridTopology ?? []) yield `# ${pmu} cpu list : ${cpus}`;
      return;
    case FeatureId.PmuCaps:
      for (const { pmu, capabilities } of features.pmuCaps ?? []) yield* capabilityLines(pmu, capabilities);
      return;
    case FeatureId.CpuDomainInfo: return features.cpuDomains && (yield* domainLines(features.cpuDomains));
    case FeatureId.EMachine: {
      const machine = features.machine;
      if (machine === undefined) return;
      yield `# e_machine : ${machine.machine}`;
      return yield `#   e_flags : ${machine.flags}`;
    }
    case FeatureId.ClnSize: return yield `# cacheline size: ${features.cacheLineSize ?? 0}`;
    default:
  }
}

function* textLine(title: string, value: string | undefined): Generator<string> {
  if (value !== undefined) yield `# ${title} : ${value}`;
}

function* eventLines(features: Features): Generator<string> {
  const events = features.eventDesc;
  if (events === undefined) return yield '# event desc: not available or unable to read';
  for (const { attr, name, ids } of events) {
    const idList = ids.length === 0 ? '' : `, id = { ${ids.join(', ')} }`;
    yield `# event : name = ${name}, ${idList}, ${attrText(attr, name, features)}`;
  }
}

function* groupLines(file: PerfDataFile): Generator<string> {
  const { events: all } = file.events;
  for (const { name, leader, members } of disjointGroups(file.features.groupDesc ?? [], all.length)) {
    const events = all.slice(leader, leader + members).map((event) => event.name);
    yield `# group: ${name === '{anon_group}' ? '' : name}{${events.join(',')}}`;
  }
}

function* sampleTimeLines(features: Features): Generator<string> {
  const times = features.sampleTime;
  if (times === undefined) return;
  yield `# time of first sample : ${seconds(times.first, 6)}`;
  yield `# time of last sample : ${seconds(times.last, 6)}`;
  yield `# sample duration : ${(Number(BigInt.asUintN(64, times.last - times.first)) / 1e6).toFixed(3).padStart(10)} ms`;
}

/** Nanoseconds as seconds with so many digits after the point, cut off. */
function seconds(nanoseconds: bigint, digits: number): string {
  const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, '0');
  return `${nanoseconds / 1_000_000_000n}.${fraction.slice(0, digits)}`;
}

function* bpfLines(features: Features): Generator<string> {
  const programs = features.bpfPrograms ?? [];
  if (programs.length === 0) return yield '# bpf_prog_info empty';
  for (const { id, parts } of programs) {
    const lines = parts.map(({ name, address, size }) => `${name} addr 0x${address.toString(16)} size ${size}`);
    if (lines.length === 1) yield `# bpf_prog_info ${id}: ${lines[0]}`;
    else {
      yield `# bpf_prog_info ${id}:`;
      for (const [index, line] of lines.entries()) yield `# \tsub_prog ${index}: ${line}`;
    }
  }
}

function* capabilityLines(pmu: string, capabilities: ReadonlyMap<string, string>): Generator<string> {
  const list = [...capabilities].map(([name, value]) => `${name}=${value}`).join(', ');
  yield `# ${pmu} pmu capabilities: ${list === '' ? 'not available' : list}`;
}

const CLOCKS: Readonly<Record<number, string>> = {
  0: 'realtime', 1: 'monotonic', 2: 'process_cputime_id', 3: 'thread_cputime_id', 4: 'monotonic_raw', 5: 'realtime_coarse',
  6: 'monotonic_coarse', 7: 'boottime', 11: 'tai',
};

function* clockLines(features: Features): Generator<string> {
  const data = features.clockData;
  if (data === undefined) return;
  const name = CLOCKS[data.clockId] ?? 'unknown';
  yield `# clockid: ${name} (${data.clockId})`;
  const date = new Date(Number(data.wallNs / 1_000_000n));
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  const wall = seconds(data.wallNs, 6);
  const local = `${day} ${clock(date)}.${wall.split('.')[1]}`;
  yield `# reference time: ${local} = ${wall} (TOD) = ${seconds(data.clockNs, 9)} (${name})`;
}
