// bench/RESULTS.md, one section for each benchmark: each writes its own and leaves the others.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpus, loadavg, release } from 'node:os';

const TITLE = '# What was measured last\n\nEach section is written by the program that it names. Do not edit.\n';

/** The project's folder, seen from dist/bench as from bench. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** Puts a section in the place of the one with that heading, or at the end. `text` is Markdown without headings of the second level. */
export function writeResults(heading: string, text: string): void {
  const path = join(projectFolder(), 'bench', 'RESULTS.md');
  const sections = new Map<string, string>();
  if (existsSync(path)) for (const part of readFileSync(path, 'utf8').split(/^(?=## )/m)) {
    const [, title] = /^## (.*)\n/.exec(part) ?? [];
    if (title !== undefined) sections.set(title, part.slice(part.indexOf('\n') + 1).trim());
  }
  sections.set(heading, text.trim());
  writeFileSync(path, [TITLE, ...[...sections].map(([title, body]) => `## ${title}\n\n${body}\n`)].join('\n'));
}

/** When and where, in a line. `more`: versions of what was measured. */
export function circumstances(...more: readonly string[]): string {
  const processors = cpus();
  const place = [`node ${process.version}`, `kernel ${release()}`, `${processors.length} x ${processors[0]?.model ?? 'processor'}`, `load ${loadavg()[0]!.toFixed(2)}`];
  return [new Date().toISOString().slice(0, 10), ...more, ...place].join(', ');
}
