/**
 * What to ask of the log stores, one rung of the ladder of `log-correlation.ts` after the other: lines that name the
 * trace, in a field or in their text; lines that hold an id by which the request is known otherwise; and of the services
 * of which nothing surer came, what they wrote at that time.
 */
import type { LogQuery } from '#gather/sources.ts';
import { EARLIER_US, type EarlierQuestion } from '#model/logs/earlier-logs.ts';
import { NEARBY_US, SAME_CLIENT_US, type Ties } from '#model/logs/log-correlation.ts';
import { REQUEST_FIELDS } from '#model/logs/request-ids.ts';
import { traceIdDigits } from '#model/trace/trace-id.ts';

/** All within one limit of time, so that a person who waits gets what there is. */
export const GATHER_DEADLINE_MS = 20_000;

/** Four times what Loki hands out at once: a second of its time, and more lines than one request should leave. */
const MAX_LOG_LINES = 20_000;

/** Lines that name the trace may be late: batches, queues, the clocks of hosts. */
const NAMED_MARGIN_US = 10 * 60 * 1_000_000;

/** An id is pasted while its incident is fresh; a day is also what log stores allow for one query. */
const SEARCH_BACK_US = 24 * 60 * 60 * 1_000_000;

/** When the request ran. Microseconds since the epoch. */
export type RequestTime = Readonly<{ fromUs: number; toUs: number }>;

/** Asked side by side: one service writes the id into a field, another into its text. */
export function namedQueries(traceId: string, time: RequestTime): readonly LogQuery[] {
  return [
    { by: 'trace-field', traceId, ...around(time, NAMED_MARGIN_US) },
    // Without its leading zeros, the id is part of every form of itself.
    { by: 'text', text: traceIdDigits(traceId), ...around(time, NAMED_MARGIN_US) },
  ];
}

/** Lines that a person's own id leads to; it belongs to the story even where its lines name no trace. */
export function pastedQuery(text: string, time: RequestTime): LogQuery {
  return { by: 'text', text, ...around(time, NAMED_MARGIN_US) };
}

/** None where the request has no other id. */
export function requestQueries({ requestIds }: Pick<Ties, 'requestIds'>, time: RequestTime): readonly LogQuery[] {
  return requestIds.length === 0 ? [] : idQueries(requestIds, around(time, NAMED_MARGIN_US));
}

/** Of the services of which nothing surer is known; none where there are no such services. */
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
 * Lines that hold an id, whatever it is the id of: a trace that no source has, a request, an order. The second only where
 * the first finds none: each reads all that was logged in a day.
 */
export function searchQueries(id: string, nowUs: number): readonly [text: LogQuery, ...fields: LogQuery[]] {
  const frame = { services: [], fromUs: nowUs - SEARCH_BACK_US, toUs: nowUs, limit: MAX_LOG_LINES, newestFirst: true };
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
 * Further lines of a request without a trace: those that have its id as a field, where some had it in their text, and
 * those that hold what its lines call it besides.
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

/** Lines of a user or a session around a request without a trace, whichever service wrote them. */
export function sessionQueries(sessionIds: readonly string[], time: RequestTime): readonly LogQuery[] {
  return sessionIds.length === 0 ? [] : [{ ...textQuery(sessionIds), ...around(time, SAME_CLIENT_US) }];
}

/** What a service wrote in a time, and what it wrote in as long a time before, which shows what was usual. */
export function windowQueries(
  service: string,
  { fromUs, toUs }: RequestTime,
): Readonly<Record<'within' | 'before', LogQuery>> {
  // Where there are too many, the latest tell most: what fails still fails, and what was usual was so just before.
  const all = { limit: MAX_LOG_LINES, newestFirst: true } as const;
  const ofService = { by: 'service', services: service === '' ? [] : [service], ...all } as const;
  const beforeUs = Math.max(toUs - fromUs, LEAST_BEFORE_US);
  return {
    within: { ...ofService, fromUs, toUs },
    before: { ...ofService, fromUs: fromUs - beforeUs, toUs: fromUs - 1 },
  };
}

/** What services wrote in a time, in parts: a store gives the first lines, and of a busy service only of its first second. */
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

/** Together as many lines as are read at once for a time that is judged. */
const LINE_PARTS = 5;
const LINES_OF_PART = 1_000;

/** What happened in the hour before one request is of the same incident: its days before end there. */
export const SAME_INCIDENT_US = 60 * 60 * 1_000_000;

/** What a service wrote in the days before this time that answers the question, or the first that it wrote at all. */
export function earlierQuery({ service, words }: EarlierQuestion, toUs: number): LogQuery {
  const frame = { services: [service], fromUs: toUs - EARLIER_US, toUs, limit: 1 };
  return words.length === 0 ? { by: 'service', ...frame } : { by: 'words', words, ...frame, newestFirst: true };
}

/** Shorter shows nothing that is usual. */
const LEAST_BEFORE_US = 15 * 60 * 1_000_000;

/** `4bf92f35-77b3-4da6-a3ce-929d0e0e4736`, as gateways write the ids of requests; undefined for what has not its length. */
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

/** Every service; any query would else ask for more. */
function around({ fromUs, toUs }: RequestTime, marginUs: number): Frame {
  return { services: [], fromUs: fromUs - marginUs, toUs: toUs + marginUs, limit: MAX_LOG_LINES };
}
