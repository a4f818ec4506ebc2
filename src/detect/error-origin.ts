/**
 * The deepest failure, not the ones that it caused.
 *
 *   [ POST /checkout ✗ 500                        ]  api-gateway     passed on
 *     [ POST /charge ✗ 500                      ]    payment         passed on
 *       [ POST /predict ✗ 503                 ]      ml-model        ← the origin, and the service to look at
 *         · exception: out of memory
 */
import { defineDetector } from '#detect/detector.ts';
import type { ErrorOrigin } from '#model/error-origins.ts';
import type { EvidenceItem, Sighting } from '#model/finding.ts';
import { type LogLine, namesSpan } from '#model/log-line.ts';
import { canonicalText } from '#model/semconv.ts';
import type { SpanEvent, SpanIndex, Trace } from '#model/trace.ts';

export const errorOrigin = defineDetector({
  id: 'error-origin',
  title: 'Origin of the error',
  why: 'Every service above the origin reports the same failure as its own, and the alert names the one on top.',
  runbook: 'runbooks/error-origin.md',
  clear: 'no span failed that somebody above it could not put up with',
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {},

  detect({ trace, logs = [] }) {
    const found = trace.errorOrigins.map((origin) => failure(trace, origin, logs));
    return found.length === 0 ? refusedRequest(trace, logs) : merged(found);
  },

  say(facts) {
    const { service, operation, refused, status, message, symptom, above, attempts, reachedRoot, rootOperation } =
      facts;
    const said = message === '' ? '' : `: “${message}”`;
    if (refused === true) {
      return {
        title: `${service} refused ${operation} with ${status}${said}: the request was wrong, not the service`,
        explanation: `The answer is a client error and no span below it failed, so ${service} did what it should with a request that it could not accept.`,
        remedy: 'Look at what the caller sent: parameters, body, credentials, version.',
        check:
          'The same request was accepted before: then a deploy of the service or of its validation changed what it accepts.',
      };
    }
    const tries = Number(attempts) > 1 ? ` ${attempts} times` : '';
    const passed = Number(above) > 0 && reachedRoot === true ? `; ${passedOn(Number(above))} up to ${symptom}` : '';
    return {
      title: `${service}: ${operation} failed${tries}${status === '' ? '' : ` with ${status}`}${said}${passed}`,
      explanation:
        reachedRoot === true
          ? `Nothing below ${operation} failed; every failure above it in this trace follows from it.`
          : `Nothing below ${operation} failed. ${symptom} is the last to report it: whoever called that went on, so ${rootOperation} answered without what this call should have given.`,
      remedy: `Start at ${service} with this message and its log at that time, not at the service that the alert names.`,
      check: `${service} answered this call without an error in its own log: then the failure arose between it and its caller.`,
    };
  },
});

function failure(trace: Trace, origin: ErrorOrigin, logs: readonly LogLine[]): Sighting {
  const span = origin.spans[0] ?? trace.root;
  const said = messageOf(trace, span, logs);
  return {
    service: trace.service(span),
    operation: trace.operation(span),
    spans: origin.spans,
    wastedUs: trace.pathUs(origin.spans),
    facts: {
      refused: false,
      status: statusOf(trace, span),
      message: said?.text ?? '',
      attempts: origin.spans.length,
      above: new Set(
        origin.path.map((passing) => trace.service(passing)).filter((name) => name !== trace.service(span)),
      ).size,
      symptom: `${trace.service(origin.symptom)} ${trace.operation(origin.symptom)}`,
      reachedRoot: origin.symptom === trace.root,
      rootOperation: trace.operation(trace.root),
    },
    evidence: said === undefined ? [] : [said],
  };
}

/** One sighting for one operation that fails for one reason in several places. The one that reached the root first. */
function merged(sightings: readonly Sighting[]): Sighting[] {
  const byReason = new Map<string, Sighting>();
  const rank = (sighting: Sighting) => (sighting.facts.reachedRoot === true ? 0 : 1);
  for (const sighting of [...sightings].sort((a, b) => rank(a) - rank(b))) {
    const reason = `${sighting.service}\n${sighting.operation}\n${sighting.facts.message}`;
    const known = byReason.get(reason);
    if (known === undefined) byReason.set(reason, sighting);
    else {
      const spans = [...known.spans, ...sighting.spans];
      byReason.set(reason, { ...known, spans, facts: { ...known.facts, attempts: spans.length } });
    }
  }
  return [...byReason.values()];
}

/** A client error at the door with nothing failed behind it: said, so that nobody looks for a fault in the service. 404 is an answer. */
function refusedRequest(trace: Trace, logs: readonly LogLine[]): Sighting[] {
  const status = trace.httpStatus(trace.root);
  if (status < 400 || status >= 500 || status === 404 || trace.kind(trace.root) === 'client') return [];
  const said = messageOf(trace, trace.root, logs);
  return [
    {
      service: trace.service(trace.root),
      operation: trace.operation(trace.root),
      spans: [trace.root],
      wastedUs: 0,
      facts: { refused: true, status: statusOf(trace, trace.root), message: said?.text ?? '' },
      evidence: said === undefined ? [] : [said],
    },
  ];
}

const PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

function statusOf(trace: Trace, span: SpanIndex): string {
  const status = trace.httpStatus(span);
  if (status >= 400) return `${status}${PHRASES[status] === undefined ? '' : ` ${PHRASES[status]}`}`;
  const rpc = trace.text(span, 'rpc.status_code');
  return rpc === '' || rpc === 'OK' ? '' : `RPC status ${rpc}`;
}

/** Longer messages are cut: the whole of it stands in the evidence's own place. */
const LONGEST_MESSAGE = 160;

/** OpenTracing calls such an event `error`; only there do its names (`message`, `error.object`) mean an exception. */
function exceptionIn({ name, attributes }: SpanEvent): string {
  if (name === 'exception' || name === 'error') return canonicalText(attributes, 'exception.message');
  return String(attributes['exception.message'] ?? '');
}

/** What the span says of its failure, the most particular first: its exception, an error that it logged, its status, its log lines. */
function messageOf(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): EvidenceItem | undefined {
  const ref = trace.spanId(span);
  const events = trace.events(span);
  const said: EvidenceItem[] = [
    ...events.map((event): EvidenceItem => ({ kind: 'event', ref, text: exceptionIn(event) })),
    { kind: 'span', ref, text: trace.text(span, 'exception.message') },
    ...events
      .filter(({ attributes }) => typeof attributes.error === 'string' || attributes.level === 'error')
      .map(
        (event): EvidenceItem => ({
          kind: 'event',
          ref,
          text: `${event.attributes.error ?? event.attributes.message ?? event.name}`,
        }),
      ),
    { kind: 'span', ref, text: informative(trace.statusText(span)) },
    ...logs
      .filter((line) => namesSpan(line, ref) && ['error', 'fatal', 'critical'].includes(line.level))
      .map((line): EvidenceItem => ({ kind: 'log', ref: line.timeNs, text: line.line })),
  ];
  const item = said.find(({ text }) => text.trim() !== '');
  if (item === undefined) return undefined;
  const [line = ''] = item.text.trim().split('\n');
  return { ...item, text: line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line };
}

/** Statuses that say no more than "failed". */
function informative(status: string): string {
  return /^(?:an )?(?:unknown )?(?:internal )?(?:server )?error(?: occurred)?\.?$/i.test(status.trim()) ? '' : status;
}

function passedOn(services: number): string {
  return services === 1 ? 'one service passed it on' : `${services} services passed it on`;
}
