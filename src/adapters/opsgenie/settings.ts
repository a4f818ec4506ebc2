/** Opsgenie has a token for its webhook, a key that reads who is on call, and a key that changes alerts. */
import { z } from 'zod';
import { Address, PagerActions, says, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  opsgenie: {
    webhookToken: Token({
      env: 'OPSGENIE_WEBHOOK_TOKEN',
      means:
        'The token that Opsgenie’s webhook sends in its custom header `Authorization`. While you replace it, give both, separated by a comma.',
    }),
    apiKey: Token({
      env: 'OPSGENIE_API_KEY',
      means:
        'The key of an API integration that may read, to read [who is on call](incidents.md#opsgenie-and-ilert); for Jira Service Management an API token.',
    }),
    actions: PagerActions(['acknowledge', 'notes', 'resolve', 'page', 'responders'], {
      env: 'OPSGENIE_ACTIONS',
      what: '[alerts in Opsgenie or Jira Service Management](opsgenie.md#changes-in-opsgenie)',
    }),
    writeKey: Token({
      env: 'OPSGENIE_WRITE_KEY',
      means:
        'The key of an API integration that may read, create and update; for Jira Service Management an API token. Required with an action.',
    }),
    apiUrl: Address()
      .register(settingFacts, {
        env: 'OPSGENIE_API_URL',
        means: 'The address of Opsgenie’s API; `https://api.eu.opsgenie.com` for accounts in the EU.',
      })
      .prefault('https://api.opsgenie.com'),
    jiraCloudId: z
      .string(says('must be text'))
      .regex(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/, 'must be the id of a site, which is a UUID')
      .register(settingFacts, {
        env: 'OPSGENIE_JIRA_CLOUD_ID',
        means: 'The id of your Atlassian site, if alerts and schedules are in Jira Service Management.',
      })
      .optional(),
    jiraUser: z
      .email(says('must be an email address'))
      .max(254, 'must have at most 254 characters')
      .register(settingFacts, {
        env: 'OPSGENIE_JIRA_USER',
        means:
          'The address of the Atlassian user whose tokens `OPSGENIE_API_KEY` and `OPSGENIE_WRITE_KEY` are. Required with the id of a site.',
      })
      .optional(),
    jiraUrl: Address()
      .register(settingFacts, { env: 'OPSGENIE_JIRA_URL', means: 'The address of Atlassian’s API.' })
      .prefault('https://api.atlassian.com'),
  },
};
