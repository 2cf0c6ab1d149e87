// The header block against perf's own text, for files and pipes of both byte orders.

import t from 'tap';
import { headerLines } from '../../src/views/header.ts';
import { expected, fixture, open } from '../perfdata/recording.ts';

for (const name of ['file', 'pipe', 'zstd', 'zstd-old', 'big-endian-zstd', 'big-endian-pipe', 'many-fields', 'group', 'switches', 'throttle', 'stat', 'injected']) {
  t.test(name, async (t) => {
    const file = open(fixture(`${name}.data`));
    const tidy = (line: string): string => line.replace(/\s+/g, ' ').trimEnd();
    t.same([...headerLines(file, { full: true })].map(tidy), expected(name).header.map(tidy));
    const short = [...headerLines(file, { full: false })];
    t.ok(short.length < expected(name).header.length);
    if (file.features.has(14)) t.ok(short.includes('# NUMA_TOPOLOGY info available, use -I to display'));
  });
}

t.test('when the file was changed', async (t) => {
  const file = open(fixture('file.data'));
  const lines = [...headerLines(file, { full: false, fileTime: new Date(2026, 10, 5, 1, 2, 3) })];
  t.equal(lines[1], '# captured on    : Thu Nov  5 01:02:03 2026');
});
