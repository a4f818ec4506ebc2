/**
 * The sides of all workspaces: the home workspace by its token, the others by their installations. A request, a message and
 * a job go to the side of their own workspace, and to no other. Without an installation, or without the key of its
 * token, nothing is done: messages and jobs wait, requests get a sentence.
 */
import type { App, ReceiverEvent } from '@slack/bolt';
import type { SlackInstallations } from '#adapters/slack/installations.ts';
import type { WorkspaceSide } from '#compose/workspace-side.ts';
import type { Log } from '#core/log.ts';
import { SealedError } from '#core/sealing.ts';
import type { TellPerson } from '#listeners/error.ts';
import { type JobHandler, NeverError, NotYetError } from '#record/jobs.ts';
import type { Sender, SendResult } from '#record/outbox.ts';
import type { Store } from '#record/store.ts';
import type { PersonalPages } from '#web/personal-pages.ts';

export type OpenedSide = Readonly<{ side: WorkspaceSide; app: App }>;

export type Workspaces = Readonly<{
  /** Undefined if the workspace has no installation. Throws SealedError if no key decrypts its token. */
  sideOf(workspaceId: string): Promise<OpenedSide | undefined>;
  /** That of the operators' own workspace. */
  homeSide(): Promise<OpenedSide | undefined>;
  route(event: ReceiverEvent): Promise<void>;
  /** False if the operators shut the workspace out. */
  mayUse(workspaceId: string): boolean;
  /** Whether rows of this workspace are the home workspace's. */
  isOwn(workspaceId: string): Promise<boolean>;
}>;

/** One token: everything is of its workspace, whatever a request says, because people of other companies send theirs. */
export function oneWorkspace(home: OpenedSide): Workspaces {
  return {
    sideOf: async () => home,
    homeSide: async () => home,
    route: (event) => home.app.processEvent(event),
    mayUse: () => true,
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
const UNREADABLE =
  'Spanhound cannot decrypt its token for this workspace. Ask the person who runs it to look into its log, and then try again.';
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
    try {
      const installed = await installations.find(workspaceId);
      return installed === undefined ? isNewer : await isAccepted(installed.botToken);
    } catch (err) {
      if (!(err instanceof SealedError)) throw err;
      return isNewer;
    }
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

  /** An event comes again; a person reads why nothing happens. */
  async function sideForEvent(workspaceId: string, event: ReceiverEvent): Promise<OpenedSide | undefined> {
    try {
      const opened = await sideOf(workspaceId);
      if (opened !== undefined) return opened;
      log.warn({ workspace: workspaceId }, 'a request of a workspace that has not installed the app');
      await refuse(event, NOT_INSTALLED);
    } catch (err) {
      if (!(err instanceof SealedError) || event.body.type === 'event_callback') throw err;
      await refuse(event, UNREADABLE);
    }
    return undefined;
  }

  return {
    sideOf,
    homeSide: async () => home ?? (await sideOf(await workspace())),
    mayUse: installations.mayUse,
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
      const opened = await sideForEvent(workspaceId, event);
      await opened?.app.processEvent({ ...event, body });
    },
  };
}

/**
 * Messages of a workspace without an installation wait; those of a workspace that the operators shut out are dropped. A
 * person who asked gets their answer without a token.
 */
export function sendersOf({ sideOf, mayUse }: Workspaces, template: WorkspaceSide): Sender {
  const of = async (workspaceId: string): Promise<Sender | NotSent> => {
    const opened = await unlessSealed(() => sideOf(workspaceId));
    if (opened === 'sealed') return UNREADABLE_TOKEN;
    if (opened !== undefined) return opened.side.sender;
    return isShutOut(workspaceId, mayUse) ? SHUT_OUT : NO_INSTALLATION;
  };
  const sent = async (workspaceId: string, send: (sender: Sender) => Promise<SendResult>): Promise<SendResult> => {
    const sender = await of(workspaceId);
    return 'kind' in sender ? sender : await send(sender);
  };
  return {
    post: (message) => sent(message.workspaceId, ({ post }) => post(message)),
    update: (message) => sent(message.workspaceId, ({ update }) => update(message)),
    attach: (file) => sent(file.workspaceId, ({ attach }) => attach(file)),
    pin: (message) => sent(message.workspaceId, ({ pin }) => pin(message)),
    async find(message) {
      const sender = await of(message.workspaceId);
      if (!('kind' in sender)) return await sender.find(message);
      return sender.kind === 'refused' ? { kind: 'unreadable', reason: sender.reason } : sender;
    },
    async respond({ message, ...response }) {
      const sender = await of(response.workspaceId);
      if (!('kind' in sender)) return await sender.respond({ ...response, message });
      const { picture: _, ...plain } = message;
      return await template.sender.respond({ ...response, message: plain });
    },
  };
}

const NO_INSTALLATION = { kind: 'unauthorized', reason: 'not_installed' } as const;
const UNREADABLE_TOKEN = { kind: 'unauthorized', reason: 'token_not_decrypted' } as const;
const SHUT_OUT = { kind: 'refused', reason: 'SLACK_WORKSPACES does not name the workspace' } as const;

/** A row may not know its workspace yet. */
function isShutOut(workspaceId: string, mayUse: Workspaces['mayUse']): boolean {
  return workspaceId !== '' && !mayUse(workspaceId);
}

type NotSent = typeof NO_INSTALLATION | typeof UNREADABLE_TOKEN | typeof SHUT_OUT;

async function unlessSealed<Result>(work: () => Promise<Result>): Promise<Result | 'sealed'> {
  try {
    return await work();
  } catch (err) {
    if (err instanceof SealedError) return 'sealed';
    throw err;
  }
}

/** Somebody may install the app again. */
const LOOK_AGAIN_US = 60_000_000;

/** Each job runs on the side of its workspace. One of a workspace that the operators shut out is given up. */
export function handlersOf(
  { sideOf, mayUse }: Workspaces,
  { template, store }: Readonly<{ template: WorkspaceSide; store: Store }>,
): Readonly<Record<string, JobHandler>> {
  const routed =
    (kind: string): JobHandler =>
    async (job, signal) => {
      const opened = await unlessSealed(() => sideOf(job.workspaceId));
      if (opened === undefined || opened === 'sealed') {
        if (opened === undefined && isShutOut(job.workspaceId, mayUse)) throw new NeverError(SHUT_OUT.reason);
        const why = opened === undefined ? 'the workspace has not installed the app' : 'no key decrypts its token';
        throw new NotYetError(why, (await store.nowUs()) + LOOK_AGAIN_US);
      }
      const handlers: Readonly<Record<string, JobHandler>> = opened.side.handlers;
      await handlers[kind]?.(job, signal);
    };
  return Object.fromEntries(Object.keys(template.handlers).map((kind) => [kind, routed(kind)]));
}

const NO_PAGE = 'Spanhound is not installed in this workspace any more, so this link opens nothing.';

export function pagesOf({ sideOf }: Workspaces): Pick<PersonalPages, 'postmortems' | 'timelines'> {
  /** Or a sentence why there are none. */
  async function of(workspaceId: string): Promise<WorkspaceSide['pages'] | string> {
    const opened = await unlessSealed(() => sideOf(workspaceId));
    if (opened === 'sealed') return UNREADABLE;
    return opened?.side.pages ?? NO_PAGE;
  }
  return {
    postmortems: {
      async open(claims, sent) {
        const pages = await of(claims.workspaceId);
        return typeof pages === 'string' ? { problem: pages } : await pages.postmortems.open(claims, sent);
      },
      async save(claims, sent, key) {
        const pages = await of(claims.workspaceId);
        if (typeof pages === 'string') return { kind: 'refused', text: pages };
        return await pages.postmortems.save(claims, sent, key);
      },
    },
    timelines: {
      async open(claims, what) {
        const pages = await of(claims.workspaceId);
        return typeof pages === 'string' ? { problem: pages } : await pages.timelines.open(claims, what);
      },
      async file(claims, copyId) {
        const pages = await of(claims.workspaceId);
        return typeof pages === 'string' ? { problem: pages } : await pages.timelines.file(claims, copyId);
      },
      async picture(document) {
        const pages = await of(document.incident.workspaceId);
        return typeof pages === 'string' ? undefined : await pages.timelines.picture(document);
      },
    },
  };
}
