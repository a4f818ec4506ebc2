/** The Slack side: inbox, listeners, jobs, outbox. */
import { setImmediate } from 'node:timers/promises';
import type { InstallDoor } from '#adapters/slack/install.ts';
import { composeAlertMessages } from '#compose/alert-messages.ts';
import type { BotParts } from '#compose/bot-parts.ts';
import { composeCases } from '#compose/cases.ts';
import { composeWorkspaces } from '#compose/open-workspaces.ts';
import { composeUpkeep } from '#compose/upkeep.ts';
import { composeWebhooks } from '#compose/webhooks.ts';
import { handlersOf, pagesOf, sendersOf } from '#compose/workspaces.ts';
import { DEFAULTS } from '#config/defaults.ts';
import { pageLinks } from '#core/page-link.ts';
import type { Webhooks } from '#core/webhook.ts';
import type { Jobs } from '#record/jobs.ts';
import type { Store } from '#record/store.ts';
import type { PersonalPages } from '#web/personal-pages.ts';

export type Bot = Readonly<{
  /** For the owner of the web server to mount. */
  webhooks: Webhooks;
  /** For the same owner; undefined if no address was set. */
  pages: PersonalPages | undefined;
  /** Undefined if no workspace may install the app by a link. */
  install: InstallDoor | undefined;
  /** Whether every member of the operators' own workspace may read the channel; undefined if Slack did not say. */
  isForAll(channelId: string): Promise<boolean | undefined>;
  /** Whether it is the operators' own workspace: programs outside see no other. */
  isOwn(workspaceId: string): Promise<boolean>;
  /** Finishes the work of an earlier process, then accepts new requests. */
  start(): Promise<void>;
  /** Resolves when only work that is due later is left. */
  idle(): Promise<void>;
  /**
   * Accepts nothing new and finishes what it can before the deadline. The rest is stored, and the next start continues
   * it.
   */
  stop(deadlineMs: number): Promise<void>;
}>;

/** The Slack side: inbox, listeners, jobs, outbox. */
export async function composeBot(parts: BotParts): Promise<Bot> {
  const { store, investigation: gathering, slack, log, dataFolder, cases: place, alerts, operators = {} } = parts;
  const { retention = DEFAULTS.retention, pagesUrl, waits = DEFAULTS.waits } = parts;
  const cases =
    dataFolder === undefined ? undefined : await composeCases(gathering, { store, log, dataFolder, cases: place });
  const { changeNoter, storedChanges } = await import('#workflows/evidence/note-changes.ts');
  const investigation = {
    ...(cases?.investigation ?? gathering),
    changeSources: [storedChanges(store), ...gathering.changeSources],
  };
  const [
    { openSlackReceiver },
    { measuredFetch },
    { runOutbox },
    { tableJobs },
    { forget },
    { serviceRefresher },
    { isDirectQuestion },
    { deliveryReceiver, deliveryTaker, RECEIVE_DELIVERY },
    { noteReceiver, noteTaker, RECEIVE_NOTE },
    { SEND_REQUEST },
    { SEND_STATUS },
    { SEND_MITIGATION },
    { SEND_PAGER_STEP },
    { pagerDuties },
    { FOLLOW_ISSUES, SYNC_ISSUE },
    { issueHearer },
    { SEND_POSTMORTEM },
    { SEND_EVENT },
    { givenUpTeller, LASTING_KINDS },
    { TELL_TOO_LARGE, tooLargeHearer, tooLargeTeller },
    { JUDGE_RELEASE, releaseWatcher, watchReleases },
    { judgeReleaseOf },
    { tokenRefused },
    { mendFutureTimes },
    { forgetPaces },
  ] = await Promise.all([
    import('#adapters/slack/app.ts'),
    import('#adapters/slack/measured-fetch.ts'),
    import('#record/outbox-runner.ts'),
    import('#record/table-jobs.ts'),
    import('#record/inbox.ts'),
    import('#workflows/services/read-services.ts'),
    import('#listeners/events/question.ts'),
    import('#workflows/alerts/receive-alert.ts'),
    import('#workflows/alerts/note-alert.ts'),
    import('#workflows/tools/send-request.ts'),
    import('#workflows/status/send-status.ts'),
    import('#workflows/mitigations/send-mitigation.ts'),
    import('#workflows/pagers/queue-steps.ts'),
    import('#compose/pagers.ts'),
    import('#workflows/action-items/sync-issue.ts'),
    import('#workflows/action-items/hear-issue.ts'),
    import('#workflows/postmortem/export.ts'),
    import('#workflows/send-events.ts'),
    import('#workflows/upkeep/tell-given-up.ts'),
    import('#workflows/alerts/tell-too-large.ts'),
    import('#workflows/releases/watch-release.ts'),
    import('#workflows/releases/judge-release.ts'),
    import('#present/slack/diagnosis-message.ts'),
    import('#record/future-times.ts'),
    import('#record/pace.ts'),
  ]);
  const { clock } = store;
  const alertMessages = await composeAlertMessages(log, alerts);
  const fetch = measuredFetch(slack.fetch ?? globalThis.fetch);
  const door = pagesUrl && { url: pagesUrl, links: pageLinks(slack.botToken ?? slack.installs?.stateSecret ?? '') };
  const { workspaces, workspace, template, install, duties } = await composeWorkspaces({
    ...parts,
    slack: { ...slack, fetch },
    investigation,
    gathering,
    keepCase: cases?.keepCase,
    copies: cases?.store,
    alertMessages,
    waits,
    door,
    kick: () => kick(),
  });
  const receiver = openSlackReceiver(
    { ...slack, fetch },
    {
      store,
      log,
      isForUs: (message) => isDirectQuestion(message) || alertMessages.read(message) !== undefined,
      route: workspaces.route,
    },
  );
  const leaseUs = waits.leaseSeconds * 1_000_000;
  const outbox = runOutbox({
    store,
    sender: sendersOf(workspaces, template),
    log,
    onUndelivered: template.onUndelivered,
    unauthorizedText: tokenRefused,
    leaseUs,
    callPaces: slack.callPaces,
  });
  const look = () => {
    outbox.kick();
    jobs.kick();
  };
  const wakeUps = store.wakeUps?.(log);
  wakeUps?.onHeard(look);
  const kick = () => {
    look();
    wakeUps?.send();
  };
  const { receiving } = template;
  const upkeep = await composeUpkeep({
    store,
    log,
    stormPerMinute: receiving.stormPerMinute,
    operators,
    retention,
    dataFolder,
    cases: place,
    workspace,
    kick,
  });
  const pagerWork = await pagerDuties({ store, jobs: tableJobs, pagers: template.pagers, kick });
  const note = changeNoter(store, (tx, changes) => watchReleases(tx, tableJobs, changes));
  const tellGivenUp = givenUpTeller({ channelId: alerts?.alerts.channel });
  const jobs = tableJobs.runJobs({
    store,
    leaseUs,
    handlers: {
      ...handlersOf(workspaces, { template, store }),
      [TELL_TOO_LARGE]: tooLargeTeller({ store, channelId: operators.channel, workspace, kick }),
      [JUDGE_RELEASE]: releaseWatcher({
        ...receiving,
        news: alerts?.changes.releases ?? 'never',
        channelId: alerts?.alerts.channel,
        judge: (asked, signal) =>
          judgeReleaseOf(
            { ...gathering, changeSources: investigation.changeSources },
            { ...asked, deadlineMs: investigation.deadlineMs, signal },
          ),
        workspace,
      }),
      [RECEIVE_NOTE]: noteReceiver({ store, jobs: tableJobs, workspace, kick }),
      [RECEIVE_DELIVERY]: deliveryReceiver({ ...receiving, log, channelId: alerts?.alerts.channel, workspace }),
    },
    log,
    lasting: LASTING_KINDS,
    slow: new Set([
      ...template.slow,
      SEND_REQUEST,
      SEND_STATUS,
      SEND_MITIGATION,
      SEND_PAGER_STEP,
      SYNC_ISSUE,
      FOLLOW_ISSUES,
      SEND_POSTMORTEM,
      SEND_EVENT,
      JUDGE_RELEASE,
    ]),
    onDead: async (tx, job, reason) => {
      await template.onDead(tx, job, reason);
      await tellGivenUp(tx, job, reason);
    },
  });
  const { traceSources, serviceSources } = investigation;
  const readServices = serviceRefresher({ store, clock, log, traceSources, serviceSources });

  const stopped = new AbortController();
  async function repeat(everyMs: number, what: string, work: () => Promise<unknown>): Promise<void> {
    while (!stopped.signal.aborted) {
      await work().catch((err: unknown) => log.warn({ err }, `${what} failed`));
      await clock.sleep(everyMs, stopped.signal);
    }
  }

  return {
    install,
    pages: door && { ...pagesOf(workspaces), links: door.links, nowUs: () => store.nowUs() },
    isForAll: async (channelId) => await (await workspaces.homeSide())?.side.access.isForAll(channelId),
    isOwn: workspaces.isOwn,
    webhooks: await composeWebhooks(alerts, {
      take: deliveryTaker({
        ...receiving,
        messageSources: alertMessages.sources,
        messageSeconds: waits.messageSeconds,
      }),
      takeNote: noteTaker({ store, jobs: tableJobs, kick }),
      note: async (changes) => {
        await note(changes);
        kick();
      },
      hearIssue: issueHearer({ store, jobs: tableJobs, kick }),
      hearTooLarge: tooLargeHearer({ store, jobs: tableJobs, log, channelId: operators.channel, kick }),
      log,
      clock,
    }),
    async start() {
      void repeat(FORGET_EVERY_MS, 'forgetting old deliveries', () => forget(store, clock.nowUs()));
      void repeat(FORGET_EVERY_MS, 'forgetting old jobs', () => forgetDoneJobs(tableJobs, store));
      void repeat(FORGET_EVERY_MS, 'forgetting old rates', async () => forgetPaces(store, await store.nowUs()));
      for (const { what, everyMs, work } of [...upkeep.duties, ...pagerWork, ...template.duties, ...duties])
        void repeat(everyMs, what, () => work(stopped.signal));
      void repeat(SERVICES_EVERY_MS, 'reading whose the services are', () => readServices(stopped.signal));
      void repeat(WORKSPACE_EVERY_MS, 'asking Slack for the workspace', workspace);
      void repeat(MEND_EVERY_MS, 'moving future times to the present', () => mendFutureTimes(store));
      await receiver.replay();
      // If it is mounted on our own server, Bolt's receiver is never started.
      if (slack.transport.kind !== 'http') await receiver.start();
    },
    async idle() {
      // A job creates messages, and a message that cannot be delivered creates a job.
      for (const runner of [jobs, outbox, jobs, outbox]) await runner.idle();
    },
    async stop(deadlineMs) {
      stopped.abort();
      const untilUs = clock.elapsedUs() + deadlineMs * 1_000;
      const leftMs = () => Math.max(0, (untilUs - clock.elapsedUs()) / 1_000);
      if (slack.transport.kind !== 'http') await receiver.stop();
      const left = await receiver.drain(leftMs());
      if (left > 0) log.warn({ left }, 'requests were unfinished at shutdown; the next start continues them');
      await jobs.stop(leftMs() * JOBS_SHARE);
      const late = new AbortController();
      await Promise.race([outbox.idle(), clock.sleep(leftMs(), late.signal)]);
      late.abort();
      await outbox.stop(leftMs());
      const signed = upkeep.atStop().catch((err: unknown) => log.warn({ err }, 'signing the audit log failed'));
      await Promise.race([signed, clock.sleep(Math.max(leftMs(), LEAST_SIGNING_MS))]);
      await wakeUps?.close();
      await investigation.stop();
    },
  };
}

/** SQLite deletes at once, and other work waits for it: there is a turn of the event loop between two parts. */
async function forgetDoneJobs(jobs: Jobs, store: Store): Promise<void> {
  while ((await jobs.forgetDone(store)) > 0) await setImmediate();
}

/** Ids of deliveries are kept for days, so the exact time of cleanup does not matter. */
const FORGET_EVERY_MS = 6 * 3_600_000;
/** What was read lately is not read again: see `read-services.ts`. */
const SERVICES_EVERY_MS = 60_000;
/** Before the first alert, because Slack may be away when it comes. Once known, it is not requested again. */
const WORKSPACE_EVERY_MS = 60_000;
/** A clock may be corrected at any time; future-dated rows wait no longer than this. */
const MEND_EVERY_MS = 60_000;

/** Signing takes milliseconds. A store that hangs must not hold up the end. */
const LEAST_SIGNING_MS = 500;

/** The share of the remaining time for running diagnoses: their results must still be sent. */
const JOBS_SHARE = 0.7;
