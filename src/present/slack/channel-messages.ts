/** The channel that an incident has for itself: where it is, why there is none, and why it is used no more. */
import type { RichTextElement } from '@slack/types';
import { type Incident, incidentName, isOver } from '#model/incident/incident.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { minute, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { shown } from '#present/words/plain-text.ts';

/** Slack's limit. */
const TOPIC_CHARS = 250;
const LINE_CHARS = 1_000;

/** Slack shows a topic as plain text; what would be a mention or a link is none without its brackets. */
export function channelTopic(incident: Incident): string {
  const { severity, status, title } = incident;
  const state = isOver(incident) ? status : `${severity} · ${status}`;
  const plain = `${incidentName(incident)} · ${state} · ${shown(title)}`;
  return truncate(plain.replaceAll('<', '‹').replaceAll('>', '›'), TOPIC_CHARS);
}

/** In the first channel: where people work, and what is still said here. */
export function channelOpened(
  incident: Incident,
  { channelId, atUs }: Readonly<{ channelId: string; atUs: number }>,
): SlackMessage {
  const name = truncate(`${incidentName(incident)} ${incident.severity} ${shown(incident.title)}`, TOPIC_CHARS);
  const here = 'Changes of its severity, its roles and its status are said here, too.';
  return {
    text: escapeMrkdwn(`${incidentName(incident)} has a channel of its own. ${here}`),
    blocks: [
      richText(
        paragraph(words(`${name}: people work on it in `), channel(channelId), words(`. ${here} · `), minute(atUs)),
      ),
    ],
  };
}

export type NoChannel = Readonly<{
  /** Slack's code, or one of `OWN_REASONS`. */
  reason: string;
  /** The name that was tried last; '' before the first try. */
  name: string;
}>;

/** Our own reasons beside Slack's codes. */
export const NAMES_TAKEN = 'names-taken';
export const FIRST_UNSEEN = 'first-unseen';

export function channelRefused(incident: Incident, { reason, name }: NoChannel): SlackMessage {
  const called = incidentName(incident);
  const again = `Then type /incident ${called} channel.`;
  return line(
    `I could not open a channel for ${called}: ${whyRefused(reason, name)} ${again} Until then, work goes on here.`,
  );
}

function whyRefused(reason: string, name: string): string {
  switch (reason) {
    case 'missing_scope':
      return 'the Slack app lacks a permission. Add the scopes channels:manage and groups:write to it, and install it again.';
    case 'restricted_action':
    case 'no_permission':
    case 'access_denied':
    case 'not_allowed_token_type':
      return `the workspace does not let apps create channels (${reason}). An admin of the workspace can allow it under “Channel management”.`;
    case 'too_many_convos_for_team':
      return 'the workspace has as many channels as Slack allows. Archive some.';
    case NAMES_TAKEN:
      return `the name ${shown(name)} and those before it are taken. Rename one of these channels, or change incidents.channel.name.`;
    case FIRST_UNSEEN:
      return 'I cannot see this channel, so I do not know who may read it. Invite me: /invite @spanhound.';
    default:
      return `Slack refused it (${shown(reason)}). Ask an admin of the workspace what it means.`;
  }
}

/** Archived by Spanhound after the end. */
export const PAST_ITS_TIME = 'past-its-time';

export function channelClosed(incident: Incident, reason: string): SlackMessage {
  const name = incidentName(incident);
  if (reason === PAST_ITS_TIME) {
    return line(`${name} has ended, so I archived its channel. Its record stays: /incident ${name} timeline.`);
  }
  return line(`${whyClosed(reason, name)} Then type /incident ${name} channel. Until then, work goes on here.`);
}

function whyClosed(reason: string, name: string): string {
  switch (reason) {
    case 'archived':
      return `The channel of ${name} was archived. To use it again, unarchive it in Slack.`;
    case 'workspace':
      return `Everybody in the workspace can read the channel of ${name} now, but not this one. So I write nothing more there. Make it private again.`;
    case 'another company':
      return `People of another company read the channel of ${name} now. So I write nothing more there. Take them out of it.`;
    default:
      return `I cannot see the channel of ${name} any more: it was deleted, or somebody removed me. Invite me there again.`;
  }
}

export type NotInvited = Readonly<{ who: string; reason: string }>;

/** In the incident's own channel. Names are plain text, so that nobody is pinged. */
export function notInvited(incident: Incident, people: readonly NotInvited[]): SlackMessage {
  const reasons = [...new Set(people.map(({ reason }) => reason))];
  const count = people.length === 1 ? 'one person' : `${people.length} people`;
  return line(
    `I could not invite ${count} to the channel of ${incidentName(incident)}: ${reasons.map(whyNotInvited).join('; ')}. Please invite them yourself: ${people.map(({ who }) => shown(who)).join(', ')}.`,
  );
}

function whyNotInvited(reason: string): string {
  switch (reason) {
    case 'missing_scope':
      return 'the Slack app lacks the scopes channels:manage and groups:write';
    case 'a large group':
      return 'a user group of more than 30 people is too large';
    case 'an unread group':
      return 'Slack did not say who belongs to a user group';
    case 'no group':
      return 'there is no such user group any more';
    default:
      return `Slack said ${shown(reason)}`;
  }
}

export function channelNotArchived(incident: Incident, reason: string): SlackMessage {
  return line(
    `${incidentName(incident)} has ended, but I could not archive its channel: ${
      reason === 'missing_scope'
        ? 'the Slack app lacks the scopes channels:manage and groups:write'
        : `Slack said ${shown(reason)}`
    }. Please archive it yourself.`,
  );
}

function line(text: string): SlackMessage {
  const said = truncate(text, LINE_CHARS);
  return { text: escapeMrkdwn(said), blocks: [richText(paragraph(words(said)))] };
}

function channel(channelId: string): RichTextElement {
  return { type: 'channel', channel_id: channelId };
}
