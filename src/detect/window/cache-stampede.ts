/**
 * A popular key expires, and every request that needs it meanwhile reads the store itself.
 *
 *   request 1   [ GET product:456 ✗ ][ SELECT … products      85 ms ][ SET product:456 ]
 *   request 2     [ GET product:456 ✗ ][ SELECT … products       140 ms ][ SET ]
 *   request 3       [ GET product:456 ✗ ][ SELECT … products          230 ms ][ SET ]     ← one read would be enough
 *
 * No single request shows it, because each has one normal miss. It counts requests that look up a key while another request
 * still reads it. A key that is hardly ever in the cache is no stampede. Where most lookups of a service miss that hit
 * before, the cache no longer helps at all: its keys, its time to live or its content changed. Without requests, the metrics
 * of the cache show that: its share of misses rises and stays. After a purge it rises and falls again.
 */

import { defineDetector } from '#detect/detector.ts';
import { type LostHit, type LostHits, lostHits } from '#detect/signs/caches/lost-hits.ts';
import {
  type Crowd,
  type KeyMiss,
  largestCrowd,
  missesIn,
  sampledCrowd,
  usualMisses,
  usualReadsUs,
} from '#detect/signs/caches/missed-at-once.ts';
import { type MissingCache, missingCaches } from '#detect/signs/metrics/missing-caches.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { EvidenceItem, Facts, Sighting, Words } from '#model/finding/finding.ts';
import { lastingFacts, shareText } from '#model/metrics/limited.ts';
import { instantText } from '#model/platform/platform-pods.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { shareOf } from '#model/stats/proportion.ts';
import { medianOf } from '#model/stats/robust.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';

export const cacheStampede = defineDetector({
  id: 'cache-stampede',
  title: 'Cache stampede',
  why: 'When one popular key expires, all requests read the store at once and slow it down for everybody.',
  runbook: 'runbooks/cache-stampede.md',
  clear: 'no key was missed by many requests at once',
  silent: [
    'It needs the key: in the statement, in the span name, or as `cache.key`. It cannot distinguish masked keys. Metrics of a cache show neither the key nor who looks it up.',
    'It does not guess a miss: the lookup must say so, return no row, or be followed by a write of the value.',
    'A small sample hides overlaps. Then a quarter of the misses of a key has to overlap another, and they have to take twice as long as in the baseline.',
    'It ignores a key that is always missed as often, because the cache does not hold it. It compares the misses of a service only with ten lookups on both sides.',
  ],
  role: 'mechanism',
  field: 'cache',
  coverage: 'service',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['window'],
  needsOneOf: ['requests', 'metrics'],
  uses: ['healthyRequests'],
  thresholds: {
    minAtOnce: {
      default: 5,
      min: 2,
      unit: 'requests',
      means: 'Requests that read the same key from the store at the same time',
      why: 'A few instances that fill their own caches in parallel do no harm. Five in a sample are many more in total.',
    },
    minReadMs: {
      default: 20,
      min: 0,
      unit: 'ms',
      means: 'Median duration of these reads',
      why: 'A read of a few milliseconds needs no cache.',
    },
    maxUsualMisses: {
      default: 0.5,
      min: 0,
      max: 1,
      unit: 'share of the lookups',
      means: 'Lookups of the key that miss at other times and in the baseline',
      why: 'A cache that misses more often than it hits does not protect the store anyway.',
    },
    minMoreMisses: {
      default: 3,
      min: 1,
      unit: 'times',
      means: 'Share of the lookups of a service that miss, relative to the baseline',
      why: 'The store gets as many times more reads. It is sized for the usual ones with room for about twice as many.',
    },
    forMinutes: {
      default: 5,
      min: 1,
      unit: 'min',
      means: 'A metric shows that many more lookups miss for this long, up to the end of the time window',
      why: 'The guide’s rule for error rates and latencies. A cache that was purged has its popular keys again after minutes.',
    },
  },

  detect({ window, requests = [], healthyRequests = [], metrics = [] }, limits) {
    const { minAtOnce, minReadMs, maxUsualMisses, minMoreMisses } = limits;
    const missed = Map.groupBy(requests.flatMap(missesIn), ({ service, key }) => `${service}\n${key}`);
    const isSlow = ({ misses }: Crowd) => medianOf(misses.map(readUsOf)) >= minReadMs * 1000;
    const crowds = [...missed.values()].flatMap((own): Crowd[] => {
      const crowd = largestCrowd(own);
      if (crowd !== undefined && crowd.atOnce >= minAtOnce) return [crowd];
      const sampled = sampledCrowd(own);
      return sampled !== undefined && isSlowed(sampled, healthyRequests) ? [sampled] : [];
    });
    const stampedes = crowds
      .filter(isSlow)
      .sort((a, b) => b.atOnce - a.atOnce || (a.key < b.key ? -1 : 1))
      .slice(0, MOST_WEIGHED)
      .filter((crowd) => {
        const usual = usualMisses(crowd, requests, healthyRequests);
        return usual.of < FEWEST_LOOKS || shareOf(usual) <= maxUsualMisses;
      })
      .slice(0, MOST_TOLD)
      .map(sightingOf);
    const crowded = new Set(stampedes.map(({ service }) => service));
    const lost = lostHits(requests, healthyRequests).filter(
      (one) =>
        !crowded.has(one.service) &&
        isLost(one, minMoreMisses) &&
        medianOf(one.misses.map(readUsOf)) >= minReadMs * 1000,
    );
    const found = [...stampedes, ...lost.slice(0, MOST_TOLD).map(lostSighting)];
    // Requests say more: which key, and who looks it up.
    return found.length > 0 ? found : missingCaches(metrics, window, limits).slice(0, MOST_TOLD).map(cacheSighting);
  },

  say(facts) {
    if (facts.metric !== undefined) return wordsOfCache(facts);
    return facts.key === '' ? wordsOfLost(facts) : wordsOfKey(facts);
  },
});

function wordsOfKey({
  service,
  operation,
  key,
  cache,
  requests,
  atOnce,
  since,
  read,
  firstUs,
  longestUs,
  writes,
}: Facts): Words {
  const slower =
    Number(longestUs) >= MUCH_SLOWER * Number(firstUs)
      ? ` The store becomes slower with each read: ${durationText(Number(firstUs))} for the first, up to ${durationText(Number(longestUs))} later.`
      : '';
  const written = Number(writes) > 1 ? ` ${writes} requests write the same value back.` : '';
  return {
    title: `${service}: ${counted(Number(requests), 'request')} miss ${key} in ${cache} and read the store with ${read} at once`,
    headline: {
      why: `${counted(Number(requests), 'request')} to ${inWords(service)} miss the same cache key at once`,
    },
    explanation: `It began at ${since}, with up to ${atOnce} reads at the same time. One read would be enough for all of them.${slower}${written}`,
    remedy: `Let one request of ${operation} read the value while the others wait (single flight, a lock with a short timeout), or serve the old value meanwhile. Renew popular keys before they expire, and spread their expiry times.`,
    check: `The requests asked ${cache} for different keys that only look alike. Or the whole cache was empty after a restart or an eviction.`,
  };
}

/** No single key: most lookups of the service miss. */
function wordsOfLost({ service, operation, cache, now, of, before, ofBefore, read, readUs }: Facts): Words {
  return {
    title: `${service}: ${now} of ${of} lookups in ${cache} miss, ${before} of ${ofBefore} before; each miss reads the store with ${read} (${durationText(Number(readUs))})`,
    headline: { why: `the cache of ${inWords(service)} no longer has what it looks up` },
    explanation: `The store now answers what ${cache} answered before, and gets many times its usual reads.`,
    remedy: `Find out why ${cache} lacks the values: another prefix or version in its keys, a shorter time to live, a restart, a flush, evictions. Take that back, and let only some requests of ${operation} read the store until the cache is full again.`,
    check: `The hit rate of ${cache} is as usual, or requests ask for values that were never in it.`,
  };
}

/** Only the metrics of the cache show it. */
function wordsOfCache({ service, cache, now, before, since, seconds, metric }: Facts): Words {
  const which = cache === '' ? service : `${service} (${cache})`;
  return {
    title: `${which}: ${shareText(Number(now))} of the lookups miss since ${since}, ${shareText(Number(before))} before`,
    headline: { why: `the cache ${inWords(String(service))} no longer has what is looked up` },
    explanation: `This lasts for ${durationText(Number(seconds) * 1e6)}, and the cache does not fill up again (${metric}). What it answered before, its users now read from their stores.`,
    remedy: `Find out why ${which} lacks the values: another part, prefix or version in its keys, a shorter time to live, evictions. Take that back. Until then, let only some requests read the store.`,
    check: 'The share of misses falls again by itself, or requests ask for values that were never in the cache.',
  };
}

const MUCH_SLOWER = 2;
/** With fewer reads of healthy requests nobody knows how long one takes. */
const FEWEST_READS = 2;

/** The reads take much longer than the same read does for one miss alone: they wait for each other. */
function isSlowed(crowd: Crowd, healthy: readonly Trace[]): boolean {
  const usual = usualReadsUs(crowd, healthy);
  const now = medianOf(crowd.misses.map(readUsOf));
  return usual.length >= FEWEST_READS && now >= MUCH_SLOWER * medianOf(usual);
}

/** A smaller share of misses leaves most reads to the cache. */
const LEAST_LOST = 0.3;

function isLost({ now, before, misses, usualMisses }: LostHits, minMore: number): boolean {
  // A cold cache costs each request what a miss always costs, until it is full again.
  const isOverrun =
    usualMisses.length < FEWEST_READS ||
    medianOf(misses.map(readUsOf)) >= MUCH_SLOWER * medianOf(usualMisses.map(readUsOf));
  return isOverrun && shareOf(now) >= LEAST_LOST && shareOf(now) >= minMore * shareOf(before);
}

function lostSighting({ service, now, before, misses }: LostHits): Sighting {
  const byRead = misses.toSorted((a, b) => readUsOf(b) - readUsOf(a));
  const [longest] = byRead;
  const first = misses.toSorted((a, b) => startUsOf(a) - startUsOf(b))[0];
  return {
    service,
    operation: longest === undefined ? '' : operationTemplate(longest.trace.operation(longest.caller)),
    facts: {
      key: '',
      cache: longest?.trace.databaseSystem(longest.span) || 'the cache',
      now: now.times,
      of: now.of,
      before: before.times,
      ofBefore: before.of,
      read: longest === undefined ? '' : labelOf(longest),
      readUs: medianOf(misses.map(readUsOf)),
      sinceUs: first === undefined ? 0 : startUsOf(first),
    },
    evidence: byRead.slice(0, MOST_SHOWN).map((miss) => ({
      kind: 'span',
      ref: miss.trace.spanId(miss.span),
      text: `trace ${miss.trace.traceId}: a miss, then ${labelOf(miss)} for ${durationText(readUsOf(miss))}`,
    })),
  };
}

function cacheSighting({ service, part, metric, now, before, sinceUs, untilUs }: MissingCache): Sighting {
  return {
    service,
    facts: { metric, cache: part, now, before, isByUsers: true, ...lastingFacts({ fromUs: sinceUs, untilUs }) },
    evidence: [
      {
        kind: 'metric',
        ref: metric,
        text: `${service}: ${shareText(now)} of its lookups miss, ${shareText(before)} before`,
      },
    ],
  };
}

function startUsOf({ trace, span }: LostHit): number {
  return trace.startEpochUs + trace.startUs(span);
}

/** For each of them, all requests are searched. */
const MOST_WEIGHED = 10;
const MOST_TOLD = 3;
const FEWEST_LOOKS = 10;
const MOST_SHOWN = 5;

function sightingOf({ service, key, misses, atOnce }: Crowd): Sighting {
  const [first] = misses;
  const byRead = misses.toSorted((a, b) => readUsOf(b) - readUsOf(a));
  const [longest] = byRead;
  return {
    service,
    operation: first?.operation ?? '',
    facts: {
      key,
      cache: first?.trace.databaseSystem(first.span) || 'the cache',
      requests: misses.length,
      atOnce,
      since: first === undefined ? '' : instantText(first.fromUs),
      sinceUs: first?.fromUs ?? 0,
      read: first === undefined ? '' : labelOf(first),
      firstUs: first === undefined ? 0 : readUsOf(first),
      longestUs: longest === undefined ? 0 : readUsOf(longest),
      writes: misses.filter(({ isWritten }) => isWritten).length,
    },
    evidence: misses.slice(0, MOST_SHOWN).map(itemOf),
  };
}

function readUsOf({ trace, read }: Pick<KeyMiss, 'trace' | 'read'>): number {
  return trace.durationOfUs(read);
}

function labelOf({ trace, read }: Pick<KeyMiss, 'trace' | 'read'>): string {
  return queryLabel(trace.queryShape(read)) || operationTemplate(trace.operation(read));
}

function itemOf(miss: KeyMiss): EvidenceItem {
  const { trace, span, key } = miss;
  return {
    kind: 'span',
    ref: trace.spanId(span),
    text: `trace ${trace.traceId}: ${key} missed at ${instantText(miss.fromUs)}, then ${labelOf(miss)} for ${durationText(readUsOf(miss))}`,
  };
}
