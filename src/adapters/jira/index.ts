import { defineSystem, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

const SET = 'JIRA_URL, JIRA_USER, JIRA_TOKEN and JIRA_PROJECTS';

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
  doctor: {
    set: `${SET} to create issues for action items`,
    async check(all, signal) {
      const { url, user, token, projects } = all.jira;
      const given = {
        JIRA_URL: url,
        JIRA_USER: user,
        JIRA_TOKEN: token,
        JIRA_PROJECTS: projects.length > 0 ? projects : undefined,
      };
      const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [name] : []));
      if (missing.length === Object.keys(given).length) return undefined;
      const site = siteIn(all);
      if (site === undefined) {
        const names = missing.join(', ');
        return { ok: false, detail: `${names} missing, so no issue is created`, remedy: `Set ${names}.` };
      }
      const { checkJira } = await import('./issues.ts');
      return await checkJira(site, signal);
    },
  },
});

/** Undefined unless all are set. */
function siteIn({ jira: { url, user, token, projects: places, issueType, labels } }: SettingsOf<typeof settings>) {
  return url === undefined || user === undefined || token === undefined || places.length === 0
    ? undefined
    : { url, user, token, places, issueType, labels };
}
