/**
 * Reads log lines by NRQL, in pages of time: a query has no cursor.
 *
 * https://docs.newrelic.com/docs/logs/ui-data/query-syntax-logs/
 */

import { emptyTally, type Limits, type Page, pageOf, restOf, startOf } from '#adapters/line-pages.ts';
import { onlyChunk } from '#adapters/rewritten-rows.ts';
import { isoFromUs } from '#core/clock.ts';
import type { Health, LogQuery, LogSource, OpenBody } from '#gather/sources.ts';
import { streamsOf } from './lines.ts';
import { shown } from './links.ts';
import { NAME, type NerdGraph, type NewRelicOptions } from './nerdgraph.ts';
import { linesOf, type Times, within } from './query.ts';
import { lineStatistics } from './statistics.ts';

/** A query returns at most 5,000 rows. Fewer are parsed in milliseconds. */
const LIMITS: Limits = { lines: 2_000 };

export function newRelicLogs(nerdGraph: NerdGraph, options: NewRelicOptions): LogSource {
  const { traceField, levelField } = options;

  async function openLogs(query: LogQuery, signal: AbortSignal, after = startOf(query)): Promise<OpenBody> {
    const page = pageOf(query, after, LIMITS);
    const nrql = nrqlOf(query, page, traceField);
    const rows = await nerdGraph.rows(nrql, signal);
    const tally = emptyTally();
    const bytes = streamsOf(
      rows,
      { traceId: query.by === 'trace-field' ? query.traceId : '', traceField, levelField },
      tally,
    );
    return {
      source: NAME,
      format: 'loki-json',
      query: shown(options, nrql),
      chunks: onlyChunk(bytes),
      rest: () => restOf(query, page, tally),
    };
  }

  function check(signal: AbortSignal): Promise<Health> {
    return nerdGraph.healthOf(async () => {
      const [newest] = await nerdGraph.rows('SELECT timestamp FROM Log SINCE 1 day ago LIMIT 1', signal);
      const ms = newest?.timestamp;
      if (typeof ms === 'number' && Number.isSafeInteger(ms)) {
        return { ok: true, detail: `answers; the newest line is of ${isoFromUs(ms * 1_000)}`, remedy: '' };
      }
      return {
        ok: true,
        detail: 'answers, but no line of the last day can be read',
        remedy: 'Send it logs, or check which data the user of the key may read.',
      };
    }, signal);
  }

  return {
    name: NAME,
    title: 'New Relic',
    holdsDays: true,
    openLogs,
    statistics: lineStatistics(nerdGraph, options),
    links: { logs: '' },
    check,
  };
}

function nrqlOf(query: LogQuery, page: Page, traceField: string | undefined): string {
  const where = linesOf(query, traceField);
  const order = query.newestFirst ? 'DESC' : 'ASC';
  const filter = where === '' ? '' : `WHERE ${where} `;
  return `SELECT * FROM Log ${filter}${within(timesOf(query, page))} ORDER BY timestamp ${order} LIMIT ${page.limit}`;
}

const NS_PER_MS = 1_000_000n;

/** Lines have whole milliseconds: the first page begins in the one of its start, a later one exactly. */
function timesOf({ fromUs }: LogQuery, { startNs, endNs }: Page): Times {
  const isFirst = startNs === BigInt(Math.round(fromUs)) * 1_000n;
  const since = isFirst ? startNs / NS_PER_MS : ceiling(startNs);
  return { sinceMs: Number(since), untilMs: Number(ceiling(endNs)) };
}

function ceiling(ns: bigint): bigint {
  return (ns + NS_PER_MS - 1n) / NS_PER_MS;
}
