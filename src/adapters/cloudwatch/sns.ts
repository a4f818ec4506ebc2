/**
 * The envelope of an Amazon SNS topic: its signature, and the confirmation of a subscription.
 *
 * The certificate comes from the address in the message, so only Amazon's own hosts are asked. Amazon's page asks for
 * four checks: the host, HTTPS, the topic, the signature.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
import { createVerify, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { secretsIn } from '#adapters/shared-secret.ts';
import type { Proof, WebhookReply } from '#core/webhook.ts';

export const SnsMessage = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string().min(1).max(200),
  TopicArn: z.string().min(1).max(500),
  Message: z.string(),
  Subject: z.string().nullish(),
  Timestamp: z.string().max(64),
  Token: z.string().nullish(),
  SubscribeURL: z.string().nullish(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string().max(4_000),
  SigningCertURL: z.string().max(500),
});
type SnsMessage = z.output<typeof SnsMessage>;

/** An answer of Amazon: its text. Rejects if it cannot be had. */
export type FetchText = (url: string) => Promise<string>;

const MOST_BYTES = 100_000;
const TIMEOUT_MS = 5_000;

/** Redirects are refused: they could lead to another host. */
async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await response.text();
  if (!response.ok || text.length > MOST_BYTES) throw new Error(`Amazon SNS answered ${response.status}`);
  return text;
}

/** SNS repeats a message for up to an hour: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
const MOST_AGE_MS = 3_600_000 + 300_000;

export type SnsOptions = Readonly<{ fetchText?: FetchText; nowMs?: () => number }>;

/** `topics`: the ARNs from which messages are taken. Undefined without any: then nobody may send. */
export function snsProof(topics: string | undefined, options: SnsOptions = {}): Proof | undefined {
  const allowed = new Set(secretsIn(topics));
  if (allowed.size === 0) return undefined;
  const { fetchText: get = fetchText, nowMs = () => Date.now() } = options;
  const certificates = new Map<string, string>();
  const certificateAt = async (url: string) => {
    const known = certificates.get(url);
    if (known !== undefined) return known;
    const text = await get(url);
    if (certificates.size >= MOST_CERTIFICATES) certificates.clear();
    certificates.set(url, text);
    return text;
  };
  return {
    mayBe: ({ header }) => allowed.has(header('x-amz-sns-topic-arn') ?? ''),
    async isSigned({ body }) {
      const parsed = SnsMessage.safeParse(jsonIn(body));
      if (!parsed.success) return false;
      const message = parsed.data;
      const age = nowMs() - Date.parse(message.Timestamp);
      if (!allowed.has(message.TopicArn) || !(Math.abs(age) <= MOST_AGE_MS)) return false;
      if (!isAmazons(message.SigningCertURL, /^\/SimpleNotificationService-[0-9a-f]{1,64}\.pem$/)) return false;
      try {
        return isSignedBy(await certificateAt(message.SigningCertURL), message, nowMs());
      } catch {
        return false;
      }
    },
  };
}

/** Amazon rotates one certificate for each region. */
const MOST_CERTIFICATES = 20;

function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** `sns.eu-west-1.amazonaws.com`, in China with `.cn`. */
function isAmazons(address: string, path: RegExp): boolean {
  const url = URL.parse(address);
  return (
    url !== null &&
    url.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    /^sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?$/.test(url.hostname) &&
    path.test(url.pathname)
  );
}

function isSignedBy(pem: string, message: SnsMessage, nowMs: number): boolean {
  const certificate = new X509Certificate(pem);
  if (nowMs < Date.parse(certificate.validFrom) || nowMs > Date.parse(certificate.validTo)) return false;
  const algorithm = message.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
  const verifier = createVerify(algorithm).update(signedText(message));
  return verifier.verify(certificate.publicKey, message.Signature, 'base64');
}

/** Name and value on lines of their own, in this order, without the missing ones. */
function signedText(message: SnsMessage): string {
  const names =
    message.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const);
  return names.flatMap((name) => (message[name] ? [`${name}\n${message[name]}\n`] : [])).join('');
}

/** Visits the address of a subscription's confirmation; the signature of the message is verified before. */
export function confirmSubscription(body: unknown, get: FetchText = fetchText): Promise<WebhookReply> | undefined {
  const parsed = SnsMessage.safeParse(body);
  if (!parsed.success || parsed.data.Type !== 'SubscriptionConfirmation') return undefined;
  return confirmed(parsed.data.SubscribeURL ?? '', get);
}

async function confirmed(address: string, get: FetchText): Promise<WebhookReply> {
  if (!isAmazons(address, /^\/$/)) return { status: 400, text: 'SubscribeURL is no address of Amazon SNS\n' };
  try {
    await get(address);
    return { status: 200, text: 'subscribed\n' };
  } catch {
    return { status: 503, text: 'the subscription could not be confirmed: Amazon SNS did not answer\n' };
  }
}
