/**
 * GitHub's webhook for issues says which one changed.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues
 */
import { z } from 'zod';
import type { ReadIssue } from '#adapters/system.ts';

const Changed = z.object({
  issue: z.object({ number: z.number().int() }),
  repository: z.object({ full_name: z.string().min(1) }),
});

/** `event`: the header `X-GitHub-Event`. */
export function readGitHubIssue(event: string, body: unknown): ReadIssue {
  if (event !== 'issues') return { kind: 'other' };
  const read = Changed.safeParse(body);
  if (!read.success) return { kind: 'unreadable', why: z.prettifyError(read.error) };
  const { issue, repository } = read.data;
  return { kind: 'issue', remoteId: `${repository.full_name}#${issue.number}` };
}
