/**
 * Checks from the headers, before the body is read, whether a request can come from Slack. Bolt then verifies the
 * signature over the body. https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
import type { Clock } from '#core/clock.ts';
import type { WebhookHeaders, WebhookReply } from '#core/webhook.ts';

/**
 * Bolt's own limit. A message has up to 40,000 characters and a form up to 100 fields of 3,000. Percent-encoded, such a
 * character takes up to nine bytes.
 */
export const LARGEST_SLACK_BYTES = 4 * 1024 * 1024;

/** Slack's own advice: an older request may be a replay. */
const MOST_APART_S = 300;

/** One takes milliseconds. Some wait for Slack's answer about a person, each for a second and a half. */
const AT_ONCE = 100;
/** Slack waits three seconds in all. */
const WAIT_MS = 2_000;
const TRY_AGAIN_SECONDS = 10;

/** Slack shows the text of a command's answer. It repeats an event, and marks a button or a form as failed. */
function busy(body: Uint8Array): WebhookReply {
  const text = `I am busy and did not take this. Please try again in ${TRY_AGAIN_SECONDS} s.\n`;
  return { status: new URLSearchParams(Buffer.from(body).toString('latin1')).has('command') ? 200 : 503, text };
}

/** The limits of Slack's requests by path: the path in `manifest.json` and in Bolt. */
export function slackBodies(clock: Clock) {
  return {
    '/slack/events': {
      maxBytes: LARGEST_SLACK_BYTES,
      refuse: (headers: WebhookHeaders) => refusedByHeaders(headers, clock.nowUs()),
      turns: { atOnce: AT_ONCE, waitMs: WAIT_MS, clock, busy },
    },
  };
}

function refusedByHeaders({ header }: WebhookHeaders, nowUs: number): WebhookReply | undefined {
  if (!/^v0=[0-9a-f]{64}$/.test(header('x-slack-signature') ?? '')) {
    return { status: 401, text: 'x-slack-signature is missing or is not a Slack signature\n' };
  }
  const sentAt = header('x-slack-request-timestamp') ?? '';
  if (!/^\d{1,12}$/.test(sentAt))
    return { status: 401, text: 'x-slack-request-timestamp is missing or is not a time\n' };
  if (Math.abs(Number(sentAt) - nowUs / 1_000_000) > MOST_APART_S) {
    return { status: 401, text: 'x-slack-request-timestamp is more than five minutes from the time here\n' };
  }
  const type = (header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type === 'application/x-www-form-urlencoded') return undefined;
  return { status: 415, text: 'Slack sends forms and JSON\n' };
}
