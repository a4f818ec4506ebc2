/** What single sections of a postmortem say. After PagerDuty's postmortem guide, Google's SRE book and Atlassian's handbook. */
import { DAY_US } from '#core/time-units.ts';
import type { LintFinding } from '#model/blameless/lint.ts';
import {
  admits,
  type Block,
  type DocumentSection,
  durationsIn,
  type Part,
  partOf,
} from '#model/blameless/structure/document.ts';
import { severityIn, TIMELINE } from '#model/blameless/structure/timeline.ts';
import { reviewByUs } from '#model/incident/review-day.ts';
import { daysSinceEpoch } from '#model/text/calendar.ts';

const ACTIONS = /action|follow-?ups?|follow ups|corrective/i;
const FACTORS = /contribut|factors/i;

export function statementFindings(sections: readonly DocumentSection[]): readonly LintFinding[] {
  return [
    ...impactFindings(partOf(sections, /impact/i)),
    ...detectionFindings(
      partOf(sections, /^detect|how (?:we|it was) (?:found|noticed)|discover/i),
      partOf(sections, ACTIONS),
    ),
    ...factorFindings(partOf(sections, FACTORS)),
    ...triggerFindings(sections),
    ...citationFindings(sections),
    ...timesFindings(sections),
    ...stateFindings(sections),
    ...outageFindings(sections),
    ...acronymFindings(sections),
  ];
}

function finding(
  rule: LintFinding['rule'],
  blocks: boolean,
  { line, text }: Readonly<{ line: number; text: string }>,
  advice: string,
): LintFinding {
  return { rule, blocks, line, text, advice };
}

function impactFindings(impact: Part | undefined): readonly LintFinding[] {
  if (impact === undefined || impact.blocks.length === 0) return [];
  const { text, line, title } = impact;
  const isCounted = AMOUNT.test(text) || isMoney(text) || admits(text);
  const isTimed = durationsIn(text).length > 0 || admits(text);
  if (isCounted && isTimed) return [];
  const lacks = [...(isCounted ? [] : ['number with its unit']), ...(isTimed ? [] : ['duration'])].join(' and no ');
  return [
    finding(
      'impact',
      true,
      { line, text: `“${title}” has no ${lacks}` },
      'Say how much and how long, or that it is not known: “412 of 9,870 checkouts (4.2 %) failed for 29 min”.',
    ),
  ];
}

const AMOUNT =
  /\d ?(?:%|‰)|[€$£¥] ?\d|\d[\d.,]{0,15}k? ?(?:(?:of|out of) \d|(?:\p{L}{1,20} ){0,2}(?:€|\$|EUR|USD|GBP|requests?|users?|customers?|clients?|orders?|payments?|checkouts?|errors?|sessions?|logins?|messages?|emails?|jobs?|tenants?|accounts?|rows?|records?|calls?|tickets?|people|merchants?|shops?|stores?|devices?|uploads?|files?|transactions?|bookings?|events?|invoices?|GB|MB)(?!\p{L}))|\b(?:no|every|all|each|one|two|three|four|five|six|seven|eight|nine|ten) (?:\p{L}{1,20} ){0,2}(?:requests?|users?|customers?|clients?|tenants?|orders?|payments?)\b/iu;

/** An amount in any currency, by its sign, its code or its name, before the number or behind it. */
function isMoney(text: string): boolean {
  if (SIGNED.test(text)) return true;
  return [...text.matchAll(CODED)].some(([, before, behind]) => CURRENCIES.has(before ?? behind ?? ''));
}

const SIGNED =
  /\p{Sc} ?\d|\d ?\p{Sc}|(?:\bRs\.?|\bkr\.?|\bFr\.?|zł|Kč) ?\d|\d(?: (?:thousand|million|billion|[kmM]|bn|Mio\.?|Tsd\.?))? ?(?:euros?|dollars?|pounds?|rupees?|yen|yuan|francs?|kron(?:er|or|a)|kr|zł|Kč)(?!\p{L})/u;
const CODED = /(?<!\p{L})([A-Z]{3}) ?\d|\d ?(?:[kmM]|bn|thousand|million|billion)? ?([A-Z]{3})(?!\p{L})/gu;
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** A longer gap needs an action item, as PagerDuty's guide asks. */
const GAP_SECONDS = 300;

function detectionFindings(detection: Part | undefined, actions: Part | undefined): readonly LintFinding[] {
  if (detection === undefined || detection.blocks.length === 0) return [];
  const { text, line, title } = detection;
  const isKnown = HOW.test(text) || admits(text);
  const [gap] = durationsIn(text);
  const isTimed = gap !== undefined || AT_ONCE.test(text) || admits(text);
  const isLate = (gap?.seconds ?? 0) > GAP_SECONDS || (isKnown && !BY_ALERT.test(text));
  const isAnswered = actions === undefined || DETECTS.test(actions.text);
  const lacks = [...(isKnown ? [] : ['who or what noticed it']), ...(isTimed ? [] : ['how long that took'])].join(
    ' and ',
  );
  return [
    ...(lacks === ''
      ? []
      : [
          finding(
            'detection',
            true,
            { line, text: `“${title}” does not say ${lacks}` },
            'Name the alert, the customer or the colleague, and the gap: “A customer reported it at 14:12 UTC, 14 min after the start of the impact”.',
          ),
        ]),
    ...(isLate && !isAnswered
      ? [
          finding(
            'detection',
            true,
            { line, text: 'No alert noticed it within 5 min, and no action item is about detection' },
            'Add an item that closes the gap: “An alert pages when 2 % of the checkouts fail for 2 min”.',
          ),
        ]
      : []),
  ];
}

const HOW =
  /\b(?:alerts?|alarms?|alerted|paged?|pager|monitor(?:s|ing)?|dashboards?|customers?|users?|support|tickets?|employees?|staff|colleagues?|engineers?|responders?|vendors?|partners?|luck|chance|logs?|probes?|canary|tests?)\b/i;
const BY_ALERT = /\b(?:alerts?|alarms?|alerted|paged?|pager|monitor(?:s|ing)?|probes?|canary)\b/i;
const AT_ONCE = /\b(?:at once|immediately|instantly|within seconds|the same minute)\b/i;
const DETECTS =
  /\b(?:detect(?:s|ion)?|alerts?|alarms?|monitors?|monitoring|pages?|probes?|synthetic|dashboards?|canary)\b/i;

function factorFindings(factors: Part | undefined): readonly LintFinding[] {
  if (factors === undefined || factors.blocks.length === 0) return [];
  const { blocks, line, text } = factors;
  const listed = blocks.filter(({ kind, text: own }) => kind !== 'paragraph' && !admits(own));
  const count = listed.length > 0 ? listed.length : sentenceCount(blocks);
  const bare = listed.filter((block) => !block.hasLink && !SHOWN.test(block.text));
  return [
    ...(count < 2 && !/\bfewer than two\b|\bonly one factor\b/i.test(text)
      ? [
          finding(
            'factors',
            true,
            { line, text: 'Fewer than two contributing factors' },
            'Name what else had to be true: “The pool has 20 connections”, “No test has production’s load”. Or say that fewer than two are known.',
          ),
        ]
      : []),
    ...(bare.length === 0
      ? []
      : [
          finding(
            'factors',
            false,
            {
              line: bare[0]?.line ?? line,
              text: `${bare.length} of ${listed.length} factors have neither evidence nor a standing`,
            },
            'Link what shows each factor, and say how sure it is: “confirmed: the plan of the query reads the whole table”.',
          ),
        ]),
  ];
}

/** A mark, a number, or how sure it is. */
const SHOWN =
  /\([TFEA]\d|\d|\b(?:(?:un)?confirmed|likely|probabl[ey]|possibl[ey]|suspected|unknown|unsure|certain|proven|verified|noted|shown?|shows|seen)\b/i;

function sentenceCount(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { text }) => sum + (text.match(/[.!;](?:\s|$)/g) ?? ['']).length, 0);
}

/** What set it off is not what made it possible. */
function triggerFindings(sections: readonly DocumentSection[]): readonly LintFinding[] {
  const factors = sections.find(({ title }) => FACTORS.test(title));
  const hasOwn = sections.some(({ title }) => /trigger/i.test(title) && !FACTORS.test(title));
  if (factors === undefined || hasOwn) return [];
  const mixed = /trigger/i.test(factors.title)
    ? { line: factors.line, text: factors.title }
    : factors.blocks.find(({ text }) => /\btrigger(?:ed|s)?\b/i.test(text));
  if (mixed === undefined) return [];
  return [
    finding(
      'trigger',
      true,
      mixed,
      'Give the trigger a section of its own: what set it off at that moment, “the deploy of cart 4.2 at 13:55 UTC”. The factors are what made it possible.',
    ),
  ];
}

/** Only in a document with marks as Spanhound's drafts have them: each leads to a row, and each cause has one. */
function citationFindings(sections: readonly DocumentSection[]): readonly LintFinding[] {
  const blocks = sections.flatMap((section) => section.blocks);
  const rows = new Set(
    blocks.flatMap(({ cells: [first] }) => (first !== undefined && MARK.test(first.text) ? [first.text.trim()] : [])),
  );
  if (rows.size === 0) return [];
  const lost = blocks.flatMap(({ line, text }) =>
    [...text.matchAll(CITED)]
      .flatMap(([, marks = '']) => marks.split(', '))
      .filter((mark) => !rows.has(mark))
      .map((mark) =>
        finding(
          'citation',
          true,
          { line, text: `${mark} is no row of this document` },
          'Cite the row that shows it: “(T4)”.',
        ),
      ),
  );
  const causes = [/^trigger/i, FACTORS].flatMap((title) => partOf(sections, title)?.blocks ?? []);
  const bare = causes.filter(({ text, hasLink }) => !hasLink && !text.match(CITED) && !admits(text));
  return [
    ...lost,
    ...bare.map((block) =>
      finding(
        'citation',
        true,
        block,
        'Cite what shows it, as the other causes do: “(T4)”. Without evidence, move it to the open questions.',
      ),
    ),
  ];
}

const MARK = /^\s?[TFEA]\d{1,5}\s?$/;
const CITED = /\(([TFEA]\d{1,5}(?:, [TFEA]\d{1,5}){0,60})\)/g;

function timesFindings(sections: readonly DocumentSection[]): readonly LintFinding[] {
  const isThere = sections.some(
    ({ title, blocks }) => TIMES_TITLE.test(title) || blocks.some(({ text }) => TIMES.test(text)),
  );
  const zero = sections
    .filter(({ title }) => TIMES_TITLE.test(title))
    .flatMap(({ blocks }) => blocks)
    .find(({ cells }) => cells.some(({ text }, at) => at > 0 && /^(?:0|-|–|—)$/.test(text.trim())));
  return [
    ...(isThere
      ? []
      : [
          finding(
            'times',
            false,
            {
              line: sections.find(({ title }) => TIMELINE.test(title))?.line ?? 1,
              text: 'The times to detect, acknowledge, mitigate and resolve',
            },
            'Compute them from the timeline: “Time to detect 4 min, to mitigate 22 min, to resolve 33 min”. Name those that are unknown.',
          ),
        ]),
    ...(zero === undefined
      ? []
      : [finding('times', false, zero, 'Where the record lacks a milestone, write “unknown”: 0 is a time, too.')]),
  ];
}

const TIMES_TITLE = /^times\b|metrics|key (?:figures|numbers|times)/i;
const TIMES =
  /\b(?:MTT[ADFMR]|TT[ADFMR])\b|\btime to (?:detect|acknowledge|mitigate|resolve|repair|recover|fix)|\b(?:detected|mitigated|resolved) after \d/i;

/** The state of the document, and the day of its review. */
function stateFindings(sections: readonly DocumentSection[]): readonly LintFinding[] {
  const [head] = sections;
  const all = sections.flatMap(({ title, blocks }) => [title, ...blocks.map(({ text }) => text)]);
  const top = sections
    .filter(({ level }) => level < 2)
    .flatMap(({ title, blocks }) => [title, ...blocks.map(({ text }) => text)]);
  const state = [...top, ...all.filter((text) => /^(?:document |review )?stat(?:us|e)\b/i.test(text.trim()))].join(
    '\n',
  );
  return [
    ...(STATE.test(state)
      ? []
      : [
          finding(
            'state',
            false,
            { line: head?.line ?? 1, text: 'Nothing says whether it is a draft' },
            'Write the state at the top: “Draft”, “In review by the platform team”, “Reviewed 2026-01-09”, “Closed”.',
          ),
        ]),
    ...reviewFindings(sections, state),
  ];
}

const STATE = /\b(?:draft|in review|under review|reviewed|accepted|approved|published|closed|final)\b/i;

function reviewFindings(sections: readonly DocumentSection[], state: string): readonly LintFinding[] {
  const all = sections.flatMap(({ blocks }) => blocks);
  const severity = severityIn(all.map(({ text }) => text).join('\n'));
  const endUs = partOf(sections, TIMELINE)?.blocks.findLast(({ time }) => time?.dayUs !== undefined)?.time?.dayUs;
  if (severity === undefined || /\b(?:accepted by|reviewed|approved|closed)\b/i.test(state)) return [];
  const rule = severity === 'P0' ? 'three days after the end' : 'five working days after the end';
  const planned = all.find(({ text }) => REVIEW.test(text));
  if (planned === undefined) {
    // Before the end, no day can be said.
    const isOver = /\b(?:resolved|recovered|restored|all clear)\b/i.test(partOf(sections, TIMELINE)?.text ?? '');
    const what = { line: sections[0]?.line ?? 1, text: `No day for the review of a ${severity}` };
    return isOver ? [finding('review', false, what, `Name the day, at most ${rule}: “Review due by 2026-01-09”.`)] : [];
  }
  const [, date = ''] = REVIEW.exec(planned.text) ?? [];
  const dueUs = endUs === undefined ? undefined : reviewByUs({ severity, resolvedUs: endUs });
  const isLate = dueUs !== undefined && dayOf(date) > dueUs;
  return isLate
    ? [
        finding(
          'review',
          false,
          { line: planned.line, text: planned.text },
          `Review a ${severity} at most ${rule}: memories fade.`,
        ),
      ]
    : [];
}

const REVIEW = /\b(?:review|meeting)\b[^.\n]{0,60}?\b(\d{4}-\d{2}-\d{2})\b/i;

/** Microseconds since the epoch. */
function dayOf(date: string): number {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return daysSinceEpoch(year, month, day) * DAY_US;
}

/** PagerDuty’s guide: most incidents are no outage. */
function outageFindings(sections: readonly DocumentSection[]): readonly LintFinding[] {
  const parts = [/summary|overview|tl;?dr/i, /impact/i].flatMap((title) => partOf(sections, title) ?? []);
  const isWhole = parts.some(({ text }) =>
    /\b100 ?%|\b(?:all|every|each|nobody|no (?:one|user|customer|request))\b|complete(?:ly)?\b/i.test(text),
  );
  const block = parts
    .flatMap(({ blocks }) => blocks)
    .find(({ text }) => /\boutages?\b/i.test(text.replaceAll(/“[^“”\n]{1,200}”/g, '…')));
  if (isWhole || block === undefined) return [];
  return [
    finding(
      'outage',
      false,
      block,
      'Say what did not work, and for how many: “4.2 % of the checkouts failed”. An outage is all of it.',
    ),
  ];
}

/** An acronym that the document itself explains, but only after its first use. */
function acronymFindings(sections: readonly DocumentSection[]): readonly LintFinding[] {
  const blocks = sections.flatMap((section) => section.blocks);
  const seen = new Set<string>();
  const found: LintFinding[] = [];
  for (const block of blocks) {
    for (const { 0: whole, 1: acronym = '', index } of block.text.matchAll(EXPANDED)) {
      if (seen.has(acronym) || block.text.slice(0, index).includes(acronym))
        found.push(finding('acronym', false, block, `Explain ${acronym} where it first stands: “${whole}”.`));
    }
    for (const [acronym] of block.text.matchAll(/\b[A-Z]{2,6}\b/g)) seen.add(acronym);
  }
  return found;
}

/** `recovery point objective (RPO)` */
const EXPANDED = /(?:\b\p{L}{2,20}[ -]){2,6}\(([A-Z]{2,6})\)/gu;
