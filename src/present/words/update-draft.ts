/**
 * The draft of an update for the people on an incident: what is new since the last one. Each line ends with its receipt:
 * who or what says so, and when.
 *
 *   Since the update of 14:10 UTC:
 *   • Failing requests of checkout: 3 % (4 of 130) at 14:31 UTC, before 25 % at 14:08 (diagnoses)
 *   • Mitigation: Rolled back cart (Kim Lee, 14:22 UTC)
 */
import { hypothesisStep } from '#model/incident/hypothesis-board.ts';
import {
  declaredSeverity,
  type Incident,
  type TimelineEntry,
  wasTried,
  wordsOfStatus,
} from '#model/incident/incident.ts';
import { isOfMitigation } from '#model/incident/mitigation.ts';
import { importantOf } from '#model/incident/phases.ts';
import { shareText } from '#model/incident/postmortem-words.ts';
import { countText } from '#model/text/count-text.ts';
import { truncate } from '#present/slack/text.ts';
import { kindName } from '#present/slack/timeline.ts';
import { clockNear } from '#present/words/instant.ts';
import { type Names, withNames } from '#present/words/people-names.ts';
import { shown } from '#present/words/plain-text.ts';

/** How many requests to a service failed in a time window that a diagnosis looked at. */
export type MeasuredFailures = Readonly<{
  service: string;
  requests: number;
  failed: number;
  /** Where the time window ends. */
  atUs: number;
}>;

export type UpdateFacts = Readonly<{
  incident: Incident;
  /** In the order of events. */
  entries: readonly TimelineEntry[];
  /** Of the incident's diagnoses, in any order. */
  measured: readonly MeasuredFailures[];
  names: Names;
  nowUs: number;
}>;

/** Nobody reads more at once; the timeline has all. */
const MOST_LINES = 8;
const LINE_CHARS = 180;

export function updateDraft(facts: UpdateFacts): string {
  const { incident, entries, nowUs } = facts;
  const last = entries.findLast(isUpdate);
  const sinceUs = last?.notedUs ?? incident.declaredUs;
  const since = clockNear(sinceUs, nowUs);
  const isNew = (entry: TimelineEntry) => entry.notedUs > sinceUs && entry !== last && isNews(entry);
  const news = entries.filter(isNew);
  const lines = [
    ...numberLines(facts, sinceUs),
    ...importantOf(news, MOST_LINES).map((entry) => entryText(facts, entry)),
  ];
  if (lines.length === 0) return `No news since ${since} UTC.`;
  const more = news.length > MOST_LINES ? [`• ${news.length - MOST_LINES} more in the timeline`] : [];
  const what = last === undefined ? 'the declaration' : 'the update';
  return [`Since ${what} of ${since} UTC:`, ...lines, ...more].join('\n');
}

/** The lines of a text that the draft wrote. */
export function draftedLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith(LINE));
}

const LINE = '• ';

/** What people were told: an update, or a status with words. */
function isUpdate(entry: TimelineEntry): boolean {
  if (entry.from !== undefined) return false;
  if (entry.kind === 'update') return entry.value === '';
  return entry.kind === 'status' && declaredSeverity(entry) === undefined && wordsOfStatus(entry) !== '';
}

const NEWS: readonly TimelineEntry['kind'][] = [
  'alert',
  'finding',
  'diagnosis',
  'change',
  'severity',
  'status',
  'note',
];

/** Findings, mitigations, and what people noted. Roles, links, calls and action items are no news about the problem. */
function isNews(entry: TimelineEntry): boolean {
  if (declaredSeverity(entry) !== undefined) return false;
  if (entry.kind === 'note') return entry.value === '' || wasTried(entry) || hypothesisStep(entry) !== undefined;
  return NEWS.includes(entry.kind) || isOfMitigation(entry);
}

function entryText(facts: UpdateFacts, entry: TimelineEntry): string {
  const { names, nowUs } = facts;
  const words = truncate(shown(withNames(entry.text, names)), LINE_CHARS);
  const source = shown(withNames(entry.source, names)) || 'unknown';
  const effect = isOfMitigation(entry) ? effectOf(facts, entry) : '';
  return `${LINE}${shown(kindName(entry))}: ${words}${effect} (${source}, ${clockNear(entry.atUs, nowUs)} UTC)`;
}

/** What the numbers say from before a mitigation to after it; '' if nothing was measured on both sides. */
function effectOf({ measured, nowUs }: UpdateFacts, { atUs }: TimelineEntry): string {
  const lines = [...byService(measured)].flatMap(([service, own]) => {
    const before = own.findLast((one) => one.atUs <= atUs);
    const after = own.findLast((one) => one.atUs > atUs);
    if (before === undefined || after === undefined) return [];
    return [`${service} ${failing(before)} before, ${failing(after)} at ${clockNear(after.atUs, nowUs)}`];
  });
  return lines.length === 0 ? '' : `; failing requests of ${lines.join(', of ')}`;
}

/** The share of failing requests now and at the last update. Nothing where nobody measured it since. */
function numberLines({ measured, nowUs }: UpdateFacts, sinceUs: number): readonly string[] {
  return [...byService(measured)].flatMap(([service, own]) => {
    const now = own.at(-1);
    if (now === undefined || now.atUs <= sinceUs) return [];
    const then = own.findLast(({ atUs }) => atUs <= sinceUs);
    const amount = `${countText(now.failed)} of ${countText(now.requests)}`;
    const before = then === undefined ? '' : `, before ${failing(then)} at ${clockNear(then.atUs, nowUs)}`;
    const receipt = then === undefined ? 'diagnosis' : 'diagnoses';
    return [
      `• Failing requests of ${shown(service)}: ${failing(now)} (${amount}) at ${clockNear(now.atUs, nowUs)} UTC${before} (${receipt})`,
    ];
  });
}

/** Each in the order of time. */
function byService(measured: readonly MeasuredFailures[]): ReadonlyMap<string, readonly MeasuredFailures[]> {
  const counted = measured.filter(({ requests }) => requests > 0).toSorted((a, b) => a.atUs - b.atUs);
  return Map.groupBy(counted, ({ service }) => service);
}

function failing({ failed, requests }: MeasuredFailures): string {
  return shareText(failed, requests);
}
