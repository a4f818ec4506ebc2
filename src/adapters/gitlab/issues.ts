/**
 * Issues of action items in GitLab. GitLab has no key against duplicates, so each issue and each comment carries a mark
 * that nobody sees: after an attempt without an answer, the project is searched for it.
 * https://docs.gitlab.com/api/issues/
 */

import { z } from 'zod';
import {
  commentOnce,
  failed,
  goneFrom,
  hiddenMark,
  PER_PAGE,
  problemOf,
  readAnswer,
  searchPages,
} from '#adapters/issue-answers.ts';
import { type Ask, isMissing, jsonAsker } from '#adapters/outgoing.ts';
import { isoFromUs } from '#core/clock.ts';
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

export type GitLabIssuesOptions = Readonly<{
  url: URL;
  token: string;
  places: readonly IssuePlace[];
  labels: readonly string[];
  timeoutMs?: number;
}>;

const TITLE = 'GitLab';
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

function asker({ url, token, timeoutMs }: GitLabIssuesOptions, signal: AbortSignal): Ask {
  const base = `${url.origin}${url.pathname.replace(/\/$/, '')}/api/v4/projects/`;
  return jsonAsker({ base, headers: { authorization: `Bearer ${token}` }, secrets: [token], timeoutMs }, signal);
}

/** A project is named by its path, encoded as one part. */
function projectOf(place: string): string {
  return encodeURIComponent(place);
}

async function create(ask: Ask, draft: IssueDraft, labels: readonly string[]): Promise<Tried<Issue>> {
  const { place, title, markdown, mark, due, isUncertain } = draft;
  const earlier = isUncertain ? await find(ask, draft) : undefined;
  if (earlier !== undefined) return earlier;
  const description = `${markdown}\n\n${hiddenMark(mark)}`;
  const more = labels.length === 0 ? {} : { labels: labels.join(',') };
  const answer = await ask('POST', `${projectOf(place)}/issues`, { title, description, due_date: due, ...more });
  const made = readAnswer(answer, Found, WORDS);
  return made.kind === 'done' ? { kind: 'done', value: issueOf(place, made.value) } : made;
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
  const since = isoFromUs(sinceUs - CLOCK_US);
  const path = `${projectOf(place)}/issues?scope=all&created_after=${since}`;
  const found = await searchPages(ask, path, {
    form: Found,
    words: WORDS,
    isIt: ({ description }) => description?.includes(hiddenMark(mark)) === true,
  });
  if (found.kind !== 'done') return found;
  return found.value === undefined ? undefined : { kind: 'done', value: issueOf(place, found.value) };
}

/** The state comes first: sending it twice is once. So only the comment needs a search. */
async function applied(ask: Ask, change: IssueChange): Promise<Tried<'changed' | 'gone'>> {
  const { place, remoteId, state } = change;
  const path = `${projectOf(place)}/issues/${iidOf(remoteId)}`;
  const answer = await ask('PUT', path, { state_event: state === 'open' ? 'reopen' : 'close' });
  if (isMissing(answer)) return await gone(ask, place);
  const changed = readAnswer(answer, z.object({ state: z.string() }), WORDS);
  if (changed.kind !== 'done') return changed;
  return await commentOnce(ask, `${path}/notes`, { ...change, words: WORDS });
}

/** If the token sees the project: it may hide the issue. */
async function gone(ask: Ask, place: string): Promise<Tried<'gone'>> {
  return goneFrom(readAnswer(await ask('GET', projectOf(place)), z.object({ id: z.number() }), WORDS), TITLE);
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
