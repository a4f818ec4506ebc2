/** incident.io has a secret for its webhook, a key that reads who is on call, and a key that changes incidents. */
import { Address, PagerActions, Secret, Token } from '#config/fields.ts';
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
    actions: PagerActions(['acknowledge', 'resolve', 'page'], {
      env: 'INCIDENT_IO_ACTIONS',
      what: '[incidents in incident.io](incidentio.md#changes-in-incidentio)',
    }),
    writeKey: Token({
      env: 'INCIDENT_IO_WRITE_KEY',
      means: 'An API key that may edit incidents, create escalations and read schedules. Required with an action.',
    }),
    apiUrl: Address()
      .register(settingFacts, { env: 'INCIDENT_IO_API_URL', means: 'The address of incident.io’s API.' })
      .prefault('https://api.incident.io'),
  },
};
