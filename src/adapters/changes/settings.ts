/** The token for posted changes, and the environments that count. */
import { z } from 'zod';
import { Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  changes: {
    token: Token({
      env: 'CHANGES_TOKEN',
      means:
        'The bearer token for POST /changes, which reports deploys, config changes, flags, scaling and migrations.',
    }),
    environments: z
      .array(z.string('must be text').min(1, 'must not be empty'), 'must be a list')
      .register(settingFacts, {
        env: 'CHANGES_ENVIRONMENTS',
        means:
          'The environments that count for deploys and flags, by their names in GitHub, GitLab and LaunchDarkly, such as `production`. Default: all. In the variable, separate them with commas.',
      })
      .prefault([]),
    releases: z
      .enum(['worse', 'always', 'never'], 'must be worse, always or never')
      .register(settingFacts, {
        env: 'CHANGES_RELEASES',
        means:
          'What `ALERTS_CHANNEL` hears of a reported deploy ten minutes later: `worse` only that it is worse than the version before it, `always` each judgement, `never` none.',
      })
      .prefault('worse'),
  },
};
