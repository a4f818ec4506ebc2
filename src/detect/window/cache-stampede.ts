/**
 * A popular key expires, and every request that needs it meanwhile reads the store itself.
 *
 *   request 1   [ GET product:456 ✗ ][ SELECT … products      85 ms ][ SET product:456 ]
 *   request 2     [ GET product:456 ✗ ][ SELECT … products       140 ms ][ SET ]
 *   request 3       [ GET product:456 ✗ ][ SELECT … products          230 ms ][ SET ]     ← one read would be enough
 *
 * No single request shows it, because each has one normal miss. It counts requests that look up a key while another request
 * still reads it. A key that is hardly ever in the cache is no stampede.
 */
import { defineDetector } from '#detect/detector.ts';
import { type Crowd, type KeyMiss, largestCrowd, missesIn, usualMisses } from '#detect/signs/missed-at-once.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { EvidenceItem, Sighting } from '#model/finding/finding.ts';
import { instantText } from '#model/platform/platform-pods.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { shareOf } from '#model/stats/proportion.ts';
import { medianOf } from '#model/stats/robust.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';

export const cacheStampede = defineDetector({
  id: 'cache-stampede',
  title: 'Cache stampede',
  why: 'When one popular key expires, all requests read the store at once and slow it down for everybody.',
  runbook: 'runbooks/cache-stampede.md',
  clear: 'no key was missed by many requests at once',
  silent: [
    'It needs the key: in the statement, in the span name, or as `cache.key`. It cannot distinguish masked keys.',
    'It does not guess a miss: the lookup must say so, return no row, or be followed by a write of the value.',
    'A small sample hides overlaps: with 1 % sampling, a stampede of hundreds looks like a few misses.',
    'It ignores a key that is always missed as often, because the cache does not hold it.',
  ],
  role: 'mechanism',
  field: 'cache',
  coverage: 'service',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['requests'],
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
  },

  detect({ requests, healthyRequests = [] }, { minAtOnce, minReadMs, maxUsualMisses }) {
    const missed = Map.groupBy(requests.flatMap(missesIn), ({ service, key }) => `${service}\n${key}`);
    const crowds = [...missed.values()].flatMap((own) => largestCrowd(own) ?? []);
    return crowds
      .filter(({ atOnce, misses }) => atOnce >= minAtOnce && medianOf(misses.map(readUsOf)) >= minReadMs * 1000)
      .sort((a, b) => b.atOnce - a.atOnce || (a.key < b.key ? -1 : 1))
      .slice(0, MOST_WEIGHED)
      .filter((crowd) => {
        const usual = usualMisses(crowd, requests, healthyRequests);
        return usual.of < FEWEST_LOOKS || shareOf(usual) <= maxUsualMisses;
      })
      .slice(0, MOST_TOLD)
      .map(sightingOf);
  },

  say({ service, operation, key, cache, requests, atOnce, since, read, firstUs, longestUs, writes }) {
    const slower =
      Number(longestUs) >= MUCH_SLOWER * Number(firstUs)
        ? ` The store becomes slower with each read: ${durationText(Number(firstUs))} for the first, up to ${durationText(Number(longestUs))} later.`
        : '';
    const written = Number(writes) > 1 ? ` ${writes} requests write the same value back.` : '';
    return {
      title: `${service}: ${counted(Number(requests), 'request')} miss ${key} in ${cache} and read the store with ${read} at once`,
      explanation: `It began at ${since}, with up to ${atOnce} reads at the same time. One read would be enough for all of them.${slower}${written}`,
      remedy: `Let one request of ${operation} read the value while the others wait (single flight, a lock with a short timeout), or serve the old value meanwhile. Renew popular keys before they expire, and spread their expiry times.`,
      check: `The requests asked ${cache} for different keys that only look alike. Or the whole cache was empty after a restart or an eviction.`,
    };
  },
});

const MUCH_SLOWER = 2;
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

function readUsOf({ trace, read }: KeyMiss): number {
  return trace.durationOfUs(read);
}

function labelOf({ trace, read }: KeyMiss): string {
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
