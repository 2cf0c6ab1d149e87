// The command line, from words to an exit status: 0 done, 1 the recording cannot be read, 2 the command line is wrong.
// Everything loaded here costs every start, so commands load their work when they are called, and yargs is loaded for help and
// unknown commands only. The one place where errors become words (DESIGN.md 11).

import { existsSync } from 'node:fs';
import { PerftsError } from '../bytes/errors.ts';
import { parseArguments } from './argv.ts';
import { COMMANDS } from './commands.ts';
import { ClosedPipe, type Output } from './output.ts';
import { VERSION } from './version.ts';

export { standardError, standardOutput } from './output.ts';

const SHORT_HELP = `perfts ${VERSION}: reads Linux perf.data on any OS, without perf

  perfts report perf.data            where the time went
  perfts script perf.data            every sample with its stack

'perfts --help' lists the commands, 'perfts report --help' the options of one.
`;

/** Runs one command line (without `node` and the program's name) and gives the exit status. Never throws. */
export async function main(argv: readonly string[], out: Output, err: Output): Promise<number> {
  try {
    const status = await dispatch(argv, out, err);
    out.flush();
    return status;
  } catch (error) {
    return failed(error, out, err);
  }
}

async function dispatch(argv: readonly string[], out: Output, err: Output): Promise<number> {
  const first = argv[0];
  if (first === undefined) {
    out.write(SHORT_HELP);
    return 0;
  }
  if (first === '--version' || first === '-v' || first === 'version') {
    out.write(`perfts ${VERSION}\n`);
    return 0;
  }
  if (first === '--complete') return (await import('./completion.ts')).complete(argv.slice(1), out);
  const command = COMMANDS.find((one) => one.name === first);
  if (command === undefined) {
    // `perfts perf.data`: what else can be meant?
    if (!first.startsWith('-') && existsSync(first) && first !== 'help') return dispatch(['report', ...argv], out, err);
    return withYargs(argv, out, err);
  }
  const parsed = parseArguments(command, argv.slice(1));
  if (parsed.kind === 'help') return withYargs([command.name, '--help'], out, err);
  return command.run(parsed.given, out, err);
}

async function withYargs(argv: readonly string[], out: Output, err: Output): Promise<number> {
  return (await import('./yargs-cli.ts')).answer(argv, out, err);
}

function failed(error: unknown, out: Output, err: Output): number {
  if (error instanceof ClosedPipe) return 0;
  const usage = isPerftsError(error) && error.code === 'PERFTS_USAGE';
  try {
    out.flush();
    err.write(`perfts: ${sentence(error)}\n`);
    if (process.env['PERFTS_DEBUG'] === '1' && error instanceof Error) err.write(`${error.stack}\n`);
  } catch (second) {
    if (!(second instanceof ClosedPipe)) throw second;
  }
  return usage ? 2 : 1;
}

function isPerftsError(error: unknown): error is PerftsError {
  return error instanceof Error && error.name === 'PerftsError';
}

/** One line, whatever happened. */
function sentence(error: unknown): string {
  if (isPerftsError(error)) return oneLine(error.message);
  const message = oneLine(error instanceof Error ? error.message : String(error));
  // What the operating system refused: a full disk, a directory instead of a file.
  if (error instanceof Error && 'syscall' in error) return message;
  return `internal error: ${message} (please report it; PERFTS_DEBUG=1 shows where it happened)`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
