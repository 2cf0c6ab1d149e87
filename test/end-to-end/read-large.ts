// Run as a program by memory.test.ts: reads a recording of some hundred MB that does not exist, or standard input, or writes one that
// nobody keeps, and prints what memory that took.

import { openRecording } from '../../src/node/open-recording.ts';
import { anonymizeRecording } from '../../src/profile/convert/anonymize.ts';
import { convertRecording } from '../../src/profile/convert/convert-recording.ts';
import { demoParts, openInMemory, testdata, type Parts } from './in-memory.ts';
import { RepeatedRecording } from './repeated-recording.ts';

const [name, megabytes, what] = process.argv.slice(2);
const parts: Parts = name === 'demo' ? demoParts() : { recording: testdata(`perfdata/${name}.data`) };
const large = await RepeatedRecording.of(parts, Number(megabytes) * 1e6);
const recording =
  what === 'stdin' ? (await openRecording('-')).recording : await openInMemory({ ...parts, source: (bytes) => (bytes === parts.recording ? large : undefined) });

/** In use, in MB, at most: what V8 has not collected yet counts too. */
let most = 0;
let mostBuffers = 0;
/** In the first half of the file: everything distinct was met. */
let early = 0;
function look(share: number): void {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  most = Math.max(most, (heapUsed + arrayBuffers) / 1e6);
  mostBuffers = Math.max(mostBuffers, arrayBuffers / 1e6);
  if (share < 0.5) early = mostBuffers;
}

let samples = 0;
if (what === 'profile' || what === 'stdin') {
  const { profile } = await recording.profile({ onProgress: look });
  samples = profile.events[0]!.samples;
} else if (what === 'convert') {
  const nobody = { write: () => {}, writeAt: () => {} };
  ({ samples } = await convertRecording(recording, { container: 'directory', compress: true, littleEndian: false, onProgress: look }, { file: () => nobody }));
} else if (what === 'anonymize') {
  ({ samples } = await anonymizeRecording(recording, { container: 'pipe', onProgress: look }, { write: () => {} }));
} else {
  let count = 0;
  for await (const each of what === 'records' ? recording.records() : recording.samples()) {
    if (!('type' in each) || each.type === 9) samples++;
    if (++count % 512 === 0) look(samples / large.samples);
  }
}
const bytes = large.size;
process.stdout.write(JSON.stringify({ samples, expected: large.samples, bytes, most, mostBuffers, early, resident: process.resourceUsage().maxRSS / 1024, damage: recording.damage }));
