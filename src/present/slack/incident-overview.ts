/**
 * The message that always shows the current state of an incident: title, severity, status, roles, the next update, the
 * latest entries, and buttons to change them. It is updated in place.
 */
import type { ActionsBlock, KnownBlock, RichTextElement } from '@slack/types';
import {
  type Incident,
  incidentName,
  incidentStart,
  isOver,
  lastedUs,
  SEVERITIES,
  STATUSES,
  type TimelineEntry,
} from '#model/incident/incident.ts';
import { hostOf, isLink } from '#model/incident/incident-link.ts';
import {
  EXPECTED_ROLES,
  heldRoles,
  type OwnRole,
  ROLE_NAMES,
  ROLES,
  type Role,
  roleName,
  unconfirmedRoles,
} from '#model/incident/roles.ts';
import type { StatusUpdate } from '#model/incident/status-page.ts';
import type { OwnedService } from '#model/services/owned-service.ts';
import { durationText } from '#model/text/duration.ts';
import { alertLinks } from '#present/slack/alert-links.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button, menu } from '#present/slack/button.ts';
import type { ShownIncident } from '#present/slack/home-incidents.ts';
import { methodsMenu } from '#present/slack/methods-message.ts';
import { ago, bullets, italic, link, minute, type Part, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { serviceLine } from '#present/slack/service-messages.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { entryLine } from '#present/slack/timeline.ts';
import { START_WORDS } from '#present/words/incident-start.ts';
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
  /** Those of the alert that it was declared from: runbook, dashboard. */
  alertLinks?: Readonly<Record<string, string>> | undefined;
  /** Whose the blamed service is, and where to look; undefined where no source says it. */
  owned?: OwnedService | undefined;
  /** The team's own roles, in the order of the settings. */
  ownRoles?: readonly OwnRole[];
  /** Those that all readers may see. */
  related: readonly ShownIncident[];
  /** The incidents that are merged into this one, and the one that has taken this one in. */
  merged: readonly ShownIncident[];
  mergedInto: ShownIncident | undefined;
  /** The incident's own channel, for the overview of the first one; and the first one, for the overview in its own. */
  goesOnIn?: string | undefined;
  declaredIn?: string | undefined;
  /** How it stands on the page for customers. Undefined if no page is set up. */
  forCustomers?: ForCustomers | undefined;
  /** What the team's automation can do. Undefined if none is set up. */
  mitigations?: OfferedMitigations | undefined;
  /** An action that Slack refused, with the remedy; '' where there is none. */
  problem: string;
}>;

export type ForCustomers = Readonly<{
  /** The newest approved update; undefined before the first. */
  standing: Pick<StatusUpdate, 'status' | 'approvedUs'> | undefined;
  /** When the next one is promised; undefined if none is. */
  promisedUs: number | undefined;
  /** Whether a draft waits for approval. */
  isWaiting: boolean;
}>;

export type OfferedMitigations = Readonly<{
  /** The name of the action that undoes the blamed change; undefined if none does. */
  first: string | undefined;
  /** The names of the actions that wait for a second person. */
  waiting: readonly string[];
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
      header(headerText(`${name} · ${incident.severity} · ${title}`, ` — ${incident.status}`)),
      richText(
        paragraph(...standing(overview)),
        paragraph(...people(overview)),
        ...otherChannel(overview),
        ...cause(overview),
        ...fromAlert(overview),
        ...(overview.owned === undefined ? [] : [paragraph(...serviceLine(overview.owned))]),
        ...links(overview),
        ...related(overview),
        ...takenIn(overview),
        paragraph(...updates(overview)),
        ...customers(overview),
        ...waitingMitigations(overview),
      ),
      ...openRole(incident),
      ...latest(overview),
      ...buttons(overview),
      ...problem(overview),
    ],
  };
}

/** The status stays, however long the title is. */
function headerText(title: string, status: string): string {
  return `${truncate(title, HEADER_CHARS - status.length)}${status}`;
}

function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text, emoji: false } };
}

function standing({ incident, entries, names, originUrl }: Overview): RichTextElement[] {
  const { resolvedUs, detectedBy, detection } = incident;
  const start = incidentStart(incident, entries);
  const parts = [words(`${START_WORDS[start.basis]} `), minute(start.atUs)];
  if (resolvedUs === undefined) parts.push(words(', '), ago(start.atUs), words(' · '));
  else {
    const lasted = durationText(lastedUs(incident, start, resolvedUs));
    parts.push(words(' · resolved '), minute(resolvedUs), words(` after ${lasted} · `));
  }
  const how = truncate(shown(withNames(detection, names)), SENTENCE_CHARS);
  parts.push(words(`detected by ${DETECTORS[detectedBy]}${how === '' ? '' : `: ${how}`} `));
  if (originUrl !== '') parts.push(link(originUrl, 'open the first message'));
  return parts;
}

const DETECTORS: Readonly<Record<Incident['detectedBy'], string>> = {
  alert: 'an alert',
  customer: 'a customer',
  employee: 'an employee',
};

/** `Incident commander Mira · Technical lead open · Communications lead Ana · DBA Kim` */
function people(overview: Overview): RichTextElement[] {
  const others = heldRoles(overview.incident.roles).filter((role) => !EXPECTED_ROLES.some((one) => one === role));
  const unconfirmed = isOver(overview.incident) ? [] : unconfirmedRoles(overview.incident, overview.entries);
  return [...EXPECTED_ROLES, ...others].flatMap((role, at) => [
    words(`${at === 0 ? '' : ' · '}${shown(roleName(role))} `),
    role in overview.incident.roles
      ? words(holder(overview, role))
      : italic(isOver(overview.incident) ? 'nobody' : 'open'),
    ...(unconfirmed.includes(role) ? [italic(' (not confirmed)')] : []),
  ]);
}

function otherChannel({ goesOnIn, declaredIn }: Overview): Part[] {
  const [said, channelId] = goesOnIn === undefined ? ['Declared in ', declaredIn] : ['People work on it in ', goesOnIn];
  // Slack shows a direct message by no name.
  if (channelId === undefined || channelId.startsWith('D')) return [];
  return [paragraph(words(said), { type: 'channel', channel_id: channelId })];
}

/** The first expected role that nobody has, with the button to take it. A button stands beside a section only. */
function openRole(incident: Incident): KnownBlock[] {
  const { id, roles } = incident;
  const open = isOver(incident) ? undefined : EXPECTED_ROLES.find((role) => !(role in roles));
  if (open === undefined) return [];
  const name = ROLE_NAMES[open];
  const take = button('incident_take', 'Take it', `Take the role: ${name}`, `${id}:${open}`);
  const text = `Nobody is ${name.toLowerCase()} yet.`;
  return [{ type: 'section', text: { type: 'plain_text', text, emoji: false }, accessory: take }];
}

/** The last diagnosis that the incident has; empty where it has none. */
function cause({ entries, names }: Overview): Part[] {
  const diagnosis = entries.findLast(({ kind }) => kind === 'diagnosis');
  if (diagnosis === undefined) return [];
  const said = truncate(shown(withNames(diagnosis.text, names)), SENTENCE_CHARS);
  const open = diagnosis.link === '' ? [] : [link(diagnosis.link, 'answer')];
  return [paragraph(words(`Cause: ${said} `), ...open)];
}

function fromAlert({ alertLinks: links = {} }: Overview): Part[] {
  const parts = alertLinks(links);
  return parts.length === 0 ? [] : [paragraph(words('From the alert: '), ...parts)];
}

/** The newest; the timeline has all. */
const LINKS = 3;
/** Of their addresses together: with those of the latest entries, they must leave room for the rest. */
const LINKS_CHARS = 1_500;

/** `Links: the board (grafana.example) · runbook (wiki.example) and 2 more` */
function links({ entries, names }: Overview): Part[] {
  const all = entries.filter(isLink).toReversed();
  const shownLinks: TimelineEntry[] = [];
  let chars = 0;
  for (const entry of all.slice(0, LINKS)) {
    chars += entry.link.length;
    if (chars <= LINKS_CHARS) shownLinks.push(entry);
  }
  if (all.length === 0) return [];
  const more = all.length - shownLinks.length;
  return [
    paragraph(
      words('Links: '),
      ...shownLinks.flatMap((entry, at) => [words(at === 0 ? '' : ' · '), ...page(entry, names)]),
      words(
        more === 0
          ? ''
          : `${shownLinks.length === 0 ? '' : ' and '}${more} ${shownLinks.length === 0 ? 'in the timeline' : 'more'}`,
      ),
    ),
  ];
}

/** The host stands behind the words, because words may promise another page. */
function page({ text, link: url }: TimelineEntry, names: Names): RichTextElement[] {
  const said = truncate(shown(withNames(text, names)), LINK_CHARS);
  const host = shown(hostOf(url));
  return [link(url, said), words(said.startsWith(host) ? '' : ` (${truncate(host, LINK_CHARS)})`)];
}

const LINK_CHARS = 150;
/** More are in the timeline. */
const RELATED = 3;

/** `Related: INC-4 P2 Payments are down · INC-5 …` */
function related({ related: all }: Overview): Part[] {
  if (all.length === 0) return [];
  const shownOnes = all.slice(0, RELATED);
  const more = all.length - shownOnes.length;
  return [
    paragraph(
      words('Related: '),
      ...shownOnes.flatMap((one, at) => [words(at === 0 ? '' : ' · '), ...titled(one, `, ${one.incident.status}`)]),
      words(more === 0 ? '' : ` and ${more} more`),
    ),
  ];
}

/** `Merged into this one: INC-2 P1 Payments are down` */
function takenIn({ merged }: Overview): Part[] {
  if (merged.length === 0) return [];
  const more = merged.length - RELATED;
  return [
    paragraph(
      words('Merged into this one: '),
      ...merged.slice(0, RELATED).flatMap((one, at) => [words(at === 0 ? '' : ' · '), ...titled(one)]),
      words(more <= 0 ? '' : ` and ${more} more`),
    ),
  ];
}

function titled({ incident, url }: ShownIncident, standing = ''): RichTextElement[] {
  const title = truncate(shown(incident.title), LINK_CHARS);
  return [link(url, incidentName(incident)), words(` ${incident.severity} ${title}${standing}`)];
}

function holder({ incident, names }: Overview, role: Role): string {
  const userId = incident.roles[role];
  return userId === undefined ? 'nobody yet' : shown(withNames(userId, names));
}

function updates({ incident, lastUpdateUs, nextUpdateUs, mergedInto }: Overview): RichTextElement[] {
  if (incident.status === 'merged') {
    const into = mergedInto === undefined ? [words('another incident')] : titled(mergedInto);
    return [words('Merged into '), ...into, words('. The work goes on there.')];
  }
  if (incident.status === 'resolved') return [words('Resolved: no more updates are due.')];
  const last = [words('Last update '), minute(lastUpdateUs)];
  return nextUpdateUs === undefined
    ? [...last, words(` · ${incident.severity} needs no regular updates`)]
    : [...last, words(' · next update '), minute(nextUpdateUs)];
}

/** `Status page: monitoring since 14:20 · next update by 15:00 · a draft waits for approval` */
function customers({ forCustomers }: Overview): Part[] {
  if (forCustomers === undefined) return [];
  const { standing: said, promisedUs, isWaiting } = forCustomers;
  if (said === undefined && !isWaiting) return [];
  const parts = [words(`Status page: ${said === undefined ? 'nothing sent yet' : `${said.status} since `}`)];
  if (said !== undefined) parts.push(minute(said.approvedUs ?? 0));
  if (promisedUs !== undefined) parts.push(words(' · next update by '), minute(promisedUs));
  return [paragraph(...parts, words(isWaiting ? ' · a draft waits for approval' : ''))];
}

/** `Mitigation: rollback waits for a second person` */
function waitingMitigations({ mitigations: { waiting } = NO_MITIGATIONS }: Overview): Part[] {
  if (waiting.length === 0) return [];
  const names = truncate(waiting.map(shown).join(', '), LINK_CHARS);
  return [paragraph(words(`Mitigation: ${names} ${waiting.length === 1 ? 'waits' : 'wait'} for a second person`))];
}

const NO_MITIGATIONS: OfferedMitigations = { first: undefined, waiting: [] };

function latest({ entries, names }: Overview): KnownBlock[] {
  if (entries.length === 0) return [];
  // By the time of noting: a note just added about an hour ago is news. Of one instant, the later entry is newer.
  const newest = entries
    .toReversed()
    .toSorted((a, b) => b.notedUs - a.notedUs || b.atUs - a.atUs)
    .slice(0, LATEST);
  const more = entries.length > LATEST ? ` of ${entries.length}` : '';
  return [
    richText(
      paragraph(italic(`Latest entries${more === '' ? '' : ` (${newest.length}${more})`}`)),
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

/** What the menu **More…** can do. */
export const MORE = [
  'rename',
  'impact-start',
  'detected',
  'messages',
  'changes',
  'merge',
  'split',
  'channel',
  'on-call',
  'list',
  'stats',
  'review',
  'help',
] as const;
export type More = (typeof MORE)[number];

const MORE_WORDS: Readonly<Record<More, string>> = {
  rename: 'New title…',
  'impact-start': 'When the impact began…',
  detected: 'When it was detected…',
  messages: 'Add messages…',
  changes: 'What changed',
  merge: 'Merge an incident…',
  split: 'Split an incident off…',
  channel: 'A channel of its own',
  'on-call': 'Who is on call',
  list: 'What is open',
  stats: 'Numbers of 30 days',
  review: 'Review of 90 days',
  help: 'All commands',
};

function buttons({ incident, forCustomers, mitigations, ownRoles = [] }: Overview): ActionsBlock[] {
  if (incident.status === 'merged') return mergedButtons(incident);
  const over = isOver(incident);
  return [
    {
      type: 'actions',
      block_id: incidentBlockId(incident),
      elements: [
        button('incident_note', 'Note', 'Add a note to the timeline', incident.id),
        button('incident_link', 'Link', 'Link a page or another incident: opens a form', incident.id),
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
        menu('incident_role', 'Take a role', [...ROLES, ...ownRoles], roleName),
        menu('incident_more', 'More…', MORE, (one) => MORE_WORDS[one]),
        ...verifyButton(incident),
        button('incident_timeline', 'Timeline', 'Show the whole timeline to me', incident.id),
        ...(forCustomers === undefined
          ? []
          : [button('status_page_draft', 'Status page', 'Draft an update for customers: opens a form', incident.id)]),
        ...(over || mitigations === undefined ? [] : [mitigateButton(incident, mitigations)]),
        ...(over ? [] : [button('incident_page', 'Page', 'Page somebody: opens a form first', incident.id)]),
        over
          ? button('incident_reopen', 'Reopen', 'Open the incident again: opens a form first', incident.id)
          : button('incident_resolve', 'Resolve', 'Resolve the incident: opens a form first', incident.id),
        methodsMenu('incident_methods', incident.id),
      ],
    },
  ];
}

function mitigateButton({ id }: Incident, { first }: OfferedMitigations): Element {
  const label = first === undefined ? 'Mitigate' : truncate(`Mitigate: ${shown(first)}`, BUTTON_CHARS);
  return button('mitigation_list', label, 'Show what your automation can do: sends nothing', id);
}

/** Slack's limit on a button. */
const BUTTON_CHARS = 75;

/** The others change what only the other incident has. */
function mergedButtons(incident: Incident): ActionsBlock[] {
  return [
    {
      type: 'actions',
      block_id: incidentBlockId(incident),
      elements: [
        button('incident_note', 'Note', 'Add a note to the timeline', incident.id),
        button('incident_timeline', 'Timeline', 'Show the whole timeline to me', incident.id),
        button('incident_reopen', 'Split off', 'Make it an incident of its own again: opens a form first', incident.id),
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

function problem(overview: Overview): KnownBlock[] {
  const said = truncate(shown(overview.problem), 500);
  if (said === '') return [];
  return [{ type: 'context', elements: [{ type: 'plain_text', text: said, emoji: false }] }];
}
