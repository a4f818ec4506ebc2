/**
 * All connections of a pool are in use, and the request waits for one.
 *
 *   [ GET /orders                                        ]  order-service   ← the service whose pool it is
 *     [ SELECT ]                                            15 ms
 *               ~~~~~~~~~~~~~ nothing, 1.8 s ~~~~~~~~~~~~    the wait: no span, and then a query that is quick
 *                                                [ SELECT ] 12 ms
 *
 * Signs, the surest first: an error that names the pool; connections in use beyond the pool's size (a refused
 * connection alone is no pool); a span, event, attribute or log line that is the wait; a gap before a query, where each
 * query begins as another ends, or where the service says at that time that its pool is full. So with calls of one
 * service to another (its connections, its bulkhead) and with work of one name inside a service (its threads). The query
 * that holds the connections longest is named, for a larger pool only hides it.
 *
 * A gap before a quick read and nothing else is no proof: it may be computing, a lock, a call without a span, the
 * collector. It stays unsure, with all of them named. Before a write it is left to `unexplained-gap`, because what is
 * stored was most often computed.
 */

import { defineDetector } from '#detect/detector.ts';
import { gapCandidates } from '#detect/signs/gap-candidates.ts';
import { poolGaps } from '#detect/signs/pool-gaps.ts';
import { joined, recordedWait, saidToBeFull, type Wait, withoutNested } from '#detect/signs/pool-waits.ts';
import type { EvidenceItem, Facts, Words } from '#model/finding/finding.ts';
import { type LogLine, linesBySpan } from '#model/logs/log-line.ts';
import { isConnectionWait } from '#model/sql/connection-wait.ts';
import { querySuspicion } from '#model/sql/query-plan.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { durationText } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { spansWith } from '#model/trace/views/span-signs.ts';

export const poolExhaustion = defineDetector({
  id: 'pool-exhaustion',
  title: 'Connection pool exhausted',
  why: 'Requests queue for a connection while CPU and database look idle, and every retry makes the queue longer.',
  runbook: 'runbooks/pool-exhaustion.md',
  clear: 'nothing waited for a connection, and no pool was said to be full',
  silent: [
    'Where nothing names the wait, only a long gap right before a quick read is taken for one, and stays unsure; before a write or a slow query it is left to `unexplained-gap`.',
    'Pools of threads, and of connections to other services, show only by their own words, or where never more than a few spans of one kind run at once and each next one begins as another ends.',
    'Lines of the log count only where they name the span that failed, or the one that waited.',
    'It reads no metrics of pools, where a queue shows before anybody waits long.',
  ],
  role: 'mechanism',
  field: 'capacity',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'What held all the connections?',
      lookAt:
        'The size of the pool, what the others were used for and for how long, and connections that were not given back.',
    },
  },
  checkQueries: ['sessions', 'log'],
  namesCause: ({ facts }) => facts.guessed !== true,
  saidAs: /\bpools?\b|\bfor a (?:free )?connection\b|\btoo many connections\b/i,
  signs: ['full-pool'],
  needs: ['trace'],
  uses: ['logs'],
  thresholds: {
    minWaitMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Wait for a connection on the critical path, where something says that it is one',
      why: 'A free connection is handed out in microseconds; below a tenth of a second a person notices nothing. An error that names the pool counts however short.',
    },
    minGapMs: {
      default: 200,
      min: 1,
      unit: 'ms',
      means: 'Gap before a quick query, where nothing but the gap tells',
      why: 'sre-agent takes a wait of 100 ms that is named; where only its shape tells, twice as much: a shorter gap is often work that nobody traced.',
    },
    minShare: {
      default: 0.2,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The gap as a share of the whole request',
      why: 'The share from which a gap is worth explaining at all (unexplained gaps start there, too).',
    },
    minGapToQuery: {
      default: 5,
      min: 1,
      unit: 'times',
      means: 'How much longer than the query behind it the gap must be',
      why: 'A query that is slow itself needs no pool to explain the time; in the guide the gap is 150 times the query.',
    },
  },

  detect({ trace, logs = [] }, thresholds) {
    const lines = linesBySpan(logs);
    const gapBeforeUse = poolGaps(trace, logs, thresholds);
    const waits: Wait[] = [];
    // Before a long gap any span may stand; else only what failed or holds a wait of its own can tell of one.
    const heldUs = gapBeforeUse !== undefined ? 0 : thresholds.minWaitMs * 1000;
    for (const span of spansWith(trace, { failed: true, heldUs })) {
      const told = joined(
        trace.failed(span) ? saidToBeFull(trace, span, lines) : undefined,
        recordedWait(trace, span, lines, thresholds),
      );
      const gap = told === undefined ? gapBeforeUse?.(span) : undefined;
      const wait = told ?? (gap && { ...gap, inUse: '' });
      if (wait !== undefined) waits.push(wait);
    }
    return byService(trace, withoutNested(trace, waits)).map((all) => {
      const mine = all.filter((wait, at) => !isToldBefore(wait, all.slice(0, at)));
      const first = mine[0] as Wait;
      const waitUs = mine.reduce((sum, { waitUs: us }) => sum + us, 0);
      const isInferred = mine.every(({ sign }) => sign === 'gap');
      const isOfDatabase = first.pool === undefined && !isInferred;
      const holder = isOfDatabase ? longestQuery(trace, trace.service(first.span), logs) : undefined;
      return {
        service: trace.service(first.span),
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
          before: nameOf(trace, first.span),
          atOnce: first.atOnce ?? 0,
          pool: first.pool?.kind ?? 'database',
          users: first.pool?.users ?? '',
          said: first.items[0]?.text ?? '',
          holder: holder?.label ?? '',
          holderUs: holder?.heldUs ?? 0,
          holderReason: holder?.reason ?? '',
          rootUs: trace.durationOfUs(trace.root),
          rootOperation: trace.operation(trace.root),
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

/** Of a gap and nothing else: what is recorded is that nothing was. */
function wordsOfGap({ service, operation, waitUs, waits, before, said, rootUs, rootOperation }: Facts): Words {
  const many = Number(waits) > 1 ? `in ${waits} gaps, the longest before ${before}` : `before ${before}`;
  return {
    title: `${service}: ${durationText(Number(waitUs))} of the ${durationText(Number(rootUs))} of ${rootOperation} pass in ${operation} ${many}, and nothing records what happens`,
    explanation: `${said}. A wait for a connection of a full pool looks like this, and so do other things.`,
    remedy: `Find out which it is before you change anything: put a span around what ${operation} does there, and look at the pool of ${service} at that time.`,
    check: `Other traces of ${operation} have the same gap and nobody complains: then it is how the operation works.`,
    couldBe: gapCandidates({ service: String(service), operation: String(operation), before: 'read' }),
  };
}

function wordsOfConnections({
  service,
  waitUs,
  inUse,
  failed,
  guessed,
  atOnce,
  said,
  holder,
  holderUs,
  holderReason,
  rootUs,
  rootOperation,
}: Facts) {
  const waited =
    Number(waitUs) > 0
      ? ` ${durationText(Number(waitUs))} of the ${durationText(Number(rootUs))} of ${rootOperation} wait for a connection`
      : '';
  const full = inUse === '' ? '' : ` (${inUse})`;
  const state =
    failed === true
      ? `connection pool exhausted${full}${waited === '' ? `, ${rootOperation} failed on it` : `;${waited}`}`
      : `${waited.trim()} of its pool${Number(atOnce) > 0 ? `, which gives out no more than ${atOnce}` : full}`;
  const held =
    holder === ''
      ? ''
      : `; ${holder} holds one for ${durationText(Number(holderUs))}${holderReason === '' ? '' : `: ${holderReason}`}`;
  return {
    title: `${service}: ${state}${held}`,
    explanation: howItShows(service, { failed, guessed, atOnce, said }),
    remedy:
      holder === ''
        ? `Look at the pool of ${service}: connections in use, waiting requests, connections that are not given back. Shorten what holds them before you enlarge it.`
        : `Make ${holder} quicker first: each of its runs keeps a connection from the others. A larger pool buys minutes and moves the queue into the database.`,
    check: `The pool of ${service} had free connections at that time (its metrics tell), or ${elseItIs(service, { guessed, atOnce })}.`,
  };
}

/** Of a pool of threads, or of connections to another service: when its users ran is all that tells. */
function wordsOfSlots({ service, pool, users, waitUs, atOnce, said, rootUs, rootOperation }: Facts) {
  const slot = pool === 'calls' ? 'free connection' : 'free thread';
  return {
    title: `${service}: ${durationText(Number(waitUs))} of the ${durationText(Number(rootUs))} of ${rootOperation} wait for a ${slot}: never more than ${atOnce} ${users} are under way at once`,
    explanation: `Nothing is recorded in the gap. ${said}: so looks a pool of ${atOnce}. What says so is when they ran.`,
    remedy:
      pool === 'calls'
        ? `Look at the limit of ${service} for connections to one host (its HTTP client’s pool, a bulkhead): in use, waiting. Make the calls quicker or fewer, then raise the limit.`
        : `Look at the pool of threads or workers of ${service}: active, queued. Find what holds its threads (a thread dump shows it) before you add more of them.`,
    check: `The pool of ${service} had free ones at that time (its metrics tell), or ${service} lets no more than ${atOnce} run at once on purpose.`,
  };
}

function howItShows(service: Fact, { failed, guessed, atOnce, said }: Readonly<Record<string, Fact>>): string {
  if (failed === true) return `${service} asked for a connection and got none: “${said}”.`;
  if (guessed !== true)
    return `Before ${service} could ask the other side anything it waited for a connection: “${said}”.`;
  return Number(atOnce) > 0
    ? `Nothing is recorded in the gap. ${said}: so looks a pool of ${atOnce}. What says so is when they ran.`
    : `Nothing is recorded in the gap, and at that time ${service} says of its pool: “${said}”.`;
}

function elseItIs(service: Fact, { guessed, atOnce }: Readonly<Record<string, Fact>>): string {
  if (Number(atOnce) > 0) return `${service} lets no more than ${atOnce} run at once on purpose`;
  return guessed === true
    ? `${service} computed something in the gap`
    : 'the time went into opening a new one (network, TLS, login) and not into waiting for one to be free';
}

type Fact = string | number | boolean | undefined;

function distinct(items: readonly EvidenceItem[]): EvidenceItem[] {
  return [...new Map(items.map((item) => [`${item.kind} ${item.ref} ${item.text}`, item])).values()];
}

/** One sighting a service: it is its pool. What says most comes first, then the longest wait. */
function byService(trace: Trace, waits: readonly Wait[]): Wait[][] {
  const surest = { said: 0, recorded: 1, backed: 2, gap: 3 } as const;
  const services = new Map<string, Wait[]>();
  for (const wait of waits) {
    const known = services.get(trace.service(wait.span));
    if (known === undefined) services.set(trace.service(wait.span), [wait]);
    else known.push(wait);
  }
  return [...services.values()].map((mine) =>
    mine.sort((a, b) => surest[a.sign] - surest[b.sign] || b.waitUs - a.waitUs || a.span - b.span),
  );
}

/** A wait that a line tells of is often a gap before a query, too: it is waited once. */
function isToldBefore({ gap }: Wait, before: readonly Wait[]): boolean {
  if (gap === undefined) return false;
  return before.some(({ gap: told }) => told !== undefined && told.startUs < gap.endUs && gap.startUs < told.endUs);
}

/** From this on a query holds its connection long enough to be why others wait: pools are sized for quick ones. */
const HOLDS_LONG_US = 100_000;

function nameOf(trace: Trace, query: SpanIndex): string {
  return queryLabel(trace.queryShape(query)) || trace.operation(query);
}

/** The service's query that holds a connection longest. */
function longestQuery(trace: Trace, service: string, logs: readonly LogLine[]) {
  let longest: SpanIndex | undefined;
  for (let span = 0; span < trace.spanCount; span += 1) {
    if (!trace.isDatabaseCall(span) || trace.service(span) !== service) continue;
    if (trace.failed(span) || isConnectionWait(trace.operation(span))) continue;
    if (longest === undefined || trace.durationOfUs(span) > trace.durationOfUs(longest)) longest = span;
  }
  if (longest === undefined || trace.durationOfUs(longest) < HOLDS_LONG_US) return undefined;
  return {
    label: nameOf(trace, longest),
    heldUs: trace.durationOfUs(longest),
    ...querySuspicion(trace, longest, logs),
  };
}
