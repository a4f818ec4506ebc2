/**
 * Finds who is called next: goes through the targets of a list in their order, and asks the systems that know who is on
 * call at this moment. What does not answer is said and asked again later; the next target is tried at once.
 *
 *   U012ABC ─────────────────────────► may they see the incident? ──► the next one
 *   cause ──► the service's entries ──┐         ▲
 *   pagerduty:schedule/P1 ──► shift ──┴──► Slack id by address
 *                                └─ no answer, nobody on call, not in Slack ──► a note, and the next target
 */
import type { Clock } from '#core/clock.ts';
import { openDeadline } from '#core/deadline.ts';
import { errorRecord } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import {
  CAUSE,
  isSlackId,
  mappedId,
  type OnCallAnswer,
  type OnCallPerson,
  type OnCallSource,
  outsideTarget,
} from '#model/incident/on-call.ts';

/** How people and systems are asked. All of it asks outside: never call it inside a transaction. */
export type OnCallDesk = Readonly<{
  sources: readonly OnCallSource[];
  /** `kim@example.com=U012ABC` */
  people: readonly string[];
  /** For all that one call asks. */
  waitSeconds: number;
  findByEmail(
    email: string,
  ): Promise<Readonly<{ kind: 'found'; id: string } | { kind: 'nobody' } | { kind: 'unknown'; reason: string }>>;
  /** The address that Slack shows of a person. */
  emailOf(
    userId: string,
  ): Promise<Readonly<{ kind: 'found'; email: string } | { kind: 'nobody' } | { kind: 'unknown'; reason: string }>>;
  /** The name of a person in Slack, or the id. */
  nameOf(userId: string): Promise<string>;
  clock: Clock;
  log: Log;
}>;

/** Somebody who is called, and why them. */
export type Callee = Readonly<{
  /** The id of a person or a user group, or `here`. */
  who: string;
  /** `PagerDuty’s schedule Payments`; '' for a target in Slack. */
  place: string;
  /** The end of the shift. */
  untilUs: number | undefined;
}>;

export type NextCallee = Readonly<{
  next: Callee | undefined;
  /** Targets that may still name somebody: those behind, and those that did not answer. */
  left: readonly string[];
  /** What stood in the way, as sentences for people. */
  notes: readonly string[];
  /** Something outside did not answer, so that a later try may find somebody. */
  isUnsure: boolean;
  /** The targets that were reached, in their order, the last one with `next`. */
  tried: readonly string[];
}>;

export type Looking = Readonly<{
  targets: readonly string[];
  /** Whether they were called already. */
  wasCalled(callee: Callee): boolean;
  /** Whether they may see the incident. Undefined if Slack did not say. */
  maySee(callee: Callee): Promise<boolean | undefined>;
  /** The targets of the service that the newest answer blames. */
  causeTargets(): Promise<readonly string[]>;
}>;

/** A schedule with more people on call at once is no rota. */
const MOST_PEOPLE = 10;

/** Undefined if Slack did not say who may see the incident. */
export async function nextCallee(
  desk: OnCallDesk,
  looking: Looking,
  signal: AbortSignal,
): Promise<NextCallee | undefined> {
  const deadline = openDeadline(desk.clock, desk.waitSeconds * 1_000, signal);
  const notes: string[] = [];
  const unanswered: string[] = [];
  try {
    const all = await withCause(looking, notes);
    for (const [at, target] of all.entries()) {
      const found = await foundIn(desk, target, deadline.signal);
      notes.push(...found.notes);
      if (found.isUnsure) unanswered.push(target);
      const next = await firstPermitted(desk, found.people, looking, notes);
      // This process stops: nobody was asked in vain, and the next one asks again.
      signal.throwIfAborted();
      if (next === 'unsaid') return undefined;
      if (next === undefined) continue;
      // Somebody else of the same place may be called later: a second level, or the next shift.
      const isSpent = outsideTarget(target) === undefined || found.isUnsure;
      const left = [...unanswered, ...all.slice(isSpent ? at + 1 : at)];
      return { next, left, notes, isUnsure: unanswered.length > 0, tried: all.slice(0, at + 1) };
    }
    return { next: undefined, left: unanswered, notes, isUnsure: unanswered.length > 0, tried: all };
  } finally {
    deadline.close();
  }
}

async function firstPermitted(
  desk: OnCallDesk,
  people: readonly Callee[],
  { wasCalled, maySee }: Looking,
  notes: string[],
): Promise<Callee | undefined | 'unsaid'> {
  for (const callee of people.filter((one) => !wasCalled(one))) {
    const may = await maySee(callee);
    if (may === undefined) return 'unsaid';
    if (may) return callee;
    notes.push(notPermitted(await desk.nameOf(callee.who), callee));
  }
  return undefined;
}

/** All who are on call for a list now. Each person is there once. */
export async function everybodyOnCall(
  desk: OnCallDesk,
  targets: readonly string[],
  signal: AbortSignal,
): Promise<Readonly<{ people: readonly Callee[]; notes: readonly string[] }>> {
  const deadline = openDeadline(desk.clock, desk.waitSeconds * 1_000, signal);
  try {
    const all = await Promise.all(targets.map((target) => foundIn(desk, target, deadline.signal)));
    const found = all.flatMap(({ people }) => people);
    const people = found.filter(({ who }, at) => found.findIndex((one) => one.who === who) === at);
    return { people, notes: all.flatMap(({ notes }) => notes) };
  } finally {
    deadline.close();
  }
}

async function foundIn(desk: OnCallDesk, target: string, signal: AbortSignal): Promise<Found> {
  const outside = outsideTarget(target);
  return outside === undefined ? inSlack(target) : await askOutside(desk, { ...outside, signal });
}

async function withCause({ targets, causeTargets }: Looking, notes: string[]): Promise<readonly string[]> {
  if (!targets.includes(CAUSE)) return targets;
  const found = await causeTargets();
  if (found.length === 0) notes.push(NO_CAUSE);
  return targets.flatMap((target) => (target === CAUSE ? found : [target]));
}

const NO_CAUSE =
  'I do not know who is on call for the cause: no answer blames a service whose team is in incidents.page.onCall.';

type Found = Readonly<{ people: readonly Callee[]; notes: readonly string[]; isUnsure: boolean }>;

function inSlack(who: string): Found {
  return { people: [{ who, place: '', untilUs: undefined }], notes: [], isUnsure: false };
}

/** Everybody on call there, as far as Slack knows them. */
async function askOutside(
  desk: OnCallDesk,
  { system, place, signal }: Readonly<{ system: string; place: string; signal: AbortSignal }>,
): Promise<Found> {
  const answer = await answerOf(desk, { system, place, signal });
  if (answer.kind === 'unknown') {
    const note = `I could not read who is on call in ${system}:${place}. ${answer.reason}`;
    return { people: [], notes: [note], isUnsure: true };
  }
  if (answer.people.length === 0) {
    return { people: [], notes: [`Nobody is on call in ${answer.place} now.`], isUnsure: false };
  }
  const people: Callee[] = [];
  const notes: string[] = [];
  let isUnsure = false;
  for (const person of answer.people.slice(0, MOST_PEOPLE)) {
    const found = await idOf(desk, person, signal);
    if (found.kind === 'found') people.push({ who: found.id, place: answer.place, untilUs: person.untilUs });
    else notes.push(notInSlack(person, answer.place, found));
    if (found.kind === 'unknown') isUnsure = true;
  }
  return { people, notes, isUnsure };
}

async function answerOf(
  { sources, clock, log }: OnCallDesk,
  { system, place, signal }: Readonly<{ system: string; place: string; signal: AbortSignal }>,
): Promise<OnCallAnswer> {
  const source = sources.find(({ id }) => id === system);
  if (source === undefined) return { kind: 'unknown', reason: 'It is not connected: run `spanhound doctor`.' };
  try {
    const answer = await beforeEnd(signal, () => source.onCall(place, clock.nowUs(), signal));
    const isOld = answer?.kind === 'known' && answer.people.some((person) => hasEnded(person, clock.nowUs()));
    // The shift changed while it was asked.
    const now = isOld ? await beforeEnd(signal, () => source.onCall(place, clock.nowUs(), signal)) : answer;
    return now ?? { kind: 'unknown', reason: `${source.title} did not answer in time.` };
  } catch (error) {
    log.error({ err: error }, 'a system did not say who is on call');
    return { kind: 'unknown', reason: errorRecord(error).advice };
  }
}

function hasEnded({ untilUs }: OnCallPerson, nowUs: number): boolean {
  return untilUs !== undefined && untilUs <= nowUs;
}

/** Undefined if the work takes longer. */
async function beforeEnd<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  const late = Promise.withResolvers<undefined>();
  const end = () => late.resolve(undefined);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work(), late.promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** The settings know better than the addresses. */
async function idOf(
  { people, findByEmail }: OnCallDesk,
  person: OnCallPerson,
  signal: AbortSignal,
): ReturnType<OnCallDesk['findByEmail']> {
  const mapped = mappedId(people, person);
  if (mapped !== undefined) return { kind: 'found', id: mapped };
  if (isSlackId(person.slackId)) return { kind: 'found', id: person.slackId };
  if (person.email === '') return { kind: 'nobody' };
  const found = await beforeEnd(signal, () => findByEmail(person.email));
  return found ?? { kind: 'unknown', reason: 'Slack did not answer in time' };
}

function notInSlack(
  { name, email }: OnCallPerson,
  place: string,
  found: Readonly<{ kind: 'nobody' } | { kind: 'unknown'; reason: string }>,
): string {
  const who = name || email || 'Somebody without a name';
  const why =
    found.kind === 'nobody' ? 'I do not find them in Slack: add them to `incidents.onCall.people`' : found.reason;
  return `${who} is on call in ${place}, but ${why}.`;
}

function notPermitted(name: string, { place }: Callee): string {
  const where = place === '' ? '' : `, who is on call in ${place}`;
  return `I do not call ${name}${where}: they may not see this incident, are a guest, or have left.`;
}
