// Wrong use, as opposed to damaged input (bytes/diagnostics.ts): thrown, with a stable code, and turned into one line by cli/.

/** What went wrong, for programs to match on. */
export type ErrorCode =
  | 'PERFTS_NO_FILE' // the file cannot be opened or read
  | 'PERFTS_NOT_PERF_DATA' // it is not a perf.data file, or nothing of it can be read
  | 'PERFTS_USAGE' // the command line or the options say something impossible
  | 'PERFTS_NO_SAMPLES'; // the recording cannot answer what was asked (no call chains, no samples)

/** Match on `code`, not on the class: a program may hold two copies of this package. */
export class PerftsError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'PerftsError';
    this.code = code;
  }
}
