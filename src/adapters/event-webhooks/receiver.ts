/** Posts events of incidents to one address of the team. The receiver can tell a second delivery by `webhook-id`. */
import { postSigned } from '#adapters/standard-webhooks.ts';
import type { EventReceiver } from '#model/incident/incident-event.ts';

export type EventReceiverOptions = Readonly<{
  name: string;
  url: URL;
  secrets: readonly string[];
  takesPrivate: boolean;
  timeoutMs?: number;
  nowSeconds?(): number;
}>;

export function eventReceiver({
  name,
  url,
  secrets,
  takesPrivate,
  timeoutMs,
  nowSeconds = () => Date.now() / 1_000,
}: EventReceiverOptions): EventReceiver {
  const words = {
    title: `The webhook ${name}`,
    credentials: 'Check EVENT_WEBHOOK_SECRETS on both sides.',
    address: 'Check EVENT_WEBHOOK_URLS.',
    what: 'the event',
  };
  return {
    name,
    takesPrivate,
    take: ({ id, body }, signal) =>
      postSigned({ url, secrets, id, nowSeconds: nowSeconds(), body, words, timeoutMs }, signal),
  };
}
