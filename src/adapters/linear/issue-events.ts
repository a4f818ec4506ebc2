/**
 * Linear's webhook for issues says which one changed. It signs the body, which has the time of the attempt.
 * https://linear.app/developers/webhooks
 */
import { z } from 'zod';
import { type SignatureScheme, signatureProof } from '#adapters/shared-secret.ts';
import type { ReadIssue } from '#adapters/system.ts';
import type { Proof } from '#core/webhook.ts';

const Kind = z.object({ type: z.string() });
const Changed = Kind.extend({ data: z.object({ id: z.string().min(1) }) });

export function readLinearIssue(body: unknown): ReadIssue {
  const kind = Kind.safeParse(body);
  if (kind.success && kind.data.type !== 'Issue') return { kind: 'other' };
  const read = Changed.safeParse(body);
  if (!read.success) return { kind: 'unreadable', why: z.prettifyError(read.error) };
  return { kind: 'issue', remoteId: read.data.data.id };
}

const SIGNATURE: SignatureScheme = { header: 'linear-signature', signedAt: ({ body }) => sentAt(body) };

export function linearProof(secret: string | undefined, nowSeconds?: () => number): Proof | undefined {
  return signatureProof(secret, SIGNATURE, nowSeconds);
}

const Sent = z.object({ webhookTimestamp: z.number() });

function sentAt(body: Uint8Array): number | undefined {
  try {
    return Sent.parse(JSON.parse(new TextDecoder().decode(body))).webhookTimestamp / 1_000;
  } catch {
    return undefined; // not of Linear, though it is signed
  }
}
