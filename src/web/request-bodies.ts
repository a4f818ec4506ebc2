/**
 * Reads the bodies of requests. The headers are checked first; bytes are kept only where they are acceptable.
 *
 *   headers ──► proof, type, length ──► refused at once; the rest of the body is discarded
 *      │
 *      ▼
 *   body ──► one buffer, within its own cap and the time limit ──► `rawBody` of the request ──► handler
 *      │
 *      └──► all bodies together exceed the budget: the largest incomplete one is dropped (503)
 *
 * A sender with imitated headers can fill the budget, but not shut others out: the largest body is always dropped, and with
 * at most MOST_CONNECTIONS bodies the largest has 64 kB or more. Slack and alerting systems usually send less.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { TooLarge, WebhookHeaders, WebhookReply } from '#core/webhook.ts';

export type BodyRules = Readonly<{
  /** The largest body that is read. */
  maxBytes: number;
  /** Refuses by the headers alone; undefined where the body has to be read. */
  refuse(headers: WebhookHeaders): WebhookReply | undefined;
  /** Writes a refusal. @default as text */
  write?(request: Request, response: Response, reply: WebhookReply): void;
  /** Hears of a body that is larger, after `refuse` has let its headers pass. */
  tooLarge?(body: TooLarge): void;
}>;

export type RequestBodies = Readonly<{
  /** Middleware that puts the unchanged body into `rawBody`: signatures cover these bytes. */
  read(rules: BodyRules): RequestHandler;
  /** The bytes of all bodies that are kept at the moment. */
  heldBytes(): number;
}>;

/** Eight of the largest bodies that Slack may send. The bot uses 170 MB anyway. */
const BUDGET_BYTES = 32_000_000;

/** Slack itself waits 3 s for an answer, GitHub and GitLab 10 s: after that, nobody needs the body. */
const DEADLINE_MS = 10_000;

/** How long the rest of a refused body is discarded, so that its sender can read the reason before the connection closes. */
const GRACE_MS = 1_000;

/** Most bodies are smaller than this, so most need no copy. */
const FIRST_BYTES = 16_384;

const RETRY_AFTER_SECONDS = 5;

type Held = { bytes: Buffer; length: number; drop(): void };

export function requestBodies({ budgetBytes = BUDGET_BYTES, deadlineMs = DEADLINE_MS } = {}): RequestBodies {
  const incomplete = new Set<Held>();
  let heldBytes = 0;

  function keep(held: Held, chunk: Buffer, most: number): void {
    const needed = held.length + chunk.length;
    if (needed > held.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(needed, 2 * held.bytes.length, FIRST_BYTES)));
      held.bytes.copy(larger, 0, 0, held.length);
      heldBytes += larger.length - held.bytes.length;
      held.bytes = larger;
    }
    chunk.copy(held.bytes, held.length);
    held.length = needed;
    while (heldBytes > budgetBytes && incomplete.size > 0) largestOf(incomplete).drop();
  }

  function forget(held: Held): void {
    incomplete.delete(held);
    heldBytes -= held.bytes.length;
    held.bytes = Buffer.alloc(0);
  }

  return {
    heldBytes: () => heldBytes,
    read:
      ({ write = refuse, ...rules }) =>
      (request, response, next) => {
        const refusal = rules.refuse(headersOf(request)) ?? refusedByForm(request, rules);
        if (refusal !== undefined) return write(request, response, refusal);

        const stop = (reply: WebhookReply) => {
          clearTimeout(deadline);
          request.off('data', take).off('end', complete);
          forget(held);
          write(request, response, reply);
        };
        const held: Held = {
          bytes: Buffer.alloc(0),
          length: 0,
          drop: () => stop({ status: 503, text: 'too many large requests at once: send it again in a moment\n' }),
        };
        const most = declaredBytes(request) ?? rules.maxBytes;
        const take = (chunk: Buffer) => {
          if (held.length + chunk.length <= rules.maxBytes) return keep(held, chunk, most);
          stop(tooLarge(rules.maxBytes));
          rules.tooLarge?.({ ...headersOf(request), bytes: undefined });
        };
        const complete = () => {
          clearTimeout(deadline);
          incomplete.delete(held);
          // Bolt reads an already received body from here.
          Object.assign(request, { rawBody: held.bytes.subarray(0, held.length) });
          next();
        };
        const deadline = setTimeout(() => stop(tooSlow(deadlineMs)), deadlineMs);
        incomplete.add(held);
        // The response is sent or the sender is gone: nobody needs the bytes any more.
        response.once('close', () => {
          clearTimeout(deadline);
          forget(held);
        });
        request.on('data', take).once('end', complete);
      },
  };
}

/** The body that `read` put there. */
export function rawBodyOf(request: Request): Uint8Array {
  return 'rawBody' in request && request.rawBody instanceof Uint8Array ? request.rawBody : new Uint8Array();
}

function refusedByForm(request: Request, rules: BodyRules): WebhookReply | undefined {
  const encoding = request.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity')
    return { status: 415, text: `content encoding ${encoding} is not supported: send the body uncompressed\n` };
  const declared = declaredBytes(request);
  if (declared === undefined && request.get('transfer-encoding') === undefined) {
    return { status: 411, text: 'the request has no body: send one, with its Content-Length\n' };
  }
  if (declared === undefined || declared <= rules.maxBytes) return undefined;
  rules.tooLarge?.({ ...headersOf(request), bytes: declared });
  return tooLarge(rules.maxBytes);
}

/** Node's parser has already refused a value that is not a number. */
function declaredBytes(request: Request): number | undefined {
  const length = request.get('content-length');
  return length === undefined ? undefined : Number(length);
}

function tooLarge(maxBytes: number): WebhookReply {
  return { status: 413, text: `the body has more than ${maxBytes} bytes\n` };
}

function tooSlow(deadlineMs: number): WebhookReply {
  return { status: 408, text: `the body did not arrive within ${deadlineMs / 1_000} s\n` };
}

export function headersOf(request: Request): WebhookHeaders {
  return {
    header: (name) => request.get(name),
    query: (name) => (typeof request.query[name] === 'string' ? request.query[name] : undefined),
  };
}

/** Answers, and discards the rest of the body. */
export function refuse(request: Request, response: Response, { status, text }: WebhookReply): void {
  if (status === 503) response.set('retry-after', `${RETRY_AFTER_SECONDS}`);
  response.status(status).type('text/plain').send(text);
  discardRest(request);
}

/** The sender can read the response before the connection closes. */
export function discardRest(request: Request): void {
  if (request.complete) return;
  const over = setTimeout(() => request.socket.destroy(), GRACE_MS);
  request.once('end', () => clearTimeout(over)).resume();
}

function largestOf(bodies: Iterable<Held>): Held {
  let largest: Held | undefined;
  for (const held of bodies) if (largest === undefined || held.bytes.length > largest.bytes.length) largest = held;
  if (largest === undefined) throw new Error('there is no body to drop');
  return largest;
}
