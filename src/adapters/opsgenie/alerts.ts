/**
 * Writes to alerts of Opsgenie, or of Operations in Jira Service Management, which has the same alerts under other
 * addresses: acknowledges, closes, adds notes, pages. Each call looks at the present state first. Both work on a request
 * after they accepted it, so that its end is asked about. An alert that pages carries a mark of ours as its alias and tag.
 * https://docs.opsgenie.com/docs/alert-api and https://docs.opsgenie.com/docs/user-api#get-user
 * https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v2/api-group-alerts/
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { unanswered } from '#adapters/issue-answers.ts';
import { type Ask, isMissing, jsonAsker, type OutgoingAnswer } from '#adapters/outgoing.ts';
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
  type Pager,
  type PagerAction,
  type PagerDone,
  type PagerOrderOf,
  type PagerRemote,
  type PagerStateOrder,
} from '#model/incident/pager.ts';
import type { NotPublished } from '#model/incident/status-page.ts';
import { ALERT_ID, withoutTime } from './alert-id.ts';

export type OpsgenieWriting = Readonly<{
  key: string;
  apiUrl: URL;
  /** Set for Jira Service Management, where the key is a token of this user. */
  jira: Readonly<{ url: URL; cloudId: string; user: string }> | undefined;
  does: readonly PagerAction[];
  timeoutMs?: number;
  /** Between two questions whether a request is done. @default 1,000 */
  pauseMs?: number;
}>;

const OPSGENIE: PagerWords = {
  title: 'Opsgenie',
  what: 'the request',
  credentials: 'Check OPSGENIE_WRITE_KEY: its integration must be on, with the rights to read, create and update.',
  address: 'Somebody may have deleted it, or the key belongs to another account or team. Check OPSGENIE_API_URL.',
  api: 'OPSGENIE_API_URL',
};

const JIRA: PagerWords = {
  title: 'Jira Service Management',
  what: 'the request',
  credentials:
    'Check OPSGENIE_WRITE_KEY and OPSGENIE_JIRA_USER: the token needs read:ops-alert and write:ops-alert, and the user access to Operations.',
  address: 'Somebody may have deleted it, or it is of another site. Check OPSGENIE_JIRA_CLOUD_ID.',
  api: 'OPSGENIE_JIRA_URL',
};

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** The limit of a title. */
const TITLE_CHARS = 130;
/** One question a second: a request is done within seconds. */
const LOOKS = 5;
const PAUSE_MS = 1_000;

/** Opsgenie puts everything into `data`; Jira Service Management does not. */
function inData<Value>(form: z.ZodType<Value>): z.ZodType<Value> {
  return z.union([z.object({ data: form }).transform(({ data }) => data), form]);
}

const Alert = inData(
  z.object({
    id: z.string().regex(ALERT_ID),
    status: z.string(),
    acknowledged: z.boolean().nullish().catch(undefined),
  }),
);
type State = Readonly<{ id: string; isClosed: boolean; isAcknowledged: boolean }>;

const Accepted = z.object({ requestId: z.string().regex(/^[\w-]{1,100}$/) });
const Status = inData(z.object({ isSuccess: z.boolean(), status: z.string().nullish() }));
const Note = z.object({ note: z.string().nullish() });
const Notes = z.union([
  z.object({ data: z.array(Note) }).transform(({ data }) => data),
  z.object({ values: z.array(Note) }).transform(({ values }) => values),
]);
/** Jira Service Management adds a note at once. */
const Noted = z.union([Accepted, z.object({ id: z.union([z.string(), z.number()]) })]);
const User = inData(z.object({ id: z.string().regex(/^[\w-]{1,100}$/) }));
const Found = z.object({ id: z.string().regex(ALERT_ID) });
const Listed = z.union([
  z.object({ data: z.array(Found) }).transform(({ data }) => data),
  z.object({ values: z.array(Found) }).transform(({ values }) => values),
]);

export function opsgeniePager(options: OpsgenieWriting): Pager {
  return {
    id: 'opsgenie',
    title: wordsOf(options).title,
    does: options.does,
    takes: (action, { id }) => action !== 'page' && ALERT_ID.test(id),
    async apply(order, signal) {
      const api = apiOf(options, signal);
      return await applyOrder(order, {
        changeState: (order) => changeState(api, order),
        addNote: (order) => addNote(api, order),
        page: (order) => page(api, order),
      });
    },
  };
}

function wordsOf({ jira }: OpsgenieWriting): PagerWords {
  return jira === undefined ? OPSGENIE : JIRA;
}

type Api = Readonly<{
  ask: Ask;
  /** Undefined for Jira Service Management, which knows people by their account alone. */
  askUsers: Ask | undefined;
  words: PagerWords;
  isJira: boolean;
  /** Waits until a request may be done. */
  pause(): Promise<void>;
}>;

function apiOf(options: OpsgenieWriting, signal: AbortSignal): Api {
  const { key, apiUrl, jira, timeoutMs, pauseMs = PAUSE_MS } = options;
  const token = jira && Buffer.from(`${jira.user}:${key}`).toString('base64');
  const base =
    jira === undefined ? `${trimmed(apiUrl)}/v2/alerts` : `${trimmed(jira.url)}/jsm/ops/api/${jira.cloudId}/v1/alerts`;
  const headers = { authorization: token === undefined ? `GenieKey ${key}` : `Basic ${token}` };
  const secrets = token === undefined ? [key] : [key, token];
  return {
    ask: jsonAsker({ base, headers, secrets, timeoutMs }, signal),
    askUsers:
      jira === undefined
        ? jsonAsker({ base: `${trimmed(apiUrl)}/v2/users`, headers, secrets, timeoutMs }, signal)
        : undefined,
    words: wordsOf(options),
    isJira: jira !== undefined,
    pause: async () => await sleep(pauseMs, undefined, { signal }).catch(() => undefined),
  };
}

function trimmed({ href }: URL): string {
  return href.replace(/\/$/, '');
}

async function changeState(api: Api, { kind, remote }: PagerStateOrder): Promise<Tried<PagerDone>> {
  const path = kind === 'resolve' ? 'close' : 'acknowledge';
  return await changeOnce({
    look: () => look(api, remote),
    isReached: ({ isClosed, isAcknowledged }) => isClosed || (kind === 'acknowledge' && isAcknowledged),
    async change(state) {
      const body = api.isJira ? undefined : { source: SOURCE };
      const accepted = readPager(await api.ask('POST', `/${state.id}/${path}`, body), Accepted, api.words);
      const ended = accepted.kind === 'done' ? await ending(api, accepted.value.requestId) : accepted;
      return ended.kind === 'done' ? { kind: 'done', value: state } : ended;
    },
    doneTo: () => ({ remoteId: remote.id, url: '' }),
  });
}

const SOURCE = 'Spanhound';

/** A page of ours is found by its alias, which names an alert while it is open. */
async function look(api: Api, { id, labels, mark }: PagerRemote): Promise<Tried<State>> {
  if (mark !== '') {
    const found = await withAlias(api, mark);
    const closed = { id, isClosed: true, isAcknowledged: true };
    return found.kind === 'done' ? { kind: 'done', value: found.value ?? closed } : found;
  }
  const whole = ALERT_ID.test(labels.alert_id ?? '') ? labels.alert_id : id;
  return stateIn(api, await api.ask('GET', `/${whole}`));
}

function stateIn(api: Api, answer: OutgoingAnswer): Tried<State> {
  const found = readPager(answer, Alert, api.words);
  if (found.kind !== 'done') return found;
  const { id, status, acknowledged } = found.value;
  return { kind: 'done', value: { id, isClosed: status === 'closed', isAcknowledged: acknowledged === true } };
}

/** Undefined if no open alert has it. */
async function withAlias(api: Api, mark: string): Promise<Tried<State | undefined>> {
  const alias = aliasOf(mark);
  const answer = await api.ask('GET', api.isJira ? `/alias?alias=${alias}` : `/${alias}?identifierType=alias`);
  if (isMissing(answer)) return { kind: 'done', value: undefined };
  return stateIn(api, answer);
}

function aliasOf(mark: string): string {
  return `spanhound-${mark}`;
}

/** 404 means that the request is still in work. */
async function ending(api: Api, requestId: string): Promise<Tried<true>> {
  const { title } = api.words;
  for (let at = 0; at < LOOKS; at += 1) {
    await api.pause();
    const answer = await api.ask('GET', `/requests/${requestId}`);
    if (isMissing(answer)) continue;
    const found = readPager(answer, Status, api.words);
    if (found.kind !== 'done') return unanswered(found, title);
    const { isSuccess, status } = found.value;
    if (isSuccess) return { kind: 'done', value: true };
    return { kind: 'refused', reason: `${title} did not do it: ${status ?? 'it does not say why'}` };
  }
  return { kind: 'ambiguous', reason: `${title} took the request, and has not said yet how it ended.` };
}

async function addNote(
  api: Api,
  { remote, text, mark, isUncertain }: PagerOrderOf<'notes'>,
): Promise<Tried<PagerDone>> {
  const { ask, words, isJira } = api;
  const done = (isChange: boolean) => ({ kind: 'done', value: { isChange, remoteId: remote.id, url: '' } }) as const;
  const found = await look(api, remote);
  if (found.kind !== 'done') return unchanged(found);
  const path = `/${found.value.id}/notes`;
  if (isUncertain) {
    const listed = readPager(await ask('GET', `${path}?${isJira ? 'size' : 'limit'}=100`), Notes, words);
    if (listed.kind !== 'done') return unanswered(listed, words.title);
    if (listed.value.some(({ note }) => note?.includes(markLine(mark)))) return done(false);
  }
  const note = `${text}\n${markLine(mark)}`;
  const added = readPager(await ask('POST', path, isJira ? { note } : { note, source: SOURCE }), Noted, words);
  if (added.kind !== 'done') return added;
  const ended = 'requestId' in added.value ? await ending(api, added.value.requestId) : added;
  return ended.kind === 'done' ? done(true) : ended;
}

/** Always an alert of its own: one that is acknowledged already notifies nobody who joins it. */
async function page(api: Api, order: PagerOrderOf<'page'>): Promise<Tried<PagerDone>> {
  const { ask, words } = api;
  const responder = await responderOf(api, order);
  if ('kind' in responder) return responder;
  const earlier = order.isUncertain ? await pageWith(api, order.mark) : undefined;
  if (earlier !== undefined) return earlier;
  const alias = aliasOf(order.mark);
  const alert = {
    message: order.title.slice(0, TITLE_CHARS).toWellFormed(),
    alias,
    description: order.text,
    responders: [responder],
    tags: [alias],
    source: SOURCE,
    priority: 'P1',
  };
  const accepted = readPager(await ask('POST', '', alert), Accepted, words);
  const ended = accepted.kind === 'done' ? await ending(api, accepted.value.requestId) : accepted;
  if (ended.kind !== 'done') return ended;
  const made = await withAlias(api, order.mark);
  return pagedIn(made.kind === 'done' ? (made.value?.id ?? '') : '');
}

type Responder = Readonly<{ type: string; id?: string; name?: string }>;

/** A person has an account with this address, or nobody is paged: Opsgenie takes an alert for an unknown one, too. */
async function responderOf(
  { askUsers, words, isJira }: Api,
  { place, person }: PagerOrderOf<'page'>,
): Promise<Responder | NotPublished> {
  if (person !== undefined) {
    if (askUsers === undefined) return { kind: 'refused', reason: `${words.title} pages nobody by their address.` };
    const answer = await askUsers('GET', `/${encodeURIComponent(person.email)}`);
    if (isMissing(answer)) return noAccount(words.title, person);
    const found = readPager(answer, User, words);
    return found.kind === 'done' ? { type: 'user', id: found.value.id } : unchanged(found);
  }
  const schedule = place.slice(place.indexOf('/') + 1);
  const isId = UUID.test(schedule);
  if (isJira && !isId) return { kind: 'refused', reason: `${words.title} pages a schedule by its id. ${WRITE_ID}` };
  return { type: 'schedule', ...(isId ? { id: schedule } : { name: schedule }) };
}

const WRITE_ID = 'Write opsgenie:schedule/ and the id, which stands in the address of the schedule.';

function pagedIn(id: string): Tried<PagerDone> {
  return { kind: 'done', value: { isChange: true, remoteId: withoutTime(id), url: '' } };
}

/** What an earlier attempt made, also if somebody has closed it since. Undefined if there is none. */
async function pageWith(api: Api, mark: string): Promise<Tried<PagerDone> | undefined> {
  const open = await withAlias(api, mark);
  if (open.kind !== 'done') return unanswered(open, api.words.title);
  if (open.value !== undefined) return pagedIn(open.value.id);
  const answer = await api.ask('GET', `?query=${encodeURIComponent(`tag:"${aliasOf(mark)}"`)}`);
  const listed = readPager(answer, Listed, api.words);
  if (listed.kind !== 'done') return unanswered(listed, api.words.title);
  const [first] = listed.value;
  return first && pagedIn(first.id);
}

/** Asks for one alert. Changes nothing. */
export async function checkOpsgenie(options: OpsgenieWriting, signal: AbortSignal): Promise<Health> {
  const { ask, words, isJira } = apiOf(options, signal);
  const asked = readPager(await ask('GET', `?${isJira ? 'size' : 'limit'}=1`), Listed, words);
  return pagerHealth(asked, { title: words.title, does: options.does, as: options.jira?.user ?? '' });
}
