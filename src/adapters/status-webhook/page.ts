/**
 * Posts approved updates to an address of the team, signed as Standard Webhooks describes it. The receiver can tell a
 * second delivery by `webhook-id`, but nobody can ask it: an uncertain delivery waits for a person.
 */
import { postSigned } from '#adapters/standard-webhooks.ts';
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
      const nowAt = nowSeconds();
      const sent = await postSigned(
        { url, secrets: [secret], id, nowSeconds: nowAt, body, words: WORDS, timeoutMs },
        signal,
      );
      return sent.kind === 'taken' ? { kind: 'sent', remoteId: publication.pageId, remoteUpdateId: id, url: '' } : sent;
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
