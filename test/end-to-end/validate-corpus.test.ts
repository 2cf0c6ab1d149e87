// Validation of the recordings of the corpus: sound ones have no errors but those that are known and told here; of damaged ones each has
// the error that its damage is. Skipped where the corpus was not unpacked (../shared/tools/conformance --unpack).

import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { PerftsError } from '../../src/bytes/errors.ts';
import { validateFile } from '../../src/node/validate-file.ts';
import type { Validation } from '../../src/profile/validate.ts';

const CACHE = process.env['PERFTS_CORPUS_CACHE'] ?? join(homedir(), '.cache/perfts-corpus');

/** Recordings of others that really break a clause. */
const BROKEN: Readonly<Record<string, readonly string[]>> = {
  // Their fixture of a sample of size 0.
  ext_q_pipe_zero_sample: ['1.6.2'],
  // What perf record said on standard error went into the pipe.
  ext_lpd_sleep_z2_pipe: ['1.6.2'],
  // simpleperf writes the index of AUXTRACE without its count.
  ext_sp_etm: ['3.2.18'],
};

/** The clauses of which a damaged case must have an error. `refused`: it is no recording at all. Left out: see UNBROKEN. */
const DAMAGED: Readonly<Record<string, readonly string[] | 'refused'>> = {
  rec_bad_attr_inner_size: ['2.1.1'], rec_bad_buildid_size: ['4.3.5'], rec_bad_feature_cmdline: ['3.2.11'], rec_bad_feature_event_desc: ['3.2.12'],
  rec_bad_feature_off: ['1.2.9'], rec_bad_feature_overlap: ['3.2.3', '3.2.12'], rec_bad_feature_string: ['3.2.3'], rec_bad_header_attr_size: ['1.2.3'],
  rec_bad_header_attr_size_odd: ['1.2.3'], rec_bad_header_attrs_huge: ['1.2.4'], rec_bad_header_attrs_len: ['1.2.2'], rec_bad_header_attrs_off: ['1.2.2'],
  rec_bad_header_data_huge: ['1.2.6'], rec_bad_header_data_len: ['1.2.6'], rec_bad_header_data_off: ['1.2.6'], rec_bad_header_data_short: ['1.2.9'],
  rec_bad_header_data_zero: ['1.2.5'], rec_bad_header_features: ['1.2.7', '1.2.9'], rec_bad_header_size: ['1.2.1'], rec_bad_header_size_big: ['1.2.1'],
  rec_bad_ids: ['2.3.3'], rec_bad_ids_huge: ['2.3.3'], rec_bad_magic: 'refused', rec_bad_mmap_len: ['4.3.4'], rec_bad_pipe_attr: ['4.6.1'],
  rec_bad_pipe_feature: ['3.2.3'], rec_bad_pipe_record: ['1.6.2'], rec_bad_pipe_size: ['1.2.1'], rec_bad_raw_size: ['5.1.1'], rec_bad_record_four: ['1.6.2'],
  rec_bad_record_long: ['1.6.1'], rec_bad_record_odd: ['1.6.2'], rec_bad_record_type: ['1.6.2'], rec_bad_record_zero: ['1.6.2'], rec_bad_sample_nr: ['5.1.1'],
  rec_bad_sample_nr_one: ['5.1.1'], rec_bad_sample_short: ['5.1.1'], rec_bad_tracing: ['7.1.2'], rec_bad_tracing_size: ['7.1.10'], rec_bad_zstd: ['1.4.3'],
  rec_bad_zstd_size: ['1.4.1'], rec_be_data_zero: ['1.2.5'], rec_be_truncated_zstd: ['1.2.6', '1.6.1'], rec_empty_file: 'refused', rec_killed_dir: ['1.2.5'],
  rec_killed_early: ['1.2.5'], rec_killed_midway: ['1.2.5'], rec_killed_midway_61: ['1.2.5'], rec_killed_tracepoints: ['1.2.5'], rec_killed_zstd: ['1.2.5'],
  rec_killed_zstd_61: ['1.2.5'], rec_not_perf: 'refused', rec_swapped_magic: ['1.2.1'], rec_truncated_attrs: ['1.2.2', '1.2.6'], rec_truncated_boundary: ['1.2.6'],
  rec_truncated_feature_body: ['1.2.9'], rec_truncated_feature_body_61: ['1.2.9'], rec_truncated_feature_table: ['1.2.7'], rec_truncated_features: ['1.2.7'],
  rec_truncated_features_61: ['1.2.7'], rec_truncated_first_record: ['1.2.6', '1.6.1'], rec_truncated_header: 'refused', rec_truncated_magic: 'refused',
  rec_truncated_pipe: ['1.6.1'], rec_truncated_pipe_attr: ['1.6.1'], rec_truncated_pipe_header: 'refused', rec_truncated_pipe_tracing: ['1.6.3'],
  rec_truncated_record: ['1.2.6', '1.6.1'], rec_truncated_record_61: ['1.2.6', '1.6.1'], rec_truncated_stack: ['1.2.6', '1.6.1'], rec_truncated_zstd: ['1.2.6', '1.6.1'],
  rec_zeros: 'refused',
};

/** Damaged cases without an error, and why. */
const UNBROKEN: Readonly<Record<string, string>> = {
  rec_bad_attr_sample_type: 'bits that nobody knows are allowed (5.1.3): warnings',
  rec_bad_attr_type: 'any PMU is allowed (2.1.3): a warning',
  rec_bad_comm: 'the name that was written over fills its space but for its NUL',
  rec_bad_mmap_name: 'the name that was written over still ends',
  rec_bad_pid: 'any task is allowed',
  rec_bad_time: 'a sample without a time is allowed (6.1.1): warnings',
  rec_killed_pipe: 'the pipe ends between two records',
  rec_old_magic: 'version 1 has the same layout (1.7.1): a warning',
};

const FOREIGN = 'ext_sp_invalid';
const cases = existsSync(CACHE) ? readdirSync(CACHE).filter((folder) => existsSync(join(CACHE, folder, 'perf.data'))) : [];
const nameOf = (folder: string): string => folder.replace(/-[0-9a-f]{16}$/, '');

async function validated(folder: string): Promise<Validation | undefined> {
  try {
    return await validateFile(join(CACHE, folder, 'perf.data'));
  } catch (error) {
    if (error instanceof PerftsError && error.code === 'PERFTS_NOT_PERF_DATA') return undefined;
    throw error;
  }
}

const errorClauses = ({ groups }: Validation): string[] => groups.filter(({ rule }) => rule.severity === 'error').map(({ rule }) => rule.clause);

t.test('sound recordings', { skip: cases.length > 0 ? false : `no unpacked corpus in ${CACHE}` }, async (t) => {
  let sound = 0;
  let quiet = 0;
  for (const folder of cases) {
    const name = nameOf(folder);
    if (name.startsWith('rec_') || name === FOREIGN) continue;
    const validation = await validated(folder);
    if (validation === undefined) {
      t.fail(`${name} was refused`);
      continue;
    }
    const clauses = [...new Set(errorClauses(validation))];
    if (clauses.join() !== (BROKEN[name] ?? []).join()) t.same(clauses, BROKEN[name] ?? [], name);
    if (clauses.length === 0) sound++;
    if (validation.groups.length === 0) quiet++;
  }
  t.ok(sound > 200, `${sound} recordings without errors, ${quiet} of them without warnings`);
});

t.test('damaged recordings', { skip: cases.some((folder) => folder.startsWith('rec_')) ? false : `no unpacked corpus in ${CACHE}` }, async (t) => {
  for (const folder of cases) {
    const name = nameOf(folder);
    if (!name.startsWith('rec_')) continue;
    const validation = await validated(folder);
    const expected = DAMAGED[name];
    if (expected === 'refused') t.equal(validation, undefined, `${name} is refused`);
    else if (validation === undefined) t.fail(`${name} was refused`);
    else {
      const clauses = errorClauses(validation);
      if (expected === undefined) t.same(clauses, [], `${name}: ${UNBROKEN[name] ?? 'a case that this test does not know'}`);
      else t.same(expected.filter((clause) => !clauses.includes(clause)), [], `${name}: ${expected.join(', ')}`);
    }
  }
});
