/**
 * Writes to incident.io: closes incidents, and pages by escalations. Each call looks at the present state first.
 * incident.io's API acknowledges nothing and takes no notes: an escalation of ours is cancelled once somebody has it.
 * https://docs.incident.io/api-reference/incidents-v2/edit
 * https://docs.incident.io/api-reference/escalations-v2/create and https://docs.incident.io/api-reference/users-v2/list
 */
import { z } from 'zod';
import { unanswered } from '#adapters/issue-answers.ts';
import { type Ask, jsonAsker, type OutgoingAnswer } from '#adapters/outgoing.ts';
import {
  applyOrder,
  changeOnce,
  noAccount,
  noNotes,
  type PagerWords,
  pagerHealth,
  readPager,
  unchanged,
} from '#adapters/pager-answers.ts';
import type { Health } from '#gather/sources.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import type { PagedPerson, Pager, PagerAction, PagerDone, PagerOrderOf, PagerRemote } from '#model/incident/pager.ts';
import { usersOnCall } from './on-call.ts';

export type IncidentIoWriting = Readonly<{
  key: string;
  apiUrl: URL;
  does: readonly PagerAction[];
  timeoutMs?: number;
  nowUs?: () => number;
}>;

const TITLE = 'incident.io';

const WORDS: PagerWords = {
  title: TITLE,
  what: 'the request',
  credentials: 'Check INCIDENT_IO_WRITE_KEY: it needs the permissions for what INCIDENT_IO_ACTIONS lists.',
  address: 'Somebody may have deleted it, or the key may not see it. Check INCIDENT_IO_API_URL.',
  api: 'INCIDENT_IO_API_URL',
};

const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const Id = z.string().regex(ID);

const Incident = z.object({
  incident: z.object({
    id: Id,
    permalink: z.string().nullish().catch(undefined),
    incident_status: z.object({ category: z.string() }),
  }),
});
type Incident = z.output<typeof Incident>['incident'];
const Statuses = z.object({
  incident_statuses: z.array(z.object({ id: Id, category: z.string(), rank: z.number().catch(0) })),
});
const Escalation = z.object({ escalation: z.object({ id: Id, status: z.string() }) });
type Escalation = z.output<typeof Escalation>['escalation'];
const Users = z.object({ users: z.array(z.object({ id: Id, email: z.string().nullish().catch(undefined) })) });
const Escalations = z.object({ escalations: z.array(z.object({ id: Id })) });

/** An incident in one of these needs no more work on its cause. */
const OVER: ReadonlySet<string> = new Set([
  ...['closed', 'post-incident', 'post_incident', 'learning', 'declined', 'merged', 'canceled'],
]);
/** An escalation in one of these pages nobody any more. A snoozed one begins again. */
const QUIET: ReadonlySet<string> = new Set(['acked', 'cancelled', 'expired', 'resolved']);

export function incidentIoPager(options: IncidentIoWriting): Pager {
  return {
    id: 'incidentio',
    title: TITLE,
    does: options.does,
    takes,
    async apply(order, signal) {
      const ask = asker(options, signal);
      return await applyOrder(order, {
        changeState: (order) => (order.remote.mark === '' ? close(ask, order.remote) : cancel(ask, order.remote)),
        addNote: noNotes(TITLE, 'notes'),
        page: (order) => page(ask, order, { ...options, signal }),
      });
    },
  };
}

/** The API changes incidents and escalations. An alert ends where it began: at its source. */
function takes(action: PagerAction, { id, labels, mark }: PagerRemote): boolean {
  if (!ID.test(id) || action === 'notes') return false;
  if (mark !== '') return action !== 'page';
  return action !== 'acknowledge' && labels.reference !== undefined && labels.deduplication_key === undefined;
}

function asker({ key, apiUrl, timeoutMs }: IncidentIoWriting, signal: AbortSignal): Ask {
  const headers = { authorization: `Bearer ${key}` };
  return jsonAsker({ base: apiUrl.href.replace(/\/$/, ''), headers, secrets: [key], timeoutMs }, signal);
}

async function close(ask: Ask, { id }: PagerRemote): Promise<Tried<PagerDone>> {
  return await changeOnce({
    look: async () => incidentIn(await ask('GET', `/v2/incidents/${id}`)),
    isReached: ({ incident_status: status }) => OVER.has(status.category),
    async change() {
      const closed = await closedStatus(ask);
      if (closed.kind !== 'done') return unchanged(closed);
      const edit = { incident: { incident_status_id: closed.value }, notify_incident_channel: true };
      return incidentIn(await ask('POST', `/v2/incidents/${id}/actions/edit`, edit));
    },
    doneTo: ({ permalink }) => ({ remoteId: id, url: permalink ?? '' }),
  });
}

function incidentIn(answer: OutgoingAnswer): Tried<Incident> {
  const found = readPager(answer, Incident, WORDS);
  return found.kind === 'done' ? { kind: 'done', value: found.value.incident } : found;
}

/** Each organisation has statuses of its own. */
async function closedStatus(ask: Ask): Promise<Tried<string>> {
  const listed = readPager(await ask('GET', '/v1/incident_statuses'), Statuses, WORDS);
  if (listed.kind !== 'done') return listed;
  const closed = listed.value.incident_statuses.filter(({ category }) => category === 'closed');
  const [first] = closed.toSorted((a, b) => a.rank - b.rank);
  return first === undefined
    ? { kind: 'refused', reason: `${TITLE} has no status of the category closed.` }
    : { kind: 'done', value: first.id };
}

async function cancel(ask: Ask, { id }: PagerRemote): Promise<Tried<PagerDone>> {
  const isReached = ({ status }: Escalation) => QUIET.has(status);
  const look = async () => escalationIn(await ask('GET', `/v2/escalations/${id}`));
  return await changeOnce({
    look,
    isReached,
    async change() {
      // The answer is empty, so that only a second look says what it did.
      const sent = readPager(await ask('POST', `/v2/escalations/${id}/actions/cancel`), z.unknown(), WORDS);
      if (sent.kind !== 'done') return sent;
      const now = await look();
      if (now.kind !== 'done') return unanswered(now, TITLE);
      if (isReached(now.value)) return now;
      return { kind: 'ambiguous', reason: `${TITLE} took the request, and its escalation is ${now.value.status}.` };
    },
    doneTo: () => ({ remoteId: id, url: '' }),
  });
}

function escalationIn(answer: OutgoingAnswer): Tried<Escalation> {
  const found = readPager(answer, Escalation, WORDS);
  return found.kind === 'done' ? { kind: 'done', value: found.value.escalation } : found;
}

/** A second escalation with the same key is the first one. */
async function page(
  ask: Ask,
  { place, person, title, text, mark, remotes }: PagerOrderOf<'page'>,
  options: IncidentIoWriting & Readonly<{ signal: AbortSignal }>,
): Promise<Tried<PagerDone>> {
  const found = person === undefined ? await onCallIn(place, options) : await userOf(ask, person);
  if (found.kind !== 'done') return found;
  const incident = remotes.at(-1);
  const escalation = {
    idempotency_key: `spanhound-${mark}`,
    title,
    description: text,
    user_ids: found.value,
    ...(incident && { incident_id: incident.id }),
  };
  const made = escalationIn(await ask('POST', '/v2/escalations', escalation));
  return made.kind === 'done' ? { kind: 'done', value: { isChange: true, remoteId: made.value.id, url: '' } } : made;
}

async function onCallIn(
  place: string,
  { key, apiUrl, nowUs = () => Date.now() * 1_000, signal }: IncidentIoWriting & Readonly<{ signal: AbortSignal }>,
): Promise<Tried<readonly string[]>> {
  const credentials = 'INCIDENT_IO_WRITE_KEY';
  const onCall = await usersOnCall({ apiKey: key, apiUrl, credentials }, place, nowUs(), signal);
  if (onCall.kind === 'unknown') return { kind: 'failed', reason: onCall.reason };
  const ids = onCall.value.shifts.map(({ user }) => user.id).filter((id) => id !== '');
  return ids.length === 0
    ? { kind: 'refused', reason: 'Nobody is on call in this schedule.' }
    : { kind: 'done', value: ids };
}

async function userOf(ask: Ask, person: PagedPerson): Promise<Tried<readonly string[]>> {
  const found = readPager(await ask('GET', `/v2/users?email=${encodeURIComponent(person.email)}`), Users, WORDS);
  if (found.kind !== 'done') return unchanged(found);
  const user = found.value.users.find(({ email }) => email?.toLowerCase() === person.email);
  return user === undefined ? noAccount(TITLE, person) : { kind: 'done', value: [user.id] };
}

/** Asks for what the actions need. Changes nothing. */
export async function checkIncidentIo(options: IncidentIoWriting, signal: AbortSignal): Promise<Health> {
  const { does } = options;
  const ask = asker(options, signal);
  const statuses = does.includes('resolve') ? await closedStatus(ask) : undefined;
  if (statuses !== undefined && statuses.kind !== 'done') return pagerHealth(statuses, { title: TITLE, does });
  const isPaging = does.includes('page') || does.includes('responders') || does.includes('acknowledge');
  const escalations = isPaging
    ? readPager(await ask('GET', '/v2/escalations?page_size=1'), Escalations, WORDS)
    : ({ kind: 'done', value: undefined } as const);
  return pagerHealth(escalations, { title: TITLE, does });
}
