/**
 * The buttons and menus of an incident's overview and of its reminders. A button's value is the incident's id. A menu has
 * no value, so its block's id has the incident's id: `incident:<id>:…`.
 */
import type { BlockButtonAction, BlockStaticSelectAction, Middleware, SlackActionMiddlewareArgs } from '@slack/bolt';
import { whoPressed } from '#listeners/delivery.ts';
import { correctForm } from '#listeners/views/correct-entry.ts';
import { type EntryForm, entryForm } from '#listeners/views/incident-entry.ts';
import { linkForm } from '#listeners/views/link-incident.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import { pageForm } from '#listeners/views/page.ts';
import { SEVERITIES, STATUSES } from '#model/incident/incident.ts';
import { isRole, ROLES, type Role } from '#model/incident/roles.ts';
import type { HowEnded } from '#present/slack/alert-end-messages.ts';
import type { AlertEndWorkflows } from '#workflows/alerts/answer-alert-end.ts';
import type { CallWorkflows } from '#workflows/commander/stop-calls.ts';
import type { ChangeWorkflows } from '#workflows/incidents/change-incident.ts';
import type { RoleWorkflows } from '#workflows/incidents/confirm-role.ts';
import type { JoinIncident } from '#workflows/incidents/join-incident.ts';
import type { MergeWorkflows } from '#workflows/incidents/merge-incidents.ts';
import type { PageWorkflows } from '#workflows/pagers/page-people.ts';
import type { CorrectWorkflows } from '#workflows/timeline/correct-entry.ts';
import type { DraftUpdate } from '#workflows/timeline/draft-update.ts';
import { NOTHING_NEW, type NoteWorkflows } from '#workflows/timeline/note-entry.ts';
import type { ShowTimelinePicture } from '#workflows/timeline/pages.ts';
import type { ShowTimeline } from '#workflows/timeline/show-timeline.ts';

type Button = Middleware<SlackActionMiddlewareArgs<BlockButtonAction>>;
type Menu = Middleware<SlackActionMiddlewareArgs<BlockStaticSelectAction>>;

export function entryButton(what: EntryForm['what']): Button {
  return async ({ ack, action, body, client }) => {
    const opened = { incidentId: action.value ?? '', channelId: body.channel?.id ?? '' };
    await openModal({ ack, client, body }, entryForm({ ...opened, what }));
  };
}

/** The form has a draft of what is new since the last update. */
export function updateButton(draftUpdate: DraftUpdate): Button {
  return async ({ ack, action, body, client, context }) => {
    const opened = { incidentId: action.value ?? '', channelId: body.channel?.id ?? '' };
    const draft = await draftUpdate({ asked: whoPressed(body, context), incidentId: opened.incidentId });
    await openModal({ ack, client, body }, entryForm({ ...opened, what: 'update' }, draft));
  };
}

export const linkButton: Button = async ({ ack, action, body, client }) => {
  const opened = { incidentId: action.value ?? '', channelId: body.channel?.id ?? '' };
  await openModal({ ack, client, body }, linkForm(opened));
};

export function nothingNewButton({ note }: Pick<NoteWorkflows, 'note'>): Button {
  return async ({ ack, action, body, context }) => {
    const meant = { incidentId: action.value ?? '' };
    await note({ asked: whoPressed(body, context), meant, kind: 'update', text: NOTHING_NEW });
    await ack();
  };
}

/** The value is `<incident>`, or `<incident>:<page>`. */
export function timelineButton(showTimeline: ShowTimeline): Button {
  return async ({ ack, action, body, context }) => {
    const [incidentId = '', page] = (action.value ?? '').split(':');
    const request = { asked: whoPressed(body, context), meant: { incidentId } };
    await showTimeline(page === undefined ? request : { ...request, page: Number(page) });
    await ack();
  };
}

/** The value is the incident's id. */
export function timelinePictureButton(showPicture: ShowTimelinePicture): Button {
  return async ({ ack, action, body, context }) => {
    // A picture takes longer than Slack waits, and nothing changes.
    await ack();
    await showPicture({ asked: whoPressed(body, context), meant: { incidentId: action.value ?? '' } });
  };
}

/** Under an answer. The value is `<incident>:<investigation>`. */
export function joinButton({ joinIncident }: Readonly<{ joinIncident: JoinIncident }>): Button {
  return async ({ ack, action, body, context }) => {
    const [incidentId = '', investigationId = ''] = (action.value ?? '').split(':');
    await joinIncident({ asked: whoPressed(body, context), incidentId, investigationId });
    await ack();
  };
}

/** The button that confirms a merge. Its value has the id of the incident that stays, a colon, and the id of the merged one. */
export function mergeButton({ merge }: Pick<MergeWorkflows, 'merge'>): Button {
  return async ({ ack, action, body, context }) => {
    const [incidentId = '', otherId = ''] = (action.value ?? '').split(':');
    // The question is visible only to this person, and does not change: they get an answer.
    const { pressed: _, ...asked } = whoPressed(body, context);
    await merge({ asked, incidentId, otherId });
    await ack();
  };
}

export const pageButton: Button = async ({ ack, action, body, client }) => {
  const opened = { incidentId: action.value ?? '', channelId: body.channel?.id ?? '' };
  await openModal({ ack, client, body }, pageForm(opened));
};

/** Under a page. The value is `<incident>:<page>`. */
export function pageAnswerButton(answer: PageWorkflows['havePage']): Button {
  return async ({ ack, action, body, context }) => {
    const [incidentId = '', pageId = ''] = (action.value ?? '').split(':');
    // In a direct message, nobody sees the thread change: they get an answer.
    const { pressed: _, ...asked } = whoPressed(body, context);
    await answer({ asked, incidentId, pageId });
    await ack();
  };
}

/** The value is `<incident>:<alert>`. */
export function alertEndButton({ answerAlertEnd }: AlertEndWorkflows, how: HowEnded): Button {
  return async ({ ack, action, body, context }) => {
    const [incidentId = '', alertId = ''] = (action.value ?? '').split(':');
    await answerAlertEnd({ asked: whoPressed(body, context), incidentId, alertId, how });
    await ack();
  };
}

/** Under a call for a commander. The value is the incident's id. */
export function stopCallsButton({ stopCalls }: CallWorkflows): Button {
  return async ({ ack, action, body, context }) => {
    await stopCalls({ asked: whoPressed(body, context), incidentId: action.value ?? '' });
    await ack();
  };
}

/** The value is `<incident>:<role>`. */
export function takeRoleButton({ assignRole }: Pick<ChangeWorkflows, 'assignRole'>): Button {
  return async ({ ack, action, body, context }) => {
    const { incidentId, role } = roleOf(action.value ?? '');
    if (role !== undefined) await assignRole({ asked: whoPressed(body, context), meant: { incidentId }, role });
    await ack();
  };
}

export function statusMenu({ setStatus }: Pick<ChangeWorkflows, 'setStatus'>): Menu {
  return menuOf(STATUSES, (request, status) => setStatus({ ...request, status, text: '' }));
}

export function severityMenu({ setSeverity }: Pick<ChangeWorkflows, 'setSeverity'>): Menu {
  return menuOf(SEVERITIES, (request, severity) => setSeverity({ ...request, severity }));
}

/** **I do it** and **Not me** stand in a direct message, where nobody sees the thread change. */
export function roleAnswerButton(answer: RoleWorkflows['confirmRole']): Button {
  return async ({ ack, action, body, context }) => {
    const { incidentId, role } = roleOf(action.value ?? '');
    const { pressed: _, ...asked } = whoPressed(body, context);
    if (role !== undefined) await answer({ asked, incidentId, role });
    await ack();
  };
}

/** The name of one of the team's roles has no colon. */
function roleOf(value: string): Readonly<{ incidentId: string; role: Role | undefined }> {
  const colon = value.indexOf(':');
  const role = value.slice(colon + 1);
  return { incidentId: value.slice(0, Math.max(colon, 0)), role: isRole(role) ? role : undefined };
}

export function roleMenu(workflows: Pick<ChangeWorkflows, 'assignRole' | 'team'>): Menu {
  return async (args) => {
    const known = [...ROLES, ...workflows.team.map(({ role }) => role)];
    await menuOf(known, (request, role) => workflows.assignRole({ ...request, role }))(args);
  };
}

/** Its form shows the entry as it is now. */
export function correctMenu({ entryToCorrect }: Pick<CorrectWorkflows, 'entryToCorrect'>): Menu {
  return async ({ ack, action, body, context, client }) => {
    const { incidentId } = incidentIn(action.block_id);
    const entryId = action.selected_option.value;
    const asked = whoPressed(body, context);
    const entry = await entryToCorrect({ asked, incidentId, entryId });
    if (entry === undefined) await ack();
    else await openModal({ ack, client, body }, correctForm({ incidentId, channelId: asked.channelId }, entry));
  };
}

type MenuRequest = Pick<Parameters<ChangeWorkflows['setSeverity']>[0], 'asked' | 'meant'>;

function menuOf<Value extends string>(
  known: readonly Value[],
  choose: (request: MenuRequest, value: Value) => Promise<unknown>,
): Menu {
  return async ({ ack, action, body, context }) => {
    const value = chosen(action, known);
    const request = { asked: whoPressed(body, context), meant: incidentIn(action.block_id) };
    if (value !== undefined) await choose(request, value);
    await ack();
  };
}

function incidentIn(blockId: string): Readonly<{ incidentId: string }> {
  return { incidentId: blockId.split(':')[1] ?? '' };
}

function chosen<Value extends string>(
  { selected_option }: Readonly<{ selected_option: Readonly<{ value: string }> }>,
  known: readonly Value[],
): Value | undefined {
  return known.find((value) => value === selected_option.value);
}
