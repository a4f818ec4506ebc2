/** Checks the Slack tokens and their scopes for `doctor`, which starts no bot. */
import { WebAPIPlatformError } from '@slack/web-api';
import type { Clock } from '#core/clock.ts';
import type { Health } from '#gather/sources.ts';
import { refusalIn, UNAUTHORIZED } from './sender.ts';
import { askOnceClient } from './slack-answer.ts';

/** The purpose of each scope: see `manifest.json`. */
const NEEDED = ['commands', 'chat:write'];
/** What is missing without each of them. */
const WANTED: Readonly<Record<string, string>> = {
  'files:write': 'pictures and files',
  'channels:history': 'alerts in channels',
  'channels:read': 'incidents and earlier ones of other channels',
  'groups:history': 'alerts in private channels',
  'groups:read': 'incidents and earlier ones of other private channels',
  'users:read': 'names and time zones of people, and who is a guest',
  'users:read.email': 'people on call that a system names by their address',
  'reactions:read': 'marked messages in timelines',
  'pins:read': 'pinned messages in timelines',
  'files:read': 'copies of files in timelines',
  'pins:write': 'the pinned overview',
  'channels:manage': 'channels for incidents',
  'groups:write': 'private channels for incidents',
  'bookmarks:write': 'bookmarks in channels of incidents',
  'bookmarks:read': 'bookmarks in channels of incidents, without doubles',
  'usergroups:read': 'rights by user groups',
  'canvases:write': 'postmortems as canvases',
  'canvases:read': 'what people wrote in canvases',
};

const SLACK_TIMEOUT_MS = 5_000;

export type SlackTokens = Readonly<{ botToken: string; appToken?: string | undefined; apiUrl?: string | undefined }>;

export async function checkSlack({ botToken, appToken, apiUrl }: SlackTokens, signal: AbortSignal): Promise<Health> {
  const client = (token: string) => askOnceClient(token, { apiUrl, timeoutMs: SLACK_TIMEOUT_MS });
  let asked = 'SLACK_BOT_TOKEN';
  try {
    signal.throwIfAborted();
    const { user, team, response_metadata } = await client(botToken).auth.test();
    const scopes = response_metadata?.scopes ?? [];
    if (appToken !== undefined) {
      asked = 'SLACK_APP_TOKEN';
      await client(appToken).apps.connections.open({});
    }
    return ofScopes(`speaks as @${user} in ${team}`, scopes);
  } catch (error) {
    return refused(asked, error);
  }
}

/** Slack allows hundreds of these calls in a minute; an operator is not in a hurry. */
const CHECK_EVERY_US = 60_000_000;

/**
 * Keeps what Slack said of the token. `warnings`: what was wrong at the last check, and never waits; it begins the next check
 * if the last one is a minute old.
 */
export function watchedSlack(
  ask: () => Promise<Health>,
  clock: Pick<Clock, 'elapsedUs'>,
): Readonly<{ check(): Promise<Health>; warnings(): readonly string[] }> {
  let last: Health | undefined;
  let checkedUs = Number.NEGATIVE_INFINITY;
  const check = async () => {
    checkedUs = clock.elapsedUs();
    last = await ask();
    return last;
  };
  return {
    check,
    warnings() {
      // The next question of an orchestrator reads its answer.
      if (clock.elapsedUs() - checkedUs >= CHECK_EVERY_US) check().catch(() => undefined);
      if (last === undefined || last.ok) return [];
      return [`Slack: ${last.detail}. ${last.remedy}`.trim()];
    },
  };
}

/** The token of a workspace that installed the app by a link. */
export async function checkInstalled({
  botToken,
  apiUrl,
  timeoutMs,
}: Readonly<{ botToken: string; apiUrl: string | undefined; timeoutMs: number }>): Promise<Health> {
  try {
    const { user, team, response_metadata } = await askOnceClient(botToken, { apiUrl, timeoutMs }).auth.test();
    return ofScopes(`speaks as @${user} in ${team}`, response_metadata?.scopes ?? []);
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal === undefined || !UNAUTHORIZED.has(refusal)) return refused('its token', error);
    const detail = `Slack does not accept its token any more (${refusal})`;
    return { ok: false, detail, remedy: 'Install the app in that workspace again: /slack/install of the bot.' };
  }
}

/** Slack lists a token's scopes in a header; a proxy may have dropped it. */
function ofScopes(identity: string, scopes: readonly string[]): Health {
  const lacks = (wanted: readonly string[]) =>
    scopes.length === 0 ? [] : wanted.filter((scope) => !scopes.includes(scope));
  const missing = lacks(NEEDED);
  if (missing.length > 0) {
    const remedy = 'Add the scopes to the Slack app (manifest.json has them), then install it to the workspace again.';
    return { ok: false, detail: `${identity}, but the token lacks ${missing.join(' and ')}`, remedy };
  }
  const without = lacks(Object.keys(WANTED));
  return without.length === 0
    ? { ok: true, detail: identity, remedy: '' }
    : {
        ok: true,
        detail: `${identity}, without ${without.map((scope) => `${WANTED[scope]} (${scope})`).join(', ')}`,
        remedy: 'Add the scopes to the Slack app (manifest.json has them), then install it to the workspace again.',
      };
}

function refused(variable: string, error: unknown): Health {
  if (error instanceof WebAPIPlatformError) {
    const said = error.data.error;
    if (UNAUTHORIZED.has(said)) {
      const detail = `Slack does not accept ${variable} (${said})`;
      return { ok: false, detail, remedy: `Copy the token from the Slack app's settings into ${variable} again.` };
    }
    // A proxy's page, or an unknown code: the token may be fine.
    return {
      ok: false,
      detail: `Slack refused what was asked with ${variable} (${said.slice(0, 80)})`,
      remedy:
        'Try again in a minute. If it fails again, check for a proxy between here and Slack, and look at https://slack-status.com.',
    };
  }
  const why = error instanceof Error ? error.message : String(error);
  return {
    ok: false,
    detail: `Slack did not answer: ${why}`,
    remedy: 'Check that slack.com can be reached from here, and check SLACK_API_URL if it is set.',
  };
}
