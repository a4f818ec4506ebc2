/** The address of GitHub, its token, the repositories to read, and the secret of its webhook. */
import {
  Address,
  codeSettings,
  issueLabels,
  issuePlaces,
  postmortemRepository,
  Secret,
  Token,
} from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  github: {
    url: Address()
      .register(settingFacts, {
        env: 'GITHUB_API_URL',
        means: 'The address of GitHub’s REST API; for GitHub Enterprise `https://HOST/api/v3`.',
      })
      .prefault('https://api.github.com'),
    token: Token({
      env: 'GITHUB_TOKEN',
      means: 'A token with read access to contents and deployments. If set, Spanhound reads the diffs of changes.',
    }),
    issues: issuePlaces({
      env: 'GITHUB_ISSUES',
      what: 'repositories',
      example: 'acme/ops',
      path: /^[\w.-]{1,100}\/[\w.-]{1,100}$/,
    }),
    issuesToken: Token({
      env: 'GITHUB_ISSUES_TOKEN',
      means: 'A token with read and write access to the issues of these repositories, and to nothing else.',
    }),
    issueLabels: issueLabels('GITHUB_ISSUE_LABELS'),
    ...postmortemRepository({
      prefix: 'GITHUB',
      what: 'repository',
      path: /^[\w.-]{1,100}\/[\w.-]{1,100}$/,
      rights:
        'with read and write access to the contents and the pull requests of this repository, and to nothing else.',
    }),
    repositories: codeSettings({ env: 'GITHUB_REPOSITORIES', what: 'repositories', example: 'acme/shop' }),
  },
  changes: {
    githubSecret: Secret({
      env: 'GITHUB_WEBHOOK_SECRET',
      means:
        'The secret of GitHub’s webhook to `/webhooks/github`, for deployments, pushes, merged pull requests and releases.',
    }),
  },
};
