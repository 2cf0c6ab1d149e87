// The field tod of `script`: when a sample was taken by the calendar, in the zone of who reads, where the recording says which moment of its
// clock was which (perf record -k; CLOCK_DATA, FORMAT 1.3).

const MILLION = 1_000_000n;
const BILLION = 1_000_000_000n;

/** `2026-11-28 10:53:59.128785`. `wallNs`: since 1970. */
export function timeOfDay(wallNs: bigint, withNanoseconds: boolean): string {
  const date = new Date(Number(wallNs / MILLION));
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const fraction = String(wallNs % BILLION).padStart(9, '0');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${withNanoseconds ? fraction : fraction.slice(0, 6)}`;
}
