// A declared layout as the Markdown table that stands in SPEC.md.

import type { Layout } from './layout.ts';

/** Header, ruler and one row a field, with a line end after each. */
export function layoutTable(layout: Layout<unknown>): string {
  const rows = layout.fields.map(({ offset, type, name, meaning }) => `| ${offset} | ${type} | ${name} | ${meaning} |`);
  return ['| offset | type | field | meaning |', '| ---: | --- | --- | --- |', ...rows, ''].join('\n');
}
