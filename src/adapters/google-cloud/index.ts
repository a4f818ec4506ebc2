import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

const TRACE_URL = 'https://cloudtrace.googleapis.com';
const LOG_URL = 'https://logging.googleapis.com';

export const googleCloud = defineSystem({
  id: 'google-cloud',
  title: 'Google Cloud',
  docs: 'google-cloud.md',
  checked: 'documented',
  settings,
  errors: {
    address: 'GOOGLE_CLOUD_TRACE_URL or GOOGLE_CLOUD_LOGGING_URL',
    credentials: 'GOOGLE_CLOUD_KEY and the roles of its service account',
  },
  links: { trace: 'https://console.cloud.google.com/traces/explorer;traceId={traceId}?project=shop' },
  evidence: {
    kinds: ['traces', 'logs'],
    setup: {
      set: 'GOOGLE_CLOUD_TRACE_PROJECT or GOOGLE_CLOUD_LOG_PROJECTS',
      purpose: 'to read traces or log lines from it',
    },
    place({ googleCloud: { traceProject, traceUrl, logProjects, logUrl } }) {
      const places = [
        ...(traceProject === undefined ? [] : [placeAt('Cloud Trace', traceUrl ?? new URL(TRACE_URL))]),
        ...(logProjects === undefined ? [] : [placeAt('Cloud Logging', logUrl ?? new URL(LOG_URL))]),
      ];
      return places.length === 0 ? undefined : places.join(' and ');
    },
    async open({ googleCloud: { key, traceProject, logProjects, ...own } }, { timeoutMs, maxBytes, errors }) {
      if (traceProject === undefined && logProjects === undefined) return {};
      const { googleCloud } = await import('./client.ts');
      const { traceUrl = new URL(TRACE_URL), logUrl = new URL(LOG_URL) } = own;
      return googleCloud(
        {
          traces:
            traceProject === undefined
              ? undefined
              : { url: traceUrl, project: traceProject, serviceLabel: own.traceServiceLabel },
          logs:
            logProjects === undefined
              ? undefined
              : {
                  url: logUrl,
                  projects: logProjects.split(','),
                  serviceField: own.logServiceField,
                  traceField: own.logTraceField,
                  levelField: own.logLevelField,
                  traceProject,
                },
          key,
        },
        { timeoutMs, maxBytes, errors },
      );
    },
  },
  alertWebhook: {
    path: '/webhooks/google-cloud',
    secret: 'GOOGLE_CLOUD_WEBHOOK_TOKEN',
    setup: 'set GOOGLE_CLOUD_WEBHOOK_TOKEN, and use it as the password of the channel’s basic authentication',
    bodies: ['a Google Cloud Monitoring incident'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readGoogleCloudWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ googleCloud }) => tokenProof(googleCloud.webhookToken),
        read: readGoogleCloudWebhook,
      };
    },
  },
});
