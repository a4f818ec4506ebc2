/**
 * Mitigations in Slack: what an incident offers, the exact request that is sent, and how it stands. The request is shown
 * byte for byte, as preformatted text in which Slack parses nothing.
 */
import type { ActionsBlock, KnownBlock, RichTextElement } from '@slack/types';
import { type Incident, incidentName } from '#model/incident/incident.ts';
import { BODY_CHARS, type Mitigation, type MitigationOffer, type NotOffered } from '#model/incident/mitigation.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, code, minute, type Part, paragraph, preformatted, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';

export type ShownOffer = MitigationOffer &
  Readonly<{
    /** The ids of the people who may request and approve it. */
    may: readonly string[];
    needsApproval: boolean;
  }>;

const NAME_CHARS = 80;
const REASON_CHARS = 400;
/** More would ping half a company. */
const MOST_MENTIONED = 10;
/** With their texts, more would not fit into one message. */
const MOST_OFFERS = 8;
/** The settings allow as much. */
const WHAT_CHARS = 300;
/** The form has the whole command. */
const LISTED_CHARS = 300;

/** Only the person who asked sees it. */
export function mitigationList({
  incident,
  offers,
  left,
}: Readonly<{ incident: Incident; offers: readonly ShownOffer[]; left: readonly NotOffered[] }>): SlackMessage {
  const name = incidentName(incident);
  const head = offers.length === 0 ? `${name} offers no mitigation now.` : `${name} offers these mitigations.`;
  const more = offers.length - MOST_OFFERS;
  return {
    text: escapeMrkdwn(head),
    blocks: [
      richText(paragraph(bold(head), words(offers.length === 0 ? '' : ' Nothing is sent before you have read it.'))),
      ...offers.slice(0, MOST_OFFERS).flatMap((offer, at) => offered(incident, offer, at)),
      ...(more > 0 ? [richText(paragraph(words(`${more} more are in the settings.`)))] : []),
      ...notOffered(left),
    ],
  };
}

function offered({ id }: Incident, { action, service, command, isFirst }: ShownOffer, at: number): KnownBlock[] {
  const name = nameOf(action.name, service);
  const because = isFirst ? ' It undoes the change that the answer blames.' : '';
  const value = JSON.stringify({ incidentId: id, action: action.name, service });
  return [
    richText(
      paragraph(bold(name), words(`: ${whatOf(action)}${because}\n`), code(truncate(shown(command), LISTED_CHARS))),
    ),
    {
      type: 'actions',
      elements: [button(`mitigation_form_${at}`, 'Show the request', `Show what ${truncate(name, 40)} sends`, value)],
    },
  ];
}

function notOffered(left: readonly NotOffered[]): KnownBlock[] {
  if (left.length === 0) return [];
  const said = left
    .slice(0, MOST_OFFERS)
    .map(
      ({ action, why }) =>
        `Not offered: ${truncate(shown(action.name), NAME_CHARS)}, because ${truncate(shown(why), NAME_CHARS)}.`,
    );
  return [richText(paragraph(words(said.join('\n'))))];
}

function whatOf({ what }: Readonly<{ what: string }>): string {
  return truncate(shown(what), WHAT_CHARS);
}

/** `rollback of cart` */
function nameOf(action: string, service: string): string {
  return truncate(`${shown(action)}${service === '' ? '' : ` of ${shown(service)}`}`, NAME_CHARS);
}

/** The content of the form: what it does, what is sent, who may, what comes then. */
export function mitigationRequest({ action, service, body, may, needsApproval }: ShownOffer): KnownBlock[] {
  const then = needsApproval
    ? 'A second one of them has to approve it within 30 minutes. Until then nothing is sent.'
    : 'It is sent as soon as you press Request.';
  return [
    richText(
      paragraph(bold(nameOf(action.name, service)), words(`: ${whatOf(action)}`)),
      paragraph(words('Your automation gets this request, signed:')),
      sentBytes(action.url, body),
      paragraph(words('Who may: '), ...mentions(may), words(`. ${then}`)),
    ),
  ];
}

/** The path of an address may hold a key, so only the host is shown. */
function sentBytes({ protocol, host }: URL, body: string): Part {
  return preformatted(`POST ${protocol}//${host}\n${truncate(shownLines(body), BODY_CHARS)}`);
}

function mentions(ids: readonly string[]): RichTextElement[] {
  const named = ids.slice(0, MOST_MENTIONED);
  const more = ids.length - named.length;
  return [
    ...named.flatMap((id, at): RichTextElement[] => [words(at === 0 ? '' : ', '), { type: 'user', user_id: id }]),
    words(more > 0 ? ` and ${more} more` : ''),
  ];
}

export type ShownMitigation = Readonly<{
  incident: Incident;
  mitigation: Mitigation;
  /** The ids of the people who may approve it. */
  approvers: readonly string[];
  /** Names by Slack id. */
  people: ReadonlyMap<string, string>;
}>;

/** Pings who may approve it, while it waits. */
export function mitigationMessage(one: ShownMitigation): SlackMessage {
  const { incident, mitigation, people } = one;
  const by = personNamed(people, mitigation.requestedBy);
  const name = nameOf(mitigation.action, mitigation.service);
  const head = `${incidentName(incident)}: mitigation ${name}, requested by ${by}`;
  return {
    text: escapeMrkdwn(`${head}: ${truncate(shown(mitigation.command), LISTED_CHARS)}`),
    blocks: [
      richText(
        paragraph(bold(head), words(`\n${whatOf(mitigation)}`)),
        sentBytes(new URL(mitigation.url), mitigation.body),
        paragraph(...standing(one)),
      ),
      ...buttons(mitigation),
    ],
  };
}

function personNamed(people: ReadonlyMap<string, string>, id: string): string {
  return truncate(shown(people.get(id) ?? id), NAME_CHARS);
}

function standing({ incident, mitigation, approvers, people }: ShownMitigation): RichTextElement[] {
  const { state, lapsesUs, approvedBy, attempts } = mitigation;
  switch (state) {
    case 'waiting':
      return approvers.length === 0
        ? [words(`Nobody else may approve it yet. ${takeRole(incident)}`)]
        : [
            ...mentions(approvers),
            words(' may approve it until '),
            minute(lapsesUs),
            words('. Until then nothing is sent.'),
          ];
    case 'approved': {
      const who =
        approvedBy === undefined ? 'It needs no second person.' : `Approved by ${personNamed(people, approvedBy)}.`;
      return [
        words(
          attempts === 0 ? `${who} It is being sent.` : `${who} Not sent yet: ${reasonOf(mitigation)} I try again.`,
        ),
      ];
    }
    case 'cancelled':
      return [words('Cancelled. Nothing was sent.')];
    case 'lapsed':
      return [words('Lapsed: nobody approved it in time. Nothing was sent.')];
    default:
      return [
        words(approvedBy === undefined ? '' : `Approved by ${personNamed(people, approvedBy)}. `),
        words(endOf(mitigation)),
      ];
  }
}

function takeRole(incident: Incident): string {
  return `Somebody has to become incident commander or technical lead of ${incidentName(incident)}.`;
}

function endOf(mitigation: Mitigation): string {
  const reason = reasonOf(mitigation);
  if (mitigation.state === 'refused') return `Not run. ${reason}`;
  if (mitigation.state === 'unknown')
    return `Nobody knows whether it ran. ${reason} Look there before you request it again.`;
  return `The automation accepted it.${reason === '' ? '' : ` It said: ${reason}`}`;
}

function reasonOf({ reason }: Mitigation): string {
  return truncate(shown(reason), REASON_CHARS);
}

function buttons({ incidentId, id, state, needsApproval }: Mitigation): ActionsBlock[] {
  if (state !== 'waiting' || !needsApproval) return [];
  const value = `${incidentId}:${id}`;
  return [
    {
      type: 'actions',
      elements: [
        button('mitigation_approve', 'Approve and send', 'Approve this request and send it to the automation', value),
        button('mitigation_cancel', 'Cancel', 'Cancel this request: nothing is sent', value),
      ],
    },
  ];
}

/** What the automation answered. Pings who requested it, unless all is well. */
export function mitigationEnded({
  incident,
  mitigation,
}: Pick<ShownMitigation, 'incident' | 'mitigation'>): SlackMessage {
  return line(incident, mitigation, { said: endOf(mitigation), pings: mitigation.state !== 'accepted' });
}

export function mitigationLapsed({
  incident,
  mitigation,
}: Pick<ShownMitigation, 'incident' | 'mitigation'>): SlackMessage {
  const said = 'Nobody approved it within 30 minutes, so it lapsed. Nothing was sent.';
  return line(incident, mitigation, { said, pings: true });
}

function line(
  incident: Incident,
  { action, service, requestedBy }: Mitigation,
  { said, pings }: Readonly<{ said: string; pings: boolean }>,
): SlackMessage {
  const head = `Mitigation ${nameOf(action, service)}: `;
  const who: RichTextElement[] = pings ? [{ type: 'user', user_id: requestedBy }, words(' ')] : [];
  return {
    text: escapeMrkdwn(`${incidentName(incident)}: ${head}${said}`),
    blocks: [richText(paragraph(...who, words(`${head}${said}`)))],
  };
}
