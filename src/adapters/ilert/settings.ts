/** ilert has a token for its webhook, a key that reads who is on call, and a key that changes alerts. */
import { z } from 'zod';
import { Address, PagerActions, says, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  ilert: {
    webhookToken: Token({
      env: 'ILERT_WEBHOOK_TOKEN',
      means:
        'The token in the address of ilert’s webhook: `?token=…`. While you replace it, give both, separated by a comma.',
    }),
    apiKey: Token({
      env: 'ILERT_API_KEY',
      means:
        'The API key of a user who may only look, to read [who is on call](incidents.md#opsgenie-and-ilert), without the word `Bearer`.',
    }),
    actions: PagerActions(['acknowledge', 'resolve', 'page'], {
      env: 'ILERT_ACTIONS',
      what: '[alerts in ilert](ilert.md#changes-in-ilert)',
    }),
    writeKey: Token({
      env: 'ILERT_WRITE_KEY',
      means: 'The API key of a user who is a responder, without the word `Bearer`. Required with an action.',
    }),
    alertSource: z
      .string(says('must be text'))
      .regex(/^\d{1,15}$/, 'must be the id of an alert source, which is a number')
      .register(settingFacts, {
        env: 'ILERT_ALERT_SOURCE',
        means: 'The id of the alert source whose alerts the pages are. Required with the action `page`.',
      })
      .optional(),
    apiUrl: Address()
      .register(settingFacts, { env: 'ILERT_API_URL', means: 'The address of ilert’s API.' })
      .prefault('https://api.ilert.com'),
  },
};
