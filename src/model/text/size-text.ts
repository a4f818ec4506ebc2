/** Sizes of data for people, in the largest unit that fits. */
import { counted } from '#model/text/count-text.ts';

/** In powers of 1,000, as bodies and files are counted, with two significant digits: `640 bytes`, `41 kB`, `1.2 GB`. */
export function sizeText(bytes: number): string {
  return inUnits(bytes, 2, 1_000, ['kB', 'MB', 'GB', 'TB']);
}

/** In powers of 1,024, as memory and its limits are written, with three: `512 MiB`, `1.25 GiB`. */
export function memoryText(bytes: number): string {
  return inUnits(bytes, 3, 1_024, ['KiB', 'MiB', 'GiB', 'TiB']);
}

function inUnits(bytes: number, digits: number, step: number, units: readonly string[]): string {
  const rounded = (amount: number) =>
    amount >= 10 ** (digits - 1) ? Math.round(amount) : Number(amount.toPrecision(digits));
  // 999,999 bytes are 1 MB, and not 1,000 kB.
  const power = units.findLastIndex((_, at) => rounded(bytes / step ** at) >= step);
  if (power < 0) return counted(Math.round(bytes), 'byte');
  return `${rounded(bytes / step ** (power + 1))} ${units[power]}`;
}
