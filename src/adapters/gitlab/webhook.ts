/**
 * GitLab's webhooks for pushes, merge requests, deployments, pipelines, releases and feature flags. A deployment is
 * recorded when it starts (`running`), with its environment; a pipeline reports the deployments of its jobs.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { secretsIn } from '#adapters/shared-secret.ts';
import type { ReadChanges } from '#adapters/system.ts';
import type { Proof } from '#core/webhook.ts';
import { type Change, changeInstant, deployText } from '#model/changes/change.ts';

const Project = z.object({
  name: z.string(),
  path_with_namespace: z.string(),
  web_url: z.string().prefault(''),
  default_branch: z.string().nullish(),
});
type Project = z.output<typeof Project>;
const Commit = z.object({
  id: z.string().min(7),
  message: z.string(),
  timestamp: z.string(),
  url: z.string().prefault(''),
  added: z.array(z.string()).prefault([]),
  removed: z.array(z.string()).prefault([]),
  modified: z.array(z.string()).prefault([]),
});
const GitLabEvent = z.discriminatedUnion('object_kind', [
  z.object({
    object_kind: z.literal('push'),
    ref: z.string(),
    commits: z.array(Commit).prefault([]),
    project: Project,
  }),
  z.object({
    object_kind: z.literal('deployment'),
    status: z.string(),
    /** `2021-04-28 21:50:00 +0200` */
    status_changed_at: z.string(),
    environment: z.string().prefault(''),
    short_sha: z.string().min(7),
    commit_title: z.string().nullish(),
    commit_url: z.string().nullish(),
    project: Project,
  }),
  z.object({
    object_kind: z.literal('merge_request'),
    object_attributes: z.object({
      action: z.string().nullish(),
      title: z.string(),
      iid: z.number(),
      target_branch: z.string(),
      merge_commit_sha: z.string().nullish(),
      /** `2016-08-12 15:23:28 UTC`, or ISO 8601. */
      updated_at: z.string(),
    }),
    project: Project,
  }),
  z.object({
    object_kind: z.literal('pipeline'),
    object_attributes: z.object({ sha: z.string().min(7) }),
    commit: z.object({ title: z.string().nullish() }).nullish(),
    builds: z
      .array(
        z.object({
          status: z.string(),
          started_at: z.string().nullish(),
          environment: z.object({ name: z.string(), action: z.string().nullish() }).nullish(),
        }),
      )
      .prefault([]),
    project: Project,
  }),
  z.object({
    object_kind: z.literal('release'),
    action: z.string(),
    name: z.string().nullish(),
    tag: z.string().min(1),
    released_at: z.string(),
    url: z.string().prefault(''),
    project: Project,
  }),
  z.object({
    object_kind: z.literal('feature_flag'),
    object_attributes: z.object({ name: z.string().min(1), active: z.boolean() }),
    project: Project,
  }),
]);
type GitLabEvent = z.output<typeof GitLabEvent>;

const KNOWN: ReadonlySet<string> = new Set(GitLabEvent.options.map(({ shape }) => shape.object_kind.value));
const Kind = z.object({ object_kind: z.string() });

type Reading = Readonly<{
  /** The time of an event without its own. */
  nowUs: number;
  /** Whether deploys to an environment count. */
  counts(environment: string): boolean;
}>;

export function readGitLabEvent(body: unknown, reading: Reading): ReadChanges {
  const kind = Kind.safeParse(body);
  if (kind.success && !KNOWN.has(kind.data.object_kind)) return { kind: 'other' };
  const parsed = GitLabEvent.safeParse(body);
  if (!parsed.success) return { kind: 'unreadable', why: z.prettifyError(parsed.error) };
  const changes = changesIn(parsed.data, reading);
  return changes.length === 0 ? { kind: 'other' } : { kind: 'changes', changes };
}

type Told<Name extends GitLabEvent['object_kind']> = Extract<GitLabEvent, { object_kind: Name }>;

function changesIn(event: GitLabEvent, { nowUs, counts }: Reading): readonly Change[] {
  switch (event.object_kind) {
    case 'push':
      return commitsOf(event);
    case 'merge_request':
      return mergedOf(event);
    case 'deployment':
      return counts(event.environment) ? deployOf(event) : [];
    case 'pipeline':
      return deploysIn(event, counts);
    case 'release':
      return releaseOf(event);
    case 'feature_flag':
      return flagOf(event, nowUs);
  }
}

/** The service of a change whose diff is unknown so far. */
function changeOf({ name }: Project, change: Pick<Change, 'kind' | 'id' | 'text' | 'url' | 'atUs'>): Change {
  return { service: name, ...change, files: [], diff: '' };
}

function commitUrl({ web_url }: Project, sha: string): string {
  return web_url === '' ? '' : `${web_url}/-/commit/${sha}`;
}

function isDeployed({ default_branch }: Project, branch: string): boolean {
  return !default_branch || branch === default_branch;
}

function commitsOf({ ref, commits, project }: Told<'push'>): readonly Change[] {
  if (!isDeployed(project, ref.replace(/^refs\/heads\//, ''))) return [];
  // Commits of a branch are older than the push that delivers them.
  const atUs = commits.reduce((us, { timestamp }) => Math.max(us, changeInstant(timestamp) ?? 0), 0);
  if (atUs === 0) return [];
  return commits.map(({ id, message, url, added, removed, modified }) => {
    const text = message.split('\n', 1)[0] ?? '';
    return {
      ...changeOf(project, { kind: 'commit', id, text, url, atUs }),
      files: [...added, ...removed, ...modified],
    };
  });
}

function mergedOf({ object_attributes: said, project }: Told<'merge_request'>): readonly Change[] {
  const { action, title, iid, target_branch, merge_commit_sha: id, updated_at } = said;
  const atUs = changeInstant(updated_at);
  if (action !== 'merge' || !id || atUs === undefined || !isDeployed(project, target_branch)) return [];
  return [changeOf(project, { kind: 'commit', id, text: `${title} (!${iid})`, url: commitUrl(project, id), atUs })];
}

function deployOf({ project, ...said }: Told<'deployment'>): readonly Change[] {
  const { status, status_changed_at, environment, short_sha, commit_title, commit_url } = said;
  const atUs = changeInstant(status_changed_at);
  if (status !== 'running' || atUs === undefined) return [];
  // Only the address has the whole hash.
  const id = HASH_AT_END.exec(commit_url ?? '')?.[0] ?? short_sha;
  const text = deployText(commit_title, environment);
  return [changeOf(project, { kind: 'deploy', id, text, url: commit_url ?? '', atUs })];
}

const HASH_AT_END = /[0-9a-f]{40,64}$/;

/** Jobs that deploy; a job that stops an environment does not. */
function deploysIn(
  { object_attributes: { sha: id }, commit, builds, project }: Told<'pipeline'>,
  counts: Reading['counts'],
): readonly Change[] {
  return builds.flatMap(({ status, started_at, environment }) => {
    const atUs = changeInstant(started_at ?? '');
    if (environment?.action !== 'start' || atUs === undefined || !RUNS.has(status) || !counts(environment.name))
      return [];
    const text = deployText(commit?.title, environment.name);
    return [changeOf(project, { kind: 'deploy', id, text, url: commitUrl(project, id), atUs })];
  });
}

const RUNS: ReadonlySet<string> = new Set(['running', 'success']);

function releaseOf({ action, name, tag: id, released_at, url, project }: Told<'release'>): readonly Change[] {
  const atUs = changeInstant(released_at);
  const text = name && name !== id ? `release ${id}: ${name}` : `release ${id}`;
  return action === 'create' && atUs !== undefined ? [changeOf(project, { kind: 'deploy', id, text, url, atUs })] : [];
}

function flagOf({ object_attributes: { name: id, active }, project }: Told<'feature_flag'>, atUs: number) {
  return [changeOf(project, { kind: 'flag', id, text: `turned ${active ? 'on' : 'off'}`, url: '', atUs })];
}

/** Undefined without a token: then nobody may send. */
export function gitLabProof(token: string | undefined): Proof | undefined {
  if (token === undefined) return undefined;
  const tokens = [token, ...secretsIn(token)];
  return { mayBe: ({ header }) => tokens.some((one) => isGitLabToken(one, header('x-gitlab-token'))) };
}

/** `given`: the header `X-Gitlab-Token`; GitLab signs nothing. */
export function isGitLabToken(token: string, given: string | undefined): boolean {
  const sum = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(sum(given ?? ''), sum(token));
}
