/**
 * The tokens of the workspaces that installed the app by a link. The store has them only encrypted, each for its own
 * workspace (`core/sealing.ts`).
 */
import { z } from 'zod';
import type { Log } from '#core/log.ts';
import { keyIdIn, SealedError, type Sealing, sealingWith } from '#core/sealing.ts';
import {
  allInstallations,
  findInstallation,
  type Installation,
  type Removal,
  removeInstallation,
  saveInstallation,
  sealAnew,
} from '#record/installations.ts';
import type { Reader, Store } from '#record/store.ts';

const Secrets = z.strictObject({ botToken: z.string().min(1), botUserId: z.string() });

export type InstalledSecrets = z.output<typeof Secrets>;

export type Installed = Readonly<{
  botToken: string;
  /** Another text: the workspace has another token, or the same one under another key. */
  version: string;
}>;

export type NewlyInstalled = InstalledSecrets &
  Readonly<{ workspaceId: string; name: string; scopes: readonly string[]; installedBy: string }>;

const UNREADABLE =
  'the token of a workspace cannot be decrypted, so its work waits: add the older key to SLACK_INSTALLATION_KEYS again';

/** `keys`: the newest first. */
export function installationSealing(keys: readonly string[]): Sealing {
  return sealingWith(keys, 'spanhound.slack-installation/1');
}

export function slackInstallations({
  store,
  sealing,
  workspaces,
  log,
}: Readonly<{
  store: Store;
  sealing: Sealing;
  /** Those that may use the bot. */
  workspaces: readonly string[];
  log: Log;
}>) {
  return {
    /** Whether the setting names the workspace. */
    mayUse: (workspaceId: string): boolean => workspaces.includes(workspaceId),

    /**
     * Undefined if the workspace has not installed the app, has removed it, or may not use it any more. Throws SealedError
     * if no key decrypts its token: then it is installed, and its work has to be tried again.
     */
    async find(workspaceId: string): Promise<Installed | undefined> {
      if (!workspaces.includes(workspaceId)) return undefined;
      const found = await findInstallation(store, workspaceId);
      if (found === undefined || found.removedUs !== undefined) return undefined;
      try {
        return { botToken: openedBy(sealing, found).botToken, version: found.sealed };
      } catch (err) {
        if (err instanceof SealedError) log.error({ err, workspace: workspaceId }, UNREADABLE);
        throw err;
      }
    },

    async installedUs(workspaceId: string): Promise<number | undefined> {
      const found = await findInstallation(store, workspaceId);
      return found?.removedUs === undefined ? found?.installedUs : undefined;
    },

    async save({ botToken, botUserId, ...installation }: NewlyInstalled): Promise<void> {
      const secrets: InstalledSecrets = { botToken, botUserId };
      const sealed = sealing.seal(JSON.stringify(secrets), installation.workspaceId);
      await store.transaction((tx) => saveInstallation(tx, { ...installation, sealed }));
      log.info({ workspace: installation.workspaceId }, 'a workspace installed the app');
    },

    /**
     * The token is deleted, unless somebody installed the app again since `installedUs`. Messages of the workspace wait for
     * a new installation, at most for a day.
     */
    async remove(workspaceId: string, { reason, installedUs }: Pick<Removal, 'reason' | 'installedUs'>): Promise<void> {
      const removal = { workspaceId, reason, installedUs, by: 'slack' };
      const removed = await store.transaction((tx) => removeInstallation(tx, removal));
      if (removed) log.warn({ workspace: workspaceId, reason }, 'a workspace removed the app: its messages wait');
    },

    /** Encrypts with the newest key what an older one encrypted. What does not open stays, and the log names it. */
    async changeKeys(): Promise<number> {
      let changed = 0;
      for (const found of await allInstallations(store)) {
        if (found.sealed === '' || keyIdIn(found.sealed) === sealing.newestKeyId) continue;
        const { workspaceId, sealed: before } = found;
        try {
          const after = sealing.seal(sealing.open(before, workspaceId), workspaceId);
          if (await store.transaction((tx) => sealAnew(tx, { workspaceId, before, after }))) changed += 1;
        } catch (err) {
          log.error({ err, workspace: workspaceId }, UNREADABLE);
        }
      }
      if (changed > 0) log.info({ changed, key: sealing.newestKeyId }, 'installations have the newest key');
      return changed;
    },
  };
}

export type SlackInstallations = ReturnType<typeof slackInstallations>;

/** Throws SealedError. */
function openedBy(sealing: Sealing, { sealed, workspaceId }: Pick<Installation, 'sealed' | 'workspaceId'>) {
  return Secrets.parse(JSON.parse(sealing.open(sealed, workspaceId)));
}

/** For `doctor`: with the token, or with the reason why there is none. */
export async function knownInstallations(reader: Reader, sealing: Sealing) {
  return (await allInstallations(reader)).map((installation) => {
    if (installation.removedUs !== undefined)
      return { installation, botToken: undefined, problem: `removed (${installation.reason})` };
    try {
      return { installation, botToken: openedBy(sealing, installation).botToken, problem: '' };
    } catch (error) {
      return { installation, botToken: undefined, problem: error instanceof Error ? error.message : String(error) };
    }
  });
}
