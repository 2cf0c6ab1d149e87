// Perf maps (SPEC 9): text, in which bytes are not in any order.

import { perfMap, type Vector } from '../builder/vector.ts';

export const perfMapVectors: readonly Vector[] = [
  perfMap({ name: 'map', about: 'Lines of address, size and name; a name with blanks; an empty one', clauses: ['9.1.1'] }, '1000 20 first\n7f0123456000 1a0 py::main:/srv/shop app.py\nffffffff81000000 10 kernel\n2000 8 \n',
    [['0x1000', 32, 'first'], ['0x2000', 8, ''], ['0x7f0123456000', 416, 'py::main:/srv/shop app.py'], ['0xffffffff81000000', 16, 'kernel']],
    [['0xfff', null], ['0x1000', 'first'], ['0x101f', 'first'], ['0x1020', null], ['0x7f0123456100', 'py::main:/srv/shop app.py'], ['0xffffffff8100000f', 'kernel'], ['0x2000', '']]),
  perfMap({ name: 'map-written-otherwise', about: 'Upper case, 0x, tabs and several blanks, carriage returns, no line feed at the end, a name that is not ASCII', clauses: ['9.1.2', '9.1.1', '9.1.5', '10.3.10'] },
    'ABCDEF00 1A upper\n0x2000 0x10 with 0x\n 3000\t10 tab\n  4000   10 blanks\r\n5000 10 odd Größe\n6000 10 last',
    [['0x2000', 16, 'with 0x'], ['0x3000', 16, 'tab'], ['0x4000', 16, 'blanks'], ['0x5000', 16, 'odd Größe'], ['0x6000', 16, 'last'], ['0xabcdef00', 26, 'upper']],
    [['0x2000', 'with 0x'], ['0x3008', 'tab'], ['0x400f', 'blanks'], ['0x6000', 'last'], ['0xabcdef19', 'upper'], ['0xabcdef1a', null]]),
  perfMap({ name: 'map-overlapping', about: 'Entries that overlap: the later line wins', clauses: ['9.1.3'] }, '1000 100 old\n1040 20 middle\n1000 10 begin\n1050 40 over\n2000 10 same\n2000 10 again\n',
    [['0x1000', 256, 'old'], ['0x1000', 16, 'begin'], ['0x1040', 32, 'middle'], ['0x1050', 64, 'over'], ['0x2000', 16, 'same'], ['0x2000', 16, 'again']],
    [['0x1000', 'begin'], ['0x1010', 'old'], ['0x1040', 'middle'], ['0x1050', 'over'], ['0x105f', 'over'], ['0x108f', 'over'], ['0x1090', 'old'], ['0x2008', 'again']]),
  perfMap({ name: 'map-size-0', about: 'An entry of size 0 names nothing', clauses: ['9.1.4'] }, '1000 0 nothing\n1000 8 something\n2000 0 nothing\n', [['0x1000', 8, 'something']], [['0x1000', 'something'], ['0x2000', null]]),
  perfMap({ name: 'map-lines-damaged', about: 'Lines that are none: without a size, without a blank, without numbers; a last line that ends within its numbers', clauses: ['9.1.5'] },
    'garbage\n1000 20 first\n2000\n\n3000 20\nxyz 10 name\n4000 -1 negative\n5000 8 second\n6000 1', [['0x1000', 32, 'first'], ['0x5000', 8, 'second']], [['0x1000', 'first'], ['0x2000', null], ['0x3000', null], ['0x5000', 'second'], ['0x6000', null]],
    [[0, '9.1.5'], [22, '9.1.5'], [28, '9.1.5'], [36, '9.1.5'], [48, '9.1.5'], [79, '9.1.5']]),
  perfMap({ name: 'map-empty', about: 'An empty map', clauses: ['9.1.1'] }, '', [], []),
];
