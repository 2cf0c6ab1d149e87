// Help and "did you mean", by yargs from the commands' tables. Loaded only for these.

import yargs from 'yargs';
import type { Argv, Options } from 'yargs';
import { isThere } from './command.ts';
import type { Command, OptionSpec } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { Output } from './output.ts';
import { VERSION } from './version.ts';

const WIDTH = 100;

/** Answers `--help`, `COMMAND --help`, `help [COMMAND]`, and command lines without a known command. */
export async function answer(argv: readonly string[], out: Output, err: Output): Promise<number> {
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
  const refusals: string[] = [];
  const program = yargs()
    .scriptName('perfts')
    .usage('$0 COMMAND [options]\n\nReads Linux perf.data on any OS, without perf.')
    .detectLocale(false)
    .parserConfiguration({ 'parse-numbers': false, 'camel-case-expansion': false, 'duplicate-arguments-array': false, 'populate--': true })
    .version(VERSION)
    .help()
    .alias('help', 'h')
    .strict()
    .recommendCommands()
    .demandCommand(1, 'no command')
    .wrap(WIDTH)
    .exitProcess(false)
    .fail((message, error) => {
      refusals.push(message ?? error?.message);
    });
  for (const command of COMMANDS) declare(program, command);
  let printed = '';
  await program.parseAsync(words, {}, (_error, _argv, text) => {
    printed += text;
  });
  if (refusals.length === 0) {
    if (printed !== '') out.write(printed.endsWith('\n') ? printed : `${printed}\n`);
    return 0;
  }
  err.write(`perfts: ${refusal(words[0] ?? '', refusals)}; 'perfts --help' lists the commands\n`);
  return 2;
}

/** yargs' own words name the argument without its dashes, or only what it was probably meant to be. */
function refusal(first: string, refusals: readonly string[]): string {
  const suggestion = refusals.find((text) => text.startsWith('Did you mean'));
  if (COMMANDS.some((command) => command.name === first)) return refusals.join('; ').replace(/\s*\n\s*/g, ' ');
  if (first.startsWith('-')) return `unknown option ${first}, and no command before it`;
  return `unknown command '${first}'${suggestion === undefined ? '' : `. ${suggestion}`}`;
}

function declare(program: Argv, command: Command): void {
  program.command(
    command.positional === '' ? command.name : `${command.name} [${command.positional}${command.manyFiles === true ? '..' : ''}]`,
    command.summary,
    (builder) => {
      for (const [name, spec] of Object.entries(command.options)) if (isThere(spec)) builder.option(name, optionOf(spec));
      for (const [line, meaning] of command.examples) builder.example(`$0 ${line}`, meaning);
      return builder;
    },
    () => {},
  );
}

function optionOf(spec: OptionSpec): Options {
  return {
    describe: spec.value === undefined ? spec.describe : `${spec.value}: ${spec.describe}`,
    type: spec.type === 'flag' ? 'boolean' : spec.type === 'count' ? 'count' : spec.type === 'number' ? 'number' : 'string',
    requiresArg: spec.type === 'text' || spec.type === 'number',
    ...(spec.alias === undefined ? {} : { alias: spec.alias }),
    ...(spec.choices === undefined ? {} : { choices: spec.choices }),
    // Not `default`: yargs would take the option as given.
    ...(spec.default === undefined ? {} : { defaultDescription: String(spec.default) }),
  };
}
