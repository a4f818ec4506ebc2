import { pagerSetup } from '#adapters/pager-setup.ts';
import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

type Settings = SettingsOf<typeof settings>;

export const opsgenie = defineSystem({
  id: 'opsgenie',
  title: 'Opsgenie',
  docs: 'opsgenie.md',
  checked: 'documented',
  settings,
  alertMessages: { load: async () => (await import('./message.ts')).readOpsgenieMessage },
  alertWebhook: {
    path: '/webhooks/opsgenie',
    secret: 'OPSGENIE_WEBHOOK_TOKEN',
    setup: 'set OPSGENIE_WEBHOOK_TOKEN, and send it as the bearer token in the webhook’s custom headers',
    bodies: ['an Opsgenie webhook'],
    refusal: 'invalid token',
    async load() {
      const [{ tokenProof }, { readOpsgenieWebhook }] = await Promise.all([
        import('#adapters/shared-secret.ts'),
        import('./webhook.ts'),
      ]);
      return {
        proof: ({ opsgenie }) => tokenProof(opsgenie.webhookToken),
        read: readOpsgenieWebhook,
      };
    },
  },
  onCall: {
    set: 'OPSGENIE_API_KEY',
    place: /^schedule\/\w[^=,\p{C}]{0,99}$/u,
    examples: ['opsgenie:schedule/Payments'],
    async open({ opsgenie: { apiKey, apiUrl, jiraCloudId: cloudId, jiraUser: user, jiraUrl: url } }) {
      if (apiKey === undefined) return undefined;
      if (cloudId !== undefined && user !== undefined) {
        const { jiraOnCall } = await import('./jira-on-call.ts');
        return jiraOnCall({ token: apiKey, user, cloudId, url });
      }
      const { opsgenieOnCall } = await import('./on-call.ts');
      return opsgenieOnCall({ apiKey, apiUrl });
    },
  },
  ...pagerSetup({
    set: 'OPSGENIE_ACTIONS and OPSGENIE_WRITE_KEY',
    purpose: 'acknowledge, note, close and page in Opsgenie or Jira Service Management',
    actions: ({ opsgenie }: Settings) => opsgenie.actions,
    needs: ({ opsgenie: { writeKey, jiraCloudId, jiraUser } }) => ({
      OPSGENIE_WRITE_KEY: writeKey,
      OPSGENIE_JIRA_USER: jiraUser ?? (jiraCloudId === undefined ? '' : undefined),
      OPSGENIE_JIRA_CLOUD_ID: jiraCloudId ?? (jiraUser === undefined ? '' : undefined),
    }),
    writing({ opsgenie: { actions, writeKey, apiUrl, jiraCloudId, jiraUser, jiraUrl } }) {
      if (writeKey === undefined || (jiraCloudId === undefined) !== (jiraUser === undefined)) return undefined;
      const jira =
        jiraCloudId === undefined || jiraUser === undefined
          ? undefined
          : { url: jiraUrl, cloudId: jiraCloudId, user: jiraUser };
      return { does: actions, key: writeKey, apiUrl, jira };
    },
    async load() {
      const { checkOpsgenie, opsgeniePager } = await import('./alerts.ts');
      return { open: opsgeniePager, check: checkOpsgenie };
    },
  }),
});
