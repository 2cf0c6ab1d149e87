// What is read and written again in any form says the same: every byte of every record, all events and all features (but for what only
// says how they are packed), in each form and back from it. Recordings of testdata always, those of the corpus where it is unpacked.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { DEMO, dataPath } from './command.ts';
import { corpusCases, filesAt, lossesOf } from './twins.ts';

/** Larger ones are left to bench/perf-reads-twins.ts, but for PERFTS_ALL=1. */
const MOST_BYTES = process.env['PERFTS_ALL'] === '1' ? Infinity : 200_000;
t.setTimeout(600_000);
const only = process.env['PERFTS_CASE'];

/** What of these is said differently, and why that is right. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  // EVENT_DESC comes before the attrs that it names, and perf therefore does not see it; written again it comes behind them.
  ext_q_pipe_no_attr_ids: /event 0: cycles:H .* and cycles /,
  ext_q_pipe_features_416: /event 0: cpu-clock:H .* and cpu-clock /,
  // The bits of its features are random: most are of features that a pipe cannot hold, others lie across each other.
  rec_bad_header_features: /feature/,
  // What lies behind the records is taken for one of simpleperf's, whose data would reach far beyond the file: it is left out.
  ...Object.fromEntries(['huge', 'len', 'zero'].map((what) => [`rec_bad_header_data_${what}`, /UNKNOWN 00800000|270 records, and 269|268 records, and 267/])),
};

async function check(t: Test, name: string, path: string): Promise<void> {
  const losses = await lossesOf(filesAt(path));
  const expected = EXPECTED[name];
  t.same(losses.filter((loss) => expected?.test(loss) !== true), [], name);
}

t.test('recordings of testdata', async (t) => {
  const folders = ['perfdata', 'twins', 'damage'].map((folder) => dataPath(folder));
  const paths = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.data') || name === 'dir-z').map((name) => join(folder, name)));
  t.ok(paths.length > 15);
  for (const path of [...paths, DEMO]) await check(t, path.slice(dataPath().length + 1), path);
});

const NO_RECORDING = /^(rec_empty_file|rec_not_perf|rec_bad_magic|rec_truncated_magic|rec_truncated_header|rec_truncated_pipe_header|rec_zeros|ext_sp_invalid)$/;
const cases = corpusCases().filter(([name, folder]) => (only ?? name) === name && !NO_RECORDING.test(name) && sizeOf(join(folder, 'perf.data')) <= MOST_BYTES);

t.test('recordings of the corpus', { skip: cases.length === 0 && '../shared/corpus is not here, or was never unpacked by ../shared/tools/conformance' }, async (t) => {
  for (const [name, folder] of cases) await check(t, name, join(folder, 'perf.data'));
});

function sizeOf(path: string): number {
  const stats = statSync(path);
  return stats.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0) : stats.size;
}
