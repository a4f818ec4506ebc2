/**
 * Who may see and change an incident of a private channel: every command, button, menu and form, by people inside and
 * outside, in a user group that has all rights and in none. Whoever cannot read the channel gets the words for an incident
 * that does not exist, also where a right is reserved.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiOperations } from '#api/routes.ts';
import { makeToken } from '#compose/tokens.ts';
import { INCIDENT_VERBS } from '#listeners/commands/incident-request.ts';
import { slackSurface, type Workflows } from '#listeners/register.ts';
import { RIGHTS, type Right } from '#model/incident/rights.ts';
import { actionItemsOf } from '#record/action-items.ts';
import { allIncidents, findIncident } from '#record/find-incidents.ts';
import { addMute } from '#record/mutes.ts';
import { deliveryOf } from '#record/outbox.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { inTurn } from '#test/in-gate.ts';
import { pagerdutyMessage } from '#test/pagerduty.ts';
import type { CallFault } from '#test/slack-proxy.ts';
import { openSlackSide, privateChannel, type SlackSide, sendToBot } from '#test/slack-side.ts';
import { OVERVIEW_OF } from '#workflows/incidents/incident-thread.ts';
import { POSTMORTEM_OF } from '#workflows/postmortem/postmortem-id.ts';

const TITLE = 'BREACH insider Alice';
const NO_ALERT = /I no longer have this alert\.|You may mute alerts only in a channel that you/;
const NO_SUCH = /There is no INC-1\.|I no longer have this incident\.|No incident is open in this channel\./;

/** At the door, before anything is read. */
const MEMBERS_ONLY = /Only members of this workspace who are in this channel may do that/;
const NOT_SAID = /Slack did not say whether you may do that/;

/** For people who read the channel: what is reserved, for whom, and by which setting. */
const RESERVED =
  /Only members of @responders may .+ \(setting `rights\.\w+`\), and you are not one of them\. Nothing was changed\./;
const ALL_RESERVED = Object.fromEntries(
  RIGHTS.map((right) => [`SPANHOUND_RIGHTS_${right.toUpperCase()}`, '@responders']),
);

let someone = 0;
let slack: SlackSide;
let bot: TestBot;
let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
let secret: string;
let incidentId: string;
/** To an alert in the private channel. */
let answerId: string;

/** One bot and one incident for all: what must change nothing is compared with how it was just before. */
beforeAll(async () => {
  backends = await openHotrodBackends();
  slack = await openSlackSide();
  bot = await openBot({ slack, ...backends, env: ALL_RESERVED });
  secret = await privateChannel(slack);
  slack.proxy.person('U0MEMBER');
  slack.proxy.members(secret, ['U0INSIDE', 'U0MEMBER', 'U0GUEST', 'U0OTHER']);
  slack.proxy.userGroups.set({ id: 'S0RESPOND', handle: 'responders', users: ['U0INSIDE', 'U0GUEST', 'U0OTHER'] });
  await command('/incident', `declare P1 ${TITLE}`, { user_id: 'U0INSIDE', channel_id: secret });
  ({ id: incidentId } = await incidentNow());
  await eventually(async () =>
    (await deliveryOf(bot.store, OVERVIEW_OF(incidentId)))?.state === 'sent' ? true : undefined,
  );
  const place = { channel: secret, ts: '1790000000.000100' };
  await sendToBot(bot.url, slack.event(pagerdutyMessage({ id: 'Q7X2BREACH', title: TITLE }, place)));
  const { db } = bot.store;
  answerId = await eventually(async () => {
    const answers = db.selectFrom('investigations').select('id').where('alert_id', 'is not', null);
    return (await answers.executeTakeFirst())?.id;
  });
  await bot.store.transaction(async (tx) => {
    const untilUs = tx.nowUs + 3_600_000_000;
    const mute = { id: MUTE, workspaceId: slack.team, channelId: secret, alertId: '', service: 'payroll' };
    await addMute(tx, { ...mute, by: 'U0INSIDE', untilUs });
  });
});
afterAll(async () => {
  await bot.stop();
  await bot.forget();
  await slack.close();
  await backends.close();
});

async function command(name: string, text: string, more: Readonly<Record<string, string>>): Promise<string> {
  const sent = slack.command(text, { command: name, ...more });
  const { status, body } = await sendToBot(bot.url, sent);
  expect(status).toBe(200);
  return body === '' ? await answerTo(sent.response_url ?? '') : body;
}

async function answerTo(responseUrl: string): Promise<string> {
  return await eventually(() => answered(responseUrl));
}

function answered(responseUrl: string): string | undefined {
  const id = responseUrl.slice(responseUrl.lastIndexOf('/') + 1);
  const found = slack.proxy.responses.find(({ urlId }) => urlId === id);
  return found && JSON.stringify(found.body);
}

async function incidentNow() {
  const incident = await findIncident(bot.store, { workspaceId: slack.team, number: 1 });
  if (incident === undefined) throw new Error('there is no INC-1');
  return incident;
}

/** All that could have been changed or asked for, also by the jobs that are due: one of the case before may be at work. */
async function state() {
  await eventually(async () => ((await isWorking()) ? undefined : true));
  const { severity, status, roles } = await incidentNow();
  return {
    severity,
    status,
    roles,
    entries: await entriesSoFar(),
    actionItems: (await actionItemsOf(bot.store, incidentId)).length,
    hasPostmortem: (await deliveryOf(bot.store, POSTMORTEM_OF(incidentId))) !== undefined,
    mutes: (await bot.store.db.selectFrom('mutes').select(['id', 'ended_us']).execute()).length,
    answers: (await bot.store.db.selectFrom('investigations').select('id').execute()).length,
    drafts: (await bot.store.db.selectFrom('jobs').select('id').where('kind', '=', 'draft-postmortem').execute())
      .length,
  };
}

async function isWorking(): Promise<boolean> {
  const jobs = bot.store.db.selectFrom('jobs').select('id').where('state', 'in', ['queued', 'running']);
  return (await jobs.where('due_us', '<=', Date.now() * 1_000).executeTakeFirst()) !== undefined;
}

/** Not read, as the incident has hundreds, and each case asks several times. */
async function entriesSoFar(): Promise<number> {
  const rows = bot.store.db.selectFrom('timeline_entries').select('id').where('incident_id', '=', incidentId);
  return (await rows.where('removed_us', 'is', null).execute()).length;
}

type Try = (userId: string, channelId: string) => Promise<string>;

/** What the tables below try, as the surface names it. */
const tried = new Set<string>();

function typed(name: string, text: string): Try {
  tried.add(`${name} ${text.split(' ')[1] ?? ''}`.trim());
  return (userId, channelId) => command(name, text, { user_id: userId, channel_id: channelId });
}

const MESSAGE = { ts: '1.1', text: 'an overview', user: 'U0SPANHOUND' };

function pressed(actionId: string, value: () => string): Try {
  tried.add(`button ${actionId}`);
  return (userId, channelId) => interaction({ ...slack.action(MESSAGE, actionId, value()), ...by(userId, channelId) });
}

function chosen(actionId: string, blockId: () => string, value: string | (() => string), type = 'static_select'): Try {
  tried.add(`menu ${actionId}`);
  return (userId, channelId) => {
    const { actions, ...body } = slack.chosen(
      MESSAGE,
      actionId,
      blockId(),
      typeof value === 'string' ? value : value(),
    );
    return interaction({ ...body, actions: actions.map((action) => ({ ...action, type })), ...by(userId, channelId) });
  };
}

type Filled = Parameters<SlackSide['submission']>[1];

function submitted(callbackId: string, metadata: () => object, values: Filled | (() => Filled)): Try {
  tried.add(`form ${callbackId}`);
  return async (userId, channelId) => {
    const view = { callback_id: callbackId, private_metadata: JSON.stringify({ ...metadata(), channelId }) };
    const { body } = await sendToBot(bot.url, {
      ...slack.submission(view, typeof values === 'function' ? values() : values),
      ...by(userId, channelId),
    });
    return body;
  };
}

/** A button that only opens a form: the form, or why there is none. */
function opening(actionId: string, value: () => string): Try {
  tried.add(`button ${actionId}`);
  return async (userId, channelId) => {
    const forms = slack.proxy.callsOf('views.open');
    const body = { ...slack.action(MESSAGE, actionId, value()), ...by(userId, channelId) };
    expect((await sendToBot(bot.url, body)).status).toBe(200);
    return await eventually(
      () => slack.proxy.callsOf('views.open')[forms.length]?.args.view ?? answered(body.response_url),
    );
  };
}

async function interaction(body: Readonly<Record<string, unknown>> & Readonly<{ response_url: string }>) {
  const entries = await entriesSoFar();
  expect((await sendToBot(bot.url, body)).status).toBe(200);
  // Who presses and may gets no message of their own: the timeline has it.
  return await eventually(async () => ((await entriesSoFar()) > entries ? 'done' : answered(body.response_url)));
}

function by(userId: string, channelId: string) {
  return {
    user: { id: userId, username: userId, name: userId, team_id: slack.team },
    channel: { id: channelId, name: 'somewhere' },
  };
}

const id = () => incidentId;
const MUTE = 'mute-1';
const block = () => `incident:${incidentId}:status`;
const method = () => `method:checklist:${incidentId}::0`;
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

const WAYS: readonly (readonly [string, Try])[] = [
  ['/incident timeline', typed('/incident', 'INC-1 timeline')],
  ['/incident note', typed('/incident', 'INC-1 note the door was open')],
  ['/incident note need-to-know', typed('/incident', 'INC-1 note need-to-know: the door was open')],
  ['/incident role', typed('/incident', 'INC-1 role commander')],
  ['/incident role scribe', typed('/incident', 'INC-1 role scribe')],
  ['/incident severity', typed('/incident', 'INC-1 severity P3')],
  ['/incident status', typed('/incident', 'INC-1 status identified')],
  ['/incident impact', typed('/incident', 'INC-1 impact at 10:00')],
  ['/incident update', typed('/incident', 'INC-1 update half of it is back')],
  ['/incident rename', typed('/incident', 'INC-1 rename the door was open')],
  ['/incident page', typed('/incident', 'INC-1 page nobody-on-call')],
  ['/incident on-call', typed('/incident', 'INC-1 on-call')],
  ['/incident postmortem', typed('/incident', 'INC-1 postmortem')],
  ['/incident channel', typed('/incident', 'INC-1 channel')],
  ['/incident statuspage', typed('/incident', 'INC-1 statuspage')],
  ['/incident changes', typed('/incident', 'INC-1 changes')],
  ['/incident mitigate', typed('/incident', 'INC-1 mitigate')],
  ['/incident split', typed('/incident', 'INC-1 split INC-1')],
  ['/incident tried', typed('/incident', 'INC-1 tried restarted the pool')],
  ['/incident helped', typed('/incident', 'INC-1 helped retries off')],
  ['/incident merge', typed('/incident', 'INC-1 merge INC-1')],
  ['/incident edit', typed('/incident', 'INC-1 edit')],
  ['/incident link', typed('/incident', 'INC-1 link https://g.example/d/1 the board')],
  ['/incident actions', typed('/incident', 'INC-1 actions')],
  ['/incident action check', typed('/incident', 'INC-1 action check A1 rule DoorOpen')],
  ['/incident action done', typed('/incident', 'INC-1 action done A1')],
  ['/incident reopen', typed('/incident', 'INC-1 reopen')],
  ['/incident resolve', typed('/incident', 'INC-1 resolve all is well')],
  ['/incident checklist', typed('/incident', 'INC-1 checklist')],
  ['/incident whys', typed('/incident', 'INC-1 whys')],
  ['/incident fishbone', typed('/incident', 'INC-1 fishbone')],
  ['/incident failures', typed('/incident', 'INC-1 failures')],
  ['/incident hypotheses', typed('/incident', 'INC-1 hypotheses')],
  ['/incident hypothesis', typed('/incident', 'INC-1 hypothesis the lock was weak')],
  ['/incident detected', typed('/incident', 'INC-1 detected 2 min ago')],
  ['/incident action', typed('/incident', 'INC-1 action lock the door due tomorrow')],
  ['/postmortem', typed('/postmortem', 'INC-1')],
  ['/postmortem versions', typed('/postmortem', 'INC-1 versions')],
  ['/postmortem diff', typed('/postmortem', 'INC-1 diff 1 2')],
  ['/postmortem restore', typed('/postmortem', 'INC-1 restore 1')],
  ['/postmortem edit', typed('/postmortem', 'INC-1 edit')],
  ['/postmortem comments', typed('/postmortem', 'INC-1 comments')],
  ['/postmortem export', typed('/postmortem', 'INC-1 export github')],
  ['/postmortem take-in', typed('/postmortem', 'INC-1 take-in github')],
  ['/postmortem export, the list', typed('/postmortem', 'INC-1 export')],
  ['the button that exports a postmortem again', pressed('postmortem_send', () => `${incidentId}:github`)],
  ['the button that takes in what people wrote', pressed('postmortem_take_in', () => `${incidentId}:github`)],
  ['the button for the page of a postmortem', pressed('postmortem_page', id)],
  ['the button that resolves a comment', pressed('postmortem_comment_resolve', () => `${incidentId}:none`)],
  [
    'the form for a comment on a postmortem',
    submitted('postmortem_comment_form', () => ({ incidentId, sections: 'impact\tImpact\n' }), {
      section: { chosen: 'impact' },
      text: 'how many?',
    }),
  ],
  ['the button that restores a version', pressed('postmortem_restore', () => `${incidentId}:1`)],
  ['the button that acknowledges a page', pressed('incident_page_have', () => `${incidentId}:p`)],
  ['the button that stops the calls for a commander', pressed('incident_calls_stop', id)],
  ['the button that says that an alert ended by itself', pressed('incident_ended_alone', () => `${incidentId}:a`)],
  ['the button that says that it ended by what people did', pressed('incident_ended_by_us', () => `${incidentId}:a`)],
  ['the button that stops a page', pressed('incident_page_stop', () => `${incidentId}:p`)],
  ['the button that merges', pressed('incident_merge', () => `${incidentId}:${incidentId}`)],
  ['the button that resolves an incident in PagerDuty, too', pressed('pager_resolve', () => `${incidentId}:pagerduty`)],
  ['the button that leaves it open there', pressed('pager_leave', () => `${incidentId}:pagerduty`)],
  ['the button that sends to PagerDuty again', pressed('pager_again', id)],
  ['the button that drafts an update for customers', pressed('status_page_draft', id)],
  ['the button that approves one', pressed('status_page_approve', () => `${incidentId}:u:1`)],
  ['the button that changes one', pressed('status_page_change', () => `${incidentId}:u:1`)],
  ['the button that drops one', pressed('status_page_drop', () => `${incidentId}:u:1`)],
  ['the button that sends one again', pressed('status_page_again', () => `${incidentId}:u:1`)],
  ['the button that says that one arrived', pressed('status_page_arrived', () => `${incidentId}:u:1`)],
  ['the button that corrects one', pressed('status_page_correct', () => `${incidentId}:u:1`)],
  ['the button that lists mitigations', pressed('mitigation_list', id)],
  [
    'the button that shows the request of one',
    pressed('mitigation_form', () => JSON.stringify({ incidentId, action: 'restart', service: '' })),
  ],
  ['the button that approves a mitigation', pressed('mitigation_approve', () => `${incidentId}:m`)],
  ['the button that cancels one', pressed('mitigation_cancel', () => `${incidentId}:m`)],
  ['the button for the timeline', pressed('incident_timeline', () => `${incidentId}:1`)],
  ['the button for its picture', pressed('incident_timeline_picture', id)],
  ['the button that takes a role', pressed('incident_take', () => `${incidentId}:commander`)],
  ['the button for the action items', pressed('action_item_list', id)],
  ['the button that opens an action item again', pressed('action_item_open', () => `${incidentId}:a`)],
  ['the button that sends an issue again', pressed('action_item_issue', () => `${incidentId}:a`)],
  ['the button for nothing new', pressed('incident_nothing_new', id)],
  ['the button for a new draft', pressed('postmortem_again', id)],
  [
    'the button that declines a proposed action item',
    pressed('action_item_decline', () => JSON.stringify({ incidentId, proposal: 'detect-late', text: 'no' })),
  ],
  ['the button that accepts a postmortem', pressed('postmortem_accept', id)],
  [
    'the button that answers a question',
    pressed('postmortem_quick', () => JSON.stringify({ incidentId, question: 'luck' })),
  ],
  [
    'the button that dates the impact',
    pressed('postmortem_quick', () =>
      JSON.stringify({ incidentId, question: 'impact-start', at: new Date().toISOString() }),
    ),
  ],
  [
    'the form for an answer',
    submitted('postmortem_answer_form', () => ({ incidentId, question: 'harm' }), { text: 'a blank page' }),
  ],
  ['the menu of statuses', chosen('incident_status', block, 'resolved')],
  ['the menu of places for a postmortem', chosen('postmortem_export', block, () => `${incidentId}:github`)],
  ['the menu of severities', chosen('incident_severity', block, 'P3')],
  ['the button that confirms a role', pressed('incident_role_confirm', () => `${incidentId}:scribe`)],
  ['the button that gives a role back', pressed('incident_role_decline', () => `${incidentId}:scribe`)],
  ['the menu of roles', chosen('incident_role', block, 'commander')],
  ['the menu of more', chosen('incident_more', block, 'channel')],
  ['the button that offers messages', pressed('incident_messages', id)],
  ['the menu that corrects an entry', chosen('incident_correct', block, 'no-such-entry')],
  ['the menu of a hypothesis', chosen('hypothesis_change', () => `incident:${incidentId}:hypotheses:0`, 'S9')],
  ['the menu that judges one', chosen('method_hypothesis', () => `method:hypotheses:${incidentId}::0`, 'S9=refuted')],
  ['the button that joins a diagnosis to it', pressed('incident_join', () => `${incidentId}:no-such-answer`)],
  ['the menu of methods', chosen('incident_methods', block, '', 'overflow')],
  ['the menu of the checklist', chosen('method_check', method, 'deployments=done')],
  ['the form for a note', submitted('incident_entry_form', () => ({ incidentId, what: 'note' }), { text: 'a note' })],
  [
    'the form for an update',
    submitted('incident_entry_form', () => ({ incidentId, what: 'update' }), { text: 'news' }),
  ],
  [
    'the form for a message',
    submitted(
      'incident_message_form',
      () => ({ messageChannel: secret, messageTs: '1790000000.000900', text: 'the door was open', author: 'U0INSIDE' }),
      () => ({ incident: { chosen: incidentId } }),
    ),
  ],
  [
    'the form for messages of a thread',
    submitted('incident_thread_form', () => ({ incidentId }), { messages_1: { several: ['message:C1:1.1'] } }),
  ],
  ['the form for a title', submitted('incident_rename_form', () => ({ incidentId }), { title: 'The door is shut' })],
  ['the form that merges', submitted('incident_merge_form', () => ({ incidentId }), { other: 'INC-1' })],
  ['the form that splits', submitted('incident_split_form', () => ({ incidentId }), { other: 'INC-1' })],
  ['the form for a page', submitted('incident_page_form', () => ({ incidentId }), { name: 'nobody-on-call' })],
  [
    'the form for customers',
    submitted('status_page_form', () => ({ incidentId, kind: 'new', after: '0' }), {
      title: 'News',
      text: 'It fails.',
    }),
  ],
  [
    'the form for a mitigation',
    submitted('mitigation_form', () => ({ incidentId, action: 'restart', service: '', digest: 'd' }), { reason: 'so' }),
  ],
  [
    'the form for a link',
    submitted('incident_link_form', () => ({ incidentId }), { target: 'https://g.example/d/2', label: 'it' }),
  ],
  ['the form for the end', submitted('incident_entry_form', () => ({ incidentId, what: 'resolve' }), { text: 'over' })],
  [
    'the form for a why',
    submitted('method_why_form', () => ({ incidentId, investigationId: '', number: '1', ask: 'Why?' }), { text: 'so' }),
  ],
  [
    'the form for an action item',
    submitted('action_item_form', () => ({ incidentId }), { text: 'Lock it', team: 'ops', due: { day: TOMORROW } }),
  ],
  ['the form for a hypothesis', submitted('hypothesis_form', () => ({ incidentId }), { text: 'somebody had a key' })],
  [
    'the form that corrects an entry',
    submitted('incident_correct_form', () => ({ incidentId, entryId: 'no-such-entry', what: 'entry' }), { text: 'so' }),
  ],
  [
    'the form that ends an action item without its check',
    submitted('action_item_state_form', () => ({ incidentId, itemId: 'a', state: 'anyway' }), { reason: 'it is' }),
  ],
];

/** Buttons that open a form. It shows nothing of the incident; who sends it is asked for the right. */
const OPENERS: readonly (readonly [string, Try])[] = [
  ...['incident_note', 'incident_link', 'incident_update', 'incident_resolve', 'incident_reopen', 'incident_page'].map(
    (actionId) => [actionId, opening(actionId, id)] as const,
  ),
  ...['hypothesis_add', 'action_item_add'].map((actionId) => [actionId, opening(actionId, id)] as const),
  ...['action_item_done', 'action_item_anyway', 'action_item_drop'].map(
    (actionId) => [actionId, opening(actionId, () => `${incidentId}:a`)] as const,
  ),
  ...['method_why', 'postmortem_answer', 'action_item_accept'].map(
    (actionId) => [actionId, opening(actionId, () => JSON.stringify({ incidentId, ask: 'Why?', text: 'so' }))] as const,
  ),
  [
    'postmortem_comment',
    opening('postmortem_comment', () => JSON.stringify({ incidentId, sections: 'impact\tImpact\n' })),
  ],
  ['alert_other_service', opening('alert_other_service', () => answerId)],
  ['mute_open', opening('mute_open', () => '')],
];

/** What stands under the answer to an alert of the private channel. */
const ALERT_WAYS: readonly (readonly [string, Try])[] = [
  ['the button that looks again', pressed('alert_again', () => answerId)],
  [
    'the menu that mutes',
    chosen(
      'alert_mute',
      () => 'row',
      () => `alert:${answerId}`,
    ),
  ],
  ['the menu of services', chosen('alert_service', () => `alert_service:${answerId}`, 'checkout')],
  ['the button that ends a mute', pressed('mute_end', () => MUTE)],
  [
    'the form for another service',
    submitted('other_service_form', () => ({ investigationId: answerId }), { service: 'checkout' }),
  ],
  [
    'the form that mutes alerts',
    submitted(
      'mute_alerts_form',
      () => ({}),
      () => ({ channel: { conversation: secret }, hours: { chosen: '1 hour' }, answer: { chosen: 'none' } }),
    ),
  ],
];

const OF_THE_ANSWER =
  'It is about one answer, whose id its readers alone have, and answers in the thread of that answer.';
const OF_ALL = 'It names no incident: what it counts or lists is in a test of its own below.';
const OF_NONE = 'It names no incident, and shows nothing that is stored.';
/** What is in no table here, with the reason. doors.test.ts tries it, as everything else, with guests and strangers. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '/incident declare': 'It has tests of its own below, with its form.',
  'button incident_declare': 'It opens the form that declares, which has tests of its own below.',
  'form incident_declare_form': 'It has tests of its own below, with the command.',
  '/incident list': OF_ALL,
  '/incident stats': OF_ALL,
  '/incident review': OF_ALL,
  '/incident help': OF_NONE,
  '/trace': OF_NONE,
  'shortcut diagnose_message': OF_NONE,
  'shortcut add_to_incident': 'It has tests of its own in added-messages.test.ts. Its form is in a table above.',
  'button tool_probe': OF_NONE,
  ...Object.fromEntries(
    [
      ...['trace_logs', 'trace_markdown', 'trace_compare', 'trace_verify', 'trace_right_yes', 'trace_right_no'],
      ...['trace_ids', 'trace_further', 'trace_again'],
    ].map((actionId) => [`button ${actionId}`, OF_THE_ANSWER]),
  ),
  'menu trace_methods': OF_THE_ANSWER,
  'form said_cause_form': OF_THE_ANSWER,
};

test('everything that Slack can send stands in a table here, or in the list with its reason', () => {
  const anything: unknown = new Proxy({}, { get: () => anything });
  const { commands, shortcuts, buttons, menus, overflows, forms } = slackSurface(anything as Workflows);
  const all = [
    ...Object.keys(commands).filter((name) => name !== '/incident'),
    ...INCIDENT_VERBS.map((verb) => `/incident ${verb}`),
    ...Object.keys(shortcuts).map((shortcut) => `shortcut ${shortcut}`),
    ...Object.keys(buttons).map((actionId) => `button ${actionId}`),
    ...[...Object.keys(menus), ...Object.keys(overflows)].map((actionId) => `menu ${actionId}`),
    ...Object.keys(forms).map((callbackId) => `form ${callbackId}`),
  ];
  expect(all.filter((name) => !tried.has(name) && !Object.hasOwn(ELSEWHERE, name))).toEqual([]);
  expect(Object.keys(ELSEWHERE).filter((name) => tried.has(name) || !all.includes(name))).toEqual([]);
  for (const [name, reason] of Object.entries(ELSEWHERE)) expect(reason, name).toMatch(/^[A-Z].{15,}\.$/);
});

/** One door refuses them, before anything is read. doors.test.ts tries it with more people. */
const STRANGERS: readonly Asking[] = [
  ['a guest who is in it', 'U0GUEST', () => secret, MEMBERS_ONLY],
  ['a person of another workspace who is in it', 'U0OTHER', () => secret, MEMBERS_ONLY],
  ['nobody that Slack knows', 'U0NOBODY', () => slack.channel, MEMBERS_ONLY],
];
type Asking = readonly [who: string, userId: string, from: () => string, words: RegExp];

const outside = (words: RegExp): Asking => [
  'a member who is not in the channel',
  'U0OUTSIDE',
  () => slack.channel,
  words,
];

/** In the gate a way meets the member who is not in the channel, and one of the strangers. */
function showsAndChangesNothing(attempt: () => Try, at: number, words: RegExp): void {
  const { gate, deep } = inTurn(STRANGERS, at);
  const NOTHING = 'shows and changes nothing for %s';
  test.each([outside(words), ...gate])(NOTHING, isRefused);
  test.each(deep)(NOTHING, { tags: ['deep'] }, isRefused);

  async function isRefused(...[, userId, from, expected]: Asking): Promise<void> {
    const before = await state();
    const answer = await attempt()(userId, from());
    expect(answer).toMatch(expected);
    expect(answer).not.toMatch(/BREACH|Alice|breach/);
    expect(await state()).toEqual(before);
  }
}

describe.each(OPENERS.map(([name, open], at) => [name, open, at] as const))('the form behind %s', (_, open, at) => {
  showsAndChangesNothing(() => open, at, /"type":"modal"/);
});

describe.each(ALERT_WAYS.map(([name, attempt], at) => [name, attempt, at] as const))('%s', (_, attempt, at) => {
  showsAndChangesNothing(() => attempt, at, NO_ALERT);
});

/** What the settings reserve; everything else is for everybody who reads the channel. */
const RIGHT_OF: Readonly<Record<string, Right>> = {
  '/incident role': 'command',
  'the button that takes a role': 'command',
  'the menu of roles': 'command',
  '/incident severity': 'severity',
  'the menu of severities': 'severity',
  '/incident resolve': 'close',
  'the menu of statuses': 'close',
  'the form for the end': 'close',
  'the button that merges': 'close',
  'the form that merges': 'close',
  'the button that resolves an incident in PagerDuty, too': 'close',
  'the button that approves one': 'publish',
  'the button that sends one again': 'publish',
  '/postmortem take-in': 'export',
  'the button that takes in what people wrote': 'export',
  '/postmortem export': 'export',
  'the menu of places for a postmortem': 'export',
  'the button that exports a postmortem again': 'export',
};

/** Slack waits three seconds for each, and a slow machine must be in time for all. */
const AT_ONCE = 15;

/** A method's menu says in its option what it is of. */
function way(name: string): Try {
  const found = WAYS.find(([known]) => known === name)?.[1];
  if (found === undefined) throw new Error(`no way ${name}`);
  return name === 'the menu of methods'
    ? chosen('incident_methods', block, `checklist:${incidentId}`, 'overflow')
    : found;
}

/** Where one who reads the channel asks. What is read is decided by the incident, and not by the place. */
const PLACES: readonly (readonly [string, () => string])[] = [
  ['there', () => secret],
  ['from elsewhere', () => slack.channel],
];

describe.each(WAYS.map(([name], at) => [name, at] as const))('%s', (name, at) => {
  showsAndChangesNothing(() => way(name), at, NO_SUCH);

  const { gate, deep } = inTurn(PLACES, at);

  const AS_SET = 'is as the settings say for who is in the channel and in no group, %s';
  test.each(gate)(AS_SET, isAsSet);
  test.each(deep)(AS_SET, { tags: ['deep'] }, isAsSet);

  async function isAsSet(_: string, from: () => string): Promise<void> {
    const before = await state();
    const answer = await way(name)('U0MEMBER', from());
    const right = RIGHT_OF[name];
    if (right === undefined) return expect(answer).not.toMatch(/Only members of|There is no INC-1/);
    expect(answer).toMatch(RESERVED);
    expect(answer).toContain(`rights.${right}`);
    expect(await state()).toEqual(before);
  }

  const WORKS = 'works for who is in the channel and in the group, %s';
  test.each(gate)(WORKS, works);
  test.each(deep)(WORKS, { tags: ['deep'] }, works);

  async function works(_: string, from: () => string): Promise<void> {
    const answer = await way(name)('U0INSIDE', from());
    expect(answer).not.toMatch(NO_SUCH);
    expect(answer).not.toMatch(/Only members of/);
  }
});

const NOT_SHOWN = 'nothing is shown or changed where Slack says who asks with %s';
test.each([['an error of its own', { kind: 'refused', error: 'internal_error' }]] as const)(NOT_SHOWN, (_, fault) =>
  isShownNothing(fault),
);
test.each([
  ['a limit of its calls', { kind: 'limited', seconds: 1 }],
  ['half an answer', { kind: 'garbled', body: '{"ok":true,"user":{"id":"U0"}}' }],
] as const)(NOT_SHOWN, { tags: ['deep'] }, (_, fault) => isShownNothing(fault));

async function isShownNothing(fault: CallFault): Promise<void> {
  const before = await state();
  slack.proxy.chaos((method) => (method === 'users.info' ? fault : undefined));
  for (const channelId of [secret, slack.channel]) {
    // Many at once: after a limit the bot asks nothing for a second.
    for (let at = 0; at < WAYS.length; at += AT_ONCE) {
      const answers = WAYS.slice(at, at + AT_ONCE).map(async ([name]) => {
        // Somebody whom the bot has not asked about: what it knows counts for half a minute.
        someone += 1;
        const userId = `U0SOMEONE${someone}`;
        slack.proxy.person(userId);
        return `${name}: ${await way(name)(userId, channelId)}`;
      });
      for (const answer of await Promise.all(answers)) {
        expect(answer).toMatch(NOT_SAID);
        expect(answer).not.toMatch(/BREACH|Alice|breach/);
      }
    }
  }
  slack.proxy.chaos(() => undefined);
  expect(await state()).toEqual(before);
}

describe.each([
  ['the command that declares', (title: string) => typed('/incident', `declare P1 ${title}`)],
  [
    'the form that declares',
    (title: string) =>
      submitted('incident_declare_form', () => ({}), {
        title,
        severity: { chosen: 'P1' },
        detected_by: { chosen: 'employee' },
      }),
  ],
])('%s', (name, declaring) => {
  const declared = async () => (await allIncidents(bot.store)).length;

  // Only a form stays open when somebody leaves.
  const left = [['somebody who has left', 'U0OUTSIDE']] as const;

  test.each([
    ['a guest', 'U0GUEST'],
    ['a person of another workspace', 'U0OTHER'],
    ['nobody that Slack knows', 'U0NOBODY'],
    ...(name.includes('form') ? left : []),
  ] as const)('declares nothing for %s, and does not tell what is open', async (_, userId) => {
    const before = await declared();
    for (const title of [TITLE, 'something else']) {
      const answer = await declaring(title)(userId, secret);
      expect(answer).toMatch(MEMBERS_ONLY);
      expect(answer).not.toMatch(/INC-|U0INSIDE/);
    }
    expect(await declared()).toBe(before);
  });

  test('declares nothing for who is in the channel and in no group, and does not tell what is open', async () => {
    const before = await declared();
    for (const title of [TITLE, 'something else']) {
      const answer = await declaring(title)('U0MEMBER', secret);
      expect(answer).toMatch(RESERVED);
      expect(answer).not.toMatch(/INC-|U0INSIDE/);
    }
    expect(await declared()).toBe(before);
  });

  test('declares nothing where Slack does not say who asks', async () => {
    const before = await declared();
    for (const fault of [
      { kind: 'refused', error: 'internal_error' },
      { kind: 'garbled', body: '{"ok":true,"user":{"is_restricted":null}}' },
    ] as const) {
      someone += 1;
      slack.proxy.chaos((method) => (method === 'users.info' ? fault : undefined));
      const answer = await declaring(TITLE)(`U0SOMEONE${someone}`, secret);
      slack.proxy.chaos(() => undefined);
      expect(answer).toMatch(NOT_SAID);
      expect(answer).not.toMatch(/INC-/);
    }
    expect(await declared()).toBe(before);
  });

  test('works for who is in the channel', async () => {
    const before = await declared();
    await declaring(`a breach by ${name}`)('U0INSIDE', secret);
    expect(await declared()).toBe(before + 1);
    const newest = (await allIncidents(bot.store)).reduce((a, b) => (a.number > b.number ? a : b));
    await command('/incident', `INC-${newest.number} resolve over`, { user_id: 'U0INSIDE', channel_id: secret });
  });
});

test('a form of somebody who has left writes nothing where Slack does not say who is in the channel', async () => {
  slack.proxy.person('U0LEFT');
  const before = await state();
  for (const fault of [
    { kind: 'limited', seconds: 1 },
    { kind: 'refused', error: 'internal_error' },
  ] as const) {
    slack.proxy.fail('conversations.members', fault, 2);
    const form = way('the form for an update');
    // The members that were told a moment ago count, so this one asks anew.
    await bot.stop();
    bot = await openBot({ slack, ...backends, env: ALL_RESERVED, dataFolder: bot.dataFolder });
    expect(await form('U0LEFT', secret)).toMatch(NOT_SAID);
  }
  expect(await state()).toEqual(before);
});

test('in the incident’s channel no number is needed, and a guest there learns of none', async () => {
  const inside = { user_id: 'U0INSIDE', channel_id: secret };
  await command('/incident', 'declare P1 Another breach', inside);
  expect(await command('/incident', 'timeline', inside)).toContain('Another breach');
  for (const userId of ['U0GUEST', 'U0OTHER']) {
    expect(await command('/incident', 'timeline', { user_id: userId, channel_id: secret })).toMatch(MEMBERS_ONLY);
  }
});

test('an incident of a public channel is open to every member, and to no guest', async () => {
  const inChannel = { channel_id: slack.channel };
  const declared = await command('/incident', 'declare P2 Checkout is slow', { user_id: 'U0INSIDE', ...inChannel });
  const name = /INC-\d+/.exec(declared)?.[0] ?? '';
  const note = `${name} note seen`;
  expect(await command('/incident', note, { user_id: 'U0OUTSIDE', channel_id: secret })).toContain('Noted');
  const refused = await command('/incident', note, { user_id: 'U0GUEST', ...inChannel });
  expect(refused).toMatch(MEMBERS_ONLY);
  expect(refused).not.toContain(name);
});

test('a review counts the incidents of the channel for nobody outside of it', async () => {
  const countedBy = async (user_id: string, channel_id: string) => {
    const answer = await command('/incident', 'review', { user_id, channel_id });
    return Number(/(\d+|No) incidents? in the last 90 days/.exec(answer)?.[1]?.replace('No', '0'));
  };
  const hidden = (await allIncidents(bot.store)).filter(({ channelId }) => channelId === secret).length;
  expect(hidden).toBeGreaterThan(0);
  const outside = await countedBy('U0OUTSIDE', slack.channel);
  expect(await countedBy('U0INSIDE', slack.channel)).toBe(outside);
  // Guests read the channel, too: they would learn of the others.
  expect(await countedBy('U0INSIDE', secret)).toBe(hidden);
  for (const userId of ['U0GUEST', 'U0OTHER', 'U0NOBODY']) expect(await countedBy(userId, secret)).toBeNaN();
});

test('the list and the numbers have the incidents of the channel for nobody outside of it', async () => {
  const asked = (text: string, user_id: string) => command('/incident', text, { user_id, channel_id: slack.channel });
  await command('/incident', `declare P1 ${TITLE} again`, { user_id: 'U0INSIDE', channel_id: secret });
  expect(await asked('list', 'U0INSIDE')).toMatch(/BREACH/);
  for (const text of ['list', 'stats']) {
    expect(await asked(text, 'U0OUTSIDE')).not.toMatch(/BREACH|Alice|breach/);
    for (const userId of ['U0GUEST', 'U0OTHER']) expect(await asked(text, userId)).toMatch(MEMBERS_ONLY);
  }
  const countIn = async (userId: string) => /(\d+|No) incidents?/.exec(await asked('stats', userId))?.[1];
  expect(await countIn('U0OUTSIDE')).toBe(await countIn('U0INSIDE'));
});

test('the Home tab tells of messages that were given up to those alone who can read their channel', async () => {
  const given = { workspace_id: slack.team, kind: 'message', ts: null, thread_ts: null, sent_us: null } as const;
  const lost = { ...given, state: 'refused', reason: `said of ${TITLE}`, created_us: 1 } as const;
  await bot.store.db
    .insertInto('messages')
    .values({ ...lost, id: 'lost', channel_id: secret })
    .execute();
  for (const [user, sees] of [
    ['U0INSIDE', true],
    ['U0OUTSIDE', false],
    ['U0GUEST', false],
  ] as const) {
    const before = slack.proxy.callsOf('views.publish').length;
    const { event, ...opened } = slack.homeOpened();
    await sendToBot(bot.url, { ...opened, event: { ...event, user } });
    const published = await eventually(() => slack.proxy.callsOf('views.publish')[before]);
    expect(published.args.view?.includes('BREACH'), user).toBe(sees);
  }
});

describe('a token of the REST API', () => {
  /** Each route to one incident. */
  const ROUTES = apiOperations.filter(({ route }) => route.path.includes('{incident}')).map(({ route }) => route.path);

  async function asked(path: string, token: string) {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${bot.url}/api/v1${path}`, { headers });
    return { status: answer.status, text: await answer.text() };
  }

  test('sees an incident of a private channel only if the operator named the channel', async () => {
    const scopes = ['read', 'cases', 'diagnose'];
    const token = async (name: string, channels: readonly string[]) =>
      (await makeToken(bot.store, { name, scopes, channels, days: '1', by: 'test' })).token;
    const [outside, inside] = [await token('outside', []), await token('inside', [secret])];
    for (const route of ROUTES) {
      const hidden = await asked(route.replace('{incident}', 'INC-1'), outside);
      const missing = await asked(route.replace('{incident}', 'INC-999'), outside);
      expect([route, hidden.status]).toEqual([route, 404]);
      expect(hidden.text.replaceAll('INC-1', 'INC-999')).toBe(missing.text);
    }
    const [listed, all] = [await asked('/incidents', outside), await asked('/incidents', inside)];
    expect(all.text).toContain('"incident":"INC-1"');
    expect(listed.text).not.toContain('"incident":"INC-1"');
    expect(listed.text).not.toMatch(/breach/i);
    for (const route of ROUTES.filter((one) => !one.endsWith('/case'))) {
      expect((await asked(route.replace('{incident}', 'INC-1'), inside)).status).toBe(200);
    }
  });
});
