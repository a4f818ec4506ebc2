/**
 * Gathers the log lines of a request without a trace, and of a time window without traces.
 *
 *   lines with its id ──► its other ids ──► further lines
 *   lines of a service ──► the requests that failed among them ──► their lines in all services
 */
import type { Session } from '#analyse/session.ts';
import type { SpanhoundError } from '#core/errors.ts';
import {
  type RequestTime,
  requestLineQueries,
  requestQueries,
  SAME_INCIDENT_US,
  sessionQueries,
  windowQueries,
} from '#gather/plan.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import { askEarlier, type EarlierStores } from '#workflows/evidence/ask-earlier.ts';
import { askAll, steps } from '#workflows/evidence/ask-logs.ts';

/** Reads into the session that holds the lines with its id; returns what to report. */
export async function gatherRequest(stores: EarlierStores, session: Session, id: string): Promise<WindowSubject> {
  const { ties, traceIds, ...time } = await session.wanted();
  const requestId = ties.requestIds.find((other) => isSame(other, id)) ?? id;
  const further = {
    requestIds: ties.requestIds.filter((other) => !isSame(other, id)),
    traceIds: traceIds.filter((traceId) => !isSame(traceId, id)),
  };
  await askAll(stores, session, steps('also', requestLineQueries(requestId, further, time)));
  const sessionIds = (await session.wanted()).ties.sessionIds;
  await askAll(stores, session, steps('session', sessionQueries(sessionIds, time)));
  const window = { kind: 'window', service: '', fromUs: Number.NaN, toUs: Number.NaN, requestId } as const;
  await askEarlier(stores, session, window, time.fromUs - SAME_INCIDENT_US);
  return window;
}

/**
 * Reads into an empty session; returns how many lines the stores have for that time window. Each failure becomes a gap.
 */
export async function gatherLinesOf(
  stores: EarlierStores,
  session: Session,
  { service, ...time }: RequestTime & Readonly<{ service: string }>,
): Promise<Readonly<{ items: number; failure: SpanhoundError | undefined }>> {
  const { within, before } = windowQueries(service, time);
  const answers = await askAll(stores, session, steps('window', [within]));
  const items = answers.reduce((sum, answer) => sum + answer.items, 0);
  const failure = answers.find((answer) => answer.failure)?.failure;
  if (items === 0) return { items, failure };
  const { failing } = await session.wanted(); // of that time window, not of the one before
  await askAll(stores, session, [
    ...steps('before', [before]),
    ...steps('failing', requestQueries({ requestIds: failing }, time)),
  ]);
  await askEarlier(stores, session, { kind: 'window', service, ...time }, time.fromUs);
  return { items, failure };
}

/** A gateway logs the id with dashes, and a person pastes it without. */
function isSame(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}
