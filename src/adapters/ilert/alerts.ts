/**
 * Writes to alerts of ilert: accepts, resolves, pages. Each call looks at the present state first. ilert's API has no key
 * against duplicates and no comments: an alert that pages carries a mark of ours at the end of its details.
 * https://docs.ilert.com/developer-docs/rest-api/api-reference/alerts
 */
import { z } from 'zod';
import { unanswered } from '#adapters/issue-answers.ts';
import { type Ask, jsonAsker } from '#adapters/outgoing.ts';
import {
  applyOrder,
  changeOnce,
  noNotes,
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
  type PagerStateOrder,
} from '#model/incident/pager.ts';
import type { NotPublished } from '#model/incident/status-page.ts';

export type IlertWriting = Readonly<{
  key: string;
  apiUrl: URL;
  /** The id of the alert source of pages; undefined if none is set. */
  source: string | undefined;
  does: readonly PagerAction[];
  timeoutMs?: number;
}>;

const TITLE = 'ilert';

const WORDS: PagerWords = {
  title: TITLE,
  what: 'the request',
  credentials: 'Check ILERT_WRITE_KEY: its user must be a responder.',
  address: 'Somebody may have deleted it, or the key belongs to another account. Check ILERT_API_URL.',
  api: 'ILERT_API_URL',
};

const ID = /^[1-9]\d{0,17}$/;

const Alert = z.object({
  id: z.int().positive(),
  status: z.string(),
  details: z.string().nullish().catch(undefined),
});
type Alert = z.output<typeof Alert>;
const OnCalls = z.array(z.object({ user: z.object({ id: z.int().positive() }) }));
const Source = z.object({ id: z.int().positive() });

/** The newest alerts of the source, among which an earlier attempt is found. */
const NEWEST = 100;

export function ilertPager(options: IlertWriting): Pager {
  return {
    id: 'ilert',
    title: TITLE,
    does: options.does,
    takes: (action, { id }) => (action === 'acknowledge' || action === 'resolve') && ID.test(id),
    async apply(order, signal) {
      const ask = asker(options, signal);
      return await applyOrder(order, {
        changeState: (order) => changeState(ask, order),
        addNote: noNotes(TITLE, 'comments'),
        page: (order) => page(ask, order, options),
      });
    },
  };
}

function asker({ key, apiUrl, timeoutMs }: IlertWriting, signal: AbortSignal): Ask {
  const headers = { authorization: `Bearer ${key}` };
  return jsonAsker({ base: `${apiUrl.href.replace(/\/$/, '')}/api`, headers, secrets: [key], timeoutMs }, signal);
}

async function changeState(ask: Ask, { kind, remote: { id } }: PagerStateOrder): Promise<Tried<PagerDone>> {
  const verb = kind === 'resolve' ? 'resolve' : 'accept';
  return await changeOnce({
    look: async () => readPager(await ask('GET', `/alerts/${id}`), Alert, WORDS),
    isReached: ({ status }) => status === 'RESOLVED' || (kind === 'acknowledge' && status === 'ACCEPTED'),
    change: async () => readPager(await ask('PUT', `/alerts/${id}/${verb}`), Alert, WORDS),
    doneTo: () => ({ remoteId: id, url: '' }),
  });
}

/** A policy escalates; a schedule calls who is on call now, and nobody after them. */
async function page(
  ask: Ask,
  { place, title, text, mark, isUncertain }: PagerOrderOf<'page'>,
  { source }: IlertWriting,
): Promise<Tried<PagerDone>> {
  if (source === undefined) return { kind: 'refused', reason: NO_SOURCE };
  const [kind = '', id = ''] = place.split('/');
  const target = kind === 'policy' ? { escalationPolicy: { id: Number(id) } } : await onCallIn(ask, id);
  if ('kind' in target) return target;
  if (isUncertain) {
    const earlier = await pageWith(ask, source, mark);
    if (earlier.kind !== 'done') return unanswered(earlier, TITLE);
    if (earlier.value !== undefined) return pagedIn(earlier.value);
  }
  const alert = {
    summary: title,
    details: `${text}\n${markLine(mark)}`,
    alertSource: { id: Number(source) },
    priority: 'HIGH',
    ...target,
  };
  const made = readPager(await ask('POST', '/alerts', alert), Alert, WORDS);
  return made.kind === 'done' ? pagedIn(made.value) : made;
}

const NO_SOURCE = 'A page is an alert of an alert source in ilert. Set ILERT_ALERT_SOURCE to its id.';

function pagedIn({ id }: Alert): Tried<PagerDone> {
  return { kind: 'done', value: { isChange: true, remoteId: `${id}`, url: '' } };
}

type Responders = Readonly<{ responders: readonly Readonly<{ user: Readonly<{ id: number }> }>[] }>;

async function onCallIn(ask: Ask, schedule: string): Promise<Responders | NotPublished> {
  const found = readPager(await ask('GET', `/on-calls?schedules=${schedule}`), OnCalls, WORDS);
  if (found.kind !== 'done') return unchanged(found);
  const ids = [...new Set(found.value.map(({ user }) => user.id))];
  if (ids.length === 0) return { kind: 'refused', reason: 'Nobody is on call in this schedule.' };
  return { responders: ids.map((id) => ({ user: { id } })) };
}

/** Undefined if no alert has this mark. */
async function pageWith(ask: Ask, source: string, mark: string): Promise<Tried<Alert | undefined>> {
  const listed = readPager(await ask('GET', `/alerts?sources=${source}&max-results=${NEWEST}`), z.array(Alert), WORDS);
  if (listed.kind !== 'done') return listed;
  return { kind: 'done', value: listed.value.find(({ details }) => details?.includes(markLine(mark))) };
}

/** Asks for the alert source of pages, or else for one alert. Changes nothing. */
export async function checkIlert(options: IlertWriting, signal: AbortSignal): Promise<Health> {
  const { source, does } = options;
  const ask = asker(options, signal);
  if (does.includes('page') && source === undefined) return pagerHealth(REFUSED, { title: TITLE, does });
  const asked =
    source === undefined
      ? readPager(await ask('GET', '/alerts?max-results=1'), z.array(Alert), WORDS)
      : readPager(await ask('GET', `/alert-sources/${source}`), Source, WORDS);
  return pagerHealth(asked, { title: TITLE, does });
}

const REFUSED = { kind: 'refused', reason: NO_SOURCE } as const;
