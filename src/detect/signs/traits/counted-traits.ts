/**
 * How often each attribute value occurs in failing and in other requests, from a store that counts all requests: a sample
 * of a hundred may have only two failing ones.
 */
import { meaningOf } from '#model/metrics/metric-names.ts';
import type { Series } from '#model/metrics/series.ts';
import { comparedNameOf } from '#model/requests/request-attributes.ts';
import { phiOf } from '#model/requests/request-traits.ts';
import type { Share } from '#model/stats/proportion.ts';
import { compareTexts } from '#model/text/compare-texts.ts';

export type CountedTrait = Readonly<{
  service: string;
  name: string;
  value: string;
  /** Its name in the store. */
  metric: string;
  having: Share;
  others: Share;
  /** Requests with the value before the window; none where the store has no counts. */
  before: Share;
  phi: number;
}>;

/** The best separating first. Attributes that describe the outcome are left out. */
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
    // A total below one of its parts was counted at another moment.
    if (others.times < 0 || others.of < others.times) return [];
    const { service, name, value = '', metric } = first;
    return [{ service, name, value, metric, having, others, before: shareOf('before'), phi: phiOf(having, others) }];
  });
  return traits.sort(
    (a, b) =>
      b.phi - a.phi ||
      compareTexts(a.service, b.service) ||
      compareTexts(a.name, b.name) ||
      compareTexts(a.value, b.value),
  );
}

type Count = Readonly<{
  service: string;
  name: string;
  /** Undefined for all values together. */
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

/** Attributes of spans and resources; attributes that the store adds have no such prefix. */
const SENT = /^(?:span|resource)\.(.+)$/;

function keyOf({ service, name }: Pick<Count, 'service' | 'name'>): string {
  return `${service}\n${name}`;
}
