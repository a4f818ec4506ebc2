/** The secret of incident.io’s webhook. */
import { Secret } from '#config/fields.ts';

export const settings = {
  incidentio: {
    webhookSecret: Secret({
      env: 'INCIDENT_IO_WEBHOOK_SECRET',
      means:
        'The signing secret of incident.io’s webhook endpoint (`whsec_…`). While you replace it, give both, separated by a comma.',
    }),
  },
};
