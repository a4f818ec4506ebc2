import { pagerSetup } from '#adapters/pager-setup.ts';
import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

type Settings = SettingsOf<typeof settings>;

export const incidentIo = defineSystem({
  id: 'incidentio',
  title: 'incident.io',
  docs: 'incidentio.md',
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
  ...pagerSetup({
    set: 'INCIDENT_IO_ACTIONS and INCIDENT_IO_WRITE_KEY',
    purpose: 'close and page in incident.io',
    actions: ({ incidentio }: Settings) => incidentio.actions,
    needs: ({ incidentio: { writeKey } }) => ({ INCIDENT_IO_WRITE_KEY: writeKey }),
    writing: ({ incidentio: { actions, writeKey, apiUrl } }) =>
      writeKey === undefined ? undefined : { does: actions, key: writeKey, apiUrl },
    async load() {
      const { checkIncidentIo, incidentIoPager } = await import('./incidents.ts');
      return { open: incidentIoPager, check: checkIncidentIo };
    },
  }),
});
