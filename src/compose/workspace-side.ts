/**
 * What speaks for one workspace of Slack: its client, its answers about who may see what, its workflows and its handlers of
 * jobs. Two workspaces share nothing here. The store, whose rows name their workspace, and the sources of evidence come
 * from outside.
 *
 * The home workspace is the operators' own. Only it has the systems outside: status pages, trackers, pagers, webhooks.
 */

import type { WebClient } from '@slack/web-api';
import type { Session } from '#analyse/session.ts';
import type { AlertMessages } from '#compose/alert-messages.ts';
import { composeAnswering } from '#compose/answering.ts';
import type { BotParts } from '#compose/bot-parts.ts';
import { composeComparing } from '#compose/comparing.ts';
import { composeEvents } from '#compose/events.ts';
import { composeHome } from '#compose/home.ts';
import { composeIncidents } from '#compose/incidents.ts';
import type { Investigation } from '#compose/investigation.ts';
import { whenAsked } from '#compose/request-sender.ts';
import { composeReviews } from '#compose/reviews.ts';
import { linkedSystems } from '#compose/systems.ts';
import { DEFAULTS } from '#config/defaults.ts';
import type { Workflows } from '#listeners/register.ts';
import type { CaseStore } from '#model/incident/case.ts';
import type { PostmortemDesk } from '#model/incident/postmortem-desk.ts';
import type { Job, RunJobsOptions } from '#record/jobs.ts';
import type { Sender } from '#record/outbox.ts';
import type { Tx } from '#record/store.ts';
import type { ReceiveAlertOptions } from '#workflows/alerts/receive-alert.ts';
import type { KeepCase } from '#workflows/cases/keep-case.ts';
import type { PageDoor } from '#workflows/rights/personal-links.ts';
import type { WhoLooks } from '#workflows/upkeep/check-store.ts';

export type WorkspaceSideParts = BotParts &
  Readonly<{
    /** With the evidence of stored changes, and of kept cases. */
    investigation: Investigation;
    /** Without what is kept: comparisons store no evidence. */
    gathering: Investigation;
    keepCase: KeepCase | undefined;
    /** Where the files of marked messages are kept; undefined for nowhere. */
    copies: CaseStore | undefined;
    alertMessages: AlertMessages;
    waits: NonNullable<BotParts['waits']>;
    client: WebClient;
    /** For questions about who may see what. */
    questions: WebClient;
    sender: Sender;
    tellPerson: Workflows['tellPerson'];
    workspace(): Promise<string>;
    isHome: boolean;
    /** Whether people of this workspace may hear of work for that one. */
    isOwnRow(workspaceId: string): Promise<boolean>;
    door: PageDoor | undefined;
    kick(): void;
  }>;

export type WorkspaceSide = Awaited<ReturnType<typeof composeWorkspaceSide>>;

export async function composeWorkspaceSide(parts: WorkspaceSideParts) {
  const { store, log, investigation, gathering, client, questions, workspace, isHome, waits, kick } = parts;
  const { alertMessages, keepCase, copies, door, sender, tellPerson, slack } = parts;
  const [
    { tableJobs },
    { investigator },
    { LOOK_INTO_MESSAGE, lookIntoMessage, messageLooker },
    { questionAsker },
    { serviceNamer },
    { detailSharer },
    { feedbackRecorder },
    { checkStore, readableBy },
    { alertMessageReceiver },
    { againLooker },
    { alertMuter, muteEnder, mutesFor },
    { formMuter },
    { toolUser },
    { requestAsker, SEND_REQUEST, sendRequest },
    { openStatusPages },
    { openMitigationDesk },
    { openPagers },
    { openIssueTrackers },
    { openPostmortemTargets },
    { openOnCallSources },
    { admitter },
    { slackFiles },
    { healthFor },
    { ownHealth },
  ] = await Promise.all([
    import('#record/table-jobs.ts'),
    import('#workflows/traces/investigate.ts'),
    import('#workflows/traces/look-into-message.ts'),
    import('#workflows/sentences/ask-question.ts'),
    import('#workflows/alerts/name-service.ts'),
    import('#workflows/traces/share-detail.ts'),
    import('#workflows/traces/record-feedback.ts'),
    import('#workflows/upkeep/check-store.ts'),
    import('#workflows/alerts/receive-alert.ts'),
    import('#workflows/alerts/look-again.ts'),
    import('#workflows/alerts/mute-alert.ts'),
    import('#workflows/alerts/mute-by-form.ts'),
    import('#workflows/tools/use-tool.ts'),
    import('#workflows/tools/send-request.ts'),
    import('#compose/status-pages.ts'),
    import('#compose/mitigations.ts'),
    import('#compose/pagers.ts'),
    import('#compose/issue-trackers.ts'),
    import('#compose/postmortem-targets.ts'),
    import('#compose/on-call.ts'),
    import('#workflows/rights/admit.ts'),
    import('#adapters/slack/files.ts'),
    import('#workflows/home/health.ts'),
    import('#workflows/upkeep/own-health.ts'),
  ]);
  const { clock } = store;
  const { alerts, rights, statusPage } = parts;
  /** The systems outside are the operators' own: other workspaces neither read nor change them. */
  const outside = isHome ? alerts : undefined;
  /** In a worker, so that long work does not block other requests. */
  const apart = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const session = investigation.openSession(investigation.settings);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  };
  const draw = async (svg: string) => await apart(async (session) => await session.draw(svg));
  const redact = async (text: string) => await apart(async (session) => await session.redact(text));
  const postmortemDesk: PostmortemDesk = {
    draft: async (record) => await apart(async (session) => await session.draft(record)),
    taskProblem: async (text) => await apart(async (session) => await session.taskProblem(text)),
    rewrites: async (texts) => await apart(async (session) => await session.rewrites(texts)),
  };
  const pagers = await openPagers(outside, log);
  const incidents = await composeIncidents({
    store,
    client,
    questions,
    workspace,
    guestsLookIn: isHome ? (parts.guests?.lookIn ?? []) : [],
    rights,
    log,
    minutes: parts.reminderMinutes,
    calls: parts.commanderCalls,
    pages: isHome ? parts.pages : undefined,
    onCall: isHome ? parts.onCall : undefined,
    ownRoles: parts.ownRoles,
    templates: parts.postmortemTemplates ?? [],
    onCallSources: await openOnCallSources(outside),
    channel: parts.incidentChannel,
    looksAfterEnd: parts.looksAfterEnd,
    statusPage,
    statusPages: isHome ? await openStatusPages(outside, { feedUrl: statusPage?.feedUrl, log }) : [],
    mitigationDesk: parts.automation ?? (await openMitigationDesk(outside, log)),
    pagers,
    issues: parts.issues,
    door,
    trackers: await openIssueTrackers(outside, log),
    targets: await openPostmortemTargets(outside, log),
    checksItems: gathering.traceSources.some(({ search }) => search !== undefined),
    readsReported: isHome,
    runbooks: outside?.services.runbooks ?? [],
    files: { fetchFile: slackFiles({ client, apiUrl: slack.apiUrl, clock }), cases: copies, redact },
    draw,
    postmortemDesk,
    pictureSeconds: waits.pictureSeconds,
    answerSeconds: waits.answerSeconds,
    kick,
  });
  const { access, directory, evidence } = incidents;
  const traces = investigation.traceSources.map(({ name, title = name }) => title);
  const answering = await composeAnswering({
    store,
    log,
    investigation,
    firstVerdictMs: waits.firstVerdictSeconds * 1_000,
    sayInChannel: alerts?.alerts.sayInChannel ?? DEFAULTS.alerts.sayInChannel,
    keepCase,
    mayShowIn: access.mayShowIn,
    mayAct: access.mayAct,
    permalink: directory.permalink,
    diagnosed: evidence.diagnosed,
    kick,
  });
  const comparing = await composeComparing({ store, log, gathering, mayShowIn: access.mayShowIn, kick });
  const events = await composeEvents({
    store,
    jobs: tableJobs,
    settings: outside,
    isForAll: access.isForAll,
    log,
    kick,
  });
  const reviews = await composeReviews({
    store,
    log,
    channelId: isHome ? parts.reviews?.channel : undefined,
    directory,
    isForAll: access.isForAll,
    readersOf: access.readersOf,
    mayShowIn: access.mayShowIn,
    draw,
    pictureSeconds: waits.pictureSeconds,
    workspace,
    kick,
  });
  const asking = { store, jobs: tableJobs, sources: traces, kick };
  const receiving: ReceiveAlertOptions = {
    ...asking,
    stormPerMinute: alerts?.alerts.stormPerMinute ?? DEFAULTS.alerts.stormPerMinute,
    quietMinutes: alerts?.alerts.quietMinutes,
    quietRules: alerts?.quiet?.rules,
    alertHeard: evidence.alertHeard,
  };
  const onAlert = { store, mayRead: access.mayRead, kick };
  const workflows: Workflows = {
    admit: admitter({ store, access, kick }),
    investigate: investigator(asking),
    lookIntoMessage: messageLooker(asking),
    askQuestion: questionAsker({ store, jobs: tableJobs, directory, sources: traces, kick }),
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
    addComment: incidents.addComment,
    resolveComment: incidents.resolveComment,
    showComments: incidents.showComments,
    sendPageLink: incidents.sendPageLink,
    askForReview: incidents.askForReview,
    exportPostmortem: incidents.exportPostmortem,
    addActionItem: incidents.addActionItem,
    declineProposal: incidents.declineProposal,
    sendIssueAgain: incidents.sendIssueAgain,
    shareMethod: incidents.shareMethod,
    readAlert: alertMessages.read,
    receiveAlert: alertMessageReceiver(receiving),
    nameService: serviceNamer({ store, jobs: tableJobs, mayRead: access.mayRead, kick }),
    lookAgain: againLooker({ ...onAlert, jobs: tableJobs, sources: traces }),
    muteAlert: alertMuter(onAlert),
    endMute: muteEnder(onAlert),
    muteByForm: formMuter(onAlert),
    tellPerson,
    linkedSystems: await linkedSystems(),
    home: {
      ...(await composeHome(investigation)),
      alertApps: alertMessages.titles,
      incidents: incidents.forHome,
      health: healthFor({
        clock,
        connections: investigation.connections,
        own: ownHealth(store),
        isMember: access.isMember,
      }),
      mutes: (who: WhoLooks) => mutesFor(store, who, access),
      givenUp: async (who: WhoLooks) => {
        const { givenUp } = await checkStore(store);
        const own = await Promise.all(givenUp.map(async ({ workspaceId }) => await parts.isOwnRow(workspaceId)));
        return await readableBy(
          who,
          givenUp.filter((_, at) => own[at]),
          access,
        );
      },
    },
  };
  return {
    sender,
    access,
    pages: incidents.pages,
    pagers,
    receiving,
    workflows,
    handlers: {
      ...incidents.handlers,
      ...answering.handlers,
      [SEND_REQUEST]: sendRequest({ store, clock, kick, send: whenAsked(isHome ? parts.http : undefined) }),
      ...comparing.handlers,
      ...events.handlers,
      ...reviews.handlers,
      [LOOK_INTO_MESSAGE]: lookIntoMessage({ ...asking, look: (seen) => directory.message(seen, '') }),
    } satisfies RunJobsOptions['handlers'],
    /** Kinds that take seconds. */
    slow: [...incidents.slow, ...[answering, comparing, reviews].flatMap(({ handlers }) => Object.keys(handlers))],
    duties: [...events.duties, ...reviews.duties],
    onUndelivered: incidents.onUndelivered,
    onDead: async (tx: Tx, job: Job, reason: string) => {
      await answering.onDead(tx, job, reason);
      await comparing.onDead(tx, job, reason);
    },
  };
}
