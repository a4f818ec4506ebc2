/**
 * Where the time goes, when nothing names a reason.
 *
 *   [ POST /render      ░░░░████████████████████████░░░ ]  renderer   own time on the critical path
 *     [ GET /template ]
 */
import { defineDetector } from '#detect/detector.ts';
import { durationText } from '#model/duration.ts';
import type { SpanIndex, Trace } from '#model/trace.ts';

export const bottleneck = defineDetector({
  id: 'bottleneck',
  title: 'Bottleneck',
  why: 'It tells where to look when the trace does not tell what is wrong.',
  runbook: 'runbooks/bottleneck.md',
  clear: 'no single operation holds the larger part of the time by itself',
  silent: [
    'Own time is added up by operation: time that is spread over many operations is the larger part of none.',
    'What another finding accounts for is left to that one, because it says why.',
    'Below `minOwnMs` nothing is named, even where the request is slow for what it does.',
  ],
  descriptive: true,
  needs: ['trace'],
  thresholds: {
    minOwnMs: {
      default: 500,
      min: 1,
      unit: 'ms',
      means: 'Own time of one operation on the critical path',
      why: 'Sentry calls a span slow from half a second on; a shorter request is no reason to wake somebody.',
    },
    minShare: {
      default: 0.4,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same time as a share of the whole request',
      why: 'With less than that no one place is the reason, and to name one would send people the wrong way.',
    },
  },

  detect({ trace }, { minOwnMs, minShare }) {
    const rootUs = trace.durationOfUs(trace.root);
    const least = Math.max(minOwnMs * 1000, minShare * rootUs);
    const ownUsByOperation = new Map<number, number>();
    for (let span = 0; span < trace.spanCount; span += 1) {
      const ownUs = trace.pathSelfUs(span);
      if (ownUs === 0) continue;
      const key = trace.operationKey(span);
      ownUsByOperation.set(key, (ownUsByOperation.get(key) ?? 0) + ownUs);
    }
    return [...ownUsByOperation]
      .filter(([, ownUs]) => ownUs >= least)
      .map(([key, ownUs]) => {
        const spans = spansOnPath(trace, key);
        spans.sort((a, b) => trace.pathSelfUs(b) - trace.pathSelfUs(a) || a - b);
        const largest = spans[0] ?? trace.root;
        return {
          service: trace.service(largest),
          operation: trace.operation(largest),
          spans,
          wastedUs: ownUs,
          facts: { ownUs, spans: spans.length, rootUs, rootOperation: trace.operation(trace.root) },
        };
      });
  },

  say({ service, operation, ownUs, spans, rootUs, rootOperation }) {
    const where = Number(spans) > 1 ? `in ${spans} spans of ${operation}` : `in ${operation} itself`;
    return {
      title: `${service}: ${durationText(Number(ownUs))} of the ${durationText(Number(rootUs))} of ${rootOperation} pass ${where}, where no span shows what it does`,
      explanation:
        'The time is the service’s own: computing, waiting for something that is not traced, or calls without instrumentation.',
      remedy: `Profile ${operation} in ${service}, or add spans to what it does, then look at another trace of it.`,
      check: 'Other traces of this operation take as long and nobody complains: then this is how long it takes.',
    };
  },
});

function spansOnPath(trace: Trace, operationKey: number): SpanIndex[] {
  const spans: SpanIndex[] = [];
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (trace.operationKey(span) === operationKey && trace.pathSelfUs(span) > 0) spans.push(span);
  }
  return spans;
}
