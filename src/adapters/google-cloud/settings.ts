/** The token of Google Cloud Monitoring’s webhook, and the projects whose traces and lines are read. */
import { z } from 'zod';
import { Address, lineFieldSettings, Secret, says, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

/** Old ids have the domain of a company before a colon. */
const PROJECT = String.raw`(?:[a-z\d.-]{1,63}:)?[a-z][a-z\d-]{4,28}[a-z\d]`;
/** `jsonPayload.service`, `labels."k8s-pod/app"`. */
const FIELD = /^(?:jsonPayload|labels|resource)(?:\.(?:[a-z_]\w{0,99}|"[\w./-]{1,200}")){1,8}$/i;

const fields = lineFieldSettings('GOOGLE_CLOUD_LOG', { knows: 'Google, OpenTelemetry and loggers', form: FIELD });

export const settings = {
  googleCloud: {
    webhookToken: Token({
      env: 'GOOGLE_CLOUD_WEBHOOK_TOKEN',
      means:
        'The password of Google Cloud’s webhook channel, or the token in its address: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
    key: Secret({
      env: 'GOOGLE_CLOUD_KEY',
      means:
        'The key of the service account that reads, as Google Cloud wrote it (JSON). Default: the service account of the machine, from its metadata server.',
    }),
    traceProject: z
      .string(says('must be text'))
      .regex(new RegExp(`^${PROJECT}$`), 'must be the id of a project, such as shop-prod-123')
      .register(settingFacts, {
        env: 'GOOGLE_CLOUD_TRACE_PROJECT',
        means: 'The id of the project whose traces are read from Cloud Trace, such as `shop-prod-123`.',
      })
      .optional(),
    traceServiceLabel: z
      .string(says('must be text'))
      .regex(/^[\w./][\w./-]{0,127}$/, 'must be the key of a label')
      .register(settingFacts, {
        env: 'GOOGLE_CLOUD_TRACE_SERVICE_LABEL',
        means: 'The label of a span that names its service, such as `g.co/gae/app/module` for App Engine.',
      })
      .prefault('service.name'),
    traceUrl: Address()
      .register(settingFacts, {
        env: 'GOOGLE_CLOUD_TRACE_URL',
        means: 'The address of a private endpoint of Cloud Trace. Default: `https://cloudtrace.googleapis.com`.',
      })
      .optional(),
    logProjects: z
      .string(says('must be text'))
      .regex(
        new RegExp(`^${PROJECT}(?:,${PROJECT}){0,19}$`),
        'must be ids of projects, at most 20, separated with commas',
      )
      .register(settingFacts, {
        env: 'GOOGLE_CLOUD_LOG_PROJECTS',
        means: 'The ids of the projects whose lines are read from Cloud Logging, separated with commas.',
      })
      .optional(),
    logServiceField: z
      .string(says('must be text'))
      .regex(FIELD, 'must be a field such as jsonPayload.service or labels."k8s-pod/app"')
      .register(settingFacts, {
        env: 'GOOGLE_CLOUD_LOG_SERVICE_FIELD',
        means:
          'The field of an entry that names its service, such as `labels."k8s-pod/app"`. Default: the names that OpenTelemetry, loggers and Google’s resources use.',
      })
      .optional(),
    logTraceField: fields.traceField,
    logLevelField: fields.levelField,
    logUrl: Address()
      .register(settingFacts, {
        env: 'GOOGLE_CLOUD_LOGGING_URL',
        means: 'The address of a private endpoint of Cloud Logging. Default: `https://logging.googleapis.com`.',
      })
      .optional(),
  },
};
