/** Composes the handlers that keep the record of an incident. */
import type { WebClient } from '@slack/web-api';
import type { FetchFile } from '#adapters/slack/files.ts';
import { DEFAULTS } from '#config/defaults.ts';
import type { Log } from '#core/log.ts';
import type { CaseStore } from '#model/incident/case.ts';
import type { IssueTracker } from '#model/incident/issue-tracker.ts';
import type { MitigationDesk } from '#model/incident/mitigation.ts';
import type { OnCallSource } from '#model/incident/on-call.ts';
import type { Pager } from '#model/incident/pager.ts';
import type { PostmortemDesk } from '#model/incident/postmortem-desk.ts';
import type { PostmortemTarget } from '#model/incident/postmortem-target.ts';
import type { PostmortemTemplate } from '#model/incident/postmortem-template.ts';
import type { RightsSettings } from '#model/incident/rights.ts';
import { teamRoles } from '#model/incident/roles.ts';
import type { StatusPage } from '#model/incident/status-page.ts';
import type { Failed } from '#record/outbox-runner.ts';
import type { Store, Tx } from '#record/store.ts';
import type { IssueSettings } from '#workflows/action-items/sync-issue.ts';
import type { ChannelSettings } from '#workflows/channels/keep-channel.ts';
import type { CommanderCalls } from '#workflows/commander/call-commander.ts';
import type { ReminderMinutes } from '#workflows/incidents/remind.ts';
import type { PageSettings } from '#workflows/pagers/page-next.ts';
import type { OnCallDesk } from '#workflows/pagers/who-is-on-call.ts';
import type { PageDoor } from '#workflows/rights/personal-links.ts';
import type { StatusPageSettings } from '#workflows/status/status-page.ts';

export async function composeIncidents({
  store,
  client,
  questions,
  workspace,
  guestsLookIn,
  rights,
  log,
  minutes = DEFAULTS.incidents.reminderMinutes,
  calls = DEFAULTS.incidents.commander,
  pages = DEFAULTS.incidents.page,
  onCall = DEFAULTS.incidents.onCall,
  onCallSources,
  ownRoles = DEFAULTS.incidents.roles,
  templates,
  channel = DEFAULTS.incidents.channel,
  looksAfterEnd = DEFAULTS.incidents.lookAfterEnd,
  statusPage = DEFAULTS.incidents.statusPage,
  statusPages: pagesOutside,
  mitigationDesk: automation,
  pagers,
  issues = DEFAULTS.incidents.issues,
  door,
  trackers,
  targets,
  checksItems,
  runbooks,
  files,
  readsReported,
  draw,
  postmortemDesk,
  pictureSeconds,
  answerSeconds,
  kick,
}: Readonly<{
  store: Store;
  client: WebClient;
  /** For questions about who may see what. */
  questions: WebClient;
  /** The workspace of the token. */
  workspace(): Promise<string>;
  /** The channels where guests and people of other companies may look. */
  guestsLookIn: readonly string[];
  /** What is reserved for user groups of Slack; undefined for nothing. */
  rights: RightsSettings | undefined;
  log: Log;
  minutes: ReminderMinutes | undefined;
  calls: CommanderCalls | undefined;
  pages: PageSettings | undefined;
  onCall: Pick<OnCallDesk, 'people' | 'waitSeconds'> | undefined;
  /** The systems that know who is on call. */
  onCallSources: readonly OnCallSource[];
  ownRoles: readonly string[] | undefined;
  templates: readonly PostmortemTemplate[];
  channel: ChannelSettings | undefined;
  looksAfterEnd: boolean | undefined;
  statusPage: StatusPageSettings | undefined;
  /** Where approved updates for customers are sent. */
  statusPages: readonly StatusPage[];
  /** The team's automation; undefined if none is set up. */
  mitigationDesk: MitigationDesk | undefined;
  /** The paging systems that are written to. */
  pagers: readonly Pager[];
  /** Where people edit postmortems as pages; undefined if nobody set it up. */
  door: PageDoor | undefined;
  issues: IssueSettings | undefined;
  /** Where action items get issues. */
  trackers: readonly IssueTracker[];
  /** Where people can export postmortems. */
  targets: readonly PostmortemTarget[];
  /** Whether traces can be searched, so that an action item is checked before it counts as done. */
  checksItems: boolean;
  /** Runbooks in Markdown, or their folders. */
  runbooks: readonly string[];
  /** Where the files of marked messages come from, and where their copies are kept; undefined for nowhere. */
  files: Readonly<{ fetchFile: FetchFile; cases: CaseStore | undefined; redact(text: string): Promise<string> }>;
  /** Whether changes that systems reported are this workspace's own. */
  readsReported: boolean;
  draw(svg: string): Promise<Uint8Array>;
  postmortemDesk: PostmortemDesk;
  pictureSeconds: number;
  answerSeconds: number;
  kick(): void;
}>) {
  const [
    { slackReader },
    { channelAccess },
    { userGroups },
    { rightAsker },
    { incidentChannels },
    { emailInSlack, peopleByEmail },
    { tableJobs },
    { incidentDeclarer },
    { incidentProposer },
    { callStopper },
    { alertEndAnswerer },
    { incidentChanger },
    { roleConfirmer },
    { incidentJoiner },
    { incidentLinker },
    { incidentMerger },
    { PAGE_NEXT, pageNext },
    { pager },
    { ARCHIVE_CHANNEL, afterUndeliveredThere, archiveChannel, keepChannel, openChannelLeaver },
    { channelAsker },
    { statsShower },
    { reviewShower },
    { incidentsFor },
    { entryNoter },
    { entryCorrector },
    { timelineShower },
    { timelinePages, timelinePictureShower },
    { updateDrafter },
    { openLister },
    { onCallShower },
    { afterUndelivered, KEEP_CHANNEL, SHOW_OVERVIEW, showOverview },
    { REMIND, remind },
    { CALL_COMMANDER, callCommander },
    { REMIND_OWNER, remindOwner },
    { REPORT_OVERDUE, reportOverdue },
    { FOLLOW_MESSAGE, followMessage, messageNoticer },
    { evidenceNoter },
    { DRAFT_POSTMORTEM, draftPostmortem, postmortemAsker },
    { postmortemAccepter },
    { questionAnswerer },
    { versionShower },
    { postmortemRestorer },
    { editPages },
    { pageLinkSender },
    { reviewAsker },
    { commentAdder, commentResolver, commentShower },
    { postmortemExporter, SEND_POSTMORTEM },
    { sendPostmortem },
    { actionItemAdder },
    { proposalDecliner },
    { itemChanger },
    { itemCheckSetter },
    { methodSharer, methodShower },
    { methodTelling },
    { changesShower },
    { runbookReader },
    { runbookFiles },
    { hypothesisChanger },
    { RECALL_ALERT, recallAlert },
    { remindOfStatus, SEND_STATUS, STATUS_OVERDUE, sendStatus },
    { statusPages },
    { LAPSE_MITIGATION, lapseMitigation, SEND_MITIGATION, sendMitigation },
    { mitigationWorkflows },
    { SEND_PAGER_STEP },
    { sendPagerStep },
    { pagerWorkflows },
    { FOLLOW_ISSUES, issueSender, SYNC_ISSUE, syncIssues },
    { issueFollower },
    { LOOK_AFTER, lookAfter },
    { heardByAll },
    { incidentSentences },
    { messageAdder },
    { messageSayer },
    { KEEP_FILES, keepFiles },
  ] = await Promise.all([
    import('#adapters/slack/reader.ts'),
    import('#adapters/slack/channel-access.ts'),
    import('#adapters/slack/user-groups.ts'),
    import('#workflows/rights/check-right.ts'),
    import('#adapters/slack/channels.ts'),
    import('#adapters/slack/people-by-email.ts'),
    import('#record/table-jobs.ts'),
    import('#workflows/incidents/declare-incident.ts'),
    import('#workflows/incidents/propose-incident.ts'),
    import('#workflows/commander/stop-calls.ts'),
    import('#workflows/alerts/answer-alert-end.ts'),
    import('#workflows/incidents/change-incident.ts'),
    import('#workflows/incidents/confirm-role.ts'),
    import('#workflows/incidents/join-incident.ts'),
    import('#workflows/incidents/link-incident.ts'),
    import('#workflows/incidents/merge-incidents.ts'),
    import('#workflows/pagers/page-next.ts'),
    import('#workflows/pagers/page-people.ts'),
    import('#workflows/channels/keep-channel.ts'),
    import('#workflows/channels/ask-for-channel.ts'),
    import('#workflows/incidents/incident-stats.ts'),
    import('#workflows/reviews/show-review.ts'),
    import('#workflows/home/home-incidents.ts'),
    import('#workflows/timeline/note-entry.ts'),
    import('#workflows/timeline/correct-entry.ts'),
    import('#workflows/timeline/show-timeline.ts'),
    import('#workflows/timeline/pages.ts'),
    import('#workflows/timeline/draft-update.ts'),
    import('#workflows/incidents/list-open.ts'),
    import('#workflows/pagers/show-on-call.ts'),
    import('#workflows/incidents/show-overview.ts'),
    import('#workflows/incidents/remind.ts'),
    import('#workflows/commander/call-commander.ts'),
    import('#workflows/action-items/remind-owner.ts'),
    import('#workflows/action-items/report-overdue.ts'),
    import('#workflows/timeline/follow-message.ts'),
    import('#workflows/timeline/note-evidence.ts'),
    import('#workflows/postmortem/draft-postmortem.ts'),
    import('#workflows/postmortem/accept-postmortem.ts'),
    import('#workflows/postmortem/answer-question.ts'),
    import('#workflows/postmortem/versions.ts'),
    import('#workflows/postmortem/restore.ts'),
    import('#workflows/postmortem/edit-page.ts'),
    import('#workflows/postmortem/send-link.ts'),
    import('#workflows/postmortem/ask-review.ts'),
    import('#workflows/postmortem/comments.ts'),
    import('#workflows/postmortem/export.ts'),
    import('#workflows/postmortem/send-there.ts'),
    import('#workflows/action-items/add-action-item.ts'),
    import('#workflows/action-items/decline-proposal.ts'),
    import('#workflows/action-items/change-action-item.ts'),
    import('#workflows/action-items/set-check.ts'),
    import('#workflows/methods/show-method.ts'),
    import('#workflows/methods/tell-method.ts'),
    import('#workflows/timeline/show-changes.ts'),
    import('#workflows/runbooks/read-runbook.ts'),
    import('#adapters/service-files/runbooks.ts'),
    import('#workflows/hypotheses/change-hypothesis.ts'),
    import('#workflows/alerts/recall-alert.ts'),
    import('#workflows/status/send-status.ts'),
    import('#workflows/status/status-page.ts'),
    import('#workflows/mitigations/send-mitigation.ts'),
    import('#workflows/mitigations/request-mitigation.ts'),
    import('#workflows/pagers/queue-steps.ts'),
    import('#workflows/pagers/send-step.ts'),
    import('#workflows/pagers/ask-to-resolve.ts'),
    import('#workflows/action-items/sync-issue.ts'),
    import('#workflows/action-items/follow-issues.ts'),
    import('#workflows/incidents/look-after.ts'),
    import('#workflows/sentences/heard-by-all.ts'),
    import('#workflows/sentences/incident-sentence.ts'),
    import('#workflows/messages/add-messages.ts'),
    import('#workflows/messages/message-as.ts'),
    import('#workflows/messages/keep-files.ts'),
  ]);
  const { clock } = store;
  const directory = slackReader({ client, answerSeconds, clock, log });
  const access = channelAccess({ client: questions, answerSeconds, workspace, guestsLookIn, clock, log });
  const groups = userGroups({ client: questions, answerSeconds, workspace, clock, log });
  const desk: OnCallDesk = {
    ...onCall,
    sources: onCallSources,
    findByEmail: peopleByEmail({ client: questions, log }),
    emailOf: emailInSlack({ client: questions, log }),
    nameOf: async (userId) => (await directory.person(userId))?.name ?? userId,
    clock,
    log,
  };
  const parts = {
    store,
    jobs: tableJobs,
    desk,
    postmortemDesk,
    directory,
    mayRead: heardByAll(access),
    askRight: rightAsker(rights, groups),
    minutes,
    calls,
    pages,
    pagers,
    team: teamRoles(ownRoles),
    channel,
    looksAfterEnd,
    leaveOpenChannel: openChannelLeaver({ store, jobs: tableJobs, readersOf: access.readersOf, kick }),
    kick,
  };
  const readRunbook = runbookReader({ ...parts, mayShowIn: access.mayShowIn, readSteps: runbookFiles(runbooks) });
  const channels = incidentChannels({ client });
  const mayAct = (userId: string) => access.mayAsk({ userId, channelId: '', looks: false });
  const { readersOf } = access;
  const keeping = { ...parts, channels, readersOf, settings: channel, onCall: pages.onCall, findGroup: groups };
  const customers = { ...parts, clock, pages: pagesOutside, settings: statusPage };
  const mitigating = { ...parts, clock, desk: automation, isForAll: access.isForAll };
  const noter = entryNoter(parts);
  const changer = incidentChanger(parts);
  const suspecter = hypothesisChanger(parts);
  const afterPin = afterUndelivered(tableJobs);
  const afterChannel = afterUndeliveredThere(tableJobs);
  return {
    directory,
    access,
    handlers: {
      [SHOW_OVERVIEW]: showOverview({
        ...parts,
        mayShowIn: access.mayShowIn,
        hasStatusPage: pagesOutside.length > 0,
        desk: automation,
      }),
      [REMIND]: remind(parts),
      [CALL_COMMANDER]: callCommander(parts),
      [PAGE_NEXT]: pageNext(parts),
      [KEEP_CHANNEL]: keepChannel(keeping),
      [ARCHIVE_CHANNEL]: archiveChannel(keeping),
      [LOOK_AFTER]: lookAfter(parts),
      [SEND_STATUS]: sendStatus(customers),
      [STATUS_OVERDUE]: remindOfStatus(parts),
      [SEND_MITIGATION]: sendMitigation(mitigating),
      [LAPSE_MITIGATION]: lapseMitigation(mitigating),
      [SEND_PAGER_STEP]: sendPagerStep({ ...parts, clock, isForAll: access.isForAll }),
      [REMIND_OWNER]: remindOwner(parts),
      [REPORT_OVERDUE]: reportOverdue(parts),
      [SYNC_ISSUE]: syncIssues({ ...parts, clock, trackers, settings: issues, isForAll: access.isForAll }),
      [FOLLOW_ISSUES]: issueFollower({ ...parts, clock, log, trackers, checksItems }),
      [RECALL_ALERT]: recallAlert({ store, permalink: directory.permalink, kick }),
      [FOLLOW_MESSAGE]: followMessage({ ...parts, look: directory.message }),
      [KEEP_FILES]: keepFiles({ ...parts, ...files }),
      [DRAFT_POSTMORTEM]: draftPostmortem({
        ...parts,
        templates,
        mayShowIn: access.mayShowIn,
        hasPage: door !== undefined,
        targets,
      }),
      [SEND_POSTMORTEM]: sendPostmortem({ ...parts, clock, templates, mayShowIn: access.mayShowIn, draw, targets }),
    },
    /** Kinds that take seconds. */
    slow: [KEEP_FILES],
    onUndelivered: async (tx: Tx, failed: Failed) => {
      await afterPin(tx, failed);
      await afterChannel(tx, failed);
    },
    incident: {
      ...changer,
      ...roleConfirmer(parts),
      ...noter,
      ...entryCorrector(parts),
      ...itemChanger({ ...parts, mayShowIn: access.mayShowIn, checksItems }),
      ...itemCheckSetter(parts),
      declareIncident: incidentDeclarer(parts),
      proposeIncident: incidentProposer(parts),
      ...callStopper(parts),
      ...alertEndAnswerer(parts),
      joinIncident: incidentJoiner({ ...parts, mayShowIn: access.mayShowIn }),
      ...pager({ ...parts, mayShowIn: access.mayShowIn }),
      ...channelAsker(parts),
      ...statusPages(customers),
      ...mitigationWorkflows(mitigating),
      ...pagerWorkflows(parts),
      ...statsShower({ ...parts, mayShowIn: access.mayShowIn }),
      ...reviewShower({ ...parts, mayShowIn: access.mayShowIn, draw, pictureSeconds }),
      ...incidentMerger({ ...parts, mayShowIn: access.mayShowIn }),
      linkIncident: incidentLinker({ ...parts, mayShowIn: access.mayShowIn }),
      showTimeline: timelineShower({ ...parts, mayShowIn: access.mayShowIn, door }),
      showTimelinePicture: timelinePictureShower({ ...parts, mayShowIn: access.mayShowIn, draw, pictureSeconds }),
      draftUpdate: updateDrafter({ ...parts, mayShowIn: access.mayShowIn }),
      listOpen: openLister(parts),
      showOnCall: onCallShower({ ...parts, mayShowIn: access.mayShowIn }),
      showMethod: methodShower({ ...parts, readRunbook }),
      showChanges: changesShower({ ...parts, readsReported }),
      ...methodTelling({ ...parts, readRunbook }),
      ...suspecter,
      ...incidentSentences(parts),
      ...messageAdder({ ...parts, mayShowIn: access.mayShowIn, newest: directory.newest }),
      sayByMessage: messageSayer({ ...parts, mayShowIn: access.mayShowIn }, { ...noter, ...changer, ...suspecter }),
    },
    noticeMessage: messageNoticer(parts),
    evidence: evidenceNoter(tableJobs),
    forHome: incidentsFor({ store, minutes, permalink: directory.permalink, access }),
    askForPostmortem: postmortemAsker(parts),
    acceptPostmortem: postmortemAccepter(parts),
    answerQuestion: questionAnswerer(parts),
    showVersions: versionShower({ ...parts, templates, mayShowIn: access.mayShowIn }),
    restorePostmortem: postmortemRestorer(parts),
    addComment: commentAdder(parts),
    resolveComment: commentResolver(parts),
    showComments: commentShower(parts),
    sendPageLink: pageLinkSender(parts, door),
    askForReview: reviewAsker(parts),
    exportPostmortem: postmortemExporter({ ...parts, targets }),
    pages: {
      postmortems: editPages({ ...parts, templates, mayShowIn: access.mayShowIn, mayAct }),
      timelines: timelinePages({
        ...parts,
        mayShowIn: access.mayShowIn,
        mayAct,
        cases: files.cases,
        draw,
        pictureSeconds,
      }),
    },
    addActionItem: actionItemAdder({ ...parts, trackers, checksItems }),
    sendIssueAgain: issueSender(parts),
    declineProposal: proposalDecliner(parts),
    shareMethod: methodSharer({ ...parts, draw, pictureSeconds, readRunbook }),
  };
}
