/**
 * Posts approved updates to an address of the team, signed as Standard Webhooks describes it. The receiver can tell a
 * second delivery by `webhook-id`, but nobody can ask it: an uncertain delivery waits for a person.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac } from 'node:crypto';
import { basicOf } from '#adapters/http.ts';
import { notAnswered, refusal, sendOut } from '#adapters/outgoing.ts';
import { isoFromUs } from '#core/clock.ts';
import type { Publication, StatusPage } from '#model/incident/status-page.ts';

export type StatusWebhookOptions = Readonly<{ url: URL; secret: string; timeoutMs?: number; nowSeconds?(): number }>;

const TITLE = 'The status webhook';
const WORDS = {
  title: TITLE,
  credentials: 'Check STATUS_WEBHOOK_SECRET on both sides.',
  address: 'Check STATUS_WEBHOOK_URL.',
};

export function statusWebhookPage({
  url,
  secret,
  timeoutMs,
  nowSeconds = () => Date.now() / 1_000,
}: StatusWebhookOptions): StatusPage {
  return {
    id: 'status-webhook',
    title: TITLE,
    canLook: false,
    async publish(publication, signal) {
      const body = JSON.stringify(bodyOf(publication));
      const id = publication.updateId;
      const at = `${Math.floor(nowSeconds())}`;
      const answer = await sendOut(
        {
          method: 'POST',
          url: withoutUser(url),
          headers: {
            'content-type': 'application/json',
            'webhook-id': id,
            'webhook-timestamp': at,
            'webhook-signature': `v1,${signature(secret, `${id}.${at}.${body}`)}`,
            ...basicOf(url),
          },
          body,
          secrets: [secret, decodeURIComponent(url.password)].filter((one) => one !== ''),
          timeoutMs,
        },
        signal,
      );
      if (answer.kind !== 'answered') return notAnswered(answer, WORDS);
      if (answer.status < 200 || answer.status >= 300) return refusal(answer, WORDS);
      return { kind: 'sent', remoteId: publication.pageId, remoteUpdateId: id, url: '' };
    },
  };
}

/** What the receiver reads. The ids mean nothing outside of these requests. */
function bodyOf(publication: Publication) {
  const { updateId, pageId, status, title, text, components, nextUs, approvedUs, corrects } = publication;
  return {
    type: corrects === undefined ? 'status.update' : 'status.correction',
    incident: { id: pageId, title, status },
    update: {
      id: updateId,
      ...(corrects === undefined ? {} : { corrects: corrects.updateId }),
      status,
      text,
      components,
      posted_at: isoFromUs(approvedUs),
      next_update_at: nextUs === undefined ? null : isoFromUs(nextUs),
    },
  };
}

/** The key of `whsec_…` is base64; any other secret is used as it is. */
function signature(secret: string, signed: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret;
  return createHmac('sha256', key).update(signed).digest('base64');
}

function withoutUser(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}
