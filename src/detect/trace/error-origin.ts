/**
 * Finds the deepest failure, not the failures that it caused.
 *
 *   [ POST /checkout ✗ 500                        ]  api-gateway     passed on
 *     [ POST /charge ✗ 500                      ]    payment         passed on
 *       [ POST /predict ✗ 503                 ]      ml-model        ← the origin, and the service to look at
 *         · exception: out of memory
 */
import { defineDetector } from '#detect/detector.ts';
import { distinctFailures } from '#detect/signs/distinct-failures.ts';
import type { EvidenceItem, Facts, Sighting, Words } from '#model/finding/finding.ts';
import { linesBySpan } from '#model/logs/log-line.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';
import type { ErrorOrigin } from '#model/trace/views/error-origins.ts';
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
  why: 'Every service above the origin reports the same failure as its own, and the alert names the topmost one.',
  runbook: 'runbooks/error-origin.md',
  clear: 'no span failed in a way that its callers could not handle',
  silent: [
    'It sees only failures that a span records: no error inside a 200, no exception that was only logged.',
    'It ignores a 404 that the caller accepted as an answer, and a call that succeeded when it was retried.',
    'A failure that the direct caller handled silently is reported as Swallowed error.',
    'It sees nothing below a service without spans. It then names the call to that service.',
  ],
  role: 'failure',
  field: 'code',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why did it fail there?',
      lookAt:
        'The log of this service at that time, its limits of memory and connections, and the services that it depends on.',
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
    const found = distinctFailures(trace, lines).map(({ origin, said, spans }) =>
      failure(trace, origin, { said, lines }, spans),
    );
    if (found.some(({ facts }) => facts.reachedRoot === true)) return found;
    return [...refusedRequest(trace, found, lines), ...found];
  },

  say(facts) {
    const { service, operation, refused, status, message, callee, symptom, above, attempts, reachedRoot } = facts;
    const said = message === '' ? '' : `: “${message}”`;
    if (refused === true && facts.beside !== '') return wordsOfOpenRefusal(facts);
    if (refused === true) {
      return {
        title: `${service} rejected ${operation} with ${status}${said}: the request was wrong, not the service`,
        explanation: `The answer is a client error, and no failed call caused it. ${service} rejected a request that it could not accept, as it should.`,
        remedy: 'Look at what the caller sent: parameters, body, credentials, version.',
        check:
          'The same request was accepted before. Then a deploy of the service or a change of its validation made the difference.',
      };
    }
    const tries = Number(attempts) > 1 ? ` ${attempts} times` : '';
    const isPassedOn = Number(above) > 0 && reachedRoot === true && facts.rivals === 0;
    const failed = `${callee === '' ? `${operation} of ${service}` : `the call ${operation} from ${service} to ${callee}`} failed${tries}${status === '' ? '' : ` with ${status}`}${said}`;
    return {
      title: isPassedOn ? `${symptom} failed because ${failed}` : failed.replace(/^the call /, 'The call '),
      explanation: `${whatFollows(facts)}${isPassedOn ? ` ${passedOn(Number(above))}.` : ''}`,
      remedy: `Start with ${message === '' ? '' : 'this message and '}the log of ${service} at that time, not with the service that the alert names.`,
      check: `The log of ${callee || service} shows that it answered this call without an error. Then the failure arose between it and its caller.`,
    };
  },
});

/** Words for a client error without a message, while a call below failed. */
function wordsOfOpenRefusal({ service, operation, status, beside }: Facts): Words {
  return {
    title: `${service} answered ${operation} with ${status}, while ${beside} failed`,
    explanation: 'The answer is a client error. Nothing shows whether that failure caused it.',
    remedy: `Look in the log of ${service} for this request: it may show what was rejected and why.`,
    check: 'The same request gets the same status when no call below fails.',
    couldBe: [
      { what: 'a wrong request', shownBy: 'the same request is rejected again when no call below fails' },
      { what: `the failure of ${beside}`, shownBy: `the code of ${service} turns that failure into this status` },
    ],
  };
}

function whatFollows({ operation, symptom, reachedRoot, rivals, isBeside, rootOperation }: Facts): string {
  const nothingBelow = `No call below ${operation} failed`;
  if (Number(rivals) > 0)
    return `${nothingBelow}. ${symptom} failed because of this or because of another failure: nothing shows which.`;
  if (reachedRoot === true) return `${nothingBelow}, and all failures above it in this trace follow from it.`;
  return isBeside === true
    ? `${nothingBelow}. Its caller failed, too, but names another cause.`
    : `${nothingBelow}. ${symptom} is the last span that reports it. The caller of that span continued, so ${rootOperation} answered without the result of this call.`;
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
      symptom: `${trace.operation(symptom)} of ${trace.service(symptom)}`,
      reachedRoot: symptom === trace.root,
      rivals,
      isBeside,
      // The root's own message may name this failure as the reason.
      isQuoted: symptom !== trace.root && tellsOf(trace, trace.root, [span], lines),
      rootOperation: trace.operation(trace.root),
    },
    evidence: said === undefined ? [] : [said],
  };
}

/** A client error of the root, so that nobody looks for a fault in the service. A 404 counts as an answer. */
function refusedRequest(trace: Trace, beside: readonly Sighting[], lines: LinesBySpan): Sighting[] {
  const { root } = trace;
  const status = trace.httpStatus(root);
  if (status < 400 || status >= 500 || status === 404 || trace.kind(root) === 'client') return [];
  const said = failureMessage(trace, root, lines);
  // With its own message the service rejected the request; without one, a failure below may be the reason.
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
  return services === 1 ? 'One service passed the error on' : `${services} services passed the error on`;
}
