/**
 * What to ask of the log stores, one rung of the ladder of `log-correlation.ts` after the other: lines that name the
 * trace, in a field or in their text; lines that hold an id by which the request is known otherwise; and of the services
 * of which nothing surer came, what they wrote at that time.
 */
import type { LogQuery } from '#gather/sources.ts';
import { NEARBY_US, SAME_CLIENT_US, type Ties } from '#model/log-correlation.ts';
import { REQUEST_FIELDS } from '#model/request-ids.ts';
import { traceIdDigits } from '#model/trace-id.ts';

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
    ...(texts.length === 0 ? [] : [{ by: 'any-text', texts, ...ofClient } as const]),
    { by: 'service', ...around(time, NEARBY_US), services: silent },
  ];
}

/** Lines that hold an id which is no trace's, to learn the trace from them. */
export function textSearch(text: string, nowUs: number): LogQuery {
  return { by: 'text', text, services: [], fromUs: nowUs - SEARCH_BACK_US, toUs: nowUs, limit: MAX_LOG_LINES };
}

type Frame = Pick<LogQuery, 'services' | 'fromUs' | 'toUs' | 'limit'>;

function idQueries(ids: readonly string[], frame: Frame): readonly LogQuery[] {
  return [
    { by: 'field', names: REQUEST_FIELDS, values: ids, ...frame },
    { by: 'any-text', texts: ids, ...frame },
  ];
}

/** Every service; any query would else ask for more. */
function around({ fromUs, toUs }: RequestTime, marginUs: number): Frame {
  return { services: [], fromUs: fromUs - marginUs, toUs: toUs + marginUs, limit: MAX_LOG_LINES };
}
