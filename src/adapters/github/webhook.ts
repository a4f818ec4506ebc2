/**
 * GitHub's webhooks for deployments, pushes, merged pull requests and releases. A deployment is recorded when it is
 * created, and when it starts or ends, which may be long after, because of an approval. Its service is the `service`
 * field of its payload, else the repository's name.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { secretsIn } from '#adapters/shared-secret.ts';
import type { ReadChanges } from '#adapters/system.ts';
import type { Proof } from '#core/webhook.ts';
import { type Change, deployText } from '#model/changes/change.ts';

const Repository = z.object({
  name: z.string(),
  full_name: z.string(),
  html_url: z.string().nullish(),
  default_branch: z.string().nullish(),
  /** For a push in seconds since the epoch, else in ISO 8601. */
  pushed_at: z.union([z.number(), z.string()]).nullish(),
});
const When = z.iso.datetime({ offset: true });

const Deployed = z.object({
  sha: z.string().min(7),
  environment: z.string().prefault(''),
  description: z.string().nullish(),
  created_at: When,
  payload: z.unknown(),
});
const Deployment = z.object({ action: z.string(), deployment: Deployed, repository: Repository });
const DeploymentStatus = z.object({
  deployment_status: z.object({ state: z.string(), created_at: When }),
  deployment: Deployed,
  repository: Repository,
});
const PullRequest = z.object({
  action: z.string(),
  pull_request: z.object({
    merged_at: When.nullish(),
    merge_commit_sha: z.string().nullish(),
    title: z.string(),
    number: z.number(),
    base: z.object({ ref: z.string() }),
  }),
  repository: Repository,
});
const Commit = z.object({
  id: z.string().min(7),
  message: z.string(),
  timestamp: When,
  url: z.string().prefault(''),
  added: z.array(z.string()).prefault([]),
  removed: z.array(z.string()).prefault([]),
  modified: z.array(z.string()).prefault([]),
});
const Push = z.object({ ref: z.string(), commits: z.array(Commit).prefault([]), repository: Repository });
const Release = z.object({
  action: z.string(),
  release: z.object({
    tag_name: z.string(),
    name: z.string().nullish(),
    published_at: When.nullish(),
    html_url: z.string().prefault(''),
  }),
  repository: Repository,
});

const OTHER: ReadChanges = { kind: 'other' };

/** `event`: the header `X-GitHub-Event`; `counts`: whether deploys to an environment count. */
export function readGitHubEvent(event: string, body: unknown, counts: (environment: string) => boolean): ReadChanges {
  const isOurs = ({ deployment }: Pick<z.output<typeof Deployment>, 'deployment'>) => counts(deployment.environment);
  switch (event) {
    case 'deployment':
      return read(Deployment, body, ({ action, ...said }) =>
        action === 'created' && isOurs(said) ? [deployOf(said)] : [],
      );
    case 'deployment_status':
      return read(DeploymentStatus, body, (said) => (isOurs(said) ? statusOf(said) : []));
    case 'pull_request':
      return read(PullRequest, body, ({ action, ...said }) => (action === 'closed' ? mergedOf(said) : []));
    case 'push':
      return read(Push, body, commitsOf);
    case 'release':
      return read(Release, body, ({ action, ...said }) => (action === 'published' ? releaseOf(said) : []));
    default:
      return OTHER;
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown, changes: (event: T) => readonly Change[]): ReadChanges {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return { kind: 'unreadable', why: z.prettifyError(parsed.error) };
  const found = changes(parsed.data);
  return found.length === 0 ? OTHER : { kind: 'changes', changes: found };
}

const Named = z.object({ service: z.string().min(1) });

function deployOf({ deployment, repository }: Omit<z.output<typeof Deployment>, 'action'>): Change {
  const { sha, environment, description, created_at, payload } = deployment;
  const named = Named.safeParse(payload);
  return {
    atUs: Date.parse(created_at) * 1_000,
    kind: 'deploy',
    service: named.success ? named.data.service : repository.name,
    id: sha,
    text: deployText(description, environment),
    url: commitUrl(repository, sha),
    files: [],
    diff: '',
  };
}

function commitUrl({ html_url, full_name }: z.output<typeof Repository>, sha: string): string {
  return `${html_url || `https://github.com/${full_name}`}/commit/${sha}`;
}

/** With `queued`, `pending`, `failure`, `error` or `inactive`, nothing new runs. */
const TAKES_EFFECT: ReadonlySet<string> = new Set(['in_progress', 'success']);

function statusOf({ deployment_status, ...said }: z.output<typeof DeploymentStatus>): readonly Change[] {
  const { state, created_at } = deployment_status;
  return TAKES_EFFECT.has(state) ? [{ ...deployOf(said), atUs: Date.parse(created_at) * 1_000 }] : [];
}

function mergedOf({ pull_request, repository }: Omit<z.output<typeof PullRequest>, 'action'>): readonly Change[] {
  const { merged_at, merge_commit_sha, title, number, base } = pull_request;
  const isElsewhere = repository.default_branch && base.ref !== repository.default_branch;
  if (!merged_at || !merge_commit_sha || isElsewhere) return [];
  const what = {
    kind: 'commit',
    service: repository.name,
    id: merge_commit_sha,
    text: `${title} (#${number})`,
  } as const;
  const url = commitUrl(repository, merge_commit_sha);
  return [{ ...what, url, atUs: Date.parse(merged_at) * 1_000, files: [], diff: '' }];
}

/** Only the deployed branch, if the repository names it. */
function commitsOf({ ref, commits, repository }: z.output<typeof Push>): readonly Change[] {
  if (repository.default_branch && ref !== `refs/heads/${repository.default_branch}`) return [];
  const { pushed_at } = repository;
  // Commits of a branch are older than the push that delivers them.
  const last = commits.reduce((ms, { timestamp }) => Math.max(ms, Date.parse(timestamp)), 0);
  const atUs = typeof pushed_at === 'number' ? pushed_at * 1_000_000 : last * 1_000;
  return commits.map(({ id, message, url, added, removed, modified }) => ({
    atUs,
    kind: 'commit',
    service: repository.name,
    id,
    text: message.split('\n', 1)[0] ?? '',
    url,
    files: [...added, ...removed, ...modified],
    diff: '',
  }));
}

function releaseOf({ release, repository }: Omit<z.output<typeof Release>, 'action'>): readonly Change[] {
  const { tag_name, name, published_at, html_url } = release;
  if (!published_at) return [];
  const text = name && name !== tag_name ? `release ${tag_name}: ${name}` : `release ${tag_name}`;
  const what = { kind: 'deploy', service: repository.name, id: tag_name, text, url: html_url } as const;
  return [{ ...what, atUs: Date.parse(published_at) * 1_000, files: [], diff: '' }];
}

/** Undefined without a secret: then nobody may send. `secret`: two, separated by a comma, while it is replaced. */
export function gitHubProof(secret: string | undefined): Proof | undefined {
  if (secret === undefined) return undefined;
  return {
    mayBe: ({ header }) => bearsGitHubSignature(header('x-hub-signature-256')),
    isSigned: ({ header, body }) =>
      [secret, ...secretsIn(secret)].some((one) => isSignedByGitHub(one, header('x-hub-signature-256'), body)),
  };
}

/** Whether `signature` has the form of the header `X-Hub-Signature-256`. */
export function bearsGitHubSignature(signature: string | undefined): boolean {
  return /^sha256=[0-9a-f]{64}$/.test(signature ?? '');
}

/** `signature`: the header `X-Hub-Signature-256`, over the bytes as received. */
export function isSignedByGitHub(secret: string, signature: string | undefined, body: Uint8Array): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(signature ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
