// What `perfts inject --jit` does: opens, writes the recording and the images, and says what was not found.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PerftsError } from '../bytes/errors.ts';
import type { ByteSource } from '../bytes/source.ts';
import { FileSource } from '../node/file-source.ts';
import { reasonOf } from '../node/system-errors.ts';
import { type Injected, injectJit } from '../profile/convert/inject-jit.ts';
import type { ImageStore } from '../profile/convert/jit-images.ts';
import type { InjectCommandOptions } from './options.ts';
import type { Output } from './output.ts';
import { writeRecording } from './run-convert.ts';

/** perf 7.2 unwinds through an image only where its path begins so. */
const UNWOUND_BY_PERF = '/tmp/jitted-';

/** Runs the command; PerftsError for what cannot be done. */
export async function runInject(options: InjectCommandOptions, out: Output, err: Output): Promise<number> {
  let injected: Injected | undefined;
  let elsewhere: string[] = [];
  const container = options.output === '-' ? 'pipe' : 'file';
  const status = await writeRecording(options, options.output, container, out, err, async (recording, place, onProgress) => {
    const folders = new Set<string>();
    const imagesOf = (path: string, source: ByteSource): ImageStore => {
      const folder = folderFor(options, path, source);
      folders.add(folder);
      return imagesIn(folder);
    };
    injected = await injectJit(recording, { container, imagesOf, onProgress }, place);
    if (recording.file.events.events.some((event) => event.hasUserStack)) elsewhere = [...folders].filter((folder) => !`${folder}/jitted-`.startsWith(UNWOUND_BY_PERF));
    return injected;
  });
  if (injected === undefined) return status;
  const { missing, timeless, jitdumps, images } = injected;
  for (const path of missing) err.write(`perfts: ${path} was not found: its code stays without names\n`);
  for (const path of timeless) err.write(`perfts: recorded without -k 1: the code of ${path} stands from the beginning on\n`);
  for (const folder of elsewhere) err.write(`perfts: perf does not unwind through images in ${folder}, only in /tmp: use --out-dir /tmp if stacks are cut\n`);
  if (jitdumps === 0 && missing.length === 0) err.write('perfts: no process of this recording wrote a jitdump: nothing was injected\n');
  if (options.verbose > 0) err.write(`perfts: wrote ${images} files for ${jitdumps} jitdump${jitdumps === 1 ? '' : 's'}\n`);
  return status;
}

/** perf looks for images at the path in the mapping: that is a path of this machine. */
function folderFor(options: InjectCommandOptions, path: string, source: ByteSource): string {
  if (options.outDir !== undefined) return resolve(options.outDir);
  if (source instanceof FileSource) return resolve(dirname(source.path));
  // Out of an archive: beside what is written, nothing lies at the recorded path.
  return options.output === '-' ? resolve(dirname(path)) : resolve(dirname(options.output));
}

function imagesIn(folder: string): ImageStore {
  return (name, image) => {
    const path = join(folder, name);
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, image);
    } catch (error) {
      throw new PerftsError('PERFTS_NO_FILE', `cannot write ${path}: ${reasonOf(error)}`);
    }
    return path;
  };
}
