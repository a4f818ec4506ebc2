/**
 * Issues of action items in Jira Cloud. Jira has no key against duplicates, so each description and each comment ends with
 * a mark: after an attempt without an answer, the project is searched for it. Statuses have other names in each project;
 * their categories have not.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/
 */
import { z } from 'zod';
import { failed, goneFrom, problemOf, readAnswer, unanswered } from '#adapters/issue-answers.ts';
import { type Ask, isMissing, jsonAsker, type OutgoingAnswer } from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
import type { ItemState } from '#model/incident/incident.ts';
import type {
  Issue,
  IssueChange,
  IssueDraft,
  IssueLine,
  IssuePlace,
  IssueState,
  IssueTracker,
  Looked,
  Tried,
} from '#model/incident/issue-tracker.ts';
import type { NotPublished } from '#model/incident/status-page.ts';

export type JiraOptions = Readonly<{
  url: URL;
  user: string;
  token: string;
  places: readonly IssuePlace[];
  issueType: string;
  labels: readonly string[];
  timeoutMs?: number;
}>;

const TITLE = 'Jira';
const PER_PAGE = 50;
/** Few issues have a mark of ours, and one has this mark. */
const MOST_PAGES = 5;

const WORDS = {
  title: TITLE,
  what: 'the issue',
  credentials: 'Check JIRA_USER and JIRA_TOKEN, and that this user may create, change and comment issues there.',
  address: 'Check JIRA_URL and JIRA_PROJECTS, and that the user sees the project.',
  api: 'JIRA_URL',
};

const Status = z.object({ name: z.string().catch(''), statusCategory: z.object({ key: z.string() }) });
const Standing = z.object({
  id: z.string(),
  fields: z.object({ status: Status, resolution: z.object({ name: z.string() }).nullish().catch(undefined) }),
});
const Made = z.object({ id: z.string().min(1), key: z.string().min(1) });
const Refused = z.object({ errors: z.record(z.string(), z.unknown()) });

export function jiraIssues(options: JiraOptions): IssueTracker {
  return {
    id: 'jira',
    title: TITLE,
    places: options.places,
    create: async (draft, signal) => await create(asker(options, signal), draft, options),
    change: async (change, signal) => await applied(asker(options, signal), change),
    look: async (issues, signal) => await look(asker(options, signal), issues),
  };
}

function asker({ url, user, token, timeoutMs }: JiraOptions, signal: AbortSignal): Ask {
  const pair = Buffer.from(`${user}:${token}`).toString('base64');
  const base = `${url.href.replace(/\/$/, '')}/rest/api/3/`;
  return jsonAsker({ base, headers: { authorization: `Basic ${pair}` }, secrets: [token, pair], timeoutMs }, signal);
}

async function create(ask: Ask, draft: IssueDraft, options: JiraOptions): Promise<Tried<Issue>> {
  const { place, title, lines, mark, due, isUncertain } = draft;
  const earlier = isUncertain ? await find(ask, draft, options) : undefined;
  if (earlier !== undefined) return earlier;
  const { labels, issueType } = options;
  const needed = {
    project: { key: place },
    issuetype: { name: issueType },
    summary: title,
    description: documentOf(lines, mark),
  };
  const wished = { duedate: due, ...(labels.length > 0 && { labels }) };
  let answer = await ask('POST', 'issue', { fields: { ...needed, ...wished } });
  const unknown = new Set(fieldsRefused(answer));
  // A project may have taken a field off its screen. The issue is worth more than the field.
  if ([...unknown].some((name) => name in wished)) {
    const left = Object.entries(wished).filter(([name]) => !unknown.has(name));
    answer = await ask('POST', 'issue', { fields: { ...needed, ...Object.fromEntries(left) } });
  }
  const made = readAnswer(answer, Made, WORDS);
  return made.kind === 'done' ? { kind: 'done', value: issueOf(options, made.value) } : made;
}

function fieldsRefused(answer: OutgoingAnswer): readonly string[] {
  if (answer.kind !== 'answered' || answer.status !== 400) return [];
  return Object.keys(Refused.safeParse(answer.json).data?.errors ?? {});
}

function issueOf({ url }: JiraOptions, { id, key }: z.output<typeof Made>): Issue {
  return { remoteId: id, key, url: `${url.href.replace(/\/$/, '')}/browse/${encodeURIComponent(key)}` };
}

/** In Atlassian's document format a text is only a text, so nothing in it is escaped. */
function documentOf(lines: readonly IssueLine[], mark: string) {
  const paragraphs = lines.map(({ label, text, url }) => ({
    type: 'paragraph',
    content: [
      { type: 'text', text: `${label}: `, marks: [{ type: 'strong' }] },
      // An empty text is refused.
      { type: 'text', text: text || '-', ...(url !== '' && { marks: [{ type: 'link', attrs: { href: url } }] }) },
    ],
  }));
  const last = { type: 'paragraph', content: [{ type: 'text', text: `spanhound ${mark}` }] };
  return { type: 'doc', version: 1, content: [...paragraphs, last] };
}

const Searched = z.object({
  issues: z.array(Made.extend({ fields: z.object({ description: z.unknown() }).nullish().catch(undefined) })),
  nextPageToken: z.string().nullish().catch(undefined),
});

/** What an earlier attempt left; undefined if it left nothing. The search matches words, so the mark is compared here. */
async function find(ask: Ask, { place, mark }: IssueDraft, options: JiraOptions): Promise<Tried<Issue> | undefined> {
  const asked = {
    jql: `project = "${place}" AND description ~ "${mark}"`,
    fields: ['description'],
    maxResults: PER_PAGE,
  };
  let nextPageToken: string | undefined;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await ask('POST', 'search/jql', { ...asked, ...(nextPageToken && { nextPageToken }) });
    const listed = readAnswer(answer, Searched, WORDS);
    if (listed.kind !== 'done') return unanswered(listed, TITLE);
    const found = listed.value.issues.find(({ fields }) => JSON.stringify(fields?.description ?? '').includes(mark));
    if (found !== undefined) return { kind: 'done', value: issueOf(options, found) };
    nextPageToken = listed.value.nextPageToken ?? undefined;
    if (nextPageToken === undefined) return undefined;
  }
  return { kind: 'ambiguous', reason: `${TITLE} has too many issues to search. Look there, and close what is double.` };
}

const Comments = z.object({ comments: z.array(z.object({ body: z.unknown() })) });

async function applied(ask: Ask, change: IssueChange): Promise<Tried<'changed' | 'gone'>> {
  const { place, remoteId, state, comment, mark, isUncertain } = change;
  const path = `issue/${encodeURIComponent(remoteId)}`;
  const answer = await ask('GET', `${path}?fields=status,resolution`);
  if (isMissing(answer)) return await gone(ask, place);
  const standing = readAnswer(answer, Standing, WORDS);
  if (standing.kind !== 'done') return standing;
  // An earlier attempt, or a person, may have done it.
  if ((stateOf(standing.value) === 'open') !== (state === 'open')) {
    const moved = await move(ask, path, { state, from: standing.value.fields.status.name });
    if (moved !== undefined) return moved;
  }
  if (isUncertain) {
    const said = readAnswer(
      await ask('GET', `${path}/comment?orderBy=-created&maxResults=${PER_PAGE}`),
      Comments,
      WORDS,
    );
    if (said.kind !== 'done') return unanswered(said, TITLE);
    if (said.value.comments.some(({ body }) => JSON.stringify(body ?? '').includes(mark)))
      return { kind: 'done', value: 'changed' };
  }
  const body = documentOf(comment.lines, mark);
  const commented = readAnswer(await ask('POST', `${path}/comment`, { body }), z.object({ id: z.string() }), WORDS);
  // Who may not comment may have moved it all the same, and the state is what counts.
  return commented.kind === 'done' || commented.kind === 'refused' ? { kind: 'done', value: 'changed' } : commented;
}

const Transitions = z.object({
  transitions: z.array(z.object({ id: z.string(), name: z.string().catch(''), to: Status })),
});
type Transition = z.output<typeof Transitions>['transitions'][number];

/** Undefined if it is done. */
async function move(
  ask: Ask,
  path: string,
  { state, from }: Readonly<{ state: ItemState; from: string }>,
): Promise<NotPublished | undefined> {
  const listed = readAnswer(await ask('GET', `${path}/transitions`), Transitions, WORDS);
  if (listed.kind !== 'done') return unanswered(listed, TITLE);
  const transition = chosen(listed.value.transitions, state);
  if (transition === undefined) {
    const where = state === 'open' ? 'an open status' : 'a status of the category Done';
    return { kind: 'refused', reason: `${TITLE} has no way from “${from}” to ${where}. Move the issue there by hand.` };
  }
  const moved = readAnswer(
    await ask('POST', `${path}/transitions`, { transition: { id: transition.id } }),
    z.unknown(),
    WORDS,
  );
  return moved.kind === 'done' ? undefined : moved;
}

function chosen(transitions: readonly Transition[], state: ItemState): Transition | undefined {
  const category = ({ to }: Transition) => to.statusCategory.key;
  if (state === 'open')
    return (
      transitions.find((one) => category(one) === 'new') ?? transitions.find((one) => category(one) === 'indeterminate')
    );
  const ends = transitions.filter((one) => category(one) === 'done');
  const fits = ({ name, to }: Transition) => soundsDropped(`${name} ${to.name}`) === (state === 'dropped');
  return ends.find(fits) ?? ends[0];
}

function stateOf({ fields: { status, resolution } }: z.output<typeof Standing>): ItemState {
  if (status.statusCategory.key !== 'done') return 'open';
  return soundsDropped(`${status.name} ${resolution?.name ?? ''}`) ? 'dropped' : 'done';
}

/** The other ends of a workflow, by the names that teams give them. */
function soundsDropped(name: string): boolean {
  return /won.?t|cancel|reject|declin|duplicate|obsolete|abandon|not planned|invalid/i.test(name);
}

/** If the user sees the project: it may hide the issue. */
async function gone(ask: Ask, place: string): Promise<Tried<'gone'>> {
  return goneFrom(readAnswer(await ask('GET', `project/${place}`), z.object({ id: z.string() }), WORDS), TITLE);
}

const Fetched = z.object({ issues: z.array(z.unknown()) });

/** All at once; those that are not in the answer are missing, or in another form than expected. */
async function look(ask: Ask, issues: Parameters<IssueTracker['look']>[0]): Promise<Looked> {
  const states = new Map<string, IssueState>();
  const issueIdsOrKeys = issues.map(({ remoteId }) => remoteId);
  const answer = await ask('POST', 'issue/bulkfetch', { issueIdsOrKeys, fields: ['status', 'resolution'] });
  const fetched = readAnswer(answer, Fetched, WORDS);
  if (fetched.kind !== 'done') return { states, problem: problemOf(fetched, TITLE) };
  const known = new Set<string>();
  for (const one of fetched.value.issues) {
    const read = Standing.safeParse(one).data;
    known.add(z.object({ id: z.string() }).safeParse(one).data?.id ?? '');
    if (read !== undefined) states.set(read.id, stateOf(read));
  }
  const missing = issues.filter(({ remoteId }) => !known.has(remoteId));
  let problem = '';
  for (const [place, those] of Map.groupBy(missing, (one) => one.place)) {
    const looked = await gone(ask, place);
    if (looked.kind !== 'done') problem ||= problemOf(looked, TITLE);
    else for (const { remoteId } of those) states.set(remoteId, 'gone');
  }
  if (problem !== '') return { states, problem };
  const isUnread = states.size < issues.length;
  return { states, problem: isUnread ? `${TITLE} describes some issues in an unknown form.` : '' };
}

const Types = z.object({ issueTypes: z.array(z.object({ name: z.string() })) });

/** Reads what may be created in each project, and changes nothing. */
export async function checkJira(options: JiraOptions, signal: AbortSignal): Promise<Health> {
  const ask = asker(options, signal);
  const names = [...new Set(options.places.map(({ path }) => path))];
  for (const place of names) {
    const read = readAnswer(await ask('GET', `issue/createmeta/${place}/issuetypes?maxResults=100`), Types, WORDS);
    if (read.kind !== 'done') return failed(`cannot read the project ${place}`, problemOf(read, TITLE));
    const types = read.value.issueTypes.map(({ name }) => name);
    if (!types.includes(options.issueType))
      return failed(
        `${place} has no type ${options.issueType} that this user may create`,
        `Set JIRA_ISSUE_TYPE to one of: ${types.join(', ') || 'none'}.`,
      );
  }
  return { ok: true, detail: `creates issues for action items in ${names.join(', ')}`, remedy: '' };
}
