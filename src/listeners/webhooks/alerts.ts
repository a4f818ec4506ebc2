/** Webhooks for alerts. Each is stored before it is acknowledged; the answer arrives in Slack later. */
import { errorRecord } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import type { Proof, ReadBody, Webhook, WebhookReply } from '#core/webhook.ts';
import { jsonIn } from '#listeners/webhooks/json-body.ts';
import { provedWebhook } from '#listeners/webhooks/proved.ts';
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

export function alertsWebhook({ title, setup, refusal, proof, ...taking }: AlertsWebhookOptions): Webhook {
  return provedWebhook({
    proof,
    notSetUp: `${title} webhooks are not set up here: ${setup}\n`,
    notProved: `${refusal}\n`,
    take: ({ body }) => delivered(taking, body),
  });
}

async function delivered(
  { source, read, take, log }: Pick<AlertsWebhookOptions, 'source' | 'read' | 'take' | 'log'>,
  body: Uint8Array,
): Promise<WebhookReply> {
  const content = read(jsonIn(body));
  switch (content.kind) {
    case 'other':
      return { status: 200, text: 'nothing to do\n' };
    case 'unreadable':
      // The sender does not repeat a refused request: only this log line remains.
      log.warn({ source, why: content.why }, 'cannot read a webhook');
      return { status: 400, text: `not a known webhook of ${source}:\n${content.why}\n` };
    case 'delivery':
      try {
        await take(content.delivery);
        return { status: 202, text: 'stored\n' };
      } catch (error) {
        log.error({ err: error, source }, 'cannot store a webhook');
        return { status: 503, text: `not stored: ${errorRecord(error).code}\n` }; // 5xx: it is sent again
      }
  }
}
