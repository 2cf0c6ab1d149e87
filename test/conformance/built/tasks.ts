// What records say of tasks and their memory over time (SPEC 4.3.6, 4.4, 5.3.4, 10): vectors with a `meaning`.

import { event } from '../builder/event.ts';
import * as kernel from '../builder/kernel-records.ts';
import * as own from '../builder/own-records.ts';
import { Mode, type RecordSpec, ZERO_TRAILER } from '../builder/record.ts';
import { sample } from '../builder/sample.ts';
import { little, twins, type Vector } from '../builder/vector.ts';

const clock = event({ sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER'], ids: [7n] });
const chains = event({ sampleType: ['IP', 'TID', 'TIME', 'CALLCHAIN', 'IDENTIFIER'], ids: [7n], flags: ['sample_id_all', 'defer_callchain', 'defer_output'] });
let now = 1000n;
const trailer = (pid: number): { readonly pid: number; readonly tid: number; readonly time: bigint } => ({ pid, tid: pid, time: (now += 10n) });

function map(pid: number, start: bigint, length: bigint, filename: string, pageOffset = 0n): RecordSpec {
  return kernel.mmap2(clock, { pid, tid: pid, start, length, pageOffset, major: 8, minor: 1, inode: 0x100n + start, generation: 0n, prot: 5, flags: 2, filename }, trailer(pid));
}

const fork = (pid: number, ppid: number, made = false): RecordSpec => kernel.fork(clock, { pid, ppid, tid: pid, ptid: ppid, time: now }, made ? ZERO_TRAILER : trailer(ppid), made);
const comm = (pid: number, name: string, exec = false): RecordSpec => kernel.comm(clock, { pid, tid: pid, comm: name, exec }, trailer(pid));

/** What lies at an address of a process after a record. */
const lookup = (after: number, pid: number, address: string, file?: string, offset?: string): { [name: string]: string | number | { [name: string]: string } | null } => ({
  after, pid, address, mapping: file === undefined ? null : { filename: file, ...(offset !== undefined && { offset }) },
});

export const taskVectors: readonly Vector[] = [
  ...twins({ name: 'mappings-replace', about: 'A mapping replaces what it covers of earlier ones: in the middle, at an edge, all of it', clauses: ['4.3.6', '4.3.4'] }, {
    events: [clock],
    records: [map(1, 0x10000n, 0x6000n, '/old', 0x1000n), map(1, 0x12000n, 0x1000n, '/middle'), map(1, 0x15000n, 0x3000n, '/edge', 0x5000n), map(1, 0xf000n, 0x2000n, '/before'), map(1, 0x12000n, 0x1000n, '/again')],
    meaning: {
      mappings: [
        lookup(0, 1, '0x12345', '/old', '0x3345'), lookup(1, 1, '0x12345', '/middle', '0x345'), lookup(1, 1, '0x13000', '/old', '0x4000'), lookup(1, 1, '0x11fff', '/old', '0x2fff'),
        lookup(2, 1, '0x15000', '/edge', '0x5000'), lookup(2, 1, '0x17fff', '/edge', '0x7fff'), lookup(2, 1, '0x18000'), lookup(3, 1, '0x10fff', '/before', '0x1fff'),
        lookup(3, 1, '0x11000', '/old', '0x2000'), lookup(4, 1, '0x12000', '/again', '0x0'), lookup(4, 2, '0x12000'),
      ],
    },
  }),
  ...twins({ name: 'mappings-without-file', about: 'Memory without a file has a name that says so; its page offset means nothing', clauses: ['4.3.7', '4.3.8', '9.1.6'] }, {
    events: [clock],
    records: [map(1, 0x10000n, 0x1000n, '//anon', 0x10000n), map(1, 0x20000n, 0x1000n, '[stack]'), map(1, 0x30000n, 0x1000n, '//anon')],
    meaning: { mappings: [lookup(2, 1, '0x10010', '//anon'), lookup(2, 1, '0x30010', '//anon')], perfMaps: [{ pid: 1, file: 'perf-1.map' }] },
  }),
  ...twins({ name: 'fork-copies', about: 'A fork with a new pid copies the parent\'s mappings; what either maps later is its own; one that perf made copies nothing', clauses: ['4.4.5', '4.4.3', '10.1.10'] }, {
    events: [clock],
    records: [map(1, 0x10000n, 0x1000n, '/parent'), fork(2, 1), map(1, 0x20000n, 0x1000n, '/parent-later'), map(2, 0x30000n, 0x1000n, '/child'), fork(3, 1, true)],
    // perf's own record has no time: it is taken before the others.
    meaning: {
      mappings: [
        lookup(1, 2, '0x10010', '/parent', '0x10'), lookup(3, 2, '0x20010'), lookup(3, 1, '0x30010'), lookup(3, 2, '0x30010', '/child', '0x10'), lookup(3, 1, '0x20010', '/parent-later', '0x10'), lookup(3, 3, '0x10010'),
      ],
    },
  }),
  ...twins({ name: 'exec-ends', about: 'An exec ends all mappings of the process; a name alone does not', clauses: ['4.4.6', '4.2.4', '10.1.19'] }, {
    events: [clock],
    records: [comm(1, 'perf-exec'), map(1, 0x10000n, 0x1000n, '/old'), comm(1, 'renamed'), comm(1, 'program', true), map(1, 0x20000n, 0x1000n, '/new')],
    meaning: {
      names: [{ after: 0, pid: 1, tid: 1, name: 'perf-exec' }, { after: 2, pid: 1, tid: 1, name: 'renamed' }, { after: 3, pid: 1, tid: 1, name: 'program' }],
      mappings: [lookup(2, 1, '0x10010', '/old', '0x10'), lookup(3, 1, '0x10010'), lookup(4, 1, '0x10010'), lookup(4, 1, '0x20010', '/new', '0x10')],
    },
  }),
  ...twins({ name: 'task-twice', about: 'A task that perf describes and that the kernel describes too: the same twice does no harm', clauses: ['10.1.9', '5.5.3'] }, {
    events: [clock],
    records: [
      kernel.fork(clock, { pid: 2, ppid: 1, tid: 2, ptid: 1, time: 0n }, ZERO_TRAILER, true), kernel.comm(clock, { pid: 2, tid: 2, comm: 'twice' }, ZERO_TRAILER),
      kernel.mmap2(clock, { pid: 2, tid: 2, start: 0x10000n, length: 0x1000n, pageOffset: 0n, major: 8, minor: 1, inode: 9n, generation: 0n, prot: 5, flags: 2, filename: '/file' }, ZERO_TRAILER),
      fork(2, 1), comm(2, 'twice', true), map(2, 0x10000n, 0x1000n, '/file'),
    ],
    meaning: { names: [{ after: 1, pid: 2, tid: 2, name: 'twice' }, { after: 5, pid: 2, tid: 2, name: 'twice' }], mappings: [lookup(2, 2, '0x10010', '/file', '0x10'), lookup(5, 2, '0x10010', '/file', '0x10')] },
  }),
  ...twins({ name: 'samples-after-exit', about: 'Samples of a task behind its EXIT: its memory is still there', clauses: ['10.2.5', '4.4.4'] }, {
    events: [clock],
    records: [
      map(1, 0x10000n, 0x1000n, '/file'), comm(1, 'ending'), kernel.exit(clock, { pid: 1, ppid: 0, tid: 1, ptid: 0, time: now }, trailer(1)), sample(clock, { ip: 0x10010n, pid: 1, tid: 1, time: (now += 10n) }),
    ],
    meaning: { mappings: [lookup(3, 1, '0x10010', '/file', '0x10')] },
  }),
  ...twins({ name: 'chains-deferred', about: 'User parts of chains that come later: two samples wait for one, another cookie has none, another thread waits on', clauses: ['5.3.4', '5.3.3', '4.5.22', '2.2.16'] }, () => {
    const marker = BigInt.asUintN(64, -640n);
    const user = BigInt.asUintN(64, -512n);
    const kernelMarker = BigInt.asUintN(64, -128n);
    const waiting = (tid: number, cookie: bigint): RecordSpec =>
      sample(chains, { ip: 0xffffffff81000010n, pid: 1, tid, time: (now += 10n), callchain: [kernelMarker, 0xffffffff81000010n, marker, cookie] }, Mode.Kernel);
    const deferred = (tid: number, cookie: bigint, addresses: readonly bigint[]): RecordSpec =>
      kernel.callchainDeferred(chains, { cookie, chain: [user, ...addresses] }, { pid: 1, tid, time: (now += 10n) });
    return {
      events: [chains],
      records: [
        waiting(1, 0x11n), waiting(2, 0x21n), waiting(1, 0x12n), waiting(1, 0x12n), deferred(1, 0x12n, [0x401000n, 0x402000n]), waiting(1, 0x13n), deferred(2, 0x21n, [0x501000n]),
      ],
      meaning: {
        userChains: [
          { record: 0, chain: null }, { record: 1, chain: ['0xfffffffffffffe00', '0x501000'] }, { record: 2, chain: ['0xfffffffffffffe00', '0x401000', '0x402000'] },
          { record: 3, chain: ['0xfffffffffffffe00', '0x401000', '0x402000'] }, { record: 5, chain: null },
        ],
      },
    };
  }),
  little({ name: 'jitdump-mapped', about: 'A program maps its jitdump: that ties the file to the process; perf inject writes a file\'s mode as protection', clauses: ['8.1.5', '10.1.21'] }, {
    events: [clock],
    records: [
      map(4242, 0x7f0000000000n, 0x1000n, '/tmp/jit-17.dump'),
      kernel.mmap2(clock, { pid: 4242, tid: 4242, start: 0x7f0000010000n, length: 0x40n, pageOffset: 0x40n, major: 0, minor: 0, inode: 0n, generation: 0n, prot: 0o644, flags: 2, filename: '/tmp/jitted-4242-0.so' }, trailer(4242)),
      own.finishedRound(),
    ],
    meaning: { jitdumps: [{ pid: 4242, filename: '/tmp/jit-17.dump' }] },
  }),
  ...twins({ name: 'jitdump-forked', about: 'A fork: the child has its parent\'s code up to then, from the parent\'s file; what either loads later is its own; an exec ends it', clauses: ['8.3.4', '8.1.5', '4.4.6'] }, () => {
    const mapped = map(1, 0x7f0000000000n, 0x1000n, '/tmp/jit-1.dump');
    const forked = fork(2, 1);
    return {
      events: [clock], records: [mapped, forked, fork(3, 1), comm(3, 'other', true), map(3, 0x400000n, 0x1000n, '/usr/bin/other'), map(2, 0x7f0000010000n, 0x1000n, '/tmp/jit-2.dump')],
      // `until`: what the file says from this time on is not of the process.
      meaning: { jitdumps: [{ pid: 1, filename: '/tmp/jit-1.dump' }, { pid: 2, filename: '/tmp/jit-1.dump', until: forked.body.json['time']! }, { pid: 2, filename: '/tmp/jit-2.dump' }] },
    };
  }),
];
