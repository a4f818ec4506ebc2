/** The site of Jira, the user and their token, and the projects in which action items get issues. */
import { z } from 'zod';
import { Address, issueLabels, issuePlaces, Secret, Text, Token } from '#config/fields.ts';
import { settingFacts } from '#config/setting.ts';

export const settings = {
  jira: {
    url: Address()
      .register(settingFacts, {
        env: 'JIRA_URL',
        means:
          'The address of your site in Jira Cloud, such as `https://acme.atlassian.net`, or of Jira Data Center with its path, such as `https://jira.example.com/jira`. Default: none.',
      })
      .optional(),
    user: z
      .email('must be an email address')
      .register(settingFacts, {
        env: 'JIRA_USER',
        means:
          'The email address of the user whose token it is, in Jira Cloud. Without it, Spanhound asks Jira Data Center.',
      })
      .optional(),
    token: Token({
      env: 'JIRA_TOKEN',
      means:
        'An API token of that user, or a personal access token of Jira Data Center. Its user may create, change and comment issues in these projects, and no more.',
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
    webhookSecret: Secret({
      env: 'JIRA_WEBHOOK_SECRET',
      means: 'The secret of Jira’s webhook to `/webhooks/jira`, for [issues](issues.md#at-once) that change.',
    }),
  },
};
