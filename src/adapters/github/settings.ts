/** Where GitHub answers, what is read of it, and the secret of its webhook. */
import { Address, codeSettings, Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  github: {
    url: Address()
      .register(settingFacts, {
        env: 'GITHUB_API_URL',
        means: 'Where GitHub’s REST API answers; of an installation of your own `https://HOST/api/v3`.',
      })
      .prefault('https://api.github.com'),
    token: Text()
      .register(settingFacts, {
        env: 'GITHUB_TOKEN',
        secret: true,
        means: 'A token that may read contents and deployments. With it, the diffs of changes are read.',
      })
      .optional(),
    repositories: codeSettings({ env: 'GITHUB_REPOSITORIES', what: 'repositories', example: 'acme/shop' }),
  },
  changes: {
    githubSecret: Text()
      .register(settingFacts, {
        env: 'GITHUB_WEBHOOK_SECRET',
        secret: true,
        means:
          'The secret of GitHub’s webhook for deployments, pushes, merged pull requests and releases, to /webhooks/github.',
      })
      .optional(),
  },
};
