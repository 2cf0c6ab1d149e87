// A vector for each type of the kernel's records (SPEC 4.3 to 4.5): every field with a value of its own, each optional part there and
// not there. The first field of a number is chosen so that another byte order or another width gives another value.

import { event, type EventSpec } from '../builder/event.ts';
import * as kernel from '../builder/kernel-records.ts';
import { someBytes } from '../builder/packer.ts';
import { Bit12, Bit13, Mode, type Trailer, ZERO_TRAILER } from '../builder/record.ts';
import { twins, type Vector } from '../builder/vector.ts';

/** TID, TIME, CPU and IDENTIFIER behind each record. */
const clock: EventSpec = event({ sampleType: ['IP', 'TID', 'TIME', 'CPU', 'IDENTIFIER'], ids: [0x1122334455667788n] });

let time = 0x0000_1234_5678_9abcn;
/** One after the other. */
function at(pid: number, tid: number): Trailer {
  time += 0x1111n;
  return { pid, tid, time, cpu: 3 };
}

const task = { pid: 0x0102, ppid: 0x0304, tid: 0x0506, ptid: 0x0708, time: 0x0102030405060708n };
const code = { pid: 4242, tid: 4243, start: 0x7f0123456000n, length: 0x21000n, pageOffset: 0x3000n };
const buildId = [...someBytes(20, 0xa0)];

export const kernelRecordVectors: readonly Vector[] = [
  ...twins({ name: 'record-mmap', about: 'MMAP: code, data, the kernel with the symbol its page offset is the address of, and a list of mappings that is cut', clauses: ['4.3.3', '4.3.1', '4.3.2', '4.2.2', '4.2.3', '4.2.1'] }, {
    events: [clock],
    records: [
      kernel.mmap(clock, { pid: -1, tid: 0, start: 0xffffffff81000000n, length: 0x1208d88n, pageOffset: 0xffffffff81000110n, filename: '[kernel.kallsyms]_text' }, ZERO_TRAILER, Mode.Kernel),
      kernel.mmap(clock, { ...code, filename: '/usr/lib/libfoo.so.1' }, at(4242, 4243)),
      kernel.mmap(clock, { ...code, start: 0x600000n, filename: '/tmp/Größe' }, at(4242, 4243), Mode.User | Bit13),
      kernel.mmap(clock, { ...code, start: 0x700000n, filename: '1234567' }, at(4242, 4243), Mode.User | Bit12),
      kernel.mmap(clock, { ...code, start: 0x800000n, filename: '12345678' }, at(4242, 4243)),
    ],
  }),
  ...twins({ name: 'record-mmap2', about: 'MMAP2 with device and inode: a file, anonymous memory, data, names of every padding', clauses: ['4.3.4', '4.3.1', '4.3.7', '4.3.8', '4.2.2', '4.2.3'] }, {
    events: [clock],
    records: [
      kernel.mmap2(clock, { ...code, major: 0xfe, minor: 0x12345, inode: 0x1020304050607n, generation: 0x99aabbccn, prot: 5, flags: 2, filename: '/usr/bin/program' }, at(4242, 4243)),
      kernel.mmap2(clock, { ...code, start: 0x55d71745d000n, pageOffset: 0x55d71745d000n, major: 0, minor: 0, inode: 0n, generation: 0n, prot: 7, flags: 0x22, filename: '//anon' }, at(4242, 4243)),
      kernel.mmap2(clock, { ...code, start: 0x1000n, major: 8, minor: 1, inode: 12n, generation: 0n, prot: 3, flags: 1, filename: '/dev/zero (deleted)' }, at(4242, 4243), Mode.User | Bit13),
      kernel.mmap2(clock, { ...code, start: 0x2000n, major: 8, minor: 1, inode: 12n, generation: 0n, prot: 5, flags: 2, filename: '' }, at(4242, 4243), Mode.User | Bit12),
    ],
  }),
  ...twins({ name: 'record-mmap2-build-id', about: 'MMAP2 with a build id instead of device and inode (misc bit 14), of 20, 16 and 8 bytes', clauses: ['4.3.5', '4.2.7'] }, {
    events: [clock],
    records: [
      kernel.mmap2WithBuildId(clock, { ...code, buildId, prot: 5, flags: 2, filename: '/usr/lib/libfoo.so.1' }, at(4242, 4243)),
      kernel.mmap2WithBuildId(clock, { ...code, start: 0x600000n, buildId: buildId.slice(0, 16), prot: 1, flags: 2, filename: '/usr/lib/md5.so' }, at(4242, 4243), Mode.User | Bit13),
      kernel.mmap2WithBuildId(clock, { ...code, start: 0x700000n, buildId: buildId.slice(0, 8), prot: 5, flags: 2, filename: '/usr/lib/xx.so' }, at(4242, 4243)),
      kernel.mmap2WithBuildId(clock, { pid: -1, tid: 0, start: 0xffffffffa0000000n, length: 0xfff000n, pageOffset: 0xffffffffa0000000n, buildId, prot: 5, flags: 2, filename: '[kernel.kallsyms]_stext' }, ZERO_TRAILER, Mode.Kernel),
    ],
  }),
  ...twins({ name: 'record-names', about: 'The mappings of the kernel, of its modules and of guests by their names, and perf\'s own with a trailer of zeros', clauses: ['4.3.9', '4.3.2', '4.2.1', '5.5.3'] }, {
    events: [clock],
    records: [
      kernel.mmap(clock, { pid: -1, tid: 0, start: 0xffffffffc0001000n, length: 0x5000n, pageOffset: 0n, filename: '/lib/modules/6.18.0/kernel/fs/xfs/xfs.ko' }, ZERO_TRAILER, Mode.Kernel),
      kernel.mmap(clock, { pid: -1, tid: 0, start: 0xffffffffc0009000n, length: 0x3000n, pageOffset: 0n, filename: '[mod]' }, ZERO_TRAILER, Mode.Kernel),
      kernel.mmap(clock, { pid: 0, tid: 0, start: 0xffffffff81000000n, length: 0x1000000n, pageOffset: 0xffffffff81000000n, filename: '[guest.kernel.kallsyms]_text' }, ZERO_TRAILER, Mode.GuestKernel),
      kernel.mmap(clock, { pid: 77, tid: 77, start: 0x400000n, length: 0x1000n, pageOffset: 0n, filename: '/usr/bin/in-guest' }, ZERO_TRAILER, Mode.GuestUser),
      kernel.mmap2(clock, { ...code, major: 0, minor: 0, inode: 0n, generation: 0n, prot: 5, flags: 2, filename: '[vdso]' }, ZERO_TRAILER),
    ],
  }),
  ...twins({ name: 'record-comm', about: 'COMM: a name that a task gave itself, one that came with an exec, and bytes that are no UTF-8', clauses: ['4.4.2', '4.4.7', '4.2.4'] }, {
    events: [clock],
    records: [
      kernel.comm(clock, { pid: 4242, tid: 4243, comm: 'worker/0' }, at(4242, 4243)),
      kernel.comm(clock, { pid: 4242, tid: 4242, comm: 'exactly15bytes!', exec: true }, at(4242, 4242)),
      kernel.comm(clock, { pid: 4242, tid: 4242, comm: 'a b:\udcff\udc80' }, ZERO_TRAILER),
    ],
  }),
  ...twins({ name: 'record-fork', about: 'FORK: a new process, a new thread, and one that perf made (misc bit 13)', clauses: ['4.4.3', '4.4.1', '4.2.5', '10.2.4'] }, {
    events: [clock],
    records: [
      kernel.fork(clock, task, at(0x0304, 0x0708)),
      kernel.fork(clock, { ...task, pid: 0x0304, tid: 0x0999 }, at(0x0304, 0x0708)),
      kernel.fork(clock, { ...task, time: 0n }, ZERO_TRAILER, true),
    ],
  }),
  ...twins({ name: 'record-exit', about: 'EXIT: a thread and a process end', clauses: ['4.4.4', '4.4.1'] }, {
    events: [clock],
    records: [kernel.exit(clock, task, at(0x0102, 0x0506)), kernel.exit(clock, { ...task, tid: 0x0102 }, at(0x0102, 0x0102))],
  }),
  ...twins({ name: 'record-lost', about: 'LOST: of an event, a number beyond 2^53 among them', clauses: ['4.5.2'] }, {
    events: [clock],
    records: [kernel.lost(clock, { id: 0x1122334455667788n, lost: 590n }, at(1, 1)), kernel.lost(clock, { id: 7n, lost: 0x0020000000000001n }, at(1, 1))],
  }),
  ...twins({ name: 'record-throttle', about: 'THROTTLE: an event that came too often is stopped', clauses: ['4.5.5'] }, {
    events: [clock],
    records: [kernel.throttle(clock, { time: 0x0102030405060708n, id: 0x1122334455667788n, streamId: 0x2233445566778899n }, at(5, 6))],
  }),
  ...twins({ name: 'record-unthrottle', about: 'UNTHROTTLE: it goes on', clauses: ['4.5.6'] }, {
    events: [clock],
    records: [kernel.unthrottle(clock, { time: 0x0102030405060709n, id: 0x1122334455667788n, streamId: 0x2233445566778899n }, at(5, 6))],
  }),
  ...twins({ name: 'record-read', about: 'READ: what a counter stood at when its task ended; with everything that read_format can ask for, alone and in a group', clauses: ['4.5.8', '5.2.1', '5.2.2', '2.2.7'] }, () => {
    const types = ['IP', 'TID', 'TIME', 'IDENTIFIER'] as const;
    const plain = event({ sampleType: types, ids: [1n] });
    const full = event({ sampleType: types, ids: [2n], readFormat: ['TOTAL_TIME_ENABLED', 'TOTAL_TIME_RUNNING', 'ID', 'LOST'], flags: ['sample_id_all', 'inherit_stat'] });
    const group = event({ sampleType: types, ids: [3n], readFormat: ['TOTAL_TIME_ENABLED', 'TOTAL_TIME_RUNNING', 'ID', 'LOST', 'GROUP'] });
    const times = { pid: 5, tid: 6, enabled: 0x0102030405060708n, running: 0x1112131415161718n };
    const value = { value: 0x2122232425262728n, id: 2n, lost: 3n };
    return {
      events: [plain, full, group],
      records: [
        kernel.read(plain, { ...times, values: [value] }, at(5, 6)), kernel.read(full, { ...times, values: [value] }, at(5, 6)),
        kernel.read(group, { ...times, values: [value, { value: 9n, id: 8n, lost: 0n }] }, at(5, 6)),
      ],
    };
  }),
  ...twins({ name: 'record-aux', about: 'AUX: new data in the buffer of a tracer, with each of its flags', clauses: ['4.5.11'] }, {
    events: [clock],
    records: [0n, 1n, 2n, 4n, 8n, 0x100n, 0xff0fn].map((flags, i) => kernel.aux(clock, { auxOffset: 0x123456789an + BigInt(i), auxSize: 0xa6fc0n, flags }, at(0, 0))),
  }),
  ...twins({ name: 'record-itrace-start', about: 'ITRACE_START: tracing of a task begins', clauses: ['4.5.12'] }, {
    events: [clock],
    records: [kernel.itraceStart(clock, { pid: 26421, tid: 26422 }, at(26421, 26422))],
  }),
  ...twins({ name: 'record-lost-samples', about: 'LOST_SAMPLES: lost, and left out by a filter (misc bit 15)', clauses: ['4.5.13', '4.2.11', '10.1.14'] }, {
    events: [clock],
    records: [
      kernel.lostSamples(clock, { lost: 2693n }, at(1, 1)),
      kernel.lostSamples(clock, { lost: 0x0102030405n, filtered: true }, at(1, 1)),
      kernel.lostSamples(clock, { lost: 9n }, { ...ZERO_TRAILER, identifier: 0x1122334455667788n }),
    ],
  }),
  ...twins({ name: 'record-switch', about: 'SWITCH: in, out, and out though the task would have gone on', clauses: ['4.5.14', '4.2.6', '4.2.8'] }, {
    events: [clock],
    records: [{}, { out: true }, { out: true, preempted: true }].map((way) => kernel.switchTask(clock, way, at(10, 11))),
  }),
  ...twins({ name: 'record-switch-cpu-wide', about: 'SWITCH_CPU_WIDE: with the task before, or the one that follows', clauses: ['4.5.15', '4.2.6', '4.2.8', '4.4.8'] }, {
    events: [clock],
    records: [
      kernel.switchCpuWide(clock, { otherPid: 17174, otherTid: 17175 }, at(10, 11)),
      kernel.switchCpuWide(clock, { out: true, otherPid: 0, otherTid: 0 }, at(10, 11)),
      kernel.switchCpuWide(clock, { out: true, preempted: true, otherPid: -1, otherTid: -1 }, at(10, 11)),
    ],
  }),
  ...twins({ name: 'record-namespaces', about: 'NAMESPACES: all seven, and none', clauses: ['4.5.16'] }, {
    events: [clock],
    records: [
      kernel.namespaces(clock, { pid: 5, tid: 6, namespaces: Array.from({ length: 7 }, (_, i) => ({ device: 4n, inode: 0xf0000000n + BigInt(i) })) }, at(5, 6)),
      kernel.namespaces(clock, { pid: 7, tid: 8, namespaces: [{ device: 0x0102030405060708n, inode: 0x1112131415161718n }] }, at(7, 8)),
      kernel.namespaces(clock, { pid: 9, tid: 9, namespaces: [] }, ZERO_TRAILER),
    ],
  }),
  ...twins({ name: 'record-ksymbol', about: 'KSYMBOL: a BPF program comes and goes, and code out of line', clauses: ['4.5.17'] }, {
    events: [clock],
    records: [
      kernel.ksymbol(clock, { address: 0xffffffffc0000658n, length: 0x12345, kind: 1, flags: 0, name: 'bpf_prog_6deef7357e7b4530_handler' }, at(1, 2)),
      kernel.ksymbol(clock, { address: 0xffffffffc0000658n, length: 0x12345, kind: 1, flags: 1, name: 'bpf_prog_6deef7357e7b4530_handler' }, at(1, 2)),
      kernel.ksymbol(clock, { address: 0xffffffffc0123000n, length: 4096, kind: 2, flags: 0, name: 'kprobe_insn_page' }, at(1, 2)),
    ],
  }),
  ...twins({ name: 'record-bpf-event', about: 'BPF_EVENT: a program is loaded and unloaded', clauses: ['4.5.18'] }, {
    events: [clock],
    records: [1, 2].map((kind) => kernel.bpfEvent(clock, { kind, flags: 0x0304, id: 0x01020304, tag: [...someBytes(8, 0xe0)] }, at(1, 2))),
  }),
  ...twins({ name: 'record-cgroup', about: 'CGROUP: the root and another, each with its id', clauses: ['4.5.19'] }, {
    events: [clock],
    records: [
      kernel.cgroup(clock, { id: 1n, path: '/' }, at(0, 0)),
      kernel.cgroup(clock, { id: 0x0102030405060708n, path: '/system.slice/cron.service' }, at(0, 0)),
    ],
  }),
  ...twins({ name: 'record-text-poke', about: 'TEXT_POKE: bytes before and after; new code where none was; bytes that need no padding', clauses: ['4.5.20'] }, {
    events: [clock],
    records: [
      kernel.textPoke(clock, { address: 0xffffffff812106ebn, oldBytes: [0x0f, 0x1f, 0x44, 0, 0], newBytes: [0xe9, 0xfc, 0, 0, 0] }, at(1, 2)),
      kernel.textPoke(clock, { address: 0xffffffffc0000000n, oldBytes: [], newBytes: [...someBytes(4)] }, at(1, 2)),
      kernel.textPoke(clock, { address: 0xffffffffc0000010n, oldBytes: [...someBytes(300)], newBytes: [] }, at(1, 2)),
    ],
  }),
  ...twins({ name: 'record-aux-output-hw-id', about: 'AUX_OUTPUT_HW_ID: the number by which a trace names an event', clauses: ['4.5.21'] }, {
    events: [clock],
    records: [kernel.auxOutputHwId(clock, { id: 0x0102030405060708n }, at(1, 2)), kernel.auxOutputHwId(clock, { id: 2n }, at(1, 2))],
  }),
  ...twins({ name: 'record-callchain-deferred', about: 'CALLCHAIN_DEFERRED: the user part of the chains that end with its cookie; an empty one', clauses: ['4.5.22', '5.3.4'] }, {
    events: [clock],
    records: [
      kernel.callchainDeferred(clock, { cookie: 0x0000000300000002n, chain: [0xfffffffffffffe00n, 0x7f0123456789n, 0x55d71745d123n] }, at(5, 6)),
      kernel.callchainDeferred(clock, { cookie: 0xfedcba9876543210n, chain: [] }, at(5, 6)),
    ],
  }),
  ...twins({ name: 'record-mmap2-old', about: 'MMAP2 of Linux 3.12 to 3.15, without protection and flags: the name begins in their place', clauses: ['10.2.6', '4.3.4'] }, {
    events: [clock],
    records: [
      kernel.mmap2WithoutRights(clock, { ...code, major: 253, minor: 0, inode: 0x1020304n, generation: 0x99aabbccn, filename: '/usr/bin/true' }, at(4242, 4243)),
      kernel.mmap2WithoutRights(clock, { ...code, start: 0x7ffd00000000n, major: 0, minor: 0, inode: 0n, generation: 0n, filename: '[stack]' }, at(4242, 4243), Mode.User | Bit13),
      kernel.mmap2(clock, { ...code, start: 0x7ffd00200000n, major: 0, minor: 0, inode: 0n, generation: 0n, prot: 5, flags: 2, filename: '[vdso]' }, at(4242, 4243)),
    ],
  }),
];
