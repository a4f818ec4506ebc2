/** The flaws of the trace itself, in words: how it was read all the same, and the consequence. */

import type { Gap } from '#model/finding/gap.ts';
import { durationText } from '#model/text/duration.ts';
import { hasDate } from '#model/trace/build/impossible-times.ts';
import type { Repairs } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The source of every gap that the trace itself shows. */
export const TRACE_SOURCE = 'trace';

/** Whether nobody knows how long the request took: its length is missing, impossible, or in another unit. */
export function isWithoutLength(trace: Trace): boolean {
  if (trace.startEpochUs > 0 && !hasDate(trace.startEpochUs)) return true;
  const { negativeDuration, absurdDuration, unfinishedSpan, undatedSpan } = trace.repairs;
  if (trace.durationOfUs(trace.root) > 0) return false;
  return negativeDuration + absurdDuration + unfinishedSpan + undatedSpan > 0 || trace.startEpochUs === 0;
}

/** Whether spans name a parent that is not there. */
export function isIncomplete({ repairs }: Trace): boolean {
  return repairs.orphan > 0 || repairs.lostRoot > 0;
}

/** One for each kind of repair that matters, the most costly first. None for a flawless trace. */
export function repairGaps(trace: Trace): Gap[] {
  const gaps: Gap[] = [];
  for (const { repair, problem, consequence } of EACH) {
    const count = untold(trace.repairs, repair);
    if (count <= 0 || (repair === 'clockSkew' && isSlightlyMoved(trace))) continue;
    gaps.push({ source: TRACE_SOURCE, problem: problem(count, trace), consequence });
  }
  if (trace.spanCount > 0 && !hasDate(trace.startEpochUs)) gaps.push(WITHOUT_DATE);
  return gaps;
}

const WITHOUT_DATE: Gap = {
  source: TRACE_SOURCE,
  problem: 'no span has a date',
  consequence: 'if its times have the wrong unit, its durations are wrong; log lines of that time are not found',
};

type Sentence = Readonly<{ problem: (count: number, trace: Trace) => string; consequence: string }>;

const SENTENCES: Readonly<Record<keyof Repairs, Sentence>> = {
  orphan: {
    problem: parentsLost,
    consequence: 'it is unknown where those spans belong, and a cause may lie in the missing part',
  },
  placedOrphan: {
    problem: parentsLost,
    consequence: 'the places of these spans are estimates by time and service; a cause may lie in the missing part',
  },
  placedRoot: {
    problem: (count) =>
      count === 1 ? 'one request below a call names no parent' : `${count} requests below calls name no parent`,
    consequence: 'the places of these spans are estimates by time and service',
  },
  lostRoot: {
    problem: () => 'the span of the request itself never arrived',
    consequence: 'its time is estimated from the spans below it; its result is unknown',
  },
  extraRoot: {
    problem: (count) => `${counted(count, 'root')} beside the first`,
    consequence: 'the critical path starts at the first root; time below the other roots is not on it',
  },
  clockSkewTooLarge: {
    problem: (count) =>
      `${counted(count, 'call')} outside the time of the caller, by more than a clock difference explains`,
    consequence: 'their times are as recorded, and their callers’ own time may be too large',
  },
  clockSkew: {
    problem: (count, trace) =>
      `${counted(count, 'span')} ${movedBy(trace)}, because the clocks of their hosts disagree`,
    consequence: 'durations are as recorded; the start times of these spans are estimates',
  },
  cycle: {
    problem: (count) => `${counted(count, 'circle')} of parents cut`,
    consequence: 'nobody knows which span of a circle called the others: the earliest is taken',
  },
  selfParent: {
    problem: (count) => `${counted(count, 'span')} named as ${count === 1 ? 'its' : 'their'} own parent`,
    consequence: 'their caller is unknown',
  },
  undatedSpan: {
    problem: (count) => `${counted(count, 'span')} with an impossible start`,
    consequence: 'they are shown as if they began with their parent; their real start is unknown',
  },
  absurdDuration: {
    problem: (count) => `${counted(count, 'span')} with a duration of more than ten years`,
    consequence: 'they count as 0 s long, so a slow part in them does not show',
  },
  unfinishedSpan: {
    problem: (count) => `${counted(count, 'span')} without an end`,
    consequence: 'they count as 0 s long, so a slow part in them does not show',
  },
  negativeDuration: {
    problem: (count) => `${counted(count, 'span')} with an end before the start`,
    consequence: 'they count as 0 s long, so a slow part in them does not show',
  },
  unnamedService: {
    problem: (count) => `${counted(count, 'span')} without a service name`,
    consequence: 'they are shown as unknown-service, so their services cannot be distinguished',
  },
  unnamedOperation: {
    problem: (count) => `${counted(count, 'span')} without a name`,
    consequence: 'the answer calls all of them unnamed-operation, so it cannot distinguish their work',
  },
  foreignParent: {
    problem: (count) =>
      count === 1 ? 'the parent of one span is in another trace' : `the parents of ${count} spans are in other traces`,
    consequence: 'the caller of those spans, and its other calls, are not examined',
  },
  foreignLink: {
    problem: (count) => `${counted(count, 'span')} with a link to another trace`,
    consequence: 'each trace is judged on its own',
  },
  followsFrom: {
    problem: (count) => `${counted(count, 'span')} with a FOLLOWS_FROM reference but no parent`,
    consequence: 'they are shown below the span that they follow, which may not have waited for them',
  },
  missingSpanId: {
    problem: (count) => `${counted(count, 'span')} without an id`,
    consequence: 'their children cannot be placed below them',
  },
  unknownKind: {
    problem: (count) => `${counted(count, 'span')} of an unknown kind`,
    consequence: 'they count as work inside their service, so calls among them are missed',
  },
  hiddenCharacters: {
    problem: (count) => `${counted(count, 'span')} with control characters in a name`,
    consequence: 'the names are shown without them',
  },
  conflictingName: {
    problem: (count) => `${counted(count, 'span')} with two attributes for one fact that contradict each other`,
    consequence: 'the current OpenTelemetry attribute is used, but the older one may be right',
  },
  repeatedSpanId: {
    problem: (count) => `${counted(count, 'span')} with the id of another span`,
    consequence: 'the children of such an id are shown below the first span that has it',
  },
  duplicateSpan: {
    problem: (count) => `${counted(count, 'span')} sent more than once`,
    consequence: 'each is counted once; nothing is lost',
  },
  sharedSpanId: {
    problem: (count) => `${counted(count, 'call')} whose two sides share one span id`,
    consequence: 'the kinds of the two sides distinguish them; nothing is lost',
  },
};

const EACH = Object.entries(SENTENCES).map(([repair, sentence]) => ({ repair: repair as keyof Repairs, ...sentence }));

/**
 * A root counts by what made it one: without its parent, its own parent, cut from a circle, called from another trace.
 */
function untold(repairs: Repairs, repair: keyof Repairs): number {
  const unplaced = repairs.orphan - repairs.placedOrphan;
  if (repair === 'orphan') return unplaced;
  if (repair !== 'extraRoot') return repairs[repair];
  return repairs.extraRoot - unplaced - repairs.selfParent - repairs.cycle - repairs.foreignParent;
}

/** NTP keeps a host within a millisecond of the true time (RFC 5905): a smaller difference needs no attention. */
const SLIGHT_US = 1_000;
/** A share of the trace. Less than a hundredth is not visible in the waterfall; 500 µs in a request of 2 ms are. */
const SLIGHT_SHARE = 0.01;

/**
 * Whether the clock differences are too small for a gap: both limits must hold. The spans are moved and counted all the
 * same.
 */
function isSlightlyMoved(trace: Trace): boolean {
  const us = furthestMoveUs(trace);
  return us < SLIGHT_US && us < SLIGHT_SHARE * trace.durationUs;
}

function furthestMoveUs(trace: Trace): number {
  let furthestUs = 0;
  for (let span = 0; span < trace.spanCount; span += 1) {
    furthestUs = Math.max(furthestUs, Math.abs(trace.shiftUs(span)));
  }
  return furthestUs;
}

/** Beyond this, the number says more than the names. */
const NAMED_SERVICES = 3;

/** `of stock moved by up to 35 ms`: which clock to check, and whether that is worthwhile. */
function movedBy(trace: Trace): string {
  const services = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.shiftUs(span) !== 0) services.add(trace.service(span));
  }
  const of = services.size > NAMED_SERVICES ? `${services.size} services` : [...services].sort().join(', ');
  return `of ${of} moved by up to ${durationText(furthestMoveUs(trace))}`;
}

function parentsLost(count: number): string {
  return count === 1 ? 'the parent of one span never arrived' : `the parents of ${count} spans never arrived`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
