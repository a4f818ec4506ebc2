import { pagerSetup } from '#adapters/pager-setup.ts';
import { defineSystem, placeAt, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

type Settings = SettingsOf<typeof settings>;

export const grafana = defineSystem({
  id: 'grafana',
  title: 'Grafana',
  docs: 'grafana.md',
  checked: 'documented',
  settings,
  links: { trace: 'https://grafana.example.com/explore?panes={"a":{"queries":[{"query":"{traceId}"}]}}' },
  errors: { address: 'GRAFANA_URL', credentials: 'GRAFANA_TOKEN' },
  evidence: {
    kinds: ['changes', 'metrics'],
    setup: {
      set: 'GRAFANA_URL, and GRAFANA_TOKEN or GRAFANA_ALERTS_TOKEN',
      purpose: 'to read annotations about changes, or which alerts fire',
    },
    place: ({ grafana: { url, token = '', alertsToken = '' } }) =>
      url && `${token}${alertsToken}` !== '' ? placeAt('Grafana', url) : undefined,
    async open({ grafana: { url, token, alertsToken } }, { timeoutMs, maxBytes, errors }) {
      if (url === undefined || (token ?? alertsToken) === undefined) return {};
      const { grafana } = await import('./client.ts');
      return grafana({ url, token, alertsToken, timeoutMs, maxBytes, errors });
    },
  },
  alertMessages: { load: async () => (await import('./message.ts')).readGrafanaMessage },
  alertWebhook: {
    path: '/webhooks/grafana',
    secret: 'GRAFANA_WEBHOOK_SECRET',
    setup: 'set GRAFANA_WEBHOOK_SECRET, and use it as the HMAC secret or the bearer token of the contact point',
    bodies: ['a Grafana webhook'],
    refusal: 'invalid signature or token',
    smaller:
      'Split its groups: add a label to “Group by” of the notification policy. “Max Alerts” of the contact point also limits a message; the alerts above it are left out.',
    async load() {
      const { grafanaProof, isGrafanaWebhook, readGrafanaWebhook } = await import('./webhook.ts');
      return {
        proof: ({ grafana }) => grafanaProof(grafana.webhookSecret),
        read: readGrafanaWebhook,
        isOwn: isGrafanaWebhook,
      };
    },
  },
  onCall: {
    set: 'GRAFANA_ONCALL_URL and GRAFANA_ONCALL_TOKEN',
    place: /^schedule\/[\p{L}\p{N}_][^=,\p{C}]{0,99}$/u,
    examples: ['grafana:schedule/Payments'],
    async open({ grafana: { url, onCallUrl, onCallToken } }) {
      if (onCallUrl === undefined || onCallToken === undefined) return undefined;
      const { grafanaOnCall } = await import('./on-call.ts');
      return grafanaOnCall({ token: onCallToken, apiUrl: onCallUrl, grafanaUrl: url });
    },
  },
  ...pagerSetup({
    set: 'GRAFANA_ONCALL_ACTIONS, GRAFANA_ONCALL_WRITE_TOKEN and GRAFANA_ONCALL_URL',
    purpose: 'acknowledge, note, resolve and page in Grafana IRM',
    actions: ({ grafana }: Settings) => grafana.onCallActions,
    needs: ({ grafana: { onCallWriteToken, onCallUrl } }) => ({
      GRAFANA_ONCALL_WRITE_TOKEN: onCallWriteToken,
      GRAFANA_ONCALL_URL: onCallUrl,
    }),
    writing: ({ grafana: { url, onCallActions, onCallWriteToken, onCallUrl } }) =>
      onCallWriteToken === undefined || onCallUrl === undefined
        ? undefined
        : { does: onCallActions, token: onCallWriteToken, apiUrl: onCallUrl, grafanaUrl: url },
    async load() {
      const { checkGrafanaPager, grafanaPager } = await import('./alert-groups.ts');
      return { open: grafanaPager, check: checkGrafanaPager };
    },
  }),
});
