/**
 * One operation runs many times as often as it usually does in this request.
 *
 *   healthy   [ GET /orders   ]              3 × SELECT customers
 *   this one  [ GET /orders                                    ]
 *               [ SELECT ][ SELECT ][ SELECT ][ … ]     300 ×   ← 100 times as many
 *
 * What lies below an operation that runs more often runs more often, too: the topmost is named. Each run is counted,
 * whether it is slow or not, because the load reaches what is called. An operation that healthy requests do not always
 * have is compared with those that have it.
 */
import { defineDetector } from '#detect/detector.ts';
import { listed } from '#detect/signs/repeated-calls.ts';
import type { Sighting } from '#model/finding/finding.ts';
import type { Baseline } from '#model/requests/baseline.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { deviations } from '#model/stats/usual-range.ts';
import { partOfTime } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';

export const spanCountAnomaly = defineDetector({
  id: 'span-count-anomaly',
  title: 'Far more calls than usual',
  why: 'A loop that came with a deploy shows here first, while its calls are still quick, and it multiplies the load below it.',
  runbook: 'runbooks/span-count-anomaly.md',
  clear: 'no operation ran many times as often as in the healthy traces',
  silent: [
    'An operation that no healthy trace has is left alone: there is no usual number of it.',
    'Where healthy requests differ as much in how often they do it, a long list is not unusual.',
    'What runs more often because its caller does is left to the caller.',
    'What happens many times inside one span is not counted.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why does it run more often than it usually does?',
      lookAt: 'Its version now and then, the amount of data, and repeats.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  signs: ['cut-calls'],
  needs: ['trace', 'baseline'],
  thresholds: {
    minFactor: {
      default: 3,
      min: 1,
      unit: 'times the usual number',
      means: 'Spans of one operation to the median of the healthy traces',
      why: 'Twice as many is how a longer list looks; retries stop at three attempts.',
    },
    minMore: {
      default: 10,
      min: 1,
      unit: 'spans',
      means: 'How many more than usual there are',
      why: 'The five from which N+1 begins, twice: without a look at what they cost, a few more prove nothing.',
    },
    minDeviations: {
      default: 3,
      min: 0,
      unit: 'standard deviations',
      means: 'Distance from the healthy median, on a scale of factors',
      why: 'Three sigma is the limit of control charts since Shewhart; lists differ in length from request to request.',
    },
  },

  detect({ trace, baseline }, { minFactor, minMore, minDeviations }) {
    const { groups, usual } = baseline;
    const isMore = (group: number) => {
      const count = groups.spans(group).length;
      const before = usual(group)?.count;
      return (
        before !== undefined &&
        count - before.median >= minMore &&
        count > before.high &&
        count >= minFactor * Math.max(1, before.median) &&
        deviations(before, count) >= minDeviations
      );
    };
    const more = Array.from({ length: groups.count }, (_, group) => group).filter(isMore);
    const known = new Set(more);
    return more
      .filter((group) => !followsFromAbove(trace, baseline, group, known, minFactor))
      .map((group) => sightingOf(trace, baseline, group))
      .sort((a, b) => b.wastedUs - a.wastedUs || (a.spans[0] ?? 0) - (b.spans[0] ?? 0));
  },

  say(facts) {
    const { service, what, count, usualCount, highCount, factor, caller, rootOperation, heldUs, rootUs, traces } =
      facts;
    const below = caller === '' ? '' : ` below ${caller}`;
    const held =
      Number(heldUs) > 0
        ? `; they hold ${partOfTime(Number(heldUs), Number(rootUs))} of ${rootOperation}`
        : `; nobody in ${rootOperation} waits for them`;
    const healthy = `${traces} healthy trace${traces === 1 ? '' : 's'}`;
    return {
      title: `${service}: ${what} runs ${count} times in one request${below}, usually ${usualCount}: ${factor} times as many${held}`,
      explanation: `Of ${healthy} of ${rootOperation} nine of ten have ${highCount} of them at most. What ${what} calls gets ${factor} times the load, too.`,
      remedy: `Find what ${caller === '' ? rootOperation : caller} repeats ${what} for: a loop that a deploy brought, a cache or a batch that is off, a list without a limit. Ask for all of it at once.`,
      check: `This request asked for ${factor} times as much as the healthy ones: a longer list, a larger page, a batch job.`,
    };
  },
});

/** More runs of the caller make more of these; only where there are more a run, they are more by themselves. */
function followsFromAbove(
  trace: Trace,
  { groups, usual }: Baseline,
  group: number,
  more: ReadonlySet<number>,
  minFactor: number,
): boolean {
  const spans = groups.spans(group);
  const above = callerGroup(trace, groups.of, spans);
  if (above === undefined || above === group || !more.has(above)) return false;
  const growth = (of: number) => groups.spans(of).length / Math.max(1, usual(of)?.count.median ?? 0);
  return growth(group) < minFactor * growth(above);
}

/** The group of most of their parents. */
function callerGroup(trace: Trace, groupOf: Int32Array, spans: Int32Array): number | undefined {
  const parents = new Map<number, number>();
  for (let at = 0; at < spans.length; at += 1) {
    const parent = trace.parent(spans[at] ?? 0);
    if (parent === undefined) continue;
    const group = groupOf[parent] ?? 0;
    parents.set(group, (parents.get(group) ?? 0) + 1);
  }
  return [...parents].sort(([a, times], [b, others]) => others - times || a - b)[0]?.[0];
}

function sightingOf(trace: Trace, { groups, usual, alike }: Baseline, group: number): Sighting {
  const spans = groups.spans(group);
  const first = spans[0] ?? trace.root;
  const count = spans.length;
  const { median = 0, high = 0 } = usual(group)?.count ?? {};
  const heldUs = pathUs(trace, [...spans]);
  return {
    service: trace.service(first),
    operation: trace.operation(first),
    ...listed(trace, [...spans]),
    wastedUs: (heldUs * (count - median)) / count,
    facts: {
      what: queryLabel(trace.queryShape(first)) || nameOf(trace, first),
      count,
      usualCount: median,
      highCount: high,
      factor: Math.round(count / Math.max(1, median)),
      caller: parentName(trace, first),
      heldUs,
      rootUs: trace.durationOfUs(trace.root),
      rootOperation: trace.operation(trace.root),
      traces: alike,
    },
  };
}

function nameOf(trace: Trace, span: SpanIndex): string {
  const peer = trace.kind(span) === 'client' ? trace.peer(span) : '';
  return peer === '' || trace.isDatabaseCall(span) ? trace.operation(span) : `${trace.operation(span)} of ${peer}`;
}

function parentName(trace: Trace, span: SpanIndex): string {
  const parent = trace.parent(span);
  return parent === undefined ? '' : trace.operation(parent);
}
