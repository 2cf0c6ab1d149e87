// The library in Node: everything of src/index.ts, and opening recordings by path.

export * from '../index.ts';
export { makeArchive } from './make-archive.ts';
export type { MadeArchiveFile, MakeArchiveOptions } from './make-archive.ts';
export { exportToDataset, exportToFile } from './export-files.ts';
export { openRecording } from './open-recording.ts';
export type { OpenedRecording, OpenOptions } from './open-recording.ts';
export { validateFile } from './validate-file.ts';
export type { DebuginfodOptions } from './debuginfod-tree.ts';
