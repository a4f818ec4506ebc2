/**
 * An incident's timeline in Slack: pages of rich text, with times in each reader's time zone. An entry that was noted late
 * shows both times.
 */
import type { KnownBlock, RichTextElement } from '@slack/types';
import { isOfChannel } from '#model/incident/channel-name.ts';
import { hypothesisStep } from '#model/incident/hypothesis-board.ts';
import {
  didHelp,
  type EntryKind,
  type Incident,
  incidentName,
  isCorrectable,
  isWhyCorrected,
  type TimelineEntry,
  wasTried,
} from '#model/incident/incident.ts';
import { isLink, relatedTo } from '#model/incident/incident-link.ts';
import {
  ENTERED_MILESTONES,
  type EnteredMilestone,
  enteredMilestone,
  milestoneNow,
  stepStatus,
} from '#model/incident/milestones.ts';
import { isOfMitigation } from '#model/incident/mitigation.ts';
import { isNeedToKnow, WITHHELD_TEXT } from '#model/incident/need-to-know.ts';
import { isOfPage } from '#model/incident/page.ts';
import { isOfPager } from '#model/incident/pager.ts';
import { isOfStatusPage } from '#model/incident/status-page.ts';
import type { SlackMessage } from '#present/slack/answer.ts';
import { button, menu } from '#present/slack/button.ts';
import { bold, bullets, date, italic, link, paragraph, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { zonedSecond } from '#present/words/instant.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';
import type { Zone } from '#utilities/time-zone.ts';

/** `zone`: of the only reader, for texts in which Slack shows no dates; undefined if Slack does not tell it. */
export type Timeline = Readonly<{
  incident: Incident;
  entries: readonly TimelineEntry[];
  names: Names;
  zone?: Zone | undefined;
  /** The personal link to the page; '' without pages. */
  pageUrl?: string;
}>;

/** An entry noted later than this shows both times; typing takes up to a minute. */
const NOTED_LATE_US = 60_000_000;
/** Per entry; its link leads to the rest, and the postmortem has the full text. */
const ENTRY_CHARS = 280;
/** Per page, below the 12,000 characters of a message: the heading and the buttons need room too. */
export const PAGE_CHARS = 10_000;
/** An entry's size without its text and link: two instants with fallbacks, its kind, its source, its option below. */
const ENTRY_FRAME_CHARS = 450;
/** Nobody reads more at once. */
const ENTRIES_ON_PAGE = 20;
/** A timeline of more entries fills more than a phone's screen. */
const LONG_ENTRIES = 12;

const KIND_NAMES: Readonly<Record<EntryKind, string>> = {
  alert: 'Alert',
  finding: 'Finding',
  diagnosis: 'Diagnosis',
  status: 'Status',
  severity: 'Severity',
  role: 'Role',
  note: 'Note',
  message: 'Message',
  image: 'Image',
  change: 'Change',
  update: 'Update',
  action: 'Action item',
  metric: 'Metric',
};

/**
 * `Message`; `Link` and `Related` for what people linked; `Page` for calls; `Channel` for one of its own; `Status page` for updates for customers;
 * `Hypothesis` for what people suspect; `Mitigation` for what the automation was asked for; `Paging system` for what was done there; `Note of INC-2` for an entry of a merged incident.
 */
export function kindName(entry: Readonly<{ kind: EntryKind; value: string; from?: string | undefined }>): string {
  return `${ownKindName(entry)}${entry.from === undefined ? '' : ` of ${entry.from}`}`;
}

function ownKindName(entry: Pick<TimelineEntry, 'kind' | 'value'>): string {
  if (isLink(entry)) return 'Link';
  if (isOfPage(entry)) return 'Page';
  if (isOfChannel(entry)) return 'Channel';
  if (isOfStatusPage(entry)) return 'Status page';
  if (isOfMitigation(entry)) return 'Mitigation';
  if (isOfPager(entry)) return 'Paging system';
  if (wasTried(entry)) return 'Tried, no effect';
  if (didHelp(entry)) return 'It helped';
  if (isWhyCorrected(entry)) return 'Correction';
  if (hypothesisStep(entry) !== undefined) return 'Hypothesis';
  return relatedTo(entry) === undefined ? KIND_NAMES[entry.kind] : 'Related';
}

/** Page 1 has the beginning. For a page that does not exist, the nearest one is shown. */
export function timelinePage(timeline: Timeline, page: number): SlackMessage {
  const { incident, entries, names } = timeline;
  const pages = pagesOf(entries);
  const at = Number.isFinite(page) ? Math.min(Math.max(1, Math.trunc(page)), pages.length) : 1;
  const title = `${incidentName(incident)} timeline${pages.length === 1 ? '' : `, page ${at} of ${pages.length}`}`;
  const onPage = pages[at - 1] ?? [];
  const items = onPage.map((entry) => entryLine(entry, names));
  const about = truncate(shown(incident.title), ENTRY_CHARS);
  return {
    text: `${title}: ${escapeMrkdwn(about)}`,
    blocks: [
      richText(
        titleLines(timeline, title),
        ...(items.length === 0 ? [paragraph(words('The timeline is empty.'))] : [bullets(items)]),
      ),
      ...correctMenu(timeline, onPage),
      ...pageButtons(incident, at, pages.length, isLong(entries)),
    ],
  };
}

function pagesOf(entries: readonly TimelineEntry[]): readonly (readonly TimelineEntry[])[] {
  const pages: TimelineEntry[][] = [[]];
  let chars = 0;
  for (const entry of entries) {
    const taken = charsOf(entry);
    const isFull = chars + taken > PAGE_CHARS || pages.at(-1)?.length === ENTRIES_ON_PAGE;
    if (isFull) pages.push([]);
    chars = isFull ? taken : chars + taken;
    pages.at(-1)?.push(entry);
  }
  return pages;
}

/** How much of a message its line takes at most. */
export function charsOf({ text, link }: TimelineEntry): number {
  return Math.min(text.length, ENTRY_CHARS) + link.length + ENTRY_FRAME_CHARS;
}

/** Whether it is folded by phase where nobody asked for all of it. */
export function isLong(entries: readonly TimelineEntry[]): boolean {
  return entries.length > LONG_ENTRIES;
}

export function titleLines({ incident, pageUrl = '' }: Timeline, title: string) {
  const page = pageUrl === '' ? [] : [words(' · '), link(pageUrl, 'as a page')];
  return paragraph(bold(title), ...page, words(`\n${truncate(shown(incident.title), ENTRY_CHARS)}`));
}

export function entryLine(entry: TimelineEntry, names: Names) {
  const { atUs, notedUs, text, source, link: url } = entry;
  const parts: RichTextElement[] = [date(atUs), words(' '), bold(kindName(entry))];
  parts.push(words(` ${truncate(shown(withNames(text, names)), ENTRY_CHARS)} `));
  parts.push(italic(`(${sourceName(source, names)}`));
  if (notedLate(entry)) parts.push(italic(', noted '), date(notedUs));
  parts.push(italic(')'));
  if (url !== '') parts.push(words(' '), link(url, 'open'));
  return paragraph(...parts);
}

export function notedLate({ atUs, notedUs }: Pick<TimelineEntry, 'atUs' | 'notedUs'>): boolean {
  return notedUs - atUs > NOTED_LATE_US;
}

function sourceName(source: string, names: Names): string {
  return shown(withNames(source, names)) || 'unknown';
}

/** Slack takes 75 characters for an option. */
const OPTION_CHARS = 75;

/** What people entered, and each status; the newest first, for that is what they correct. Then the other milestones. */
export function correctMenu(
  { incident, entries, names, zone }: Timeline,
  onPage: readonly TimelineEntry[],
): KnownBlock[] {
  const theirs = new Map(
    onPage
      .filter((entry) => isCorrectable(entry) || isOpened(entry) || stepStatus(entry) !== undefined)
      .toReversed()
      .map((entry) => [entry.id, entry]),
  );
  const option = (id: string) => {
    const milestone = enteredMilestone(id);
    if (milestone !== undefined) {
      const now = milestoneNow(milestone, incident, entries);
      return `${now === undefined ? 'Enter' : zonedSecond(now.atUs, zone)} ${MILESTONE_OPTIONS[milestone]}`;
    }
    const { atUs = 0, text = '' } = theirs.get(id) ?? {};
    return truncate(`${zonedSecond(atUs, zone)} ${shown(withNames(text, names))}`, OPTION_CHARS);
  };
  return [
    {
      type: 'actions',
      block_id: `incident:${incident.id}:correct`,
      elements: [
        menu('incident_correct', 'Correct an entry', [...theirs.keys(), ...ENTERED_MILESTONES], option),
        button('incident_messages', 'Add messages', 'Add several messages of the thread: opens a form', incident.id),
      ],
    },
  ];
}

/** Only some people read it, and the reader is one of them. */
function isOpened(entry: TimelineEntry): boolean {
  return entry.from === undefined && isNeedToKnow(entry) && entry.text !== WITHHELD_TEXT;
}

const MILESTONE_OPTIONS: Readonly<Record<EnteredMilestone, string>> = {
  'impact-start': 'when the impact began',
  detected: 'when it was detected',
};

function pageButtons({ id }: Incident, at: number, pages: number, isFolded: boolean): KnownBlock[] {
  const buttons = [
    ...(at > 1 ? [pageButton(id, at - 1, 'Earlier', 'Show the earlier entries')] : []),
    ...(at < pages ? [pageButton(id, at + 1, 'Later', 'Show the later entries')] : []),
    ...(isFolded ? [button('incident_timeline', 'By phase', 'Show the timeline folded by phase', id)] : []),
  ];
  return timelineButtons(id, buttons);
}

/** Each timeline offers its picture. */
export function timelineButtons(incidentId: string, buttons: readonly ReturnType<typeof button>[]): KnownBlock[] {
  const picture = button('incident_timeline_picture', 'Picture', 'Show the timeline to me as a picture', incidentId);
  return [{ type: 'actions', block_id: 'incident_timeline_pages', elements: [...buttons, picture] }];
}

export function pageButton(incidentId: string, page: number, label: string, spoken: string) {
  return button(`incident_timeline_${page}`, label, spoken, `${incidentId}:${page}`);
}
