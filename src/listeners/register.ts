/**
 * The whole Slack surface as a table: each thing that Slack can send, and its handler. Read this next to `manifest.json`.
 * `unknownCommand` and `unknownAction` handle everything else, with what the table knows.
 */
import type {
  App,
  BlockButtonAction,
  BlockOverflowAction,
  BlockStaticSelectAction,
  MessageShortcut,
  Middleware,
  SlackActionMiddlewareArgs,
  SlackCommandMiddlewareArgs,
  SlackEventMiddlewareArgs,
  SlackShortcutMiddlewareArgs,
  SlackViewMiddlewareArgs,
  ViewSubmitAction,
} from '@slack/bolt';
import type { Log } from '#core/log.ts';
import {
  actionItemButton,
  declineButton,
  issueAgainButton,
  itemEndButton,
  itemListButton,
  itemOpenButton,
  proposalButton,
} from '#listeners/actions/action-item.ts';
import {
  lookAgainButton,
  muteEndButton,
  muteMenu,
  muteOpenButton,
  otherServiceButton,
} from '#listeners/actions/alert-row.ts';
import { comparisonButton } from '#listeners/actions/compare.ts';
import { declareAction } from '#listeners/actions/declare-incident.ts';
import { rightButton, wrongButton } from '#listeners/actions/feedback.ts';
import { hypothesisBoardMenu, suspectButton } from '#listeners/actions/hypotheses.ts';
import {
  alertEndButton,
  correctMenu,
  entryButton,
  joinButton,
  linkButton,
  mergeButton,
  nothingNewButton,
  pageAnswerButton,
  pageButton,
  roleAnswerButton,
  roleMenu,
  severityMenu,
  statusMenu,
  stopCallsButton,
  takeRoleButton,
  timelineButton,
  timelinePictureButton,
  updateButton,
} from '#listeners/actions/incident-buttons.ts';
import { messagesButton, moreMenu } from '#listeners/actions/incident-more.ts';
import { lookFurtherAction, tryAgainAction } from '#listeners/actions/look-further.ts';
import {
  answerWhyButton,
  checklistMenu,
  diagnosisMethodsMenu,
  hypothesisMenu,
  incidentMethodsMenu,
} from '#listeners/actions/methods.ts';
import { mitigationButton, mitigationFormButton, mitigationListButton } from '#listeners/actions/mitigation.ts';
import { serviceMenu } from '#listeners/actions/name-service.ts';
import { pagerButton } from '#listeners/actions/pager.ts';
import { postmortemAcceptButton } from '#listeners/actions/postmortem-accept.ts';
import { postmortemAgainButton } from '#listeners/actions/postmortem-again.ts';
import { answerButton, quickAnswerButton } from '#listeners/actions/postmortem-answer.ts';
import { commentOpenButton, commentResolveButton } from '#listeners/actions/postmortem-comment.ts';
import { exportAgainButton, exportMenu, takeInButton } from '#listeners/actions/postmortem-export.ts';
import { postmortemPageButton } from '#listeners/actions/postmortem-page.ts';
import { restoreButton } from '#listeners/actions/postmortem-restore.ts';
import { probeAction } from '#listeners/actions/probe.ts';
import { detailButton } from '#listeners/actions/share-detail.ts';
import { statusButton, statusFormButton } from '#listeners/actions/status-page.ts';
import { traceIdsAction } from '#listeners/actions/trace-ids.ts';
import { unknownAction } from '#listeners/actions/unknown.ts';
import { incidentCommand } from '#listeners/commands/incident.ts';
import { postmortemCommand } from '#listeners/commands/postmortem.ts';
import { traceCommand } from '#listeners/commands/trace.ts';
import { unknownCommand } from '#listeners/commands/unknown.ts';
import { door } from '#listeners/door.ts';
import { type TellPerson, tellError } from '#listeners/error.ts';
import { alertMessage } from '#listeners/events/alert-message.ts';
import { appHomeOpened, type HomeFacts, homePublisher } from '#listeners/events/app-home-opened.ts';
import { magnifierEvent, messageEdited, pinEvent, reactionEvent } from '#listeners/events/marked-messages.ts';
import { directMessage, mentioned } from '#listeners/events/question.ts';
import type { SayingWorkflows } from '#listeners/events/say-incident.ts';
import { addMessage } from '#listeners/shortcuts/add-message.ts';
import { diagnoseMessage } from '#listeners/shortcuts/diagnose-message.ts';
import { ACTION_ITEM_FORM, actionItemSubmitted } from '#listeners/views/action-item.ts';
import { MESSAGE_FORM, messageSubmitted } from '#listeners/views/add-message.ts';
import { CORRECT_FORM, correctSubmitted } from '#listeners/views/correct-entry.ts';
import { DECLARE_FORM, declareSubmitted } from '#listeners/views/declare-incident.ts';
import { HYPOTHESIS_FORM, hypothesisSubmitted } from '#listeners/views/hypothesis.ts';
import {
  MERGE_FORM,
  mergeSubmitted,
  RENAME_FORM,
  renameSubmitted,
  SPLIT_FORM,
  splitSubmitted,
} from '#listeners/views/incident-change.ts';
import { ENTRY_FORM, entrySubmitted } from '#listeners/views/incident-entry.ts';
import { ITEM_FORM, itemStateSubmitted } from '#listeners/views/item-state.ts';
import { LINK_FORM, linkSubmitted } from '#listeners/views/link-incident.ts';
import { MITIGATION_FORM, mitigationSubmitted } from '#listeners/views/mitigation.ts';
import { MUTE_FORM, muteSubmitted } from '#listeners/views/mute-alerts.ts';
import { OTHER_SERVICE_FORM, otherServiceSubmitted } from '#listeners/views/other-service.ts';
import { PAGE_FORM, pageSubmitted } from '#listeners/views/page.ts';
import { ANSWER_FORM, answerSubmitted } from '#listeners/views/postmortem-answer.ts';
import { COMMENT_FORM, commentSubmitted } from '#listeners/views/postmortem-comment.ts';
import { readByAll } from '#listeners/views/read-by-all.ts';
import { SAID_CAUSE_FORM, saidCauseSubmitted } from '#listeners/views/said-cause.ts';
import { STATUS_FORM, statusSubmitted } from '#listeners/views/status-page.ts';
import { THREAD_FORM, threadSubmitted } from '#listeners/views/thread-messages.ts';
import { WHY_FORM, whySubmitted } from '#listeners/views/why-answer.ts';
import type { ReadAlert } from '#model/incident/alert.ts';
import type { ButtonId, MenuId, OverflowId } from '#present/slack/action-ids.ts';
import type { AddActionItem } from '#workflows/action-items/add-action-item.ts';
import type { DeclineProposal } from '#workflows/action-items/decline-proposal.ts';
import type { SendIssueAgain } from '#workflows/action-items/sync-issue.ts';
import type { LookAgain } from '#workflows/alerts/look-again.ts';
import type { EndMute, MuteAlert } from '#workflows/alerts/mute-alert.ts';
import type { MuteByForm } from '#workflows/alerts/mute-by-form.ts';
import type { NameService } from '#workflows/alerts/name-service.ts';
import type { ReceiveAlertMessage } from '#workflows/alerts/receive-alert.ts';
import type { MessageWorkflows } from '#workflows/messages/add-messages.ts';
import type { SayByMessage } from '#workflows/messages/message-as.ts';
import type { ShareMethod } from '#workflows/methods/show-method.ts';
import type { AcceptPostmortem } from '#workflows/postmortem/accept-postmortem.ts';
import type { AnswerQuestion } from '#workflows/postmortem/answer-question.ts';
import type { AskForReview } from '#workflows/postmortem/ask-review.ts';
import type { AddComment, ResolveComment, ShowComments } from '#workflows/postmortem/comments.ts';
import type { AskForPostmortem } from '#workflows/postmortem/draft-postmortem.ts';
import type { ExportPostmortem } from '#workflows/postmortem/export.ts';
import type { RestorePostmortem } from '#workflows/postmortem/restore.ts';
import type { SendPageLink } from '#workflows/postmortem/send-link.ts';
import type { ShowVersions } from '#workflows/postmortem/versions.ts';
import type { Admit } from '#workflows/rights/admit.ts';
import type { AskQuestion } from '#workflows/sentences/ask-question.ts';
import type { NoticeMessage } from '#workflows/timeline/follow-message.ts';
import type { AskRequest } from '#workflows/tools/send-request.ts';
import type { UseTool } from '#workflows/tools/use-tool.ts';
import type { AskForComparison } from '#workflows/traces/answer-comparison.ts';
import type { Investigate } from '#workflows/traces/investigate.ts';
import type { LookIntoMessage } from '#workflows/traces/look-into-message.ts';
import type { RecordFeedback } from '#workflows/traces/record-feedback.ts';
import type { ShareDetail } from '#workflows/traces/share-detail.ts';

export type Workflows = Readonly<{
  /** Who may ask for anything. */
  admit: Admit;
  investigate: Investigate;
  askQuestion: AskQuestion;
  useTool: UseTool;
  askRequest: AskRequest;
  shareDetail: ShareDetail;
  askForComparison: AskForComparison;
  askForVerification: AskForComparison;
  shareMethod: ShareMethod;
  recordFeedback: RecordFeedback;
  incident: Omit<SayingWorkflows, 'addActionItem' | 'askForPostmortem'> &
    MessageWorkflows &
    Readonly<{ sayByMessage: SayByMessage }>;
  noticeMessage: NoticeMessage;
  lookIntoMessage: LookIntoMessage;
  askForPostmortem: AskForPostmortem;
  acceptPostmortem: AcceptPostmortem;
  restorePostmortem: RestorePostmortem;
  addComment: AddComment;
  resolveComment: ResolveComment;
  showComments: ShowComments;
  sendPageLink: SendPageLink;
  askForReview: AskForReview;
  exportPostmortem: ExportPostmortem;
  answerQuestion: AnswerQuestion;
  showVersions: ShowVersions;
  addActionItem: AddActionItem;
  declineProposal: DeclineProposal;
  sendIssueAgain: SendIssueAgain;
  /** Which messages are alerts; the adapters of the alert apps know. */
  readAlert: ReadAlert;
  receiveAlert: ReceiveAlertMessage;
  nameService: NameService;
  lookAgain: LookAgain;
  muteAlert: MuteAlert;
  endMute: EndMute;
  muteByForm: MuteByForm;
  /** Answers one person without using the store, in case the store has failed. */
  tellPerson: TellPerson;
  home: HomeFacts;
  /** The systems whose links name a trace: `Jaeger, Tempo or Grafana`. */
  linkedSystems: string;
}>;

/** Bolt's handlers of a button press, a menu choice, a submitted form, and an event. */
type Press = Middleware<SlackActionMiddlewareArgs<BlockButtonAction>>;
type Choice = Middleware<SlackActionMiddlewareArgs<BlockStaticSelectAction>>;
type OverflowChoice = Middleware<SlackActionMiddlewareArgs<BlockOverflowAction>>;
type Form = Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>>;
type Event = Readonly<{ name: string; listen(app: App): void }>;

type Command = Readonly<{
  handler: Middleware<SlackCommandMiddlewareArgs>;
  /** One help line for each use. */
  help: readonly string[];
}>;

/** Everything that Slack can send, by its name, with its handler. */
export type Surface = Readonly<{
  commands: Readonly<Record<string, Command>>;
  shortcuts: Readonly<Record<string, Middleware<SlackShortcutMiddlewareArgs<MessageShortcut>>>>;
  buttons: Readonly<Record<ButtonId, Press>>;
  menus: Readonly<Record<MenuId, Choice>>;
  overflows: Readonly<Record<OverflowId, OverflowChoice>>;
  forms: Readonly<Record<string, Form>>;
  events: readonly Event[];
}>;

export function slackSurface(workflows: Workflows): Surface {
  const { investigate, shareDetail, recordFeedback, incident, noticeMessage, askForPostmortem } = workflows;
  const sentences = {
    ...workflows,
    incident: { ...incident, addActionItem: workflows.addActionItem, askForPostmortem },
  };
  const commands = {
    '/trace': {
      handler: traceCommand(investigate, workflows, workflows.linkedSystems),
      help: [
        '`/trace <id>` diagnoses a trace: what broke, where, and why',
        '`/trace tools` converts times, formats and compares JSON, and sends requests: only you see the answers',
      ],
    },
    '/incident': {
      handler: incidentCommand(sentences.incident),
      help: ['`/incident declare P1 logins fail` declares an incident in this channel and keeps its record'],
    },
    '/postmortem': {
      handler: postmortemCommand(askForPostmortem, workflows),
      help: ['`/postmortem` drafts the postmortem from that record'],
    },
  };
  const answering = { answerQuestion: workflows.answerQuestion, enterMilestone: incident.enterMilestone };
  const publishHome = homePublisher(workflows.home, knownCommands(commands));
  return {
    commands,
    shortcuts: {
      add_to_incident: addMessage(incident),
      diagnose_message: diagnoseMessage(investigate, workflows.linkedSystems),
    },
    buttons: {
      trace_logs: detailButton(shareDetail, 'logs'),
      trace_markdown: detailButton(shareDetail, 'markdown'),
      trace_compare: comparisonButton(workflows.askForComparison),
      trace_verify: comparisonButton(workflows.askForVerification),
      trace_right_yes: rightButton(recordFeedback),
      trace_right_no: wrongButton(recordFeedback),
      trace_ids: traceIdsAction(workflows.linkedSystems),
      trace_further: lookFurtherAction(investigate),
      trace_again: tryAgainAction(investigate),
      alert_again: lookAgainButton(workflows.lookAgain),
      alert_other_service: otherServiceButton,
      mute_end: muteEndButton(workflows.endMute, publishHome),
      mute_open: muteOpenButton,
      method_why: answerWhyButton,
      hypothesis_add: suspectButton,
      incident_declare: declareAction(incident.proposeIncident),
      incident_join: joinButton(incident),
      incident_note: entryButton('note'),
      incident_link: linkButton,
      incident_update: updateButton(incident.draftUpdate),
      incident_resolve: entryButton('resolve'),
      incident_reopen: entryButton('reopen'),
      incident_merge: mergeButton(incident),
      incident_nothing_new: nothingNewButton(incident),
      incident_messages: messagesButton(incident),
      incident_timeline: timelineButton(incident.showTimeline),
      incident_timeline_picture: timelinePictureButton(incident.showTimelinePicture),
      incident_take: takeRoleButton(incident),
      incident_role_confirm: roleAnswerButton(incident.confirmRole),
      incident_role_decline: roleAnswerButton(incident.declineRole),
      incident_page: pageButton,
      incident_page_have: pageAnswerButton(incident.havePage),
      incident_ended_alone: alertEndButton(incident, 'alone'),
      incident_ended_by_us: alertEndButton(incident, 'by-us'),
      incident_calls_stop: stopCallsButton(incident),
      incident_page_stop: pageAnswerButton(incident.stopPage),
      status_page_draft: statusFormButton(incident),
      status_page_approve: statusButton(incident.approveStatus),
      status_page_change: statusFormButton(incident, 'change'),
      status_page_drop: statusButton(incident.dropStatus),
      status_page_again: statusButton(incident.sendStatusAgain),
      status_page_arrived: statusButton(incident.statusArrived),
      status_page_correct: statusFormButton(incident, 'correction'),
      mitigation_list: mitigationListButton(incident),
      mitigation_form: mitigationFormButton(incident),
      mitigation_approve: mitigationButton(incident.approveMitigation),
      mitigation_cancel: mitigationButton(incident.cancelMitigation),
      pager_resolve: pagerButton(incident.resolveThere),
      pager_leave: pagerButton(incident.leaveOpen),
      pager_again: pagerButton(incident.pagerAgain),
      postmortem_again: postmortemAgainButton(askForPostmortem),
      postmortem_accept: postmortemAcceptButton(workflows.acceptPostmortem),
      postmortem_answer: answerButton,
      postmortem_quick: quickAnswerButton(answering),
      postmortem_restore: restoreButton(workflows.restorePostmortem),
      postmortem_page: postmortemPageButton(workflows.sendPageLink),
      postmortem_send: exportAgainButton(workflows.exportPostmortem),
      postmortem_take_in: takeInButton(workflows.exportPostmortem),
      postmortem_comment: commentOpenButton,
      postmortem_comment_resolve: commentResolveButton(workflows.resolveComment),
      action_item_add: actionItemButton,
      action_item_accept: proposalButton,
      action_item_decline: declineButton(workflows.declineProposal),
      action_item_list: itemListButton(incident),
      action_item_done: itemEndButton('done'),
      action_item_anyway: itemEndButton('anyway'),
      action_item_drop: itemEndButton('dropped'),
      action_item_open: itemOpenButton(incident),
      action_item_issue: issueAgainButton(workflows.sendIssueAgain),
      tool_probe: probeAction(workflows.askRequest),
    },
    menus: {
      incident_status: statusMenu(incident),
      incident_severity: severityMenu(incident),
      incident_role: roleMenu(incident),
      incident_more: moreMenu(incident),
      incident_correct: correctMenu(incident),
      method_hypothesis: hypothesisMenu(incident),
      method_check: checklistMenu(incident),
      hypothesis_change: hypothesisBoardMenu(incident),
      alert_service: serviceMenu(workflows.nameService),
      alert_mute: muteMenu(workflows.muteAlert),
      postmortem_export: exportMenu(workflows.exportPostmortem),
    },
    overflows: {
      trace_methods: diagnosisMethodsMenu(workflows.shareMethod),
      incident_methods: incidentMethodsMenu(incident.showMethod),
    },
    forms: {
      [DECLARE_FORM]: declareSubmitted(incident.declareIncident),
      [ENTRY_FORM]: entrySubmitted(incident),
      [MESSAGE_FORM]: messageSubmitted(incident),
      [THREAD_FORM]: threadSubmitted(incident),
      [RENAME_FORM]: renameSubmitted(incident),
      [MERGE_FORM]: mergeSubmitted(incident),
      [SPLIT_FORM]: splitSubmitted(incident),
      [CORRECT_FORM]: correctSubmitted(incident),
      [LINK_FORM]: linkSubmitted(incident),
      [PAGE_FORM]: pageSubmitted(incident),
      [STATUS_FORM]: statusSubmitted(incident),
      [MITIGATION_FORM]: mitigationSubmitted(incident),
      [WHY_FORM]: whySubmitted(incident),
      [HYPOTHESIS_FORM]: hypothesisSubmitted(incident),
      [ANSWER_FORM]: answerSubmitted(answering),
      [COMMENT_FORM]: commentSubmitted(workflows.addComment),
      [MUTE_FORM]: muteSubmitted(workflows.muteByForm),
      [SAID_CAUSE_FORM]: saidCauseSubmitted(recordFeedback),
      [OTHER_SERVICE_FORM]: otherServiceSubmitted(workflows.lookAgain),
      [ACTION_ITEM_FORM]: actionItemSubmitted(workflows.addActionItem),
      [ITEM_FORM]: itemStateSubmitted(incident),
    },
    events: [
      event('message', alertMessage(workflows.readAlert, workflows.receiveAlert)),
      event('message', messageEdited(noticeMessage)),
      event('message', directMessage(sentences)),
      event('app_mention', mentioned(sentences)),
      event('app_home_opened', appHomeOpened(publishHome)),
      event('reaction_added', reactionEvent(noticeMessage, 'marked')),
      event('reaction_added', magnifierEvent(workflows.lookIntoMessage)),
      event('reaction_removed', reactionEvent(noticeMessage, 'unmarked')),
      event('pin_added', pinEvent(noticeMessage, 'pinned')),
      event('pin_removed', pinEvent(noticeMessage, 'unpinned')),
    ],
  };
}

export function registerListeners(app: App, workflows: Workflows, log: Log): void {
  const { commands, shortcuts, buttons, menus, overflows, forms, events } = slackSurface(workflows);
  app.use(door(workflows.admit, () => workflows.incident.team.map(({ role }) => role)));
  for (const [name, { handler }] of Object.entries(commands)) app.command(name, handler);
  app.command(noneOf(Object.keys(commands)), unknownCommand(knownCommands(commands)));
  for (const [id, handler] of Object.entries(shortcuts)) app.shortcut(id, handler);
  for (const [id, handler] of Object.entries(buttons)) app.action(new RegExp(`^${numbered(id)}$`), handler);
  for (const [id, handler] of Object.entries(menus)) app.action(id, handler);
  for (const [id, handler] of Object.entries(overflows)) app.action(id, handler);
  app.action(noneOf(Object.keys({ ...buttons, ...menus, ...overflows }).map(numbered)), unknownAction);
  for (const [id, handler] of Object.entries(forms)) app.view(id, readByAll(handler));
  for (const { listen } of events) listen(app);
  app.error(tellError(workflows.tellPerson, log));
}

/** Bolt hands each event to handlers of its own type. */
function event<Name extends string>(name: Name, handler: Middleware<SlackEventMiddlewareArgs<Name>>): Event {
  return { name, listen: (app) => app.event<Name>(name, handler) };
}

/** The help text: one line for each use of a command. */
function knownCommands(commands: Surface['commands']): string {
  const lines = Object.values(commands).flatMap(({ help }) => help.map((line) => `• ${line}`));
  return [...lines, '', 'Add `help` to a command to see more: `/incident help`.'].join('\n');
}

/** The id alone, or followed by a number. */
function numbered(id: string): string {
  return `${id}(_\\d+)?`;
}

/** Matches everything without a row in the table. */
function noneOf(patterns: readonly string[]): RegExp {
  return new RegExp(`^(?!(${patterns.join('|')})$)`);
}
