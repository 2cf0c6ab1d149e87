// What `perfts report --stats` and `--tasks` do: walk the records without resolving anything.

import { openRecording } from '../node/open-recording.ts';
import { RecordedTasks } from '../profile/recorded-tasks.ts';
import { RecordStats } from '../views/stats.ts';
import { TaskTree } from '../views/tasks.ts';
import { writeDamage } from './damage-lines.ts';
import type { FileOptions } from './options.ts';
import type { Output } from './output.ts';

/** --stats: records by type, samples by event. */
export async function runStats(options: FileOptions, out: Output, err: Output): Promise<number> {
  const { recording, close } = await openRecording(options.input);
  try {
    const stats = new RecordStats(recording.file);
    await stats.count(recording.orderedRecords({ fileOrder: true, withUnowned: true }));
    for (const line of stats.lines()) out.write(`${line}\n`);
    out.flush();
    writeDamage(recording.damage, err);
    return 0;
  } finally {
    close();
  }
}

/** --tasks: the tree of tasks. */
export async function runTasks(options: FileOptions, out: Output, err: Output): Promise<number> {
  const { recording, close } = await openRecording(options.input);
  try {
    const tasks = await RecordedTasks.read(recording.file, recording.orderedRecords());
    for (const line of new TaskTree(tasks).lines()) out.write(`${line}\n`);
    out.flush();
    writeDamage(recording.damage, err);
    return 0;
  } finally {
    close();
  }
}
