/**
 * One operation runs many times as often as usual in this request.
 *
 *   healthy   [ GET /orders   ]              3 × SELECT customers
 *   this one  [ GET /orders                                    ]
 *               [ SELECT ][ SELECT ][ SELECT ][ … ]     300 ×   ← 100 times as many
 *
 * Only the topmost operation is named, because everything below it runs more often, too. Every run counts, fast or slow:
 * each one loads the callee. An operation that only some healthy requests have is compared with those that have it.
 */

import { defineDetector } from '#detect/detector.ts';
import { followsFromCaller } from '#detect/signs/calls/caller-growth.ts';
import { listed } from '#detect/signs/calls/repeated-calls.ts';
import { requestFacts, timeOfRequest } from '#detect/signs/request-share.ts';
import type { SpanSighting } from '#model/finding/finding.ts';
import type { Baseline } from '#model/requests/baseline.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { deviations } from '#model/stats/usual-range.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';

export const spanCountAnomaly = defineDetector({
  id: 'span-count-anomaly',
  title: 'Far more calls than usual',
  why: 'A loop from a new deploy shows here first, while its calls are still quick. It multiplies the load below it.',
  runbook: 'runbooks/span-count-anomaly.md',
  clear: 'no operation ran many times as often as in the healthy traces',
  silent: [
    'It ignores an operation that no healthy trace has, because its usual number is unknown.',
    'A large number is not unusual where the numbers of healthy requests vary as much.',
    'Where an operation runs more often only because its caller does, it reports the caller.',
    'It does not count what happens many times inside one span.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why does it run more often than usual?',
      lookAt: 'Its version now and in the healthy traces, the amount of data, and repeated calls.',
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
      means: 'Spans of one operation, divided by the median of the healthy traces',
      why: 'A longer list often makes twice as many. Retries stop at three attempts.',
    },
    minMore: {
      default: 10,
      min: 1,
      unit: 'spans',
      means: 'How many more than usual there are',
      why: 'Twice the five calls of N+1: this detector ignores their cost, and a few more prove nothing.',
    },
    minDeviations: {
      default: 3,
      min: 0,
      unit: 'standard deviations',
      means: 'Distance from the healthy median, on a scale of factors',
      why: 'Control charts have used three sigma since Shewhart. The length of lists varies from request to request.',
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
      .filter((group) => !followsFromCaller(trace, baseline, group, known, minFactor))
      .map((group) => sightingOf(trace, baseline, group))
      .sort((a, b) => b.wastedUs - a.wastedUs || (a.spans[0] ?? 0) - (b.spans[0] ?? 0));
  },

  say(facts) {
    const { service, what, count, usualCount, highCount, factor, caller, rootOperation, heldUs, rootUs, traces } =
      facts;
    const below = caller === '' ? '' : ` below ${caller}`;
    const held =
      Number(heldUs) > 0
        ? `; they take ${timeOfRequest(heldUs, { rootUs, rootOperation })}`
        : `; ${rootOperation} does not wait for them`;
    return {
      title: `${service}: ${what} runs ${count} times in one request${below}, usually ${usualCount}: ${factor} times as many${held}`,
      headline: { why: `${inWords(service)} runs ${inWords(what)} ${factor} times as often as usual` },
      explanation: `Nine of ten healthy traces of ${rootOperation} have at most ${highCount} (${traces} compared). Everything that ${what} calls gets ${factor} times the load, too.`,
      remedy: `Find out why ${caller === '' ? rootOperation : caller} repeats ${what}: a loop from a deploy, a cache or a batch that was switched off, a list without a limit. Request everything at once.`,
      check: `This request asked for ${factor} times as much as the healthy ones: a longer list, a larger page, a batch job.`,
    };
  },
});

function sightingOf(trace: Trace, { groups, usual, alike }: Baseline, group: number): SpanSighting {
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
      ...requestFacts(trace),
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
