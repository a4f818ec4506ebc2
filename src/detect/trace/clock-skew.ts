/**
 * The clock of a host is ahead or behind, so its spans lie outside the calls that caused them.
 *
 *   caller              [==================]
 *   callee, as recorded                 [=======]     ends after its caller, which had the answer by then
 *   callee, corrected         [=======]
 *
 * Reads the correction that every trace gets (`model/trace/build/clock-skew.ts`), which ignores asynchronous and late work.
 * The two clocks differ at least by how far a call lies outside its caller.
 */

import { defineDetector } from '#detect/detector.ts';
import type { EvidenceItem } from '#model/finding/finding.ts';
import { CLOCKS_DIFFER, clockOff } from '#model/instruments/clock-words.ts';
import { HARMLESS_LEVELS } from '#model/logs/log-level.ts';
import { type LogLine, linesBySpan } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { aboveInService } from '#model/trace/views/entry.ts';
import { failureTexts, type LinesBySpan } from '#model/trace/views/failure-text.ts';

export const clockSkew = defineDetector({
  id: 'clock-skew',
  title: 'Clock skew',
  why: 'The start of each span on such a host is an estimate, and log lines sorted by time are in the wrong order.',
  runbook: 'runbooks/clock-skew.md',
  clear: 'the clocks of all hosts agree, as far as calls between them show',
  silent: [
    'It compares clocks only where one host calls another and waits for the answer. The verdict needs a refusal that speaks of a time, or a line of that service about its wrong clock.',
    'It does not see a clock that is off by so little that the callee still lies inside its caller.',
    'Where the host of a span is unknown, it assumes that the spans of one service share a clock.',
    'It takes a span that lies further outside its caller than `clockSkew.maxSeconds` for other work.',
  ],
  role: 'mechanism',
  field: 'clock',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why do the clocks differ?',
      lookAt: 'Time synchronisation (NTP, chrony) on the hosts of both services.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  ticks: { clocks: 'Compared the clocks of the services' },
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minSkewMs: {
      default: 5,
      min: 0,
      unit: 'ms',
      means: 'How far a call lies outside its caller',
      why: 'NTP keeps the hosts of a network within a few milliseconds of each other. Smaller differences are normal.',
    },
  },

  detect({ trace, logs = [] }, { minSkewMs }) {
    if (trace.repairs.clockSkew === 0) return [];
    const lines = linesBySpan(logs);
    return [...skewsByService(trace, minSkewMs * 1000).values()].map((skew) => {
      const [first = trace.root] = skew.spans;
      const isTold = skew.leastUs >= LEAST_TOLD_US;
      const said = isTold ? refusalFor(trace, skew.spans, lines) : undefined;
      const admitted = isTold ? admissionOf(trace, skew, logs) : undefined;
      const evidence = [said, admitted?.item].filter((item) => item !== undefined);
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
          said: said?.text ?? '',
          admitted: admitted?.item.text ?? '',
          fits: admitted?.fits ?? false,
        },
        ...(evidence.length > 0 && { evidence }),
      };
    });
  },

  say({ service, operation, leastUs, ahead, host, caller, calls, said, admitted }) {
    const least = durationText(Number(leastUs));
    const side = ahead === true ? 'ahead of' : 'behind';
    const where = host === '' ? service : `${service} (${host})`;
    return {
      title: `The clock of ${service} is at least ${least} ${side} the clock of ${caller}`,
      headline: { what: `The clock of ${inWords(service)} is ${least} ${side} the clock of ${inWords(caller)}` },
      explanation: `${calls === 1 ? `${operation} lies` : `${calls} calls, among them ${operation}, lie`} outside the call of ${caller} that waited for the answer, by up to ${least}. Spanhound moved the spans into their callers before it judged the trace.${said === '' ? '' : ` A call between them was refused: “${said}”.`}${admitted === '' ? '' : ` The log of ${service} says: “${admitted}”.`}`,
      remedy: `Look at time synchronisation (chrony, NTP) on the host of ${where}. Until then compare only durations there, not timestamps.`,
      check: `${caller} did not wait for the answer. Then the work was asynchronous and the clock is right.`,
    };
  },
});

/** Tokens count their times in whole seconds. */
const LEAST_TOLD_US = 1_000_000;

/** What the callee or its caller says about a time that is not reached yet: at the call between them, or in the caller's work around it. */
function refusalFor(trace: Trace, spans: readonly SpanIndex[], lines: LinesBySpan): EvidenceItem | undefined {
  for (const span of spans.slice(0, MOST_READ)) {
    const caller = trace.parent(span);
    for (const each of caller === undefined
      ? [span]
      : [span, caller, ...aboveInService(trace, caller).take(MOST_READ)]) {
      const said = [
        ...failureTexts(trace, each, lines),
        ...(lines.get(trace.spanId(each)) ?? []).map(
          (line): EvidenceItem => ({ kind: 'log', ref: line.timeNs, text: logMessage(line) }),
        ),
      ].find(({ text }) => CLOCKS_DIFFER.test(text));
      if (said !== undefined) return said;
    }
  }
  return undefined;
}

type Admission = Readonly<{ item: EvidenceItem; fits: boolean }>;

/** Clocks drift while lines are written, and lines round. */
const ABOUT = 0.1;

/**
 * What the service itself, or the service on its host that sets the clock, wrote about its clock. `fits`: by about as much
 * as the spans show; an amount that does not fit is of another time. Who only notes that a phone's clock is off writes no
 * warning.
 */
function admissionOf(trace: Trace, { spans, leastUs }: Skew, logs: readonly LogLine[]): Admission | undefined {
  const [span = trace.root] = spans;
  const service = trace.service(span);
  // The callee may have begun and ended anywhere within its call.
  const mostUs = leastUs + trace.durationOfUs(trace.parent(span) ?? span);
  for (const line of logs) {
    const isOwn = line.service === service && !HARMLESS_LEVELS.has(line.level);
    const off = isOwn ? clockOff(line.line) : undefined;
    if (off === undefined) continue;
    const fits = off.us >= (1 - ABOUT) * leastUs && off.us <= (1 + ABOUT) * mostUs;
    if (fits || off.us === 0) return { item: { kind: 'log', ref: line.timeNs, text: logMessage(line) }, fits };
  }
  return undefined;
}

/** More calls between the same two clocks say the same. */
const MOST_READ = 20;

type Skew = { leastUs: number; ahead: boolean; spans: SpanIndex[] };

/** Spans whose clock was corrected differently than their caller's, by pair of services; the span that lies furthest outside comes first. */
function skewsByService(trace: Trace, leastUs: number): ReadonlyMap<string, Skew> {
  const byService = new Map<string, Skew>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const shiftUs = trace.shiftUs(span);
    if (shiftUs === 0) continue;
    const caller = trace.parent(span);
    if (caller === undefined || shiftUs === trace.shiftUs(caller)) continue;
    const outsideUs = outsideCallerUs(trace, span, caller);
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

/** How far the span lay outside its caller before its own correction. The caller's correction applies to both. */
function outsideCallerUs(trace: Trace, span: SpanIndex, caller: SpanIndex): number {
  const startUs = trace.startUs(span) - trace.shiftUs(span) + trace.shiftUs(caller);
  const early = trace.startUs(caller) - startUs;
  const late = startUs + trace.durationOfUs(span) - trace.endUs(caller);
  return trace.durationOfUs(span) > trace.durationOfUs(caller) ? Math.max(0, early) : Math.max(early, late);
}

function hostName(trace: Trace, span: SpanIndex): string {
  const resource = trace.resource(span);
  return String(resource['k8s.node.name'] ?? resource['host.name'] ?? resource['k8s.pod.name'] ?? '');
}
