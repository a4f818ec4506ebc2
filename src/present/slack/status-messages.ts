/** Updates for customers in the incident's thread: the draft with its approval, and what became of it on each page. */
import type { ActionsBlock, KnownBlock, RichTextElement } from '@slack/types';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { ROLE_NAMES } from '#model/incident/roles.ts';
import type { Approver, StatusSend, StatusUpdate } from '#model/incident/status-page.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import {
  bold,
  bullets,
  link,
  minute,
  type Part,
  paragraph,
  quotation,
  richText,
  words,
} from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { openable } from '#present/words/links.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';
import { textWithPromise } from '#present/words/status-draft.ts';

export type ShownStatus = Readonly<{
  incident: Incident;
  update: StatusUpdate;
  /** When the next update is promised. */
  nextUs: number | undefined;
  sends: readonly (StatusSend & Readonly<{ title: string }>)[];
  approver: Approver | undefined;
  /** Names by Slack id. */
  people: ReadonlyMap<string, string>;
  /** No other update was drafted since. */
  isNewest: boolean;
}>;

const REASON_CHARS = 400;
const NAME_CHARS = 80;

/** A waiting draft pings who approves it. */
export function statusMessage(status: ShownStatus): SlackMessage {
  const { update } = status;
  const head = headOf(status);
  return {
    text: escapeMrkdwn(`${head}: ${truncate(shown(update.text), REASON_CHARS)}`),
    blocks: [
      richText(paragraph(bold(head)), asRead(status), ...confirmed(update), ...standing(status)),
      ...buttons(status),
    ],
  };
}

function headOf({ incident, update, people }: ShownStatus): string {
  const what = update.corrects === undefined ? 'Status page update' : 'Correction of a status page update';
  const name = (id: string | undefined) => truncate(shown(people.get(id ?? '') ?? id ?? ''), NAME_CHARS);
  const of = `${incidentName(incident)}: ${what}`;
  if (update.state === 'waiting') return `${of}, drafted by ${name(update.draftedBy)}`;
  return update.state === 'dropped' ? `${of}, dropped` : `${of}, approved by ${name(update.approvedBy)}`;
}

/** As customers read it. */
function asRead({ update, nextUs }: ShownStatus): Part {
  const { status, title, text, components, approvedUs = 0, nextMinutes, corrects } = update;
  const promise =
    update.state === 'waiting' && nextMinutes > 0 && status !== 'resolved' && corrects === undefined
      ? `\nNext update: ${nextMinutes} min after the approval`
      : '';
  const affected = components.length === 0 ? '' : `\nAffected: ${components.map(shown).join(', ')}`;
  const said = shownLines(textWithPromise(text, nextUs, approvedUs));
  const heading: RichTextElement[] = corrects === undefined ? [bold(shown(title)), words(` — ${status}\n`)] : [];
  return quotation(...heading, words(`${said}${affected}${promise}`));
}

function confirmed({ confirmed: left }: StatusUpdate): Part[] {
  if (left.length === 0) return [];
  return [paragraph(words(`Customers may read these words, says the author: ${left.map(shown).join(', ')}.`))];
}

function standing({ incident, update, sends, approver }: ShownStatus): Part[] {
  if (update.state === 'dropped') return [paragraph(words('Nothing was sent.'))];
  if (update.state === 'approved') return [bullets(sends.map((send) => paragraph(...sendLine(send))))];
  if (approver === undefined) {
    const name = incidentName(incident);
    return [
      paragraph(
        words(
          `Nobody may approve it yet: ${name} has no ${ROLE_NAMES['communications-lead'].toLowerCase()} and no ${ROLE_NAMES.commander.toLowerCase()}. Take one of these roles, then press Approve and send.`,
        ),
      ),
    ];
  }
  const role = ROLE_NAMES[approver.role].toLowerCase();
  return [
    paragraph({ type: 'user', user_id: approver.userId }, words(` (${role}) approves it. Until then nothing is sent.`)),
  ];
}

/** `Statuspage: sent 14:31 · open` */
function sendLine({ title, state, reason, url, sentUs, attempts, dueUs }: ShownStatus['sends'][number]) {
  const name = shown(title);
  const why = truncate(shown(reason), REASON_CHARS);
  switch (state) {
    case 'sent':
      return [
        words(`${name}: sent `),
        minute(sentUs ?? 0),
        ...(openable(url) === '' ? [] : [words(' · '), link(url, 'open')]),
      ];
    case 'queued':
      return attempts === 0
        ? [words(`${name}: is being sent`)]
        : [words(`${name}: not sent yet. ${why} The next attempt is at `), minute(dueUs), words('.')];
    case 'refused':
      return [words(`${name}: not sent. ${why}`)];
    case 'held':
      return [words(`${name}: nobody knows whether it arrived. ${why}`)];
  }
}

function buttons(status: ShownStatus): ActionsBlock[] {
  const elements = buttonsOf(status);
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

function buttonsOf({ update, sends, isNewest }: ShownStatus): ActionsBlock['elements'] {
  const { incidentId, id, version, state, corrects } = update;
  const value = `${incidentId}:${id}:${version}`;
  if (state === 'dropped') return [];
  if (state === 'waiting') {
    return [
      button('status_page_approve', 'Approve and send', 'Approve this update and send it to customers', value),
      button('status_page_change', 'Change', 'Change this draft: opens a form', value),
      button('status_page_drop', 'Drop', 'Drop this draft: nothing is sent', value),
    ];
  }
  const isOpen = sends.some((send) => send.state === 'refused' || send.state === 'held');
  const isHeld = sends.some((send) => send.state === 'held');
  return [
    ...(isOpen ? [button('status_page_again', 'Send again', 'Send it again where it did not arrive', value)] : []),
    ...(isHeld ? [button('status_page_arrived', 'It arrived', 'It arrived: do not send it again', value)] : []),
    ...(corrects === undefined && sends.some((send) => send.state === 'sent')
      ? [button('status_page_correct', 'Correct', 'Correct the text of this update: opens a form', value)]
      : []),
    ...(isNewest && update.status !== 'resolved'
      ? [button('status_page_draft', 'Next update', 'Draft the next update for customers: opens a form', incidentId)]
      : []),
  ];
}

/** A page did not get an approved update. Pings who approved it. */
export function statusProblem({
  incident,
  title,
  reason,
  isHeld,
  who,
}: Readonly<{ incident: Incident; title: string; reason: string; isHeld: boolean; who: string }>): SlackMessage {
  const what = isHeld
    ? 'Nobody knows whether the update for customers arrived.'
    : 'The update for customers was not sent.';
  const then = isHeld
    ? 'Look at the page, then press Send again or It arrived under the update.'
    : 'Then press Send again under the update.';
  const said = `${shown(title)}: ${what} ${truncate(shown(reason), REASON_CHARS)} ${then}`;
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: ${said}`),
    blocks: [richText(paragraph({ type: 'user', user_id: who }, words(` ${said}`)))],
  };
}

/** The incident is over for us, and not for customers. */
export function statusToClose(incident: Incident, status: string): SlackMessage {
  const said = `${incidentName(incident)} is ${incident.status}, but the status page still says ${status}.`;
  return asked(incident, said, { label: 'Close it', spoken: 'Draft the last update for customers: opens a form' });
}

/** Customers were promised an update, and none came yet. Pings who may approve one. `isEarly`: there is time to write it. */
export function statusOverdue(
  incident: Incident,
  { promisedUs, isEarly, who }: Readonly<{ promisedUs: number; isEarly: boolean; who: string | undefined }>,
): SlackMessage {
  const said = `Customers were promised an update of ${incidentName(incident)} by `;
  const mention: RichTextElement[] = who === undefined ? [] : [{ type: 'user', user_id: who }, words(' ')];
  const state = isEarly ? '. Please draft it now.' : '. None was sent since.';
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: the promised update for customers is due${isEarly ? ' soon' : ''}.`),
    blocks: [
      richText(paragraph(...mention, words(said), minute(promisedUs, { withDay: false }), words(state))),
      draftButton(incident, { label: 'Draft update', spoken: 'Draft the next update for customers: opens a form' }),
    ],
  };
}

/** Replaces the question for an update, once one is approved. */
export function statusAnswered(
  incident: Incident,
  { status, atUs }: Readonly<{ status: string; atUs: number }>,
): SlackMessage {
  const said = `${incidentName(incident)}: an update for customers was due, and is approved: ${status}`;
  return { text: escapeMrkdwn(said), blocks: [richText(paragraph(words(`${said} · `), minute(atUs)))] };
}

type DraftLabel = Readonly<{ label: string; spoken: string }>;

function asked(incident: Incident, said: string, label: DraftLabel): SlackMessage {
  return { text: escapeMrkdwn(said), blocks: [richText(paragraph(words(said))), draftButton(incident, label)] };
}

function draftButton({ id }: Incident, { label, spoken }: DraftLabel): KnownBlock {
  return { type: 'actions', elements: [button('status_page_draft', label, spoken, id)] };
}
