/** The address of GitLab, its token, the projects to read, and the token of its webhook. */
import { Address, codeSettings, issueLabels, issuePlaces, postmortemRepository, Token } from '#config/fields.ts';
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
    issues: issuePlaces({
      env: 'GITLAB_ISSUES',
      what: 'projects',
      example: 'acme/ops',
      path: /^[\w.-]{1,200}(?:\/[\w.-]{1,200}){1,20}$/,
    }),
    issuesToken: Token({
      env: 'GITLAB_ISSUES_TOKEN',
      means: 'A token with the scope `api` and the role Reporter, of these projects only.',
    }),
    issueLabels: issueLabels('GITLAB_ISSUE_LABELS'),
    ...postmortemRepository({
      prefix: 'GITLAB',
      what: 'project',
      path: /^[\w.-]{1,200}(?:\/[\w.-]{1,200}){1,20}$/,
      rights: 'with the scope `api` and the role Developer, of this project only.',
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
