/**
 * What GitHub sends of deployments, pushes and releases. A deployment is one when it begins; that it succeeded says the same
 * of the same id later. Which service it is of: `service` in its payload, else the repository's name.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Change } from '#model/change.ts';

const Repository = z.object({ name: z.string(), full_name: z.string(), default_branch: z.string().nullish() });
const When = z.iso.datetime({ offset: true });

const Deployment = z.object({
  action: z.string(),
  deployment: z.object({
    sha: z.string().min(7),
    environment: z.string().prefault(''),
    description: z.string().nullish(),
    created_at: When,
    payload: z.unknown(),
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

export type ReadEvent =
  | Readonly<{ kind: 'changes'; changes: readonly Change[] }>
  | Readonly<{ kind: 'other' }>
  | Readonly<{ kind: 'unreadable'; why: string }>;

const OTHER: ReadEvent = { kind: 'other' };

/** `event`: the header `X-GitHub-Event`. */
export function readGitHubEvent(event: string, body: unknown): ReadEvent {
  switch (event) {
    case 'deployment':
      return read(Deployment, body, ({ action, ...said }) => (action === 'created' ? [deployOf(said)] : []));
    case 'push':
      return read(Push, body, commitsOf);
    case 'release':
      return read(Release, body, ({ action, ...said }) => (action === 'published' ? releaseOf(said) : []));
    default:
      return OTHER;
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown, changes: (event: T) => readonly Change[]): ReadEvent {
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
    text: [description ?? '', environment === '' ? '' : `to ${environment}`].filter((part) => part !== '').join(', '),
    url: `https://github.com/${repository.full_name}/commit/${sha}`,
    files: [],
    diff: '',
  };
}

/** Of the branch that is deployed, where the repository says which that is. */
function commitsOf({ ref, commits, repository }: z.output<typeof Push>): readonly Change[] {
  if (repository.default_branch && ref !== `refs/heads/${repository.default_branch}`) return [];
  return commits.map(({ id, message, timestamp, url, added, removed, modified }) => ({
    atUs: Date.parse(timestamp) * 1_000,
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

/** `signature`: the header `X-Hub-Signature-256`, over the bytes as they came. */
export function isSignedByGitHub(secret: string, signature: string | undefined, body: Uint8Array): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(signature ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
