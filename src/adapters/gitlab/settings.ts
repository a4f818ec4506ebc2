/** The address of GitLab, its token, the projects to read, and the token of its webhook. */
import { Address, codeSettings, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  gitlab: {
    url: Address()
      .register(settingFacts, { env: 'GITLAB_URL', means: 'The address of GitLab, including its base path.' })
      .prefault('https://gitlab.com'),
    token: Token({
      env: 'GITLAB_TOKEN',
      means: 'A token with the scope `read_api`. If set, Spanhound reads the diffs of changes.',
    }),
    projects: codeSettings({ env: 'GITLAB_PROJECTS', what: 'projects', example: 'acme/shop' }),
  },
  changes: {
    gitlabToken: Token({
      env: 'GITLAB_WEBHOOK_TOKEN',
      means:
        'The secret token of GitLab’s webhook to `/webhooks/gitlab`, for pushes, merge requests, deployments, pipelines, releases and feature flags.',
    }),
  },
};
