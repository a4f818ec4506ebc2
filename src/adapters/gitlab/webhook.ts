/** What GitLab sends of pushes and deployments. A deployment is told when it begins (`running`), with its environment. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { type Change, changeInstant } from '#model/change.ts';

const Project = z.object({ name: z.string(), path_with_namespace: z.string(), default_branch: z.string().nullish() });
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
]);
type GitLabEvent = z.output<typeof GitLabEvent>;

export type ReadEvent =
  | Readonly<{ kind: 'changes'; changes: readonly Change[] }>
  | Readonly<{ kind: 'other' }>
  | Readonly<{ kind: 'unreadable'; why: string }>;

const KNOWN: ReadonlySet<string> = new Set(['push', 'deployment']);
const Kind = z.object({ object_kind: z.string() });

export function readGitLabEvent(body: unknown): ReadEvent {
  const kind = Kind.safeParse(body);
  if (kind.success && !KNOWN.has(kind.data.object_kind)) return { kind: 'other' };
  const parsed = GitLabEvent.safeParse(body);
  if (!parsed.success) return { kind: 'unreadable', why: z.prettifyError(parsed.error) };
  const changes = changesIn(parsed.data);
  return changes.length === 0 ? { kind: 'other' } : { kind: 'changes', changes };
}

function changesIn(event: GitLabEvent): readonly Change[] {
  const service = event.project.name;
  if (event.object_kind === 'deployment') {
    const { status, status_changed_at, environment, short_sha, commit_title, commit_url } = event;
    const atUs = changeInstant(status_changed_at);
    if (status !== 'running' || atUs === undefined) return [];
    const text = [commit_title ?? '', environment === '' ? '' : `to ${environment}`].filter((part) => part !== '');
    const what = {
      atUs,
      kind: 'deploy',
      service,
      id: short_sha,
      text: text.join(', '),
      url: commit_url ?? '',
    } as const;
    return [{ ...what, files: [], diff: '' }];
  }
  const { ref, commits, project } = event;
  if (project.default_branch && ref !== `refs/heads/${project.default_branch}`) return [];
  return commits.flatMap(({ id, message, timestamp, url, added, removed, modified }) => {
    const atUs = changeInstant(timestamp);
    const text = message.split('\n', 1)[0] ?? '';
    const files = [...added, ...removed, ...modified];
    return atUs === undefined ? [] : [{ atUs, kind: 'commit' as const, service, id, text, url, files, diff: '' }];
  });
}

/** `given`: the header `X-Gitlab-Token`; GitLab signs nothing. */
export function isGitLabToken(token: string, given: string | undefined): boolean {
  const sum = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(sum(given ?? ''), sum(token));
}
