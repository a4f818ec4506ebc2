/** Does what a request about incidents asks for, whether somebody typed a command or said a sentence to the bot. */
import type { IncidentRequest } from '#listeners/commands/incident-request.ts';
import { DETECTED, IMPACT_START } from '#model/incident/incident.ts';
import type { AddActionItem } from '#workflows/action-items/add-action-item.ts';
import type { ItemWorkflows } from '#workflows/action-items/change-action-item.ts';
import type { ItemCheckWorkflows } from '#workflows/action-items/set-check.ts';
import type { AlertEndWorkflows } from '#workflows/alerts/answer-alert-end.ts';
import type { ChannelWorkflows } from '#workflows/channels/ask-for-channel.ts';
import type { CallWorkflows } from '#workflows/commander/stop-calls.ts';
import type { HypothesisWorkflows } from '#workflows/hypotheses/change-hypothesis.ts';
import type { ChangeWorkflows } from '#workflows/incidents/change-incident.ts';
import type { RoleWorkflows } from '#workflows/incidents/confirm-role.ts';
import type { DeclareIncident } from '#workflows/incidents/declare-incident.ts';
import type { StatsWorkflows } from '#workflows/incidents/incident-stats.ts';
import type { JoinIncident } from '#workflows/incidents/join-incident.ts';
import type { LinkIncident } from '#workflows/incidents/link-incident.ts';
import type { ListOpen } from '#workflows/incidents/list-open.ts';
import type { MergeWorkflows } from '#workflows/incidents/merge-incidents.ts';
import type { AskedBy } from '#workflows/incidents/on-incident.ts';
import type { ProposeIncident } from '#workflows/incidents/propose-incident.ts';
import type { ShowMethod } from '#workflows/methods/show-method.ts';
import type { MethodTelling } from '#workflows/methods/tell-method.ts';
import type { MitigationWorkflows } from '#workflows/mitigations/request-mitigation.ts';
import type { PagerWorkflows } from '#workflows/pagers/ask-to-resolve.ts';
import type { PageWorkflows } from '#workflows/pagers/page-people.ts';
import type { ShowOnCall } from '#workflows/pagers/show-on-call.ts';
import type { AskForPostmortem } from '#workflows/postmortem/draft-postmortem.ts';
import type { ReviewWorkflows } from '#workflows/reviews/show-review.ts';
import type { StatusPageWorkflows } from '#workflows/status/status-page.ts';
import type { CorrectWorkflows } from '#workflows/timeline/correct-entry.ts';
import type { DraftUpdate } from '#workflows/timeline/draft-update.ts';
import type { NoteWorkflows } from '#workflows/timeline/note-entry.ts';
import type { ShowTimelinePicture } from '#workflows/timeline/pages.ts';
import type { ShowChanges } from '#workflows/timeline/show-changes.ts';
import type { ShowTimeline } from '#workflows/timeline/show-timeline.ts';

export type IncidentWorkflows = ChangeWorkflows &
  RoleWorkflows &
  CorrectWorkflows &
  ItemWorkflows &
  ItemCheckWorkflows &
  MergeWorkflows &
  PageWorkflows &
  CallWorkflows &
  AlertEndWorkflows &
  ChannelWorkflows &
  StatusPageWorkflows &
  MitigationWorkflows &
  PagerWorkflows &
  NoteWorkflows &
  StatsWorkflows &
  ReviewWorkflows &
  MethodTelling &
  HypothesisWorkflows &
  Readonly<{
    declareIncident: DeclareIncident;
    proposeIncident: ProposeIncident;
    joinIncident: JoinIncident;
    linkIncident: LinkIncident;
    listOpen: ListOpen;
    showOnCall: ShowOnCall;
    askForPostmortem: AskForPostmortem;
    showChanges: ShowChanges;
    showTimeline: ShowTimeline;
    showTimelinePicture: ShowTimelinePicture;
    draftUpdate: DraftUpdate;
    showMethod: ShowMethod;
    addActionItem: AddActionItem;
  }>;

export type AboutAll = Extract<IncidentRequest, { verb: 'stats' | 'review' | 'on-call' }>;

/** What is about no single incident. It asks Slack or others, for longer than Slack waits itself. Nothing changes. */
export function isAboutAll(request: IncidentRequest): request is AboutAll {
  return request.verb === 'stats' || request.verb === 'review' || request.verb === 'on-call';
}

/** `place`: where it was asked. `number`: the incident of that thread. */
export async function showAll(
  { showStats, showReview, showOnCall }: Pick<IncidentWorkflows, 'showStats' | 'showReview' | 'showOnCall'>,
  request: AboutAll,
  asked: AskedBy,
  place: Readonly<{ channelId: string; number?: number | undefined }>,
): Promise<void> {
  if (request.verb === 'on-call') {
    const { number = place.number, name } = request;
    return await showOnCall({ asked, meant: { channelId: place.channelId, number }, name });
  }
  const { verb, period, service } = request;
  const show = verb === 'stats' ? showStats : showReview;
  await show({ asked, period, service });
}

export type Carried = Exclude<
  IncidentRequest,
  { verb: 'help' | 'list' | 'stats' | 'review' | 'on-call' | 'status-page' | 'unclear' | 'unknown' }
>;

/** `place`: where it was typed. `number`: the incident of that thread, which is meant where the request names none. */
export async function carryOut(
  workflows: IncidentWorkflows,
  request: Carried,
  asked: AskedBy,
  place: Readonly<{ channelId: string; threadTs?: string | undefined; number?: number | undefined }>,
): Promise<void> {
  const { channelId, threadTs } = place;
  if (request.verb === 'declare') {
    const origin = { channelId, threadTs };
    await workflows.declareIncident({ asked, origin, title: request.title, severity: request.severity });
    return;
  }
  const meant = { channelId, number: request.number ?? place.number };
  switch (request.verb) {
    case 'need-to-know':
      await workflows.note({
        asked,
        meant,
        kind: 'note',
        text: request.text,
        when: request.when,
        needToKnow: request.people,
      });
      return;
    case 'note':
    case 'tried':
    case 'helped':
    case 'update':
      await workflows.note({ asked, meant, kind: request.verb, text: request.text, when: request.when });
      return;
    case 'impact':
    case 'detected':
      await workflows.enterMilestone({
        milestone: request.verb === 'impact' ? IMPACT_START : DETECTED,
        asked,
        meant,
        when: request.when,
        text: request.text,
      });
      return;
    case 'role':
      await workflows.assignRole({ asked, meant, role: request.role, holder: request.holder });
      return;
    case 'severity':
      await workflows.setSeverity({ asked, meant, severity: request.severity, text: request.text });
      return;
    case 'rename':
      await workflows.rename({ asked, meant, title: request.title });
      return;
    case 'reopen':
      await workflows.reopen({ asked, meant: { ...meant, over: true }, text: request.text, when: request.when });
      return;
    case 'split':
      await workflows.split({ asked, meant, text: request.text, when: request.when, from: request.from });
      return;
    case 'link':
      await workflows.linkIncident({ asked, meant, target: request.target, label: request.label });
      return;
    case 'merge':
      await workflows.askToMerge({ asked, meant, other: request.other });
      return;
    case 'channel':
      await workflows.askForChannel({ asked, meant });
      return;
    case 'mitigate':
      await workflows.listMitigations({ asked, meant });
      return;
    case 'changes':
      await workflows.showChanges({ asked, meant });
      return;
    case 'page':
      await workflows.page({ asked, meant, target: request.target, text: request.text });
      return;
    case 'edit':
      await workflows.showTimeline({ asked, meant, page: Number.MAX_SAFE_INTEGER });
      return;
    case 'status':
      await workflows.setStatus({ asked, meant, status: request.status, text: request.text, when: request.when });
      return;
    case 'suspect':
      await workflows.suspect({ asked, meant, text: request.text, when: request.when });
      return;
    case 'hypothesis':
      await workflows.changeHypothesis({
        asked,
        meant,
        id: request.id,
        state: request.state,
        text: request.text,
        when: request.when,
      });
      return;
    case 'method':
      await workflows.showMethod({ asked, meant, method: request.method });
      return;
    case 'timeline':
      await workflows.showTimeline({ asked, meant });
      return;
    case 'postmortem':
      await workflows.askForPostmortem({
        asked,
        meant: meant.number === undefined ? { channelId } : { number: meant.number },
      });
      return;
    case 'actions':
      await workflows.showActionItems({ asked, meant });
      return;
    case 'item-check':
      await workflows.setItemCheck({ asked, meant, item: { number: request.item }, probe: request.probe });
      return;
    case 'item-state':
      await workflows.setItemState({
        asked,
        meant,
        item: { number: request.item },
        state: request.state,
        reason: request.reason,
      });
      return;
    case 'action':
      await workflows.addActionItem({
        asked,
        ...meant,
        text: request.text,
        owner: request.owner ?? asked.userId,
        due: request.due,
      });
      return;
  }
}
