/** Who may post changes, and which environments count. */
import { z } from 'zod';
import { Text } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  changes: {
    token: Text()
      .register(settingFacts, {
        env: 'CHANGES_TOKEN',
        secret: true,
        means: 'The bearer token with which POST /changes tells what was deployed, set, switched, scaled or migrated.',
      })
      .optional(),
    environments: z
      .array(z.string('must be text').min(1, 'must not be empty'), 'must be a list')
      .register(settingFacts, {
        env: 'CHANGES_ENVIRONMENTS',
        means:
          'The environments whose deploys and flags count, as GitHub, GitLab and LaunchDarkly name them, such as `production`. Left out: all. In the variable, separated by commas.',
      })
      .prefault([]),
  },
};
