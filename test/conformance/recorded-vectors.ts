// Vectors that perf (or a Python interpreter) recorded: where each comes from, and what it shows. They are pieces of the corpus beside
// the project, kept whole; UPDATE_RECORDED=1 takes them from there again. What is expected of them was read by perfts, and is held
// against perf's own text (recorded.test.ts); the built vectors do not rest on it.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, prettyJson } from './builder/json.ts';
import type { Departure } from './builder/recording.ts';
import { jitdumpJson, perfMapJson } from './read-jit.ts';
import { readRecording } from './read-recording.ts';
import { takenIndexes, isTimed } from './taken-order.ts';
import { filesOf, vectorFolder } from './vector-folder.ts';

export interface RecordedVector {
  readonly name: string;
  readonly about: string;
  readonly clauses: readonly string[];
  /** Command, versions, machine. */
  readonly origin: string;
  /** The case of the corpus; of jitdumps and maps a file of testdata/jit. */
  readonly from: string;
  /** What a validator says; nothing if left out. */
  readonly departures?: readonly Departure[];
  /** perf stops before the end. */
  readonly perfStops?: boolean;
}

const error = (clause: string, offset: number): Departure => ({ clause, offset, severity: 'error' });
const PERF = 'perf 7.2.13, Linux 6.18.44, x86-64';
const QEMU = 'perf 7.2.13, Linux 7.2.13, qemu';

export const RECORDED: readonly RecordedVector[] = [
  { name: 'recorded-stat-pipe', from: 'fmt_stat_record_pipe', origin: `perf stat record -I 50 -e task-clock,page-faults -o - WORK; ${PERF}`, about: 'perf stat record into a pipe: STAT_CONFIG, STAT, STAT_ROUND', clauses: ['1.3.1', '4.6.12', '4.6.13', '4.6.14', '10.1.20'] },
  { name: 'recorded-stat-be', from: 'fmt_be_stat', origin: `perf stat record -I 100 -e cpu-clock,page-faults WORK; ${QEMU} s390x`, about: 'perf stat record on a big-endian machine; COMPRESSED without compression', clauses: ['1.1.1', '3.2.19', '4.6.13', '10.1.4'] },
  { name: 'recorded-schedstat', from: 'fmt_sched_stats', origin: `perf sched stats record -- WORK; ${QEMU} x86-64`, about: 'perf sched stats record: counters of CPUs and of scheduling domains', clauses: ['4.6.22', '4.6.23', '4.9.3', '3.2.32'] },
  { name: 'recorded-no-samples', from: 'fmt_no_samples', origin: `perf record -e cpu-clock --no-samples WORK; ${PERF}`, about: 'Everything that perf 7.2 writes but samples: features, maps, build ids in MMAP2 and no BUILD_ID', clauses: ['1.2.7', '4.3.5', '10.1.3', '10.1.8', '10.1.12'] },
  { name: 'recorded-user-chains', from: 'fmt_archive', origin: `perf record --no-buildid-mmap -e cpu-clock:u -F 499 -g TINY; ${PERF}`, about: 'Frame-pointer chains of a small program, and BUILD_ID', clauses: ['5.1.14', '3.2.2', '2.2.4'] },
  { name: 'recorded-clock', from: 'fmt_clockid', origin: `perf record -k monotonic_raw -e cpu-clock -F 499 WORK; ${PERF}`, about: 'Times of another clock: CLOCKID and CLOCK_DATA', clauses: ['3.2.23', '3.2.29', '6.2.1', '2.1.15'] },
  { name: 'recorded-clock-pipe', from: 'fmt_clockid_boottime', origin: `perf record -k boottime -e cpu-clock -F 499 -o - WORK; ${PERF}`, about: 'The same in a pipe', clauses: ['1.3.1', '1.3.2', '3.2.29', '4.6.17'] },
  { name: 'recorded-namespaces', from: 'fmt_namespaces', origin: `perf record --namespaces -e cpu-clock -F 999 -- sh -c 'unshare …'; ${PERF}`, about: 'Tasks that leave their namespaces', clauses: ['4.5.16', '2.2.5'] },
  { name: 'recorded-inject-mmap2', from: 'fmt_inject_mmap2_buildids', origin: `perf record -B --no-buildid-mmap -g, perf inject --mmap2-buildids; ${PERF}`, about: 'What perf inject makes of a file', clauses: ['1.2.2', '4.3.5'] },
  { name: 'recorded-inject-build-ids', from: 'fmt_inject_buildids', origin: `perf record -N --no-buildid-mmap -g, perf inject -b; ${PERF}`, about: 'BUILD_ID records among the others of a file, with trailers', clauses: ['4.6.4', '5.5.5'] },
  { name: 'recorded-inject-pipe', from: 'fmt_inject_pipe', origin: `perf record -B --no-buildid-mmap -g -o - | perf inject -b; ${PERF}`, about: 'A pipe that went through perf inject', clauses: ['1.3.1', '1.3.4', '4.6.4'] },
  { name: 'recorded-tracepoints', from: 'fmt_inject_sched_stat', origin: `perf record -e sched:… -g, perf inject -s; ${QEMU} x86-64`, about: 'Tracepoints: RAW and the formats of their fields', clauses: ['3.2.1', '5.1.15', '7.1.1', '7.2.1'] },
  { name: 'recorded-tracepoints-be', from: 'fmt_be_pipe_tracepoints', perfStops: true, origin: `perf record -z -e sched:sched_switch,raw_syscalls:sys_enter -c 1 -o - WORK; ${QEMU} s390x`, about: 'Tracepoints of a big-endian machine in a compressed pipe', clauses: ['1.3.5', '1.4.2', '4.6.20', '5.1.15', '7.1.1'] },
  { name: 'recorded-group', from: 'fmt_group_61', origin: 'perf record -e {cpu-clock,page-faults}:S -F 499 WORK; perf 6.1.187, Linux 6.18.44, x86-64', about: 'Samples that read a group of two events', clauses: ['5.2.2', '3.2.17', '5.1.13'] },
  { name: 'recorded-registers', from: 'fmt_phys_regs_all', origin: `perf record -e cpu-clock -F 299 --intr-regs --user-regs WORK; ${PERF}`, about: 'All registers, of the user and where the event happened', clauses: ['5.1.17', '5.1.23', '5.7.3', '5.7.2'] },
  { name: 'recorded-build-ids', from: 'fmt_buildid_all', origin: `perf record --buildid-all --no-buildid-mmap -g WORK; ${PERF}`, about: 'MMAP2 with device and inode, and BUILD_ID of all files', clauses: ['4.3.4', '3.2.2'] },
  { name: 'recorded-throttle', from: 'fmt_throttle', origin: `perf record -e cpu-clock -c 100000 WORK; ${PERF}`, about: 'An event that comes too often: THROTTLE and UNTHROTTLE', clauses: ['4.5.5', '4.5.6'] },
  { name: 'recorded-switches', from: 'fmt_switch_events', origin: `perf record --switch-events -e cpu-clock -F 499 WORK; ${PERF}`, about: 'Context switches', clauses: ['4.5.14', '4.2.6', '4.2.8'] },
  { name: 'recorded-compressed', from: 'fmt_pipe_z', origin: `perf record -z -e cpu-clock -F 997 -g -o - WORK; ${PERF}`, about: 'Records that zstd really compressed, in a pipe', clauses: ['1.4.1', '1.4.2', '1.4.3', '4.6.20'] },
  { name: 'recorded-killed', from: 'rec_killed_early', origin: `perf record -e cpu-clock -F 99 WORK, killed when its file had 400 bytes; ${PERF}`, about: 'What a killed perf leaves', clauses: ['1.2.5'], departures: [error('1.2.5', 48)] },
  { name: 'recorded-cut', from: 'rec_truncated_record_61', perfStops: true, origin: 'perf record -e cpu-clock WORK, cut within a sample half-way; perf 6.1.187, Linux 6.18.44, x86-64', about: 'A recording that ends within a sample', clauses: ['1.2.6', '1.6.1'], departures: [error('1.2.6', 8706), error('1.6.1', 8696)] },
  { name: 'recorded-compressed-damaged', from: 'rec_bad_zstd', origin: `perf record -z WORK, bytes within the first COMPRESSED2 changed; ${PERF}`, about: 'Compressed records that cannot be decompressed: the others are read', clauses: ['1.4.4'], departures: [error('1.4.3', 712)] },
  { name: 'recorded-jitdump', from: 'py313.dump', origin: 'python3.13 -X perf_jit, CPython 3.13.18, x86-64; its first 4096 bytes', about: 'What a killed CPython 3.13 leaves: one unwinding information before each of its trampolines', clauses: ['8.2.2', '8.2.6', '8.4.1', '10.3.4'] },
  { name: 'recorded-jitdump-arm64', from: 'a64-py315.dump', origin: 'python3.15 -X perf_jit, CPython 3.15.2, arm64; its first 4096 bytes', about: 'The same of CPython 3.15 on arm64', clauses: ['8.1.2', '8.2.6', '10.3.5'] },
  { name: 'recorded-jitdump-forked', from: 'py313-forked.dump', origin: 'python3.13 -X perf_jit that forked twice, CPython 3.13.18, x86-64; header and some records', about: 'Pieces of a jitdump that its forks wrote again, cut into records', clauses: ['8.4.2', '8.4.3', '10.3.7'], departures: [error('8.4.2', 3628), error('8.4.2', 6522)] },
  { name: 'recorded-map', from: 'py313.map', origin: 'python3.13 -X perf, CPython 3.13.18, x86-64; its first lines', about: 'A perf map of CPython', clauses: ['9.1.1'] },
];

/** The unpacked case; undefined where the corpus is not there. */
export function corpusCase(name: string): string | undefined {
  const cache = join(homedir(), '.cache', 'perfts-corpus');
  if (!existsSync(cache)) return undefined;
  const folder = readdirSync(cache).find((each) => /-[0-9a-f]{16}$/.test(each) && each.slice(0, -17) === name);
  return folder === undefined ? undefined : join(cache, folder);
}

/** Writes a vector's file and what perfts reads of it. */
export async function writeRecorded({ name, about, clauses, origin, from, departures = [] }: RecordedVector): Promise<void> {
  const end = /\.(dump|map)$/.exec(from)?.[0] ?? '.perf.data';
  const source = end === '.perf.data' ? join(corpusCase(from) ?? 'no corpus', 'perf.data') : join(vectorFolder(), '..', 'jit', from);
  const target = join(vectorFolder(), name + end);
  if (statSync(source).isFile()) writeFileSync(target, readFileSync(source));
  const whole = { about, origin: `recorded: ${origin}`, clauses, expect: await read(name), departures: departures.map((each) => ({ ...each })) };
  writeFileSync(join(vectorFolder(), `${name}.json`), `${prettyJson(whole)}\n`);
}

async function read(name: string): Promise<JsonObject> {
  const { end, files } = filesOf(name);
  if (end === '.map') {
    const symbols = perfMapJson(files[0]!, { lookups: [] })['symbols'] as readonly { readonly start: string }[];
    return perfMapJson(files[0]!, { lookups: symbols.map(({ start }) => ({ address: start })) });
  }
  if (end === '.dump') {
    const first = jitdumpJson(files[0]!, {})['code'] as readonly { readonly address: string; readonly time: string }[];
    const lookups = first.map(({ address, time }) => ({ address, time }));
    return jitdumpJson(files[0]!, { lookups });
  }
  const { said, byTime } = await readRecording(files);
  const inFile = said['records'] as readonly JsonObject[];
  const order = takenIndexes(inFile, byTime).filter((index) => isTimed(inFile[index]!));
  const isAscending = order.every((index, i) => i === 0 || index > order[i - 1]!);
  return { ...said, order: isAscending ? undefined : order };
}
