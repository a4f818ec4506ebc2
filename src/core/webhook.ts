/** A request of another system, as far as we look at it, and what it is answered. */

export type WebhookRequest = Readonly<{
  /** Exactly the bytes that came: signatures are over these. */
  body: Uint8Array;
  /** The name in lower case. */
  header(name: string): string | undefined;
}>;

export type WebhookReply = Readonly<{ status: number; text: string }>;

export type Webhook = (request: WebhookRequest) => Promise<WebhookReply>;

/** By path: `/webhooks/pagerduty`. */
export type Webhooks = Readonly<Record<string, Webhook>>;
