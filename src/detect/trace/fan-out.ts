/**
 * One request becomes many: a span calls one kind of dependency again and again, at once or one after another.
 *
 *   [ GET /catalog                                  ]  catalog-service     ← the service to change
 *     [ GET /stock/A001 ][ GET /stock/A002 ][ … ]      50 × inventory-service
 *
 * What it costs the dependency is its factor; what it costs this request is what one call for all would save. Calls to
 * different operations of one dependency count together, which tells it from N+1; a broker is a dependency, too. Where no
 * one span makes that many, and two services still talk as often in one request, over several operations and from several
 * callers, they are chatty: the same cost, and another remedy.
 */
import { defineDetector } from '#detect/detector.ts';
import { type ChattyPair, chattyPairs } from '#detect/signs/chatty-pairs.ts';
import { listed } from '#detect/signs/repeated-calls.ts';
import type { Facts, Sighting } from '#model/finding/finding.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { callerCalls } from '#model/trace/views/call-groups.ts';
import { calleeSpan } from '#model/trace/views/call-span.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';

export const fanOut = defineDetector({
  id: 'fan-out',
  title: 'Fan-out',
  why: 'Every request of this kind reaches the dependency many times, so that a little more traffic here is a flood there.',
  runbook: 'runbooks/fan-out.md',
  clear: 'no span called one dependency, and no service another, twenty times or more at a price that shows',
  silent: [
    'As many calls that are spread over several callers are added up only where one service calls another, for three operations or more: so few of one kind are left to `n-plus-one-calls`.',
    'Calls that the request hardly waits for are left alone, whatever they cost the dependency.',
    'Failed calls are attempts and do not count.',
    'Many things asked for in one call, such as a batch of thousands, are one call.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why does one request need so many calls?',
      lookAt: 'How the number of calls grows with the data, and whether the callee has a call that takes many.',
    },
  },
  checkQueries: [],
  namesCause: 'never',
  needs: ['trace'],
  thresholds: {
    minCalls: {
      default: 20,
      min: 2,
      unit: 'calls',
      means: 'Calls of one span to one dependency, or of one service to another',
      why: 'perf-sentinel speaks of fan-out from more than 20 children of one parent, and of chatty services from 15 calls; fewer that are spread over a request are how services work together.',
    },
    minTogetherMs: {
      default: 50,
      min: 0,
      unit: 'ms',
      means: 'Time that they hold of the critical path together',
      why: 'The same as for N+1: calls that nobody waits for longer cost the request nothing.',
    },
    minShare: {
      default: 0.05,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same time as a share of the whole request',
      why: 'The same as for N+1: many quick calls in a long job hurt nobody.',
    },
  },

  detect({ trace }, { minCalls, minTogetherMs, minShare }) {
    if (trace.spanCount < minCalls) return [];
    const rootUs = trace.durationOfUs(trace.root);
    const least = Math.max(minTogetherMs * 1000, minShare * rootUs);
    const fans = fansOf(trace, minCalls);
    const told = new Set(fans.flatMap(({ calls }) => calls));
    const chatty = chattyPairs(trace, minCalls, (call) => told.has(call)).flatMap((pair) => chat(trace, pair, least));
    return fans
      .flatMap(({ caller, dependency, calls, callers }): Sighting[] => {
        const heldUs = pathUs(trace, calls);
        if (heldUs < least) return [];
        const first = calls[0] ?? caller;
        const longestUs = longestOf(trace, calls);
        const { target } = callerCalls(trace);
        const kinds = new Set(calls.map((call) => target[call]));
        return [
          {
            service: trace.service(caller),
            operation: trace.operation(caller),
            ...listed(trace, calls),
            wastedUs: Math.max(0, heldUs - longestUs),
            facts: {
              calls: calls.length,
              callers,
              factor: Math.round(calls.length / callers),
              dependency,
              chatty: false,
              messages: trace.kind(first) === 'producer',
              what: whatOf(trace, first, kinds.size),
              atOnce: mostAtOnce(trace, calls),
              heldUs,
              longestUs,
              rootUs,
              rootOperation: trace.operation(trace.root),
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

function wordsOfFan(facts: Facts) {
  const { service, operation, calls, callers, factor, dependency, what, atOnce, heldUs, longestUs } = facts;
  const makes = facts.messages === true ? `publishes ${factor} messages to` : `makes ${factor} calls to`;
  const held = durationText(Number(heldUs));
  const savedUs = Number(heldUs) - Number(longestUs);
  const each = Number(callers) > 1 ? `, ${calls} in all,` : '';
  const together =
    Number(atOnce) > 1
      ? `up to ${atOnce} of them at once, and hold ${held} of the critical path`
      : `one after another, and hold ${held} of the critical path`;
  return {
    title: `${service}: one ${operation} ${makes} ${dependency}${what === '' ? '' : ` (${what})`}${each} and waits ${held} of the ${durationText(Number(facts.rootUs))} of ${facts.rootOperation} for them`,
    explanation: `The load on ${dependency} is ${factor} times the load on ${operation}. The calls run ${together}; the longest takes ${durationText(Number(longestUs))}.`,
    remedy: `Ask ${dependency} for everything in one call (a list of ids, a batch)${savedUs < 1000 ? '' : `, which would save about ${durationText(savedUs)}`}; until there is one, limit how many run at once.`,
    check: `One call for all of it takes as long as the ${factor} together, or each call goes to a different part of ${dependency} (shards) on purpose.`,
  };
}

/** Spread over callers and operations, there is no one place to change. */
function wordsOfChat(facts: Facts) {
  const { service, dependency, calls, callers, operations, heldUs, longestUs, rootUs, rootOperation } = facts;
  const held = durationText(Number(heldUs));
  return {
    title: `${service}: ${calls} calls to ${dependency} in one request (${operations} operations, from ${callers} places) take ${held} of the ${durationText(Number(rootUs))} of ${rootOperation}`,
    explanation: `The two talk ${calls} times to answer once: each time the network, both ends and a free connection are paid for. The longest of the calls takes ${durationText(Number(longestUs))}, so that no single one is why.`,
    remedy: `Ask ${dependency} once for what the request needs of it (one coarser operation) and hand it down, keep answers for the rest of the request, or move what needs so much of ${dependency} to where it is.`,
    check: `The calls of ${service} to ${dependency} are a gateway’s for several independent requests in one, or each needs what the one before changed.`,
  };
}

function chat(trace: Trace, { service, callee, calls, callers, operations }: ChattyPair, leastUs: number): Sighting[] {
  const heldUs = pathUs(trace, calls);
  const longestUs = longestOf(trace, calls);
  // Few long ones among them are why by themselves.
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
        dependency: callee,
        heldUs,
        longestUs,
        rootUs: trace.durationOfUs(trace.root),
        rootOperation: trace.operation(trace.root),
      },
    },
  ];
}

type Fan = Readonly<{ caller: SpanIndex; dependency: string; calls: readonly SpanIndex[]; callers: number }>;

/** By caller’s operation and dependency: the same fan in several runs of its caller is one. Failed calls are attempts. */
function fansOf(trace: Trace, minCalls: number): Fan[] {
  const fans = new Map<string, { caller: SpanIndex; dependency: string; calls: SpanIndex[]; callers: number }>();
  callerCalls(trace).visit(minCalls, (caller, all) => {
    for (const made of Map.groupBy(all, (call) => dependencyKey(trace, call)).values()) {
      const calls = made.filter((call) => !trace.failed(call));
      if (calls.length < minCalls) continue;
      const dependency = dependencyOf(trace, calls[0] ?? caller);
      const key = `${trace.service(caller)}\n${trace.operation(caller)}\n${dependency}`;
      const known = fans.get(key);
      if (known === undefined) fans.set(key, { caller, dependency, calls, callers: 1 });
      else {
        known.callers += 1;
        for (const call of calls) known.calls.push(call);
      }
    }
  });
  return [...fans.values()];
}

/** What a call asks stands for whom it asks, where nothing else tells. */
function dependencyKey(trace: Trace, call: SpanIndex): string | number {
  const target = callerCalls(trace).target[call] ?? 0;
  if (trace.kind(call) === 'producer') return trace.text(call, 'messaging.destination.name') || target;
  const known = trace.databaseSystem(call) || trace.peer(call);
  // Without a client span the callee's own is the call.
  return known || (trace.kind(call) === 'client' ? target : trace.service(call));
}

function dependencyOf(trace: Trace, call: SpanIndex): string {
  if (trace.kind(call) === 'producer') return queueOf(trace, call);
  const known = trace.databaseSystem(call) || trace.peer(call);
  if (known !== '') return known;
  return trace.kind(call) === 'client' ? operationTemplate(trace.operation(call)) : trace.service(call);
}

function queueOf(trace: Trace, call: SpanIndex): string {
  return trace.text(call, 'messaging.destination.name') || trace.text(call, 'messaging.system.name') || 'the broker';
}

/** What is asked for; a message is told well enough by where it goes. */
function whatOf(trace: Trace, call: SpanIndex, kinds: number): string {
  if (trace.kind(call) === 'producer') return '';
  return kinds === 1 ? nameOf(trace, call) : `${kinds} operations`;
}

function nameOf(trace: Trace, call: SpanIndex): string {
  return queryLabel(trace.queryShape(call)) || operationTemplate(trace.operation(calleeSpan(trace, call)));
}

function longestOf(trace: Trace, calls: readonly SpanIndex[]): number {
  let longestUs = 0;
  for (const call of calls) longestUs = Math.max(longestUs, trace.durationOfUs(call));
  return longestUs;
}

/** How many ran at the same time at most; calls that only touch did not. */
function mostAtOnce(trace: Trace, calls: readonly SpanIndex[]): number {
  const starts = Float64Array.from(calls, (call) => trace.startUs(call)).sort();
  const ends = Float64Array.from(calls, (call) => trace.endUs(call)).sort();
  let most = 0;
  let ended = 0;
  starts.forEach((startUs, started) => {
    while ((ends[ended] ?? startUs + 1) <= startUs) ended += 1;
    most = Math.max(most, started + 1 - ended);
  });
  return most;
}
