/** What every webhook has in common: nothing is acknowledged that is not stored. */
import { errorRecord } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import type { WebhookReply } from '#core/webhook.ts';
import { jsonIn } from '#listeners/webhooks/json-body.ts';
import type { Delivery } from '#model/incident/alert.ts';
import type { TakeDelivery } from '#workflows/receive-alert.ts';

export type ReadDelivery = (
  body: unknown,
) => Readonly<{ kind: 'delivery'; delivery: Delivery } | { kind: 'other' } | { kind: 'unreadable'; why: string }>;

export type DeliveredOptions = Readonly<{ source: string; read: ReadDelivery; take: TakeDelivery; log: Log }>;

/** Only for a request that is proved to come from the source. */
export async function delivered(
  { source, read, take, log }: DeliveredOptions,
  body: Uint8Array,
): Promise<WebhookReply> {
  const said = read(jsonIn(body));
  switch (said.kind) {
    case 'other':
      return { status: 200, text: 'nothing to do\n' };
    case 'unreadable':
      // A request that is refused is not sent again: this line is all that is left of it.
      log.warn({ source, why: said.why }, 'a webhook could not be read');
      return { status: 400, text: `this is no webhook of ${source} that I know:\n${said.why}\n` };
    case 'delivery':
      try {
        await take(said.delivery);
        return { status: 202, text: 'stored\n' };
      } catch (error) {
        log.error({ err: error, source }, 'a webhook could not be stored');
        return { status: 503, text: `not stored: ${errorRecord(error).code}\n` }; // 5xx: it is sent again
      }
  }
}
