// What `perfts archive` does: makes one, says what is in one, unpacks one, adds to one.

import { statSync } from 'node:fs';
import { addToArchive } from '../node/add-to-archive.ts';
import { openFile } from '../node/file-source.ts';
import { makeArchive } from '../node/make-archive.ts';
import { openArchive } from '../node/open-archive.ts';
import { unpackArchive } from '../node/unpack-archive.ts';
import { archiveLines, contentsLine } from '../views/archive-list.ts';
import { writeDamage } from './damage-lines.ts';
import { openOptions } from './open-input.ts';
import type { ArchiveCommandOptions } from './options.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';
import { VERSION } from './version.ts';

/** Runs the command; PerftsError for what cannot be done. */
export async function runArchive(options: ArchiveCommandOptions, out: Output, err: Output): Promise<number> {
  switch (options.action) {
    case 'make':
      return await make(options, out, err);
    case 'list':
      return list(options.input, out, err);
    case 'unpack':
      return unpack(options, out, err);
    case 'add': {
      const added = await addToArchive(options.input, options.added, options);
      for (const { name } of added) out.write(`${name}\n`);
      return 0;
    }
  }
}

async function make(options: ArchiveCommandOptions, out: Output, err: Output): Promise<number> {
  const { input, output, lines, code, all } = options;
  const progress = new Progress(err);
  const { members, missing, lacksKernel, damage } = await makeArchive(input, output, {
    ...openOptions(options, err),
    lines,
    code,
    all,
    createdBy: `perfts ${VERSION}`,
    onProgress: (share) => progress.update('writing', share, 1),
  });
  progress.end();
  out.write(`${output}: ${contentsLine(members, statSync(output).size)}\n`);
  out.flush();
  writeDamage(damage, err);
  for (const { path } of missing) err.write(`perfts: ${path} was not found: its functions stay without names\n`);
  if (lacksKernel) err.write('perfts: there are kernel frames and no kernel symbols: run it as root where it was recorded, or use --kallsyms or --vmlinux\n');
  return 0;
}

function list(input: string, out: Output, err: Output): number {
  const file = openFile(input);
  try {
    const { archive, diagnostics } = openArchive(file, input);
    for (const line of archiveLines(archive.manifest, file.size)) out.write(`${line}\n`);
    out.flush();
    writeDamage(diagnostics.all(), err);
    return 0;
  } finally {
    if ('close' in file) file.close();
  }
}

/** 1 where something is not what was put in. */
function unpack({ input, output, force }: ArchiveCommandOptions, out: Output, err: Output): number {
  const progress = new Progress(err);
  const { members, damage } = unpackArchive(input, output, { force, onProgress: (share) => progress.update('unpacking', share, 1) });
  progress.end();
  for (const { name } of members) out.write(`${name}\n`);
  out.flush();
  writeDamage(damage, err);
  return damage.length > 0 ? 1 : 0;
}
