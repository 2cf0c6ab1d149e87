// The payload of EVENT_DESC (FORMAT 1.3): each event's attr, name and ids.

import { ByteBuilder } from './byte-builder.ts';

/** Attrs in the byte order of the payload; shorter ones get zeros behind them. */
export function eventDescPayload(events: readonly { readonly attr: Uint8Array; readonly name: string; readonly ids: readonly bigint[] }[], littleEndian: boolean): Uint8Array {
  const length = events.reduce((longest, { attr }) => Math.max(longest, attr.length), 0);
  const builder = new ByteBuilder(littleEndian).u32(events.length).u32(length);
  for (const { attr, name, ids } of events) {
    builder.raw(attr).zeros(length - attr.length).u32(ids.length).featureText(name);
    for (const id of ids) builder.u64(id);
  }
  return builder.bytes();
}
