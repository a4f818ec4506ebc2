/** The Slack side: inbox, listeners, jobs, outbox. */
import { setImmediate } from 'node:timers/promises';
import type { Receiver } from '@slack/bolt';
import type { FetchFunction } from '@slack/web-api';
import type { Express } from 'express';
import { composeAlertMessages } from '#compose/alert-messages.ts';
import { composeAnswering } from '#compose/answering.ts';
import { composeCases } from '#compose/cases.ts';
import { composeComparing } from '#compose/comparing.ts';
import { composeEvents } from '#compose/events.ts';
import { composeHome } from '#compose/home.ts';
import { composeIncidents } from '#compose/incidents.ts';
import type { Investigation } from '#compose/investigation.ts';
import { whenAsked } from '#compose/request-sender.ts';
import { composeReviews } from '#compose/reviews.ts';
import { linkedSystems } from '#compose/systems.ts';
import { composeUpkeep } from '#compose/upkeep.ts';
import { type AlertConfig, composeWebhooks } from '#compose/webhooks.ts';
import { DEFAULTS } from '#config/defaults.ts';
import type { Config } from '#config/schema.ts';
import type { Log } from '#core/log.ts';
import { pageLinks } from '#core/page-link.ts';
import type { Webhooks } from '#core/webhook.ts';
import type { PostmortemTemplate } from '#model/incident/postmortem-template.ts';
import type { Jobs } from '#record/jobs.ts';
import type { CallPaces } from '#record/outbox-runner.ts';
import type { Store } from '#record/store.ts';
import type { PostmortemPages } from '#web/postmortem-page.ts';
import type { CommanderCalls } from '#workflows/call-commander.ts';
import type { WhoLooks } from '#workflows/check-store.ts';
import type { ChannelSettings } from '#workflows/keep-channel.ts';
import type { PageSettings } from '#workflows/page-next.ts';
import type { ReminderMinutes } from '#workflows/remind.ts';
import type { StatusPageSettings } from '#workflows/status-page.ts';
import type { IssueSettings } from '#workflows/sync-issue.ts';

export type SlackSide = Readonly<{
  botToken: string;
  transport:
    | Readonly<{ kind: 'http'; signingSecret: string; express: Express }>
    | Readonly<{ kind: 'socket'; appToken: string }>
    | Readonly<{ kind: 'given'; receiver: Receiver }>;
  apiUrl?: string | undefined;
  fetch?: FetchFunction | undefined;
  /** The longest time until an event is acknowledged; without it, less than Slack waits. */
  acknowledgeWithinMs?: number;
  /** How often Slack is called; without it, as often as Slack allows. */
  callPaces?: CallPaces;
}>;

export type BotParts = Readonly<{
  store: Store;
  investigation: Investigation;
  slack: SlackSide;
  log: Log;
  /** Where the evidence of each diagnosis is stored; without it, nowhere. */
  dataFolder?: string | undefined;
  cases?: Config['cases'] | undefined;
  /** Without it there are no webhooks; alerts in channels are still answered. */
  alerts?: AlertConfig | undefined;
  /** Where the operators hear of the bot itself; without it, nowhere. */
  operators?: Partial<Config['operators']> | undefined;
  /** Where the monthly review is posted; without it, nowhere. */
  reviews?: Config['reviews'] | undefined;
  /** How long evidence is kept; without it, for ever. */
  retention?: Config['retention'] | undefined;
  /** The update interval of an incident by severity; without it, the defaults. */
  reminderMinutes?: ReminderMinutes | undefined;
  commanderCalls?: CommanderCalls | undefined;
  /** Who is on call for pages, and when the next one is called; without it, the defaults. */
  pages?: PageSettings | undefined;
  /** How people on call are found in systems outside and in Slack; without it, the defaults. */
  onCall?: Config['incidents']['onCall'] | undefined;
  /** The team's own roles with what each does; without it, none. */
  ownRoles?: readonly string[] | undefined;
  /** The team's templates of the postmortem; without it, the built-in structure. */
  postmortemTemplates?: readonly PostmortemTemplate[] | undefined;
  /** Which incidents get a channel of their own; without it, the defaults. */
  incidentChannel?: ChannelSettings | undefined;
  /** What customers use, and the words that they must not read; without it, the defaults. */
  statusPage?: StatusPageSettings | undefined;
  /** What may go to an issue tracker; without it, the defaults. */
  issues?: IssueSettings | undefined;
  /** Where browsers reach the bot; without it, there are no pages. */
  pagesUrl?: URL | undefined;
  /** Whether it looks at an incident again after its end; without it, the default. */
  looksAfterEnd?: boolean | undefined;
  /** How long it waits before it goes on without something; without it, the defaults. */
  waits?: Config['waits'] | undefined;
  /** The hosts to which people may send HTTP requests; without it, none. */
  http?: Config['http'] | undefined;
  /** Where guests and people of other companies may look; without it, nowhere. */
  guests?: Config['guests'] | undefined;
  /** What is reserved for user groups of Slack; without it, nothing. */
  rights?: Config['rights'] | undefined;
}>;

export type Bot = Readonly<{
  /** For the owner of the web server to mount. */
  webhooks: Webhooks;
  /** For the same owner; undefined if no address was set. */
  pages: PostmortemPages | undefined;
  /** Whether every member of the workspace may read the channel; undefined if Slack did not say. */
  isForAll(channelId: string): Promise<boolean | undefined>;
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
export async function composeBot({
  store,
  investigation: gathering,
  slack,
  log,
  dataFolder,
  cases: place,
  alerts,
  operators = {},
  reviews: reviewSettings = {},
  retention = DEFAULTS.retention,
  reminderMinutes,
  commanderCalls,
  pages,
  onCall,
  ownRoles,
  postmortemTemplates = [],
  incidentChannel,
  statusPage,
  issues,
  looksAfterEnd,
  pagesUrl,
  waits = DEFAULTS.waits,
  http,
  guests,
  rights,
}: BotParts): Promise<Bot> {
  const cases =
    dataFolder === undefined ? undefined : await composeCases(gathering, { store, log, dataFolder, cases: place });
  const { changeNoter, storedChanges } = await import('#workflows/note-changes.ts');
  const investigation = {
    ...(cases?.investigation ?? gathering),
    changeSources: [storedChanges(store), ...gathering.changeSources],
  };
  const [
    { openSlackApp, slackClient },
    { questionTimeoutMs },
    { measuredFetch },
    { slackSender, tellPerson },
    { registerListeners },
    { runOutbox },
    { tableJobs },
    { forget },
    { investigator },
    { LOOK_INTO_MESSAGE, lookIntoMessage, messageLooker },
    { questionAsker },
    { serviceNamer },
    { serviceRefresher },
    { isDirectQuestion },
    { detailSharer },
    { feedbackRecorder },
    { checkStore, readableBy },
    { alertMessageReceiver, deliveryReceiver, deliveryTaker, RECEIVE_DELIVERY },
    { noteReceiver, noteTaker, RECEIVE_NOTE },
    { againLooker },
    { alertMuter, muteEnder, mutesFor },
    { formMuter },
    { toolUser },
    { requestAsker, SEND_REQUEST, sendRequest },
    { SEND_STATUS },
    { SEND_MITIGATION },
    { SEND_PAGER_STEP },
    { openStatusPages },
    { openMitigationDesk },
    { openPagers, pagerDuties },
    { openIssueTrackers },
    { FOLLOW_ISSUES, SYNC_ISSUE },
    { openPostmortemTargets },
    { SEND_POSTMORTEM },
    { SEND_EVENT },
    { openOnCallSources },
    { ownWorkspace },
    { givenUpTeller, LASTING_KINDS },
    { TELL_TOO_LARGE, tooLargeHearer, tooLargeTeller },
    { JUDGE_RELEASE, releaseWatcher, watchReleases },
    { judgeReleaseOf },
    { tokenRefused },
    { mendFutureTimes },
    { forgetPaces },
    { admitter },
  ] = await Promise.all([
    import('#adapters/slack/app.ts'),
    import('#adapters/slack/channel-access.ts'),
    import('#adapters/slack/measured-fetch.ts'),
    import('#adapters/slack/sender.ts'),
    import('#listeners/register.ts'),
    import('#record/outbox-runner.ts'),
    import('#record/table-jobs.ts'),
    import('#record/inbox.ts'),
    import('#workflows/investigate.ts'),
    import('#workflows/look-into-message.ts'),
    import('#workflows/ask-question.ts'),
    import('#workflows/name-service.ts'),
    import('#workflows/read-services.ts'),
    import('#listeners/events/question.ts'),
    import('#workflows/share-detail.ts'),
    import('#workflows/record-feedback.ts'),
    import('#workflows/check-store.ts'),
    import('#workflows/receive-alert.ts'),
    import('#workflows/note-alert.ts'),
    import('#workflows/look-again.ts'),
    import('#workflows/mute-alert.ts'),
    import('#workflows/mute-by-form.ts'),
    import('#workflows/use-tool.ts'),
    import('#workflows/send-request.ts'),
    import('#workflows/send-status.ts'),
    import('#workflows/mitigations/send-mitigation.ts'),
    import('#workflows/pagers/queue-steps.ts'),
    import('#compose/status-pages.ts'),
    import('#compose/mitigations.ts'),
    import('#compose/pagers.ts'),
    import('#compose/issue-trackers.ts'),
    import('#workflows/sync-issue.ts'),
    import('#compose/postmortem-targets.ts'),
    import('#workflows/postmortem/export.ts'),
    import('#workflows/send-events.ts'),
    import('#compose/on-call.ts'),
    import('#adapters/slack/workspace.ts'),
    import('#workflows/tell-given-up.ts'),
    import('#workflows/tell-too-large.ts'),
    import('#workflows/watch-release.ts'),
    import('#workflows/judge-release.ts'),
    import('#present/slack/diagnosis-message.ts'),
    import('#record/future-times.ts'),
    import('#record/pace.ts'),
    import('#workflows/admit.ts'),
  ]);
  const { clock } = store;
  const alertMessages = await composeAlertMessages(log, alerts);
  const fetch = measuredFetch(slack.fetch ?? globalThis.fetch);
  const { app, receiver } = openSlackApp(
    { ...slack, fetch },
    store,
    log,
    (message) => isDirectQuestion(message) || alertMessages.read(message) !== undefined,
  );

  const client = slackClient({ ...slack, fetch }, log);
  const sender = slackSender({ client, fetch, clock, log });
  /** In a worker, so that rendering does not block other requests. */
  const draw = async (svg: string) => {
    const session = investigation.openSession(investigation.settings);
    try {
      return await session.draw(svg);
    } finally {
      await session.close();
    }
  };
  const workspace = ownWorkspace({ client, store, botToken: slack.botToken });
  const pagers = await openPagers(alerts, log);
  const door = pagesUrl && { url: pagesUrl, links: pageLinks(slack.botToken) };
  const incidents = await composeIncidents({
    store,
    client,
    questions: slackClient({ ...slack, fetch, callTimeoutMs: questionTimeoutMs(waits.answerSeconds) }, log),
    workspace,
    guestsLookIn: guests?.lookIn ?? [],
    rights,
    log,
    minutes: reminderMinutes,
    calls: commanderCalls,
    pages,
    onCall,
    ownRoles,
    templates: postmortemTemplates,
    onCallSources: await openOnCallSources(alerts),
    channel: incidentChannel,
    looksAfterEnd,
    statusPage,
    statusPages: await openStatusPages(alerts, { feedUrl: statusPage?.feedUrl, log }),
    mitigationDesk: await openMitigationDesk(alerts, log),
    pagers,
    issues,
    door,
    trackers: await openIssueTrackers(alerts, log),
    targets: await openPostmortemTargets(alerts, log),
    checksItems: gathering.traceSources.some(({ search }) => search !== undefined),
    draw,
    pictureSeconds: waits.pictureSeconds,
    answerSeconds: waits.answerSeconds,
    kick: () => kick(),
  });
  const leaseUs = waits.leaseSeconds * 1_000_000;
  const outbox = runOutbox({
    store,
    sender,
    log,
    onUndelivered: incidents.onUndelivered,
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
  const traces = investigation.traceSources.map(({ name, title = name }) => title);
  const { diagnosed, alertHeard } = incidents.evidence;
  const { mayShowIn, mayAct } = incidents.access;
  const keepCase = cases?.keepCase;
  const { permalink } = incidents.directory;
  const answering = await composeAnswering({
    store,
    log,
    investigation,
    firstVerdictMs: waits.firstVerdictSeconds * 1_000,
    sayInChannel: alerts?.alerts.sayInChannel ?? DEFAULTS.alerts.sayInChannel,
    keepCase,
    mayShowIn,
    mayAct,
    permalink,
    diagnosed,
    kick,
  });
  const stormPerMinute = alerts?.alerts.stormPerMinute ?? DEFAULTS.alerts.stormPerMinute;
  const quietMinutes = alerts?.alerts.quietMinutes;
  const asking = { store, jobs: tableJobs, sources: traces, kick };
  const quietRules = alerts?.quiet?.rules;
  const receiving = {
    store,
    jobs: tableJobs,
    sources: traces,
    stormPerMinute,
    quietMinutes,
    quietRules,
    alertHeard,
    kick,
  };
  const comparing = await composeComparing({ store, log, gathering, mayShowIn, kick: () => kick() });
  const upkeep = await composeUpkeep({
    store,
    log,
    stormPerMinute,
    operators,
    retention,
    dataFolder,
    cases: place,
    workspace,
    kick,
  });
  const events = await composeEvents({
    store,
    jobs: tableJobs,
    settings: alerts,
    isForAll: incidents.access.isForAll,
    log,
    kick: () => kick(),
  });
  const pagerWork = await pagerDuties({ store, jobs: tableJobs, pagers, kick: () => kick() });
  const reviews = await composeReviews({
    store,
    log,
    channelId: reviewSettings.channel,
    directory: incidents.directory,
    isForAll: incidents.access.isForAll,
    readersOf: incidents.access.readersOf,
    draw,
    pictureSeconds: waits.pictureSeconds,
    workspace,
    kick: () => kick(),
  });
  const note = changeNoter(store, (tx, changes) => watchReleases(tx, tableJobs, changes));
  const tellGivenUp = givenUpTeller({ channelId: alerts?.alerts.channel });
  const jobs = tableJobs.runJobs({
    store,
    leaseUs,
    handlers: {
      ...incidents.handlers,
      ...answering.handlers,
      [SEND_REQUEST]: sendRequest({ store, clock, kick, send: whenAsked(http) }),
      ...comparing.handlers,
      ...events.handlers,
      ...reviews.handlers,
      [LOOK_INTO_MESSAGE]: lookIntoMessage({
        ...asking,
        look: (seen) => incidents.directory.message(seen, ''),
      }),
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
      [RECEIVE_DELIVERY]: deliveryReceiver({
        ...receiving,
        log,
        channelId: alerts?.alerts.channel,
        workspace,
      }),
    },
    log,
    lasting: LASTING_KINDS,
    slow: new Set([
      ...Object.keys(answering.handlers),
      ...Object.keys(comparing.handlers),
      ...Object.keys(reviews.handlers),
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
      await answering.onDead(tx, job, reason);
      await comparing.onDead(tx, job, reason);
      await tellGivenUp(tx, job, reason);
    },
  });
  const onAlert = { store, mayRead: incidents.access.mayRead, kick };
  const workflows = {
    admit: admitter({ store, access: incidents.access, kick }),
    investigate: investigator(asking),
    lookIntoMessage: messageLooker(asking),
    askQuestion: questionAsker({ store, jobs: tableJobs, directory: incidents.directory, sources: traces, kick }),
    useTool: toolUser(clock),
    askRequest: requestAsker({ store, jobs: tableJobs, kick }),
    shareDetail: detailSharer({ store, kick }),
    ...comparing.asking,
    recordFeedback: feedbackRecorder({ store, kick }),
    incident: incidents.incident,
    noticeMessage: incidents.noticeMessage,
    askForPostmortem: incidents.askForPostmortem,
    acceptPostmortem: incidents.acceptPostmortem,
    answerQuestion: incidents.answerQuestion,
    showVersions: incidents.showVersions,
    restorePostmortem: incidents.restorePostmortem,
    sendPageLink: incidents.sendPageLink,
    exportPostmortem: incidents.exportPostmortem,
    addActionItem: incidents.addActionItem,
    declineProposal: incidents.declineProposal,
    sendIssueAgain: incidents.sendIssueAgain,
    shareMethod: incidents.shareMethod,
    readAlert: alertMessages.read,
    receiveAlert: alertMessageReceiver(receiving),
    nameService: serviceNamer({ store, jobs: tableJobs, mayRead: incidents.access.mayRead, kick }),
    lookAgain: againLooker({ ...onAlert, jobs: tableJobs, sources: traces }),
    muteAlert: alertMuter(onAlert),
    endMute: muteEnder(onAlert),
    muteByForm: formMuter(onAlert),
    tellPerson: tellPerson(fetch),
    linkedSystems: await linkedSystems(),
    home: {
      ...(await composeHome(investigation)),
      alertApps: alertMessages.titles,
      incidents: incidents.forHome,
      mutes: (who: WhoLooks) => mutesFor(store, who, incidents.access),
      givenUp: async (who: WhoLooks) => await readableBy(who, (await checkStore(store)).givenUp, incidents.access),
    },
  };
  registerListeners(app, workflows, log);
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
    pages: door && { pages: incidents.pages, links: door.links, nowUs: () => store.nowUs() },
    isForAll: incidents.access.isForAll,
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
      hearTooLarge: tooLargeHearer({ store, jobs: tableJobs, log, channelId: operators.channel, kick }),
      log,
      clock,
    }),
    async start() {
      void repeat(FORGET_EVERY_MS, 'forgetting old deliveries', () => forget(store, clock.nowUs()));
      void repeat(FORGET_EVERY_MS, 'forgetting old jobs', () => forgetDoneJobs(tableJobs, store));
      void repeat(FORGET_EVERY_MS, 'forgetting old rates', async () => forgetPaces(store, await store.nowUs()));
      for (const { what, everyMs, work } of [...upkeep.duties, ...events.duties, ...pagerWork, ...reviews.duties])
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
