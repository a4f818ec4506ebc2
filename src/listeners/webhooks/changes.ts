/** Webhooks for changes. Each is stored before it is acknowledged. */
import type { Log } from '#core/log.ts';
import type { Proof, ReadBody, Webhook, WebhookRequest } from '#core/webhook.ts';
import { type OversizedBody, provedWebhook } from '#listeners/webhooks/proved.ts';
import { storedBody } from '#listeners/webhooks/stored-body.ts';
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
  tooLarge(body: OversizedBody): void;
  log: Log;
}>;

export function changesWebhook(options: ChangesWebhookOptions): Webhook {
  const { source, setup, proof, maxBytes, read, note, tooLarge, log } = options;
  return provedWebhook({
    proof,
    maxBytes,
    notSetUp: `${source} is not set up here: ${setup}\n`,
    notProved: 'invalid token or signature\n',
    tooLarge,
    take: storedBody({
      source,
      what: 'changes',
      unreadable: 'not a known form of changes',
      read,
      store: ({ changes }) => note(changes),
      log,
    }),
  });
}
