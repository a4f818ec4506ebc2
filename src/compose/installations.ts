/** Checks the workspaces that installed the app by a link, for `doctor`. No token is shown. */
import { composeStore, isInFolder } from '#compose/store.ts';
import type { Config } from '#config/schema.ts';
import { keyIdIn } from '#core/sealing.ts';
import { readableSecond } from '#present/words/instant.ts';
import { queuedOf } from '#record/installations.ts';

export type InstallationsCheck = Readonly<{ ok: boolean; detail: string | readonly string[]; remedy: string }>;

/** The version of the store that has them first. */
const SINCE = 22;
const TIMEOUT_MS = 5_000;

type Line = Readonly<{ ok: boolean; said: string; remedy: string }>;

/** A workspace whose token the bot uses. */
export type InstalledWorkspace = Readonly<{ workspaceId: string; name: string; botToken: string }>;

/** Those that SLACK_WORKSPACES names and whose token a key decrypts. */
export async function installedWorkspaces(config: Config): Promise<readonly InstalledWorkspace[]> {
  const opened = await openInstallations(config);
  if (opened === undefined || opened === 'none') return [];
  const { known, settings, store } = opened;
  await store.close();
  return known.flatMap(({ installation: { workspaceId, name }, botToken }) =>
    botToken !== undefined && settings.workspaces.includes(workspaceId) ? [{ workspaceId, name, botToken }] : [],
  );
}

/** Undefined if nobody may install the app by a link. Whoever gets a store closes it. */
async function openInstallations(config: Config) {
  const { installSettings } = await import('#adapters/slack/mode.ts');
  const settings = installSettings(config.slack);
  if (settings === undefined) return undefined;
  if (config.store.url === undefined && !(await isInFolder(config))) return 'none';
  const { installationSealing, knownInstallations } = await import('#adapters/slack/installations.ts');
  const sealing = installationSealing(settings.keys);
  const store = await composeStore(config, { asItIs: true });
  try {
    const known = store.version < SINCE ? [] : await knownInstallations(store, sealing);
    if (known.length > 0) return { known, settings, sealing, store };
  } catch (err) {
    await store.close();
    throw err;
  }
  await store.close();
  return 'none';
}

/** Undefined if nobody may install the app by a link. */
export async function checkInstallations(config: Config, signal: AbortSignal): Promise<InstallationsCheck | undefined> {
  const found = await openInstallations(config);
  if (found === undefined) return undefined;
  if (found === 'none') {
    return { ok: true, detail: 'no workspace has installed the app', remedy: 'Open /slack/install of the bot.' };
  }
  const { known, settings, sealing, store } = found;
  try {
    const { checkInstalled } = await import('#adapters/slack/check.ts');
    const lines = await Promise.all(
      known.map(async ({ installation, ...opened }): Promise<Line> => {
        const { workspaceId, name, installedUs, removedUs } = installation;
        const waiting = await queuedOf(store, workspaceId);
        const who = `${workspaceId} (${name})`;
        const more = waiting === 0 ? '' : `; ${waiting} messages wait`;
        if (removedUs !== undefined) {
          return { ok: true, said: `${who}: ${opened.problem} ${readableSecond(removedUs)}${more}`, remedy: '' };
        }
        if (opened.botToken === undefined) {
          return { ok: false, said: `${who}: ${opened.problem}${more}`, remedy: 'Add the older key again.' };
        }
        if (!settings.workspaces.includes(workspaceId)) {
          return { ok: false, said: `${who}: SLACK_WORKSPACES does not name it${more}`, remedy: NOT_NAMED };
        }
        if (keyIdIn(installation.sealed) !== sealing.newestKeyId) {
          return { ok: false, said: `${who}: an older key encrypts its token${more}`, remedy: OLDER_KEY };
        }
        signal.throwIfAborted();
        const asked = { botToken: opened.botToken, apiUrl: config.slack.apiUrl?.href, timeoutMs: TIMEOUT_MS };
        const { ok, detail, remedy } = await checkInstalled(asked);
        return { ok, said: `${who}, installed ${readableSecond(installedUs)}: ${detail}${more}`, remedy };
      }),
    );
    return {
      ok: lines.every(({ ok }) => ok),
      detail: lines.map(({ said }) => said),
      remedy: [...new Set(lines.map(({ remedy }) => remedy).filter((remedy) => remedy !== ''))].join(' '),
    };
  } finally {
    await store.close();
  }
}

const OLDER_KEY =
  'Keep the older key, and restart all replicas with the newest one first: the bot then encrypts the token with it.';
const NOT_NAMED = 'Add its id to SLACK_WORKSPACES, or remove the app in that workspace.';
