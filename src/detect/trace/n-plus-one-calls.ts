/**
 * A list, then one call to another service for each element of it.
 *
 *   [ POST /checkout                                                ]  checkout-service   ← the service to change
 *     [ GET /cart/items ]                                                                   the list: 1
 *                        [ GET /products/P1 ][ GET /products/P2 ][ … ]                      its elements: N
 *
 * The calls run one after another at least in part: twenty at once take as long as one, and are a fan-out. Failed ones
 * are attempts and not elements; a call that is repeated to see whether something is ready is waiting, and one that asks
 * for page after page is reading one list.
 */
import { defineDetector } from '#detect/detector.ts';
import {
  type Loop,
  listed,
  loopCost,
  loopFacts,
  loopsOf,
  namesOf,
  pausesIn,
  SAME_QUESTION_LIMITS,
  sameQuestions,
  valuesOf,
} from '#detect/signs/repeated-calls.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import { operationTemplate, resourceName } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calleeSpan } from '#model/trace/views/call-span.ts';
import { lengthOf } from '#model/trace/views/path-within.ts';

export const nPlusOneCalls = defineDetector({
  id: 'n-plus-one-calls',
  title: 'N+1 calls',
  why: 'Each call is quick, but their round trips add up, and the load on the other service grows with the length of every list.',
  runbook: 'runbooks/n-plus-one-calls.md',
  clear: 'no operation of another service was called often enough below one span, one call after another',
  silent: [
    'Calls that run side by side are left to `fan-out`: twenty at once take as long as one.',
    'Calls are of one kind where caller, callee and name agree, apart from ids: names that differ in words are different calls.',
    'Failed calls, files of a page, and one question asked again until something is ready are left alone.',
    'A few calls each below many callers are not added up; fewer than `minCalls` below one count only where they ask the very same and cost much.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why is each element asked for by itself?',
      lookAt: 'The code that loads the list, and whether the callee has a call that takes many.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  needs: ['trace'],
  thresholds: {
    minCalls: {
      default: 5,
      min: 2,
      unit: 'calls',
      means: 'Calls of one caller to one operation, as many of them on the critical path',
      why: 'Sentry lowered its limit for calls from 10 to 5; perf-sentinel starts at 5, too.',
    },
    minTogetherMs: {
      default: 50,
      min: 0,
      unit: 'ms',
      means: 'Time that they hold of the critical path together',
      why: 'The same as for queries, where Sentry found 100 ms to miss too much.',
    },
    minShare: {
      default: 0.05,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same time as a share of the whole request',
      why: 'Sentry asks that 5 % of the time is spent in the pattern: many quick calls in a long job hurt nobody.',
    },
    ...SAME_QUESTION_LIMITS,
  },

  detect({ trace }, { minCalls, minTogetherMs, minShare, minRepeatsMs, minRepeatsShare }) {
    const least = Math.max(minTogetherMs * 1000, minShare * trace.durationOfUs(trace.root));
    const accepts: SpanTest = (call) => trace.kind(call) !== 'producer' && !isStaticFile(trace, call);
    const leastRepeats = Math.max(minRepeatsMs * 1000, minRepeatsShare * trace.durationOfUs(trace.root));
    const limits = { minCalls, database: false, accepts };
    return [
      ...loopsOf(trace, { ...limits, leastUs: least }),
      ...sameQuestions(trace, { ...limits, leastUs: leastRepeats }),
    ]
      .filter((loop) => !isPaging(trace, loop) && !isWaiting(trace, loop))
      .map((loop) => {
        const { caller, first } = loop;
        const endpoint = operationOf(trace, first);
        const pauses = pausesIn(trace, loop);
        return {
          service: trace.service(caller),
          operation: trace.operation(caller),
          ...listed(trace, loop.calls),
          wastedUs: loop.savedUs ?? loop.heldUs,
          pausesUs: lengthOf(pauses),
          explains: pauses,
          facts: {
            ...loopFacts(trace, loop, pauses),
            calls: loop.count,
            callee: namesOf(loop.kinds.map((kind) => trace.peer(kind) || trace.service(kind))),
            endpoint,
            what: namesOf(loop.kinds.map((kind) => elementsOf(trace, kind))),
            list: loop.list === undefined ? '' : listName(trace, loop.list),
          },
        };
      });
  },

  say(facts) {
    const { service, operation, calls, elements, callers, callee, endpoint, what, list, same, sideBySide } = facts;
    const cost = loopCost(facts, 'calls');
    const source = list === '' ? '' : ` after ${list}`;
    const times = Number(callers) > 1 ? `, in ${callers} runs of ${operation},` : '';
    if (same === true) {
      return {
        title: `${service}: the same call (${endpoint} of ${callee}) is made ${calls} times in one request${times === '' ? ';' : times} together they ${cost}`,
        explanation: `${callee} is asked ${calls} times for the same thing${source}, each time waiting for the answer.`,
        remedy: 'Ask once and keep the answer for the rest of the request.',
        check: 'The answers differ, because something is written in between.',
      };
    }
    const total = Number(calls) + (list === '' || Number(callers) > 1 ? 0 : 1);
    return {
      title: `${service}: ${total} calls to load ${elements} ${what} from ${callee} one by one (N+1)${times} ${cost}`,
      explanation: `${endpoint} is called ${elements} times${source}, once for each element, ${sideBySide === true ? 'a few at a time' : 'and the calls wait for each other'}.`,
      remedy: `Ask ${callee} for all of them in one call (an operation that takes a list of ids), or bundle the calls of a request; running them side by side hides the wait but not the load.`,
      check: `One call with all the ids takes as long as the ${calls} together, or the elements are not known beforehand.`,
    };
  },
});

/** What the callee calls it, where its span is there, else the caller’s own words. */
function operationOf(trace: Trace, call: SpanIndex): string {
  return operationTemplate(trace.operation(calleeSpan(trace, call)));
}

function listName(trace: Trace, call: SpanIndex): string {
  return queryLabel(trace.queryShape(call)) || operationOf(trace, call);
}

/** Files of a page are fetched one by one by their nature; Sentry leaves them out, too. */
function isStaticFile(trace: Trace, call: SpanIndex): boolean {
  const address = trace.text(call, 'url.full') || trace.text(call, 'url.path') || trace.operation(call);
  return /\.(?:js|css|map|svg|png|jpe?g|gif|ico|webp|woff2?|mp3|mp4)(?:[?#]|$)/i.test(address);
}

/** One page after the other of one list: the next one is often named by the one before. */
function isPaging(trace: Trace, { first }: Loop): boolean {
  const address = trace.text(first, 'url.full') || trace.text(first, 'url.query') || trace.operation(first);
  return (
    address.includes('=') &&
    /(?:^|[?&])(?:page|offset|skip|cursor|after|start(?:_?index)?|page_?token|continuation_?token)=/i.test(address)
  );
}

/** The same question again and again with longer pauses than answers: it waits until something is ready. */
function isWaiting(trace: Trace, { calls, callers }: Loop): boolean {
  if (callers > 1) return false;
  const pauses = calls.slice(1).map((call, i) => trace.startUs(call) - trace.endUs(calls[i] ?? call));
  const longer = pauses.filter((us, i) => us > trace.durationOfUs(calls[i] ?? 0)).length;
  return longer > pauses.length / 2 && valuesOf(trace, { calls }) === 'same';
}

/** Addresses at which anything is asked for. */
const NO_ELEMENTS = /^(?:graphql|api|rpc|query|batch|v\d+)$/i;

/** What a path names; its service's own name would say nothing of them. */
function elementsOf(trace: Trace, call: SpanIndex): string {
  const name = resourceName(operationOf(trace, call));
  return name === '' || name === trace.peer(call) || NO_ELEMENTS.test(name) ? 'elements' : name;
}
