// What a vector's expectations are made of, and how they are written: values that fit into a line stand in one, so that a change of
// one field is a change of one line.

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

const WIDTH = 120;

/** JSON for people: two blanks a level, what fits into 120 columns in one line. Members that are undefined are left out. */
export function prettyJson(value: Json, indent = ''): string {
  const line = oneLine(value);
  if (indent.length + line.length <= WIDTH || typeof value !== 'object' || value === null) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => `${inner}${prettyJson(item, inner)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const members = given(value as JsonObject).map(([name, member]) => `${inner}${JSON.stringify(name)}: ${prettyJson(member, inner)}`);
  return `{\n${members.join(',\n')}\n${indent}}`;
}

function oneLine(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(oneLine).join(', ')}]`;
  const members = given(value as JsonObject).map(([name, member]) => `${JSON.stringify(name)}: ${oneLine(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function given(value: JsonObject): [string, Json][] {
  return Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined);
}
