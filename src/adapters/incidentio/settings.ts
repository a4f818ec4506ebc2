/** The secret of incident.io’s webhook, and the key that reads who is on call. */
import { Address, Secret, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  incidentio: {
    webhookSecret: Secret({
      env: 'INCIDENT_IO_WEBHOOK_SECRET',
      means:
        'The signing secret of incident.io’s webhook endpoint (`whsec_…`). While you replace it, give both, separated by a comma.',
    }),
    apiKey: Token({
      env: 'INCIDENT_IO_API_KEY',
      means:
        'An API key that may only read schedules, to read [who is on call](incidents.md#incidentio-and-grafana-oncall).',
    }),
    apiUrl: Address()
      .register(settingFacts, { env: 'INCIDENT_IO_API_URL', means: 'The address of incident.io’s API.' })
      .prefault('https://api.incident.io'),
  },
};
