import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const statuspage = defineSystem({
  id: 'statuspage',
  title: 'Statuspage',
  docs: 'status-pages.md',
  checked: 'documented',
  settings,
  alertWebhook: {
    path: '/webhooks/statuspage',
    secret: 'STATUSPAGE_WEBHOOK_TOKEN',
    setup: 'set STATUSPAGE_WEBHOOK_TOKEN, and add ?token=… to the address',
    bodies: ['a Statuspage notification'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readStatuspageWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ statuspage }) => tokenProof(statuspage.webhookToken),
        read: readStatuspageWebhook,
      };
    },
  },
  statusPage: {
    set: 'STATUSPAGE_PAGE_ID and STATUSPAGE_API_KEY',
    async open(settings) {
      const page = pageIn(settings);
      if (page === undefined) return undefined;
      const { statuspagePage } = await import('./page.ts');
      return statuspagePage(page);
    },
  },
  doctor: {
    set: 'STATUSPAGE_PAGE_ID and STATUSPAGE_API_KEY to send approved updates to a status page',
    async check(all, signal) {
      const { pageId, apiKey } = all.statuspage;
      if (pageId === undefined && apiKey === undefined) return undefined;
      const page = pageIn(all);
      if (page === undefined) {
        const missing = pageId === undefined ? 'STATUSPAGE_PAGE_ID' : 'STATUSPAGE_API_KEY';
        return { ok: false, detail: `${missing} is missing, so no update is sent`, remedy: `Set ${missing}.` };
      }
      const { checkStatuspage } = await import('./page.ts');
      return await checkStatuspage(page, signal);
    },
  },
});

/** Undefined unless both are set. */
function pageIn({ statuspage: { pageId, apiKey, ...rest } }: SettingsOf<typeof settings>) {
  return pageId === undefined || apiKey === undefined ? undefined : { ...rest, pageId, apiKey };
}
