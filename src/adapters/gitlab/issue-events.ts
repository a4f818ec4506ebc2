/**
 * GitLab's webhook for issues says which one changed.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/#work-item-events
 */
import { z } from 'zod';
import type { ReadIssue } from '#adapters/system.ts';

const Kind = z.object({ object_kind: z.string() });
const Changed = z.object({
  object_attributes: z.object({ iid: z.number().int() }),
  project: z.object({ path_with_namespace: z.string().min(1) }),
});
/** Newer versions call an issue a work item. */
const KINDS: ReadonlySet<string> = new Set(['issue', 'work_item']);

export function readGitLabIssue(body: unknown): ReadIssue {
  const kind = Kind.safeParse(body);
  if (kind.success && !KINDS.has(kind.data.object_kind)) return { kind: 'other' };
  const read = Kind.extend(Changed.shape).safeParse(body);
  if (!read.success) return { kind: 'unreadable', why: z.prettifyError(read.error) };
  const { object_attributes: issue, project } = read.data;
  return { kind: 'issue', remoteId: `${project.path_with_namespace}#${issue.iid}` };
}
