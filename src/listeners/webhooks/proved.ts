/** A webhook that reads a body only where the headers may come from the source. */
import {
  isProvedBy,
  type Proof,
  type Webhook,
  type WebhookHeaders,
  type WebhookReply,
  type WebhookRequest,
} from '#core/webhook.ts';

export type ProvedOptions = Readonly<{
  /** The answer where no secret is configured: a clear refusal is found sooner than silence. */
  notSetUp: string;
  /** The answer where the token or the signature is invalid. */
  notProved: string;
  /** Undefined where no secret is configured: without one anybody could make the bot post. */
  proof: Proof | undefined;
  /** @default 1,000,000 */
  maxBytes?: number | undefined;
  /** Hears of a body above the limit. `isProved`: it comes from the source, as its headers prove. */
  tooLarge?(body: OversizedBody): void;
  take(request: WebhookRequest): Promise<WebhookReply>;
}>;

export type OversizedBody = Readonly<{ bytes: number | undefined; maxBytes: number; isProved: boolean }>;

/** An alert has a few kilobytes, a group of a thousand of them less than this. */
const WEBHOOK_BYTES = 1_000_000;

export function provedWebhook(options: ProvedOptions): Webhook {
  const { notSetUp, notProved, proof, maxBytes = WEBHOOK_BYTES, tooLarge, take } = options;
  const unproved: WebhookReply = { status: 401, text: notProved };
  return {
    maxBytes,
    tooLarge({ bytes, ...headers }) {
      tooLarge?.({ bytes, maxBytes, isProved: proof !== undefined && isProvedBy(proof, headers) });
    },
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
