/** `POST /webhooks/alertmanager`: stores a group of alerts; the answer arrives in Slack later. */
import type { Webhook } from '#core/webhook.ts';
import { type DeliveredOptions, delivered } from '#listeners/webhooks/delivered.ts';

export type AlertmanagerWebhookOptions = Omit<DeliveredOptions, 'source'> &
  Readonly<{
    /** Whether this `Authorization` is the configured one; undefined where no token is configured. */
    isAllowed: ((authorization: string | undefined) => boolean) | undefined;
  }>;

const NOT_SET_UP =
  'Alertmanager webhooks are not set up here: set ALERTMANAGER_TOKEN, and the same token as credentials of the receiver\n';

export function alertmanagerWebhook({ isAllowed, ...options }: AlertmanagerWebhookOptions): Webhook {
  return async ({ body, header }) => {
    if (isAllowed === undefined) return { status: 503, text: NOT_SET_UP };
    if (!isAllowed(header('authorization'))) return { status: 401, text: 'the bearer token does not fit\n' };
    return await delivered({ source: 'alertmanager', ...options }, body);
  };
}
