// Any file that SPEC.md describes held against it: a recording (perfdata/validate/), a jitdump or a perf map (jit/validate/), which its
// first bytes tell.

import { type Finding, type FindingGroup, Findings } from '../bytes/findings.ts';
import { bytesAt, perform } from '../bytes/reading.ts';
import { validateJitdump } from '../jit/validate/validate-jitdump.ts';
import { validatePerfMap } from '../jit/validate/validate-perf-map.ts';
import { type RecordingSources, validateRecording } from '../perfdata/validate/validate-recording.ts';

/** What is validated. */
export interface ValidateInput extends RecordingSources {
  /** What the file is called: where its first bytes do not tell, `.dump` is a jitdump and `.map` a perf map. */
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
  const name = input.fileName ?? '';
  const kind = kindOf(await perform(source, bytesAt(0, HEAD)), name);
  const records = await recordsOf(kind, input, name, findings);
  const { errors, warnings } = findings;
  return { kind, records, errors, warnings, groups: findings.groups() };
}

async function recordsOf(kind: Validation['kind'], input: ValidateInput, name: string, findings: Findings): Promise<number> {
  const source = input.sources[0]!;
  switch (kind) {
    case 'recording': return await validateRecording(input, findings);
    case 'jitdump': return await perform(source, validateJitdump(source.size, name, findings));
    case 'perf map': return await perform(source, validatePerfMap(source.size, findings));
  }
}

/** As much of a file as tells what it is. */
const HEAD = 256;
const JITDUMP_NAME = /\.dump$/;
const PERF_MAP_NAME = /\.map$/;
/** A first line as a perf map has it. */
const PERF_MAP_LINE = /^\s*(?:0x)?[0-9a-f]+[ \t]+(?:0x)?[0-9a-f]+[ \t]/i;

/** By its first bytes, or where they say nothing by the end of its name. */
function kindOf(head: Uint8Array, name: string): Validation['kind'] {
  const text = String.fromCharCode(...head);
  if (/^(?:PERFILE2|2ELIFREP|PERFFILE)/.test(text)) return 'recording';
  if (/^(?:JiTD|DTiJ)/.test(text) || JITDUMP_NAME.test(name)) return 'jitdump';
  return PERF_MAP_LINE.test(text) || PERF_MAP_NAME.test(name) ? 'perf map' : 'recording';
}
