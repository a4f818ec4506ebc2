/** Webhooks of other systems. */
import { countsAmong } from '#compose/sources.ts';
import type { Config } from '#config/schema.ts';
import { type Clock, systemClock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import type { Webhooks } from '#core/webhook.ts';
import type { ChangesWebhookOptions } from '#listeners/webhooks/changes.ts';
import type { TakeDelivery } from '#workflows/receive-alert.ts';

/** Who may send alerts by webhook, and where those are answered. */
export type AlertConfig = Pick<Config, 'alerts' | 'pagerduty' | 'alertmanager' | 'changes'>;

export async function composeWebhooks(
  config: AlertConfig | undefined,
  { take, log, clock }: Readonly<{ take: TakeDelivery; log: Log; clock: Clock }>,
): Promise<Webhooks> {
  const [pagerduty, alertmanager, { pagerdutyWebhook }, { alertmanagerWebhook }] = await Promise.all([
    import('#adapters/pagerduty/webhook.ts'),
    import('#adapters/alertmanager/webhook.ts'),
    import('#listeners/webhooks/pagerduty.ts'),
    import('#listeners/webhooks/alertmanager.ts'),
  ]);
  const secrets = (config?.pagerduty.webhookSecret ?? '').split(',').map((secret) => secret.trim());
  const known = secrets.filter((secret) => secret !== '');
  const token = config?.alertmanager.token;
  return {
    '/webhooks/pagerduty': pagerdutyWebhook({
      proof:
        known.length === 0
          ? undefined
          : {
              mayBe: ({ header }) => pagerduty.bearsPagerDutySignature(header('x-pagerduty-signature')),
              isSigned: ({ header, body }) =>
                pagerduty.isSignedByPagerDuty(known, header('x-pagerduty-signature'), body),
            },
      read: (body) => pagerduty.readPagerDutyWebhook(body, clock.nowUs()),
      take,
      log,
    }),
    '/webhooks/alertmanager': alertmanagerWebhook({
      proof:
        token === undefined
          ? undefined
          : { mayBe: ({ header }) => alertmanager.isAllowedByToken(token, header('authorization')) },
      read: alertmanager.readAlertmanagerWebhook,
      take,
      log,
    }),
  };
}

/** Who may tell what was changed. */
export async function composeChangeWebhooks(
  config: AlertConfig['changes'] | undefined,
  noting: Pick<ChangesWebhookOptions, 'note' | 'log'>,
): Promise<Webhooks> {
  const [{ readPostedChanges }, github, gitlab, launchDarkly, { isAllowedByToken }, { changesWebhook }] =
    await Promise.all([
      import('#adapters/changes/webhook.ts'),
      import('#adapters/github/webhook.ts'),
      import('#adapters/gitlab/webhook.ts'),
      import('#adapters/launchdarkly/webhook.ts'),
      import('#adapters/alertmanager/webhook.ts'),
      import('#listeners/webhooks/changes.ts'),
    ]);
  const { token, githubSecret, gitlabToken, launchDarklySecret, environments } = config ?? {};
  const counts = countsAmong(environments);
  return {
    '/changes': changesWebhook({
      source: 'POST /changes',
      setting: 'CHANGES_TOKEN, and send it as the bearer token',
      proof:
        token === undefined ? undefined : { mayBe: ({ header }) => isAllowedByToken(token, header('authorization')) },
      read: readPostedChanges,
      ...noting,
    }),
    '/webhooks/github': changesWebhook({
      source: 'GitHub',
      setting: 'GITHUB_WEBHOOK_SECRET, and the same as the secret of the webhook',
      maxBytes: github.LARGEST_EVENT_BYTES,
      proof:
        githubSecret === undefined
          ? undefined
          : {
              mayBe: ({ header }) => github.bearsGitHubSignature(header('x-hub-signature-256')),
              isSigned: ({ header, body }) =>
                github.isSignedByGitHub(githubSecret, header('x-hub-signature-256'), body),
            },
      read: (body, { header }) => github.readGitHubEvent(header('x-github-event') ?? '', body, counts),
      ...noting,
    }),
    '/webhooks/gitlab': changesWebhook({
      source: 'GitLab',
      setting: 'GITLAB_WEBHOOK_TOKEN, and the same as the secret token of the webhook',
      proof:
        gitlabToken === undefined
          ? undefined
          : { mayBe: ({ header }) => gitlab.isGitLabToken(gitlabToken, header('x-gitlab-token')) },
      read: (body) => gitlab.readGitLabEvent(body, { nowUs: systemClock.nowUs(), counts }),
      ...noting,
    }),
    '/webhooks/launchdarkly': changesWebhook({
      source: 'LaunchDarkly',
      setting: 'LAUNCHDARKLY_WEBHOOK_SECRET, and the same as the secret of the signed webhook',
      proof:
        launchDarklySecret === undefined
          ? undefined
          : {
              mayBe: ({ header }) => launchDarkly.bearsLaunchDarklySignature(header('x-ld-signature')),
              isSigned: ({ header, body }) =>
                launchDarkly.isSignedByLaunchDarkly(launchDarklySecret, header('x-ld-signature'), body),
            },
      read: (body) => launchDarkly.readLaunchDarklyEntry(body, counts),
      ...noting,
    }),
  };
}
