/**
 * Reads from incident.io who is on call now in a schedule, overrides included. Written from its documentation.
 * https://docs.incident.io/api-reference/schedules-v2 and https://docs.incident.io/api-reference/schedule-entries-v2
 *
 *   schedule/01G0J1EXE7AXZ2C93K61WBPYEH ──► the schedule itself ───┐
 *   schedule/Payments ──► all schedules ──► the one of that name ──┴──► its final entries of this minute
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
import type { OnCallPerson, OnCallSource } from '#model/incident/on-call.ts';

export type IncidentIoOptions = Readonly<{ apiKey: string; apiUrl: URL }>;

const TITLE = 'incident.io';

/** Each schedule has up to 5 KB of rotations. */
const PAGE = 100;
const MOST_PAGES = 5;
/** Entries of one minute fit on one page; a schedule of dozens of rotations may need more. */
const MOST_ENTRY_PAGES = 3;
/** In milliseconds. An entry counts if it overlaps with the window. */
const WINDOW_MS = 60_000;

/** As incident.io writes ids today. It may change them; then the list finds them, too. */
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

const Schedule = z.object({ id: z.string().min(1).max(100), name: PersonName });
type Schedule = z.output<typeof Schedule>;
/** Absent or empty on the last page. */
const Meta = z.object({ after: z.string().max(2_000).nullish() }).nullish();
const Schedules = z.object({ schedules: z.array(Schedule), pagination_meta: Meta });

const Entries = z.object({
  schedule_entries: z.object({
    /** The effective shifts. `scheduled` would leave the overrides out. */
    final: z.array(
      z.object({
        start_at: ShiftInstant,
        end_at: ShiftInstant,
        /** Absent while nobody is on call. */
        user: z
          .object({ id: PersonName, name: PersonName, email: PersonEmail, slack_user_id: PersonSlackId })
          .nullish(),
      }),
    ),
  }),
  pagination_meta: Meta,
});
type Entry = z.output<typeof Entries>['schedule_entries']['final'][number];

export function incidentIoOnCall({ apiKey, apiUrl }: IncidentIoOptions): OnCallSource {
  return {
    id: 'incidentio',
    title: TITLE,
    async onCall(target, nowUs, signal) {
      const found = await usersOnCall({ apiKey, apiUrl, credentials: 'INCIDENT_IO_API_KEY' }, target, nowUs, signal);
      if (found.kind === 'unknown') return found;
      const { place, shifts } = found.value;
      return { kind: 'known', place, people: shifts.map(personOf) };
    },
  };
}

/** `credentials`: the variable of the key. A person once, in the order of the answer. */
export async function usersOnCall(
  { apiKey, apiUrl, credentials }: IncidentIoOptions & Readonly<{ credentials: string }>,
  target: string,
  nowUs: number,
  signal: AbortSignal,
): Promise<Read<Readonly<{ place: string; shifts: readonly Shift[] }>>> {
  const errors = { address: 'INCIDENT_IO_API_URL', credentials };
  const api = openOnCallApi(TITLE, { url: apiUrl, token: apiKey, errors });
  const wanted = target.slice(target.indexOf('/') + 1);
  const schedule = ULID.test(wanted) ? await itself(api, wanted, signal) : await named(api, wanted, signal);
  if (schedule.kind === 'unknown') return schedule;
  const { id, name } = schedule.value;
  const entries = await entriesOf(api, id, nowUs, signal);
  if (entries.kind === 'unknown') return entries;
  return {
    kind: 'read',
    value: { place: `${TITLE}’s schedule ${name || id}`, shifts: shiftsAt(nowUs, entries.value) },
  };
}

async function itself(api: Backend, id: string, signal: AbortSignal): Promise<Read<Schedule>> {
  const schema = z.object({ schedule: Schedule });
  const found = await readOnCall(api, `v2/schedules/${id}`, { signal, schema, missing: notThere(id) });
  return found.kind === 'unknown' ? found : { kind: 'read', value: found.value.schedule };
}

/** The API has no search by name. */
async function named(api: Backend, wanted: string, signal: AbortSignal): Promise<Read<Schedule>> {
  const all: Schedule[] = [];
  let after = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const search: Search = [['page_size', `${PAGE}`], ...(after === '' ? [] : [['after', after] as const])];
    const answer = await readOnCall(api, 'v2/schedules', { search, signal, schema: Schedules, missing: NO_API });
    if (answer.kind === 'unknown') return answer;
    all.push(...answer.value.schedules);
    after = answer.value.schedules.length === 0 ? '' : (answer.value.pagination_meta?.after ?? '');
    if (after === '') break;
  }
  if (after !== '') return unknown(`${TITLE} has more than ${all.length} schedules: write the id instead of the name.`);
  const [first, ...others] = meantBy(wanted, all);
  if (first === undefined) return unknown(notThere(wanted));
  return others.length > 0 ? ambiguous(TITLE, 'incidentio', [first, ...others]) : { kind: 'read', value: first };
}

async function entriesOf(
  api: Backend,
  id: string,
  nowUs: number,
  signal: AbortSignal,
): Promise<Read<readonly Entry[]>> {
  const all: Entry[] = [];
  const nowMs = Math.floor(nowUs / 1_000);
  let start = new Date(nowMs).toISOString();
  const end = new Date(nowMs + WINDOW_MS).toISOString();
  for (let page = 0; page < MOST_ENTRY_PAGES; page += 1) {
    const search: Search = [
      ['schedule_id', id],
      ['entry_window_start', start],
      ['entry_window_end', end],
    ];
    const missing = notThere(id);
    const answer = await readOnCall(api, 'v2/schedule_entries', { search, signal, schema: Entries, missing });
    if (answer.kind === 'unknown') return answer;
    all.push(...answer.value.schedule_entries.final);
    // The cursor of the next page takes the place of the start.
    const after = answer.value.pagination_meta?.after ?? '';
    if (after === '') break;
    start = after;
  }
  return { kind: 'read', value: all };
}

type Shift = Readonly<{ user: NonNullable<Entry['user']>; untilUs: number | undefined }>;

function shiftsAt(nowUs: number, entries: readonly Entry[]): readonly Shift[] {
  const shifts = new Map<string, Shift>();
  for (const { start_at: startUs, end_at: endUs, user } of entries) {
    if (!user || !covers({ startUs, endUs }, nowUs)) continue;
    const key = user.id || user.email || user.name;
    if (!shifts.has(key)) shifts.set(key, { user, untilUs: endUs });
  }
  return [...shifts.values()];
}

function personOf({ user: { name, email, slack_user_id: slackId }, untilUs }: Shift): OnCallPerson {
  return { name, email, slackId, untilUs };
}

const NO_API = `${TITLE} has no schedules at that address. Check INCIDENT_IO_API_URL.`;

function notThere(schedule: string): string {
  return `${TITLE} has no schedule ${schedule}, or INCIDENT_IO_API_KEY may not see it. Correct the name in incidents.page.onCall or incidents.commander.onCall.`;
}
