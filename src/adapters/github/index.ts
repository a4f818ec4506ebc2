import { defineSystem, placeAt } from '#adapters/system.ts';
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
    async open({ github: settings }, { timeoutMs, counts, errors }) {
      const { token, repositories } = settings;
      if (token === undefined && repositories.length === 0) return {};
      const { github } = await import('./client.ts');
      const source = github({ ...settings, timeoutMs, counts, errors });
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
});
