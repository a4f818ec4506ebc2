import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const linear = defineSystem({
  id: 'linear',
  title: 'Linear',
  docs: 'issues.md',
  checked: 'documented',
  settings,
  issueTracker: {
    set: 'LINEAR_TEAMS and LINEAR_TOKEN',
    async open(all) {
      const found = teamsIn(all);
      if (found === undefined) return undefined;
      const { linearIssues } = await import('./issues.ts');
      return linearIssues(found);
    },
  },
  issueWebhook: {
    path: '/webhooks/linear',
    secret: 'LINEAR_WEBHOOK_SECRET',
    setup: 'set LINEAR_WEBHOOK_SECRET to the signing secret of the webhook',
    async load() {
      const { linearProof, readLinearIssue } = await import('./issue-events.ts');
      return { proof: ({ linear }) => linearProof(linear.webhookSecret), read: readLinearIssue };
    },
  },
  doctor: {
    set: 'LINEAR_TEAMS and LINEAR_TOKEN to create issues for action items',
    async check(all, signal) {
      const { teams, token, webhookSecret } = all.linear;
      if (teams.length === 0 && token === undefined && webhookSecret === undefined) return undefined;
      const found = teamsIn(all);
      if (found === undefined) {
        const missing = [
          ...(teams.length === 0 ? ['LINEAR_TEAMS'] : []),
          ...(token === undefined ? ['LINEAR_TOKEN'] : []),
        ].join(' and ');
        return { ok: false, detail: `${missing} missing, so no issue is created`, remedy: `Set ${missing}.` };
      }
      const { checkLinear } = await import('./issues.ts');
      return await checkLinear(found, signal);
    },
  },
});

/** Undefined unless both are set. */
function teamsIn({ linear: { apiUrl: url, teams: places, token } }: SettingsOf<typeof settings>) {
  return places.length === 0 || token === undefined ? undefined : { url, places, token };
}
