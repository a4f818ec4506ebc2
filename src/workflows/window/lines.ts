/** Gathers the log lines of a time window and of the healthy one. */
import type { Session } from '#analyse/session.ts';
import { gapOf } from '#gather/collect.ts';
import { windowLineQueries } from '#gather/plan.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import { withMargins } from '#model/incident/trouble-time.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';
import { askEarlier } from '#workflows/evidence/ask-earlier.ts';
import { type Answered, type Asked, answersOf, ONLY_THE_TRACE } from '#workflows/evidence/ask-logs.ts';
import { isIn, type Time, unchosen, type WindowHunt } from '#workflows/window/hunt.ts';
import { OF_PART } from '#workflows/window/search.ts';
import { seenOver } from '#workflows/window/subject.ts';

const NO_LINES = 'no log lines were compared with a healthy time window';

/** The maximum number of other services whose lines are read. */
const MOST_OTHERS = 20;

/**
 * Lines of the services in question one by one, and of all other services on the path together: only lines may show the
 * fault.
 */
export async function gatherLines(hunt: WindowHunt, window: WindowSubject, services: readonly string[]): Promise<void> {
  const { session, logSources } = hunt;
  if (logSources.length === 0) {
    const consequence = window.healthy === undefined ? ONLY_THE_TRACE : NO_LINES;
    session.gap({ source: 'logs', problem: 'no log store is configured', consequence });
    return;
  }
  const requests = await unchosen(hunt);
  const others = new Set(requests.flatMap((request) => request.services).filter((name) => !services.includes(name)));
  const groups = [services, [...others].sort()].filter(({ length }) => length > 0 && length <= MOST_OTHERS);
  const times = [
    { time: window, kind: 'logs' },
    ...(window.healthy === undefined ? [] : [{ time: window.healthy, kind: 'baseline-logs' } as const]),
  ] as const;
  const queries = times.flatMap(({ time, kind }) =>
    groups.flatMap((group, of) =>
      windowLineQueries(group, time).map((query, at): Asked => ({ step: `${kind} ${of} ${at}`, query, kind })),
    ),
  );
  const answers = await answersOf(hunt, session, queries);
  // Lines near the examined requests are the most useful, and a store returns the first ones.
  const full = answers.filter(({ query, items }) => items >= query.limit);
  const nearer = [
    ...new Map(full.map(({ step, query, kind }) => [step, { step: `${step} near`, query, kind }])).values(),
  ];
  const near = await answersOf(
    hunt,
    session,
    nearer.flatMap(({ query, ...asked }) => {
      const time = timeOfLast(requests.filter((request) => isIn(request, query)));
      return time === undefined ? [] : [{ ...asked, query: { ...query, ...time } }];
    }),
  );
  const all = [...answers, ...near];
  for (const source of logSources) {
    const own = all.filter((one) => one.source === source);
    tellLines(session, source.name, own);
  }
  await askEarlier(hunt, session, window, beforeAny(hunt, window, requests));
}

/** An outage that ended longer ago than this is not the same one. */
const RECENT_US = 24 * 60 * 60 * 1_000_000;

/** When the earlier days begin: an error of the last outage is not an everyday error. */
function beforeAny(hunt: WindowHunt, { fromUs, healthy }: WindowSubject, requests: readonly SeenRequest[]): number {
  const recent = [...withMargins(hunt.troubles), ...seenOver(hunt, requests)].filter(
    ({ toUs }) => toUs >= fromUs - RECENT_US,
  );
  return Math.min(fromUs, healthy?.toUs ?? fromUs, ...recent.map((trouble) => trouble.fromUs));
}

/** The clocks that write log lines differ. */
const NEAR_US = 500_000;

/** The last ones of a time window, as a backend returns them. */
function timeOfLast(requests: readonly SeenRequest[]): Time | undefined {
  const last = requests.toSorted((a, b) => b.startUs - a.startUs).slice(0, OF_PART);
  if (last.length === 0) return undefined;
  return {
    fromUs: last.reduce((us, { startUs }) => Math.min(us, startUs), Number.POSITIVE_INFINITY) - NEAR_US,
    toUs: last.reduce((us, { endUs }) => Math.max(us, endUs), 0) + NEAR_US,
  };
}

function tellLines(session: Session, source: string, answers: readonly Answered[]): void {
  const failed = answers.find(({ failure, told, items }) => failure !== undefined && !told && items === 0);
  if (failed?.failure) {
    const all = answers.every(({ failure }) => failure !== undefined);
    session.gap(gapOf(source, failed.failure, all ? NO_LINES : 'not all log lines of the time window were read'));
  }
  if (!answers.some(({ query, items }) => items >= query.limit)) return;
  const problem = 'has more log lines of these services than Spanhound reads';
  const consequence = 'read: the first lines of every part of the window, and those around the requests';
  session.gap({ source, problem, consequence });
}
