/**
 * Counts lines and errors in VictoriaLogs over all its data: one question gives the lines of each step by service and
 * level.
 *
 * https://docs.victoriametrics.com/victorialogs/querying/#querying-hits-stats
 */
import { z } from 'zod';
import { stepOf, wholeSteps } from '#adapters/counted-steps.ts';
import type { Search } from '#adapters/http.ts';
import { firstText, prometheusMatrix } from '#adapters/rewritten-rows.ts';
import type { MetricQuery, MetricSearch } from '#gather/sources.ts';
import { seriesName } from '#model/metrics/metric-names.ts';
import { LEVEL_FIELDS, NO_LEVEL } from './lines.ts';
import { filterOf } from './logsql.ts';
import { instantOf } from './rows.ts';

/** Each is a combination of the fields that may name a service or a level. VictoriaLogs adds up those beyond. */
const MOST_KINDS = 500;
export const TOO_MANY_KINDS = `more than ${MOST_KINDS} combinations of services and levels, so they were not all counted by themselves`;

export function countingQuery({ services, fromUs, toUs }: MetricSearch, serviceFields: readonly string[]): MetricQuery {
  const text = filterOf({ by: 'service', services, fromUs, toUs, limit: 0 }, serviceFields);
  return { text, fromUs, toUs, stepSeconds: stepOf({ fromUs, toUs }) };
}

/** Whole steps only: a part of a minute has fewer lines than a minute. */
export function countingForm(query: MetricQuery, serviceFields: readonly string[]): Search {
  const { start, end } = wholeSteps(query);
  return [
    ['query', query.text],
    ['start', `${start}`],
    ['end', `${Math.max(end, start + query.stepSeconds)}`],
    ['step', `${query.stepSeconds}s`],
    ...[...serviceFields, ...LEVEL_FIELDS].map((field) => ['field', field] as const),
    ['fields_limit', `${MOST_KINDS}`],
  ];
}

const Hits = z.object({
  hits: z.array(
    z.object({
      fields: z.record(z.string(), z.string()),
      timestamps: z.array(z.string()),
      values: z.array(z.number()),
    }),
  ),
});

type Kind = Readonly<{ service: string; level: string; counts: ReadonlyMap<number, number> }>;

/** Undefined for an answer that counts no lines. `isWhole`: no kinds were added up. */
export function countsIn(
  answer: unknown,
  serviceFields: readonly string[],
): Readonly<{ kinds: readonly Kind[]; isWhole: boolean }> | undefined {
  const read = Hits.safeParse(answer);
  if (!read.success) return undefined;
  const kinds = read.data.hits.map(({ fields, timestamps, values }) => ({
    service: firstText(fields, serviceFields),
    level: firstText(fields, LEVEL_FIELDS),
    counts: new Map(timestamps.map((time, at) => [secondsOf(time), values[at] ?? 0] as const)),
  }));
  return { kinds, isWhole: kinds.length <= MOST_KINDS };
}

function secondsOf(time: string): number {
  return Number((instantOf(time) ?? 0n) / 1_000_000_000n);
}

const ERRORS = /^(?:error\d?|err|fatal\d?|critical|crit|severe|panic|alert|emerg|emergency)$/i;

const METRICS = { log_lines: 'log lines in VictoriaLogs', log_errors: 'errors logged in VictoriaLogs' } as const;

/**
 * As rates per second at the end of each step, in Prometheus' form. A service whose lines have no level has no errors to
 * count, and not none.
 */
export function seriesIn(kinds: readonly Kind[], query: MetricQuery): Uint8Array {
  const { start, end } = wholeSteps(query);
  const { stepSeconds } = query;
  const result = [...Map.groupBy(kinds, ({ service }) => service)].flatMap(([service, own]) => {
    const series = (concept: keyof typeof METRICS, counted: readonly Kind[]) => ({
      metric: { __name__: seriesName({ scope: 'service', concept }), metric: METRICS[concept], service },
      values: Array.from({ length: (end - start) / stepSeconds }, (_, step) => {
        const begins = start + step * stepSeconds;
        const lines = counted.reduce((sum, { counts }) => sum + (counts.get(begins) ?? 0), 0);
        return [begins + stepSeconds, `${lines / stepSeconds}`];
      }),
    });
    const failing = own.filter(({ level }) => ERRORS.test(level));
    const hasLevels = own.some(({ level }) => level !== '' && level !== NO_LEVEL);
    return [series('log_lines', own), ...(hasLevels ? [series('log_errors', failing)] : [])];
  });
  return prometheusMatrix(result);
}
