/** `POST /webhooks/pagerduty`: stores what PagerDuty says of an incident; the answer arrives in Slack later. */
import type { Webhook } from '#core/webhook.ts';
import { type DeliveredOptions, delivered } from '#listeners/webhooks/delivered.ts';

export type PagerDutyWebhookOptions = Omit<DeliveredOptions, 'source'> &
  Readonly<{
    /** Whether these signatures are of these bytes; undefined where no secret is configured. */
    isSigned: ((signatures: string | undefined, body: Uint8Array) => boolean) | undefined;
  }>;

const NOT_SET_UP =
  'PagerDuty webhooks are not set up here: set PAGERDUTY_WEBHOOK_SECRET to the secret of the subscription\n';

export function pagerdutyWebhook({ isSigned, ...options }: PagerDutyWebhookOptions): Webhook {
  return async ({ body, header }) => {
    // Without a secret anybody could make the bot post; a clear refusal is found sooner than silence.
    if (isSigned === undefined) return { status: 503, text: NOT_SET_UP };
    if (!isSigned(header('x-pagerduty-signature'), body)) return { status: 401, text: 'the signature does not fit\n' };
    return await delivered({ source: 'pagerduty', ...options }, body);
  };
}
