// The page in Chromium: from the address, or from the choice of files, until the recording is shown and the page answers. Recordings of
// bench/record.sh: an archive of 100 000 samples, in the page and given to it, and the raw recording of CPython (some 180 MB) with its jitdump
// and the ELF files that it names. Prints a table and writes it to bench/RESULTS.md (section "Page").
//
//   node dist/bench/page.js --data DIR [--root ROOT] [--rounds 3] [--large FILE] [--dry]
//
// DIR and ROOT are record.sh's, FILE any other recording, whose page is opened too. Needs Chromium (PERFTS_CHROMIUM), and npm run build.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { openRecording } from '../src/node/open-recording.ts';
import { BrowserPage, findChromium } from '../test/views/browser.ts';
import { median } from './measured-run.ts';
import { circumstances, projectFolder, writeResults } from './results-file.ts';

const SAMPLES = 100_000;
const WIDTH = 1400;
const HEIGHT = 900;

interface Result {
  readonly what: string;
  readonly bytes: number;
  readonly seconds: number;
  /** 0 for none. */
  readonly limit: number;
}

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    root: { type: 'string', default: '/' },
    rounds: { type: 'string', default: '3' },
    large: { type: 'string' },
    dry: { type: 'boolean', default: false },
  },
});
const chromium = findChromium();
if (options.data === undefined || chromium === undefined) throw new Error('needs --data DIR, and Chromium');
const root = options.root;
const data = join(root, options.data);
const rounds = Number(options.rounds);
const folder = mkdtempSync(join(tmpdir(), 'perfts-page-'));

function perfts(...words: readonly string[]): string {
  return execFileSync(process.execPath, [join(projectFolder(), 'bin/perfts.js'), ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 });
}

/** An archive of the first samples of a recording. */
async function archiveOf(recording: string): Promise<string> {
  const opened = await openRecording(recording);
  let last: bigint | undefined;
  let count = 0;
  for await (const { time } of opened.recording.samples({ maxStack: 1 })) {
    last = time;
    if (++count === SAMPLES) break;
  }
  opened.close();
  const [cut, archive] = [join(folder, 'cut.data'), join(folder, 'cut.perfts')];
  const seconds = `${last! / 1_000_000_000n}.${String(last! % 1_000_000_000n).padStart(9, '0')}`;
  perfts('convert', '--time', `,${seconds}`, '-o', cut, recording);
  perfts('archive', '--symfs', root, '-o', archive, cut);
  return archive;
}

/** The ELF files that a recording names and that are there. */
function elfFiles(recording: string): string[] {
  const paths = perfts('buildid-list', '-i', recording).split('\n').map((line) => join(root, line.slice(line.indexOf(' ') + 1)));
  return [...new Set(paths)].filter((path) => existsSync(path) && statSync(path).isFile());
}

/** Milliseconds until the count of samples is there and the browser has drawn twice behind it. */
const DRAWN = `new Promise((resolve) => {
  const look = () => (/\\d samples/.test(document.querySelector('main')?.innerText ?? '') ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now()))) : setTimeout(look, 5));
  look();
})`;

async function timeOfPage(path: string): Promise<number> {
  const page = await BrowserPage.open(chromium!, 'about:blank?', WIDTH, HEIGHT);
  try {
    await page.show(pathToFileURL(path).href);
    return Number(await page.evaluate(DRAWN)) / 1000;
  } finally {
    await page.close();
  }
}

async function timeOfFiles(empty: string, files: readonly string[]): Promise<number> {
  const page = await BrowserPage.open(chromium!, pathToFileURL(empty).href, WIDTH, HEIGHT);
  try {
    await page.evaluate(`document.querySelector('input[type=file]').addEventListener('change', () => (globalThis.chosenAt = performance.now()), true)`);
    await page.chooseFiles('input[type=file]', files);
    await page.until(`/\\d samples/.test(document.querySelector('main')?.innerText ?? '')`, 300);
    return (Number(await page.evaluate(DRAWN)) - Number(await page.evaluate('globalThis.chosenAt'))) / 1000;
  } finally {
    await page.close();
  }
}

async function medianOf(run: () => Promise<number>): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) seconds.push(await run());
  return median(seconds);
}

function asMarkdown(results: readonly Result[]): string {
  return [
    `By \`bench/page.ts\` on recordings of \`bench/record.sh\`, in Chromium without a window: seconds from the address, or from the choice of files, until the recording is drawn; medians of ${rounds}.`,
    '',
    circumstances(execFileSync(chromium!, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()),
    '',
    '| what | MB | seconds | limit |',
    '| --- | --- | --- | --- |',
    ...results.map(({ what, bytes, seconds, limit }) => `| ${what} | ${(bytes / 1e6).toFixed(1)} | ${seconds.toFixed(2)} | ${limit === 0 ? '' : `${limit}: ${seconds <= limit ? 'kept' : 'NOT kept'}`} |`),
    '',
  ].join('\n');
}

try {
  const results: Result[] = [];
  const empty = join(folder, 'empty.html');
  perfts('view', '--empty', '-o', empty);
  results.push({ what: 'the page without a recording', bytes: statSync(empty).size, seconds: 0, limit: 0 });
  const archive = await archiveOf(join(data, 'cpp_fp/perf.data'));
  const held = join(folder, 'held.html');
  perfts('view', '-o', held, archive);
  results.push({ what: `the page that holds ${SAMPLES} samples`, bytes: statSync(held).size, seconds: await medianOf(() => timeOfPage(held)), limit: 2 });
  results.push({ what: `an archive of ${SAMPLES} samples, given to the page`, bytes: statSync(archive).size, seconds: await medianOf(() => timeOfFiles(empty, [archive])), limit: 2 });
  const python = join(data, 'py_jit/perf.data');
  const jitdump = execFileSync('sh', ['-c', 'ls "$1"/jit-*.dump | head -1', 'sh', join(data, 'py_jit')], { encoding: 'utf8' }).trim();
  const files = [python, jitdump, ...elfFiles(python)];
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  results.push({ what: `a raw recording of CPython with its jitdump and ${files.length - 2} ELF files`, bytes, seconds: await medianOf(() => timeOfFiles(empty, files)), limit: 5 });
  if (options.large !== undefined) {
    const large = join(folder, 'large.html');
    perfts('view', '-o', large, '--symfs', root, options.large);
    results.push({ what: 'the page that holds a large recording', bytes: statSync(large).size, seconds: await medianOf(() => timeOfPage(large)), limit: 0 });
  }
  const text = asMarkdown(results);
  console.log(text);
  if (!options.dry) writeResults('Page', text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
