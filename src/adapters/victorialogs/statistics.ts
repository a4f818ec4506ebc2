/**
 * Counts lines and errors in VictoriaLogs over all its data: one question gives the lines of each step by service and
 * level.
 *
 * https://docs.victoriametrics.com/victorialogs/querying/#querying-hits-stats
 */
import { z } from 'zod';
import type { CountedLines } from '#adapters/counted-lines.ts';
import { stepOf, wholeSteps } from '#adapters/counted-steps.ts';
import type { Search } from '#adapters/http.ts';
import { firstText } from '#adapters/rewritten-rows.ts';
import { rfc3339Ns } from '#adapters/rfc3339.ts';
import type { MetricQuery, MetricSearch } from '#gather/sources.ts';
import { NO_LEVEL } from './lines.ts';
import { type Fields, filterOf } from './logsql.ts';

/** Each is a combination of the fields that may name a service or a level. VictoriaLogs adds up those beyond. */
const MOST_KINDS = 500;
export const TOO_MANY_KINDS = `more than ${MOST_KINDS} combinations of services and levels, so they were not all counted by themselves`;

export function countingQuery({ services, fromUs, toUs }: MetricSearch, fields: Fields): MetricQuery {
  const text = filterOf({ by: 'service', services, fromUs, toUs }, fields);
  return { text, fromUs, toUs, stepSeconds: stepOf({ fromUs, toUs }) };
}

/** Whole steps only: a part of a minute has fewer lines than a minute. */
export function countingForm(query: MetricQuery, { services, levels }: Fields): Search {
  const { start, end } = wholeSteps(query);
  return [
    ['query', query.text],
    ['start', `${start}`],
    ['end', `${Math.max(end, start + query.stepSeconds)}`],
    ['step', `${query.stepSeconds}s`],
    ...[...services, ...levels].map((field) => ['field', field] as const),
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

/** Undefined for an answer that counts no lines. `isWhole`: no kinds were added up. */
export function countsIn(
  answer: unknown,
  { services, levels }: Fields,
): Readonly<{ kinds: readonly CountedLines[]; isWhole: boolean }> | undefined {
  const read = Hits.safeParse(answer);
  if (!read.success) return undefined;
  const kinds = read.data.hits.map(({ fields, timestamps, values }) => ({
    service: firstText(fields, services),
    level: levelIn(fields, levels),
    counts: new Map(timestamps.map((time, at) => [secondsOf(time), values[at] ?? 0] as const)),
  }));
  return { kinds, isWhole: kinds.length <= MOST_KINDS };
}

function levelIn(fields: Readonly<Record<string, string>>, levels: readonly string[]): string {
  const level = firstText(fields, levels);
  return level === NO_LEVEL ? '' : level;
}

function secondsOf(time: string): number {
  return Number((rfc3339Ns(time) ?? 0n) / 1_000_000_000n);
}
