/**
 * One request becomes many: a span calls one dependency many times, in parallel or one after another.
 *
 *   [ GET /catalog                                  ]  catalog-service     ← the service to change
 *     [ GET /stock/A001 ][ GET /stock/A002 ][ … ]      50 × inventory-service
 *
 * The factor is the cost for the dependency; the time that a single call would save is the cost for this request. Unlike
 * N+1, calls to different operations of one dependency count together. A broker is a dependency, too. If no single span
 * makes that many calls but two services still call each other as often in one request (several operations, several
 * callers), they are chatty: the same cost, but another remedy.
 */

import { defineDetector } from '#detect/detector.ts';
import { keepsRate, repeatsOnPurpose } from '#detect/signs/attempts/asked-pauses.ts';
import { areBatches, areParts } from '#detect/signs/calls/batches.ts';
import { type ChattyPair, chattyPairs } from '#detect/signs/calls/chatty-pairs.ts';
import { fansOf, longestOf, mostAtOnce, whatOf } from '#detect/signs/calls/fan-outs.ts';
import { listed } from '#detect/signs/calls/repeated-calls.ts';
import { leastTimeUs, requestFacts, shareOfRequest } from '#detect/signs/request-share.ts';
import type { Facts, Sighting } from '#model/finding/finding.ts';
import { durationText, partOfTime } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callerCalls } from '#model/trace/views/call-groups.ts';
import { callingService } from '#model/trace/views/call-span.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';

export const fanOut = defineDetector({
  id: 'fan-out',
  title: 'Fan-out',
  why: 'Every request of this kind calls the dependency many times. A little more traffic here is a flood there.',
  runbook: 'runbooks/fan-out.md',
  clear: 'no span and no service called one dependency twenty times or more with a noticeable delay',
  silent: [
    'It adds up calls of several callers only where one service calls three or more operations of another. Fewer are reported as N+1 calls.',
    'It ignores calls that hardly delay the request, even if they load the dependency. Messages count from 100 ms together.',
    'It does not count failed calls, which are attempts, and calls at a rate or of a number that a line of the caller gives.',
    'A batch call for many elements counts as one call. The parts of one upload are no fan-out.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why does one request need so many calls?',
      lookAt: 'How the number of calls grows with the data, and whether the callee has an operation for many elements.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minCalls: {
      default: 20,
      min: 2,
      unit: 'calls',
      means: 'Calls of one span to one dependency, or of one service to another',
      why: 'Perf-sentinel reports fan-out above 20 children of one parent, and chatty services from 15 calls. Fewer calls, spread over a request, are normal.',
    },
    minTogetherMs: {
      default: 50,
      min: 0,
      unit: 'ms',
      means: 'Total time of these calls on the critical path',
      why: 'The same as for N+1: shorter calls do not delay the request.',
    },
    minShare: shareOfRequest({
      default: 0.05,
      why: 'The same as for N+1: many quick calls in a long job do no harm.',
    }),
  },

  detect({ trace, logs = [] }, { minCalls, minTogetherMs, minShare }) {
    if (trace.spanCount < minCalls) return [];
    const least = leastTimeUs(trace, minTogetherMs, minShare);
    const fans = fansOf(trace, minCalls).filter(
      ({ calls }) =>
        !areParts(trace, calls) &&
        !areBulks(trace, calls) &&
        !areOfPage(trace, calls) &&
        !areTasks(trace, calls) &&
        !keepsRate(trace, calls, logs) &&
        !repeatsOnPurpose(trace, calls, logs),
    );
    const inFan = new Set(fans.flatMap(({ calls }) => calls));
    const chatty = chattyPairs(trace, minCalls, (call) => inFan.has(call)).flatMap((pair) => chat(trace, pair, least));
    return fans
      .flatMap(({ caller, dependency, calls, callers }): Sighting[] => {
        const heldUs = pathUs(trace, calls);
        const first = calls[0] ?? caller;
        if (heldUs < Math.max(least, trace.kind(first) === 'producer' ? LEAST_OF_MESSAGES_US : 0)) return [];
        const longestUs = longestOf(trace, calls);
        const { target } = callerCalls(trace);
        const kinds = new Set(calls.map((call) => target[call]));
        return [
          {
            service: callingService(trace, caller, calls),
            operation: trace.operation(caller),
            ...listed(trace, calls),
            wastedUs: Math.max(0, heldUs - longestUs),
            facts: {
              calls: calls.length,
              callers,
              factor: Math.round(calls.length / callers),
              dependency: nameOf(dependency),
              chatty: false,
              isLost: callingService(trace, caller, calls) !== trace.service(caller),
              messages: trace.kind(first) === 'producer',
              what: whatOf(trace, first, kinds.size),
              atOnce: mostAtOnce(trace, calls),
              heldUs,
              longestUs,
              ...requestFacts(trace),
            },
          },
        ];
      })
      .concat(chatty);
  },

  say(facts) {
    return facts.chatty === true ? wordsOfChat(facts) : wordsOfFan(facts);
  },
});

/**
 * A client of a broker gathers messages in its own buffer and sends them together (Kafka’s `linger.ms` and `batch.size`), so
 * that many quick ones load nobody. People do not notice a wait of less than a tenth of a second.
 * https://www.nngroup.com/articles/response-times-3-important-limits/
 */
const LEAST_OF_MESSAGES_US = 100_000;

/** Jaeger and Zipkin record `sql` as the system of any database, which names none. */
function nameOf(dependency: string): string {
  return dependency === 'other_sql' ? 'its database' : dependency;
}

/** A browser loads the scripts, styles and pictures of a page side by side (OpenTelemetry's document load), and the tiles of a map. */
function areOfPage(trace: Trace, calls: readonly SpanIndex[]): boolean {
  return calls.every((call) => trace.operation(call) === 'resourceFetch' || isTile(trace, call));
}

/** One tile of a map, by its zoom, column and row: https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames */
const TILE = /\/\d{1,2}\/\d{1,8}\/\d{1,8}(?:@\dx)?\.(?:pbf|mvt|png|jpe?g|webp)(?:$|[?#])/;

function isTile(trace: Trace, call: SpanIndex): boolean {
  return trace.kind(call) === 'client' && TILE.test(trace.text(call, 'url.full') || trace.text(call, 'url.path'));
}

/** An engine runs the parts of one query on its workers at once (Trino, Spark, Dask): its tasks are spans of work, not calls. */
function areTasks(trace: Trace, calls: readonly SpanIndex[]): boolean {
  return calls.every((call) => trace.kind(call) === 'internal') && mostAtOnce(trace, calls) === calls.length;
}

/** Batches one after another load, copy or send many elements; fewer calls would each be larger. */
function areBulks(trace: Trace, calls: readonly SpanIndex[]): boolean {
  return mostAtOnce(trace, calls) === 1 && areBatches(trace, calls);
}

function wordsOfFan(facts: Facts) {
  const { service, calls, callers, factor, dependency, what, atOnce, heldUs, longestUs } = facts;
  // The span that made the calls did not arrive, and that of the caller belongs to another service.
  const operation = facts.isLost === true ? 'request' : facts.operation;
  const makes = facts.messages === true ? `publishes ${factor} messages to` : `calls ${dependency} ${factor} times`;
  const savedUs = Number(heldUs) - Number(longestUs);
  const each = Number(callers) > 1 ? ` There are ${calls} calls in all.` : '';
  const runs = Number(atOnce) > 1 ? `up to ${atOnce} at once` : 'one after another';
  return {
    title: `One ${operation} of ${service} ${makes}${facts.messages === true ? ` ${dependency}` : ''}${what === '' ? '' : ` (${what})`}: ${facts.rootOperation} waits ${durationText(Number(heldUs))} for them`,
    headline: {
      why: `${inWords(service)} ${facts.messages === true ? 'publishes very many messages' : 'makes very many calls'} to ${inWords(dependency)}`,
    },
    explanation: `The load on ${dependency} is ${factor} times the load on ${operation}.${each} The calls run ${runs} and take ${partOfTime(Number(heldUs), Number(facts.rootUs))} of ${facts.rootOperation}; the longest takes ${durationText(Number(longestUs))}.`,
    remedy: `Ask ${dependency} for everything in one call (a list of ids, a batch)${savedUs < 1000 ? '' : `, which would save about ${durationText(savedUs)}`}. Until that exists, limit how many calls run at once.`,
    check: `One call for everything takes as long as the ${factor} calls, or each call goes to a different part of ${dependency} (shards) on purpose.`,
  };
}

/** The calls are spread over callers and operations, so there is no single place to change. */
function wordsOfChat(facts: Facts) {
  const { service, dependency, calls, callers, operations, heldUs, longestUs, rootUs, rootOperation } = facts;
  return {
    title: `${service} calls ${dependency} ${calls} times in one request: ${rootOperation} waits ${durationText(Number(heldUs))} for them`,
    headline: { why: `${inWords(service)} makes very many calls to ${inWords(dependency)}` },
    explanation: `The calls use ${operations} operations, from ${callers} places in the code, and take ${partOfTime(Number(heldUs), Number(rootUs))}. Each call costs a network round trip, work on both sides and a free connection. The longest takes ${durationText(Number(longestUs))}, so no single call is the cause.`,
    remedy: `Ask ${dependency} once for everything that the request needs (one coarser operation) and pass it on. Or keep answers for the rest of the request, or move this code into ${dependency}.`,
    check: `${service} is a gateway that bundles several independent requests, or each call needs the change that the one before made.`,
  };
}

function chat(trace: Trace, { service, callee, calls, callers, operations }: ChattyPair, leastUs: number): Sighting[] {
  const heldUs = pathUs(trace, calls);
  const longestUs = longestOf(trace, calls);
  // A few long calls among them would be the cause by themselves.
  if (heldUs < leastUs || longestUs * 2 > heldUs) return [];
  return [
    {
      service,
      operation: '',
      ...listed(trace, calls),
      wastedUs: Math.max(0, heldUs - longestUs),
      facts: {
        chatty: true,
        calls: calls.length,
        callers,
        operations,
        dependency: nameOf(callee),
        heldUs,
        longestUs,
        ...requestFacts(trace),
      },
    },
  ];
}
