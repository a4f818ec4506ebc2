/** Where GitLab answers, what is read of it, and the token of its webhook. */
import { Address, codeSettings, Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  gitlab: {
    url: Address()
      .register(settingFacts, { env: 'GITLAB_URL', means: 'The address of GitLab, including its base path.' })
      .prefault('https://gitlab.com'),
    token: Text()
      .register(settingFacts, {
        env: 'GITLAB_TOKEN',
        secret: true,
        means: 'A token with the scope `read_api`. If set, Spanhound reads the diffs of changes.',
      })
      .optional(),
    projects: codeSettings({ env: 'GITLAB_PROJECTS', what: 'projects', example: 'acme/shop' }),
  },
  changes: {
    gitlabToken: Text()
      .register(settingFacts, {
        env: 'GITLAB_WEBHOOK_TOKEN',
        secret: true,
        means:
          'The secret token of GitLab’s webhook to `/webhooks/gitlab`, for pushes, merge requests, deployments, pipelines, releases and feature flags.',
      })
      .optional(),
  },
};
