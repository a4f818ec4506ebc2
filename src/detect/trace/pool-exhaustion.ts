/**
 * All connections of a pool are in use, and the request waits for one.
 *
 *   [ GET /orders                                        ]  order-service   ← the service whose pool it is
 *     [ SELECT ]                                            15 ms
 *               ~~~~~~~~~~~~~ nothing, 1.8 s ~~~~~~~~~~~~    the wait: no span, then a quick query
 *                                                [ SELECT ] 12 ms
 *
 * Signs, the surest first:
 * 1. An error that names the pool, or more connections in use than the pool's size. A refused connection alone is no sign.
 * 2. A span, event, attribute or log line that records the wait.
 * 3. A gap before a query, if each query begins as another ends, or if the log or the metrics of the service show at that
 *    time that its pool is full. If its metrics show free connections, the gap is no wait for one.
 * The same signs work for calls between services (connections, bulkheads) and for work of one name inside a service
 * (threads). The finding names the query that holds a connection longest, because a larger pool only hides it.
 *
 * A gap before a quick read alone is no proof: it may be computing, a lock, a call without a span, or garbage collection.
 * The finding then stays unsure and names all of them. A gap before a write goes to `unexplained-gap`, because services
 * mostly compute what they store.
 */

import { defineDetector } from '#detect/detector.ts';
import { gapCandidates, gapCheck } from '#detect/signs/path/gap-candidates.ts';
import { unrecordedIn } from '#detect/signs/path/unrecorded.ts';
import { requestFacts } from '#detect/signs/request-share.ts';
import { longestQuery, queryName } from '#detect/signs/waits/connection-holder.ts';
import { poolOwner, poolWaits } from '#detect/signs/waits/pool-waits.ts';
import type { EvidenceItem, Facts, Words } from '#model/finding/finding.ts';
import { THREAD_DURATIONS, THREAD_OPERATIONS } from '#model/instruments/thread-words.ts';
import { type LogLine, linesBySpan } from '#model/logs/log-line.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';
import { longestAmount } from '#model/trace/wait-amounts.ts';

export const poolExhaustion = defineDetector({
  id: 'pool-exhaustion',
  title: 'Connection pool exhausted',
  why: 'Requests wait for a connection while CPU and database look idle. Every retry makes the queue longer.',
  runbook: 'runbooks/pool-exhaustion.md',
  clear: 'nothing waited for a connection, and nothing reported a full pool',
  silent: [
    'If nothing names the wait, it reports only a long gap right before a quick read, as unsure. A gap before a write or a slow query is reported as Unexplained gap.',
    'It sees pools of threads, or of connections to other services, only if they say so, or if each span begins as another ends and few run at once.',
    'Log lines count only if they name the request or the span. A line with the wait of a span that fails at that moment counts, too.',
    'It reads pool metrics only to confirm or exclude a wait that the request itself suggests.',
  ],
  role: 'mechanism',
  field: 'capacity',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'What held all the connections?',
      lookAt:
        'The size of the pool, what used the other connections and for how long, and connections that were not returned.',
    },
  },
  checkQueries: ['sessions', 'log'],
  namesCause: ({ facts }) => facts.guessed !== true,
  saidAs: /\bpools?\b|\bfor a (?:free )?(?:connection|thread)\b|\btoo many connections\b/i,
  signs: ['full-pool'],
  needs: ['trace'],
  uses: ['logs', 'pools'],
  thresholds: {
    minWaitMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Wait for a connection on the critical path, where the evidence names the wait',
      why: 'A pool returns a free connection within microseconds, and people do not notice less than 100 ms. An error that names the pool always counts.',
    },
    minGapMs: {
      default: 200,
      min: 1,
      unit: 'ms',
      means: 'Gap before a quick query, where nothing else shows the wait',
      why: 'Twice the 100 ms that sre-agent uses for a named wait: a shorter gap is often work without a span.',
    },
    minShare: {
      default: 0.2,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The gap as a share of the whole request',
      why: 'The same share as for Unexplained gap.',
    },
    minGapToQuery: {
      default: 5,
      min: 1,
      unit: 'times',
      means: 'How much longer than the next query the gap must be',
      why: 'A slow query explains the time without a pool. In the guide’s example the gap is 150 times the query.',
    },
  },

  detect({ trace, logs = [], pools = [] }, thresholds) {
    return poolWaits(trace, { logs, pools }, thresholds).flatMap((mine) => {
      const [first] = mine;
      if (first === undefined) return [];
      const waitUs = mine.reduce((sum, { waitUs: us }) => sum + us, 0);
      const isInferred = mine.every(({ sign }) => sign === 'gap');
      const isOfDatabase = first.pool === undefined && !isInferred;
      const holder = isOfDatabase ? longestQuery(trace, trace.service(first.span), logs) : undefined;
      return {
        service: poolOwner(trace, first),
        operation: trace.operation(first.caller),
        spans: [...new Set(mine.map(({ span }) => span))],
        wastedUs: Math.min(waitUs, trace.durationOfUs(trace.root)),
        explains: mine.flatMap(({ gap }) => gap ?? []),
        ...(isInferred && { inferred: true }),
        facts: {
          waitUs,
          waits: mine.length,
          inUse: mine.find(({ inUse }) => inUse !== '')?.inUse ?? '',
          failed: mine.some(({ sign }) => sign === 'said'),
          guessed: mine.every(({ sign }) => sign !== 'said' && sign !== 'recorded'),
          inferred: isInferred,
          databaseRefused: isOfDatabase && mine.some(({ span }) => isRefused(trace, span, logs)),
          before: queryName(trace, first.span),
          atOnce: first.atOnce ?? 0,
          pool: first.pool?.kind ?? 'database',
          slot: slotNamed(trace, first.span),
          users: first.pool?.users ?? '',
          said: first.items[0]?.text ?? '',
          ...holderFacts(holder),
          ...requestFacts(trace),
        },
        evidence: distinct([...mine.flatMap(({ items }) => items), ...(holder?.evidence ?? [])]),
      };
    });
  },

  say(facts) {
    if (facts.inferred === true) return wordsOfGap(facts);
    return facts.pool === 'database' ? wordsOfConnections(facts) : wordsOfSlots(facts);
  },
});

/** A database refused the connection itself: a full pool alone does not do that. */
function isRefused(trace: Trace, span: SpanIndex, logs: readonly LogLine[]): boolean {
  return failureTexts(trace, span, linesBySpan(logs)).some(({ text }) =>
    /\bECONNREFUSED\b|connection refused/i.test(text),
  );
}

function holderFacts(holder: ReturnType<typeof longestQuery>): Facts {
  if (holder === undefined) return { holder: '', holderUs: 0, holderReason: '', holderIndex: '' };
  const { label, heldUs, reason, index } = holder;
  return { holder: label, holderUs: heldUs, holderReason: reason, holderIndex: index };
}

/** A shorter wait is a refusal. */
const SHORTEST_WAIT_US = 10_000;
/** What the span waits for, as its name or its attribute says. */
function slotNamed(trace: Trace, span: SpanIndex): string {
  const measured = longestAmount(trace.attributesFor(span, THREAD_DURATIONS), THREAD_DURATIONS);
  return THREAD_OPERATIONS.find(trace.operation(span))?.slot ?? measured?.sign.slot ?? 'thread';
}

/** Words for a gap without any other sign. */
function wordsOfGap({ service, operation, waitUs, waits, before, said, rootUs, rootOperation }: Facts): Words {
  const many = Number(waits) > 1 ? ` in ${waits} gaps, the longest before ${before}` : ` before ${before}`;
  const where = operation === rootOperation ? service : `${operation} of ${service}`;
  return {
    title: `${rootOperation} spends ${durationText(Number(waitUs))} in ${where}${many}, and no span shows why`,
    headline: unrecordedIn(service, Number(waitUs), { rootUs }),
    explanation: `${said}. The whole request takes ${durationText(Number(rootUs))}. A wait for a connection of a full pool looks like this, but other causes do, too.`,
    remedy: `Find the cause before you change anything: put a span around this part of ${operation}, and look at the pool of ${service} at that time.`,
    check: gapCheck({ operation }),
    couldBe: gapCandidates({ service: String(service), operation: String(operation), before: 'read' }),
  };
}

function wordsOfConnections({
  service,
  waitUs,
  inUse,
  failed,
  guessed,
  databaseRefused,
  atOnce,
  said,
  holder,
  holderUs,
  holderReason,
  holderIndex,
  rootUs,
  rootOperation,
}: Facts) {
  const waited = durationText(Number(waitUs));
  const title =
    failed === true
      ? `The connection pool of ${service} is exhausted: ${rootOperation} ${Number(waitUs) >= SHORTEST_WAIT_US ? `waits ${waited} for a connection` : 'gets none'}`
      : `${rootOperation} waits ${waited} for a connection from the pool of ${service}`;
  const parts = [
    howItShows(service, { failed, guessed, atOnce, said }),
    ...(inUse === '' ? [] : [`Connections: ${inUse}.`]),
    ...(holder === ''
      ? []
      : [
          `${holder} holds a connection for ${durationText(Number(holderUs))}${holderReason === '' ? '' : `: ${holderReason}`}.`,
        ]),
    ...(Number(waitUs) > 0 ? [`The whole request takes ${durationText(Number(rootUs))}.`] : []),
    ...refusedToo(databaseRefused),
  ];
  return {
    title,
    headline: {
      why:
        failed === true
          ? `${inWords(service)} has run out of database connections`
          : `${inWords(service)} waits for a free database connection`,
    },
    explanation: parts.join(' '),
    names: [...(holder === '' ? [] : ['slow-query']), ...(failed === true ? ['resource-exhausted'] : [])],
    remedy:
      holder === ''
        ? `Look at the pool of ${service}: connections in use, waiting requests, connections that are not returned. Shorten what holds them before you enlarge the pool.`
        : `${holderIndex === '' ? `Make ${holder} faster first` : `Add the index on ${holderIndex} that ${holder} lacks`}: while it runs, it keeps a connection from the others. A larger pool helps for minutes and moves the queue into the database.`,
    check: databaseRefused === true ? refusedCheck(service) : usualCheck(service, { guessed, atOnce }),
  };
}

function refusedToo(databaseRefused: Fact): readonly string[] {
  if (databaseRefused !== true) return [];
  return [
    'The database refused a connection, too. A full pool alone does not do that: it may have been at its own limit.',
  ];
}

function refusedCheck(service: Fact): string {
  return `The log of the database shows that it was down at that time: a full pool alone refuses no connection. Or the metrics of the pool of ${service} show free connections.`;
}

function usualCheck(service: Fact, how: Readonly<Record<'guessed' | 'atOnce', Fact>>): string {
  return `The metrics of the pool of ${service} show free connections at that time, or ${elseItIs(service, how)}.`;
}

/** Words for a pool of threads, or of connections to another service. */
function wordsOfSlots(facts: Facts) {
  const { service, pool, failed, waitUs, atOnce } = facts;
  return {
    title: slotTitle(facts),
    names: failed === true ? ['resource-exhausted'] : [],
    headline: { why: slotHeadline(facts) },
    explanation: slotExplanation(facts),
    remedy:
      pool === 'calls'
        ? `Look at the limit of ${service} for connections to one host (its HTTP client’s pool, a bulkhead): in use, waiting. Make the calls faster or fewer, then raise the limit.`
        : facts.slot === 'thread'
          ? `Look at the pool of threads or workers of ${service}: active, queued. Find what holds its threads (a thread dump shows it) before you add more of them.`
          : `Look at the ${facts.slot}s of ${service}: online, busy, and how many jobs wait. Find the jobs that hold them longest, then add ${facts.slot}s, or make those jobs shorter.`,
    check: `The metrics of the pool of ${service} show free slots at that time, or ${
      Number(atOnce) > 0
        ? `${service} runs at most ${atOnce} at once on purpose`
        : failed === true && Number(waitUs) === 0
          ? 'the pool was shutting down'
          : 'the time went into something else'
    }.`,
  };
}

function slotTitle(facts: Facts): string {
  const { service, pool, users, failed, waitUs, atOnce, rootOperation } = facts;
  const waits = `waits ${durationText(Number(waitUs))} for a free ${slotOf(facts)}`;
  if (Number(atOnce) > 0)
    return `${rootOperation} ${waits} of ${service}, which allows at most ${atOnce} ${users} at once`;
  if (failed !== true) return `${rootOperation} ${waits} of ${service}`;
  const full = pool === 'calls' ? 'The HTTP connection pool' : 'The thread pool';
  return `${full} of ${service} is exhausted: ${rootOperation} ${Number(waitUs) >= SHORTEST_WAIT_US ? waits : 'gets none'}`;
}

function slotOf({ pool, slot }: Facts): string {
  return pool === 'calls' ? 'connection' : String(slot);
}

function slotHeadline(facts: Facts): string {
  const { service, failed, atOnce, users } = facts;
  if (Number(atOnce) > 0) return `${inWords(service)} allows at most ${atOnce} ${users} at once`;
  const slot = slotOf(facts);
  return failed === true
    ? `${inWords(service)} has run out of ${slot}s`
    : `${inWords(service)} waits for a free ${slot}`;
}

function slotExplanation(facts: Facts): string {
  const { service, failed, atOnce, said, rootUs } = facts;
  const took = `The whole request takes ${durationText(Number(rootUs))}.`;
  if (Number(atOnce) > 0)
    return `No span covers the gap. ${said}. This fits a pool of ${atOnce}, but only the timing of the spans shows it. ${took}`;
  const slot = slotOf(facts);
  if (failed === true) return `${service} asked for a ${slot} and got none: “${said}”. ${took}`;
  return `${service} waited for a ${slot} before it could begin: “${said}”. ${took}`;
}

function howItShows(service: Fact, { failed, guessed, atOnce, said }: Readonly<Record<string, Fact>>): string {
  if (failed === true) return `${service} asked for a connection and got none: “${said}”.`;
  if (guessed !== true) return `${service} waited for a connection before it could send anything: “${said}”.`;
  return Number(atOnce) > 0
    ? `No span covers the gap. ${said}. This fits a pool of ${atOnce}, but only the timing of the spans shows it.`
    : `No span covers the gap. At that time ${service} reports about its pool: “${said}”.`;
}

function elseItIs(service: Fact, { guessed, atOnce }: Readonly<Record<string, Fact>>): string {
  if (Number(atOnce) > 0) return `${service} runs at most ${atOnce} at once on purpose`;
  return guessed === true
    ? `${service} computed something in the gap`
    : 'the time went into opening a new connection (network, TLS, login), not into waiting for a free one';
}

type Fact = string | number | boolean | undefined;

function distinct(items: readonly EvidenceItem[]): EvidenceItem[] {
  return [...new Map(items.map((item) => [`${item.kind} ${item.ref} ${item.text}`, item])).values()];
}
