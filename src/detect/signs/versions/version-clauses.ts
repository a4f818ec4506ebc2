/** What a new version does worse than the old one, in words: for the finding, and for the first line of an answer. */
import type { CountedDifference } from '#detect/signs/versions/version-counts.ts';
import type { VersionDifference } from '#detect/signs/versions/version-differences.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { minuteText, shareText } from '#model/metrics/limited.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords, timesAsLong } from '#model/text/in-words.ts';
import { sizeText } from '#model/text/size-text.ts';

/** How often the release is at fault where its versions differ so; the more direct the measure, the more often. */
const BELIEF: Readonly<Record<VersionDifference['measure'] | CountedDifference['measure'], number>> = {
  answers: 0.95,
  failing: 0.95,
  stopped: 0.9,
  restarts: 0.9,
  latency: 0.85,
  'slow answers': 0.85,
  calls: 0.85,
  lines: 0.8,
  'short answers': 0.8,
  memory: 0.8,
  cpu: 0,
};

/** Something else may begin in the minute of a switch, but seldom does. */
const AFTER = 0.9;

/** How often the release is at fault, from this clause alone. */
export function beliefIn({ measure, isAfter }: Pick<Clause, 'measure' | 'isAfter'>): number {
  return isAfter ? AFTER * BELIEF[measure] : BELIEF[measure];
}

/** `headline`: what stands before and after the name of the version and its service. */
type Worded = Readonly<{ text: string; headline: readonly [before: string, after: string] }>;

export type Clause = Worded &
  Readonly<{
    measure: keyof typeof BELIEF;
    /** The old version was gone: its last minutes are compared. */
    isAfter: boolean;
    sinceUs: number;
    item: EvidenceItem;
  }>;

/** A hash or a bare number is no name that people know. */
export function nameInWords(version: string, service: string): string {
  const name = /^v\d{1,4}(?:\.\d{1,4}){0,3}$/i.test(version) ? `version ${version}` : 'the new version';
  return `${name} of ${inWords(service)}`;
}

export function clauseOfCount({
  measure,
  operation,
  now,
  old,
  nowUs,
  oldUs,
  bytes = { now: 0, old: 0 },
  sinceUs,
  answers: [example],
}: CountedDifference): Clause {
  const ref = example?.trace.spanId(example.span) ?? minuteText(sinceUs);
  const whose = operation === '' ? '' : ` ${inWords(operation)}`;
  const worded: Readonly<Record<typeof measure, Worded>> = {
    answers: {
      text: `fails ${now.times} of ${now.of}${operation === '' ? '' : ` ${operation}`} requests, the old one ${old.times} of ${old.of}`,
      headline: [`${now.times} of ${now.of}${whose} requests to `, ' fail'],
    },
    'slow answers': {
      text: `takes ${durationText(nowUs)}, the old one ${durationText(oldUs)}`,
      headline: ['', ` takes ${timesAsLong(nowUs / oldUs)} the old one`],
    },
    'short answers': {
      text: `answers ${operation} with ${sizeText(bytes.now)}, the old one with ${sizeText(bytes.old)}`,
      headline: ['', ` answers${whose} with almost nothing`],
    },
    calls: {
      text: `calls ${operation} ${timesText(now)} for each request, the old one ${timesText(old)}`,
      headline: ['', ` calls ${inWords(operation)} ${timesText(now)} for each request`],
    },
    lines: {
      text: `writes ${now.times} errors in ${now.of} lines, the old one ${old.times} in ${old.of}`,
      headline: [
        '',
        old.times === 0 ? ' writes errors that the old one does not' : ' writes more errors than the old one',
      ],
    },
  };
  const { text, headline } = worded[measure];
  return {
    measure,
    text,
    headline,
    isAfter: false,
    sinceUs,
    item: { kind: measure === 'lines' ? 'metric' : 'span', ref, text: `the new version ${text}` },
  };
}

export function clauseOfMetric(
  { measure, metric, now, old, minutes, sinceUs, isAfter }: VersionDifference,
  version: string,
): Clause {
  const [one, other] =
    isShare(metric) || old <= 1 ? [shareText(now), shareText(old)] : [numberText(now), numberText(old)];
  const worded: Readonly<Record<typeof measure, Worded>> = {
    failing: {
      text: `fails ${shareText(now)} of requests, the old one ${shareText(old)}`,
      headline: [`${shareText(now)} of requests to `, ' fail'],
    },
    latency: {
      text: `takes ${durationText(now * 1e6)}, the old one ${durationText(old * 1e6)}`,
      headline: ['', ` takes ${timesAsLong(now / old)} the old one`],
    },
    memory: {
      text: `uses ever more memory, now ${one}, the old one ${other}`,
      headline: ['', ' uses ever more memory'],
    },
    stopped: { text: 'does not run, and the old one does', headline: ['', ' does not run'] },
    restarts: {
      text: `restarts in ${now} of ${minutes} minutes, and the old one never`,
      headline: ['', ' restarts again and again'],
    },
    cpu: { text: '', headline: ['', ' needs more CPU'] },
  };
  const { text, headline } = worded[measure];
  return {
    measure,
    text,
    headline,
    isAfter,
    sinceUs,
    item: { kind: 'metric', ref: metric, text: `${metric}, version ${version}: ${text}` },
  };
}

function timesText({ times, of }: CountedDifference['now']): string {
  return counted(Number((times / of).toPrecision(2)), 'time');
}

function isShare(metric: string): boolean {
  return /percent|pct|ratio|share|utili[sz]ation/.test(metric);
}

function numberText(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}
