import { defineSystem } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const incidentIo = defineSystem({
  id: 'incidentio',
  title: 'incident.io',
  docs: 'alerts.md',
  checked: 'documented',
  settings,
  alertWebhook: {
    path: '/webhooks/incidentio',
    secret: 'INCIDENT_IO_WEBHOOK_SECRET',
    setup: 'set INCIDENT_IO_WEBHOOK_SECRET to the signing secret of the endpoint',
    bodies: ['an incident.io webhook'],
    refusal: 'invalid signature',
    async load() {
      const { incidentIoProof, isIncidentIoWebhook, readIncidentIoWebhook } = await import('./webhook.ts');
      return {
        proof: ({ incidentio }) => incidentIoProof(incidentio.webhookSecret),
        read: readIncidentIoWebhook,
        isOwn: isIncidentIoWebhook,
      };
    },
  },
  onCall: {
    set: 'INCIDENT_IO_API_KEY',
    place: /^schedule\/[\p{L}\p{N}_][^=,\p{C}]{0,99}$/u,
    examples: ['incidentio:schedule/Payments'],
    async open({ incidentio: { apiKey, apiUrl } }) {
      if (apiKey === undefined) return undefined;
      const { incidentIoOnCall } = await import('./on-call.ts');
      return incidentIoOnCall({ apiKey, apiUrl });
    },
  },
});
