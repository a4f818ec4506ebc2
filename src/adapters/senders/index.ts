import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

/** Senders without a folder of their own: read by a mapping of the configuration, else by the names of their fields. */
export const senders = defineSystem({
  id: 'senders',
  title: 'Other senders',
  docs: 'alerts.md',
  checked: 'documented',
  settings,
  alertMessages: {
    ownKeys: true,
    isLast: true,
    load: async ({ senders }) => (await import('./message.ts')).mappedMessages(senders?.mappings ?? {}),
  },
  alertWebhook: {
    path: '/webhooks/alerts',
    secret: 'SENDERS_TOKEN',
    setup:
      'set SENDERS_TOKEN, send it as the bearer token, and add a mapping if `spanhound alert try` reads the body wrongly',
    bodies: ['the body of any other sender'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readMapped }, { readGeneral }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./mapping.ts'),
        import('./general-alert.ts'),
      ]);
      return {
        proof: ({ senders }) => tokenProof(senders.token),
        read(body, nowUs, { settings }) {
          const read = readMapped(settings.senders?.mappings ?? {}, body, nowUs);
          if (read.kind !== 'unreadable') return read;
          const general = readGeneral(body, { source: 'senders', receivedUs: nowUs });
          return general.kind === 'unreadable' ? { ...read, why: `${read.why}\n${general.why}` } : general;
        },
        readUnknown: (body, source, receivedUs) => readGeneral(body, { source, receivedUs }),
      };
    },
  },
});
