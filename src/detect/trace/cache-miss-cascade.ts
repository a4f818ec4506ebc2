/**
 * Several cache reads miss, and each miss causes a slower read.
 *
 *   [ GET /product/456                                                       ]  product-service   ← the service to change
 *     [ GET product:456 ✗ ]                                                     redis: a miss
 *                          [ SELECT … products ]                                the read behind it
 *                                               [ GET product:456:reviews ✗ ]
 *                                                                            [ GET /reviews ][ SET ]
 *
 * A cache read counts as a miss if its span says so, if it loads the value itself, or if the value is written to the cache
 * after it was loaded. A cache read before a query is not enough: it may look up a session.
 */

import { defineDetector } from '#detect/detector.ts';
import { fallbacksOf, knownMisses, suspectedMisses } from '#detect/signs/caches/cache-misses.ts';
import { deepestPart } from '#detect/signs/path/deepest-part.ts';
import { leastTimeUs, requestFacts, SHARE_ABOVE_NOISE, timeOfRequest } from '#detect/signs/request-share.ts';
import type { Facts, Sighting, Words } from '#model/finding/finding.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { pathUs } from '#model/trace/views/critical-path.ts';

export const cacheMissCascade = defineDetector({
  id: 'cache-miss-cascade',
  title: 'Cache miss cascade',
  why: 'Reads that the cache usually answers reach the store all at once, and the request takes as long as without a cache.',
  runbook: 'runbooks/cache-miss-cascade.md',
  clear: 'no two cache reads missed, each followed by a slower read',
  silent: [
    'It does not guess misses: the cache read has to say so or to return no row, or the value has to be written back after it was loaded.',
    'It sees caches in the memory of the process only where their reads have spans that are named so.',
    'The slower read has to begin after the cache read, below the same caller. It does not pair parallel reads or reads of another service.',
    'It ignores a single miss, because every cache misses once. Misses stay unsure if the request asked for a fresh answer (`Cache-Control: no-cache`); a line about that clears them.',
  ],
  role: 'mechanism',
  field: 'cache',
  coverage: 'calls',
  nextWhys: {
    unsaid: {
      ask: 'Why was the value not in the cache?',
      lookAt: 'How long entries live, evictions, a restart or a flush of the cache, a new format of its keys.',
    },
  },
  checkQueries: ['plan'],
  excusedBy: ['reason'],
  namesCause: 'never',
  saidAs: /\bcache reads? miss|\bcache miss/i,
  needs: ['trace'],
  thresholds: {
    minMisses: {
      default: 2,
      min: 1,
      unit: 'misses',
      means: 'Cache reads of one service that miss, each followed by a slower read',
      why: 'Every cache misses once, after a restart or when an entry expires. The guide’s cascade has two misses.',
    },
    minHeldMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'Total time of the reads behind the misses on the critical path',
      why: 'The same as for slow queries: people do not notice less than 100 ms.',
    },
    minShare: SHARE_ABOVE_NOISE,
  },

  detect({ trace }, { minMisses, minHeldMs, minShare }) {
    const least = leastTimeUs(trace, minHeldMs, minShare);
    const sightings: Sighting[] = [];
    for (const [service, candidates] of Map.groupBy(fallbacksOf(trace), ({ caller }) => trace.service(caller))) {
      const suspected = suspectedMisses(trace, candidates);
      // Even if all of them are misses, they are too few or too fast. This spares reading their attributes.
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
      const longest = deepestPart(trace, largest.read);
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
          ...requestFacts(trace),
        },
        evidence: misses.slice(0, MOST_MISSES).flatMap(({ item, others }) => [item, ...others]),
      });
    }
    return sightings;
  },

  say(facts) {
    const { service, misses, inferred, cache, longest, longestService, longestUs, said, heldUs } = facts;
    const reads = Number(misses) === 1 ? '1 cache read misses' : `${misses} cache reads miss`;
    const where = longestService === service ? '' : ` in ${longestService}`;
    if (inferred === true) return wordsOfOrder(facts, where);
    return {
      title: `${service}: ${reads}, and the reads behind them take ${timeOfRequest(heldUs, facts)}; the longest is ${longest}${where} (${durationText(Number(longestUs))})`,
      headline: { why: `${inWords(service)} misses its cache and waits for ${inWords(longest)} instead` },
      explanation: `With the values in ${cache}, the request would not wait for these reads. The evidence for the longest: “${said}”.`,
      remedy: `Find out why ${cache} lacks the values: evicted when memory ran out, expired all at once, flushed by a deploy, or written under another key. Then make ${longest} fast enough for an empty cache.`,
      check: `These keys are read for the first time, or the hit rate of ${cache} is normal. Then the cache works, and ${longest} is too slow.`,
    };
  },
});

/** Words for cache reads that do not record whether they missed, and writes without a key. */
function wordsOfOrder(
  { service, misses, cache, longest, longestUs, said, heldUs, rootUs, rootOperation }: Facts,
  where: string,
): Words {
  return {
    title: `${service}: another read follows each of ${misses} reads of ${cache}; these reads take ${timeOfRequest(heldUs, { rootUs, rootOperation })}; the longest is ${longest}${where} (${durationText(Number(longestUs))})`,
    headline: { why: `${inWords(service)} reads the store after each read of its cache` },
    explanation: `No cache read says whether it missed. ${service} writes to ${cache} afterwards (“${said}”), without a recorded key.`,
    remedy: `Record hits and misses of ${cache}, or look at its hit rate at that time. Make ${longest} fast enough for an empty cache.`,
    check: `The hit rate of ${cache} is normal. Then the cache works, and ${longest} is too slow.`,
    couldBe: [
      {
        what: 'misses, each of which reads the value from the store',
        shownBy: `the hit rate of ${cache} fell, or the keys read and written are the same`,
      },
      { what: 'reads and writes of something else, such as a session', shownBy: `the keys read and written differ` },
    ],
  };
}

/** A finding lists this many misses; its sentence counts all. */
const MOST_MISSES = 50;

function labelOf(trace: Trace, span: SpanIndex): string {
  return queryLabel(trace.queryShape(span)) || operationTemplate(trace.operation(span));
}
