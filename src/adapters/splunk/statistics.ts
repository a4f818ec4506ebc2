/**
 * Counts lines and errors in Splunk over all its data, in one search for all services.
 *
 * https://help.splunk.com/splunk-enterprise/spl-search-reference/9.0/search-commands/stats
 */

import { stepOf, wholeSteps } from '#adapters/counted-steps.ts';
import { prometheusMatrix } from '#adapters/rewritten-rows.ts';
import type { MetricQuery, MetricSearch } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { firstText, timeIn } from './lines.ts';
import { eventsOf, type Fields, firstOf } from './query.ts';
import type { Row } from './rows.ts';

const ERRORS = ['error', 'err', 'fatal', 'critical', 'crit', 'severe', 'panic', 'alert', 'emerg', 'emergency'];
const IS_ERROR = `in(spanhound_level, ${ERRORS.map((word) => `"${word}"`).join(', ')})`;

export function countingQuery({ services, fromUs, toUs }: MetricSearch, fields: Fields): MetricQuery {
  const stepSeconds = stepOf({ fromUs, toUs });
  const events = eventsOf({ by: 'service', services, fromUs, toUs }, fields);
  const text = [
    events,
    `| eval spanhound_service=${firstOf(fields.services)}, spanhound_level=lower(${firstOf(fields.levels)}), spanhound_time=floor(_time/${stepSeconds})*${stepSeconds}`,
    `| stats count AS lines, count(spanhound_level) AS levels, count(eval(${IS_ERROR})) AS errors BY spanhound_time, spanhound_service`,
  ].join(' ');
  return { text, fromUs, toUs, stepSeconds };
}

const METRICS = { log_lines: 'log lines in Splunk', log_errors: 'errors logged in Splunk' } as const;

/**
 * As rates per second at the end of each step, in Prometheus' form. A service whose lines have no level has no errors to
 * count, and not none.
 */
export function seriesIn(rows: readonly Row[], query: MetricQuery): Uint8Array {
  const { start, end } = wholeSteps(query);
  const { stepSeconds } = query;
  const services = Map.groupBy(rows, (row) => firstText(row, ['spanhound_service']));
  const result = [...services].flatMap(([service, own]) => {
    const steps = new Map(own.map((row) => [Number((timeIn(row) ?? 0n) / 1_000_000_000n), row]));
    const series = (concept: keyof typeof METRICS, field: string) => ({
      metric: { __name__: seriesName({ scope: 'service', concept }), metric: METRICS[concept], service },
      values: Array.from({ length: (end - start) / stepSeconds }, (_, step) => {
        const begins = start + step * stepSeconds;
        return [begins + stepSeconds, `${numberIn(steps.get(begins), field) / stepSeconds}`];
      }),
    });
    const hasLevels = own.some((row) => numberIn(row, 'levels') > 0);
    return [series('log_lines', 'lines'), ...(hasLevels ? [series('log_errors', 'errors')] : [])];
  });
  return prometheusMatrix(result);
}

/** Splunk writes numbers as texts. */
function numberIn(row: Row | undefined, name: string): number {
  const value = Number(row?.[name]);
  return Number.isFinite(value) ? value : 0;
}
