/** What was odd about the trace itself, in words: how it was read all the same, and what that costs. */

import type { Gap } from '#model/finding/gap.ts';
import { durationText } from '#model/text/duration.ts';
import type { Repairs } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** The source of every gap that the trace itself shows. */
export const TRACE_SOURCE = 'trace';

/** One for each kind of repair that was needed and that matters, the most costly first. None for a healthy trace. */
export function repairGaps(trace: Trace): Gap[] {
  const gaps: Gap[] = [];
  for (const { repair, problem, consequence } of EACH) {
    const count = untold(trace.repairs, repair);
    if (count <= 0 || (repair === 'clockSkew' && isSlightlyMoved(trace))) continue;
    gaps.push({ source: TRACE_SOURCE, problem: problem(count, trace), consequence });
  }
  return gaps;
}

type Sentence = Readonly<{ problem: (count: number, trace: Trace) => string; consequence: string }>;

const SENTENCES: Readonly<Record<keyof Repairs, Sentence>> = {
  orphan: {
    problem: (count) =>
      count === 1 ? 'the parent of one span never arrived' : `the parents of ${count} spans never arrived`,
    consequence: 'what those spans belong to is unknown, and a cause may lie in what is missing',
  },
  extraRoot: {
    problem: (count) => `${counted(count, 'root')} beside the first`,
    consequence: 'the critical path is that of the first root, and time below the others is not on it',
  },
  clockSkewTooLarge: {
    problem: (count) => `${counted(count, 'call')} outside the caller by more than two clocks are taken to differ`,
    consequence: 'their times are as recorded, and their callers’ own time may be overstated',
  },
  clockSkew: {
    problem: (count, trace) =>
      `${counted(count, 'span')} ${movedBy(trace)}, because the clocks of their hosts disagree`,
    consequence: 'durations are as recorded, when these spans began is an estimate',
  },
  cycle: {
    problem: (count) => `${counted(count, 'circle')} of parents cut`,
    consequence: 'which span of a circle called the others is a guess: the earliest',
  },
  selfParent: {
    problem: (count) => `${counted(count, 'span')} named as ${count === 1 ? 'its' : 'their'} own parent`,
    consequence: 'who called them is unknown',
  },
  undatedSpan: {
    problem: (count) => `${counted(count, 'span')} without a possible start`,
    consequence: 'they are shown as if they began with their parent, when they did is unknown',
  },
  absurdDuration: {
    problem: (count) => `${counted(count, 'span')} with a duration of more than ten years`,
    consequence: 'they count as taking no time, so that what was slow in them is not seen',
  },
  unfinishedSpan: {
    problem: (count) => `${counted(count, 'span')} without an end`,
    consequence: 'they count as taking no time, so that what was slow in them is not seen',
  },
  negativeDuration: {
    problem: (count) => `${counted(count, 'span')} with an end before the start`,
    consequence: 'they count as taking no time, so that what was slow in them is not seen',
  },
  unnamedService: {
    problem: (count) => `${counted(count, 'span')} without the name of a service`,
    consequence: 'they are shown as unknown-service and cannot be told apart by service',
  },
  foreignParent: {
    problem: (count) =>
      count === 1 ? 'the parent of one span is in another trace' : `the parents of ${count} spans are in other traces`,
    consequence: 'what called those spans, and what else that waited for, is not looked at',
  },
  foreignLink: {
    problem: (count) => `${counted(count, 'span')} with a link to another trace`,
    consequence: 'what happened there is not looked at',
  },
  followsFrom: {
    problem: (count) => `${counted(count, 'span')} without a parent, but with what came before`,
    consequence: 'they are shown below that, which need not have waited for them',
  },
  missingSpanId: {
    problem: (count) => `${counted(count, 'span')} without an id`,
    consequence: 'what they called cannot be placed below them',
  },
  unknownKind: {
    problem: (count) => `${counted(count, 'span')} of a kind that is not known`,
    consequence: 'they count as work inside their service, so that a call among them is not seen as one',
  },
  hiddenCharacters: {
    problem: (count) => `${counted(count, 'span')} with control characters in a name`,
    consequence: 'the names are shown without them',
  },
  conflictingName: {
    problem: (count) => `${counted(count, 'span')} with two names for one fact that contradict each other`,
    consequence: 'the current OpenTelemetry name is read, and the older one may have been right',
  },
  repeatedSpanId: {
    problem: (count) => `${counted(count, 'span')} with the id of another one`,
    consequence: 'what such an id called is shown below the first span that has it',
  },
  duplicateSpan: {
    problem: (count) => `${counted(count, 'span')} sent more than once`,
    consequence: 'each is counted once, nothing is lost',
  },
  sharedSpanId: {
    problem: (count) => `${counted(count, 'call')} whose two sides share one span id`,
    consequence: 'the sides were told apart by their kind, nothing is lost',
  },
};

const EACH = Object.entries(SENTENCES).map(([repair, sentence]) => ({ repair: repair as keyof Repairs, ...sentence }));

/** A root is told as what made it one: without its parent, its own parent, cut from a circle, called from elsewhere. */
function untold(repairs: Repairs, repair: keyof Repairs): number {
  if (repair !== 'extraRoot') return repairs[repair];
  return repairs.extraRoot - repairs.orphan - repairs.selfParent - repairs.cycle - repairs.foreignParent;
}

/** NTP keeps a host within a millisecond of the true time (RFC 5905): a clock that is off by less needs no look. */
const SLIGHT_US = 1_000;
/** A share of the trace. Less than a hundredth is not visible in the waterfall; 500 µs in a request of 2 ms are. */
const SLIGHT_SHARE = 0.01;

/** Whether the clocks were off by too little for a gap: both limits must hold. The spans are moved and counted all the same. */
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

/** More names say less than their number. */
const NAMED_SERVICES = 3;

/** `of stock moved by up to 35 ms`: whose clock to look after, and whether it is worth it. */
function movedBy(trace: Trace): string {
  const services = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.shiftUs(span) !== 0) services.add(trace.service(span));
  }
  const of = services.size > NAMED_SERVICES ? `${services.size} services` : [...services].sort().join(', ');
  return `of ${of} moved by up to ${durationText(furthestMoveUs(trace))}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
