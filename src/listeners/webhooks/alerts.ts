/** Webhooks for alerts. Each is stored before it is acknowledged; the answer arrives in Slack later. */
import type { Log } from '#core/log.ts';
import type { Proof, ReadBody, Webhook, WebhookReply, WebhookRequest } from '#core/webhook.ts';
import { type OversizedBody, provedWebhook } from '#listeners/webhooks/proved.ts';
import { jsonIn, storedBody } from '#listeners/webhooks/stored-body.ts';
import type { AlertNote, Delivery } from '#model/incident/alert.ts';
import type { TakeNote } from '#workflows/alerts/note-alert.ts';
import type { TakeDelivery } from '#workflows/alerts/receive-alert.ts';

type AlertContent = Readonly<{ kind: 'delivery'; delivery: Delivery }> | Readonly<{ kind: 'note'; note: AlertNote }>;

export type AlertsWebhookOptions = Readonly<{
  /** The system's id; `title` is its name for people. */
  source: string;
  title: string;
  /** How to set it up: `set ALERTMANAGER_TOKEN, and …`. */
  setup: string;
  /** The answer to a sender without a valid proof. */
  refusal: string;
  proof: Proof | undefined;
  read(body: unknown, request: WebhookRequest): ReadBody<AlertContent>;
  /** Answers a request that sets up the webhook; undefined for any other. */
  setUp?: ((body: unknown) => Promise<WebhookReply> | undefined) | undefined;
  take: TakeDelivery;
  takeNote: TakeNote;
  tooLarge(body: OversizedBody): void;
  log: Log;
}>;

export function alertsWebhook({
  source,
  title,
  setup,
  refusal,
  proof,
  read,
  setUp,
  take,
  takeNote,
  tooLarge,
  log,
}: AlertsWebhookOptions): Webhook {
  const store = storedBody<AlertContent>({
    source,
    what: 'a webhook',
    unreadable: `not a known webhook of ${source}`,
    advice: 'Save the body to a file: `spanhound alert try FILE` shows what is read of it.',
    read,
    store: (content) => (content.kind === 'note' ? takeNote(content.note) : take(content.delivery)),
    log,
  });
  return provedWebhook({
    proof,
    notSetUp: `${title} webhooks are not set up here: ${setup}\n`,
    notProved: `${refusal}\n`,
    tooLarge,
    take: async (request) => (await setUp?.(jsonIn(request.body))) ?? (await store(request)),
  });
}
