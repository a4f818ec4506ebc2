/** Webhooks for changes. Each is stored before it is acknowledged. */
import { errorRecord } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import type { Proof, ReadBody, Webhook, WebhookReply, WebhookRequest } from '#core/webhook.ts';
import { jsonIn } from '#listeners/webhooks/json-body.ts';
import { provedWebhook } from '#listeners/webhooks/proved.ts';
import type { Change } from '#model/changes/change.ts';

export type ChangesWebhookOptions = Readonly<{
  source: string;
  /** How to set it up: `set CHANGES_TOKEN, and …`. */
  setup: string;
  proof: Proof | undefined;
  /** @default 1,000,000 */
  maxBytes?: number | undefined;
  read(body: unknown, request: WebhookRequest): ReadBody<Readonly<{ kind: 'changes'; changes: readonly Change[] }>>;
  note(changes: readonly Change[]): Promise<void>;
  log: Log;
}>;

export function changesWebhook({ source, setup, proof, maxBytes, ...noting }: ChangesWebhookOptions): Webhook {
  return provedWebhook({
    proof,
    maxBytes,
    notSetUp: `${source} is not set up here: ${setup}\n`,
    notProved: 'invalid token or signature\n',
    take: (request) => noted({ source, ...noting }, request),
  });
}

async function noted(
  { source, read, note, log }: Pick<ChangesWebhookOptions, 'source' | 'read' | 'note' | 'log'>,
  request: WebhookRequest,
): Promise<WebhookReply> {
  const content = read(jsonIn(request.body), request);
  if (content.kind === 'other') return { status: 200, text: 'nothing to do\n' };
  if (content.kind === 'unreadable') {
    log.warn({ source, why: content.why }, 'cannot read changes');
    return { status: 400, text: `not a known form of changes:\n${content.why}\n` };
  }
  try {
    await note(content.changes);
    return { status: 202, text: 'stored\n' };
  } catch (error) {
    log.error({ err: error, source }, 'cannot store changes');
    return { status: 503, text: `not stored: ${errorRecord(error).code}\n` }; // 5xx: it is sent again
  }
}
