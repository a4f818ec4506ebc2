/** Reads more of a time window than its survey: more around the beginning, since then, and before; rare operations. */
import { FEWEST, otherTimes } from '#diagnose/window/healthy-time.ts';
import { onsetOf } from '#diagnose/window/onset.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import { overlaps } from '#model/incident/trouble-time.ts';
import { askedRequests, isIn, type Time, unchosen, type WindowHunt } from '#workflows/window/hunt.ts';
import { type Answer, askInParts, noteFailures, OF_PART, PARTS, type Search } from '#workflows/window/search.ts';
import { beginningIn, placeOf, windowOf } from '#workflows/window/subject.ts';

/** How many requests of each window are compared, if there are enough; fewer than `FEW` trigger another search. */
const ENOUGH = 150;
const FEW = 90;
/** The requests to read around the beginning. */
const PARTS_AROUND = 6;
/** Answers tell seconds: a beginning known with this precision needs no further search. */
const EXACT_US = 500_000;
/** For rare operations, failed requests, and slow requests. */
const OF_CHOSEN = 20;
const MOST_PLACES = 4;
/** One failure among many requests is bad luck. */
const SEVERAL = 2;
/** An operation in one of twenty requests. */
const RARE_SHARE = 0.05;

/** Reads more of the parts that the survey only sampled; false if there are no more. Never throws on purpose. */
export async function deepen(hunt: WindowHunt): Promise<boolean> {
  const rounds = [topUp, aroundOnset, aroundOnset, aroundOnset, earlierTimes, topUp, rarePlaces, whatStandsOut];
  let more = false;
  for (const round of rounds) {
    const asked = await round(hunt, await windowOf(hunt));
    const answers = await Promise.all(asked);
    noteFailures(hunt, answers);
    more ||= answers.some(({ traces = 0 }) => traces > 0);
  }
  return more;
}

/** The backend returns the last requests of a part first: there may be gaps of minutes between two of them. */
async function aroundOnset(hunt: WindowHunt, { onset }: WindowSubject): Promise<Promise<Answer>[]> {
  if (onset === undefined) return [];
  const found = onsetOf(await unchosen(hunt));
  if (found === undefined || found.atUs - found.afterUs <= EXACT_US) return [];
  const around = { fromUs: found.afterUs, toUs: found.atUs };
  if (!hunt.full.some((time) => overlaps(time, around))) return [];
  return askInParts(hunt, around, PARTS_AROUND, { kind: 'trace', sample: 'all', limit: OF_PART / 2 });
}

/**
 * Reads further back only if the window before does not show healthy requests, or no beginning was found. Several
 * failures before it may be usual, or an outage: another day shows which.
 */
async function earlierTimes(
  hunt: WindowHunt,
  { onset, healthy, ...window }: WindowSubject,
): Promise<Promise<Answer>[]> {
  const requests = await unchosen(hunt);
  const own = healthy === undefined ? [] : requests.filter((request) => isIn(request, healthy));
  const isWell = own.length >= FEWEST && own.filter(({ failed }) => failed).length < SEVERAL;
  if (onset !== undefined && isWell) return [];
  const then = { kind: 'baseline', sample: 'all', limit: OF_PART } as const;
  return otherTimes(placeOf(hunt, window, beginningIn(hunt, requests))).flatMap(({ time }) =>
    askInParts(hunt, time, PARTS / 2, then),
  );
}

/**
 * Reads up to the number that is compared in each window: from the parts that hold more than was read, in smaller
 * parts.
 */
async function topUp(hunt: WindowHunt, { fromUs, toUs, healthy }: WindowSubject): Promise<Promise<Answer>[]> {
  const requests = await unchosen(hunt);
  const toAsk = (time: Time, kind: 'trace' | 'baseline') => {
    const count = requests.filter((request) => isIn(request, time)).length;
    const parts = narrowest(hunt.full.filter((full) => overlaps(full, time)));
    if (count >= FEW || parts.length === 0) return [];
    const inEach = Math.ceil(PARTS / parts.length);
    const limit = OF_PART + Math.ceil((ENOUGH - count) / (parts.length * inEach));
    return parts.flatMap((part) => askInParts(hunt, part, inEach, { kind, sample: 'all', limit }));
  };
  return [...toAsk({ fromUs, toUs }, 'trace'), ...(healthy === undefined ? [] : toAsk(healthy, 'baseline'))];
}

/** If one window contains another, keeps the inner one. */
function narrowest(times: readonly Time[]): readonly Time[] {
  const holds = (outer: Time, inner: Time) =>
    outer.fromUs <= inner.fromUs && inner.toUs <= outer.toUs && inner.toUs - inner.fromUs < outer.toUs - outer.fromUs;
  return times.filter((time) => !times.some((other) => holds(time, other)));
}

/** An operation in one of a hundred requests is searched by name, in both windows. */
async function rarePlaces(hunt: WindowHunt, { fromUs, toUs, healthy }: WindowSubject): Promise<Promise<Answer>[]> {
  if (hunt.full.length === 0 || healthy === undefined) return [];
  const requests = await unchosen(hunt);
  const counts = new Map<string, { place: Pick<Search, 'service' | 'operation'>; count: number }>();
  const note = (key: string, place: Pick<Search, 'service' | 'operation'>) => {
    const known = counts.get(key);
    counts.set(key, { place, count: (known?.count ?? 0) + 1 });
  };
  for (const { services, operation } of requests) {
    for (const service of services) note(service, { service });
    const own = `${hunt.service} `;
    if (operation.startsWith(own)) note(operation, { operation: operation.slice(own.length) });
  }
  return [...counts]
    .filter(([, { count }]) => count <= RARE_SHARE * requests.length)
    .sort(([a, { count: m }], [b, { count: n }]) => m - n || (a < b ? -1 : 1))
    .slice(0, MOST_PLACES)
    .flatMap(([key, { place }]) => {
      const search = { ...place, sample: `of ${key}`, limit: OF_CHOSEN } as const;
      return [
        ...askInParts(hunt, { fromUs, toUs }, 1, { ...search, kind: 'trace' }),
        ...askInParts(hunt, healthy, 1, { ...search, kind: 'baseline' }),
      ];
    });
}

/** Searches for requests marked as errors and for the slowest, so that a sample does not miss them. */
async function whatStandsOut(hunt: WindowHunt, { fromUs, toUs }: WindowSubject): Promise<Promise<Answer>[]> {
  if (hunt.full.length === 0) return [];
  const requests = await askedRequests(hunt);
  for (const { source } of hunt.searched) {
    hunt.session.gap({
      source: source.name,
      problem: `has more traces of ${hunt.service} in the time window than Spanhound reads`,
      consequence: `examined: ${requests.length} from all parts of the window, those marked as errors, and the slowest`,
    });
  }
  const slowestUs = requests.reduce((us, { durationUs }) => Math.max(us, durationUs), 0);
  const time = { fromUs, toUs };
  return [
    ...askInParts(hunt, time, 1, { kind: 'trace', sample: 'failing', limit: OF_CHOSEN, failing: true }),
    ...askInParts(hunt, time, 1, { kind: 'trace', sample: 'slow', limit: OF_CHOSEN, minDurationUs: slowestUs }),
  ];
}
