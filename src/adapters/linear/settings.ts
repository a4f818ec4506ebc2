/** The key of Linear, and the teams in which action items get issues. */
import { Address, issuePlaces, Secret, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  linear: {
    token: Token({
      env: 'LINEAR_TOKEN',
      means: 'An API key or an OAuth token that may create and change issues and comments of these teams, and no more.',
    }),
    teams: issuePlaces({ env: 'LINEAR_TEAMS', what: 'teams', example: 'ENG', path: /^[A-Z][A-Z\d]{0,9}$/ }),
    webhookSecret: Secret({
      env: 'LINEAR_WEBHOOK_SECRET',
      means:
        'The signing secret of Linear’s webhook to `/webhooks/linear`, for [issues](issues.md#at-once) that change.',
    }),
    apiUrl: Address()
      .register(settingFacts, { env: 'LINEAR_API_URL', means: 'The address of Linear’s API.' })
      .prefault('https://api.linear.app/graphql'),
  },
};
