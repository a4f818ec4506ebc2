/** The token of Statuspage’s webhook, and the page to which approved updates are sent. */
import { z } from 'zod';
import { Address, pageComponents, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

/** The states that Statuspage has for a component that does not work as it should. */
export const COMPONENT_STATES = ['degraded_performance', 'partial_outage', 'major_outage'] as const;

export const settings = {
  statuspage: {
    webhookToken: Token({
      env: 'STATUSPAGE_WEBHOOK_TOKEN',
      means:
        'The token in the address of the subscription: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
    pageId: z
      .string('must be text')
      .regex(/^[a-z\d]{4,40}$/, 'must be the id of a page, such as kctbh9vrtdwd')
      .register(settingFacts, {
        env: 'STATUSPAGE_PAGE_ID',
        means:
          'The page that gets [approved updates](status-pages.md). Statuspage shows its id beside the API key. Default: none.',
      })
      .optional(),
    apiKey: Token({
      env: 'STATUSPAGE_API_KEY',
      means: 'The API key for that page: of a user who may do no more than manage its incidents.',
    }),
    components: pageComponents({
      env: 'STATUSPAGE_COMPONENTS',
      id: /^[a-z\d]{4,40}$/,
      example: 'Login=8kbf7d35c070',
    }),
    componentState: z
      .enum(['none', ...COMPONENT_STATES], `must be none, ${COMPONENT_STATES.slice(0, -1).join(', ')} or major_outage`)
      .register(settingFacts, {
        env: 'STATUSPAGE_COMPONENT_STATE',
        means:
          'The state of the components that an approved update names: degraded_performance, partial_outage or major_outage. `resolved` makes them operational again. With none, their state stays as it is.',
      })
      .prefault('none'),
    apiUrl: Address()
      .register(settingFacts, { env: 'STATUSPAGE_API_URL', means: 'The address of Statuspage’s API.' })
      .prefault('https://api.statuspage.io'),
  },
};
