/**
 * Reads from Grafana OnCall or Grafana IRM who is on call now in a schedule. Written from its documentation.
 * https://grafana.com/docs/grafana-cloud/alerting-and-irm/irm/reference/oncall-api/
 *
 *   the schedule ──► on_call_now: ids ──┬──► each user: address, id in Slack
 *                                       └──► final_shifts: the end of the shift, and the address if users are hidden
 */
import { z } from 'zod';
import type { Backend, Search } from '#adapters/http.ts';
import {
  ambiguous,
  covers,
  meantBy,
  openOnCallApi,
  PersonEmail,
  PersonName,
  PersonSlackId,
  type Read,
  readOnCall,
  ShiftInstant,
  unknown,
} from '#adapters/on-call-answer.ts';
import { shownAddress } from '#adapters/system.ts';
import type { OnCallPerson, OnCallSource } from '#model/incident/on-call.ts';

export type GrafanaOnCallOptions = Readonly<{
  token: string;
  /** The address of the OnCall API, without `/api/v1`. */
  apiUrl: URL;
  /** The address of Grafana: a service account's token needs it. */
  grafanaUrl: URL | undefined;
}>;

const TITLE = 'Grafana OnCall';

/** Each of them is one request. A schedule with more people on call at once is no rota. */
const MOST_PEOPLE = 10;
/** At 50 shifts a page. More would only say when a shift ends. */
const MOST_SHIFT_PAGES = 3;
const DAY_MS = 86_400_000;

const Id = z.string().min(1).max(100);
const Schedule = z.object({ id: Id, name: PersonName, on_call_now: z.array(Id) });
type Schedule = z.output<typeof Schedule>;
const Schedules = z.object({ results: z.array(Schedule) });

const Link = z.object({ user_id: PersonSlackId }).catch({ user_id: '' });
const User = z.object({
  id: Id,
  username: PersonName,
  email: PersonEmail,
  /** A list in Grafana OnCall, an object in Grafana IRM, null without a connected Slack. */
  slack: z.union([z.array(Link), Link.transform((link) => [link])]),
});

const Shifts = z.object({
  results: z.array(
    z.object({
      user_pk: PersonName,
      user_email: PersonEmail,
      user_username: PersonName,
      shift_start: ShiftInstant,
      shift_end: ShiftInstant,
    }),
  ),
  next: z.string().nullish(),
});
type Shift = z.output<typeof Shifts>['results'][number];

export function grafanaOnCall({ token, apiUrl, grafanaUrl }: GrafanaOnCallOptions): OnCallSource {
  const stack = grafanaUrl && shownAddress(grafanaUrl).replace(/\/$/, '');
  const api = openOnCallApi(TITLE, {
    url: apiUrl,
    token,
    headers: { authorization: token, ...(stack && { 'x-grafana-url': stack }) },
    errors: { address: 'GRAFANA_ONCALL_URL', credentials: 'GRAFANA_ONCALL_TOKEN' },
  });
  return {
    id: 'grafana',
    title: TITLE,
    async onCall(place, nowUs, signal) {
      const schedule = await scheduleOf(api, place.slice(place.indexOf('/') + 1), signal);
      if (schedule.kind === 'unknown') return schedule;
      const { id, name, on_call_now: onCallNow } = schedule.value;
      const people = await peopleOf(api, { id, userIds: [...new Set(onCallNow)].slice(0, MOST_PEOPLE) }, nowUs, signal);
      if (people.kind === 'unknown') return people;
      return { kind: 'known', place: `${TITLE}’s schedule ${name || id}`, people: people.value };
    },
  };
}

/** By name first: a name may look like an id. */
async function scheduleOf(api: Backend, wanted: string, signal: AbortSignal): Promise<Read<Schedule>> {
  const search: Search = [['name', wanted]];
  const answer = await readOnCall(api, 'api/v1/schedules/', { search, signal, schema: Schedules, missing: NO_API });
  if (answer.kind === 'unknown') return answer;
  const [first, ...others] = meantBy(wanted, answer.value.results);
  if (others.length > 0 && first) return ambiguous(TITLE, 'grafana', [first, ...others]);
  if (first) return { kind: 'read', value: first };
  if (!/^[A-Z0-9]{6,30}$/.test(wanted)) return unknown(notThere(wanted));
  return await readOnCall(api, `api/v1/schedules/${wanted}/`, { signal, schema: Schedule, missing: notThere(wanted) });
}

async function peopleOf(
  api: Backend,
  { id, userIds }: Readonly<{ id: string; userIds: readonly string[] }>,
  nowUs: number,
  signal: AbortSignal,
): Promise<Read<readonly OnCallPerson[]>> {
  if (userIds.length === 0) return { kind: 'read', value: [] };
  const [shifts, users] = await Promise.all([
    shiftsNow(api, id, nowUs, signal),
    Promise.all(userIds.map((userId) => userOf(api, userId, signal))),
  ]);
  const people: OnCallPerson[] = [];
  for (const [at, user] of users.entries()) {
    const shift = shifts.find(({ user_pk: userId }) => userId === userIds[at]);
    // The shifts have the address, too: a token without the right to read users finds people.
    if (user.kind === 'unknown' && shift === undefined) return user;
    const { username = '', email = '', slack = [] } = user.kind === 'read' ? user.value : {};
    people.push({
      name: username || (shift?.user_username ?? ''),
      email: email || (shift?.user_email ?? ''),
      slackId: slack.map((link) => link.user_id).find((slackId) => slackId !== '') ?? '',
      untilUs: shift?.shift_end,
    });
  }
  return { kind: 'read', value: people };
}

async function userOf(api: Backend, id: string, signal: AbortSignal): Promise<Read<z.output<typeof User>>> {
  const missing = `${TITLE} has no user ${id}, or GRAFANA_ONCALL_TOKEN may not see them.`;
  return await readOnCall(api, `api/v1/users/${encodeURIComponent(id)}/`, { signal, schema: User, missing });
}

/** The shifts that cover the moment; as far as they can be read, because people are called without their end, too. */
async function shiftsNow(api: Backend, id: string, nowUs: number, signal: AbortSignal): Promise<readonly Shift[]> {
  const all: Shift[] = [];
  for (let page = 1; page <= MOST_SHIFT_PAGES; page += 1) {
    const search: Search = [
      ['start_date', dayOf(nowUs, -1)],
      ['end_date', dayOf(nowUs, 1)],
      ['page', `${page}`],
    ];
    const path = `api/v1/schedules/${encodeURIComponent(id)}/final_shifts`;
    const answer = await readOnCall(api, path, { search, signal, schema: Shifts, missing: '' });
    if (answer.kind === 'unknown') break;
    all.push(...answer.value.results);
    if (!answer.value.next) break;
  }
  return all.filter(({ shift_start: startUs, shift_end: endUs }) => covers({ startUs, endUs }, nowUs));
}

/** YYYY-MM-DD in UTC. */
function dayOf(nowUs: number, days: number): string {
  return new Date(Math.floor(nowUs / 1_000) + days * DAY_MS).toISOString().slice(0, 10);
}

const NO_API = `${TITLE} has no schedules at that address. Check GRAFANA_ONCALL_URL: IRM shows it under Settings, Admin & API.`;

function notThere(schedule: string): string {
  return `${TITLE} has no schedule ${schedule}, or GRAFANA_ONCALL_TOKEN may not see it. Correct the name in incidents.page.onCall or incidents.commander.onCall.`;
}
