import { defineSystem, type SettingsOf, shownAddress } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const eventWebhooks = defineSystem({
  id: 'event-webhooks',
  title: 'Event webhooks',
  docs: 'webhooks.md',
  checked: 'documented',
  settings,
  eventReceivers: {
    set: 'EVENT_WEBHOOK_URLS and EVENT_WEBHOOK_SECRETS',
    async open(all) {
      const { private: takesPrivate } = all.eventWebhooks;
      const found = receiversIn(all);
      if (found.length === 0) return [];
      const { eventReceiver } = await import('./receiver.ts');
      return found.map(({ name, url, secrets }) => eventReceiver({ name, url, secrets, takesPrivate }));
    },
  },
  doctor: {
    set: 'EVENT_WEBHOOK_URLS and EVENT_WEBHOOK_SECRETS to post the events of incidents as JSON',
    async check(all) {
      const { urls, secrets } = all.eventWebhooks;
      const found = receiversIn(all);
      const lone = Object.keys(urls).filter((name) => !(name in secrets));
      const unused = Object.keys(secrets).filter((name) => !(name in urls));
      if (lone.length + unused.length > 0) {
        const missing = [
          ...lone.map((name) => `a secret for ${name}`),
          ...unused.map((name) => `an address for ${name}`),
        ];
        const remedy = `Set ${missing.join(' and ')} in EVENT_WEBHOOK_${lone.length > 0 ? 'SECRETS' : 'URLS'}.`;
        return { ok: false, detail: `${missing.join(' and ')} is missing, so nothing is sent there`, remedy };
      }
      if (found.length === 0) return undefined;
      // A request would be an event: it is tried when one happens.
      const places = found.map(({ name, url }) => `${name} at ${shownAddress(url)}`).join(', ');
      return { ok: true, detail: `set for ${places}; the first event tries it`, remedy: '' };
    },
  },
});

/** Those with an address and a secret. */
function receiversIn({ eventWebhooks: { urls, secrets } }: SettingsOf<typeof settings>) {
  return Object.entries(urls).flatMap(([name, url]) => {
    const written = (secrets[name] ?? '').split(' ').filter((one) => one !== '');
    return written.length === 0 ? [] : [{ name, url, secrets: written }];
  });
}
