import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const zabbix = defineSystem({
  id: 'zabbix',
  title: 'Zabbix',
  docs: 'zabbix.md',
  checked: 'documented',
  settings,
  alertMessages: { load: async () => (await import('./message.ts')).readZabbixMessage },
  alertWebhook: {
    path: '/webhooks/zabbix',
    secret: 'ZABBIX_WEBHOOK_TOKEN',
    setup: 'set ZABBIX_WEBHOOK_TOKEN, and send it as the bearer token in the media type’s script',
    bodies: ['a Zabbix webhook'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { isZabbixBody, readZabbixWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ zabbix }) => tokenProof(zabbix.webhookToken),
        read: readZabbixWebhook,
        isOwn: isZabbixBody,
      };
    },
  },
});
