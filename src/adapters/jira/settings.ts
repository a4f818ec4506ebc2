/** The site of Jira, the user and their token, and the projects in which action items get issues. */
import { z } from 'zod';
import { Address, issueLabels, issuePlaces, Text, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  jira: {
    url: Address()
      .register(settingFacts, {
        env: 'JIRA_URL',
        means: 'The address of your Jira Cloud site, such as `https://acme.atlassian.net`. Default: none.',
      })
      .optional(),
    user: z
      .email('must be an email address')
      .register(settingFacts, { env: 'JIRA_USER', means: 'The email address of the user whose token it is.' })
      .optional(),
    token: Token({
      env: 'JIRA_TOKEN',
      means: 'An API token of that user, who may create, change and comment issues in these projects, and no more.',
    }),
    projects: issuePlaces({
      env: 'JIRA_PROJECTS',
      what: 'projects',
      example: 'OPS',
      path: /^[A-Z][A-Z\d_]{1,49}$/,
    }),
    issueType: Text()
      .max(60, 'must have at most 60 characters')
      .register(settingFacts, { env: 'JIRA_ISSUE_TYPE', means: 'The type of the issues, as the projects name it.' })
      .prefault('Task'),
    labels: issueLabels('JIRA_LABELS'),
  },
};
