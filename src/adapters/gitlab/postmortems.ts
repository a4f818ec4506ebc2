/**
 * Postmortems in a project of GitLab, by merge request. A file that is there already is known by its checksum, so it is not
 * sent again.
 * https://docs.gitlab.com/api/commits/ and https://docs.gitlab.com/api/merge_requests/
 */
import { createHash } from 'node:crypto';
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

const TITLE = 'GitLab';

const WORDS = {
  title: TITLE,
  what: 'the postmortem',
  credentials: 'Check GITLAB_POSTMORTEMS_TOKEN: it needs the scope api and, in this project, the role Developer.',
  address: 'Check GITLAB_POSTMORTEMS and GITLAB_URL, and that the token sees this project.',
  api: 'GITLAB_URL',
};

const Access = z.object({ access_level: z.number().nullish() }).nullish();
const Project = z.object({
  // Null in a repository without a commit.
  default_branch: z.string().min(1).nullish(),
  web_url: z.string(),
  archived: z.boolean().nullish(),
  permissions: z.object({ project_access: Access, group_access: Access }).nullish(),
});
const Branch = z.object({ name: z.string(), commit: z.object({ id: z.string().nullish(), title: z.string() }) });
const File = z.object({
  content_sha256: z.string().min(1),
  last_commit_id: z.string().nullish(),
  content: z.string().nullish(),
});
const Commit = z.object({ id: z.string().min(7) });
const Request = z.object({
  iid: z.number().int(),
  web_url: z.string(),
  state: z.string(),
  source_branch: z.string(),
});

export function gitlabPostmortems(options: RepositoryOptions): PostmortemTarget {
  return {
    id: 'gitlab',
    title: TITLE,
    ...byRequest((signal) => hostOf(askerOf(options, signal), options.place), options.folder),
  };
}

function askerOf(options: RepositoryOptions, signal: AbortSignal): Ask {
  const { url, place } = options;
  const base = `${url.origin}${url.pathname.replace(/\/$/, '')}/api/v4/projects/${encodeURIComponent(place)}`;
  return repositoryAsker(options, { base }, signal);
}

function hostOf(ask: Ask, place: string): CodeHost {
  return {
    title: TITLE,
    base: () => baseOf(ask, place),
    requestOf: (branch) => requestOf(ask, branch),
    write: (writing) => write(ask, writing),
    open: (opening) => open(ask, opening),
    head: (branch) => headOf(ask, branch),
    file: (path, commit) => fileOf(ask, path, commit),
    fileUrl: ({ webUrl, branch }, path) => `${webUrl}/-/blob/${encodeURI(branch)}/${encodeURI(path)}`,
    keyOf: ({ number }) => `${place}!${number}`,
  };
}

async function baseOf(ask: Ask, place: string): Promise<Tried<BaseBranch>> {
  const read = readAnswer(await ask('GET', ''), Project, WORDS);
  if (read.kind !== 'done') return read;
  const { default_branch: branch, web_url: webUrl, archived } = read.value;
  if (archived === true) return { kind: 'refused', reason: `${place} is archived. ${ANOTHER}` };
  if (!branch) return { kind: 'refused', reason: EMPTY };
  return { kind: 'done', value: { branch, webUrl } };
}

const ANOTHER = 'Name another project in GITLAB_POSTMORTEMS.';

async function requestOf(ask: Ask, branch: string): Promise<Tried<MergeRequest | undefined>> {
  const search = `source_branch=${encodeURIComponent(branch)}&state=all&order_by=created_at&sort=desc`;
  const read = await listedRequests(ask, `/merge_requests?${search}`, Request, WORDS);
  if (read.kind !== 'done') return read;
  const own = read.value.filter(({ source_branch }) => source_branch === branch).map(requestIn);
  return { kind: 'done', value: openOrNewest(own) };
}

/** `locked`: it is being merged at this moment, and may come back. */
function requestIn({ iid: number, web_url: url, state }: z.output<typeof Request>): MergeRequest {
  return { number, url, isOpen: state === 'opened' || state === 'locked' };
}

async function write(ask: Ask, { base, branch, files, message, taken }: Writing): Promise<Tried<'written' | 'there'>> {
  // The project was read just before: what is missing is the branch or the file.
  const own = await branchOf(ask, branch);
  if (own.kind !== 'done') return own;
  const isNew = own.value === undefined;
  const changed = await actionsFor(ask, files, isNew ? base.branch : branch);
  if (changed.kind !== 'done') return changed;
  const actions = changed.value;
  if (actions.length === 0) return { kind: 'done', value: isNew ? 'there' : 'written' };
  if (own.value !== undefined && isOfOthers(own.value.commit, { message, taken })) return committedThere('merge');
  const commit = { branch, commit_message: message, actions, ...(isNew && { start_branch: base.branch }) };
  const answer = await ask('POST', '/repository/commits', commit);
  if (isOvertaken(answer)) return overtaken(TITLE);
  const made = readAnswer(answer, Commit, WORDS);
  return made.kind === 'done' ? { kind: 'done', value: 'written' } : made;
}

async function branchOf(ask: Ask, branch: string): Promise<Tried<z.output<typeof Branch> | undefined>> {
  return readOptional(await ask('GET', `/repository/branches/${encodeURIComponent(branch)}`), Branch, WORDS);
}

async function headOf(ask: Ask, branch: string): Promise<Tried<string | undefined>> {
  const read = await branchOf(ask, branch);
  return read.kind === 'done' ? { kind: 'done', value: read.value?.commit.id ?? undefined } : read;
}

async function fileOf(ask: Ask, path: string, commit: string): Promise<Tried<string | undefined>> {
  const read = await fileAt(ask, path, commit);
  if (read.kind !== 'done') return read;
  return { kind: 'done', value: read.value && textOf(read.value.content ?? '') };
}

async function fileAt(ask: Ask, path: string, ref: string): Promise<Tried<z.output<typeof File> | undefined>> {
  const asked = `/repository/files/${encodeURIComponent(path)}?ref=${encodeURIComponent(ref)}`;
  return readOptional(await ask('GET', asked), File, WORDS);
}

async function actionsFor(ask: Ask, files: Writing['files'], ref: string): Promise<Tried<object[]>> {
  const actions: object[] = [];
  for (const file of files) {
    const action = await actionFor(ask, file, ref);
    if (action.kind !== 'done') return action;
    if (action.value !== undefined) actions.push(action.value);
  }
  return { kind: 'done', value: actions };
}

/** Undefined if the file is there with these bytes. */
async function actionFor(ask: Ask, { path, content }: SentFile, ref: string): Promise<Tried<object | undefined>> {
  const found = await fileAt(ask, path, ref);
  if (found.kind !== 'done') return found;
  const bytes = Buffer.from(content);
  const sent = { file_path: path, content: bytes.toString('base64'), encoding: 'base64' };
  if (found.value === undefined) return { kind: 'done', value: { action: 'create', ...sent } };
  const { content_sha256, last_commit_id } = found.value;
  if (content_sha256 === createHash('sha256').update(bytes).digest('hex')) return { kind: 'done', value: undefined };
  // GitLab refuses it if somebody else changed the file since.
  return { kind: 'done', value: { action: 'update', ...sent, ...(last_commit_id && { last_commit_id }) } };
}

/** Its words for: the branch or the file came or changed since it was read. */
const OVERTAKEN = /already exists|has changed since|could not update refs/i;

function isOvertaken(answer: OutgoingAnswer): boolean {
  return answer.kind === 'answered' && answer.status === 400 && OVERTAKEN.test(answer.said);
}

/** 409: there is one already, and the next attempt finds it. */
async function open(ask: Ask, { base, branch, title, body }: Opening): Promise<Tried<MergeRequest | 'there'>> {
  const made = await ask('POST', '/merge_requests', {
    source_branch: branch,
    target_branch: base.branch,
    title,
    description: body,
    remove_source_branch: true,
  });
  const read = readAnswer(made, Request, WORDS);
  return read.kind === 'done' ? { kind: 'done', value: requestIn(read.value) } : read;
}

/** Maintainers and owners may do more. */
const DEVELOPER = 30;

/** Reads the project, and changes nothing. Only a commit shows whether the token may write one. */
export async function checkGitLabPostmortems(options: RepositoryOptions, signal: AbortSignal): Promise<Health> {
  const ask = askerOf(options, signal);
  const { place, folder } = options;
  const read = readAnswer(await ask('GET', ''), Project, WORDS);
  if (read.kind !== 'done') return failed(`cannot read ${place}`, problemOf(read, TITLE));
  const { archived, permissions } = read.value;
  if (archived === true) return failed(`${place} is archived`, ANOTHER);
  const levels = [permissions?.project_access, permissions?.group_access].flatMap((one) => one?.access_level ?? []);
  if (levels.length > 0 && Math.max(...levels) < DEVELOPER)
    return failed(`may not write to ${place}`, WORDS.credentials);
  const listed = readAnswer(await ask('GET', '/merge_requests?per_page=1'), z.array(z.unknown()), WORDS);
  if (listed.kind !== 'done') return failed(`cannot read the merge requests of ${place}`, problemOf(listed, TITLE));
  return { ok: true, detail: `sends postmortems to ${folder}/ of ${place}`, remedy: '' };
}
