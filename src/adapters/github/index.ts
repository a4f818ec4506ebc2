import { defineSystem, placeAt, type SettingsOf } from '#adapters/system.ts';
import { settings } from './settings.ts';

/**
 * A push names up to 2,048 commits, at about 2 kB each with the names of their files. GitHub itself sends up to 25 MB:
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
const LARGEST_EVENT_BYTES = 4_000_000;

export const github = defineSystem({
  id: 'github',
  title: 'GitHub',
  docs: 'changes.md',
  checked: 'documented',
  settings,
  errors: { address: 'GITHUB_API_URL', credentials: 'GITHUB_TOKEN' },
  evidence: {
    kinds: ['changes', 'diffs'],
    setup: {
      set: 'GITHUB_TOKEN, and GITHUB_REPOSITORIES if no webhook is set up',
      purpose: 'to read the diffs of changes',
    },
    place: ({ github: { url, token, repositories } }) =>
      token === undefined && repositories.length === 0 ? undefined : placeAt('GitHub', url),
    async open({ github: settings }, { timeoutMs, maxBytes, counts, errors }) {
      const { token, repositories } = settings;
      if (token === undefined && repositories.length === 0) return {};
      const { github } = await import('./client.ts');
      const source = github({ ...settings, timeoutMs, maxBytes, counts, errors });
      return { diffs: source, ...(repositories.length > 0 && { changes: source }) };
    },
  },
  alertWebhook: {
    path: '/webhooks/github-pipelines',
    secret: 'GITHUB_WEBHOOK_SECRET',
    setup: 'set GITHUB_WEBHOOK_SECRET, and use the same value as the secret of the webhook',
    bodies: ['a GitHub workflow run'],
    refusal: 'invalid signature',
    async load() {
      const [{ gitHubProof }, { isWorkflowRun, readWorkflowRun }] = await Promise.all([
        import('./webhook.ts'),
        import('./pipelines.ts'),
      ]);
      return { proof: ({ changes }) => gitHubProof(changes.githubSecret), read: readWorkflowRun, isOwn: isWorkflowRun };
    },
  },
  changeWebhook: {
    name: 'GitHub',
    path: '/webhooks/github',
    secret: 'GITHUB_WEBHOOK_SECRET',
    setup: 'set GITHUB_WEBHOOK_SECRET, and use the same value as the secret of the webhook',
    maxBytes: LARGEST_EVENT_BYTES,
    async load() {
      const { gitHubProof, readGitHubEvent } = await import('./webhook.ts');
      return {
        proof: ({ changes }) => gitHubProof(changes.githubSecret),
        read: (body, { header, counts }) => readGitHubEvent(header('x-github-event') ?? '', body, counts),
      };
    },
  },
  issueWebhook: {
    path: '/webhooks/github-issues',
    secret: 'GITHUB_WEBHOOK_SECRET',
    setup: 'set GITHUB_WEBHOOK_SECRET, and use the same value as the secret of the webhook',
    async load() {
      const [{ gitHubProof }, { readGitHubIssue }] = await Promise.all([
        import('./webhook.ts'),
        import('./issue-events.ts'),
      ]);
      return {
        proof: ({ changes }) => gitHubProof(changes.githubSecret),
        read: (body, { header }) => readGitHubIssue(header('x-github-event') ?? '', body),
      };
    },
  },
  issueTracker: {
    set: 'GITHUB_ISSUES and GITHUB_ISSUES_TOKEN',
    async open(settings) {
      const issues = issuesIn(settings);
      if (issues === undefined) return undefined;
      const { githubIssues } = await import('./issues.ts');
      return githubIssues(issues);
    },
  },
  postmortemTarget: {
    set: 'GITHUB_POSTMORTEMS and GITHUB_POSTMORTEMS_TOKEN',
    async open(settings) {
      const repository = repositoryIn(settings);
      if (repository === undefined) return undefined;
      const { githubPostmortems } = await import('./postmortems.ts');
      return githubPostmortems(repository);
    },
    async check(all, signal) {
      const { postmortems, postmortemsToken } = all.github;
      if (postmortems === undefined && postmortemsToken === undefined) return undefined;
      const repository = repositoryIn(all);
      if (repository === undefined) {
        const missing = postmortems === undefined ? 'GITHUB_POSTMORTEMS' : 'GITHUB_POSTMORTEMS_TOKEN';
        return { ok: false, detail: `${missing} is missing, so no postmortem is sent`, remedy: `Set ${missing}.` };
      }
      const { checkGitHubPostmortems } = await import('./postmortems.ts');
      return await checkGitHubPostmortems(repository, signal);
    },
  },
  doctor: {
    set: 'GITHUB_ISSUES and GITHUB_ISSUES_TOKEN to create issues for action items',
    async check(all, signal) {
      const { issues: places, issuesToken } = all.github;
      if (places.length === 0 && issuesToken === undefined) return undefined;
      const issues = issuesIn(all);
      if (issues === undefined) {
        const missing = places.length === 0 ? 'GITHUB_ISSUES' : 'GITHUB_ISSUES_TOKEN';
        return { ok: false, detail: `${missing} is missing, so no issue is created`, remedy: `Set ${missing}.` };
      }
      const { checkGitHubIssues } = await import('./issues.ts');
      return await checkGitHubIssues(issues, signal);
    },
  },
});

/** Undefined unless both are set. */
function repositoryIn({
  github: { url, postmortems: place, postmortemsToken: token, postmortemsFolder: folder },
}: SettingsOf<typeof settings>) {
  return place === undefined || token === undefined ? undefined : { url, token, place, folder };
}

/** Undefined unless both are set. */
function issuesIn({
  github: { url, issues: places, issuesToken: token, issueLabels: labels },
}: SettingsOf<typeof settings>) {
  return places.length === 0 || token === undefined ? undefined : { url, places, token, labels };
}
