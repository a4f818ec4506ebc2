/** `POST /webhooks/pagerduty`: stores what PagerDuty says of an incident; the answer arrives in Slack later. */
import type { Proof, Webhook } from '#core/webhook.ts';
import { type DeliveredOptions, delivered } from '#listeners/webhooks/delivered.ts';
import { provedWebhook } from '#listeners/webhooks/proved.ts';

export type PagerDutyWebhookOptions = Omit<DeliveredOptions, 'source'> & Readonly<{ proof: Proof | undefined }>;

const NOT_SET_UP =
  'PagerDuty webhooks are not set up here: set PAGERDUTY_WEBHOOK_SECRET to the secret of the subscription\n';

export function pagerdutyWebhook({ proof, ...options }: PagerDutyWebhookOptions): Webhook {
  return provedWebhook({
    proof,
    notSetUp: NOT_SET_UP,
    notProved: 'invalid signature\n',
    take: ({ body }) => delivered({ source: 'pagerduty', ...options }, body),
  });
}
