/** A request of another system, as far as we look at it, and what it is answered. */

export type WebhookHeaders = Readonly<{
  /** The name in lower case. */
  header(name: string): string | undefined;
}>;

export type WebhookRequest = WebhookHeaders &
  Readonly<{
    /** Exactly the bytes that came: signatures are over these. */
    body: Uint8Array;
  }>;

export type WebhookReply = Readonly<{ status: number; text: string }>;

export type Webhook = Readonly<{
  /** The largest body that is read. */
  maxBytes: number;
  /** What the headers alone decide, before a byte of the body is kept; undefined where the body has to be read. */
  refuse(headers: WebhookHeaders): WebhookReply | undefined;
  answer(request: WebhookRequest): Promise<WebhookReply>;
}>;

/** By path: `/webhooks/pagerduty`. */
export type Webhooks = Readonly<Record<string, Webhook>>;

/** How a source proves that a request is its own. */
export type Proof = Readonly<{
  /** Whether the headers can be the source's: its token, or a signature in its form. */
  mayBe(headers: WebhookHeaders): boolean;
  /** Whether the signature is of these bytes; left out where the headers prove it. */
  isSigned?(request: WebhookRequest): boolean;
}>;

/** What the body of a webhook says: what the webhook is for, something well-formed that it is not for, or nothing readable. */
export type ReadBody<Wanted> = Wanted | Readonly<{ kind: 'other' }> | Readonly<{ kind: 'unreadable'; why: string }>;
