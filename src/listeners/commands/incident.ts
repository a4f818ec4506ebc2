/** `/incident …`: stored and acknowledged at once. The person who asked gets the answer, everybody sees the change. */
import type { AllMiddlewareArgs, Middleware, SlackCommandMiddlewareArgs } from '@slack/bolt';
import { INCIDENT_VERBS, type IncidentRequest, readIncidentRequest } from '#listeners/commands/incident-request.ts';
import { quoteTyped } from '#listeners/commands/typed.ts';
import { whoTyped } from '#listeners/delivery.ts';
import { declareForm } from '#listeners/views/declare-incident.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { statusForm } from '#listeners/views/status-page.ts';
import { DETECTED, IMPACT_START, TITLE_CHARS } from '#model/incident/incident.ts';
import { plainFromMrkdwn } from '#present/slack/text.ts';
import type { AddActionItem } from '#workflows/add-action-item.ts';
import type { AlertEndWorkflows } from '#workflows/answer-alert-end.ts';
import type { ChannelWorkflows } from '#workflows/ask-for-channel.ts';
import type { ItemWorkflows } from '#workflows/change-action-item.ts';
import type { ChangeWorkflows } from '#workflows/change-incident.ts';
import type { CallWorkflows } from '#workflows/commander/stop-calls.ts';
import type { RoleWorkflows } from '#workflows/confirm-role.ts';
import type { CorrectWorkflows } from '#workflows/correct-entry.ts';
import type { DeclareIncident } from '#workflows/declare-incident.ts';
import type { HypothesisWorkflows } from '#workflows/hypotheses/change-hypothesis.ts';
import type { StatsWorkflows } from '#workflows/incident-stats.ts';
import type { JoinIncident } from '#workflows/join-incident.ts';
import type { LinkIncident } from '#workflows/link-incident.ts';
import type { ListOpen } from '#workflows/list-open.ts';
import type { MergeWorkflows } from '#workflows/merge-incidents.ts';
import type { MitigationWorkflows } from '#workflows/mitigations/request-mitigation.ts';
import type { NoteWorkflows } from '#workflows/note-entry.ts';
import type { AskedBy } from '#workflows/on-incident.ts';
import type { PageWorkflows } from '#workflows/page-people.ts';
import type { PagerWorkflows } from '#workflows/pagers/ask-to-resolve.ts';
import type { ProposeIncident } from '#workflows/propose-incident.ts';
import type { ReviewWorkflows } from '#workflows/reviews/show-review.ts';
import type { ShowMethod } from '#workflows/show-method.ts';
import type { ShowTimeline } from '#workflows/show-timeline.ts';
import type { StatusPageWorkflows } from '#workflows/status-page.ts';
import type { MethodTelling } from '#workflows/tell-method.ts';

const INCIDENT_USAGE = [
  '*`/incident`* keeps the record of an incident.',
  '',
  '• `/incident declare P1 checkout is slow` declares an incident in this channel; without a title, a form opens',
  '• `/incident` or `list` shows what is open',
  '• `/incident note restarted the pool`, or `note at 14:35 …`, `note 20 min ago …` for what happened earlier',
  '• `/incident tried restarted the pool` notes what was tried and had no effect',
  '• `/incident update logins work again in EU` tells everybody how it stands',
  '• `/incident role commander`, `technical`, `communications`, `scribe` or one of your own; for somebody else add `@them`',
  '• `/incident severity P0 because nobody can pay`; the reason is optional',
  '• `/incident status identified`: investigating, identified, mitigated, fixed, resolved; you can add `at 14:40` and a text',
  '• `/incident impact at 14:20` says when the impact began, `detected at 14:25` when somebody noticed',
  '• `/incident action add an index @them due 2026-12-01`, or `due next Friday`; `actions` shows them',
  '• `/incident action done A2 the query takes 4 ms`, or `drop A2 because the service is gone`',
  '• `/incident link https://grafana.example/d/checkout the board` adds a page, `link INC-4 same database` relates two incidents',
  '• `/incident page @kim the queue is full` calls a person or a user group, `page payments-team` who is on call for a team or a service, and the next one if nobody answers',
  '• `/incident channel` opens a channel for the incident alone, and invites who works on it',
  '• `/incident statuspage` drafts an update for customers; the communications lead approves it',
  '• `/incident mitigate` shows what your automation can do: a rollback, a restart, a flag; a second person approves it at P0 and P1',
  '• `/incident stats 90d checkout`: how many there were and how long they took; `30d`, `90d` or `month`, and a service',
  '• `/incident review 90d checkout`: which causes come back, what was noticed late, how often verdicts were right',
  '• `/incident merge INC-7` merges INC-7 into this incident, after a question; `split INC-7` splits it off again',
  '• `/incident timeline`, and `edit` to correct what people entered, and the time of a status',
  '• `/incident hypothesis the cache was flushed` puts a suspicion on the board, `hypothesis S1 tested …`, `refuted …` or `confirmed …` says what became of it',
  '• `/incident whys`, `hypotheses`, `checklist`, `fishbone` or `failures`: the diagnosis by that method, with open parts for you to fill in',
  '• `/incident rename logins fail in EU` changes the title',
  '• `/incident resolve all checks are green`, and `reopen it is back`',
  '',
  'The command changes the open incident of this channel. For another incident, put its name first: `/incident INC-4 note …`.',
  'A message that you pin or mark with :pushpin: goes into the timeline. Slack has no commands in threads: use the overview’s buttons there.',
].join('\n');

/** After a mistyped word one line is enough. */
const KNOWN_WORDS = `I know ${INCIDENT_VERBS.slice(0, -1).join(', ')} and ${INCIDENT_VERBS.at(-1)}. \`/incident help\` says what each does.`;

export type IncidentWorkflows = ChangeWorkflows &
  RoleWorkflows &
  CorrectWorkflows &
  ItemWorkflows &
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
    showTimeline: ShowTimeline;
    showMethod: ShowMethod;
    addActionItem: AddActionItem;
  }>;

export function incidentCommand(workflows: IncidentWorkflows): Middleware<SlackCommandMiddlewareArgs> {
  return async (args) => {
    const { ack, command, context } = args;
    const request = readIncidentRequest(
      command.text,
      workflows.team.map(({ role }) => role),
    );
    if (request.verb === 'help') {
      await ack({ response_type: 'ephemeral', text: INCIDENT_USAGE });
      return;
    }
    if (request.verb === 'unknown') {
      await ack({ response_type: 'ephemeral', text: `${request.problem} ${KNOWN_WORDS}` });
      return;
    }
    if (request.verb === 'unclear') {
      await ack({ response_type: 'ephemeral', text: `${request.problem}\n\n${nothingChanged(command)}` });
      return;
    }
    if (request.verb === 'status-page' || (request.verb === 'declare' && asksForTitle(request))) {
      await openForm(workflows, request, args);
      return;
    }
    const asked = whoTyped(command, context);
    if (request.verb === 'list') {
      // Slack is asked about many channels, for longer than it waits itself. Nothing changes.
      await ack();
      await workflows.listOpen({ asked });
      return;
    }
    if (isAboutAll(request)) {
      // For the same reason.
      await ack();
      await showAll(workflows, request, asked);
      return;
    }
    await carryOut(workflows, request, asked, command.channel_id);
    await ack();
  };
}

type AboutAll = Extract<IncidentRequest, { verb: 'stats' | 'review' }>;

function isAboutAll(request: IncidentRequest): request is AboutAll {
  return request.verb === 'stats' || request.verb === 'review';
}

async function showAll(
  { showStats, showReview }: Pick<IncidentWorkflows, 'showStats' | 'showReview'>,
  { verb, period, service }: AboutAll,
  asked: AskedBy,
): Promise<void> {
  const show = verb === 'stats' ? showStats : showReview;
  await show({ asked, period, service });
}

type Asking =
  | Extract<IncidentRequest, { verb: 'declare' }>
  | Readonly<{ verb: 'status-page'; number?: number | undefined }>;

function asksForTitle({ title }: Readonly<{ title: string }>): boolean {
  return title === '' || title.length > TITLE_CHARS;
}

async function openForm(
  { statusForm: formFor, proposeIncident }: Pick<IncidentWorkflows, 'statusForm' | 'proposeIncident'>,
  request: Asking,
  { ack, command, context, client }: SlackCommandMiddlewareArgs & AllMiddlewareArgs,
): Promise<void> {
  const channelId = command.channel_id;
  if (request.verb === 'declare') {
    const { title, severity: said } = request;
    const origin = { channelId };
    const proposal = await proposeIncident({ asked: whoTyped(command, context), origin });
    return await openModal({ ack, client, body: command }, declareForm(origin, { ...proposal, title, said }));
  }
  const form = await formFor({ asked: whoTyped(command, context), meant: { channelId, number: request.number } });
  if (form === undefined) await ack();
  else await openModal({ ack, client, body: command }, statusForm(form, channelId));
}

/** Slack does not keep a typed command, so the answer repeats it for correction. */
function nothingChanged({ command, text }: Readonly<{ command: string; text: string }>): string {
  return `Nothing was changed. You typed: ${quoteTyped(`${command} ${plainFromMrkdwn(text)}`, SAID_BACK_CHARS)}`;
}

const SAID_BACK_CHARS = 1_000;

type Carried = Exclude<
  IncidentRequest,
  { verb: 'help' | 'list' | 'stats' | 'review' | 'status-page' | 'unclear' | 'unknown' }
>;

async function carryOut(
  workflows: IncidentWorkflows,
  request: Carried,
  asked: AskedBy,
  channelId: string,
): Promise<void> {
  if (request.verb === 'declare') {
    await workflows.declareIncident({ asked, origin: { channelId }, title: request.title, severity: request.severity });
    return;
  }
  const meant = { channelId, number: request.number };
  switch (request.verb) {
    case 'note':
    case 'tried':
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
    case 'actions':
      await workflows.showActionItems({ asked, meant });
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
