/**
 * Postmortems in a repository of GitHub, by pull request. Trees and blobs have their content as their name, so that files
 * which are there already make no commit.
 * https://docs.github.com/en/rest/git and https://docs.github.com/en/rest/pulls
 */
import { z } from 'zod';
import { failed, problemOf, readAnswer, readOptional } from '#adapters/issue-answers.ts';
import {
  type BaseBranch,
  byRequest,
  type CodeHost,
  committedThere,
  EMPTY,
  isOfOthers,
  listedRequests,
  type MergeRequest,
  type Opening,
  openOrNewest,
  overtaken,
  type RepositoryOptions,
  repositoryAsker,
  type SentFile,
  textOf,
  type Writing,
} from '#adapters/merge-request.ts';
import type { Ask, OutgoingAnswer } from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import type { PostmortemTarget } from '#model/incident/postmortem-target.ts';

const TITLE = 'GitHub';

const WORDS = {
  title: TITLE,
  what: 'the postmortem',
  credentials:
    'Check GITHUB_POSTMORTEMS_TOKEN: it needs Contents and Pull requests, both read and write, for this repository.',
  address: 'Check GITHUB_POSTMORTEMS, and that the token sees this repository.',
  api: 'GITHUB_API_URL',
};

const Repository = z.object({
  default_branch: z.string().min(1),
  html_url: z.string(),
  archived: z.boolean().nullish(),
  permissions: z.object({ push: z.boolean().nullish() }).nullish(),
});
const Named = z.object({ sha: z.string().min(7) });
const Ref = z.object({ object: Named });
const Commit = z.object({ tree: Named, message: z.string() });
const Pull = z.object({
  number: z.number().int(),
  html_url: z.string(),
  state: z.string(),
  head: z.object({ ref: z.string() }),
});

export function githubPostmortems(options: RepositoryOptions): PostmortemTarget {
  return {
    id: 'github',
    title: TITLE,
    ...byRequest((signal) => hostOf(askerOf(options, signal), options.place), options.folder),
  };
}

function askerOf(options: RepositoryOptions, signal: AbortSignal): Ask {
  const { url, place } = options;
  const headers = {
    accept: 'application/vnd.github+json',
    'user-agent': 'spanhound',
    'x-github-api-version': '2022-11-28',
  };
  return repositoryAsker(options, { base: `${url.href.replace(/\/$/, '')}/repos/${place}`, headers }, signal);
}

function hostOf(ask: Ask, place: string): CodeHost {
  return {
    title: TITLE,
    base: () => baseOf(ask, place),
    requestOf: (branch) => requestOf(ask, place, branch),
    write: (writing) => write(ask, writing),
    open: (opening) => open(ask, opening),
    head: (branch) => headOf(ask, branch),
    file: (path, commit) => fileOf(ask, path, commit),
    fileUrl: ({ webUrl, branch }, path) => `${webUrl}/blob/${encodeURI(branch)}/${encodeURI(path)}`,
    keyOf: ({ number }) => `${place}#${number}`,
  };
}

async function baseOf(ask: Ask, place: string): Promise<Tried<BaseBranch>> {
  const read = readAnswer(await ask('GET', ''), Repository, WORDS);
  if (read.kind !== 'done') return read;
  const { default_branch: branch, html_url: webUrl, archived } = read.value;
  if (archived === true) return { kind: 'refused', reason: `${place} is archived. ${ANOTHER}` };
  return { kind: 'done', value: { branch, webUrl } };
}

const ANOTHER = 'Name another repository in GITHUB_POSTMORTEMS.';

/** A `head` that GitHub cannot read filters nothing, so the branch is compared. */
async function requestOf(ask: Ask, place: string, branch: string): Promise<Tried<MergeRequest | undefined>> {
  const [owner = ''] = place.split('/');
  const head = encodeURIComponent(`${owner}:${branch}`);
  const read = await listedRequests(ask, `/pulls?state=all&head=${head}&sort=created&direction=desc`, Pull, WORDS);
  if (read.kind !== 'done') return read;
  const own = read.value.filter((pull) => pull.head.ref === branch).map(requestIn);
  return { kind: 'done', value: openOrNewest(own) };
}

function requestIn({ number, html_url: url, state }: z.output<typeof Pull>): MergeRequest {
  return { number, url, isOpen: state === 'open' };
}

async function write(ask: Ask, { base, branch, files, message, taken }: Writing): Promise<Tried<'written' | 'there'>> {
  const own = await headOf(ask, branch);
  if (own.kind !== 'done') return own;
  const parent = own.value === undefined ? await headOf(ask, base.branch) : own;
  if (parent.kind !== 'done') return parent;
  if (parent.value === undefined) return { kind: 'refused', reason: EMPTY };
  const before = readAnswer(await ask('GET', `/git/commits/${parent.value}`), Commit, WORDS);
  if (before.kind !== 'done') return before;
  const tree = await treeWith(ask, before.value.tree.sha, files);
  if (tree.kind !== 'done') return tree;
  if (tree.value === before.value.tree.sha)
    return { kind: 'done', value: own.value === undefined ? 'there' : 'written' };
  const newest = { id: own.value, title: before.value.message };
  if (own.value !== undefined && isOfOthers(newest, { message, taken })) return committedThere('pull');
  const commit = { message, tree: tree.value, parents: [parent.value] };
  const made = readAnswer(await ask('POST', '/git/commits', commit), Named, WORDS);
  if (made.kind !== 'done') return made;
  const { sha } = made.value;
  const moved =
    own.value === undefined
      ? await ask('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha })
      : await ask('PATCH', `/git/refs/heads/${branch}`, { sha, force: false });
  if (isSaid(moved, /already exists|not a fast.forward/i)) return overtaken(TITLE);
  const read = readAnswer(moved, Ref, WORDS);
  return read.kind === 'done' ? { kind: 'done', value: 'written' } : read;
}

/** Undefined if there is no such branch. An empty repository answers with 409. */
async function headOf(ask: Ask, branch: string): Promise<Tried<string | undefined>> {
  const answer = await ask('GET', `/git/ref/heads/${encodeURI(branch)}`);
  if (answer.kind === 'answered' && (answer.status === 404 || answer.status === 409))
    return { kind: 'done', value: undefined };
  const read = readAnswer(answer, Ref, WORDS);
  return read.kind === 'done' ? { kind: 'done', value: read.value.object.sha } : read;
}

const File = z.object({ encoding: z.literal('base64'), content: z.string() });

/** GitHub gives no content of a file that is larger than 1 MB. */
async function fileOf(ask: Ask, path: string, commit: string): Promise<Tried<string | undefined>> {
  const answer = await ask('GET', `/contents/${encodeURI(path)}?ref=${encodeURIComponent(commit)}`);
  const read = readOptional(answer, File, WORDS);
  if (read.kind !== 'done') return read;
  return { kind: 'done', value: read.value && textOf(read.value.content) };
}

async function treeWith(ask: Ask, base: string, files: readonly SentFile[]): Promise<Tried<string>> {
  const tree: object[] = [];
  for (const { path, content } of files) {
    const entry = { path, mode: '100644', type: 'blob' };
    if (typeof content === 'string') {
      tree.push({ ...entry, content });
      continue;
    }
    const blob = { content: Buffer.from(content).toString('base64'), encoding: 'base64' };
    const made = readAnswer(await ask('POST', '/git/blobs', blob), Named, WORDS);
    if (made.kind !== 'done') return made;
    tree.push({ ...entry, sha: made.value.sha });
  }
  const made = readAnswer(await ask('POST', '/git/trees', { base_tree: base, tree }), Named, WORDS);
  return made.kind === 'done' ? { kind: 'done', value: made.value.sha } : made;
}

async function open(ask: Ask, { base, branch, title, body }: Opening): Promise<Tried<MergeRequest | 'there'>> {
  const answer = await ask('POST', '/pulls', { title, head: branch, base: base.branch, body });
  if (isSaid(answer, /no commits between/i)) return { kind: 'done', value: 'there' };
  // The next attempt finds it.
  if (isSaid(answer, /pull request already exists/i)) return overtaken(TITLE);
  const read = readAnswer(answer, Pull, WORDS);
  return read.kind === 'done' ? { kind: 'done', value: requestIn(read.value) } : read;
}

function isSaid(answer: OutgoingAnswer, words: RegExp): boolean {
  return answer.kind === 'answered' && answer.status === 422 && words.test(answer.said);
}

/** Reads the repository, and changes nothing. Only a commit shows whether the token may write one. */
export async function checkGitHubPostmortems(options: RepositoryOptions, signal: AbortSignal): Promise<Health> {
  const ask = askerOf(options, signal);
  const { place, folder } = options;
  const read = readAnswer(await ask('GET', ''), Repository, WORDS);
  if (read.kind !== 'done') return failed(`cannot read ${place}`, problemOf(read, TITLE));
  if (read.value.archived === true) return failed(`${place} is archived`, ANOTHER);
  if (read.value.permissions?.push === false) return failed(`may not write to ${place}`, WORDS.credentials);
  const listed = readAnswer(await ask('GET', '/pulls?per_page=1'), z.array(z.unknown()), WORDS);
  if (listed.kind !== 'done') return failed(`cannot read the pull requests of ${place}`, problemOf(listed, TITLE));
  return { ok: true, detail: `sends postmortems to ${folder}/ of ${place}`, remedy: '' };
}
