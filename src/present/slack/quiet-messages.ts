/**
 * Messages about alerts that get no answer by choice: the one line instead of it, the count under a later answer, mutes.
 * And the row under the answer to an alert that mutes it or looks again.
 */
import type { ActionsBlock, KnownBlock, StaticSelect } from '@slack/types';
import { counted } from '#model/text/count-text.ts';
import { listText } from '#model/text/list-text.ts';
import type { MenuId } from '#present/slack/action-ids.ts';
import { alertLinks } from '#present/slack/alert-links.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { bold, bullets, minute, paragraph, richText, timed, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { readableMinute } from '#present/words/instant.ts';
import { shown } from '#present/words/plain-text.ts';

const TITLE = 200;
const REASON = 300;
/** A person reads the newest; the count says how many there are. */
export const QUIET_NAMED = 5;

/** `reason`: `rule 3 (maintenance of payments until 2026-01-06 14:00 UTC)`. */
export function notAnswered(title: string, reason: string): SlackMessage {
  const what = `Not answered: ${truncate(shown(title), TITLE)}`;
  const why = truncate(shown(reason), REASON);
  return {
    text: escapeMrkdwn(`${what} · ${why}`),
    blocks: [richText(paragraph(bold(what), ...timed(` · ${why}`)))],
  };
}

export type QuietSince = Readonly<{
  count: number;
  sinceUs: number;
  /** Newest first. */
  newest: readonly Readonly<{ title: string; reason: string }>[];
}>;

/** In the thread of the next answer of the channel. */
export function quietSince({ count, sinceUs, newest }: QuietSince): SlackMessage {
  const what = `${counted(count, 'alert')} ${count === 1 ? 'was' : 'were'} not answered in this channel, by choice, since `;
  const lines = newest
    .slice(0, QUIET_NAMED)
    .map(({ title, reason }) => `${truncate(shown(title), TITLE)} · ${truncate(shown(reason), REASON)}`);
  if (count > lines.length) lines.push(`and ${count - lines.length} more`);
  return {
    text: escapeMrkdwn(`${what}${readableMinute(sinceUs)}`),
    blocks: [
      richText(
        paragraph(words(what), minute(sinceUs), words(':')),
        bullets(lines.map((line) => paragraph(...timed(line)))),
      ),
    ],
  };
}

const INVESTIGATION = '{investigation}';
/** Slack takes 75 characters for an option. */
const OPTION = 60;
const DETAIL_BLOCK = 'trace_detail';

/**
 * The answer to an alert with a row of its own: look again, another service, mute. `service`: in the alert's own words;
 * empty where it names none.
 */
export function withAlertRow<Answer extends Pick<SlackMessage, 'blocks'>>(
  answer: Answer,
  service: string,
  links: Readonly<Record<string, string>> = {},
): Answer {
  const { blocks } = answer;
  const at = blocks.findIndex((block) => 'block_id' in block && block.block_id === DETAIL_BLOCK);
  const before = at < 0 ? blocks.length : at + 1;
  return {
    ...answer,
    blocks: [...blocks.slice(0, before), alertRow(service), ...linksRow(links), ...blocks.slice(before)],
  };
}

/** `From the alert: runbook · dashboard`; nothing where the alert has no link that a browser opens. */
function linksRow(links: Readonly<Record<string, string>>): KnownBlock[] {
  const parts = alertLinks(links);
  return parts.length === 0 ? [] : [richText(paragraph(words('From the alert: '), ...parts))];
}

function alertRow(service: string): ActionsBlock {
  const name = truncate(shown(service), OPTION);
  const options = [
    { text: 'This alert', value: `alert:${INVESTIGATION}` },
    ...(name === '' ? [] : [{ text: `All of ${name}`, value: `service:${INVESTIGATION}` }]),
    { text: 'For longer, or others…', value: `form:${INVESTIGATION}` },
  ];
  return {
    type: 'actions',
    block_id: 'alert_row',
    elements: [
      button('alert_again', 'Look again', 'Diagnose this alert again, with what is there now', INVESTIGATION),
      button('alert_other_service', 'Other service', 'Diagnose another service: opens a form', INVESTIGATION),
      menu('alert_mute', 'Mute for an hour', options),
    ],
  };
}

function menu(
  actionId: MenuId,
  placeholder: string,
  options: readonly Readonly<{ text: string; value: string }>[],
): StaticSelect {
  return {
    type: 'static_select',
    action_id: actionId,
    placeholder: { type: 'plain_text', text: placeholder, emoji: false },
    options: options.map(({ text, value }) => ({ text: { type: 'plain_text', text, emoji: false }, value })),
  };
}

export type MuteFacts = Readonly<{
  title: string;
  /** Empty for a mute of one alert. */
  service: string;
  untilUs: number;
  /** Which alerts a form mutes; an empty list fits everything. */
  rule?:
    | Readonly<{
        senders: readonly string[];
        services: readonly string[];
        severities: readonly string[];
        reason: string;
      }>
    | undefined;
}>;

/** Who is plain text, so that nobody is pinged. The value of the button is the mute's id. */
export function muted(mute: MuteFacts & Readonly<{ id: string; who: string }>): SlackMessage {
  const said = `${shown(mute.who)} muted ${mutedWhat(mute)} in this channel until `;
  return {
    text: escapeMrkdwn(`${said}${readableMinute(mute.untilUs)}`),
    blocks: [
      richText(paragraph(words(said), minute(mute.untilUs), words('. Alerts are still recorded.'))),
      {
        type: 'actions',
        block_id: 'mute',
        elements: [button('mute_end', 'Unmute', truncate(`Answer ${mutedWhat(mute)} again`, 75), mute.id)],
      },
    ],
  };
}

/** Replaces the line above. */
export function unmuted({ who, ...mute }: MuteFacts & Readonly<{ who: string }>): SlackMessage {
  const said = `${shown(who)} ended the mute of ${mutedWhat(mute)}, before `;
  return {
    text: escapeMrkdwn(`${said}${readableMinute(mute.untilUs)}`),
    blocks: [richText(paragraph(words(said), minute(mute.untilUs), words('.')))],
  };
}

/** `all alerts of payments from sentry with severity info (nightly import)`, or the title of the one alert. */
export function mutedWhat({ title, service, rule }: Pick<MuteFacts, 'title' | 'service' | 'rule'>): string {
  if (rule === undefined) {
    return service === '' ? truncate(shown(title), TITLE) : `all alerts of ${truncate(shown(service), OPTION)}`;
  }
  const { senders, services, severities, reason } = rule;
  const named = (before: string, names: readonly string[]) =>
    names.length === 0 ? '' : ` ${before} ${truncate(shown(listText(names)), TITLE)}`;
  const which = `${named('of', services)}${named('from', senders)}${named('with severity', severities)}`;
  return `all alerts${which}${reason === '' ? '' : ` (${truncate(shown(reason), OPTION)})`}`;
}

/** For the Home tab: the mutes in force, each with its end, and a form for more. */
export function mutesBlocks(
  mutes: readonly (MuteFacts & Readonly<{ id: string; channelId: string; by: string }>)[],
): readonly KnownBlock[] {
  const lines = mutes.slice(0, MUTES_SHOWN).flatMap((mute): KnownBlock[] => [
    richText(
      paragraph(
        words(`${mutedWhat(mute)} in `),
        { type: 'channel', channel_id: mute.channelId },
        words(', by '),
        { type: 'user', user_id: mute.by },
        words(', until '),
        minute(mute.untilUs),
      ),
    ),
    {
      type: 'actions',
      block_id: `mute_${mute.id}`.slice(0, BLOCK_ID),
      elements: [button('mute_end', 'Unmute', truncate(`Answer ${mutedWhat(mute)} again`, 75), mute.id)],
    },
  ]);
  if (mutes.length > MUTES_SHOWN) lines.push(richText(paragraph(words(`and ${mutes.length - MUTES_SHOWN} more`))));
  return [
    { type: 'divider' },
    {
      type: 'header',
      text: { type: 'plain_text', text: mutes.length === 0 ? 'Nothing is muted' : `Muted: ${mutes.length}` },
    },
    ...lines,
    {
      type: 'actions',
      block_id: 'mute_more',
      elements: [button('mute_open', 'Mute alerts…', 'Mute alerts of a channel for a time: opens a form', 'home')],
    },
  ];
}

/** Slack takes so many characters. */
const BLOCK_ID = 255;

const MUTES_SHOWN = 10;
