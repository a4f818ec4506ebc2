/** Opens the status pages that are configured, and our own feed. */
import type { AnySettings } from '#adapters/system.ts';
import { openOffered } from '#compose/systems.ts';
import type { Log } from '#core/log.ts';
import type { StatusPage } from '#model/incident/status-page.ts';
import { statusFeedJson, statusFeedRss } from '#present/documents/status-feed.ts';
import type { Store } from '#record/store.ts';
import { FEED, fedIncidents } from '#workflows/status/status-feed.ts';

/** A page that cannot be opened does not keep the others from customers. */
export async function openStatusPages(
  settings: AnySettings | undefined,
  { feedUrl, log }: Readonly<{ feedUrl: URL | undefined; log: Log }>,
): Promise<readonly StatusPage[]> {
  const feed = feedUrl === undefined ? [] : [ownFeed(feedUrl)];
  const problem = 'a status page could not be opened; the others get updates';
  return [...feed, ...(await openOffered(settings, { of: ({ statusPage }) => statusPage, log, problem }))];
}

/** It is read from the store, so there is nothing to send. */
function ownFeed({ href: url }: URL): StatusPage {
  return {
    id: FEED,
    title: 'The feed',
    canLook: true,
    publish: async ({ pageId: remoteId, updateId: remoteUpdateId }) => ({
      kind: 'sent',
      remoteId,
      remoteUpdateId,
      url,
    }),
  };
}

/** What the web server serves to everybody. */
export function statusFeed(store: Store, { href }: URL): Readonly<{ json(): Promise<string>; rss(): Promise<string> }> {
  return {
    json: async () => statusFeedJson(await fedIncidents(store)),
    rss: async () => statusFeedRss(await fedIncidents(store), href),
  };
}
