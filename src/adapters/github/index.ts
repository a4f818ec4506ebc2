import { defineSystem, placeAt } from '#adapters/system.ts';
import { settings } from './settings.ts';

export const github = defineSystem({
  id: 'github',
  title: 'GitHub',
  settings,
  evidence: {
    kinds: ['changes', 'diffs'],
    setup: {
      set: 'GITHUB_TOKEN, and GITHUB_REPOSITORIES where no webhook is set up',
      purpose: 'to read what a change changed from it',
    },
    place: ({ github: { url, token, repositories } }) =>
      token === undefined && repositories.length === 0 ? undefined : placeAt('GitHub', url),
    async open({ github: settings }, { timeoutMs, counts }) {
      const { token, repositories } = settings;
      if (token === undefined && repositories.length === 0) return {};
      const { github } = await import('./client.ts');
      const source = github({ ...settings, timeoutMs, counts });
      return { diffs: source, ...(repositories.length > 0 && { changes: source }) };
    },
  },
});
