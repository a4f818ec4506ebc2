/**
 * The message that always shows the current state of an incident: title, severity, status, roles, the next update, the
 * latest entries, and buttons to change them. It is updated in place.
 */
import type { ActionsBlock, KnownBlock, RichTextElement } from '@slack/types';
import {
  type Incident,
  incidentName,
  ROLE_NAMES,
  ROLES,
  type Role,
  SEVERITIES,
  STATUSES,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import type { MenuId } from '#present/slack/action-ids.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button } from '#present/slack/button.ts';
import { methodsMenu } from '#present/slack/methods-message.ts';
import { bold, bullets, date, italic, link, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { entryLine } from '#present/slack/timeline.ts';
import { epochSeconds, readableInstant } from '#present/words/instant.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

export type Overview = Readonly<{
  incident: Incident;
  /** The whole timeline, in order. */
  entries: readonly TimelineEntry[];
  names: Names;
  /** The time of the last status update. */
  lastUpdateUs: number;
  /** Undefined where no update is due. */
  nextUpdateUs: number | undefined;
  /** The first message in Slack: the alert or the diagnosis; '' where there is none. */
  originUrl: string;
  /** An action that Slack refused, with the remedy; '' where there is none. */
  problem: string;
}>;

/** Slack's limit on a header. */
const HEADER_CHARS = 150;
const SENTENCE_CHARS = 300;
/** The newest first; the button shows all. */
const LATEST = 5;

export function overviewMessage(overview: Overview): SlackMessage {
  const { incident } = overview;
  const name = incidentName(incident);
  const title = shown(incident.title);
  const commander = holder(overview, 'commander');
  const text = `${name} ${incident.severity} ${title}: ${incident.status}. ${ROLE_NAMES.commander}: ${commander}`;
  return {
    text: escapeMrkdwn(truncate(text, 1_000)),
    blocks: [
      header(truncate(`${name} · ${incident.severity} · ${title}`, HEADER_CHARS)),
      richText(paragraph(...standing(overview)), paragraph(...people(overview)), paragraph(...updates(overview))),
      ...latest(overview),
      ...buttons(incident),
      ...problem(overview),
    ],
  };
}

function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: false } };
}

function standing({ incident, names, originUrl }: Overview): RichTextElement[] {
  const { status, severity, declaredUs, resolvedUs, impactStartUs, detectedBy, detection } = incident;
  const parts = [words('Status '), bold(status), words(` · severity ${severity} · declared `), instant(declaredUs)];
  if (resolvedUs !== undefined) parts.push(words(' · resolved '), instant(resolvedUs));
  if (impactStartUs !== undefined) parts.push(words('\nImpact began '), instant(impactStartUs));
  const how = truncate(shown(withNames(detection, names)), SENTENCE_CHARS);
  parts.push(words(`\nDetected by ${DETECTORS[detectedBy]}${how === '' ? '' : `: ${how}`} `));
  if (originUrl !== '') parts.push(link(originUrl, 'open the first message'));
  parts.push(words('\n'));
  return parts;
}

const DETECTORS: Readonly<Record<Incident['detectedBy'], string>> = {
  alert: 'an alert',
  customer: 'a customer',
  employee: 'an employee',
};

function people(overview: Overview): RichTextElement[] {
  return ROLES.flatMap((role) => [
    words(`${ROLE_NAMES[role]}: `),
    role in overview.incident.roles ? bold(holder(overview, role)) : italic(holder(overview, role)),
    words('\n'),
  ]);
}

function holder({ incident, names }: Overview, role: Role): string {
  const userId = incident.roles[role];
  return userId === undefined ? 'nobody yet' : shown(withNames(userId, names));
}

function updates({ incident, lastUpdateUs, nextUpdateUs }: Overview): RichTextElement[] {
  if (incident.status === 'resolved') return [words('Resolved: no more updates are due.')];
  const last = [words('Last update '), instant(lastUpdateUs)];
  return nextUpdateUs === undefined
    ? [...last, words(` · ${incident.severity} needs no regular updates`)]
    : [...last, words(' · next update due '), instant(nextUpdateUs)];
}

function latest({ entries, names }: Overview): KnownBlock[] {
  if (entries.length === 0) return [];
  // By the time of noting: a note just added about an hour ago is news.
  const newest = entries.toSorted((a, b) => b.notedUs - a.notedUs || b.atUs - a.atUs).slice(0, LATEST);
  const more = entries.length > LATEST ? ` of ${entries.length}` : '';
  return [
    richText(
      paragraph(bold(`Latest entries${more === '' ? '' : ` (${newest.length}${more})`}`)),
      bullets(newest.map((entry) => entryLine(entry, names))),
    ),
  ];
}

/**
 * The block's id has the incident's id, because a menu has no value. It also has status and severity, so that Slack
 * resets a changed menu instead of showing the last choice.
 */
function incidentBlockId({ id, status, severity }: Incident): string {
  return `incident:${id}:${status}:${severity}`;
}

function buttons(incident: Incident): ActionsBlock[] {
  const over = incident.status === 'resolved';
  return [
    {
      type: 'actions',
      block_id: incidentBlockId(incident),
      elements: [
        button('incident_note', 'Note', 'Add a note to the timeline', incident.id),
        menu(
          'incident_status',
          `Status: ${incident.status}`,
          STATUSES.filter((one) => one !== incident.status),
        ),
        menu(
          'incident_severity',
          `Severity: ${incident.severity}`,
          SEVERITIES.filter((one) => one !== incident.severity),
        ),
        menu('incident_role', 'Take a role', ROLES, (role) => ROLE_NAMES[role]),
        ...verifyButton(incident),
        button('incident_timeline', 'Timeline', 'Show the whole timeline to me', incident.id),
        ...(over
          ? []
          : [button('incident_resolve', 'Resolve', 'Resolve the incident: opens a form first', incident.id)]),
        methodsMenu('incident_methods', incident.id),
      ],
    },
  ];
}

/** Shown once the incident is fixed. It verifies the diagnosis from which the incident was declared. */
function verifyButton({ status, investigationId }: Incident): Element[] {
  if (investigationId === undefined || (status !== 'fixed' && status !== 'resolved')) return [];
  const spoken = 'Check with traces since the fix whether it worked';
  return [button('trace_verify', 'Verify fix', spoken, investigationId)];
}

type Element = ActionsBlock['elements'][number];

function menu<Value extends string>(
  actionId: MenuId,
  placeholder: string,
  values: readonly Value[],
  label: (value: Value) => string = (value) => value,
): Element {
  return {
    type: 'static_select',
    action_id: actionId,
    placeholder: { type: 'plain_text', text: placeholder, emoji: false },
    options: values.map((value) => ({ text: { type: 'plain_text', text: label(value), emoji: false }, value })),
  };
}

function problem(overview: Overview): KnownBlock[] {
  const said = truncate(shown(overview.problem), 500);
  if (said === '') return [];
  return [{ type: 'context', elements: [{ type: 'plain_text', text: said, emoji: false }] }];
}

function instant(us: number): RichTextElement {
  return date(epochSeconds(us), readableInstant(us));
}
