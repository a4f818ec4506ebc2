/** The first look at a time window and at the one before it: a few requests of every part. */
import { isoFromUs } from '#core/clock.ts';
import { NoSourceAnsweredError } from '#core/errors.ts';
import { FEWEST, LONGEST_BACK_US } from '#diagnose/window/healthy-time.ts';
import { gapOf } from '#gather/collect.ts';
import type { SeenRequest } from '#model/requests/seen-request.ts';
import { passedBy, type Time, throughOf, timeBefore, unchosen, type WindowHunt } from '#workflows/window/hunt.ts';
import {
  type Answer,
  askInParts,
  NOT_ALL,
  NOT_EXAMINED,
  noteFailures,
  OF_PART,
  PARTS,
} from '#workflows/window/search.ts';

/** Throws if no source answered. */
export async function survey(hunt: WindowHunt): Promise<void> {
  const answers = await askBoth(hunt);
  const answering = answers.filter(({ failure }) => failure === undefined);
  const failures = [
    ...new Map(answers.flatMap(({ failure }) => failure ?? []).map((one) => [one.message, one])).values(),
  ];
  if (answering.length === 0 && failures.length > 0) throw new NoSourceAnsweredError(failures);
  for (const { source } of hunt.searched) {
    const own = answers.filter((answer) => answer.source === source);
    const failed = own.find(({ failure, told }) => failure !== undefined && !told);
    if (failed?.failure === undefined) continue;
    const some = own.some(({ failure }) => failure === undefined);
    hunt.session.gap(gapOf(source.name, failed.failure, some ? NOT_ALL : NOT_EXAMINED));
  }
  await followCallers(hunt);
  await askForTroubles(hunt);
}

/** A few requests of every part of both windows. */
async function askBoth(hunt: WindowHunt): Promise<readonly Answer[]> {
  const search = { sample: 'all', limit: OF_PART } as const;
  return await Promise.all([
    ...askInParts(hunt, hunt.asked, PARTS, { ...search, kind: 'trace' }),
    ...askInParts(hunt, timeBefore(hunt), PARTS, { ...search, kind: 'baseline' }),
  ]);
}

/** A problem that began in the window is the one in question. */
async function askForTroubles(hunt: WindowHunt): Promise<void> {
  const { fromUs, toUs } = hunt.asked;
  const services = [...new Set([...throughOf(hunt), ...(await passedBy(hunt))])];
  const asked = { services, fromUs: timeBefore(hunt).fromUs - 2 * LONGEST_BACK_US, toUs };
  const troubles = (await hunt.known?.(asked)) ?? [];
  hunt.troubles.push(...troubles.filter((trouble) => trouble.fromUs < fromUs));
}

/** If a service receives no more requests, the requests of its callers are examined instead. */
async function followCallers(hunt: WindowHunt): Promise<void> {
  const requests = await unchosen(hunt);
  if (!isSilent(requests, hunt.asked)) return;
  const callers = Map.groupBy(requests, ({ caller }) => caller);
  callers.delete('');
  const most = [...callers].sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1)).slice(0, MOST_CALLERS);
  if (most.length === 0) return;
  hunt.callers.push(...most.map(([caller]) => caller));
  noteFailures(hunt, await askBoth(hunt));
  const problem = `${hunt.service} has had no requests since ${isoFromUs(lastUs(requests))}`;
  hunt.session.gap({
    source: 'traces',
    problem,
    consequence: `the requests of ${hunt.callers.join(' and ')} were read instead`,
  });
}

const MOST_CALLERS = 2;
/** A rarely used service has pauses, but not in so many consecutive parts of the window. */
const SILENT_PARTS = 3;

/** Requests came in nearly every part of the window before, but in none of the last parts. */
function isSilent(requests: readonly SeenRequest[], { fromUs, toUs }: Time): boolean {
  const partUs = (toUs - fromUs) / PARTS;
  const silentUs = toUs - SILENT_PARTS * partUs;
  const before = requests.filter(({ startUs }) => startUs <= silentUs);
  const parts = new Set(before.map(({ startUs }) => Math.floor((silentUs - startUs) / partUs)));
  return before.length >= FEWEST && before.length === requests.length && parts.size >= PARTS / 2;
}

function lastUs(requests: readonly SeenRequest[]): number {
  return requests.reduce((us, { startUs }) => Math.max(us, startUs), 0);
}
