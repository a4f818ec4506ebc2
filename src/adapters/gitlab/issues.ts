/**
 * Issues of action items in GitLab. GitLab has no key against duplicates, so each issue and each comment carries a mark
 * that nobody sees: after an attempt without an answer, the project is searched for it.
 * https://docs.gitlab.com/api/issues/
 */
import { z } from 'zod';
import { failed, problemOf, readAnswer, unanswered } from '#adapters/issue-answers.ts';
import { type Outgoing, type OutgoingAnswer, sendOut } from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
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

export type GitLabIssuesOptions = Readonly<{
  url: URL;
  token: string;
  places: readonly IssuePlace[];
  labels: readonly string[];
  timeoutMs?: number;
}>;

const TITLE = 'GitLab';
const TIMEOUT_MS = 10_000;
const PER_PAGE = 100;
/** An attempt that is searched for is minutes old, and at most a day. */
const MOST_PAGES = 10;
/** Two clocks differ. */
const CLOCK_US = 300_000_000;

const WORDS = {
  title: TITLE,
  what: 'the issue',
  credentials: 'Check GITLAB_ISSUES_TOKEN: it needs the scope api and, in this project, the role Planner or Reporter.',
  address: 'Check GITLAB_ISSUES and GITLAB_URL, that the project has issues, and that the token sees it.',
  api: 'GITLAB_URL',
};

const Found = z.object({
  iid: z.number().int(),
  state: z.string(),
  web_url: z.string().nullish().catch(undefined),
  description: z.string().nullish().catch(undefined),
  moved_to_id: z.number().nullish().catch(undefined),
});
type Found = z.output<typeof Found>;
const Note = z.object({ body: z.string().nullish() });

type Ask = (method: Outgoing['method'], path: string, json?: unknown) => Promise<OutgoingAnswer>;

export function gitlabIssues(options: GitLabIssuesOptions): IssueTracker {
  return {
    id: 'gitlab',
    title: TITLE,
    places: options.places,
    create: async (draft, signal) => await create(asker(options, signal), draft, options.labels),
    change: async (change, signal) => await applied(asker(options, signal), change),
    look: async (issues, signal) => await look(asker(options, signal), issues),
  };
}

function asker(
  { url, token, timeoutMs = TIMEOUT_MS }: Pick<GitLabIssuesOptions, 'url' | 'token' | 'timeoutMs'>,
  signal: AbortSignal,
): Ask {
  const base = `${url.origin}${url.pathname.replace(/\/$/, '')}/api/v4/projects`;
  return async (method, path, json) =>
    await sendOut(
      {
        method,
        url: `${base}/${path}`,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          'content-type': 'application/json',
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        secrets: [token],
        timeoutMs,
      },
      signal,
    );
}

/** A project is named by its path, encoded as one part. */
function projectOf(place: string): string {
  return encodeURIComponent(place);
}

async function create(ask: Ask, draft: IssueDraft, labels: readonly string[]): Promise<Tried<Issue>> {
  const { place, title, markdown, mark, due, isUncertain } = draft;
  const earlier = isUncertain ? await find(ask, draft) : undefined;
  if (earlier !== undefined) return earlier;
  const description = `${markdown}\n\n${hidden(mark)}`;
  const more = labels.length === 0 ? {} : { labels: labels.join(',') };
  const answer = await ask('POST', `${projectOf(place)}/issues`, { title, description, due_date: due, ...more });
  const made = readAnswer(answer, Found, WORDS);
  return made.kind === 'done' ? { kind: 'done', value: issueOf(place, made.value) } : made;
}

/** Markdown shows no comments. */
function hidden(mark: string): string {
  return `<!-- spanhound:${mark} -->`;
}

function issueOf(place: string, { iid, web_url }: Found): Issue {
  const key = `${place}#${iid}`;
  return { remoteId: key, key, url: web_url ?? '' };
}

function iidOf(remoteId: string): string {
  return remoteId.slice(remoteId.lastIndexOf('#') + 1);
}

/** What an earlier attempt left; undefined if it left nothing. */
async function find(ask: Ask, { place, mark, sinceUs }: IssueDraft): Promise<Tried<Issue> | undefined> {
  const since = new Date((sinceUs - CLOCK_US) / 1_000).toISOString();
  const path = `${projectOf(place)}/issues?scope=all&created_after=${since}`;
  const found = await search(ask, path, Found, ({ description }) => description?.includes(hidden(mark)) === true);
  if (found.kind !== 'done') return found;
  return found.value === undefined ? undefined : { kind: 'done', value: issueOf(place, found.value) };
}

/** Page after page; undefined if the list does not have it. */
async function search<One>(
  ask: Ask,
  path: string,
  form: z.ZodType<One>,
  isIt: (one: One) => boolean,
): Promise<Tried<One | undefined>> {
  const separator = path.includes('?') ? '&' : '?';
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await ask('GET', `${path}${separator}per_page=${PER_PAGE}&page=${page}`);
    const listed = readAnswer(answer, z.array(form), WORDS);
    if (listed.kind !== 'done') return unanswered(listed, TITLE);
    const found = listed.value.find(isIt);
    if (found !== undefined || listed.value.length < PER_PAGE) return { kind: 'done', value: found };
  }
  return {
    kind: 'ambiguous',
    reason: `${TITLE} has too many new ones to search. Look there, and close what is double.`,
  };
}

/** The state comes first: sending it twice is once. So only the comment needs a search. */
async function applied(ask: Ask, change: IssueChange): Promise<Tried<'changed' | 'gone'>> {
  const { place, remoteId, state, comment, mark, isUncertain } = change;
  const path = `${projectOf(place)}/issues/${iidOf(remoteId)}`;
  const answer = await ask('PUT', path, { state_event: state === 'open' ? 'reopen' : 'close' });
  if (answer.kind === 'answered' && answer.status === 404)
    return (await isThere(ask, place)) ?? { kind: 'done', value: 'gone' };
  const changed = readAnswer(answer, z.object({ state: z.string() }), WORDS);
  if (changed.kind !== 'done') return changed;
  if (isUncertain) {
    const said = await search(ask, `${path}/notes`, Note, ({ body }) => body?.includes(hidden(mark)) === true);
    if (said.kind !== 'done') return said;
    if (said.value !== undefined) return { kind: 'done', value: 'changed' };
  }
  const body = `${comment.markdown}\n\n${hidden(mark)}`;
  const commented = readAnswer(await ask('POST', `${path}/notes`, { body }), Note, WORDS);
  // A locked issue takes no comment. Its state is what counts.
  return commented.kind === 'done' || commented.kind === 'refused' ? { kind: 'done', value: 'changed' } : commented;
}

/** Undefined if the token sees the project: then only the issue is missing. */
async function isThere(ask: Ask, place: string): Promise<NotPublished | undefined> {
  const seen = readAnswer(await ask('GET', projectOf(place)), z.object({ id: z.number() }), WORDS);
  return seen.kind === 'done' ? undefined : unanswered(seen, TITLE);
}

/** One list for each project. It says nothing about an issue that is not there any more. */
async function look(ask: Ask, issues: Parameters<IssueTracker['look']>[0]): Promise<Looked> {
  const states = new Map<string, IssueState>();
  const problems: string[] = [];
  for (const [place, wanted] of Map.groupBy(issues, ({ place }) => place)) {
    const iids = wanted.map(({ remoteId }) => `&iids[]=${iidOf(remoteId)}`).join('');
    const answer = await ask('GET', `${projectOf(place)}/issues?scope=all&per_page=${PER_PAGE}${iids}`);
    const listed = readAnswer(answer, z.array(Found.pick({ iid: true, state: true, moved_to_id: true })), WORDS);
    if (listed.kind !== 'done') problems.push(problemOf(listed, TITLE));
    const found = new Map((listed.kind === 'done' ? listed.value : []).map((one) => [`${one.iid}`, one]));
    for (const { remoteId } of listed.kind === 'done' ? wanted : []) {
      states.set(remoteId, stateOf(found.get(iidOf(remoteId))));
    }
  }
  return { states, problem: problems[0] ?? '' };
}

/** GitLab has one way to close an issue. A moved one goes on elsewhere. */
function stateOf(found: Pick<Found, 'state' | 'moved_to_id'> | undefined): IssueState {
  if (found === undefined || typeof found.moved_to_id === 'number') return 'gone';
  return found.state === 'closed' ? 'done' : 'open';
}

const Project = z.object({ issues_access_level: z.string().nullish(), archived: z.boolean().nullish() });

/** Reads each project, and changes nothing. Only an issue shows whether the token may write one. */
export async function checkGitLabIssues(options: GitLabIssuesOptions, signal: AbortSignal): Promise<Health> {
  const ask = asker(options, signal);
  const names = [...new Set(options.places.map(({ path }) => path))];
  for (const place of names) {
    const seen = readAnswer(await ask('GET', projectOf(place)), Project, WORDS);
    if (seen.kind !== 'done') return failed(`cannot read ${place}`, problemOf(seen, TITLE));
    if (seen.value.issues_access_level === 'disabled')
      return failed(`${place} has no issues`, 'Turn on Issues in its settings.');
    if (seen.value.archived === true) return failed(`${place} is archived`, 'Name another project in GITLAB_ISSUES.');
  }
  return { ok: true, detail: `creates issues for action items in ${names.join(', ')}`, remedy: '' };
}
