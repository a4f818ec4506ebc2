/**
 * The deepest failure, not the ones that it caused.
 *
 *   [ POST /checkout ✗ 500                        ]  api-gateway     passed on
 *     [ POST /charge ✗ 500                      ]    payment         passed on
 *       [ POST /predict ✗ 503                 ]      ml-model        ← the origin, and the service to look at
 *         · exception: out of memory
 */
import { defineDetector } from '#detect/detector.ts';
import type { EvidenceItem, Facts, Sighting, Words } from '#model/finding/finding.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callNumbers } from '#model/trace/views/call-numbers.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import { decidedOrigins, type ErrorOrigin, errorOrigins } from '#model/trace/views/error-origins.ts';
import {
  failureMessage,
  failureReason,
  failureStatus,
  failureTexts,
  type LinesBySpan,
} from '#model/trace/views/failure-text.ts';
import { tellsOf } from '#model/trace/views/told-apart.ts';

export const errorOrigin = defineDetector({
  id: 'error-origin',
  title: 'Origin of the error',
  why: 'Every service above the origin reports the same failure as its own, and the alert names the one on top.',
  runbook: 'runbooks/error-origin.md',
  clear: 'no span failed that somebody above it could not put up with',
  silent: [
    'A failure that no span is marked with is none: an error inside a 200, an exception that was only logged.',
    'A 404 that its caller took for an answer, and a call that succeeded when it was repeated, are left alone.',
    'A failure that its caller hid on the spot is left to `swallowed-error`.',
    'Below a service that records no spans nothing is seen: the call of it is named instead.',
  ],
  role: 'failure',
  field: 'code',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why did it fail there?',
      lookAt:
        'The log of this service at that time, its limits of memory and connections, and what it needs to answer.',
    },
    said: [],
  },
  checkQueries: ['log', 'pod'],
  namesCause: ({ facts }) => facts.message !== '',
  signs: ['failure-origin'],
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {},

  detect({ trace, logs = [] }) {
    const lines = linesBySpan(logs);
    const found = failures(trace, lines);
    if (found.some(({ facts }) => facts.reachedRoot === true)) return found;
    return [...refusedRequest(trace, found, lines), ...found];
  },

  say(facts) {
    const { service, operation, refused, status, message, callee, symptom, above, attempts, reachedRoot } = facts;
    const said = message === '' ? '' : `: “${message}”`;
    if (refused === true && facts.beside !== '') return wordsOfOpenRefusal(facts);
    if (refused === true) {
      return {
        title: `${service} refused ${operation} with ${status}${said}: the request was wrong, not the service`,
        explanation: `The answer is a client error and follows from no failure below it, so ${service} did what it should with a request that it could not accept.`,
        remedy: 'Look at what the caller sent: parameters, body, credentials, version.',
        check:
          'The same request was accepted before: then a deploy of the service or of its validation changed what it accepts.',
      };
    }
    const tries = Number(attempts) > 1 ? ` ${attempts} times` : '';
    const passed =
      Number(above) > 0 && reachedRoot === true && facts.rivals === 0
        ? `; ${passedOn(Number(above))} up to ${symptom}`
        : '';
    return {
      title: `${service}: ${callee === '' ? '' : `the call of ${callee} `}${operation} failed${tries}${status === '' ? '' : ` with ${status}`}${said}${passed}`,
      explanation: whatFollows(facts),
      remedy: `Start at ${service} with ${message === '' ? '' : 'this message and '}its log at that time, not at the service that the alert names.`,
      check: `${callee || service} answered this call without an error in its own log: then the failure arose between it and its caller.`,
    };
  },
});

/** Of a client error without a word, while something below failed. */
function wordsOfOpenRefusal({ service, operation, status, beside }: Facts): Words {
  return {
    title: `${service} answered ${operation} with ${status}, and ${beside} failed below it`,
    explanation: `The answer is a client error, and nothing recorded tells whether it follows from that failure.`,
    remedy: `Look at the log of ${service} for this request: it tells what it refused, and on what.`,
    check: 'The same request is answered with the same status while nothing below it fails.',
    couldBe: [
      { what: 'a request that was wrong', shownBy: 'the same request is refused again while nothing below it fails' },
      { what: `the failure of ${beside}`, shownBy: `the code of ${service} turns that failure into this status` },
    ],
  };
}

function whatFollows({ operation, symptom, reachedRoot, rivals, isBeside, rootOperation }: Facts): string {
  const nothingBelow = `Nothing below ${operation} failed`;
  if (Number(rivals) > 0)
    return `${nothingBelow}. ${symptom} may have failed on this or on what failed beside it: nothing recorded tells.`;
  if (reachedRoot === true) return `${nothingBelow}; every failure above it in this trace follows from it.`;
  return isBeside === true
    ? `${nothingBelow}. Its caller failed as well, and says that it was on something else.`
    : `${nothingBelow}. ${symptom} is the last to report it: whoever called that went on, so ${rootOperation} answered without what this call should have given.`;
}

/** So many origins are read; of the rest the names have to do. */
const READ_AT_MOST = 200;

/** Where more operations fail, the list no longer helps: those that made the request fail come first, then the most frequent. */
const TOLD_AT_MOST = 20;

/** One sighting for one operation that fails for one reason in several places. The one that reached the root first. */
function failures(trace: Trace, lines: LinesBySpan): Sighting[] {
  if (errorOrigins(trace).length === 0) return [];
  type Failure = Readonly<{ origin: ErrorOrigin; said: EvidenceItem | undefined; spans: SpanIndex[] }>;
  const reachedRoot = ({ symptom }: ErrorOrigin) => symptom === trace.root;
  const all = decidedByLines(trace, lines);
  const origins = all.filter(reachedRoot);
  for (const origin of all) if (!reachedRoot(origin)) origins.push(origin);
  const callNumber = callNumbers(trace);
  const byCall = new Map<number, Map<string, Failure>>();
  origins.forEach((origin, at) => {
    const span = origin.spans[0] ?? trace.root;
    const said = at < READ_AT_MOST ? failureMessage(trace, span, lines) : undefined;
    const ofCall = byCall.get(callNumber(span)) ?? new Map<string, Failure>();
    if (ofCall.size === 0) byCall.set(callNumber(span), ofCall);
    const known = said === undefined ? [...ofCall.values()][0] : ofCall.get(said.text);
    if (known === undefined) ofCall.set(said?.text ?? '', { origin, said, spans: [...origin.spans] });
    else for (const each of origin.spans) known.spans.push(each);
  });
  return [...byCall.values()]
    .flatMap((ofCall) => [...ofCall.values()])
    .sort((a, b) => Number(reachedRoot(b.origin)) - Number(reachedRoot(a.origin)) || b.spans.length - a.spans.length)
    .slice(0, TOLD_AT_MOST)
    .map(({ origin, said, spans }) => failure(trace, origin, { said, lines }, spans));
}

/** Lines of the log may tell what spans do not: on which of several the caller failed. */
function decidedByLines(trace: Trace, lines: LinesBySpan): readonly ErrorOrigin[] {
  const open = errorOrigins(trace)
    .filter(({ rivals }) => rivals > 0)
    .slice(0, READ_AT_MOST);
  if (open.length === 0) return errorOrigins(trace);
  const decided = [...Map.groupBy(open, ({ symptom }) => symptom).values()].flatMap((rivals) =>
    decidedOrigins(trace, rivals, lines),
  );
  const isOpen = new Set(open);
  return [...decided, ...errorOrigins(trace).filter((origin) => !isOpen.has(origin))];
}

function failure(
  trace: Trace,
  { path, symptom, rivals, isBeside }: ErrorOrigin,
  { said, lines }: Readonly<{ said: EvidenceItem | undefined; lines: LinesBySpan }>,
  spans: readonly SpanIndex[],
): Sighting {
  const [span = trace.root] = spans;
  const service = trace.service(span);
  return {
    service,
    operation: trace.operation(span),
    spans,
    wastedUs: pathUs(trace, spans),
    facts: {
      refused: false,
      status: failureStatus(trace, span),
      message: said?.text ?? '',
      reason: failureReason(trace, span, said === undefined ? [] : failureTexts(trace, span, lines)),
      callee: trace.kind(span) === 'client' && trace.peer(span) !== service ? trace.peer(span) : '',
      attempts: spans.length,
      above: new Set(path.map((passing) => trace.service(passing)).filter((name) => name !== service)).size,
      symptom: `${trace.service(symptom)} ${trace.operation(symptom)}`,
      reachedRoot: symptom === trace.root,
      rivals,
      isBeside,
      // What refused the request may say that it was for this.
      isQuoted: symptom !== trace.root && tellsOf(trace, trace.root, [span], lines),
      rootOperation: trace.operation(trace.root),
    },
    evidence: said === undefined ? [] : [said],
  };
}

/** A client error at the door, whatever failed behind it and was put up with: said, so that nobody looks for a fault in the service. 404 is an answer. */
function refusedRequest(trace: Trace, beside: readonly Sighting[], lines: LinesBySpan): Sighting[] {
  const { root } = trace;
  const status = trace.httpStatus(root);
  if (status < 400 || status >= 500 || status === 404 || trace.kind(root) === 'client') return [];
  const said = failureMessage(trace, root, lines);
  // In words of its own it refused the request; without any, what failed below may be why.
  const isOpen = said === undefined && beside.length > 0;
  return [
    {
      ...(isOpen && { inferred: true }),
      service: trace.service(root),
      operation: trace.operation(root),
      spans: [root],
      wastedUs: 0,
      facts: {
        refused: true,
        status: failureStatus(trace, root),
        message: said?.text ?? '',
        beside: isOpen
          ? beside
              .map(({ service, operation, facts }) => `${operation} of ${facts.callee || service}`)
              .slice(0, 2)
              .join(', ')
          : '',
      },
      evidence: said === undefined ? [] : [said],
    },
  ];
}

function passedOn(services: number): string {
  return services === 1 ? 'one service passed it on' : `${services} services passed it on`;
}
