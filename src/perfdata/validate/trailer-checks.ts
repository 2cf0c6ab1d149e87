// Checks of the trailer of the kernel's records that are no samples (SPEC 5.5). That it fits into its record was seen before.

import { type RecordCheck, hex } from './check.ts';

export const TRAILER_CHECKS: readonly RecordCheck[] = [
  {
    code: 'trailer-cpu-reserved', clause: '5.5.2', severity: 'warning', says: "The reserved half of a trailer's CPU is not zero",
    find: (record, { event }) => {
      const back = event!.layout.trailerCpu;
      if (back === 0) return undefined;
      const reserved = record.view.getUint32(record.end - back + 4, record.littleEndian);
      return reserved === 0 ? undefined : hex(reserved);
    },
  },
  {
    code: 'trailer-cpu', clause: '5.5.2', severity: 'warning', says: 'A record is of a CPU that the machine did not have',
    find: (record, { event, file }) => {
      const back = event!.layout.trailerCpu;
      const cpus = back === 0 ? undefined : file.features.cpuCounts?.available;
      if (cpus === undefined) return undefined;
      const cpu = record.view.getInt32(record.end - back, record.littleEndian);
      return cpu >= cpus ? `CPU ${cpu} of ${cpus}` : undefined;
    },
  },
];
