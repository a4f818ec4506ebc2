/**
 * Numbers of Google Cloud that stackdriver_exporter writes as they come: how many there were in the last minute, and not
 * since the start. They are summed up here, so that everybody reads counters.
 *
 *   run_googleapis_com_request_count   1200 1188 1210 1195     ──►     1200 2388 3598 4793
 *
 * https://github.com/prometheus-community/stackdriver_exporter#flags (`monitoring.aggregate-deltas`),
 * https://cloud.google.com/monitoring/api/v3/kinds-and-types
 */
import { MINUTE_US } from '#core/time-units.ts';
import { meaningOf, plainName } from '#model/metrics/metric-names.ts';
import type { Series } from '#model/metrics/series.ts';

const OF_GOOGLE = /(?:^|_)googleapis_com[_:]/;
/** As a share of the steps: a counter falls only when what counts starts anew. */
const FALLS = 0.1;
const FEWEST_STEPS = 10;

/** One exporter writes all of its numbers alike: where one of them falls again and again, all are deltas. */
export function withoutDeltas(all: readonly Series[]): readonly Series[] {
  const counting = new Set(all.filter(isOfGoogle));
  const prefixes = new Set([...counting].filter(fallsOften).map(prefixOf));
  if (prefixes.size === 0) return all;
  return all.map((one) => (counting.has(one) && prefixes.has(prefixOf(one)) ? summedUp(one) : one));
}

/** `stackdriver_`: other exporters beside it may write counters. */
function prefixOf({ name }: Series): string {
  return /^stackdriver_/.exec(plainName(name))?.[0] ?? '';
}

function isOfGoogle(one: Series): boolean {
  return OF_GOOGLE.test(plainName(one.name)) && (meaningOf(one)?.kind ?? 'gauge') !== 'gauge';
}

function fallsOften({ values }: Series): boolean {
  let falls = 0;
  for (let at = 1; at < values.length; at += 1) falls += Number((values[at] ?? 0) < (values[at - 1] ?? 0));
  return values.length > FEWEST_STEPS && falls >= FALLS * (values.length - 1);
}

/** A value stands for a minute, however often it is scraped. */
function summedUp(series: Series): Series {
  const { atUs, values } = series;
  let sum = 0;
  const sums = values.map((value, at) => {
    const us = at === 0 ? MINUTE_US : (atUs[at] ?? 0) - (atUs[at - 1] ?? 0);
    sum += (Number.isNaN(value) ? 0 : value) * (us / MINUTE_US);
    return sum;
  });
  return { ...series, values: sums };
}
