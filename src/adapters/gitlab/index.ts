import { defineSystem, placeAt, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const gitlab = defineSystem({
  id: 'gitlab',
  title: 'GitLab',
  docs: 'changes.md',
  checked: 'documented',
  settings,
  errors: { address: 'GITLAB_URL', credentials: 'GITLAB_TOKEN' },
  evidence: {
    kinds: ['changes', 'diffs'],
    setup: {
      set: 'GITLAB_TOKEN, and GITLAB_PROJECTS if no webhook is set up',
      purpose: 'to read the diffs of changes',
    },
    place: ({ gitlab: { url, token, projects } }) =>
      token === undefined && projects.length === 0 ? undefined : placeAt('GitLab', url),
    async open({ gitlab: settings }, { timeoutMs, maxBytes, counts, errors }) {
      const { token, projects } = settings;
      if (token === undefined && projects.length === 0) return {};
      const { gitlab } = await import('./client.ts');
      const source = gitlab({ ...settings, timeoutMs, maxBytes, counts, errors });
      return { diffs: source, ...(projects.length > 0 && { changes: source }) };
    },
  },
  alertMessages: { load: async () => (await import('./message.ts')).readGitLabMessage },
  alertWebhook: {
    path: '/webhooks/gitlab-pipelines',
    secret: 'GITLAB_WEBHOOK_TOKEN',
    setup: 'set GITLAB_WEBHOOK_TOKEN, and use the same value as the secret token of the webhook',
    bodies: ['a GitLab pipeline event'],
    refusal: 'invalid token',
    async load() {
      const [{ gitLabProof }, { isPipeline, readPipeline }] = await Promise.all([
        import('./webhook.ts'),
        import('./pipelines.ts'),
      ]);
      return { proof: ({ changes }) => gitLabProof(changes.gitlabToken), read: readPipeline, isOwn: isPipeline };
    },
  },
  changeWebhook: {
    name: 'GitLab',
    path: '/webhooks/gitlab',
    secret: 'GITLAB_WEBHOOK_TOKEN',
    setup: 'set GITLAB_WEBHOOK_TOKEN, and use the same value as the secret token of the webhook',
    async load() {
      const { gitLabProof, readGitLabEvent } = await import('./webhook.ts');
      return { proof: ({ changes }) => gitLabProof(changes.gitlabToken), read: readGitLabEvent };
    },
  },
  issueWebhook: {
    path: '/webhooks/gitlab-issues',
    secret: 'GITLAB_WEBHOOK_TOKEN',
    setup: 'set GITLAB_WEBHOOK_TOKEN, and use the same value as the secret token of the webhook',
    async load() {
      const [{ gitLabProof }, { readGitLabIssue }] = await Promise.all([
        import('./webhook.ts'),
        import('./issue-events.ts'),
      ]);
      return { proof: ({ changes }) => gitLabProof(changes.gitlabToken), read: readGitLabIssue };
    },
  },
  issueTracker: {
    set: 'GITLAB_ISSUES and GITLAB_ISSUES_TOKEN',
    async open(settings) {
      const issues = issuesIn(settings);
      if (issues === undefined) return undefined;
      const { gitlabIssues } = await import('./issues.ts');
      return gitlabIssues(issues);
    },
  },
  postmortemTarget: {
    set: 'GITLAB_POSTMORTEMS and GITLAB_POSTMORTEMS_TOKEN',
    async open(settings) {
      const project = projectIn(settings);
      if (project === undefined) return undefined;
      const { gitlabPostmortems } = await import('./postmortems.ts');
      return gitlabPostmortems(project);
    },
    async check(all, signal) {
      const { postmortems, postmortemsToken } = all.gitlab;
      if (postmortems === undefined && postmortemsToken === undefined) return undefined;
      const project = projectIn(all);
      if (project === undefined) {
        const missing = postmortems === undefined ? 'GITLAB_POSTMORTEMS' : 'GITLAB_POSTMORTEMS_TOKEN';
        return { ok: false, detail: `${missing} is missing, so no postmortem is sent`, remedy: `Set ${missing}.` };
      }
      const { checkGitLabPostmortems } = await import('./postmortems.ts');
      return await checkGitLabPostmortems(project, signal);
    },
  },
  doctor: {
    set: 'GITLAB_ISSUES and GITLAB_ISSUES_TOKEN to create issues for action items',
    async check(all, signal) {
      const { issues: places, issuesToken } = all.gitlab;
      if (places.length === 0 && issuesToken === undefined) return undefined;
      const issues = issuesIn(all);
      if (issues === undefined) {
        const missing = places.length === 0 ? 'GITLAB_ISSUES' : 'GITLAB_ISSUES_TOKEN';
        return { ok: false, detail: `${missing} is missing, so no issue is created`, remedy: `Set ${missing}.` };
      }
      const { checkGitLabIssues } = await import('./issues.ts');
      return await checkGitLabIssues(issues, signal);
    },
  },
});

/** Undefined unless both are set. */
function projectIn({
  gitlab: { url, postmortems: place, postmortemsToken: token, postmortemsFolder: folder },
}: SettingsOf<typeof settings>) {
  return place === undefined || token === undefined ? undefined : { url, token, place, folder };
}

/** Undefined unless both are set. */
function issuesIn({
  gitlab: { url, issues: places, issuesToken: token, issueLabels: labels },
}: SettingsOf<typeof settings>) {
  return places.length === 0 || token === undefined ? undefined : { url, places, token, labels };
}
