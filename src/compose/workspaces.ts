/**
 * The sides of all workspaces: the home workspace by its token, the others by their installations. A request, a message and
 * a job go to the side of their own workspace, and to no other. Without an installation nothing is done: messages and jobs
 * wait, requests get a sentence.
 */
import type { App, ReceiverEvent } from '@slack/bolt';
import type { SlackInstallations } from '#adapters/slack/installations.ts';
import type { WorkspaceSide } from '#compose/workspace-side.ts';
import type { Log } from '#core/log.ts';
import type { TellPerson } from '#listeners/error.ts';
import { type JobHandler, NotYetError } from '#record/jobs.ts';
import type { Sender } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import type { EditPages } from '#workflows/postmortem/edit-page.ts';

export type OpenedSide = Readonly<{ side: WorkspaceSide; app: App }>;

export type Workspaces = Readonly<{
  /** Undefined if the workspace has no installation. */
  sideOf(workspaceId: string): Promise<OpenedSide | undefined>;
  /** That of the operators' own workspace. */
  homeSide(): Promise<OpenedSide | undefined>;
  route(event: ReceiverEvent): Promise<void>;
  /** Whether rows of this workspace are the home workspace's. */
  isOwn(workspaceId: string): Promise<boolean>;
}>;

/** One token: everything is of its workspace, whatever a request says, because people of other companies send theirs. */
export function oneWorkspace(home: OpenedSide): Workspaces {
  return {
    sideOf: async () => home,
    homeSide: async () => home,
    route: (event) => home.app.processEvent(event),
    isOwn: async () => true,
  };
}

export type ManyWorkspacesOptions = Readonly<{
  /** With a token of its own. */
  home: OpenedSide | undefined;
  /** The home workspace. */
  workspace(): Promise<string>;
  installations: SlackInstallations;
  open(workspaceId: string, botToken: string): Promise<OpenedSide>;
  /** Whether Slack still takes the token. Throws if Slack does not say. */
  isAccepted(botToken: string): Promise<boolean>;
  /** Answers a person at the address of their request. */
  tell: TellPerson;
  log: Log;
}>;

const NOT_INSTALLED =
  'Spanhound is not installed in this workspace any more, or not yet. Ask the person who runs it for the link.';
const ORGANISATION =
  'Spanhound does not support an installation for a whole organisation. Ask an admin to install it in this workspace.';

/** Slack and the bot take a signature for five minutes: a clock that is further away gets no events at all. */
const CLOCKS_DIFFER_US = 300_000_000;

export async function manyWorkspaces(options: ManyWorkspacesOptions): Promise<Workspaces> {
  const { home, workspace, installations, open, isAccepted, tell, log } = options;
  const { eventPlace } = await import('#adapters/slack/event-workspace.ts');
  const sides = new Map<string, Readonly<{ version: string; opened: Promise<OpenedSide> }>>();

  async function sideOf(workspaceId: string): Promise<OpenedSide | undefined> {
    if (home !== undefined && (await isHome(workspaceId))) return home;
    const installed = await installations.find(workspaceId);
    const known = sides.get(workspaceId);
    if (installed === undefined) {
      sides.delete(workspaceId);
      return undefined;
    }
    if (known?.version === installed.version) return await known.opened;
    const opened = open(workspaceId, installed.botToken);
    sides.set(workspaceId, { version: installed.version, opened });
    opened.catch(() => sides.delete(workspaceId));
    return await opened;
  }

  /** If Slack refuses the token of the home workspace, those with an installation go on. */
  async function isHome(workspaceId: string): Promise<boolean> {
    try {
      return (await workspace()) === workspaceId;
    } catch (err) {
      if ((await installations.find(workspaceId)) === undefined) throw err;
      return false;
    }
  }

  /**
   * Slack may deliver an event late, or twice: after a new installation, the older event counts no more. Slack's clock is
   * not ours, so an event from soon after the installation may be an older one, too: Slack knows whether the token is valid.
   */
  async function remove(workspaceId: string, { reason, atUs }: Readonly<{ reason: string; atUs: number }>) {
    const installedUs = await installations.installedUs(workspaceId);
    if (installedUs === undefined) return;
    if (atUs < installedUs + CLOCKS_DIFFER_US && (await isKept(workspaceId, atUs < installedUs))) {
      log.info({ workspace: workspaceId, reason }, 'an event from before the newest installation changes nothing');
      return;
    }
    await installations.remove(workspaceId, { reason, installedUs });
    sides.delete(workspaceId);
  }

  /** `isNewer`: the installation, than the event. It decides where the token cannot be read. */
  async function isKept(workspaceId: string, isNewer: boolean): Promise<boolean> {
    const installed = await installations.find(workspaceId);
    return installed === undefined ? isNewer : await isAccepted(installed.botToken);
  }

  /** A button has an address for the answer; a form stays open, with what was typed. */
  async function refuse({ body, ack }: ReceiverEvent, text: string): Promise<void> {
    if (body.command !== undefined) return await ack({ response_type: 'ephemeral', text });
    const [field] = Object.keys(body.view?.state?.values ?? {});
    if (body.type === 'view_submission' && field !== undefined) {
      return await ack({ response_action: 'errors', errors: { [field]: text } });
    }
    await ack();
    if (typeof body.response_url === 'string') await tell(body.response_url, text);
  }

  return {
    sideOf,
    homeSide: async () => home ?? (await sideOf(await workspace())),
    isOwn: async (workspaceId) => workspaceId === (await workspace()),
    async route(event) {
      const place = eventPlace(event.body);
      if (place.kind !== 'workspace') {
        log.warn({ kind: place.kind }, 'a request belongs to no workspace that could have installed the app');
        return await refuse(event, ORGANISATION);
      }
      const { workspaceId, body, removed } = place;
      if (removed !== undefined) {
        await remove(workspaceId, removed);
        return await event.ack();
      }
      const opened = await sideOf(workspaceId);
      if (opened === undefined) {
        log.warn({ workspace: workspaceId }, 'a request of a workspace that has not installed the app');
        return await refuse(event, NOT_INSTALLED);
      }
      await opened.app.processEvent({ ...event, body });
    },
  };
}

/** Messages of a workspace without an installation wait. A person who asked gets their answer without a token. */
export function sendersOf({ sideOf }: Workspaces, template: WorkspaceSide): Sender {
  const of = async (workspaceId: string) => (await sideOf(workspaceId))?.side.sender;
  return {
    post: async (message) => (await of(message.workspaceId))?.post(message) ?? NO_INSTALLATION,
    update: async (message) => (await of(message.workspaceId))?.update(message) ?? NO_INSTALLATION,
    attach: async (file) => (await of(file.workspaceId))?.attach(file) ?? NO_INSTALLATION,
    pin: async (message) => (await of(message.workspaceId))?.pin(message) ?? NO_INSTALLATION,
    find: async (message) => (await of(message.workspaceId))?.find(message) ?? NO_INSTALLATION,
    async respond({ message, ...response }) {
      const sender = await of(response.workspaceId);
      if (sender !== undefined) return await sender.respond({ ...response, message });
      const { picture: _, ...plain } = message;
      return await template.sender.respond({ ...response, message: plain });
    },
  };
}

const NO_INSTALLATION = { kind: 'unauthorized', reason: 'not_installed' } as const;

/** Somebody may install the app again. */
const LOOK_AGAIN_US = 60_000_000;

/** Each job runs on the side of its workspace. */
export function handlersOf(
  { sideOf }: Workspaces,
  { template, store }: Readonly<{ template: WorkspaceSide; store: Store }>,
): Readonly<Record<string, JobHandler>> {
  const routed =
    (kind: string): JobHandler =>
    async (job, signal) => {
      const opened = await sideOf(job.workspaceId);
      if (opened === undefined) {
        throw new NotYetError('the workspace has not installed the app', (await store.nowUs()) + LOOK_AGAIN_US);
      }
      const handlers: Readonly<Record<string, JobHandler>> = opened.side.handlers;
      await handlers[kind]?.(job, signal);
    };
  return Object.fromEntries(Object.keys(template.handlers).map((kind) => [kind, routed(kind)]));
}

const NO_PAGE = 'Spanhound is not installed in this workspace any more, so this link opens nothing.';

export function pagesOf({ sideOf }: Workspaces): EditPages {
  return {
    async open(claims, sent) {
      const opened = await sideOf(claims.workspaceId);
      return opened === undefined ? { problem: NO_PAGE } : await opened.side.pages.open(claims, sent);
    },
    async save(claims, sent, key) {
      const opened = await sideOf(claims.workspaceId);
      return opened === undefined
        ? { kind: 'refused', text: NO_PAGE }
        : await opened.side.pages.save(claims, sent, key);
    },
  };
}
