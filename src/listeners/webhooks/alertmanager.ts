/** `POST /webhooks/alertmanager`: stores a group of alerts; the answer arrives in Slack later. */
import type { Proof, Webhook } from '#core/webhook.ts';
import { type DeliveredOptions, delivered } from '#listeners/webhooks/delivered.ts';
import { provedWebhook } from '#listeners/webhooks/proved.ts';

export type AlertmanagerWebhookOptions = Omit<DeliveredOptions, 'source'> & Readonly<{ proof: Proof | undefined }>;

const NOT_SET_UP =
  'Alertmanager webhooks are not set up here: set ALERTMANAGER_TOKEN, and the same token as credentials of the receiver\n';

export function alertmanagerWebhook({ proof, ...options }: AlertmanagerWebhookOptions): Webhook {
  return provedWebhook({
    proof,
    notSetUp: NOT_SET_UP,
    notProved: 'invalid bearer token\n',
    take: ({ body }) => delivered({ source: 'alertmanager', ...options }, body),
  });
}
