/**
 * A list, then one call to another service for each element of it.
 *
 *   [ POST /checkout                                                ]  checkout-service   ← the service to change
 *     [ GET /cart/items ]                                                                   the list: 1
 *                        [ GET /products/P1 ][ GET /products/P2 ][ … ]                      its elements: N
 *
 * At least some of the calls run one after another: twenty in parallel take as long as one and are a fan-out. Failed calls
 * are attempts, not elements. Polling and reading page after page are no N+1.
 */

import { defineDetector } from '#detect/detector.ts';
import { isStoppedAgent, keepsRate, repeatsOnPurpose } from '#detect/signs/attempts/asked-pauses.ts';
import { areBatches, arePages } from '#detect/signs/calls/batches.ts';
import {
  type Loop,
  loopSighting,
  loopWords,
  namesOf,
  repeatedCalls,
  SAME_QUESTION_LIMITS,
  valuesOf,
} from '#detect/signs/calls/repeated-calls.ts';
import { shareOfRequest } from '#detect/signs/request-share.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex, SpanTest } from '#model/trace/columns.ts';
import { operationTemplate, resourceName } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { calleeSpan, callingService } from '#model/trace/views/call-span.ts';
import { questionsInARow } from '#model/trace/views/model-questions.ts';

export const nPlusOneCalls = defineDetector({
  id: 'n-plus-one-calls',
  title: 'N+1 calls',
  why: 'Each call is fast, but the round trips add up, and the load on the other service grows with every list.',
  runbook: 'runbooks/n-plus-one-calls.md',
  clear: 'no operation of another service was called often enough below one span, one call after another',
  silent: [
    'Calls that run in parallel are reported as Fan-out: twenty at once take as long as one.',
    'It groups calls by caller, callee and span name without ids. Names with different words are different calls.',
    'It ignores failed calls, static files of a page, polling (unless its framework stopped an agent at its limit), and calls that a line counts or paces on purpose. A loop that ten healthy requests have too is unsure.',
    'It does not add up calls of different callers. Fewer than `minCalls` of one caller count only where they are identical and slow.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why does the code request each element with its own call?',
      lookAt: 'The code that loads the list, and whether the callee has an operation for many elements.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minCalls: {
      default: 5,
      min: 2,
      unit: 'calls',
      means: 'Calls of one caller to one operation; at least as many must be on the critical path',
      why: 'Sentry lowered its limit for calls from 10 to 5. Perf-sentinel starts at 5, too.',
    },
    minTogetherMs: {
      default: 50,
      min: 0,
      unit: 'ms',
      means: 'Total time of these calls on the critical path',
      why: 'The same as for queries, where Sentry missed too much with 100 ms.',
    },
    minShare: shareOfRequest({
      default: 0.05,
      why: 'Sentry uses 5 %, too. Many quick calls in a long job do no harm.',
    }),
    ...SAME_QUESTION_LIMITS,
  },

  detect({ trace, logs = [] }, { minCalls, ...thresholds }) {
    // No question to a model asks for several answers.
    const questions = questionsInARow(trace);
    const accepts: SpanTest = (call) =>
      trace.kind(call) !== 'producer' && !questions.has(call) && !isStaticFile(trace, call);
    return repeatedCalls(trace, { minCalls, database: false, accepts }, thresholds)
      .filter((loop) => !arePages(trace, loop.calls) && !areBatches(trace, loop.calls))
      .filter((loop) => !isWaiting(trace, loop) || isStoppedAgent(trace, loop.calls, logs))
      .filter(({ calls }) => !keepsRate(trace, calls, logs) && !repeatsOnPurpose(trace, calls, logs))
      .map((loop) =>
        loopSighting(trace, loop, {
          service: callingService(trace, loop.caller, loop.calls),
          facts: {
            calls: loop.count,
            callee: namesOf(loop.kinds.map((kind) => trace.peer(kind) || trace.service(kind))),
            endpoint: operationOf(trace, loop.first),
            what: namesOf(loop.kinds.map((kind) => elementsOf(trace, kind))),
            list: loop.list === undefined ? '' : listName(trace, loop.list),
            isStopped: isStoppedAgent(trace, loop.calls, logs),
          },
        }),
      );
  },

  say(facts) {
    const { service, calls, elements, callee, endpoint, what, same, isStopped } = facts;
    const { cost, parts, where, pace, total } = loopWords(facts, 'calls', calls);
    // Where the callee left no name, it is called by the caller's.
    const from = (name: typeof callee) => (callee === service ? '' : ` from ${name}`);
    if (isStopped === true) {
      return {
        title: `${service} calls ${endpoint}${from(callee)} ${calls} times until its agent was stopped at its limit: ${cost}`,
        headline: { why: `the agent of ${inWords(service)} went round in circles until its limit stopped it` },
        explanation: `${service} asks ${callee} ${calls} times${where}, and a line of ${service} says that the framework stopped the agent at its limit. ${parts}`,
        remedy: `Compare the steps of the agent of ${service}: which tool does it call again, and what does that answer? Let the tool say clearly that it has nothing more, and end the run when a step repeats with the same arguments.`,
        check: 'Each step asks for something new, and the task needs more steps than the limit allows.',
      };
    }
    if (same === true) {
      return {
        title: `${service} makes the same call ${calls} times in one request (${endpoint} of ${callee}): ${cost}`,
        headline: { why: `${inWords(service)} makes the same call to ${inWords(callee)} again and again` },
        explanation: `${service} asks ${callee} ${calls} times for the same thing${where}. ${parts}`,
        remedy: `Ask ${callee} once (${endpoint}) and keep the answer for the rest of the request.`,
        check: 'The answers differ, because something is written between the calls.',
      };
    }
    return {
      title: `${service} loads ${elements} ${what}${from(callee)} one by one with ${total} calls (N+1): ${cost}`,
      headline: { why: `${inWords(service)} loads ${what}${from(inWords(callee))} one by one` },
      explanation: `${endpoint} is called ${elements} times${where}, once for each element, ${pace}. ${parts}`,
      remedy: `Ask ${callee} for all ${elements} ${what} in one call (an operation that takes a list of ids), or batch the calls of a request. Running them in parallel hides the wait but not the load.`,
      check: `One call with all the ids takes as long as the ${calls} calls, or the code does not know the ids in advance.`,
    };
  },
});

/** The name of the callee's span where there is one, else of the caller's. */
function operationOf(trace: Trace, call: SpanIndex): string {
  return operationTemplate(trace.operation(calleeSpan(trace, call)));
}

function listName(trace: Trace, call: SpanIndex): string {
  return queryLabel(trace.queryShape(call)) || operationOf(trace, call);
}

/** Browsers load the files of a page one by one; Sentry ignores them, too. */
function isStaticFile(trace: Trace, call: SpanIndex): boolean {
  const address = trace.text(call, 'url.full') || trace.text(call, 'url.path') || trace.operation(call);
  return /\.(?:js|css|map|svg|png|jpe?g|gif|ico|webp|woff2?|mp3|mp4)(?:[?#]|$)/i.test(address);
}

/** Polls: repeats the same call with pauses that are longer than the answers. */
function isWaiting(trace: Trace, { calls, callers }: Loop): boolean {
  if (callers > 1) return false;
  const pauses = calls.slice(1).map((call, i) => trace.startUs(call) - trace.endUs(calls[i] ?? call));
  const longer = pauses.filter((us, i) => us > trace.durationOfUs(calls[i] ?? 0)).length;
  return longer > pauses.length / 2 && (valuesOf(trace, { calls }) === 'same' || askMostlyTheSame(trace, calls));
}

/** A client orders something, asks until it is there, and fetches it: each with the same method, and most at one address. */
function askMostlyTheSame(trace: Trace, calls: readonly SpanIndex[]): boolean {
  const byAddress = Map.groupBy(calls, (call) => trace.text(call, 'url.full'));
  byAddress.delete('');
  return [...byAddress.values()].some((same) => same.length > calls.length / 2);
}

/** Addresses that do not name what is requested. */
const NO_ELEMENTS = /^(?:graphql|api|rpc|query|batch|v\d+)$/i;

/** The resource that a path names, unless it is only the service's own name. */
function elementsOf(trace: Trace, call: SpanIndex): string {
  const name = resourceName(operationOf(trace, call));
  // `price` and `GetPrice` name one element, or an action.
  return !/[^s]s$/.test(name) || name === trace.peer(call) || NO_ELEMENTS.test(name) ? 'elements' : name;
}
