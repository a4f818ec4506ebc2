/**
 * The request succeeds, but its answer holds far less than usual.
 *
 *   healthy   [ GET /orders   200   41 kB ]   [ SELECT orders   50 rows ]
 *   this one  [ GET /orders   200   210 B ]   [ SELECT orders    0 rows ]   ← the cause
 *
 * Data is missing, without an error or a delay. Among nested answers the innermost is named. Answers to failed, refused
 * and redirected requests are small for other reasons.
 */

import { defineDetector } from '#detect/detector.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { Baseline } from '#model/requests/baseline.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { deviations, type UsualRange } from '#model/stats/usual-range.ts';
import { inWords } from '#model/text/in-words.ts';
import { sizeText } from '#model/text/size-text.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { type ResponseSize, responseSizes } from '#model/trace/views/response-sizes.ts';

export const shrunkResponse = defineDetector({
  id: 'shrunk-response',
  title: 'Answer far smaller than usual',
  why: 'A failure without an error: every dashboard shows 200, and people see empty pages.',
  runbook: 'runbooks/shrunk-response.md',
  clear: 'no answer whose size is recorded was far smaller than in the healthy traces',
  silent: [
    'It needs recorded sizes. Most instrumentation records neither bytes nor rows by default.',
    'It ignores smaller answers below where the answer to the request itself holds more than half of what is usual.',
    'It compares the largest answer of each kind, so one empty answer among several does not count.',
    'An empty answer is not unusual where healthy answers vary much in size or are sometimes empty.',
  ],
  role: 'mechanism',
  field: 'data',
  coverage: 'answer',
  nextWhys: {
    unsaid: {
      ask: 'Why does the answer hold less than usual?',
      lookAt: 'What the sources of the answer returned, filters and permissions, and their data.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  needs: ['trace', 'baseline'],
  thresholds: {
    maxShare: {
      default: 0.2,
      min: 0,
      max: 1,
      unit: 'share of the usual size',
      means: 'Bytes or rows of the answer, divided by the median of the healthy traces',
      why: 'Answers vary from request to request, but a different question seldom removes four fifths.',
    },
    minBytesLess: {
      default: 1000,
      min: 1,
      unit: 'bytes',
      means: 'Bytes less than usual, where bytes are recorded',
      why: 'An answer below a kilobyte is an acknowledgement; its wording determines its size.',
    },
    minRowsLess: {
      default: 10,
      min: 1,
      unit: 'rows',
      means: 'Rows less than usual, where rows are recorded',
      why: 'A lookup of a few rows often finds none.',
    },
    minDeviations: {
      default: 3,
      min: 0,
      unit: 'standard deviations',
      means: 'Distance from the healthy median, on a scale of factors',
      why: 'Control charts have used three sigma since Shewhart. Sizes of answers vary more than durations.',
    },
  },

  detect({ trace, baseline }, { maxShare, minBytesLess, minRowsLess, minDeviations }) {
    const isSmall = ({ measure, value }: ResponseSize, usual: UsualRange) =>
      value < usual.low &&
      value <= maxShare * usual.median &&
      usual.median - value >= (measure === 'bytes' ? minBytesLess : minRowsLess) &&
      deviations(usual, value) <= -minDeviations;
    const compared = comparedSizes(trace, baseline);
    const small = compared.filter(({ size, usual }) => isSmall(size, usual));
    const ofRoot = compared.find(({ size }) => size.span === trace.root && size.measure === 'bytes');
    // The caller gets as much as usual, so the smaller answers below are not the problem.
    if (ofRoot !== undefined && !small.includes(ofRoot) && !lacksPart(ofRoot, minBytesLess)) return [];
    return small
      .filter((one, at) => small.findIndex(({ size }) => size.span === one.size.span) === at)
      .filter(({ size }, _, each) => !each.some((other) => isBelow(trace, other.size.span, size.span)))
      .map((found) => sightingOf(trace, baseline, found, ofRoot));
  },

  say(facts) {
    const { service, operation, what, measure, value, usual, low, rootBytes, rootOperation, traces } = facts;
    const answer =
      Number(rootBytes) < 0
        ? ''
        : `; ${rootOperation} answers with ${amount(rootBytes, 'bytes')}, usually ${amount(facts.usualRootBytes, 'bytes')}`;
    return {
      title: `${service}: ${what} returns ${amount(value, measure)}, usually ${amount(usual, measure)}${answer}`,
      headline: { what: `${inWords(service)} answers with far less data than usual` },
      explanation: `Nine of ten healthy answers of ${what} have at least ${amount(low, measure)} (healthy traces compared: ${traces}). The request succeeded, so nothing else shows that data is missing.`,
      remedy: `Send the same request to ${service} again and compare the answer with the data. Look for an empty table or partition, a filter, a permission, a replica or a cache that lost its content, or a deploy that changed ${operation}.`,
      check:
        'The request asked for less than the healthy ones: a rarer word, a shorter page, an account without content.',
    };
  },
});

/** An answer of several parts that lost one of them: half of it or more is gone. */
const PART_LEFT = 0.5;

function lacksPart({ size, usual }: Compared, minBytesLess: number): boolean {
  return size.value < usual.low && size.value <= PART_LEFT * usual.median && usual.median - size.value >= minBytesLess;
}

type Compared = Readonly<{ size: ResponseSize; usual: UsualRange }>;

function comparedSizes(trace: Trace, { groups, usualSize }: Baseline): Compared[] {
  return responseSizes(trace, groups).flatMap((size) => {
    const usual = usualSize(size);
    return usual === undefined ? [] : [{ size, usual }];
  });
}

function isBelow(trace: Trace, span: SpanIndex, above: SpanIndex): boolean {
  return span !== above && trace.isUnder(span, above);
}

function sightingOf(
  trace: Trace,
  { alike }: Baseline,
  { size, usual }: Compared,
  ofRoot: Compared | undefined,
): Sighting {
  const { span, measure, value } = size;
  const name = measure === 'bytes' ? 'bytes of the answer' : 'rows';
  return {
    service: trace.service(span),
    operation: trace.operation(span),
    spans: [span],
    wastedUs: 0,
    facts: {
      what: queryLabel(trace.queryShape(span)) || trace.operation(span),
      measure,
      value,
      usual: usual.median,
      low: usual.low,
      // −1 where this is the answer of the request itself, or where its size is unknown.
      rootBytes: span === trace.root ? -1 : (ofRoot?.size.value ?? -1),
      usualRootBytes: ofRoot?.usual.median ?? -1,
      rootOperation: trace.operation(trace.root),
      traces: alike,
      // The request was answered, but without the data.
      reachedRoot: false,
    },
    evidence: [{ kind: 'span', ref: trace.spanId(span), text: `${value} ${name}` }],
  };
}

/** `41 kB`, `0 rows`. */
function amount(value: unknown, measure: unknown): string {
  const number = Number(value);
  if (measure === 'rows') return `${Math.round(number)} row${Math.round(number) === 1 ? '' : 's'}`;
  return sizeText(number);
}
