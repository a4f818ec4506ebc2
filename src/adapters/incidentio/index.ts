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
  statusPage: {
    set: 'INCIDENT_IO_STATUS_PAGE_ID and INCIDENT_IO_STATUS_PAGE_KEY',
    async open(settings) {
      const page = pageIn(settings);
      if (page === undefined) return undefined;
      const { incidentIoStatusPage } = await import('./status-page.ts');
      return incidentIoStatusPage(page);
    },
    async check(settings, signal) {
      const { statusPageId, statusPageKey } = settings.incidentio;
      if (statusPageId === undefined && statusPageKey === undefined) return undefined;
      const page = pageIn(settings);
      if (page === undefined) {
        const missing = statusPageId === undefined ? 'INCIDENT_IO_STATUS_PAGE_ID' : 'INCIDENT_IO_STATUS_PAGE_KEY';
        return { ok: false, detail: `${missing} is missing, so no update is sent`, remedy: `Set ${missing}.` };
      }
      const { checkIncidentIoStatusPage } = await import('./status-page.ts');
      return await checkIncidentIoStatusPage(page, signal);
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

/** Undefined unless both are set. */
function pageIn({ incidentio }: Settings) {
  const { apiUrl, statusPageId: pageId, statusPageKey: key } = incidentio;
  if (pageId === undefined || key === undefined) return undefined;
  const { statusPageComponents: components, statusPageComponentState, statusPageNotify: notify } = incidentio;
  return { apiUrl, pageId, key, components, componentState: statusPageComponentState, notify };
}
