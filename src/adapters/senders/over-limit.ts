/** An amount above the limit that stands behind it: `queue has 41 messages (limit 10)`, `p99 is 5.9 s for 10 min (limit 2 s)`. */

const UNIT =
  '(?: ?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|KB|MB|GB|TB|KiB|MiB|GiB|TiB|%)(?![A-Za-z]))?';
const NUMBER = String.raw`(\d[\d,]{0,15}(?:\.\d{1,6})?)`;
const AMOUNT_AND_LIMIT = new RegExp(
  String.raw`(?:has|have|is|are|at|of|:|=) ${NUMBER}(?![\d:])${UNIT}[^()\n]{0,40}\((?:limit|threshold|max|maximum|allowed|target|objective|SLO):? [<>=≤]{0,2}\s?${NUMBER}${UNIT}`,
  'i',
);

/** How many of the smallest unit of its kind. */
const SIZES: readonly (readonly [unit: RegExp, kind: string, size: number])[] = [
  [/^(?:ms|milliseconds?)$/i, 'time', 1],
  [/^(?:s|secs?|seconds?)$/i, 'time', 1e3],
  [/^(?:m|mins?|minutes?)$/, 'time', 6e4],
  [/^(?:h|hours?)$/i, 'time', 3.6e6],
  [/^KB$/i, 'bytes', 1e3],
  [/^KiB$/i, 'bytes', 1_024],
  [/^MB$/i, 'bytes', 1e6],
  [/^MiB$/i, 'bytes', 1_024 ** 2],
  [/^GB$/i, 'bytes', 1e9],
  [/^GiB$/i, 'bytes', 1_024 ** 3],
  [/^TB$/i, 'bytes', 1e12],
  [/^TiB$/i, 'bytes', 1_024 ** 4],
  [/^%$/, 'share', 1],
];

/** A number without a unit is measured in that of the other one. */
export function isOverLimit(title: string): boolean {
  const [, amount = '', unit = '', limit = '', unitOfLimit = ''] = AMOUNT_AND_LIMIT.exec(title.slice(0, 400)) ?? [];
  if (amount === '') return false;
  const [kind, size] = sizeOf(unit || unitOfLimit);
  const [kindOfLimit, sizeOfLimit] = sizeOf(unitOfLimit || unit);
  return kind === kindOfLimit && numberOf(amount) * size > numberOf(limit) * sizeOfLimit;
}

function sizeOf(unit: string): readonly [kind: string, size: number] {
  const [, kind = '', size = 1] = SIZES.find(([form]) => form.test(unit)) ?? [];
  return [kind, size];
}

function numberOf(text: string): number {
  return Number(text.replaceAll(',', ''));
}
