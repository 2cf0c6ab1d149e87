// Sizes of pages as perf writes them: `4K`, `2M`, `1G`, or `N/A` where none was recorded.

export function sizeWithUnit(size: bigint): string {
  if (size === 0n) return 'N/A';
  for (const [unit, shift] of [['G', 30n], ['M', 20n], ['K', 10n]] as const) if (size >= 1n << shift) return `${size >> shift}${unit}`;
  return `${size}`;
}
