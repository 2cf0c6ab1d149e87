// Text for terminals.

/** Names come from strangers: nothing of them is to move the cursor. */
export function printable(line: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}
