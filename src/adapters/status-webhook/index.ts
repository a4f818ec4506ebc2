import { defineSystem, type SettingsOf, shownAddress } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const statusWebhook = defineSystem({
  id: 'status-webhook',
  title: 'Status webhook',
  docs: 'status-pages.md',
  checked: 'documented',
  settings,
  statusPage: {
    set: 'STATUS_WEBHOOK_URL and STATUS_WEBHOOK_SECRET',
    async open(settings) {
      const webhook = webhookIn(settings);
      if (webhook === undefined) return undefined;
      const { statusWebhookPage } = await import('./page.ts');
      return statusWebhookPage(webhook);
    },
  },
  doctor: {
    set: 'STATUS_WEBHOOK_URL and STATUS_WEBHOOK_SECRET to post approved updates as JSON',
    async check(all) {
      const { url, secret } = all.statusWebhook;
      if (url === undefined && secret === undefined) return undefined;
      const webhook = webhookIn(all);
      if (webhook === undefined) {
        const missing = url === undefined ? 'STATUS_WEBHOOK_URL' : 'STATUS_WEBHOOK_SECRET';
        return { ok: false, detail: `${missing} is missing, so no update is sent`, remedy: `Set ${missing}.` };
      }
      // A request would be an update: it is tried when somebody approves one.
      return { ok: true, detail: `set for ${shownAddress(webhook.url)}; the first update tries it`, remedy: '' };
    },
  },
});

/** Undefined unless both are set. */
function webhookIn({ statusWebhook: { url, secret } }: SettingsOf<typeof settings>) {
  return url === undefined || secret === undefined ? undefined : { url, secret };
}
