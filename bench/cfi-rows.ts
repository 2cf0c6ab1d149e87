// Every row of the call frame information of ELF files beside readelf's (`--debug-dump=frames-interp`): location, CFA, return column
// and each register. The rows are those of src/dwarf/cfi-table.ts, looked up by address as the unwinder does; .eh_frame is asked through
// .eh_frame_hdr where there is one, .debug_frame by itself. Writes its section of bench/RESULTS.md unless --dry.
//
//   node dist/bench/cfi-rows.js [--readelf readelf] [--dry] [--list FILE] [FILE...]
//
// --list names a file of lines `path [what it was made by]`, such as bench/cfi-files.sh makes. Ends with 1 where a row differs or a description is not found.

import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Diagnostics } from '../src/bytes/diagnostics.ts';
import { machineOf } from '../src/bytes/machine.ts';
import { perform } from '../src/bytes/reading.ts';
import { MemorySource } from '../src/bytes/source.ts';
import { CfiTable, type CfiSection } from '../src/dwarf/cfi-table.ts';
import { readElf, type ElfFile } from '../src/elf/elf-file.ts';
import { readSection } from '../src/elf/section-bytes.ts';
import { type Comparison, ReadelfRows } from '../test/dwarf/readelf-rows.ts';
import { circumstances, writeResults } from './results-file.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { readelf: { type: 'string', default: 'readelf' }, list: { type: 'string' }, dry: { type: 'boolean', default: false } },
});

interface Listed {
  readonly path: string;
  readonly words: string;
}

interface SectionResult {
  readonly section: string;
  readonly comparison: Comparison;
  /** FDEs that our own reading finds, those of no length left out. */
  readonly fdes: number;
  readonly damage: readonly string[];
}

const listed = options.list === undefined ? [] : readFileSync(options.list, 'utf8').split('\n').filter((line) => line.trim() !== '');
const files: Listed[] = [...listed, ...positionals].map((line) => {
  const [path = '', ...words] = line.split(/\s+/);
  return { path, words: words.join(' ') };
});
if (files.length === 0) throw new Error('no files: name some, or --list');

/** The lines that readelf prints of one section. */
async function readelfRows(path: string, section: string, rows: ReadelfRows): Promise<Comparison> {
  const child = spawn(options.readelf, ['--wide', '--debug-dump=no-follow-links', '--debug-dump=frames-interp', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  let isWanted = false;
  for await (const line of createInterface({ input: child.stdout })) {
    const heading = /^Contents of the (\S+) section/.exec(line);
    if (heading !== null) isWanted = heading[1] === section;
    else if (isWanted) rows.line(line);
  }
  return rows.finish();
}

const lines: string[] = [];
const notes: string[] = [];
let total = { fdes: 0, rows: 0, equal: 0 };
let isGood = true;
for (const { path, words } of files) {
  const bytes = new Uint8Array(readFileSync(path));
  const elf = perform(new MemorySource(bytes), readElf(bytes.length, new Diagnostics())) as ElfFile | undefined;
  if (elf === undefined) throw new Error(`${path} is no ELF file`);
  const read = (name: string): Uint8Array => {
    const section = elf.section(name);
    return section === undefined ? new Uint8Array() : perform(new MemorySource(bytes), readSection(elf, section, new Diagnostics())) as Uint8Array;
  };
  const sectionOf = (name: string): CfiSection | undefined => {
    const contents = read(name);
    return contents.length === 0 ? undefined : { bytes: contents, address: elf.section(name)!.address };
  };
  const results: SectionResult[] = [];
  for (const section of ['.eh_frame', '.debug_frame', '.zdebug_frame']) {
    const contents = sectionOf(section);
    if (contents === undefined) continue;
    const diagnostics = new Diagnostics();
    const header = section === '.eh_frame' ? sectionOf('.eh_frame_hdr') : undefined;
    const common = { machine: machineOf(elf.machine), littleEndian: elf.littleEndian, addressSize: elf.is64 ? 8 : 4 } as const;
    const table = new CfiTable(section === '.eh_frame' ? { ...common, ehFrame: contents, ...(header && { ehFrameHdr: header }) } : { ...common, debugFrame: contents }, diagnostics);
    const comparison = await readelfRows(path, section, new ReadelfRows(table));
    let fdes = 0;
    for (const _fde of table.fdes()) fdes++;
    results.push({ section: `${section}${section === '.eh_frame' && header === undefined ? ' (no hdr)' : ''}`, comparison, fdes, damage: diagnostics.all().map(({ message }) => message) });
  }
  for (const { section, comparison, fdes, damage } of results) {
    const { rows, equal, causes } = comparison;
    const differing = [...causes].map(([cause, count]) => `${count} ${cause}`).join(', ');
    const row = `| ${basename(path)} | ${machineOf(elf.machine)} | ${words} | ${section} | ${comparison.fdes} | ${rows} | ${equal} | ${differing === '' ? '0' : differing} |`;
    lines.push(row);
    console.log(row);
    for (const words of [...comparison.differences, ...damage]) console.log(`    ${words}`);
    if (fdes !== comparison.fdes) {
      notes.push(`${basename(path)} ${section}: ${fdes} FDEs, readelf has ${comparison.fdes}`);
      console.log(`    ${notes.at(-1)}`);
    }
    if (rows !== equal || fdes !== comparison.fdes) isGood = false;
    total = { fdes: total.fdes + comparison.fdes, rows: total.rows + rows, equal: total.equal + equal };
  }
}

const summary = `${total.fdes} FDEs, ${total.rows} rows, of which ${total.equal} are equal in everything and ${total.rows - total.equal} differ.`;
console.log(summary);
if (!options.dry) {
  const text = [
    `By \`bench/cfi-rows.ts\`: every row of ${files.length} files beside \`readelf --debug-dump=frames-interp\`: location, CFA, return column, each register. ${summary}`,
    '',
    circumstances(execFileSync(options.readelf, ['--version'], { encoding: 'utf8' }).split('\n', 1)[0]!),
    '',
    '| file | machine | made by | section | FDEs | rows | equal | differing, by what |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
    ...notes.map((note) => `\n* ${note}`),
  ];
  writeResults('Rows of call frame information beside readelf', text.join('\n'));
}
process.exitCode = isGood ? 0 : 1;
