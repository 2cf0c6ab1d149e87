// What `perfts script` and `perfts dump` need of the source: reading debugging information takes longer than all the rest.

import type { PerfEvent } from '../perfdata/event-table.ts';
import type { SourceOptions } from '../profile/source-table.ts';
import { showsField } from '../views/script/fields.ts';
import type { ScriptOptions } from './options.ts';

/** What is to be known of the source: inlined calls where stacks are shown, lines where the field is. */
export function sourceOf(options: ScriptOptions, events: readonly PerfEvent[]): SourceOptions | undefined {
  const lines = showsField(options.fields, 'srcline');
  const inlines = options.inline && !options.hideCallGraph && showsField(options.fields, 'ip') && events.some((event) => event.hasCallchain);
  return inlines || lines ? { inlines, lines, fullPaths: options.fullSourcePaths, otherwise: 'address' } : undefined;
}
