/**
 * Issues of action items in Jira, whose two editions differ in `cloud.ts` and `data-center.ts`. Jira has no key against
 * duplicates, so each description and each comment ends with a mark: after an attempt without an answer, the project is
 * searched for it. Statuses have other names in each project; their categories have not.
 */
import { z } from 'zod';
import { failed, goneFrom, problemOf, readAnswer, type TrackerWords, unanswered } from '#adapters/issue-answers.ts';
import { jsonText } from '#adapters/json-line.ts';
import { type Ask, isMissing, jsonAsker, type OutgoingAnswer } from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
import type { ItemState } from '#model/incident/incident.ts';
import type {
  Issue,
  IssueChange,
  IssueDraft,
  IssuePlace,
  IssueState,
  IssueTracker,
  Looked,
  Tried,
} from '#model/incident/issue-tracker.ts';
import type { NotPublished } from '#model/incident/status-page.ts';
import { jiraCloud } from './cloud.ts';
import { jiraDataCenter } from './data-center.ts';
import { type JiraEdition, JiraIssue, PER_PAGE, STATE_FIELDS, TITLE } from './edition.ts';

export type JiraOptions = Readonly<{
  url: URL;
  /** Whose token it is, in Jira Cloud. Undefined in Jira Data Center, where the token says it. */
  user: string | undefined;
  token: string;
  places: readonly IssuePlace[];
  issueType: string;
  labels: readonly string[];
  timeoutMs?: number;
}>;

/** Few issues have a mark of ours, and one has this mark. */
const MOST_PAGES = 5;

const Status = z.object({ name: z.string().catch(''), statusCategory: z.object({ key: z.string() }) });
const Standing = z.object({
  id: z.string(),
  fields: z.object({ status: Status, resolution: z.object({ name: z.string() }).nullish().catch(undefined) }),
});
const Refused = z.object({ errors: z.record(z.string(), z.unknown()) });

/** One conversation with one site. */
type Site = Readonly<{ ask: Ask; edition: JiraEdition; words: TrackerWords; options: JiraOptions }>;

export function jiraIssues(options: JiraOptions): IssueTracker {
  return {
    id: 'jira',
    title: TITLE,
    places: options.places,
    create: async (draft, signal) => await create(siteOf(options, signal), draft),
    change: async (change, signal) => await applied(siteOf(options, signal), change),
    look: async (issues, signal) => await look(siteOf(options, signal), issues),
  };
}

function siteOf(options: JiraOptions, signal: AbortSignal): Site {
  const { user, token } = options;
  const edition = user === undefined ? jiraDataCenter(token) : jiraCloud(user, token);
  return { ask: asker(options, edition, edition.api, signal), edition, words: edition.words, options };
}

function asker({ url, timeoutMs }: JiraOptions, edition: JiraEdition, api: string, signal: AbortSignal): Ask {
  const { authorization, secrets } = edition;
  return jsonAsker({ base: `${baseOf(url)}${api}`, headers: { authorization }, secrets, timeoutMs }, signal);
}

function baseOf(url: URL): string {
  return `${url.href.replace(/\/$/, '')}/`;
}

async function create(site: Site, draft: IssueDraft): Promise<Tried<Issue>> {
  const { place, title, lines, mark, due, isUncertain } = draft;
  const earlier = isUncertain ? await find(site, draft) : undefined;
  if (earlier !== undefined) return earlier;
  const { ask, edition, words, options } = site;
  const { labels, issueType } = options;
  const needed = {
    project: { key: place },
    issuetype: { name: issueType },
    summary: title,
    description: edition.textOf(lines, mark),
  };
  const wished = { duedate: due, ...(labels.length > 0 && { labels }) };
  let answer = await ask('POST', 'issue', { fields: { ...needed, ...wished } });
  const unknown = new Set(fieldsRefused(answer));
  // A project may have taken a field off its screen. The issue is worth more than the field.
  if ([...unknown].some((name) => name in wished)) {
    const left = Object.entries(wished).filter(([name]) => !unknown.has(name));
    answer = await ask('POST', 'issue', { fields: { ...needed, ...Object.fromEntries(left) } });
  }
  const made = readAnswer(answer, JiraIssue, words);
  return made.kind === 'done' ? { kind: 'done', value: issueOf(options, made.value) } : made;
}

function fieldsRefused(answer: OutgoingAnswer): readonly string[] {
  if (answer.kind !== 'answered' || answer.status !== 400) return [];
  return Object.keys(Refused.safeParse(answer.json).data?.errors ?? {});
}

function issueOf({ url }: JiraOptions, { id, key }: z.output<typeof JiraIssue>): Issue {
  return { remoteId: id, key, url: `${baseOf(url)}browse/${encodeURIComponent(key)}` };
}

/** What an earlier attempt left; undefined if it left nothing. The search matches words, so the mark is compared here. */
async function find({ ask, edition, options }: Site, { place, mark }: IssueDraft): Promise<Tried<Issue> | undefined> {
  const jql = `project = "${place}" AND description ~ "${mark}"`;
  let from = edition.firstPage;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const listed = await edition.search(ask, { jql, fields: ['description'], from });
    if (listed.kind !== 'done') return unanswered(listed, TITLE);
    const found = listed.value.issues.find(({ fields }) => jsonText(fields?.description).includes(mark));
    if (found !== undefined) return { kind: 'done', value: issueOf(options, found) };
    if (listed.value.next === undefined) return undefined;
    from = listed.value.next;
  }
  return { kind: 'ambiguous', reason: `${TITLE} has too many issues to search. Look there, and close what is double.` };
}

const Comments = z.object({ comments: z.array(z.object({ body: z.unknown() })) });

async function applied(site: Site, change: IssueChange): Promise<Tried<'changed' | 'gone'>> {
  const { ask, edition, words } = site;
  const { place, remoteId, state, comment, mark, isUncertain } = change;
  const path = `issue/${encodeURIComponent(remoteId)}`;
  const answer = await ask('GET', `${path}?fields=${STATE_FIELDS.join(',')}`);
  if (isMissing(answer)) return await gone(site, place);
  const standing = readAnswer(answer, Standing, words);
  if (standing.kind !== 'done') return standing;
  // An earlier attempt, or a person, may have done it.
  if ((stateOf(standing.value) === 'open') !== (state === 'open')) {
    const moved = await move(site, path, { state, from: standing.value.fields.status.name });
    if (moved !== undefined) return moved;
  }
  if (isUncertain) {
    const said = readAnswer(
      await ask('GET', `${path}/comment?orderBy=-created&maxResults=${PER_PAGE}`),
      Comments,
      words,
    );
    if (said.kind !== 'done') return unanswered(said, TITLE);
    if (said.value.comments.some(({ body }) => jsonText(body).includes(mark)))
      return { kind: 'done', value: 'changed' };
  }
  const body = edition.textOf(comment.lines, mark);
  const commented = readAnswer(await ask('POST', `${path}/comment`, { body }), z.object({ id: z.string() }), words);
  // Who may not comment may have moved it all the same, and the state is what counts.
  return commented.kind === 'done' || commented.kind === 'refused' ? { kind: 'done', value: 'changed' } : commented;
}

const Transitions = z.object({
  transitions: z.array(z.object({ id: z.string(), name: z.string().catch(''), to: Status })),
});
type Transition = z.output<typeof Transitions>['transitions'][number];

/** Undefined if it is done. */
async function move(
  { ask, words }: Site,
  path: string,
  { state, from }: Readonly<{ state: ItemState; from: string }>,
): Promise<NotPublished | undefined> {
  const listed = readAnswer(await ask('GET', `${path}/transitions`), Transitions, words);
  if (listed.kind !== 'done') return unanswered(listed, TITLE);
  const transition = chosen(listed.value.transitions, state);
  if (transition === undefined) {
    const where = state === 'open' ? 'an open status' : 'a status of the category Done';
    return { kind: 'refused', reason: `${TITLE} has no way from “${from}” to ${where}. Move the issue there by hand.` };
  }
  const moved = readAnswer(
    await ask('POST', `${path}/transitions`, { transition: { id: transition.id } }),
    z.unknown(),
    words,
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
async function gone({ ask, words }: Site, place: string): Promise<Tried<'gone'>> {
  return goneFrom(readAnswer(await ask('GET', `project/${place}`), z.object({ id: z.string() }), words), TITLE);
}

/** All at once; those that are not in the answer are missing, or in another form than expected. */
async function look(site: Site, issues: Parameters<IssueTracker['look']>[0]): Promise<Looked> {
  const states = new Map<string, IssueState>();
  const ids = issues.map(({ remoteId }) => remoteId);
  const fetched = await site.edition.fetch(site.ask, ids);
  if (fetched.kind !== 'done') return { states, problem: problemOf(fetched, TITLE) };
  const known = new Set<string>();
  for (const one of fetched.value) {
    const read = Standing.safeParse(one).data;
    known.add(z.object({ id: z.string() }).safeParse(one).data?.id ?? '');
    if (read !== undefined) states.set(read.id, stateOf(read));
  }
  const missing = issues.filter(({ remoteId }) => !known.has(remoteId));
  let problem = '';
  for (const [place, those] of Map.groupBy(missing, (one) => one.place)) {
    const looked = await gone(site, place);
    if (looked.kind !== 'done') problem ||= problemOf(looked, TITLE);
    else for (const { remoteId } of those) states.set(remoteId, 'gone');
  }
  if (problem !== '') return { states, problem };
  const isUnread = states.size < issues.length;
  return { states, problem: isUnread ? `${TITLE} describes some issues in an unknown form.` : '' };
}

const Server = z.object({ deploymentType: z.string() });

/** A problem if the server is of another edition than the settings say. Undefined if the edition fits or is unknown. */
async function wrongEdition(options: JiraOptions, { edition }: Site, signal: AbortSignal): Promise<Health | undefined> {
  // Both editions have this address, and neither asks who wants to know.
  const answer = await asker(options, edition, 'rest/api/2/', signal)('GET', 'serverInfo');
  const read = readAnswer(answer, Server, edition.words);
  if (read.kind !== 'done') return undefined;
  const isCloud = read.value.deploymentType === 'Cloud';
  if (isCloud === (options.user !== undefined)) return undefined;
  return isCloud
    ? failed('JIRA_URL is Jira Cloud, and JIRA_USER is missing', 'Set JIRA_USER, and JIRA_TOKEN to an API token of it.')
    : failed(
        'JIRA_URL is Jira Data Center, and JIRA_USER is set',
        'Remove JIRA_USER, and set JIRA_TOKEN to a personal access token.',
      );
}

/** Reads what may be created in each project, and changes nothing. */
export async function checkJira(options: JiraOptions, signal: AbortSignal): Promise<Health> {
  const site = siteOf(options, signal);
  const wrong = await wrongEdition(options, site, signal);
  if (wrong !== undefined) return wrong;
  const names = [...new Set(options.places.map(({ path }) => path))];
  for (const place of names) {
    const answer = await site.ask('GET', `issue/createmeta/${place}/issuetypes?maxResults=100`);
    const read = readAnswer(answer, site.edition.types, site.words);
    if (read.kind !== 'done') return failed(`cannot read the project ${place}`, problemOf(read, TITLE));
    if (!read.value.includes(options.issueType))
      return failed(
        `${place} has no type ${options.issueType} that this user may create`,
        `Set JIRA_ISSUE_TYPE to one of: ${read.value.join(', ') || 'none'}.`,
      );
  }
  return { ok: true, detail: `creates issues for action items in ${names.join(', ')}`, remedy: '' };
}
