/**
 * The queries to the log stores, in the order of `log-correlation.ts`: lines that name the trace in a field or in their
 * text; lines with another id of the request; and, for services without any such line, all lines of that time.
 */
import type { LogQuery } from '#gather/sources.ts';
import { EARLIER_US, type EarlierQuestion } from '#model/logs/earlier-logs.ts';
import { NEARBY_US, SAME_CLIENT_US, type Ties } from '#model/logs/log-correlation.ts';
import { REQUEST_FIELDS } from '#model/logs/request-ids.ts';
import { CHANGES_BEFORE_REQUEST_US, METRICS_AROUND_US, METRICS_BEFORE_US } from '#model/requests/time-around.ts';
import { traceIdDigits } from '#model/trace/trace-id.ts';

/** All within one time limit, so that the person who waits gets what there is. */
export const GATHER_DEADLINE_MS = 20_000;

/** Four times Loki's page limit: one second of its time, and more lines than one request should produce. */
const MAX_LOG_LINES = 20_000;

/** Lines that name the trace may be late: batches, queues, clock differences. */
const NAMED_MARGIN_US = 10 * 60 * 1_000_000;

/** People paste an id soon after its incident; log stores also allow one day per query. */
const SEARCH_BACK_US = 24 * 60 * 60 * 1_000_000;

/** When the request ran. Microseconds since the epoch. */
export type RequestTime = Readonly<{ fromUs: number; toUs: number }>;

/** For how long before the time changes and metrics are asked for. */
export type TimeWithBefore = RequestTime & Readonly<{ beforeUs: number }>;

/** What may be behind the problem of one request. There is no data beyond now. */
export function aroundRequest(
  { fromUs, toUs }: RequestTime,
  nowUs: number,
): Readonly<Record<'changes' | 'metrics', TimeWithBefore>> {
  return {
    changes: { fromUs, toUs, beforeUs: CHANGES_BEFORE_REQUEST_US },
    metrics: {
      fromUs: fromUs - METRICS_AROUND_US,
      toUs: Math.max(toUs, Math.min(toUs + METRICS_AROUND_US, nowUs)),
      beforeUs: METRICS_BEFORE_US,
    },
  };
}

/** Run in parallel: one service writes the id into a field, another into its text. */
export function namedQueries(traceId: string, time: RequestTime): readonly LogQuery[] {
  return [
    { by: 'trace-field', traceId, ...around(time, NAMED_MARGIN_US) },
    // Without its leading zeros, the id is part of every form of itself.
    { by: 'text', text: traceIdDigits(traceId), ...around(time, NAMED_MARGIN_US) },
  ];
}

/** Lines with the id that a person gave; they belong to the request even if they name no trace. */
export function pastedQuery(text: string, time: RequestTime): LogQuery {
  return { by: 'text', text, ...around(time, NAMED_MARGIN_US) };
}

/** None if the request has no other id. */
export function requestQueries({ requestIds }: Pick<Ties, 'requestIds'>, time: RequestTime): readonly LogQuery[] {
  return requestIds.length === 0 ? [] : idQueries(requestIds, around(time, NAMED_MARGIN_US));
}

/** For services without a better match; none if there are no such services. */
export function unsureQueries(
  { sessionIds, addresses, silent }: Pick<Ties, 'sessionIds' | 'addresses'> & Readonly<{ silent: readonly string[] }>,
  time: RequestTime,
): readonly LogQuery[] {
  if (silent.length === 0) return [];
  const texts = [...sessionIds, ...addresses];
  const ofClient = { ...around(time, SAME_CLIENT_US), services: silent };
  return [
    ...(texts.length === 0 ? [] : [{ ...textQuery(texts), ...ofClient }]),
    { by: 'service', ...around(time, NEARBY_US), services: silent },
  ];
}

/**
 * Lines with an id of any kind: a trace that no source has, a request, an order. The second query runs only if the
 * first finds nothing, because each reads the logs of a whole day, or `furtherBack` of a week.
 */
export function searchQueries(
  id: string,
  nowUs: number,
  furtherBack = false,
): readonly [text: LogQuery, ...fields: LogQuery[]] {
  const fromUs = nowUs - (furtherBack ? EARLIER_US : SEARCH_BACK_US);
  const frame = { services: [], fromUs, toUs: nowUs, limit: MAX_LOG_LINES, newestFirst: true };
  const uuid = uuidOf(id);
  if (uuid === undefined) {
    return [
      { ...textQuery([id]), ...frame },
      { by: 'field', names: REQUEST_FIELDS, values: [id], ...frame },
    ];
  }
  return [
    { ...textQuery([traceIdDigits(id), uuid]), ...frame },
    { by: 'trace-field', traceId: id, ...frame },
    { by: 'field', names: REQUEST_FIELDS, values: [id, uuid], ...frame },
  ];
}

/**
 * Further lines of a request without a trace: those with its id as a field, if some had it in their text, and those
 * with the request's other ids.
 */
export function requestLineQueries(
  id: string,
  { requestIds, traceIds }: Readonly<{ requestIds: readonly string[]; traceIds: readonly string[] }>,
  time: RequestTime,
): readonly LogQuery[] {
  const frame = around(time, NAMED_MARGIN_US);
  return [
    { by: 'field', names: REQUEST_FIELDS, values: [id, ...requestIds], ...frame },
    ...(requestIds.length === 0 ? [] : [{ ...textQuery(requestIds), ...frame }]),
    ...traceIds.flatMap((traceId) => namedQueries(traceId, time)),
  ];
}

/** Lines of a user or a session around a request without a trace, from any service. */
export function sessionQueries(sessionIds: readonly string[], time: RequestTime): readonly LogQuery[] {
  return sessionIds.length === 0 ? [] : [{ ...textQuery(sessionIds), ...around(time, SAME_CLIENT_US) }];
}

/** The lines of a service in a time window, and in a window of the same length before it, which shows what is usual. */
export function windowQueries(
  service: string,
  { fromUs, toUs }: RequestTime,
): Readonly<Record<'within' | 'before', LogQuery>> {
  // With too many lines, the latest are best: a failure goes on, and the last lines before it show what is usual.
  const all = { limit: MAX_LOG_LINES, newestFirst: true } as const;
  const ofService = { by: 'service', services: service === '' ? [] : [service], ...all } as const;
  const beforeUs = Math.max(toUs - fromUs, LEAST_BEFORE_US);
  return {
    within: { ...ofService, fromUs, toUs },
    before: { ...ofService, fromUs: fromUs - beforeUs, toUs: fromUs - 1 },
  };
}

/**
 * The lines of services in a time window, in parts: a store returns the first lines, which cover only the first second
 * of a busy service.
 */
export function windowLineQueries(services: readonly string[], { fromUs, toUs }: RequestTime): readonly LogQuery[] {
  const partUs = (toUs - fromUs) / LINE_PARTS;
  return Array.from({ length: LINE_PARTS }, (_, at) => ({
    by: 'service',
    services,
    fromUs: Math.round(fromUs + at * partUs),
    toUs: Math.round(fromUs + (at + 1) * partUs) - 1,
    limit: LINES_OF_PART,
  }));
}

/** Together as many lines as are read for a time window that is judged. */
const LINE_PARTS = 5;
const LINES_OF_PART = 1_000;

/** The hour before a request belongs to the same incident: its earlier days end there. */
export const SAME_INCIDENT_US = 60 * 60 * 1_000_000;

/** The first line of a service in the days before that answers the question, or its first line at all. */
export function earlierQuery({ service, words }: EarlierQuestion, toUs: number): LogQuery {
  const frame = { services: [service], fromUs: toUs - EARLIER_US, toUs, limit: 1 };
  return words.length === 0 ? { by: 'service', ...frame } : { by: 'words', words, ...frame, newestFirst: true };
}

/** A shorter time shows nothing usual. */
const LEAST_BEFORE_US = 15 * 60 * 1_000_000;

/** `4bf92f35-77b3-4da6-a3ce-929d0e0e4736`, as gateways write request ids; undefined for another length. */
export function uuidOf(id: string): string | undefined {
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i.exec(id);
  return parts?.slice(1).join('-');
}

type Frame = Pick<LogQuery, 'services' | 'fromUs' | 'toUs' | 'limit'>;

function idQueries(ids: readonly string[], frame: Frame): readonly LogQuery[] {
  return [
    { by: 'field', names: REQUEST_FIELDS, values: ids, ...frame },
    { ...textQuery(ids), ...frame },
  ];
}

/** One text is found faster than a pattern of several. */
function textQuery(texts: readonly string[]) {
  const [only, ...others] = texts;
  if (only !== undefined && others.length === 0) return { by: 'text', text: only } as const;
  return { by: 'any-text', texts } as const;
}

/** Every service, because any query would otherwise return more. */
function around({ fromUs, toUs }: RequestTime, marginUs: number): Frame {
  return { services: [], fromUs: fromUs - marginUs, toUs: toUs + marginUs, limit: MAX_LOG_LINES };
}
