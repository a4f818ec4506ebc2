/** The whole Slack surface on one page: read this next to `manifest.json`. */
import type { App } from '@slack/bolt';
import type { Log } from '#core/log.ts';
import { actionItemButton } from '#listeners/actions/action-item.ts';
import { comparisonButton } from '#listeners/actions/compare.ts';
import { declareAction } from '#listeners/actions/declare-incident.ts';
import { feedbackAction } from '#listeners/actions/feedback.ts';
import {
  entryButton,
  nothingNewButton,
  roleMenu,
  severityMenu,
  statusMenu,
  timelineButton,
} from '#listeners/actions/incident-buttons.ts';
import { logsAction } from '#listeners/actions/logs.ts';
import { markdownAction } from '#listeners/actions/markdown.ts';
import {
  answerWhyButton,
  checklistMenu,
  diagnosisMethodsMenu,
  hypothesisMenu,
  incidentMethodsMenu,
} from '#listeners/actions/methods.ts';
import { postmortemAgainButton } from '#listeners/actions/postmortem-again.ts';
import { probeAction } from '#listeners/actions/probe.ts';
import { unknownAction } from '#listeners/actions/unknown.ts';
import { type IncidentWorkflows, incidentCommand } from '#listeners/commands/incident.ts';
import { postmortemCommand } from '#listeners/commands/postmortem.ts';
import { traceCommand } from '#listeners/commands/trace.ts';
import { unknownCommand } from '#listeners/commands/unknown.ts';
import { type TellPerson, tellError } from '#listeners/error.ts';
import { alertMessage } from '#listeners/events/alert-message.ts';
import { appHomeOpened, type HomeFacts } from '#listeners/events/app-home-opened.ts';
import { messageEdited, pinEvent, reactionEvent } from '#listeners/events/marked-messages.ts';
import { diagnoseMessage } from '#listeners/shortcuts/diagnose-message.ts';
import { ACTION_ITEM_FORM, actionItemSubmitted } from '#listeners/views/action-item.ts';
import { DECLARE_FORM, declareSubmitted } from '#listeners/views/declare-incident.ts';
import { ENTRY_FORM, entrySubmitted } from '#listeners/views/incident-entry.ts';
import { WHY_FORM, whySubmitted } from '#listeners/views/why-answer.ts';
import type { ReadAlert } from '#model/incident/alert.ts';
import { PROBE_ACTION } from '#present/slack-probe.ts';
import type { AddActionItem } from '#workflows/add-action-item.ts';
import type { AskForComparison } from '#workflows/answer-comparison.ts';
import type { AskForPostmortem } from '#workflows/draft-postmortem.ts';
import type { NoticeMessage } from '#workflows/follow-message.ts';
import type { Investigate } from '#workflows/investigate.ts';
import type { ReceiveAlertMessage } from '#workflows/receive-alert.ts';
import type { RecordFeedback } from '#workflows/record-feedback.ts';
import type { AskRequest } from '#workflows/send-request.ts';
import type { ShareDetail } from '#workflows/share-detail.ts';
import type { ShareMethod } from '#workflows/show-method.ts';
import type { UseTool } from '#workflows/use-tool.ts';

export type Workflows = Readonly<{
  investigate: Investigate;
  useTool: UseTool;
  askRequest: AskRequest;
  shareDetail: ShareDetail;
  askForComparison: AskForComparison;
  askForVerification: AskForComparison;
  shareMethod: ShareMethod;
  recordFeedback: RecordFeedback;
  incident: Omit<IncidentWorkflows, 'addActionItem'>;
  noticeMessage: NoticeMessage;
  askForPostmortem: AskForPostmortem;
  addActionItem: AddActionItem;
  /** Which messages are alerts; the adapters of the alert apps know. */
  readAlert: ReadAlert;
  receiveAlert: ReceiveAlertMessage;
  /** Says something to one person where they are, without the store: for when the store is what failed. */
  tellPerson: TellPerson;
  home: HomeFacts;
}>;

export function registerListeners(app: App, workflows: Workflows, log: Log): void {
  const { investigate, shareDetail, recordFeedback, incident, noticeMessage, tellPerson, home } = workflows;
  app.command('/trace', traceCommand(investigate, workflows));
  app.command(/^(?!\/(trace|incident|postmortem)$)/, unknownCommand);
  app.shortcut('diagnose_message', diagnoseMessage(investigate));
  app.action('trace_logs', logsAction(shareDetail));
  app.action('trace_markdown', markdownAction(shareDetail));
  app.action('trace_compare', comparisonButton(workflows.askForComparison));
  app.action('trace_verify', comparisonButton(workflows.askForVerification));
  app.action('trace_right_yes', feedbackAction(recordFeedback, true));
  app.action('trace_right_no', feedbackAction(recordFeedback, false));
  app.action(
    /^(?!(trace_(logs|markdown|methods|compare|verify|right_yes|right_no)|method_(why_\d+|hypothesis|check)|incident_(declare|methods|note|update|resolve|nothing_new|status|severity|role|timeline(_\d+)?)|postmortem_again|action_item_add|tool_probe)$)/,
    unknownAction,
  );
  app.action(PROBE_ACTION, probeAction(workflows.askRequest));
  app.event('message', alertMessage(workflows.readAlert, workflows.receiveAlert));
  app.event('app_home_opened', appHomeOpened(home));
  app.command('/incident', incidentCommand({ ...incident, addActionItem: workflows.addActionItem }));
  app.action('incident_declare', declareAction);
  app.action('incident_note', entryButton('note'));
  app.action('incident_update', entryButton('update'));
  app.action('incident_resolve', entryButton('resolve'));
  app.action('incident_nothing_new', nothingNewButton(incident));
  app.action('incident_status', statusMenu(incident));
  app.action('incident_severity', severityMenu(incident));
  app.action('incident_role', roleMenu(incident));
  app.action(/^incident_timeline/, timelineButton(incident.showTimeline));
  app.action('trace_methods', diagnosisMethodsMenu(workflows.shareMethod));
  app.action('incident_methods', incidentMethodsMenu(incident.showMethod));
  app.action(/^method_why_\d+$/, answerWhyButton);
  app.action('method_hypothesis', hypothesisMenu(incident));
  app.action('method_check', checklistMenu(incident));
  app.view(WHY_FORM, whySubmitted(incident));
  app.view(DECLARE_FORM, declareSubmitted(incident.declareIncident));
  app.view(ENTRY_FORM, entrySubmitted(incident));
  app.command('/postmortem', postmortemCommand(workflows.askForPostmortem));
  app.action('postmortem_again', postmortemAgainButton(workflows.askForPostmortem));
  app.action('action_item_add', actionItemButton);
  app.view(ACTION_ITEM_FORM, actionItemSubmitted(workflows.addActionItem));
  app.event('reaction_added', reactionEvent(noticeMessage, 'marked'));
  app.event('reaction_removed', reactionEvent(noticeMessage, 'unmarked'));
  app.event('pin_added', pinEvent(noticeMessage, 'pinned'));
  app.event('pin_removed', pinEvent(noticeMessage, 'unpinned'));
  app.event('message', messageEdited(noticeMessage));
  app.error(tellError(tellPerson, log));
}
