/** Where a forgetting reaches: the incidents that it changes, and the messages in Slack that hold copies. */
import { OVERDUE_FOR } from '#record/action-items.ts';
import { wholeIds } from '#record/drop-work.ts';
import type { ForgetScope } from '#record/forget-scope.ts';
import { incidentsInTimelines } from '#record/forget-timeline.ts';
import { rowsMentioning } from '#record/mentioning-rows.ts';
import type { Reader } from '#record/store.ts';

/** Slack has the ids; nobody but people of the workspace can delete them. */
export type SlackCopy = Readonly<{
  channelId: string;
  ts: string;
  /** Empty if it is not known: a link needs the name of the workspace. */
  link: string;
}>;

export async function incidentsTouched(reader: Reader, scope: ForgetScope): Promise<readonly string[]> {
  const { db } = reader;
  const { mentions, personId = '', incident } = scope;
  const [roles, origins, named, items] = await Promise.all([
    db.selectFrom('incident_roles').select('incident_id').where('user_id', '=', personId).execute(),
    originsOf(reader, scope),
    mentions === undefined
      ? []
      : rowsMentioning(reader, mentions, { table: 'incidents', columns: ['title', 'declared_by', 'detection'] }),
    mentions === undefined
      ? []
      : rowsMentioning(reader, mentions, { table: 'action_items', columns: ['text', 'owner', 'created_by'] }),
  ]);
  return [
    ...new Set([
      ...(incident === undefined ? [] : [incident.id]),
      ...roles.map(({ incident_id }) => incident_id),
      ...origins,
      ...named.map(({ id }) => `${id}`),
      ...items.map(({ incident_id }) => `${incident_id}`),
      ...(await incidentsInTimelines(reader, scope)),
    ]),
  ];
}

/** Postgres refuses an empty list. */
const NO_ID = '';

/** The incidents that were declared from these answers and alerts. */
async function originsOf({ db }: Reader, { investigations, alerts }: ForgetScope): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('incidents')
    .select('id')
    .where((row) =>
      row.or([row('investigation_id', 'in', [...investigations, NO_ID]), row('alert_id', 'in', [...alerts, NO_ID])]),
    )
    .execute();
  return rows.map(({ id }) => id);
}

/** The bot's messages about what is forgotten, and the messages of people that the record links. */
export async function slackCopies(
  reader: Reader,
  scope: ForgetScope,
  incidentIds: readonly string[],
): Promise<readonly SlackCopy[]> {
  const { db } = reader;
  const asked =
    scope.personId === undefined
      ? []
      : await db.selectFrom('investigations').select('id').where('asked_by', '=', scope.personId).execute();
  const prefixes = new Set([...wholeIds(scope), ...incidentIds, ...asked.map(({ id }) => id)]);
  const sent = await db
    .selectFrom('messages')
    .select(['id', 'channel_id', 'ts'])
    .where('ts', 'is not', null)
    .where('kind', '!=', 'pin')
    .orderBy('created_us')
    .execute();
  const reminders = await remindersAbout(reader, scope, incidentIds);
  const links = await linksOf(reader, scope);
  const base = links.map((link) => WORKSPACE.exec(link)?.[0]).find((found) => found !== undefined);
  const copies = sent
    .filter(
      ({ id }) =>
        prefixes.has(id) || prefixes.has(id.slice(0, id.indexOf('/'))) || reminders.some((own) => id.startsWith(own)),
    )
    .map(({ channel_id, ts }) => ({ channelId: channel_id ?? '', ts: ts ?? '' }))
    .map((place) => ({ ...place, link: base === undefined ? '' : linkOf(base, place) }));
  const ofPeople = links.flatMap((link) => copyAt(link) ?? []);
  return [...new Map([...copies, ...ofPeople].map((copy) => [`${copy.channelId}/${copy.ts}`, copy])).values()];
}

/** How the ids of direct messages begin that may quote an action item of these incidents, or went to the person. */
async function remindersAbout(
  { db }: Reader,
  { personId }: ForgetScope,
  incidentIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('action_items')
    .select('owner')
    .distinct()
    .where('incident_id', 'in', [...incidentIds, NO_ID])
    .execute();
  return [...rows.map(({ owner }) => owner), ...(personId === undefined ? [] : [personId])].map(OVERDUE_FOR);
}

const WORKSPACE = /^https:\/\/[\w.-]{1,100}\.slack\.com/;
const PERMALINK = /^https:\/\/[\w.-]{1,100}\.slack\.com\/archives\/([A-Z0-9]{1,30})\/p(\d{4,20})(\d{6})(?:$|\?)/;

/** The links of the timelines of the incident, or of what the person said. */
async function linksOf({ db }: Reader, { incident, personId }: ForgetScope): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('timeline_entries')
    .select('link')
    .where('link', '!=', '')
    .where((row) => row.or([row('incident_id', '=', incident?.id ?? ''), row('source', '=', personId ?? '')]))
    .execute();
  return rows.map(({ link }) => link);
}

function linkOf(base: string, { channelId, ts }: Pick<SlackCopy, 'channelId' | 'ts'>): string {
  return `${base}/archives/${channelId}/p${ts.replace('.', '')}`;
}

function copyAt(link: string): SlackCopy | undefined {
  const [, channelId, seconds, micros] = PERMALINK.exec(link) ?? [];
  return channelId === undefined ? undefined : { channelId, ts: `${seconds}.${micros}`, link };
}
