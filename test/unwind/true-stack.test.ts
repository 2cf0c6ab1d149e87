// The judge of bench/true-stack.ts finds every fault that a walk can have: a frame too few, too many, another one, another place.

import t from 'tap';
import { checkStack, type Note, SIGNALLED, TRAMPOLINE } from '../../bench/true-stack-check.ts';

// Functions of 0x100 bytes, named by their first address; code from 0x9000 on notes nothing, the trampoline is at 0x8000.
const NAMES: Readonly<Record<number, string>> = { 0x1000: 'run', 0x1100: 'all', 0x1200: 'leaf', 0x1300: 'handler', 0x8000: TRAMPOLINE };
const functionOf = (address: number): string | undefined => NAMES[address & ~0xff];
const RUN: Note = { name: 'run', caller: 0x9041 };
const ALL: Note = { name: 'all', caller: 0x1011 };
const LEAF: Note = { name: 'leaf', caller: 0x1121 };

t.test('stacks without signals', (t) => {
  const notes = [RUN, ALL, LEAF];
  const good = [0x1205, 0x1120, 0x1010, 0x9040, 0x9100];
  t.equal(checkStack(good, notes, functionOf), 'equal');
  t.equal(checkStack([0x9200, ...good], notes, functionOf), 'equal', 'libc is called');
  t.equal(checkStack(good, notes.slice(0, 2), functionOf), 'equal, one being entered or left');
  t.equal(checkStack([0x1205, ...good], notes, functionOf), 'equal, one being entered or left', 'entered again');
  for (let i = 0; i < 4; i++) {
    t.match(checkStack([...good.slice(0, i), ...good.slice(i + 1)], notes, functionOf), / differs$/, `without frame ${i}`);
    t.match(checkStack([...good.slice(0, i), ...good.slice(i, i + 1).map((at) => at + 1), ...good.slice(i + 1)], notes, functionOf), i === 0 ? /^equal$/ : / differs$/, `frame ${i} at another address`);
    if (i > 1) t.match(checkStack([...good.slice(0, i), 0x1250, ...good.slice(i)], notes, functionOf), / differs$/, `one more before frame ${i}`);
    t.match(checkStack(good.slice(0, i), notes, functionOf), / differs$/, `${i} frames only`);
  }
  t.match(checkStack([0x9200, 0x1205, 0x1120, 0x1010, 0x9040], notes.slice(0, 2), functionOf), / differs$/, 'a function that has called made its note');
  t.match(checkStack(good, [RUN, LEAF], functionOf), / differs$/);
  t.end();
});

t.test('a signal', (t) => {
  const notes: Note[] = [RUN, ALL, { name: SIGNALLED, caller: 0x1150 }, { name: 'handler', caller: 0x8000 }];
  const good = [0x1305, 0x8000, 0x1150, 0x1010, 0x9040];
  t.equal(checkStack(good, notes, functionOf), 'equal');
  t.match(checkStack([0x1305, 0x8000, 0x1151, 0x1010, 0x9040], notes, functionOf), /interrupted address 1151 for 1150 differs/);
  t.equal(checkStack([0x8005, 0x1150, 0x1010, 0x9040], notes.slice(0, 2), functionOf), 'equal', 'the handler has returned');
  t.equal(checkStack([0x1305, 0x8000, 0x1205, 0x1120, 0x1010, 0x9040], notes.slice(0, 2), functionOf), 'equal, one being entered or left', 'the interrupted function has not made its note yet');
  t.match(checkStack([0x1305, 0x8000, 0x1150, 0x9040], notes, functionOf), / differs$/);
  t.end();
});
