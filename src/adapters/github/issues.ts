/**
 * Issues of action items in GitHub. GitHub has no key against duplicates, so each issue and each comment carries a mark
 * that nobody sees: after an attempt without an answer, the newest issues of the repository are searched for it.
 * https://docs.github.com/en/rest/issues
 */

import { z } from 'zod';
import {
  commentOnce,
  failed,
  goneFrom,
  hiddenMark,
  problemOf,
  readAnswer,
  searchPages,
} from '#adapters/issue-answers.ts';
import { type Ask, jsonAsker, type OutgoingAnswer } from '#adapters/outgoing.ts';
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

export type GitHubIssuesOptions = Readonly<{
  url: URL;
  token: string;
  places: readonly IssuePlace[];
  labels: readonly string[];
  timeoutMs?: number;
}>;

const TITLE = 'GitHub';
/** Two clocks differ. */
const CLOCK_US = 300_000_000;

const WORDS = {
  title: TITLE,
  what: 'the issue',
  credentials: 'Check GITHUB_ISSUES_TOKEN: it needs Issues, read and write, for this repository.',
  address: 'Check GITHUB_ISSUES, that the repository has issues, and that the token sees it.',
  api: 'GITHUB_API_URL',
};

const Found = z.object({
  number: z.number().int(),
  html_url: z.string().nullish().catch(undefined),
  body: z.string().nullish().catch(undefined),
  state: z.string(),
  state_reason: z.string().nullish().catch(undefined),
  created_at: z.iso.datetime({ offset: true }),
});
type Found = z.output<typeof Found>;

export function githubIssues(options: GitHubIssuesOptions): IssueTracker {
  return {
    id: 'github',
    title: TITLE,
    places: options.places,
    create: async (draft, signal) => await create(asker(options, signal), draft, options.labels),
    change: async (change, signal) => await applied(asker(options, signal), change),
    look: async (issues, signal) => await look(asker(options, signal), issues),
  };
}

function asker({ url, token, timeoutMs }: GitHubIssuesOptions, signal: AbortSignal): Ask {
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'application/vnd.github+json',
    'user-agent': 'spanhound',
    'x-github-api-version': '2022-11-28',
  };
  return jsonAsker({ base: `${url.href.replace(/\/$/, '')}/repos/`, headers, secrets: [token], timeoutMs }, signal);
}

async function create(ask: Ask, draft: IssueDraft, labels: readonly string[]): Promise<Tried<Issue>> {
  const { place, title, markdown, mark, isUncertain } = draft;
  const earlier = isUncertain ? await find(ask, draft) : undefined;
  if (earlier !== undefined) return earlier;
  const body = `${markdown}\n\n${hiddenMark(mark)}`;
  const answer = await ask('POST', `${place}/issues`, { title, body, ...(labels.length > 0 && { labels }) });
  const made = readAnswer(answer, Found, WORDS);
  return made.kind === 'done' ? { kind: 'done', value: issueOf(place, made.value) } : made;
}

function issueOf(place: string, { number, html_url }: Found): Issue {
  const key = `${place}#${number}`;
  return { remoteId: key, key, url: html_url ?? '' };
}

/** `acme/shop#12` → `acme/shop/issues/12` */
function pathOf(remoteId: string): string {
  return remoteId.replace('#', '/issues/');
}

/** What an earlier attempt left; undefined if it left nothing. */
async function find(ask: Ask, { place, mark, sinceUs }: IssueDraft): Promise<Tried<Issue> | undefined> {
  const since = isoFromUs(sinceUs - CLOCK_US);
  const path = `${place}/issues?state=all&sort=created&direction=desc&since=${since}`;
  const found = await searchPages(ask, path, {
    form: Found,
    words: WORDS,
    isIt: ({ body }) => body?.includes(hiddenMark(mark)) === true,
    isOlder: ({ created_at }) => Date.parse(created_at) < Date.parse(since),
  });
  if (found.kind !== 'done') return found;
  return found.value === undefined ? undefined : { kind: 'done', value: issueOf(place, found.value) };
}

/** The state comes first: sending it twice is once. So only the comment needs a search. */
async function applied(ask: Ask, change: IssueChange): Promise<Tried<'changed' | 'gone'>> {
  const { place, remoteId, state } = change;
  const path = pathOf(remoteId);
  const json =
    state === 'open'
      ? { state: 'open', state_reason: 'reopened' }
      : { state: 'closed', state_reason: state === 'done' ? 'completed' : 'not_planned' };
  const answer = await ask('PATCH', path, json);
  if (isMissing(answer)) return await gone(ask, place);
  const changed = readAnswer(answer, z.object({ state: z.string() }), WORDS);
  if (changed.kind !== 'done') return changed;
  return await commentOnce(ask, `${path}/comments`, { ...change, words: WORDS });
}

/** Deleted: 410. Moved to another repository: 301. Hidden from the token: 404, as if it had never been there. */
function isMissing(answer: OutgoingAnswer): boolean {
  return answer.kind === 'answered' && [301, 404, 410].includes(answer.status);
}

/** If the token sees the repository: it may hide the issue. */
async function gone(ask: Ask, place: string): Promise<Tried<'gone'>> {
  return goneFrom(readAnswer(await ask('GET', place), z.object({ id: z.number() }), WORDS), TITLE);
}

async function look(ask: Ask, issues: Parameters<IssueTracker['look']>[0]): Promise<Looked> {
  const states = new Map<string, IssueState>();
  const problems = new Map<string, string>();
  for (const { place, remoteId } of issues) {
    if (problems.has(place)) continue;
    const answer = await ask('GET', pathOf(remoteId));
    const read = isMissing(answer)
      ? await gone(ask, place)
      : readAnswer(answer, Found.pick({ state: true, state_reason: true }), WORDS);
    // The next issue of this repository would get the same answer.
    if (read.kind !== 'done') problems.set(place, problemOf(read, TITLE));
    else states.set(remoteId, read.value === 'gone' ? 'gone' : stateOf(read.value));
  }
  return { states, problem: [...problems.values()][0] ?? '' };
}

function stateOf({ state, state_reason }: Pick<Found, 'state' | 'state_reason'>): IssueState {
  if (state !== 'closed') return 'open';
  return state_reason === 'not_planned' || state_reason === 'duplicate' ? 'dropped' : 'done';
}

const Repository = z.object({ has_issues: z.boolean().nullish(), archived: z.boolean().nullish() });

/** Reads each repository, and changes nothing. Only an issue shows whether the token may write one. */
export async function checkGitHubIssues(options: GitHubIssuesOptions, signal: AbortSignal): Promise<Health> {
  const ask = asker(options, signal);
  const names = [...new Set(options.places.map(({ path }) => path))];
  for (const place of names) {
    const seen = readAnswer(await ask('GET', place), Repository, WORDS);
    if (seen.kind !== 'done') return failed(`cannot read ${place}`, problemOf(seen, TITLE));
    if (seen.value.has_issues === false) return failed(`${place} has no issues`, 'Turn on Issues in its settings.');
    if (seen.value.archived === true)
      return failed(`${place} is archived`, 'Name another repository in GITHUB_ISSUES.');
    const listed = readAnswer(await ask('GET', `${place}/issues?per_page=1`), z.array(z.unknown()), WORDS);
    if (listed.kind !== 'done') return failed(`cannot read the issues of ${place}`, problemOf(listed, TITLE));
  }
  return { ok: true, detail: `creates issues for action items in ${names.join(', ')}`, remedy: '' };
}
