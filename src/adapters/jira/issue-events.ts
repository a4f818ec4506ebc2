/**
 * Jira's webhook for issues says which one changed. Jira Cloud, and Jira Data Center from version 10, sign it.
 * https://developer.atlassian.com/cloud/jira/platform/webhooks/
 * https://confluence.atlassian.com/adminjiraserver/managing-webhooks-938846912.html
 */
import { z } from 'zod';
import { type SignatureScheme, signatureProof, tokenProof } from '#adapters/shared-secret.ts';
import type { ReadIssue } from '#adapters/system.ts';
import type { Proof } from '#core/webhook.ts';

const Kind = z.object({ webhookEvent: z.string() });
const Changed = Kind.extend({ issue: z.object({ id: z.string().min(1) }) });

export function readJiraIssue(body: unknown): ReadIssue {
  const kind = Kind.safeParse(body);
  if (kind.success && !kind.data.webhookEvent.startsWith('jira:issue_')) return { kind: 'other' };
  const read = Changed.safeParse(body);
  if (!read.success) return { kind: 'unreadable', why: z.prettifyError(read.error) };
  return { kind: 'issue', remoteId: read.data.issue.id };
}

const SIGNATURE: SignatureScheme = { header: 'x-hub-signature', prefix: 'sha256=' };

/** A signature, or the secret as a token for a Jira that signs nothing. Whoever signs must sign rightly. */
export function jiraProof(secret: string | undefined): Proof | undefined {
  const [token, signed] = [tokenProof(secret), signatureProof(secret, SIGNATURE)];
  if (token === undefined || signed === undefined) return undefined;
  return {
    mayBe: (headers) => token.mayBe(headers) || signed.mayBe(headers),
    isProvedBy: (headers) => headers.header(SIGNATURE.header) === undefined && token.mayBe(headers),
    isSigned: (request) =>
      request.header(SIGNATURE.header) === undefined ? token.mayBe(request) : (signed.isSigned?.(request) ?? false),
  };
}
