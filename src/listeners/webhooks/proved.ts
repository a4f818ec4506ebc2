/** A webhook that reads a body only where the headers may come from the source. */
import type { Proof, Webhook, WebhookHeaders, WebhookReply, WebhookRequest } from '#core/webhook.ts';

export type ProvedOptions = Readonly<{
  /** The answer where no secret is configured: a clear refusal is found sooner than silence. */
  notSetUp: string;
  /** The answer where the token or the signature is invalid. */
  notProved: string;
  /** Undefined where no secret is configured: without one anybody could make the bot post. */
  proof: Proof | undefined;
  /** @default 1,000,000 */
  maxBytes?: number | undefined;
  take(request: WebhookRequest): Promise<WebhookReply>;
}>;

/** An alert has a few kilobytes, a group of a thousand of them less than this. */
const WEBHOOK_BYTES = 1_000_000;

export function provedWebhook({ notSetUp, notProved, proof, maxBytes, take }: ProvedOptions): Webhook {
  const unproved: WebhookReply = { status: 401, text: notProved };
  return {
    maxBytes: maxBytes ?? WEBHOOK_BYTES,
    refuse(headers) {
      if (proof === undefined) return { status: 503, text: notSetUp };
      if (!proof.mayBe(headers)) return unproved;
      return refusedType(headers);
    },
    async answer(request) {
      if ((await proof?.isSigned?.(request)) === false) return unproved;
      return await take(request);
    },
  };
}

/** Templates often send JSON without its content type, and curl's default is a form. */
const MAY_BE_JSON: ReadonlySet<string> = new Set([
  '',
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
]);

function refusedType({ header }: WebhookHeaders): WebhookReply | undefined {
  const type = (header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (MAY_BE_JSON.has(type) || type.endsWith('+json')) return undefined;
  return { status: 415, text: 'only JSON is accepted: set the content type to application/json\n' };
}
