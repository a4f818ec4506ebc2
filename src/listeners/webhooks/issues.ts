/** Webhooks for changes of issues. Each is stored before it is acknowledged; the tracker is asked later. */
import type { Log } from '#core/log.ts';
import type { Proof, ReadBody, Webhook, WebhookRequest } from '#core/webhook.ts';
import { provedWebhook } from '#listeners/webhooks/proved.ts';
import { storedBody } from '#listeners/webhooks/stored-body.ts';

export type IssuesWebhookOptions = Readonly<{
  source: string;
  title: string;
  /** How to set it up: `set JIRA_WEBHOOK_SECRET, and …`. */
  setup: string;
  proof: Proof | undefined;
  read(body: unknown, request: WebhookRequest): ReadBody<Readonly<{ kind: 'issue'; remoteId: string }>>;
  hear(remoteId: string): Promise<void>;
  log: Log;
}>;

/** A larger body is refused and not said: the look each ten minutes finds its issue. */
export function issuesWebhook({ source, title, setup, proof, read, hear, log }: IssuesWebhookOptions): Webhook {
  return provedWebhook({
    proof,
    notSetUp: `Webhooks of ${title} for issues are not set up here: ${setup}\n`,
    notProved: 'invalid token or signature\n',
    take: storedBody({
      source,
      what: 'an issue',
      unreadable: 'not a known form of an issue',
      read,
      // An unknown issue gets the same answer: nobody learns which issues Spanhound follows.
      store: ({ remoteId }) => hear(remoteId),
      log,
    }),
  });
}
