// What a validation finds: places where a file departs from SPEC.md, each by a rule that cites its clause. Rules stand in tables beside
// what they look at (perfdata/validate/, jit/validate/). Only sums and the first places of each kind are kept, so that a file that is
// nothing but departures takes no more memory than another; who wants every one listens.

/** 'error': a reader that follows SPEC.md may lose or misread something. 'warning': readable, but odd, outdated, or some writer's habit. */
export type Severity = 'error' | 'warning';

/** One thing that SPEC.md demands, told by its breach. */
export interface Rule {
  /** Stable, for programs to match on: 'text-padding'. */
  readonly code: string;
  /** Of SPEC.md: '4.3.1'. */
  readonly clause: string;
  readonly severity: Severity;
  /** What is wrong where it is broken: a plain sentence without values and without a full stop. */
  readonly says: string;
}

/** One place where a rule is broken. */
export interface Finding {
  readonly code: string;
  /** Of SPEC.md. */
  readonly clause: string;
  readonly severity: Severity;
  /** '' for the recording itself; of a directory `data.0` and so on. */
  readonly file: string;
  /** In that file, in bytes; of a record that was compressed, where its COMPRESSED record lies. -1 where there is none. */
  readonly offset: number;
  /** Of a record that was compressed: where it lies in what the file's compressed records make together. -1 for others. */
  readonly plainOffset: number;
  /** What is wrong: the rule's sentence. */
  readonly message: string;
  /** The values found; '' where the message says all. */
  readonly detail: string;
}

/** A kind of departure, with where it was seen first. */
export interface FindingGroup {
  readonly rule: Rule;
  count: number;
  /** At most FIRST_FINDINGS. */
  readonly first: Finding[];
}

/** Places of a kind that are kept. */
export const FIRST_FINDINGS = 5;

/** Collects what is found. */
export class Findings {
  errors = 0;
  warnings = 0;
  readonly #groups = new Map<string, FindingGroup>();
  readonly #listener: ((finding: Finding) => void) | undefined;

  /** `listener` is told of each finding when it is found. */
  constructor(listener?: (finding: Finding) => void) {
    this.#listener = listener;
  }

  /** Notes that a rule is broken at a place. */
  add(rule: Rule, offset: number, detail: string, file: string = '', plainOffset: number = -1): void {
    if (rule.severity === 'error') this.errors++;
    else this.warnings++;
    // One check may stand at several clauses: of MMAP and of MMAP2.
    const key = `${rule.clause} ${rule.code}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { rule, count: 0, first: [] };
      this.#groups.set(key, group);
    }
    group.count++;
    if (this.#listener === undefined && group.first.length >= FIRST_FINDINGS) return;
    const { code, clause, severity, says: message } = rule;
    const finding: Finding = { code, clause, severity, file, offset, plainOffset, message, detail };
    if (group.first.length < FIRST_FINDINGS) group.first.push(finding);
    this.#listener?.(finding);
  }

  /** Errors before warnings, each in the order in which it was first seen. */
  groups(): FindingGroup[] {
    const all = [...this.#groups.values()];
    return [...all.filter(({ rule }) => rule.severity === 'error'), ...all.filter(({ rule }) => rule.severity === 'warning')];
  }
}
