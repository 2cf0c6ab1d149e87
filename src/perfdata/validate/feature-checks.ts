// Checks of features one by one: whether a payload decodes to its last byte (SPEC 3.1 to 3.3, 10). In files the payloads lie where the
// table says, in pipes in HEADER_FEATURE records.

import type { Rule } from '../../bytes/findings.ts';
import { FEATURE_NAMES, FeatureId, isSaidByBeingThere } from '../features/feature-id.ts';
import { bytes as byteCount } from './check.ts';
import { FEATURE_PAYLOADS, type PayloadContext } from './feature-payloads.ts';
import { PayloadWalk } from './payload-walk.ts';

/** Told of a rule that is broken, with its place in the file. */
export type Found = (rule: Rule, offset: number, detail: string) => void;

const FIRST_SIMPLEPERF = 128;
/** These are flags (SPEC 3.1.5). */

const UNKNOWN: Rule = { code: 'feature-unknown', clause: '3.1.1', severity: 'warning', says: 'A feature is not known' };
const SIMPLEPERF: Rule = { code: 'feature-simpleperf', clause: '10.3.1', severity: 'warning', says: "A feature is one of Android's simpleperf" };
const NO_PAYLOAD: Rule = { code: 'feature-payload', clause: '3.1.5', severity: 'warning', says: 'A feature that is a flag has a payload' };
const NOT_COMPRESSED: Rule = { code: 'feature-27-none', clause: '10.1.4', severity: 'warning', says: 'COMPRESSED says that nothing is compressed' };

const nameOf = (id: number): string => FEATURE_NAMES[id] ?? `feature ${id}`;

/** The rule for payloads that do not decode; the reader's code for the same. */
export function damagedFeature(id: number): Rule {
  return { code: `feature-${id}-damaged`, clause: `3.2.${id}`, severity: 'error', says: `The payload of ${nameOf(id)} does not decode` };
}

/** Checks a payload that lies at `place`; false where it does not decode. Features that are not known cannot be looked into. */
export function checkFeature(id: number, payload: Uint8Array, littleEndian: boolean, place: number, context: PayloadContext, found: Found): boolean {
  if (FEATURE_NAMES[id] === undefined || id === 0) {
    found(id >= FIRST_SIMPLEPERF ? SIMPLEPERF : UNKNOWN, place, `feature ${id} of ${byteCount(payload.length)}`);
    return true;
  }
  const walkPayload = FEATURE_PAYLOADS[id];
  if (walkPayload === undefined) return true;
  if (isSaidByBeingThere(id)) {
    if (payload.length > 0) found(NO_PAYLOAD, place, `${nameOf(id)}: ${byteCount(payload.length)}`);
    return true;
  }
  if (payload.length === 0 && id !== FeatureId.BuildId) {
    found({ code: `feature-${id}-empty`, clause: `3.2.${id}`, severity: 'warning', says: `${nameOf(id)} is there, but without payload` }, place, '');
    return true;
  }
  const walk = new PayloadWalk(payload, littleEndian);
  walkPayload(walk, context);
  const at = (offset: number): number => (place < 0 ? -1 : place + offset);
  if (walk.failed) {
    found(damagedFeature(id), place, `it goes wrong behind byte ${walk.offset} of ${payload.length}`);
    return false;
  }
  const longAt = walk.offset;
  // Some writers pad HEADER_FEATURE records to a multiple of 8.
  if (walk.left > 0 && !(walk.left < 8 && walk.raw(walk.left).every((byte) => byte === 0))) {
    found({ code: `feature-${id}-long`, clause: `3.2.${id}`, severity: 'warning', says: `The payload of ${nameOf(id)} is longer than what it says` }, at(longAt), `by ${byteCount(payload.length - longAt)}`);
  }
  for (const { rule, offset, detail } of walk.notes) found(rule, at(offset), detail === '' ? nameOf(id) : `${nameOf(id)}: ${detail}`);
  if (id === FeatureId.Compressed && payload.length >= 8 && payload.subarray(4, 8).every((byte) => byte === 0)) found(NOT_COMPRESSED, place, '');
  return true;
}
