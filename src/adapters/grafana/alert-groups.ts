/**
 * Writes to alert groups of Grafana IRM or Grafana OnCall: acknowledges, resolves, adds resolution notes, pages. Each call
 * looks at the present state first. An alert of Grafana has the alert group whose last alert has its group key. The API
 * has no key against duplicates: notes and pages carry a mark of ours.
 * https://grafana.com/docs/grafana-cloud/alerting-and-irm/irm/reference/oncall-api/
 */
import { z } from 'zod';
import { unanswered } from '#adapters/issue-answers.ts';
import { jsonText } from '#adapters/json-line.ts';
import { meantBy } from '#adapters/on-call-answer.ts';
import { type Ask, jsonAsker } from '#adapters/outgoing.ts';
import { applyOrder, changeOnce, type PagerWords, pagerHealth, readPager, unchanged } from '#adapters/pager-answers.ts';
import { shownAddress } from '#adapters/system.ts';
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

export type GrafanaWriting = Readonly<{
  token: string;
  /** The address of the API, without `/api/v1`. */
  apiUrl: URL;
  /** The address of Grafana: a service account's token needs it. */
  grafanaUrl: URL | undefined;
  does: readonly PagerAction[];
  timeoutMs?: number;
}>;

const TITLE = 'Grafana IRM';

const WORDS: PagerWords = {
  title: TITLE,
  what: 'the request',
  credentials:
    'Check GRAFANA_ONCALL_WRITE_TOKEN: it needs the permission alert-groups:write, and a page needs the token of a user.',
  address: 'Somebody may have deleted it, or the token belongs to another stack. Check GRAFANA_ONCALL_URL.',
  api: 'GRAFANA_ONCALL_URL',
};

const ID = /^[A-Z0-9]{6,30}$/;
const Id = z.string().regex(ID);

const Group = z.object({
  id: Id,
  state: z.string(),
  title: z.string().nullish().catch(undefined),
  permalinks: z.object({ web: z.string().nullish() }).nullish().catch(undefined),
  /** Absent in older versions of Grafana OnCall. */
  last_alert: z.object({ payload: z.unknown() }).nullish().catch(undefined),
});
type Group = z.output<typeof Group>;
const Groups = z.object({ results: z.array(Group), next: z.string().nullish() });
const Notes = z.object({ results: z.array(z.object({ text: z.string().nullish() })), next: z.string().nullish() });
const Note = z.object({ id: z.string() });
const Keyed = z.object({ groupKey: z.string().min(1) });
const Schedule = z.object({ id: Id, name: z.string(), on_call_now: z.array(Id) });
const Schedules = z.object({ results: z.array(Schedule) });

/** At 50 alert groups or notes a page, the newest groups first. */
const MOST_PAGES = 3;
/** Each is notified. A schedule with more people on call at once is no rota. */
const MOST_PEOPLE = 10;

export function grafanaPager(options: GrafanaWriting): Pager {
  return {
    id: 'grafana',
    title: TITLE,
    does: options.does,
    takes: (action, { id, mark }) => action !== 'page' && (mark === '' ? id !== '' : ID.test(id)),
    async apply(order, signal) {
      const ask = asker(options, signal);
      return await applyOrder(order, {
        changeState: (order) => changeState(ask, order),
        addNote: (order) => addNote(ask, order),
        page: (order) => page(ask, order),
      });
    },
  };
}

function asker({ token, apiUrl, grafanaUrl, timeoutMs }: GrafanaWriting, signal: AbortSignal): Ask {
  const stack = grafanaUrl && shownAddress(grafanaUrl).replace(/\/$/, '');
  const headers = { authorization: token, ...(stack && { 'x-grafana-url': stack }) };
  return jsonAsker({ base: `${apiUrl.href.replace(/\/$/, '')}/api/v1`, headers, secrets: [token], timeoutMs }, signal);
}

async function changeState(ask: Ask, { kind, remote }: PagerStateOrder): Promise<Tried<PagerDone>> {
  const isReached = ({ state }: Group) => state === 'resolved' || (kind === 'acknowledge' && state === 'acknowledged');
  return await changeOnce({
    look: () => look(ask, remote),
    isReached,
    async change({ id }) {
      // The answer is empty, so that only a second look says what it did.
      const sent = readPager(await ask('POST', `/alert_groups/${id}/${kind}`), z.unknown(), WORDS);
      if (sent.kind !== 'done') return sent;
      const now = await groupAt(ask, id);
      if (now.kind !== 'done') return unanswered(now, TITLE);
      if (isReached(now.value)) return now;
      return { kind: 'ambiguous', reason: `${TITLE} took the request, and its alert group is ${now.value.state}.` };
    },
    doneTo: ({ permalinks }) => ({ remoteId: remote.id, url: permalinks?.web ?? '' }),
  });
}

/** A page of ours is an alert group itself; an alert of Grafana is in one. */
async function look(ask: Ask, { id, mark }: PagerRemote): Promise<Tried<Group>> {
  if (mark !== '') return await groupAt(ask, id);
  const found = await newestGroup(ask, ({ last_alert }) => isKeyOf(last_alert?.payload, id));
  if (found.kind !== 'done') return found;
  return found.value === undefined ? { kind: 'refused', reason: NO_GROUP } : { kind: 'done', value: found.value };
}

const NO_GROUP = `None of the newest alert groups in ${TITLE} is of this alert. Its contact point must lead to ${TITLE}, too.`;

/** The key of an alert may have its service behind the group key. */
function isKeyOf(payload: unknown, key: string): boolean {
  const keyed = Keyed.safeParse(payload);
  return keyed.success && (key === keyed.data.groupKey || key.startsWith(`${keyed.data.groupKey}/`));
}

async function groupAt(ask: Ask, id: string): Promise<Tried<Group>> {
  return readPager(await ask('GET', `/alert_groups/${id}`), Group, WORDS);
}

/** Undefined if none of the newest is it. */
async function newestGroup(ask: Ask, isIt: (group: Group) => boolean): Promise<Tried<Group | undefined>> {
  for (let at = 1; at <= MOST_PAGES; at += 1) {
    const listed = readPager(await ask('GET', `/alert_groups/?page=${at}`), Groups, WORDS);
    if (listed.kind !== 'done') return listed;
    const found = listed.value.results.find(isIt);
    if (found !== undefined || !listed.value.next) return { kind: 'done', value: found };
  }
  return { kind: 'done', value: undefined };
}

async function addNote(
  ask: Ask,
  { remote, text, mark, isUncertain }: PagerOrderOf<'notes'>,
): Promise<Tried<PagerDone>> {
  const done = (isChange: boolean) => ({ kind: 'done', value: { isChange, remoteId: remote.id, url: '' } }) as const;
  const found = await look(ask, remote);
  if (found.kind !== 'done') return unchanged(found);
  const { id } = found.value;
  if (isUncertain) {
    const earlier = await hasNote(ask, id, mark);
    if (earlier.kind !== 'done') return unanswered(earlier, TITLE);
    if (earlier.value) return done(false);
  }
  const note = { alert_group_id: id, text: `${text}\n${markLine(mark)}` };
  const added = readPager(await ask('POST', '/resolution_notes/', note), Note, WORDS);
  return added.kind === 'done' ? done(true) : added;
}

async function hasNote(ask: Ask, id: string, mark: string): Promise<Tried<boolean>> {
  for (let at = 1; at <= MOST_PAGES; at += 1) {
    const listed = readPager(await ask('GET', `/resolution_notes/?alert_group_id=${id}&page=${at}`), Notes, WORDS);
    if (listed.kind !== 'done') return listed;
    const isThere = listed.value.results.some(({ text }) => text?.includes(markLine(mark)));
    if (isThere || !listed.value.next) return { kind: 'done', value: isThere };
  }
  return { kind: 'done', value: false };
}

/** Always an alert group of its own: nothing would show whether somebody was added to another one already. */
async function page(
  ask: Ask,
  { place, title, text, mark, isUncertain }: PagerOrderOf<'page'>,
): Promise<Tried<PagerDone>> {
  const people = await onCallIn(ask, place.slice(place.indexOf('/') + 1));
  if (people.kind !== 'done') return unchanged(people);
  if (isUncertain) {
    const earlier = await newestGroup(ask, (group) => isPage(group, { title, mark }));
    if (earlier.kind !== 'done') return unanswered(earlier, TITLE);
    if (earlier.value !== undefined) return pagedIn(earlier.value);
  }
  const users = people.value.map((id) => ({ id, important: true }));
  const body = { title, message: `${text}\n${markLine(mark)}`, users };
  const made = readPager(await ask('POST', '/escalation/', body), Group, WORDS);
  return made.kind === 'done' ? pagedIn(made.value) : made;
}

/** An older version shows no message: then the title says it. */
function isPage(group: Group, { title, mark }: Readonly<{ title: string; mark: string }>): boolean {
  if (group.last_alert) return jsonText(group.last_alert.payload).includes(markLine(mark));
  return group.title === title;
}

function pagedIn({ id, permalinks }: Group): Tried<PagerDone> {
  return { kind: 'done', value: { isChange: true, remoteId: id, url: permalinks?.web ?? '' } };
}

/** By name first: a name may look like an id. */
async function onCallIn(ask: Ask, wanted: string): Promise<Tried<readonly string[]>> {
  const listed = readPager(await ask('GET', `/schedules/?name=${encodeURIComponent(wanted)}`), Schedules, WORDS);
  if (listed.kind !== 'done') return listed;
  const [first, ...others] = meantBy(wanted, listed.value.results);
  if (others.length > 0) return { kind: 'refused', reason: `${TITLE} has several schedules ${wanted}. Write the id.` };
  if (first !== undefined) return peopleOf(first);
  if (!ID.test(wanted)) return { kind: 'refused', reason: `${TITLE} has no schedule ${wanted}.` };
  const found = readPager(await ask('GET', `/schedules/${wanted}/`), Schedule, WORDS);
  return found.kind === 'done' ? peopleOf(found.value) : found;
}

function peopleOf({ on_call_now: ids }: z.output<typeof Schedule>): Tried<readonly string[]> {
  const people = [...new Set(ids)].slice(0, MOST_PEOPLE);
  if (people.length === 0) return { kind: 'refused', reason: 'Nobody is on call in this schedule.' };
  return { kind: 'done', value: people };
}

/** Asks for alert groups. Changes nothing. */
export async function checkGrafanaPager(options: GrafanaWriting, signal: AbortSignal): Promise<Health> {
  const asked = readPager(await asker(options, signal)('GET', '/alert_groups/?page=1'), Groups, WORDS);
  return pagerHealth(asked, { title: TITLE, does: options.does });
}
