/** A client error of the root: the service refused it, and no failed call is behind that. */
import { flagFacts, lacksRoute } from '#detect/signs/failures/proxy-blame.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureMessage, failureStatus, type LinesBySpan } from '#model/trace/views/failure-text.ts';
import { flaggedSpan, recordedFlags } from '#model/trace/views/recorded-flags.ts';

/**
 * A client error of the root, so that nobody looks for a fault in the service. A 404 counts as an answer, unless a proxy
 * gave it because no route fits.
 */
export function refusedRequest(trace: Trace, beside: readonly Sighting[], lines: LinesBySpan): Sighting[] {
  const { root } = trace;
  const status = trace.httpStatus(root);
  if (status < 400 || status >= 500 || trace.kind(root) === 'client') return [];
  const flagged = flaggedSpan(trace, root);
  const isUnrouted = status === 404 && lacksRoute(trace, flagged);
  if (status === 404 && !isUnrouted) return [];
  const said = failureMessage(trace, root, lines);
  // With its own message the service rejected the request; without one, a failure below may be the reason.
  const saysWhy = said !== undefined && (trace.childCount(flagged) === 0 || recordedFlags(trace, root).length === 0);
  const isOpen = !saysWhy && beside.some(({ spans = [] }) => !spans.every((span) => isOwnCode(trace, span)));
  return [
    {
      ...((isOpen || isUnrouted) && { inferred: true }),
      service: trace.service(root),
      operation: trace.operation(root),
      spans: [root],
      wastedUs: 0,
      facts: {
        ...flagFacts(trace, flagged),
        refused: true,
        isUnrouted,
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

/** Code of the service that answers checked the request and threw: that is how the service rejects it. */
function isOwnCode(trace: Trace, span: SpanIndex): boolean {
  const isInside = trace.isInternal(span) && !trace.isDatabaseCall(span);
  return isInside && trace.childCount(span) === 0 && trace.service(span) === trace.service(trace.root);
}

export function wordsOfRefused(facts: Facts): Words {
  return facts.beside === '' ? wordsOfRefusal(facts) : wordsOfOpenRefusal(facts);
}

function wordsOfRefusal({ service, operation, status, message }: Facts): Words {
  // Whether a refusal is right, one request does not show.
  const said = message === '' ? ', and does not say why' : `: “${message}”`;
  return {
    title: `${service} rejected ${operation} with ${status}${said}`,
    headline: {
      what: `${inWords(service)} rejected the request with ${status}`,
      why: 'no call behind it failed',
    },
    explanation: `The answer is a client error, and no failed call caused it. Nothing recorded shows whether ${service} should have accepted the request.`,
    remedy: `Look at what the caller of ${operation} sent to ${service}: parameters, body, credentials, version.`,
    check:
      'The same request was accepted before. Then a deploy of the service or a change of its validation made the difference.',
  };
}

/** Words for a client error without a message, while a call below failed. */
function wordsOfOpenRefusal({ service, operation, status, beside }: Facts): Words {
  return {
    title: `${service} answered ${operation} with ${status}, while ${beside} failed`,
    headline: { what: `${inWords(service)} answered with ${status} while ${inWords(beside)} failed` },
    explanation: 'The answer is a client error. Nothing shows whether that failure caused it.',
    remedy: `Look in the log of ${service} for this request: it may show what was rejected and why.`,
    check: 'The same request gets the same status when no call below fails.',
    couldBe: [
      { what: 'a wrong request', shownBy: 'the same request is rejected again when no call below fails' },
      { what: `the failure of ${beside}`, shownBy: `the code of ${service} turns that failure into this status` },
    ],
  };
}
