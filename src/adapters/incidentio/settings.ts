/** incident.io has a secret for its webhook, and a key for each kind of work: who is on call, incidents, a status page. */
import { z } from 'zod';
import { Address, PagerActions, pageComponents, Secret, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

/** An id of incident.io: 26 letters and digits. */
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** The states that incident.io has for a component that does not work as it should. */
export const COMPONENT_STATES = ['degraded_performance', 'partial_outage', 'full_outage'] as const;

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
    actions: PagerActions(['acknowledge', 'resolve', 'page', 'responders'], {
      env: 'INCIDENT_IO_ACTIONS',
      what: '[incidents in incident.io](incidentio.md#changes-in-incidentio)',
    }),
    writeKey: Token({
      env: 'INCIDENT_IO_WRITE_KEY',
      means: 'An API key that may edit incidents, create escalations and read schedules. Required with an action.',
    }),
    statusPageId: z
      .string('must be text')
      .regex(ULID, 'must be the id of a status page, such as 01FCNDV6P870EA6S7TK1DSYDG0')
      .register(settingFacts, {
        env: 'INCIDENT_IO_STATUS_PAGE_ID',
        means: 'The page that gets [approved updates](status-pages.md#incidentio). Default: none.',
      })
      .optional(),
    statusPageKey: Token({
      env: 'INCIDENT_IO_STATUS_PAGE_KEY',
      means: 'An API key that may create incidents of status pages and publish updates, and no more.',
    }),
    statusPageComponents: pageComponents({
      env: 'INCIDENT_IO_STATUS_PAGE_COMPONENTS',
      id: ULID,
      example: 'Login=01FCNDV6P870EA6S7TK1DSYDG2',
    }),
    statusPageComponentState: z
      .enum(['none', ...COMPONENT_STATES], `must be none, ${COMPONENT_STATES.slice(0, -1).join(', ')} or full_outage`)
      .register(settingFacts, {
        env: 'INCIDENT_IO_STATUS_PAGE_COMPONENT_STATE',
        means:
          'The state of the components that an approved update names: degraded_performance, partial_outage or full_outage. `resolved` makes them operational again. With none, an update names no component.',
      })
      .prefault('none'),
    statusPageNotify: z
      .boolean('must be true or false')
      .register(settingFacts, {
        env: 'INCIDENT_IO_STATUS_PAGE_NOTIFY',
        means: 'Whether incident.io informs the subscribers of the page about each update.',
      })
      .prefault(true),
    apiUrl: Address()
      .register(settingFacts, { env: 'INCIDENT_IO_API_URL', means: 'The address of incident.io’s API.' })
      .prefault('https://api.incident.io'),
  },
};
