// A recording summed up by several who share its samples is the recording summed up by one: the same report, letter by letter, and the
// same judgement of its data; in one program, and in threads as `perfts report --jobs` has them.

import { join } from 'node:path';
import t from 'tap';
import { shareHelpers } from '../../src/node/share-helpers.ts';
import { openRecording } from '../../src/node/open-recording.ts';
import { buffersOf } from '../../src/profile/profile-share.ts';
import type { ProfileOptions, ShareHelpers } from '../../src/profile/recording.ts';
import { qualityLines } from '../../src/views/quality-text.ts';
import { writeReport } from '../../src/views/report/report.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { runNode } from '../project/elsewhere.ts';

const file = (path: string): string => join(PROJECT_ROOT, 'testdata', path);
/** With dumps and a jitdump, chains, inlined calls, signed addresses of arm64, big-endian records, compressed ones. */
const RECORDINGS = ['demo/demo.perfts', 'report/recorded-inlines.data', 'twins/a64-py315.data', 'twins/a64-c.data', 'twins/s390-python.data', 'perfdata/zstd.data'].map(file);

async function reportOf(path: string, options: ProfileOptions): Promise<string> {
  const { recording, close } = await openRecording(path);
  try {
    const { profile, quality } = await recording.profile(options);
    let text = '';
    writeReport(profile, { showSamples: true, showPeriod: true, ...(options.lines === true && { sort: ['comm', 'symbol', 'srcline'] }) }, (piece) => (text += piece));
    return `${text}${qualityLines(quality, recording.damage).join('\n')}`;
  } finally {
    close();
  }
}

/** Others in this program, whose shares go through what threads hand over. `asked`: for which shares. */
function helpersFor(path: string, count: number, stretch: number, asked: number[]): ShareHelpers {
  return {
    count,
    stretch,
    start: async (share, options) => {
      asked.push(share.index);
      const { recording, close } = await openRecording(path);
      const result = await recording.share(share, options);
      close();
      return structuredClone(result, { transfer: buffersOf(result) });
    },
  };
}

t.test('the same report', async (t) => {
  for (const path of RECORDINGS) {
    for (const source of path.includes('inlines') ? [{}, { inlines: true }, { inlines: true, lines: true }] : [{ inlines: true }]) {
      const alone = await reportOf(path, source);
      for (const [count, stretch] of [[1, 256], [3, 1]] as const) {
        const asked: number[] = [];
        t.equal(await reportOf(path, { ...source, helpers: helpersFor(path, count, stretch, asked) }), alone, `${path} ${count} ${stretch}`);
        t.equal(asked.length, count);
      }
    }
  }
});

t.test('what cannot be divided is read by one', async (t) => {
  for (const path of ['perfdata/group.data', 'report/recorded-branches.data', 'report/recorded-kprobe.data', 'report/recorded-latency.data'].map(file)) {
    const asked: number[] = [];
    t.equal(await reportOf(path, { helpers: helpersFor(path, 2, 1, asked) }), await reportOf(path, {}), path);
    t.same(asked, [], path);
  }
});

t.test('a share that never comes is said', async (t) => {
  const helpers: ShareHelpers = { count: 1, start: () => Promise.reject(new Error('no thread')) };
  await t.rejects(reportOf(RECORDINGS[0]!, { helpers }), { message: 'no thread' });
});

t.test('threads', async (t) => {
  const path = RECORDINGS[0]!;
  t.equal(shareHelpers('-', {}, 2), undefined);
  t.equal(shareHelpers(path, { debuginfod: { urls: [] } }, 2), undefined);
  t.equal(shareHelpers(path, {}), undefined);
  t.equal(shareHelpers(path, {}, 3)?.count, 2);
  t.equal(await reportOf(path, { helpers: shareHelpers(path, {}, 3)! }), await reportOf(path, {}));
  const [one, two] = [1, 2].map((jobs) => runNode(['bin/perfts.js', 'report', '--stdio', '--jobs', `${jobs}`, path], PROJECT_ROOT));
  t.same(two, one);
  t.equal(one!.status, 0);
  t.ok(one!.out.length > 1000);
});
