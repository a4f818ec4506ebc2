/**
 * Requests over all their statuses: a series of one status alone is no load. Where requests begin to fail, that of their
 * status rises from nothing, and as many come as before.
 *
 *   status 200   ▇▇▇▇▇▆▆▆▆      status 500   ▁▁▁▁▁▂▂▂▂      requests   ▇▇▇▇▇▇▇▇▇
 */
import { memoize } from '#core/memoize.ts';
import type { Measured } from '#model/metrics/measured.ts';
import { STATUS_LABELS } from '#model/metrics/request-status.ts';

/** The same with one series in place of those of single statuses. */
export const overAllStatuses = memoize((all: readonly Measured[]): readonly Measured[] => {
  const isOfStatus = ({ concept, scope, labels }: Measured) =>
    concept === 'requests' && scope === 'service' && STATUS_LABELS.some((label) => (labels[label] ?? '') !== '');
  const parts = all.filter(isOfStatus);
  if (parts.length === 0) return all;
  const groups = Map.groupBy(parts, (one) =>
    JSON.stringify([one.service, one.instance, one.metric, one.part, withoutStatus(one)]),
  );
  return [...all.filter((one) => !isOfStatus(one)), ...[...groups.values()].flatMap(summed)];
});

/** Sorted, because stores order labels differently. */
function withoutStatus({ labels }: Measured): readonly (readonly [string, string])[] {
  return Object.entries(labels)
    .filter(([name]) => !STATUS_LABELS.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A status without a point had no request. */
function summed(own: readonly Measured[]): readonly Measured[] {
  const [first] = own;
  if (first === undefined) return [];
  const sums = new Map<number, number>();
  for (const { atUs, values } of own)
    for (const [at, us] of atUs.entries()) sums.set(us, (sums.get(us) ?? 0) + (values[at] ?? 0));
  const known = [...sums].sort(([a], [b]) => a - b);
  return [
    {
      ...first,
      labels: Object.fromEntries(withoutStatus(first)),
      atUs: Float64Array.from(known, ([us]) => us),
      values: Float64Array.from(known, ([, value]) => value),
    },
  ];
}
