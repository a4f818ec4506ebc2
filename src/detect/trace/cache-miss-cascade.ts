/**
 * The cache does not have it, again and again, and each time something slower is asked instead.
 *
 *   [ GET /product/456                                                       ]  product-service   ← the service to change
 *     [ GET product:456 ✗ ]                                                     redis: a miss
 *                          [ SELECT … products ]                                the read behind it
 *                                               [ GET product:456:reviews ✗ ]
 *                                                                            [ GET /reviews ][ SET ]
 *
 * A miss is one where the span says so, where the look itself reads the value, or where the value is written back once it
 * was read. A look into the cache before
 * a query is none by itself: a session is looked up, too.
 */
import { defineDetector } from '#detect/detector.ts';
import { fallbacksOf, knownMisses, suspectedMisses } from '#detect/signs/cache-misses.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { durationText, partOfTime } from '#model/text/duration.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathBelowUs, pathUs } from '#model/trace/views/critical-path.ts';

export const cacheMissCascade = defineDetector({
  id: 'cache-miss-cascade',
  title: 'Cache miss cascade',
  why: 'What a cache hides from the store reaches it all at once, and the request takes as long as if there were no cache.',
  runbook: 'runbooks/cache-miss-cascade.md',
  clear: 'no two cache reads missed with a slower read behind each',
  silent: [
    'A miss is not guessed: the look has to say so or to return no row, or the value has to be written back once it was read.',
    'Caches in the memory of the process are seen only where their looks have spans, named so.',
    'The read has to begin after the look, below the same caller: what is read beside the look, or by another service, is not paired with it.',
    'One miss is left alone: every cache misses once.',
  ],
  role: 'mechanism',
  field: 'cache',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why was it not in the cache?',
      lookAt: 'How long entries live, what was evicted, a restart or a flush of the cache, a new form of its keys.',
    },
  },
  checkQueries: ['plan'],
  namesCause: 'never',
  saidAs: /\bcache reads? miss|\bcache miss/i,
  needs: ['trace'],
  thresholds: {
    minMisses: {
      default: 2,
      min: 1,
      unit: 'misses',
      means: 'Cache reads of one service that miss, each with a slower read behind it',
      why: 'Every cache misses once, after a restart or when an entry expires; the guide’s cascade has two.',
    },
    minHeldMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Time that the reads behind the misses hold of the critical path together',
      why: 'As for slow queries: below a tenth of a second a person notices nothing.',
    },
    minShare: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of the root',
      means: 'The same time as a share of the whole request',
      why: 'As for slow queries: less is lost in the noise of one request.',
    },
  },

  detect({ trace }, { minMisses, minHeldMs, minShare }) {
    const rootUs = trace.durationOfUs(trace.root);
    const least = Math.max(minHeldMs * 1000, minShare * rootUs);
    const sightings: Sighting[] = [];
    for (const [service, candidates] of Map.groupBy(fallbacksOf(trace), ({ caller }) => trace.service(caller))) {
      const suspected = suspectedMisses(trace, candidates);
      // However many of them have missed: what is left of them is not read.
      if (
        suspected.length < minMisses ||
        pathUs(
          trace,
          suspected.map(({ read }) => read),
        ) < least
      )
        continue;
      const misses = knownMisses(trace, suspected);
      const heldUs = pathUs(
        trace,
        misses.map(({ read }) => read),
      );
      const [largest] = misses;
      if (largest === undefined || misses.length < minMisses || heldUs < least) continue;
      const longest = deepest(trace, largest.read);
      const isInferred = misses.every((miss) => miss.isInferred);
      sightings.push({
        ...(isInferred && { inferred: true }),
        service,
        operation: trace.operation(largest.caller),
        spans: misses.slice(0, MOST_MISSES).flatMap(({ miss, read }) => [miss, read]),
        wastedUs: heldUs,
        facts: {
          misses: misses.length,
          inferred: isInferred,
          cache: trace.databaseSystem(largest.miss) || 'the cache',
          longest: labelOf(trace, longest),
          longestService: trace.service(longest),
          longestUs: trace.durationOfUs(longest),
          said: largest.item.text,
          heldUs,
          rootUs,
          rootOperation: trace.operation(trace.root),
        },
        evidence: misses.slice(0, MOST_MISSES).map(({ item }) => item),
      });
    }
    return sightings;
  },

  say(facts) {
    const {
      service,
      misses,
      inferred,
      cache,
      longest,
      longestService,
      longestUs,
      said,
      heldUs,
      rootUs,
      rootOperation,
    } = facts;
    const reads = Number(misses) === 1 ? '1 cache read misses' : `${misses} cache reads miss`;
    const where = longestService === service ? '' : ` in ${longestService}`;
    if (inferred === true) return wordsOfOrder(facts, where);
    return {
      title: `${service}: ${reads}, and what is read instead takes ${partOfTime(Number(heldUs), Number(rootUs))} of ${rootOperation}; the longest is ${longest}${where} (${durationText(Number(longestUs))})`,
      explanation: `With the values in ${cache} the request would have waited for none of these reads. The evidence of the longest: “${said}”.`,
      remedy: `Find out why ${cache} does not have them: evicted for want of memory, expired together, emptied by a deploy, or another key written than read. Then make ${longest} quick enough for the day when the cache is empty.`,
      check: `The keys are asked for the first time, or the hit rate of ${cache} is as it always was: then the cache works, and ${longest} is too slow.`,
    };
  },
});

/** Of looks that say nothing, reads, and writes without a key. */
function wordsOfOrder(
  { service, misses, cache, longest, longestUs, said, heldUs, rootUs, rootOperation }: Facts,
  where: string,
): Words {
  return {
    title: `${service}: after ${misses} looks into ${cache} it reads elsewhere, which takes ${partOfTime(Number(heldUs), Number(rootUs))} of ${rootOperation}; the longest is ${longest}${where} (${durationText(Number(longestUs))})`,
    explanation: `No look says whether it missed. ${cache} is written to afterwards (“${said}”), without a recorded key.`,
    remedy: `Record hits and misses of ${cache}, or look at its hit rate at that time. Make ${longest} quick enough for the day when the cache is empty.`,
    check: `The hit rate of ${cache} is as it always was: then the cache works, and ${longest} is too slow.`,
    couldBe: [
      {
        what: 'misses, each of which reads the value from the store',
        shownBy: `the hit rate of ${cache} fell, or the keys read and written are the same`,
      },
      { what: `looks and writes for something else, such as a session`, shownBy: `the keys read and written differ` },
    ],
  };
}

/** A finding shows so many; the sentence counts all. */
const MOST_MISSES = 50;
/** The span that holds most of what it is a part of. */
function deepest(trace: Trace, read: SpanIndex): SpanIndex {
  let at = read;
  for (;;) {
    const least = pathBelowUs(trace, at) * MOST_OF_IT;
    const next = trace.children(at).find((child) => pathBelowUs(trace, child) > least);
    if (next === undefined || least === 0) return at;
    at = next;
  }
}

const MOST_OF_IT = 0.75;

function labelOf(trace: Trace, span: SpanIndex): string {
  return queryLabel(trace.queryShape(span)) || operationTemplate(trace.operation(span));
}
