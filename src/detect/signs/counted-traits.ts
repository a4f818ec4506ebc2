/**
 * How often each value of each attribute stands in requests that fail and in those that do not, as a store counted it over
 * all that it holds of a time: a sample of a hundred may hold two of those that fail.
 */
import { meaningOf } from '#model/metrics/metric-names.ts';
import type { Series } from '#model/metrics/series.ts';
import { comparedNameOf } from '#model/requests/request-attributes.ts';
import { phiOf } from '#model/requests/request-traits.ts';
import type { Share } from '#model/stats/proportion.ts';

export type CountedTrait = Readonly<{
  service: string;
  name: string;
  value: string;
  /** As people find it. */
  metric: string;
  having: Share;
  others: Share;
  /** Of those with the value, before the time in question; none where nobody counted. */
  before: Share;
  phi: number;
}>;

/** What says most first. What tells of the outcome is left out. */
export function countedTraits(series: readonly Series[], { fromUs }: Readonly<{ fromUs: number }>): CountedTrait[] {
  const counts = series.flatMap((one) => countOf(one, fromUs));
  const totals = new Map(
    counts.filter(({ value }) => value === undefined).map((one) => [`${keyOf(one)}\n${one.failed}`, one.now]),
  );
  const values = counts.filter(({ value }) => value !== undefined);
  const traits = [...Map.groupBy(values, (one) => `${keyOf(one)}\n${one.value}`).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const sum = (failed: boolean, when: 'now' | 'before') =>
      own.filter((one) => one.failed === failed).reduce((all, one) => all + one[when], 0);
    const shareOf = (when: 'now' | 'before'): Share => ({
      times: sum(true, when),
      of: sum(true, when) + sum(false, when),
    });
    const having = shareOf('now');
    const [failing = 0, well = 0] = [true, false].map((failed) => totals.get(`${keyOf(first)}\n${failed}`));
    const others = { times: failing - having.times, of: failing + well - having.of };
    // A total that holds less than a part of it was counted at another moment.
    if (others.times < 0 || others.of < others.times) return [];
    const { service, name, value = '', metric } = first;
    return [{ service, name, value, metric, having, others, before: shareOf('before'), phi: phiOf(having, others) }];
  });
  return traits.sort(
    (a, b) => b.phi - a.phi || compare(a.service, b.service) || compare(a.name, b.name) || compare(a.value, b.value),
  );
}

type Count = Readonly<{
  service: string;
  name: string;
  /** Undefined for all that have the attribute. */
  value: string | undefined;
  metric: string;
  failed: boolean;
  now: number;
  before: number;
}>;

function countOf(one: Series, fromUs: number): Count[] {
  const { service = '', attribute = '', value, failed, metric = one.name } = one.labels;
  const name = comparedNameOf(SENT.exec(attribute)?.[1] ?? '');
  if (meaningOf(one)?.concept !== 'spans' || name === '') return [];
  let [now, before] = [0, 0];
  for (const [at, us] of one.atUs.entries()) {
    if (us >= fromUs) now += one.values[at] ?? 0;
    else before += one.values[at] ?? 0;
  }
  return [{ service, name, value, metric, failed: failed === 'true', now, before }];
}

/** Attributes that somebody set, of spans and of their processes; what a store adds by itself has no such prefix. */
const SENT = /^(?:span|resource)\.(.+)$/;

function keyOf({ service, name }: Pick<Count, 'service' | 'name'>): string {
  return `${service}\n${name}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
