/** A webhook request of another system, and the response to it. */

export type WebhookHeaders = Readonly<{
  /** The name in lower case. */
  header(name: string): string | undefined;
  /** A parameter of the address, for senders that cannot set a header. */
  query?(name: string): string | undefined;
}>;

export type WebhookRequest = WebhookHeaders &
  Readonly<{
    /** The exact bytes received, because signatures cover these. */
    body: Uint8Array;
  }>;

export type WebhookReply = Readonly<{ status: number; text: string }>;

/** A body that is not read because of its size. `bytes`: undefined if its sender does not say how many. */
export type TooLarge = WebhookHeaders & Readonly<{ bytes: number | undefined }>;

export type Webhook = Readonly<{
  /** The largest body that is read. */
  maxBytes: number;
  /** Hears of each larger body; the response does not wait for it. */
  tooLarge?(body: TooLarge): void;
  /** The response if the headers alone decide it, before the body is read; undefined if the body is needed. */
  refuse(headers: WebhookHeaders): WebhookReply | undefined;
  answer(request: WebhookRequest): Promise<WebhookReply>;
}>;

/** By path: `/webhooks/pagerduty`. */
export type Webhooks = Readonly<Record<string, Webhook>>;

/** How a source proves that a request is its own. */
export type Proof = Readonly<{
  /** Whether the headers can come from the source: its token, or a signature in its format. */
  mayBe(headers: WebhookHeaders): boolean;
  /** Whether the signature covers these bytes; missing if the headers are proof enough. */
  isSigned?(request: WebhookRequest): boolean | Promise<boolean>;
  /** Whether these headers are proof enough, for a source that may sign the body. @default not if it has `isSigned` */
  isProvedBy?(headers: WebhookHeaders): boolean;
}>;

/** Whether the sender is proved before its body is read. */
export function isProvedBy({ mayBe, isSigned, isProvedBy: byHeaders }: Proof, headers: WebhookHeaders): boolean {
  return byHeaders?.(headers) ?? (isSigned === undefined && mayBe(headers));
}

/**
 * The content of a webhook's body: the expected data, well-formed data of another kind (`why`: which one), or nothing
 * readable.
 */
export type ReadBody<Wanted> =
  | Wanted
  | Readonly<{ kind: 'other'; why?: string }>
  | Readonly<{ kind: 'unreadable'; why: string }>;
