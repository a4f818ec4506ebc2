/**
 * Writes to incidents of PagerDuty: acknowledges, resolves, adds notes, pages. Each call looks at the present state first.
 * PagerDuty has a key against duplicates only for new incidents; notes and requests carry a mark of ours instead.
 * https://developer.pagerduty.com/api-reference/a47605517c19a-update-an-incident
 * https://developer.pagerduty.com/api-reference/a7d81b0e9200f-create-an-incident
 * https://developer.pagerduty.com/api-reference/a1ac30885eb7a-create-a-note-on-an-incident
 * https://developer.pagerduty.com/api-reference/a7c66cdf4d9a9-create-a-responder-request-for-an-incident
 */
import { z } from 'zod';
import { unanswered } from '#adapters/issue-answers.ts';
import { type Ask, jsonAsker, type OutgoingAnswer } from '#adapters/outgoing.ts';
import {
  applyOrder,
  changeOnce,
  noAccount,
  type PagerWords,
  pagerHealth,
  readPager,
  unchanged,
} from '#adapters/pager-answers.ts';
import type { Health } from '#gather/sources.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import {
  markLine,
  type PagedPerson,
  type Pager,
  type PagerAction,
  type PagerDone,
  type PagerOrderOf,
  type PagerRemote,
  type PagerStateOrder,
} from '#model/incident/pager.ts';
import type { NotPublished } from '#model/incident/status-page.ts';
import { keyHeaders } from './changes.ts';

export type PagerDutyWriting = Readonly<{
  key: string;
  /** The address of a user of the account, in whose name everything is done. */
  from: string;
  apiUrl: URL;
  does: readonly PagerAction[];
  timeoutMs?: number;
}>;

const TITLE = 'PagerDuty';

const WORDS: PagerWords = {
  title: TITLE,
  what: 'the request',
  credentials: 'Check PAGERDUTY_WRITE_KEY and PAGERDUTY_FROM: the key must not be read-only.',
  address: 'Somebody may have deleted it, or the key belongs to another account. Check PAGERDUTY_API_URL.',
  api: 'PAGERDUTY_API_URL',
};

const ID = /^[A-Z0-9]{5,40}$/;

const Incident = z.object({
  incident: z.object({
    id: z.string().regex(ID),
    status: z.string(),
    html_url: z.string().nullish().catch(undefined),
    responder_requests: z
      .array(z.object({ message: z.string().nullish() }))
      .nullish()
      .catch(undefined),
  }),
});
type Incident = z.output<typeof Incident>['incident'];
const Listed = z.object({ incidents: z.array(Incident.shape.incident) });
const Notes = z.object({ notes: z.array(z.object({ content: z.string().nullish() })) });
const Note = z.object({ note: z.object({ id: z.string() }) });
const Users = z.object({ users: z.array(z.object({ id: z.string().regex(ID), email: z.string() })) });
const Requested = z.object({ responder_request: z.object({}) });
const OnCalls = z.object({ oncalls: z.array(z.object({ user: z.object({ id: z.string().regex(ID) }) })) });

export function pagerDutyPager(options: PagerDutyWriting): Pager {
  return {
    id: 'pagerduty',
    title: TITLE,
    does: options.does,
    takes: (_, { id }) => ID.test(id),
    async apply(order, signal) {
      const ask = asker(options, signal);
      return await applyOrder(order, {
        changeState: (order) => changeState(ask, order),
        addNote: (order) => addNote(ask, order),
        page: (order) => page(ask, order, options),
      });
    },
  };
}

function asker({ key, from, apiUrl, timeoutMs }: PagerDutyWriting, signal: AbortSignal): Ask {
  const headers = { ...keyHeaders(key), from };
  return jsonAsker({ base: apiUrl.href.replace(/\/$/, ''), headers, secrets: [key], timeoutMs }, signal);
}

async function changeState(ask: Ask, { kind, remote: { id } }: PagerStateOrder): Promise<Tried<PagerDone>> {
  const status = kind === 'resolve' ? 'resolved' : 'acknowledged';
  return await changeOnce({
    look: () => look(ask, id),
    isReached: (incident) => isReached(kind, incident),
    change: async () => incidentIn(await ask('PUT', `/incidents/${id}`, { incident: { type: 'incident', status } })),
    doneTo: (incident) => ({ remoteId: incident.id, url: incident.html_url ?? '' }),
  });
}

function isReached(kind: 'acknowledge' | 'resolve', { status }: Incident): boolean {
  return kind === 'resolve' ? status === 'resolved' : status !== 'triggered';
}

async function look(ask: Ask, remoteId: string): Promise<Tried<Incident>> {
  const found = incidentIn(await ask('GET', `/incidents/${remoteId}`));
  return found.kind === 'done' ? found : unchanged(found);
}

function incidentIn(answer: OutgoingAnswer): Tried<Incident> {
  const found = read(answer, Incident);
  return found.kind === 'done' ? { kind: 'done', value: found.value.incident } : found;
}

function doneTo({ id, html_url }: Incident, isChange: boolean): Tried<PagerDone> {
  return { kind: 'done', value: { isChange, remoteId: id, url: html_url ?? '' } };
}

/** Responders who are added to an incident do not make it a page of ours. */
function joined({ html_url }: Incident): Tried<PagerDone> {
  return { kind: 'done', value: { isChange: true, remoteId: '', url: html_url ?? '' } };
}

async function addNote(
  ask: Ask,
  { remote, text, mark, isUncertain }: PagerOrderOf<'notes'>,
): Promise<Tried<PagerDone>> {
  const { id: remoteId } = remote;
  const done = (isChange: boolean) => ({ kind: 'done', value: { isChange, remoteId, url: '' } }) as const;
  const path = `/incidents/${remoteId}/notes`;
  if (isUncertain) {
    const listed = read(await ask('GET', path), Notes);
    if (listed.kind !== 'done') return unanswered(listed, TITLE);
    if (listed.value.notes.some(({ content }) => content?.includes(markLine(mark)))) return done(false);
  }
  const added = read(await ask('POST', path, { note: { content: `${text}\n${markLine(mark)}` } }), Note);
  return added.kind === 'done' ? done(true) : added;
}

/** A service gets an incident of its own. A person, a policy or a schedule has none: people join the incident that is there. */
async function page(ask: Ask, order: PagerOrderOf<'page'>, options: PagerDutyWriting): Promise<Tried<PagerDone>> {
  const [kind = '', id = ''] = order.place.split('/');
  if (kind === 'service') return await createIncident(ask, order, id);
  const target = await targetOf(ask, order, { kind, id });
  if ('kind' in target) return target;
  return await requestResponder(ask, order, { target, from: options.from });
}

async function targetOf(
  ask: Ask,
  { person }: PagerOrderOf<'page'>,
  { kind, id }: Readonly<{ kind: string; id: string }>,
): Promise<Target | NotPublished> {
  if (person !== undefined) return await userTarget(ask, person);
  return kind === 'policy' ? { id, type: 'escalation_policy_reference' } : await onCallOf(ask, id);
}

async function userTarget(ask: Ask, person: PagedPerson): Promise<Target | NotPublished> {
  const user = await userOf(ask, person.email);
  if (user.kind !== 'done') return unchanged(user);
  return user.value === undefined ? noAccount(TITLE, person) : { id: user.value.id, type: 'user_reference' };
}

async function createIncident(
  ask: Ask,
  { title, text, mark, isUncertain }: PagerOrderOf<'page'>,
  serviceId: string,
): Promise<Tried<PagerDone>> {
  const key = `spanhound-${mark}`;
  const earlier = isUncertain ? await withKey(ask, key) : undefined;
  if (earlier !== undefined) return earlier;
  const incident = {
    type: 'incident',
    title,
    service: { id: serviceId, type: 'service_reference' },
    incident_key: key,
    body: { type: 'incident_body', details: text },
  };
  const answer = await ask('POST', '/incidents', { incident });
  const made = read(answer, Incident);
  if (made.kind === 'done') return doneTo(made.value.incident, true);
  // An open incident has this key already: an attempt whose answer was lost made it.
  return (answer.kind === 'answered' && answer.status === 400 ? await withKey(ask, key) : undefined) ?? made;
}

/** Undefined if there is none. */
async function withKey(ask: Ask, key: string): Promise<Tried<PagerDone> | undefined> {
  const found = read(await ask('GET', `/incidents?date_range=all&incident_key=${key}`), Listed);
  if (found.kind !== 'done') return unanswered(found, TITLE);
  const [first] = found.value.incidents;
  return first && doneTo(first, true);
}

type Target = Readonly<{ id: string; type: string }>;

async function onCallOf(ask: Ask, scheduleId: string): Promise<Target | NotPublished> {
  const found = read(await ask('GET', `/oncalls?schedule_ids[]=${scheduleId}&earliest=true`), OnCalls);
  if (found.kind !== 'done') return unchanged(found);
  const [first] = found.value.oncalls;
  if (first === undefined) return { kind: 'refused', reason: 'Nobody is on call in this schedule.' };
  return { id: first.user.id, type: 'user_reference' };
}

async function requestResponder(
  ask: Ask,
  { text, title, mark, isUncertain, remotes }: PagerOrderOf<'page'>,
  { target, from }: Readonly<{ target: Target; from: string }>,
): Promise<Tried<PagerDone>> {
  const open = await firstOpen(ask, remotes);
  if (open.kind !== 'done') return open;
  const incident = open.value;
  if (incident === undefined) return { kind: 'refused', reason: NO_INCIDENT };
  const wasAsked = incident.responder_requests?.some(({ message }) => message?.includes(markLine(mark))) === true;
  if (isUncertain && wasAsked) return joined(incident);
  const requester = await userOf(ask, from);
  if (requester.kind !== 'done') return unchanged(requester);
  if (requester.value === undefined) return { kind: 'refused', reason: unknownUser(from) };
  const asked = read(
    await ask('POST', `/incidents/${incident.id}/responder_requests`, {
      requester_id: requester.value.id,
      message: `${title}\n${text}\n${markLine(mark)}`,
      responder_request_targets: [{ responder_request_target: target }],
    }),
    Requested,
  );
  return asked.kind === 'done' ? joined(incident) : asked;
}

const NO_INCIDENT =
  'A person, an escalation policy or a schedule is paged in an incident of PagerDuty, and none of this one is open there. Page a service: pagerduty:service/….';

/** Undefined if no user has exactly this address: PagerDuty searches in names, too. */
async function userOf(ask: Ask, address: string): Promise<Tried<Readonly<{ id: string }> | undefined>> {
  const found = read(await ask('GET', `/users?query=${encodeURIComponent(address)}`), Users);
  if (found.kind !== 'done') return found;
  const user = found.value.users.find(({ email }) => email.toLowerCase() === address.toLowerCase());
  return { kind: 'done', value: user };
}

function unknownUser(from: string): string {
  return `PagerDuty has no user with the address ${from}. Correct PAGERDUTY_FROM.`;
}

/** Undefined if none of them is open. */
async function firstOpen(ask: Ask, remotes: readonly PagerRemote[]): Promise<Tried<Incident | undefined>> {
  for (const { id } of remotes) {
    const found = await look(ask, id);
    if (found.kind !== 'done') return found;
    if (found.value.status !== 'resolved') return found;
  }
  return { kind: 'done', value: undefined };
}

function read<Value>(answer: OutgoingAnswer, form: z.ZodType<Value>): Tried<Value> {
  return readPager(answer, form, WORDS);
}

/** Looks for the user in whose name everything is done. Changes nothing. */
export async function checkPagerDuty(options: PagerDutyWriting, signal: AbortSignal): Promise<Health> {
  const { from, does } = options;
  const user = await userOf(asker(options, signal), from);
  const isUnknown = user.kind === 'done' && user.value === undefined;
  const asked = isUnknown ? ({ kind: 'refused', reason: unknownUser(from) } as const) : user;
  return pagerHealth(asked, { title: TITLE, does, as: from });
}
