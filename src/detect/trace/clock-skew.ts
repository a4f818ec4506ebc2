/**
 * The clock of a host is ahead or behind, so that its spans lie outside the calls that caused them.
 *
 *   caller              [==================]
 *   callee, as it came                  [=======]     ended after its caller, who had its answer by then
 *   callee, corrected         [=======]
 *
 * Read from the correction that every trace gets (`model/clock-skew.ts`), which leaves asynchronous work and late work
 * alone. How far a call stuck out is the least by which the two clocks differ.
 */
import { defineDetector } from '#detect/detector.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

export const clockSkew = defineDetector({
  id: 'clock-skew',
  title: 'Clock skew',
  why: 'When a span of such a host began is an estimate, and what stands in the logs in order of time is not what happened.',
  runbook: 'runbooks/clock-skew.md',
  clear: 'the clocks of all hosts agree, as far as calls between them show',
  silent: [
    'Clocks are compared only where one host calls another and waits for the answer: hosts that send each other messages are not.',
    'A clock that is off by less than the room inside the call leaves the callee inside its caller, and nothing shows.',
    'Where the host of a span is unknown, the spans of one service are taken to share a clock.',
    'What lies further outside its caller than `clockSkew.maxSeconds` is taken for other work.',
  ],
  role: 'mechanism',
  field: 'clock',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why are the clocks apart?',
      lookAt: 'Time synchronisation (NTP, chrony) on the hosts of both services.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  ticks: { clocks: 'Compared the clocks of the services' },
  needs: ['trace'],
  thresholds: {
    minSkewMs: {
      default: 5,
      min: 0,
      unit: 'ms',
      means: 'How far a call stuck out of its caller',
      why: 'NTP keeps the hosts of a network within a few milliseconds of each other; less than that is how clocks are.',
    },
  },

  detect({ trace }, { minSkewMs }) {
    if (trace.repairs.clockSkew === 0) return [];
    return [...skewsByService(trace, minSkewMs * 1000).values()].map((skew) => {
      const [first = trace.root] = skew.spans;
      return {
        service: trace.service(first),
        operation: trace.operation(first),
        spans: skew.spans,
        wastedUs: 0,
        facts: {
          leastUs: skew.leastUs,
          ahead: skew.ahead,
          host: hostName(trace, first),
          caller: trace.service(trace.parent(first) ?? first),
          calls: skew.spans.length,
        },
      };
    });
  },

  say({ service, operation, leastUs, ahead, host, caller, calls }) {
    const least = durationText(Number(leastUs));
    const side = ahead === true ? 'ahead of' : 'behind';
    const where = host === '' ? service : `${service} (${host})`;
    return {
      title: `${service}: its clock is at least ${least} ${side} that of ${caller}`,
      explanation: `${calls === 1 ? `${operation} lies` : `${calls} calls, among them ${operation}, lie`} outside the call of ${caller} that waited for the answer, by up to ${least}. The spans were moved into their callers before anything else was judged.`,
      remedy: `Look at time synchronisation (chrony, NTP) on the host of ${where}. Until then compare durations there, and no instants.`,
      check: `${caller} did not wait for the answer: then the work was asynchronous and the clock is right.`,
    };
  },
});

type Skew = { leastUs: number; ahead: boolean; spans: SpanIndex[] };

/** Where the correction of a span differs from that of its caller, their clocks differ: the furthest first. */
function skewsByService(trace: Trace, leastUs: number): ReadonlyMap<string, Skew> {
  const byService = new Map<string, Skew>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const shiftUs = trace.shiftUs(span);
    if (shiftUs === 0) continue;
    const caller = trace.parent(span);
    if (caller === undefined || shiftUs === trace.shiftUs(caller)) continue;
    const outsideUs = stuckOutUs(trace, span, caller);
    if (outsideUs < leastUs) continue;
    const key = `${trace.service(span)}\n${trace.service(caller)}`;
    const known = byService.get(key);
    const ahead = shiftUs < trace.shiftUs(caller);
    if (known === undefined) byService.set(key, { leastUs: outsideUs, ahead, spans: [span] });
    else if (outsideUs > known.leastUs) {
      known.leastUs = outsideUs;
      known.ahead = ahead;
      known.spans.unshift(span);
    } else known.spans.push(span);
  }
  return byService;
}

/** By the two clocks as they were: the caller's correction applies to both. */
function stuckOutUs(trace: Trace, span: SpanIndex, caller: SpanIndex): number {
  const startUs = trace.startUs(span) - trace.shiftUs(span) + trace.shiftUs(caller);
  const early = trace.startUs(caller) - startUs;
  const late = startUs + trace.durationOfUs(span) - trace.endUs(caller);
  return trace.durationOfUs(span) > trace.durationOfUs(caller) ? Math.max(0, early) : Math.max(early, late);
}

function hostName(trace: Trace, span: SpanIndex): string {
  const resource = trace.resource(span);
  return String(resource['k8s.node.name'] ?? resource['host.name'] ?? resource['k8s.pod.name'] ?? '');
}
