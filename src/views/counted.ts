// Numbers as sentences for people hold them.

/** With blanks between groups of three digits: `1 234 567`. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** `98.2 %`; of what is not all never `100.0 %`. */
export function percentOf(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return `${percent > 99.9 && part < whole ? '99.9' : percent.toFixed(1)} %`;
}
