/** The timeline of a postmortem: its times, its order, its milestones, its sources. After PagerDuty's and Google's guides. */
import type { LintFinding } from '#model/blameless/lint.ts';
import {
  type Block,
  type DocumentSection,
  durationsIn,
  type Part,
  partOf,
  type RowTime,
  withoutQuotations,
} from '#model/blameless/structure/document.ts';

export const TIMELINE = /timeline|chronology/i;

export function timelineFindings(sections: readonly DocumentSection[]): readonly LintFinding[] {
  const timeline = partOf(sections, TIMELINE);
  if (timeline === undefined) return [];
  const rows = rowsIn(timeline);
  return [
    ...undated(timeline, rows),
    ...outOfOrder(rows),
    ...beginsLate(sections, rows),
    ...missingMilestones(sections, timeline),
    ...withoutSource(timeline, rows),
    ...firstPerson(rows),
    ...otherDurations(sections, rows),
  ];
}

type Row = Block & Readonly<{ time: RowTime }>;

function rowsIn({ blocks }: Part): readonly Row[] {
  return blocks.filter((block): block is Row => block.kind !== 'paragraph' && block.time !== undefined);
}

function undated({ line, title, blocks }: Part, rows: readonly Row[]): readonly LintFinding[] {
  const around = [
    title,
    ...blocks.flatMap(({ kind, text, cells }) => (kind === 'paragraph' ? [text] : cells.map(({ head }) => head))),
  ].join(' ');
  const hasDay = rows.every(({ time }) => time.dayUs !== undefined) || DAY.test(around);
  const hasZone = rows.every(({ time }) => time.hasZone) || ZONE.test(around);
  if (hasDay && hasZone) return [];
  const first = rows.find(({ time }) => (!hasDay && time.dayUs === undefined) || (!hasZone && !time.hasZone));
  return [
    {
      rule: 'timeline',
      blocks: true,
      line: first?.line ?? line,
      text: first?.text ?? title,
      advice: `Give each row ${hasDay ? '' : 'its date'}${hasDay || hasZone ? '' : ' and '}${hasZone ? '' : 'its zone'}, or the heading once: “2026-01-06 14:02 UTC”.`,
    },
  ];
}

const DAY =
  /\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,? \d{4}\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2},? \d{4}\b/i;
const ZONE = /\b(?:UTC|GMT|C?ES?T|PS?[DT]T|[CME][SD]T|IST|JST|BST|AEST)\b|[+-]\d{2}:\d{2}\b/;

/**
 * The time of each row in seconds. A clock time without a day is of the same day as the row before it, or of the next day if
 * it would be more than half a day earlier.
 */
function secondsOf(rows: readonly Row[]): readonly number[] {
  let daySeconds = 0;
  let last = 0;
  return rows.map(({ time }) => {
    if (time.dayUs !== undefined) daySeconds = time.dayUs / 1_000_000;
    else if (last - (daySeconds + time.secondOfDay) > HALF_A_DAY) daySeconds += DAY_SECONDS;
    last = daySeconds + time.secondOfDay;
    return last;
  });
}

const DAY_SECONDS = 86_400;
const HALF_A_DAY = DAY_SECONDS / 2;

function outOfOrder(rows: readonly Row[]): readonly LintFinding[] {
  const seconds = secondsOf(rows);
  const at = seconds.findIndex((one, row) => one < (seconds[row - 1] ?? one));
  const row = rows[at];
  if (row === undefined) return [];
  return [
    {
      rule: 'timeline',
      blocks: true,
      line: row.line,
      text: row.text,
      advice: 'Sort the rows by time: this one is earlier than the row before it. Or correct its time.',
    },
  ];
}

/** A timeline begins before anybody noticed, so that the reader sees what led there. */
function beginsLate(sections: readonly DocumentSection[], [first]: readonly Row[]): readonly LintFinding[] {
  const before = partOf(sections, /lead-?up|background/i);
  if (first === undefined || !DETECTS.test(first.text) || (before?.blocks.length ?? 0) > 0) return [];
  return [
    {
      rule: 'timeline',
      blocks: true,
      line: first.line,
      text: first.text,
      advice:
        'Begin before the detection: “2026-01-06 13:55 UTC the deploy of cart 4.2 begins”. Where nothing is known, say so under “Lead-up”.',
    },
  ];
}

const DETECTS = /\b(?:alert|alarm|detected|paged|page fired|noticed|reported)\b/i;

/** Each with the words by which a document may speak of it, also to say that nobody knows it. */
const MILESTONES: readonly Readonly<{ name: string; words: RegExp; example: string }>[] = [
  {
    name: 'the start of the impact',
    words: /\b(?:impact|began|begins|start(?:s|ed)?|first (?:failed|failing|error|timeout|report)|since)\b/i,
    example: '13:58 UTC the first checkout fails',
  },
  {
    name: 'the detection',
    words: /\b(?:alerts?|alarm|detect(?:s|ed|ion)?|paged?|notic(?:es|ed)|report(?:s|ed)?|found)\b/i,
    example: '14:02 UTC the alert “error rate” fires',
  },
  {
    name: 'the first response',
    words:
      /\b(?:acknowledge[ds]?(?:ment)?|responders?|respond(?:s|ed)|joins?|joined|declare[ds]?|on-?call|investigat(?:es?|ed|ing|ion)|looks?|looked|opens?|opened|engaged)\b/i,
    example: '14:04 UTC the on-call engineer acknowledges the alert',
  },
  {
    name: 'the mitigation',
    words:
      /\b(?:mitigat(?:es?|ed|ion)|roll(?:s|ed|ing)?[ -]?back|rollback|revert(?:s|ed)?|fail(?:s|ed)?[ -]?over|failover|scale[ds]?|restart(?:s|ed)?|disable[ds]?|drain(?:s|ed)?|block(?:s|ed)?|fix(?:es|ed)?|workaround|turned off|switched)\b/i,
    example: '14:20 UTC cart is rolled back to 4.1',
  },
  {
    name: 'the resolution',
    words: /\b(?:resolve[ds]?|resolution|recover(?:s|ed|y)|closed?|over|all clear|normal|end(?:s|ed)?|restored)\b/i,
    example: '14:31 UTC the error rate is below 0.1 % for 10 min',
  },
];

const TOLD = {
  name: 'the first message to customers',
  words:
    /\b(?:status ?page|updates?|messag(?:e|es|ing)|announce(?:s|d|ment)?|inform(?:s|ed)?|notif(?:y|ies|ied)|communicat(?:es|ed|ions?)|tweet(?:s|ed)?|posted)\b/i,
  example: '14:12 UTC the status page says that checkouts fail',
};

function missingMilestones(sections: readonly DocumentSection[], { line }: Part): readonly LintFinding[] {
  const told = sections.flatMap(({ title, blocks }) => [title, ...blocks.map(({ text }) => text)]).join('\n');
  const text = [TIMELINE, /^detect/i, /resol|recover|mitigat/i, /^times|metrics/i, /impact/i]
    .map((title) => partOf(sections, title)?.text ?? '')
    .join('\n');
  const isHigh = severityIn(told) !== undefined;
  const missing = [
    ...MILESTONES.filter(({ words }) => !words.test(text)),
    ...(isHigh && !TOLD.words.test(told) ? [TOLD] : []),
  ];
  return missing.map(({ name, example }) => ({
    rule: 'milestone',
    blocks: true,
    line,
    text: name,
    advice: `Add the row: “${example}”. Where nobody knows the time, say that.`,
  }));
}

/** The highest ones, at which customers get a message and the review has a day. */
export function severityIn(text: string): 'P0' | 'P1' | undefined {
  const [, rank] = /\b(?:P|SEV-?|severity )([01])\b/i.exec(text) ?? [];
  return rank === undefined ? undefined : rank === '0' ? 'P0' : 'P1';
}

/** One finding for all: a document without sources has as many orphans as rows. */
function withoutSource({ line }: Part, rows: readonly Row[]): readonly LintFinding[] {
  const orphans = rows.filter((row) => !row.hasLink && sourceOf(row) === undefined);
  if (orphans.length === 0) return [];
  const lines = orphans.slice(0, MOST_LINES).map((row) => row.line);
  return [
    {
      rule: 'source',
      blocks: false,
      line: lines[0] ?? line,
      text: `${orphans.length} of ${rows.length} rows have no source: line ${lines.join(', ')}${orphans.length > MOST_LINES ? ' …' : ''}`,
      advice:
        'Link each row to what shows it: the message in Slack, the alert, the trace, the log query, the dashboard, the deploy.',
    },
  ];
}

const MOST_LINES = 10;

function sourceOf({ cells }: Block): string | undefined {
  return cells.find(({ head, text }) => SOURCE.test(head) && text.trim() !== '')?.text;
}

const SOURCE = /\b(?:source|evidence|links?|who|author|actor|by|person|reference)\b/i;

/** Only where the row does not say who “I” is. */
function firstPerson(rows: readonly Row[]): readonly LintFinding[] {
  return rows.flatMap((row): readonly LintFinding[] => {
    const own = withoutQuotations(row.text);
    const [word] = FIRST_PERSON.exec(own) ?? [];
    if (word === undefined || sourceOf(row) !== undefined || NAMED.test(own)) return [];
    return [
      {
        rule: 'first-person',
        blocks: false,
        line: row.line,
        text: row.text,
        advice: `Name the role in place of “${word}”: “the on-call engineer restarts the pod”.`,
      },
    ];
  });
}

const FIRST_PERSON = /(?<![\p{L}\p{N}/.])(?:I|my|me)(?![\p{L}\p{N}/])(?!\/O)/u;
const NAMED = /(?:^|[\s(·–—-])(?:\p{Lu}\p{L}{1,30}|@[\w.-]{1,40})\)?: /u;

/** The total that the text gives is the time between two rows. */
function otherDurations(sections: readonly DocumentSection[], rows: readonly Row[]): readonly LintFinding[] {
  const isDated =
    rows.every(({ time }) => time.dayUs !== undefined) || rows.every(({ time }) => time.dayUs === undefined);
  if (rows.length < 2 || rows.length > MOST_ROWS || !isDated) return [];
  const seconds = secondsOf(rows);
  const statements = [/summary|overview|tl;?dr/i, /impact/i].flatMap((title) => partOf(sections, title)?.blocks ?? []);
  return statements.flatMap(({ line, text }): readonly LintFinding[] => {
    const [total] = durationsIn(TOTAL.exec(text)?.[1] ?? '');
    if (total === undefined) return [];
    const within = Math.max(60, total.unitSeconds);
    const isBetween = seconds.some((from) => seconds.some((to) => Math.abs(to - from - total.seconds) <= within));
    if (isBetween) return [];
    return [
      {
        rule: 'duration',
        blocks: true,
        line,
        text,
        advice: 'Give the time between two rows of the timeline, and name them: “33 min, from 13:58 to 14:31 UTC”.',
      },
    ];
  });
}

const MOST_ROWS = 300;
/** `The deploy lasted 3 min` is about something else. */
const TOTAL =
  /(?:\b(?:it|this|which|incident|outage|impact|downtime|disruption|degradation) lasted|\b(?:outage|incident|downtime) of|\bhow long|\bin total|^(?:the |its )?(?:total )?duration)\b([^\n]{1,120})/i;
