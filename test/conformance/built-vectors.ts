// All vectors that are built, family by family.

import type { Vector } from './builder/vector.ts';
import { compressedVectors } from './built/compressed.ts';
import { containerVectors } from './built/containers.ts';
import { damageVectors } from './built/damage.ts';
import { eventVectors } from './built/events.ts';
import { featureVectors } from './built/features.ts';
import { jitdumpVectors } from './built/jitdumps.ts';
import { kernelRecordVectors } from './built/kernel-records.ts';
import { orderVectors } from './built/order.ts';
import { ownRecordVectors } from './built/own-records.ts';
import { perfMapVectors } from './built/perf-maps.ts';
import { registerVectors } from './built/registers.ts';
import { sampleVectors } from './built/samples.ts';
import { taskVectors } from './built/tasks.ts';
import { tracingVectors } from './built/tracing.ts';
import { trailerVectors } from './built/trailers.ts';

export function builtVectors(): readonly Vector[] {
  return [...kernelRecordVectors, ...ownRecordVectors, ...sampleVectors, ...registerVectors, ...eventVectors, ...trailerVectors, ...featureVectors, ...containerVectors, ...compressedVectors, ...damageVectors, ...orderVectors, ...taskVectors, ...tracingVectors, ...jitdumpVectors, ...perfMapVectors];
}
