/** Webhooks for alerts. Each is stored before it is acknowledged; the answer arrives in Slack later. */
import type { Log } from '#core/log.ts';
import type { Proof, ReadBody, Webhook } from '#core/webhook.ts';
import { provedWebhook } from '#listeners/webhooks/proved.ts';
import { storedBody } from '#listeners/webhooks/stored-body.ts';
import type { Delivery } from '#model/incident/alert.ts';
import type { TakeDelivery } from '#workflows/receive-alert.ts';

export type AlertsWebhookOptions = Readonly<{
  /** The system's id; `title` is its name for people. */
  source: string;
  title: string;
  /** How to set it up: `set ALERTMANAGER_TOKEN, and …`. */
  setup: string;
  /** The answer to a sender without a valid proof. */
  refusal: string;
  proof: Proof | undefined;
  read(body: unknown): ReadBody<Readonly<{ kind: 'delivery'; delivery: Delivery }>>;
  take: TakeDelivery;
  log: Log;
}>;

export function alertsWebhook({
  source,
  title,
  setup,
  refusal,
  proof,
  read,
  take,
  log,
}: AlertsWebhookOptions): Webhook {
  return provedWebhook({
    proof,
    notSetUp: `${title} webhooks are not set up here: ${setup}\n`,
    notProved: `${refusal}\n`,
    take: storedBody({
      source,
      what: 'a webhook',
      unreadable: `not a known webhook of ${source}`,
      read,
      store: ({ delivery }) => take(delivery),
      log,
    }),
  });
}
