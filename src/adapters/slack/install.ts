/**
 * Installs the app in a workspace by a link, with Slack's own InstallProvider (OAuth 2.0, RFC 6749).
 *
 *   /slack/install ──► Slack asks for consent ──► /slack/oauth_redirect ──► oauth.v2.access ──► stored, encrypted
 *        │ state: in the address and in a cookie ──────────┘ checked: ours, young, of this browser, used once
 *
 * Only the workspaces of a setting may install it, because every workspace that is in asks the same traces and logs.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  AuthorizationError,
  type Installation,
  InstallProvider,
  InvalidStateError,
  MissingCodeError,
  MissingStateError,
  type OrgInstallation,
  type StateStore,
} from '@slack/oauth';
import { WebAPIPlatformError, type WebClientOptions } from '@slack/web-api';
import type { Log } from '#core/log.ts';
import { sha256 } from '#core/sha256.ts';
import { redact } from '#model/redaction/redaction.ts';
import { cutText } from '#model/text/cut-text.ts';
import { claimMark, forgetMarks } from '#record/marks.ts';
import type { Store } from '#record/store.ts';
import type { SlackInstallations } from './installations.ts';

export type InstallOutcome =
  | Readonly<{ kind: 'installed'; workspace: string }>
  /** A sentence for the person who installs. */
  | Readonly<{ kind: 'refused'; status: 400 | 403 | 502; problem: string }>;

export type InstallDoor = Readonly<{
  /** Sends the browser to Slack. */
  begin(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Reads what Slack sent the browser back with. Sets a cookie, and writes nothing. */
  finish(request: IncomingMessage, response: ServerResponse): Promise<InstallOutcome>;
}>;

export type InstallOptions = Readonly<{
  clientId: string;
  clientSecret: string;
  stateSecret: string;
  /** The ids of the workspaces that may install it. */
  workspaces: readonly string[];
  scopes: readonly string[];
  installations: Pick<SlackInstallations, 'save'>;
  /** The workspace of SLACK_BOT_TOKEN, which needs no installation. */
  ownWorkspace(): Promise<string | undefined>;
  store: Store;
  clientOptions: Omit<WebClientOptions, 'logger' | 'logLevel'>;
  logger: NonNullable<WebClientOptions['logger']>;
  log: Log;
}>;

/** People read Slack's page of consent, and may have to log in. */
const STATE_SECONDS = 600;
/** With this prefix, browsers take the cookie from no other host of the domain (RFC 6265bis). */
const COOKIE = '__Host-slack-app-oauth-state';
const NONCE_BYTES = 32;
const KEY_BYTES = 32;
const MARK = 'slack state ';
/** A code of Slack is shorter; a proxy may answer with anything. */
const CODE_CHARS = 80;
/** Without them nothing works. */
const NEEDED = ['commands', 'chat:write'];

const ANEW = 'Open /slack/install again.';
const BAD_STATE = refused(
  400,
  `This installation did not begin in this browser, is older than ten minutes, or was finished before. ${ANEW}`,
);
const DENIED = refused(403, 'Nothing was installed, because somebody said no on Slack’s page.');
const ORGANISATION = refused(
  403,
  'Spanhound does not support an installation for a whole organisation (Enterprise Grid). Install it in each workspace.',
);
const ROTATION = refused(
  400,
  'Nothing was installed: the Slack app has token rotation switched on, and Spanhound does not renew tokens. Ask the person who runs Spanhound to switch it off.',
);

export function installDoor(options: InstallOptions): InstallDoor {
  const { clientId, clientSecret, clientOptions, logger, log, scopes } = options;
  const provider = new InstallProvider({
    clientId,
    clientSecret,
    stateStore: stateStore(options),
    stateCookieName: COOKIE,
    stateCookieExpirationSeconds: STATE_SECONDS,
    directInstall: true,
    installUrlOptions: { scopes: [...scopes] },
    // A token goes from Slack's answer into the encrypted store and nowhere else.
    installationStore: { storeInstallation: async () => undefined, fetchInstallation: neverFetched },
    clientOptions,
    logger,
  });

  return {
    begin: (request, response) => provider.handleInstallPath(request, response, {}, { scopes: [...scopes] }),

    async finish(request, response) {
      let outcome: InstallOutcome = BAD_STATE;
      await provider.handleCallback(request, response, {
        afterInstallation: async (installation) => {
          outcome = await kept(installation);
          return false; // it is stored here, and the page is somebody else's
        },
        failure: (error) => {
          outcome = outcomeOf(error);
        },
      });
      const { kind } = outcome as InstallOutcome;
      if (kind === 'refused') log.warn({ problem: (outcome as { problem: string }).problem }, 'no installation');
      return outcome;
    },
  };

  async function kept(installation: Installation | OrgInstallation): Promise<InstallOutcome> {
    const { team, bot, user, isEnterpriseInstall } = installation;
    if (isEnterpriseInstall || team === undefined) return ORGANISATION;
    const name = team.name ?? team.id;
    if (!options.workspaces.includes(team.id)) {
      log.warn({ workspace: team.id }, 'a workspace that SLACK_WORKSPACES does not name wanted to install the app');
      return refused(403, `The workspace ${name} (${team.id}) may not use this Spanhound. Its token was not kept.`);
    }
    if ((await options.ownWorkspace()) === team.id) {
      return refused(400, `The workspace ${name} has Spanhound already, by SLACK_BOT_TOKEN. It needs no installation.`);
    }
    if (bot === undefined) return refused(502, `Slack gave no bot token. ${ANEW}`);
    if (bot.refreshToken !== undefined) return ROTATION;
    const missing = NEEDED.filter((scope) => !bot.scopes.includes(scope));
    if (missing.length > 0) return refused(403, `Nothing was installed: Slack did not grant ${missing.join(' and ')}.`);
    await options.installations.save({
      workspaceId: team.id,
      name,
      botToken: bot.token,
      botUserId: bot.userId,
      scopes: bot.scopes,
      installedBy: user.id,
    });
    return { kind: 'installed', workspace: name };
  }
}

function refused(status: 400 | 403 | 502, problem: string): InstallOutcome {
  return { kind: 'refused', status, problem };
}

function outcomeOf(error: Error): InstallOutcome {
  if (error instanceof AuthorizationError) return DENIED;
  if (error instanceof InvalidStateError || error instanceof MissingStateError) return BAD_STATE;
  if (error instanceof MissingCodeError) return refused(400, `Slack did not finish the installation. ${ANEW}`);
  if (error instanceof WebAPIPlatformError) {
    return refused(502, `Slack refused the installation (${cutText(redact(error.data.error), CODE_CHARS)}). ${ANEW}`);
  }
  return refused(502, `The installation failed; the log has the reason. ${ANEW}`);
}

async function neverFetched(): Promise<never> {
  throw new Error('installations are read from the encrypted store');
}

/**
 * A state is a random text with its end and a keyed hash of both. Each is used once, also with several processes: the first
 * one to verify it leaves a mark.
 */
function stateStore({ stateSecret, scopes, store }: InstallOptions): StateStore {
  const key = Buffer.from(hkdfSync('sha256', stateSecret, '', 'spanhound.slack-state/1', KEY_BYTES));
  const hashOf = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  return {
    async generateStateParam(_options, now) {
      const text = `${now.getTime() + STATE_SECONDS * 1_000}.${randomBytes(NONCE_BYTES).toString('base64url')}`;
      return `${text}.${hashOf(text)}`;
    },
    async verifyStateParam(now, state) {
      const at = state.lastIndexOf('.');
      const text = state.slice(0, Math.max(0, at));
      const [given, right] = [Buffer.from(state.slice(at + 1)), Buffer.from(hashOf(text))];
      const isOurs = given.length === right.length && timingSafeEqual(given, right);
      if (!isOurs) throw new InvalidStateError('the state is not ours');
      if (Number(text.split('.')[0]) < now.getTime()) throw new InvalidStateError('the state is too old');
      const isFirst = await store.transaction(async (tx) => {
        await forgetMarks(tx, MARK, tx.nowUs - 2 * STATE_SECONDS * 1e6);
        return await claimMark(tx, `${MARK}${sha256(text)}`);
      });
      if (!isFirst) throw new InvalidStateError('the state was used before');
      return { scopes: [...scopes] };
    },
  };
}
