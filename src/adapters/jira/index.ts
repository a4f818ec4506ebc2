import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

const SET = 'JIRA_URL, JIRA_TOKEN, JIRA_PROJECTS, and for Jira Cloud JIRA_USER';

export const jira = defineSystem({
  id: 'jira',
  title: 'Jira',
  docs: 'issues.md',
  checked: 'documented',
  settings,
  issueTracker: {
    set: SET,
    async open(all) {
      const site = siteIn(all);
      if (site === undefined) return undefined;
      const { jiraIssues } = await import('./issues.ts');
      return jiraIssues(site);
    },
  },
  issueWebhook: {
    path: '/webhooks/jira',
    secret: 'JIRA_WEBHOOK_SECRET',
    setup: 'set JIRA_WEBHOOK_SECRET, and use the same value as the secret of the webhook',
    async load() {
      const { jiraProof, readJiraIssue } = await import('./issue-events.ts');
      return { proof: ({ jira }) => jiraProof(jira.webhookSecret), read: readJiraIssue };
    },
  },
  doctor: {
    set: `${SET} to create issues for action items`,
    async check(all, signal) {
      const { url, user, token, projects, webhookSecret } = all.jira;
      const given = { JIRA_URL: url, JIRA_USER: user, JIRA_TOKEN: token, JIRA_PROJECTS: projects.at(0) };
      const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
      if (missing.length === Object.keys(given).length && webhookSecret === undefined) return undefined;
      const site = siteIn(all);
      if (site === undefined) {
        const names = missing.filter((name) => name !== 'JIRA_USER' || url === undefined || isCloud(url)).join(', ');
        return { ok: false, detail: `${names} missing, so no issue is created`, remedy: `Set ${names}.` };
      }
      const { checkJira } = await import('./issues.ts');
      return await checkJira(site, signal);
    },
  },
});

/** Undefined unless all are set. Without a user, it is Jira Data Center. */
function siteIn({ jira: { url, user, token, projects: places, issueType, labels } }: SettingsOf<typeof settings>) {
  if (url === undefined || token === undefined || places.length === 0) return undefined;
  return user === undefined && isCloud(url) ? undefined : { url, user, token, places, issueType, labels };
}

/** A site of Atlassian's own. Jira Cloud may have another address, too: `doctor` asks it. */
function isCloud({ hostname }: URL): boolean {
  return /(?:^|\.)(?:atlassian\.net|atlassian\.com|jira\.com)$/.test(hostname);
}
