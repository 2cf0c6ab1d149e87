// What options, sort keys and fields perf has, out of its own help: `node scripts/read-perf-options.js 'chroot ROOT perf' > testdata/perf-options.json`.
// Names only. perf archive is a script without help: its options stand here.

import { spawnSync } from 'node:child_process';

const COMMANDS = ['report', 'script', 'annotate', 'diff', 'evlist', 'buildid-list', 'inject'];
const [program, ...words] = (process.argv[2] ?? 'perf').split(' ');

function perf(...more) {
  const { stdout, stderr } = spawnSync(program, [...words, ...more], { encoding: 'utf8' });
  return `${stdout}${stderr}`;
}

/** `    -a, --all-cpus        …`, `        --time <str>      …`. */
function optionsOf(help) {
  return [...help.matchAll(/^ {4}(?:-(\w), |\s{4})--([\w-]+)/gm)].map(([, letter, name]) => (letter === undefined ? { name } : { name, letter }));
}

/** The words that follow a title, on its line and on further ones that begin with tabs. */
function listBehind(help, title, separator) {
  const at = help.indexOf(title);
  const text = /^[^\n]*(?:\n\t\t\t {2}[^\n]*)*/.exec(help.slice(at + title.length))[0];
  return [...new Set(text.split(separator).map((word) => word.trim()).filter((word) => word !== ''))];
}

const facts = { version: perf('--version').trim(), commands: {} };
for (const command of COMMANDS) {
  const help = perf(command, '-h');
  const found = { options: optionsOf(help) };
  if (command === 'report') found.sort = listBehind(help, 'sort by key(s):', /\s+/);
  if (command === 'report') found.fields = listBehind(help, 'output field(s):', /\s+/);
  if (command === 'script') found.fields = listBehind(help, 'Fields: ', ',');
  facts.commands[command] = found;
}
facts.commands.archive = { options: ['all', 'unpack', 'exclude-buildids'].map((name) => ({ name })) };
process.stdout.write(`${JSON.stringify(facts, undefined, 1).replace(/\{\n\s+"name": "([^"]+)"(?:,\n\s+"letter": "(.)")?\n\s+\}/g, (_, name, letter) => (letter === undefined ? `{ "name": "${name}" }` : `{ "name": "${name}", "letter": "${letter}" }`))}\n`);
