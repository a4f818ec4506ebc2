/** Opens the sides of the workspaces: one for a single token, or one for each installation. */
import { readFile } from 'node:fs/promises';
import type { InstallDoor } from '#adapters/slack/install.ts';
import type { SlackSide } from '#compose/bot-parts.ts';
import type { Duty } from '#compose/upkeep.ts';
import { composeWorkspaceSide, type WorkspaceSide, type WorkspaceSideParts } from '#compose/workspace-side.ts';
import { manyWorkspaces, type OpenedSide, oneWorkspace, type Workspaces } from '#compose/workspaces.ts';
import { ConfigError } from '#core/errors.ts';
import { forgetRemoved } from '#record/installations.ts';

export type OpenedWorkspaces = Readonly<{
  workspaces: Workspaces;
  /** The home workspace: the operators' own, where webhooks and the bot's own news go. */
  workspace(): Promise<string>;
  /** A side of the home workspace, for what needs no token: the kinds of jobs, its duties. */
  template: WorkspaceSide;
  install: InstallDoor | undefined;
  duties: readonly Duty[];
}>;

export type OpenWorkspacesParts = Omit<
  WorkspaceSideParts,
  'client' | 'questions' | 'sender' | 'tellPerson' | 'workspace' | 'isHome' | 'isOwnRow' | 'slack'
> &
  Readonly<{ slack: SlackSide & Readonly<{ fetch: NonNullable<SlackSide['fetch']> }> }>;

const MANIFEST = new URL('../../manifest.json', import.meta.url);
/** The keys are changed at the start; another process may have saved with an older one since. */
const CHANGE_KEYS_EVERY_MS = 3_600_000;
/** At the start Slack may be away. */
const LOOK_FOR_REMOVED_EVERY_MS = 3_600_000;

export async function composeWorkspaces(parts: OpenWorkspacesParts): Promise<OpenedWorkspaces> {
  const { slack, store, log, waits } = parts;
  const { botToken, installs } = slack;
  const [{ slackApp, slackClient }, { questionTimeoutMs }, { slackSender, tellPerson }, { registerListeners }] =
    await Promise.all([
      import('#adapters/slack/app.ts'),
      import('#adapters/slack/channel-access.ts'),
      import('#adapters/slack/sender.ts'),
      import('#listeners/register.ts'),
    ]);

  async function open(
    token: string,
    { workspace, isHome, isOwnRow }: Pick<WorkspaceSideParts, 'workspace' | 'isHome' | 'isOwnRow'>,
  ): Promise<OpenedSide> {
    const settings = { ...slack, botToken: token };
    const client = slackClient(settings, log);
    const side = await composeWorkspaceSide({
      ...parts,
      client,
      questions: slackClient({ ...settings, callTimeoutMs: questionTimeoutMs(waits.answerSeconds) }, log),
      sender: slackSender({ client, fetch: slack.fetch, clock: store.clock, log }),
      tellPerson: tellPerson(slack.fetch),
      workspace,
      isHome,
      isOwnRow,
    });
    const app = slackApp(settings, log);
    registerListeners(app, side.workflows, log);
    return { side, app };
  }

  const ofToken = botToken === undefined ? undefined : await homeOf(botToken);
  if (installs === undefined) {
    if (ofToken === undefined) throw new ConfigError('neither a bot token nor installations are configured');
    const workspaces = oneWorkspace(ofToken.opened);
    const duties = [forgettingRemoved(ofToken.workspace)];
    return { ...ofToken, workspaces, template: ofToken.opened.side, install: undefined, duties };
  }

  const [first = ''] = installs.workspaces;
  const workspace = ofToken?.workspace ?? (async () => first);
  const { installationSealing, slackInstallations } = await import('#adapters/slack/installations.ts');
  const installations = slackInstallations({
    store,
    sealing: installationSealing(installs.keys),
    workspaces: installs.workspaces,
    log,
  });
  const workspaces = await manyWorkspaces({
    home: ofToken?.opened,
    workspace,
    installations,
    open(workspaceId, token) {
      const isHome = ofToken === undefined && workspaceId === first;
      /** Rows without a workspace are of webhooks. */
      const isOwnRow = async (id: string) => id === workspaceId || (isHome && id === '');
      return open(token, { workspace: async () => workspaceId, isHome, isOwnRow });
    },
    tell: tellPerson(slack.fetch),
    isAccepted: acceptance((token) => slackClient({ ...slack, botToken: token }, log)),
    log,
  });
  return {
    workspaces,
    workspace,
    // Without a token, what it asks Slack is refused; only installed sides ask.
    template: ofToken?.opened.side ?? (await open('', { workspace, isHome: true, isOwnRow: async () => false })).side,
    install: await composeInstall(),
    duties: [
      {
        what: 'changing the keys of installations',
        everyMs: CHANGE_KEYS_EVERY_MS,
        work: async () => void (await installations.changeKeys()),
      },
      ...(ofToken === undefined ? [] : [forgettingRemoved(ofToken.workspace)]),
    ],
  };

  /** Its messages would count as those of a workspace that left. */
  function forgettingRemoved(home: () => Promise<string>): Duty {
    return {
      what: 'forgetting a removed installation of the own workspace',
      everyMs: LOOK_FOR_REMOVED_EVERY_MS,
      async work() {
        const id = await home();
        await store.transaction((tx) => forgetRemoved(tx, id));
      },
    };
  }

  async function homeOf(token: string) {
    const { ownWorkspace } = await import('#adapters/slack/workspace.ts');
    const client = slackClient({ ...slack, botToken: token }, log);
    const home = ownWorkspace({ client, store, botToken: token });
    const isOwnRow = async (id: string) => installs === undefined || id === '' || id === (await home());
    return { workspace: home, opened: await open(token, { workspace: home, isHome: true, isOwnRow }) };
  }

  async function composeInstall(): Promise<InstallDoor> {
    const [{ installDoor }, { boltLogger, slackClientOptions }, { webApiFetch }] = await Promise.all([
      import('#adapters/slack/install.ts'),
      import('#adapters/slack/app.ts'),
      import('#adapters/slack/slack-answer.ts'),
    ]);
    const { logger, ...clientOptions } = slackClientOptions(slack, log);
    return installDoor({
      ...(installs as NonNullable<typeof installs>),
      scopes: await manifestScopes(),
      installations: {
        async save(installed) {
          await installations.save(installed);
          parts.kick();
        },
      },
      ownWorkspace: async () => await ofToken?.workspace(),
      store,
      // Half an answer would be an error code, with the token in it.
      clientOptions: { ...clientOptions, fetch: webApiFetch(slack.fetch) },
      logger: logger ?? boltLogger(log),
      log,
    });
  }
}

/** False if Slack says that the token was revoked. Throws if Slack does not say. */
function acceptance(clientOf: (token: string) => Readonly<{ auth: { test(): Promise<unknown> } }>) {
  return async (token: string): Promise<boolean> => {
    const { REVOKED, refusalIn } = await import('#adapters/slack/sender.ts');
    try {
      await clientOf(token).auth.test();
      return true;
    } catch (error) {
      if (REVOKED.has(refusalIn(error) ?? '')) return false;
      throw error;
    }
  };
}

async function manifestScopes(): Promise<readonly string[]> {
  const manifest = JSON.parse(await readFile(MANIFEST, 'utf8')) as { oauth_config: { scopes: { bot: string[] } } };
  return manifest.oauth_config.scopes.bot;
}
