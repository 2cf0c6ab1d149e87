// `perf buildid-list`: the files of a recording with their build ids. They stand in the header (BUILD_ID; FORMAT 1.3), and else are those
// of the mappings in which samples or their callers lie (FORMAT 2.1, MMAP2; Q3).

import { FeatureId } from '../perfdata/features/feature-id.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { RecordType } from '../perfdata/record-types.ts';
import { readBuildId } from '../perfdata/records/build-id.ts';
import type { Pipeline } from '../profile/pipeline.ts';

/** Hexadecimal digits of a build id of 20 bytes. */
const WIDTH = 40;

/** Whether the header lists the files, so that records need not be read. */
export function hasBuildIdTable(file: PerfDataFile): boolean {
  return file.container === 'file' && file.features.has(FeatureId.BuildId);
}

/** The files that the header lists, by name. */
export function recordedBuildIds(file: PerfDataFile): string[] {
  const byName = new Map((file.features.buildIds ?? []).map(({ filename, buildId }) => [filename, buildId]));
  return lines([...byName]);
}

/** The files in which samples lie, found by a walk of the recording. */
export async function sampledBuildIds(pipeline: Pipeline): Promise<string[]> {
  const { locations, frames } = pipeline.resolver;
  const isHit: boolean[] = [];
  // Of pipes: what a header would say comes in records, also after the mappings.
  const recorded = new Map((pipeline.file.features.buildIds ?? []).map(({ filename, buildId }) => [filename, buildId]));
  const hit = (location: number): void => {
    const module = location < 0 ? -1 : frames.module[locations.frame[location]!]!;
    if (module >= 0) isHit[module] = true;
  };
  await pipeline.run({
    sample: (sample) => {
      hit(sample.leaf);
      for (let i = 0; i < sample.depth; i++) hit(sample.locations[i]!);
    },
    record: (record) => {
      if (record.type !== RecordType.HeaderBuildId) return;
      const buildId = readBuildId(record);
      if (buildId !== undefined) recorded.set(buildId.filename, buildId.buildId);
    },
  });
  const files = pipeline.processes.modules.all
    .filter((module) => isHit[module.id] === true)
    .map(({ path, buildId }) => [path, buildId === '' ? (recorded.get(path) ?? '') : buildId] as const);
  // The mappings that perf makes up of processes that run already may lack the id which the kernel gives the same file later.
  const known = new Set(files.filter(([, buildId]) => buildId !== '').map(([path]) => path));
  return lines(files.filter(([path, buildId]) => buildId !== '' || !known.has(path)));
}

function lines(files: readonly (readonly [string, string])[]): string[] {
  const key = (file: readonly [string, string]): string => file.join('\0');
  return files.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)).map(([name, buildId]) => `${buildId.padEnd(WIDTH)} ${name}`);
}
