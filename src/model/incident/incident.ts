/** An incident: its severity, its status, its roles, and its timeline. */

import { MINUTE_US, SECOND_US } from '#core/time-units.ts';
import type { EntryFile } from '#model/incident/entry-file.ts';
import type { ItemProbe } from '#model/incident/item-probe.ts';
import type { Roles } from '#model/incident/roles.ts';

export const SEVERITIES = ['P0', 'P1', 'P2', 'P3'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The impact of each severity: people choose by these words. */
export const SEVERITY_MEANINGS: Readonly<Record<Severity, string>> = {
  P0: 'everybody is affected, or data is at risk',
  P1: 'many users are affected and have no workaround',
  P2: 'some users are affected, or there is a workaround',
  P3: 'hardly any user notices',
};

/** In characters: the title heads every message of the incident. */
export const TITLE_CHARS = 150;

/** In the usual order; people may go back. */
export const STATUSES = ['investigating', 'identified', 'mitigated', 'fixed', 'resolved'] as const;
export type Status = (typeof STATUSES)[number];
/** `merged`: another incident has taken it in. It is over without an end of its own. */
export type IncidentStatus = Status | 'merged';

export const ENTRY_KINDS = [
  'alert',
  'finding',
  'diagnosis',
  'status',
  'severity',
  'role',
  'note',
  'message',
  'image',
  'change',
  'update',
  'action',
  'metric',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export const DETECTED_BY = ['alert', 'customer', 'employee'] as const;
export type DetectedBy = (typeof DETECTED_BY)[number];

export type Incident = Readonly<{
  id: string;
  workspaceId: string;
  /** Counted per workspace from 1. */
  number: number;
  title: string;
  severity: Severity;
  status: IncidentStatus;
  channelId: string;
  /** The root of the incident's thread; without it the whole channel belongs to the incident. */
  threadTs?: string | undefined;
  declaredBy: string;
  declaredUs: number;
  /** The start of the impact, as entered by a person. */
  impactStartUs?: number | undefined;
  detectedBy: DetectedBy;
  /** Which alert or which person reported it. */
  detection: string;
  alertId?: string | undefined;
  investigationId?: string | undefined;
  /** Only while the status is `resolved`. */
  resolvedUs?: number | undefined;
  roles: Roles;
}>;

export type TimelineEntry = Readonly<{
  id: string;
  /** When it happened. */
  atUs: number;
  /** When it was recorded. */
  notedUs: number;
  /** When somebody last corrected it; undefined where nobody did. */
  changedUs?: number;
  kind: EntryKind;
  /** People appear as their bare Slack ids. */
  text: string;
  /** The author: `pagerduty`, `alertmanager`, `spanhound`, or a Slack user id. */
  source: string;
  /** A permalink or a URL; '' where there is none. */
  link: string;
  /**
   * The machine-readable part: the new status, the new severity, `role=user id` (`role=` where nobody has it,
   * `confirmed:role=user id` where the holder confirmed it, `asked:role=user id` where they are asked), the id of the investigation of a diagnosis, the state of an
   * alert, `impact-start` for the note about the start of the impact, `detected` for the one about the detection, `onset` for the onset in the evidence, `title` for
   * a new title, `done=<item>` for an action item that is done (or `dropped`, `open`), `prevent=<item>` for its type,
   * `probe=<item>=<kind>:<text>` for its check as `item-probes.ts` reads it,
   * `link` for the link to a page, `related=<incident>` for the link to an incident, `merge=<incident>` and
   * `split=<incident>` for one that was merged into this one, or is its own again, `page…` as `page.ts` reads it,
   * `channel=<id>` for a channel of its own, `declined=<proposal>` for a proposed action item,
   * `tried=none` for what was tried without effect, `tried=helped` for what helped, `calls=stopped` where a person stopped the calls for a commander,
   * `restored=<version>` for a restored version of the postmortem, `review=<user id>` for a request to review it,
   * `corrected=<entry>` for why an entry was corrected or withdrawn,
   * `comment=<section>` for a comment on a section of the postmortem, `comment-resolved=<entry>` for one that is resolved,
   * `status-page=<step>` for an update for customers,
   * `mitigation=<step>` for a mitigation, `remote=<step>` for what was done in a paging system, `answer:<question>` as
   * `postmortem-questions.ts` reads it; '' where there is none.
   */
  value: string;
  /** The name of the merged incident that it comes from; undefined for an incident's own entries. */
  from?: string;
  /** The files of a message; its text names them, too. Undefined without any. */
  files?: readonly EntryFile[];
}>;

/** An entry that somebody withdrew, as far as its time and kind: no reader sees its words again. */
export type WithdrawnEntry = Readonly<
  Pick<TimelineEntry, 'id' | 'notedUs' | 'kind' | 'value' | 'from'> & { withdrawnUs: number }
>;

/** Nobody works on it: no reminder, no call, no role to take. */
export function isOver({ status }: Pick<Incident, 'status'>): boolean {
  return status === 'resolved' || status === 'merged';
}

/** Whether people wrote it in their own words, so that they may correct it here. Slack's messages are corrected in Slack. */
export function isCorrectable({ kind, value, from }: Pick<TimelineEntry, 'kind' | 'value' | 'from'>): boolean {
  if (from !== undefined) return false;
  return kind === 'message'
    ? LINK_VALUE.test(value)
    : (kind === 'note' || kind === 'update') && CORRECTED_VALUE.test(value);
}

/** A person stopped the calls for a commander. */
export const CALLS_STOPPED = 'calls=stopped';

/** Somebody chose this message of Slack, without a mark there. */
export const CHOSEN = 'chosen';

/** Somebody tried it, without effect. */
export const TRIED = 'tried=none';

export function wasTried({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'note' && value === TRIED;
}

/** Somebody did it, and it helped: wholly or in part. */
export const HELPED = 'tried=helped';

export function didHelp({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'note' && value === HELPED;
}

/** Why somebody corrected or withdrew the entry that it names. */
const CORRECTED = 'corrected=';

export function correctedValue(entryId: string): string {
  return `${CORRECTED}${entryId}`;
}

export function isWhyCorrected({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'note' && value.startsWith(CORRECTED);
}

/** No value, the answer to a question of the postmortem, a try, or why somebody corrected an entry. */
const CORRECTED_VALUE = /^(?:$|answer:|corrected=|tried=(?:none|helped)$)/;
/** `incident-link.ts` reads it. */
const LINK_VALUE = /^(?:link$|related=)/;

export const ITEM_STATES = ['open', 'done', 'dropped'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** What an action item is for: the incident does not happen, is seen, is smaller, is shorter. */
export const ITEM_TYPES = ['prevent', 'detect', 'mitigate', 'respond'] as const;
export type ItemType = (typeof ITEM_TYPES)[number];

/** The id of the item that a proposal becomes: whoever accepts it second changes nothing. */
export function proposedItemId(incidentId: string, proposal: string): string {
  return `${incidentId}/proposed/${proposal}`;
}

export type ActionItem = Readonly<{
  id: string;
  incidentId: string;
  /** Its place among the incident's items, from 1: people and drafts name it `A1`. */
  number: number;
  state: ItemState;
  /** Undefined where nobody chose one. */
  type?: ItemType | undefined;
  /** What shows that it is done, or why it was dropped; '' where nobody said. */
  reason: string;
  text: string;
  /** A Slack user id or a name. */
  owner: string;
  /** YYYY-MM-DD */
  due: string;
  createdBy: string;
  createdUs: number;
  /** The check that a person set; undefined without one. */
  probe?: ItemProbe | undefined;
  /** The newest answer of its check; undefined without one. */
  check?: Readonly<{ outcome: 'gone' | 'there' | 'unsure'; text: string }> | undefined;
  /** Its issue in a tracker outside; undefined without one. */
  issue?: ItemIssue | undefined;
  /** The name of the merged incident that it comes from; undefined for an incident's own items. */
  from?: string;
}>;

/** What the store knows about the issue of an item. */
export type ItemIssue = Readonly<{
  /** `withheld`: the incident is private. `refused`: nothing is sent until a person presses a button. */
  state: 'queued' | 'linked' | 'withheld' | 'refused' | 'gone';
  /** '' before it is created. */
  key: string;
  url: string;
}>;

/** `A1`; `INC-2 A1` for an item of a merged incident. */
export function itemName({ number, from }: Pick<ActionItem, 'number' | 'from'>): string {
  return `${from === undefined ? '' : `${from} `}A${number}`;
}

/** The text of a timeline entry that ends an item or opens it again. `reasonOfItem` reads the reason back. */
export function itemStateText(item: Pick<ActionItem, 'number'>, state: ItemState, reason: string): string {
  return `${itemName(item)} ${state}${reason === '' ? '' : `: ${reason}`}`;
}

export function reasonOfItem(text: string): string {
  return text.replace(/^A\d+ (?:open|done|dropped)(?:: |$)/, '');
}

/**
 * Minutes with two decimals, from whole seconds; undefined where the record lacks one of the two ends. The duration
 * counts from `incidentStart`, confirmation and repair count from `knownSinceUs`.
 */
export type IncidentMetrics = Readonly<{
  detectionMinutes: number | undefined;
  confirmationMinutes: number | undefined;
  repairMinutes: number | undefined;
  durationMinutes: number | undefined;
}>;

export function incidentName({ number }: Pick<Incident, 'number'>): string {
  return `INC-${number}`;
}

/** Reads `INC-12` in upper or lower case, and nothing else. */
export function readIncidentNumber(text: string): number | undefined {
  const digits = /^inc-([1-9]\d{0,8})$/i.exec(text.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** What the start of an incident rests on. */
export type StartBasis = 'impact' | 'detection' | 'alert' | 'declaration';

export const START_NAMES = {
  impact: 'the start of the impact',
  detection: 'the detection',
  alert: 'the first alert',
  declaration: 'the declaration',
} as const satisfies Readonly<Record<StartBasis, string>>;

/** Microseconds since the epoch. */
export type IncidentStart = Readonly<{ atUs: number; basis: StartBasis }>;

/**
 * Where the duration of an incident begins, in each message, list and document: at the start of the impact. If nobody
 * knows that, when it was detected, as `knownSince` says. An impact that begins after the end is a mistake, and does
 * not count.
 */
export function incidentStart(incident: Timed, entries: readonly TimelineEntry[]): IncidentStart {
  const impactUs = impactBeganUs(incident, entries);
  return impactUs !== undefined && impactUs <= (incident.resolvedUs ?? impactUs)
    ? { atUs: impactUs, basis: 'impact' }
    : knownSince(incident, entries);
}

type Timed = Pick<Incident, 'declaredUs' | 'impactStartUs' | 'resolvedUs'>;

/** How long it lasted, or has lasted until now, in microseconds of whole seconds. */
export function lastedUs({ resolvedUs }: Pick<Incident, 'resolvedUs'>, { atUs }: IncidentStart, nowUs: number): number {
  return apartUs(resolvedUs ?? nowUs, atUs);
}

/**
 * When people could know of it: when a person says that it was detected, else the first alert, else the declaration.
 * Detection ends here, and work begins.
 */
export function knownSince(
  { declaredUs }: Pick<Incident, 'declaredUs'>,
  entries: readonly TimelineEntry[],
): IncidentStart & Readonly<{ basis: Exclude<StartBasis, 'impact'> }> {
  const entry = detectionEntry(entries);
  if (entry === undefined) return { atUs: declaredUs, basis: 'declaration' };
  return { atUs: entry.atUs, basis: isDetection(entry) ? 'detection' : 'alert' };
}

/**
 * The entry that says when it was detected: a person's word, else the first alert. In the timeline of a merged incident,
 * a person's word replaces the alerts of that one only. Undefined where there is neither.
 */
export function detectionEntry(entries: readonly TimelineEntry[]): TimelineEntry | undefined {
  const inOrder = inTimelineOrder(entries);
  const said = inOrder.filter(isDetection);
  const own = said.find(({ from }) => from === undefined);
  const isReplaced = (entry: TimelineEntry) => said.some(({ from }) => from === entry.from);
  return own ?? inOrder.find((entry) => isDetection(entry) || (isFiringAlert(entry) && !isReplaced(entry)));
}

export function knownSinceUs(incident: Pick<Incident, 'declaredUs'>, entries: readonly TimelineEntry[]): number {
  return knownSince(incident, entries).atUs;
}

export function alertedUs(entries: readonly TimelineEntry[]): number | undefined {
  return firstUs(entries, isFiringAlert);
}

function isFiringAlert({ kind, value }: TimelineEntry): boolean {
  return kind === 'alert' && value !== 'resolved';
}

/**
 * The times to detect, to find the cause and to fix, and the duration. The impact begins when a person says so, else at
 * the onset in the evidence, else with the first alert. Without an alert from a system, the declaration stands in for
 * the alert.
 */
export function incidentMetrics(incident: Incident, entries: readonly TimelineEntry[]): IncidentMetrics {
  const knownUs = knownSinceUs(incident, entries);
  const impactUs = impactBeganUs(incident, entries) ?? knownUs;
  const reachedUs = (status: Status) => firstUs(entries, ({ kind, value }) => kind === 'status' && value === status);
  return {
    detectionMinutes: inHundredths(knownUs, impactUs),
    confirmationMinutes: inHundredths(reachedUs('identified'), knownUs),
    repairMinutes: inHundredths(reachedUs('fixed'), knownUs),
    durationMinutes: inHundredths(incident.resolvedUs, incidentStart(incident, entries).atUs),
  };
}

/**
 * The entry that says when the impact began: a person's word, first that of this incident, then that of a merged one,
 * else the earliest onset in the evidence. Undefined where nobody knows it.
 */
export function impactStartEntry(entries: readonly TimelineEntry[]): TimelineEntry | undefined {
  const inOrder = inTimelineOrder(entries);
  const said = inOrder.filter(isImpactStart);
  return said.find(({ from }) => from === undefined) ?? said[0] ?? inOrder.find(isOnset);
}

export function impactBeganUs(
  { impactStartUs }: Pick<Incident, 'impactStartUs'>,
  entries: readonly TimelineEntry[],
): number | undefined {
  const entry = impactStartEntry(entries);
  return entry !== undefined && isImpactStart(entry) ? entry.atUs : (impactStartUs ?? entry?.atUs);
}

/** Whether a person entered here when the impact began. */
export function isImpactStart({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'note' && value === IMPACT_START;
}

export const IMPACT_START = 'impact-start';

/** Whether a person entered here when it was detected. */
export function isDetection({ kind, value }: Pick<TimelineEntry, 'kind' | 'value'>): boolean {
  return kind === 'note' && value === DETECTED;
}

export const DETECTED = 'detected';

/** Whether this entry is the onset that a diagnosis read from the evidence. */
export function isOnset({ kind, value }: TimelineEntry): boolean {
  return kind === 'finding' && value === ONSET;
}

export const ONSET = 'onset';

/** The newest entry that opened an incident again after its end, or split it off; undefined where none did. */
export function lastReopening(
  entries: readonly TimelineEntry[],
  untilUs = Number.POSITIVE_INFINITY,
): TimelineEntry | undefined {
  const steps = inTimelineOrder(entries.filter(({ kind, from }) => kind === 'status' && from === undefined));
  return steps.findLast(({ atUs, value }, at) => atUs <= untilUs && !isEnd(value) && isEnd(steps[at - 1]?.value ?? ''));
}

function isEnd(value: string): boolean {
  return value === 'resolved' || value === 'merged';
}

/** The text of a declaration's timeline entry. `declaredSeverity` reads it back. */
export function declarationText({ severity, status }: Pick<Incident, 'severity' | 'status'>): string {
  return `Declared ${severity}, ${status}`;
}

/** The severity at the declaration; undefined for every other entry. */
export function declaredSeverity({ kind, text }: Pick<TimelineEntry, 'kind' | 'text'>): Severity | undefined {
  return kind === 'status' ? severityIn(/^Declared (P\d),/.exec(text)?.[1]) : undefined;
}

/** The text of a timeline entry that changes the severity. `severityBefore` reads the old one back. */
export function severityText(from: Severity, to: Severity): string {
  return `${from} → ${to}`;
}

export function severityBefore({ kind, text }: Pick<TimelineEntry, 'kind' | 'text'>): Severity | undefined {
  return kind === 'severity' ? severityIn(/^(P\d) → /.exec(text)?.[1]) : undefined;
}

export function severityIn(text: string | undefined): Severity | undefined {
  return SEVERITIES.find((known) => known === text);
}

/** People's own words with a new status, without the prefix that the record adds (`identified → fixed: `). */
export function wordsOfStatus({ kind, text }: Pick<TimelineEntry, 'kind' | 'text'>): string {
  return kind === 'status' ? text.replace(/^[a-z]+ → [a-z]+(?:: |$)/, '') : text;
}

/** Sorts by event time, then by the time of the note, then by id, so that the order is stable. */
export function inTimelineOrder(entries: readonly TimelineEntry[]): TimelineEntry[] {
  return entries.toSorted(
    (a, b) => a.atUs - b.atUs || a.notedUs - b.notedUs || (a.id < b.id ? -1 : Number(a.id > b.id)),
  );
}

function firstUs(entries: readonly TimelineEntry[], wanted: (entry: TimelineEntry) => boolean): number | undefined {
  let first: number | undefined;
  for (const entry of entries) if (wanted(entry) && (first === undefined || entry.atUs < first)) first = entry.atUs;
  return first;
}

/**
 * How long after an instant another one is, in microseconds of whole seconds. People read the two instants in whole
 * seconds, and the difference agrees with them.
 */
export function apartUs(atUs: number, sinceUs: number): number {
  return (Math.floor(atUs / SECOND_US) - Math.floor(sinceUs / SECOND_US)) * SECOND_US;
}

function inHundredths(atUs: number | undefined, sinceUs: number): number | undefined {
  return atUs === undefined ? undefined : Math.round(apartUs(atUs, sinceUs) / (MINUTE_US / 100)) / 100;
}
