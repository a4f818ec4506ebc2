/**
 * The request is slower than usual, because the own time of one operation grew.
 *
 *   healthy   [ GET /orders            ]            120 ms
 *               [ GET /stock ][ SELECT ]             40 ms by itself
 *
 *   this one  [ GET /orders                                            ]      2.1 s
 *               [ GET /stock  ████████████████████████████ ][ SELECT ]        2 s by itself   ← the span that grew
 *
 * A span above it grew only because it waits. Own time is the duration of a span minus the time in which its descendants
 * run. For a call with a callee span, own time is the time on the way. An operation counts as slower by its slowest spans, or
 * by the mean of all of them if each is a little slower. A service counts by all its operations if none stands out. More
 * spans than usual are the business of `span-count-anomaly`.
 */

import { defineDetector } from '#detect/detector.ts';
import { blamedService, largestGrowths, wayOf } from '#detect/signs/path/operation-growth.ts';
import { requestFacts } from '#detect/signs/request-share.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { queryLabel } from '#model/sql/query-shape.ts';
import { deviations, type UsualRange } from '#model/stats/usual-range.ts';
import { durationText } from '#model/text/duration.ts';
import { inWords } from '#model/text/in-words.ts';

export const slowerThanBaseline = defineDetector({
  id: 'slower-than-baseline',
  title: 'Slower than usual',
  why: 'It names the one operation that changed, among many that are always slow.',
  runbook: 'runbooks/slower-than-baseline.md',
  clear: 'no operation on the critical path took clearly longer than in the healthy traces',
  silent: [
    'It compares own times on the critical path. It ignores growth off that path, and spans that only wait for others.',
    'It misses growth that is spread over many services, because no service has a large share.',
    'With few healthy traces, or healthy traces that vary much, only large differences show.',
    'It does not compare failed spans, whose duration depends on how they failed.',
  ],
  role: 'mechanism',
  field: 'code',
  coverage: 'spans',
  nextWhys: {
    unsaid: {
      ask: 'Why does it take longer than usual?',
      lookAt: 'Its version now and in the healthy traces, its input, and what runs beside it.',
    },
    said: [],
  },
  checkQueries: ['plan'],
  namesCause: 'never',
  ticks: { 'healthy-compared': 'Compared with healthy traces' },
  needs: ['trace', 'baseline'],
  thresholds: {
    minGrowthMs: {
      default: 100,
      min: 1,
      unit: 'ms',
      means: 'How much slower than usual the request is, and the operation on its critical path',
      why: 'People do not notice less than 100 ms.',
    },
    minRatio: {
      default: 2,
      min: 1,
      unit: 'times the usual',
      means: 'Own time of the operation, divided by the median of the healthy traces',
      why: 'The same as for time windows: a p95 of more than twice the baseline.',
    },
    minRootDeviations: {
      default: 2,
      min: 0,
      unit: 'standard deviations',
      means: 'Distance of the whole request from the healthy median, on a scale of factors',
      why: 'Two standard deviations are the common rule for unusual values. A request that is no slower than others needs no reason.',
    },
    minDeviations: {
      default: 3,
      min: 0,
      unit: 'standard deviations',
      means: 'Distance of the own time from the healthy median, on a scale of factors',
      why: 'Control charts have used three sigma since Shewhart. Two would report every twentieth healthy operation.',
    },
    minShare: {
      default: 0.2,
      min: 0,
      max: 1,
      unit: 'share of the growth of the root',
      means: 'How much of the growth lies in the operation',
      why: 'A place with less of the growth is not why the request is slow.',
    },
  },

  detect({ trace, baseline }, { minGrowthMs, minRatio, minRootDeviations, minDeviations, minShare }) {
    const rootUs = trace.durationOfUs(trace.root);
    const growthUs = rootUs - baseline.rootUs.median;
    // A request within the slowest tenth of the healthy ones is not slower than usual.
    if (growthUs < minGrowthMs * 1000 || rootUs <= baseline.rootUs.high) return [];
    if (deviations(baseline.rootUs, rootUs) < minRootDeviations) return [];
    const least = Math.max(minGrowthMs * 1000, minShare * growthUs);
    const isSlow = (usual: UsualRange, us: number) =>
      us > usual.high && us >= minRatio * usual.median && deviations(usual, us) >= minDeviations;
    return largestGrowths(trace, baseline, isSlow, least).flatMap((growth): Sighting[] => {
      const [first] = growth.spans;
      if (first === undefined) return [];
      return [
        {
          service: blamedService(trace, growth),
          operation: trace.operation(first),
          spans: growth.spans.slice(0, MOST_SHOWN),
          ...(growth.spans.length > MOST_SHOWN && { unlisted: growth.spans.length - MOST_SHOWN }),
          wastedUs: growth.excessUs,
          facts: {
            caller: trace.service(first),
            what: queryLabel(trace.queryShape(first)) || trace.operation(first),
            ...wayOf(trace, first),
            ownUs: growth.ownUs,
            usualUs: growth.usual?.median ?? 0,
            highUs: growth.usual?.high ?? 0,
            isMean: growth.isMean,
            isNew: growth.usual === undefined,
            spans: growth.count,
            others: growth.others,
            excessUs: growth.excessUs,
            growthUs,
            ...requestFacts(trace),
            usualRootUs: baseline.rootUs.median,
            traces: baseline.alike,
          },
        },
      ];
    });
  },

  say(facts) {
    const { caller, what, callee, ownUs, usualUs, highUs, isNew, spans, excessUs, growthUs } = facts;
    const one = durationText(Number(ownUs));
    const many = facts.isMean === true ? `${one} on average in ${spans} spans` : `up to ${one} in ${spans} spans`;
    const own = spans === 1 ? one : many;
    const took =
      callee === ''
        ? `${caller}: ${what} ${isNew === true ? 'takes' : 'takes by itself'} ${own}`
        : `${callee}: the call ${what} of ${caller} takes ${own} ${STATIONS[String(facts.part)]}`;
    const usually =
      isNew === true ? 'and is in none of the healthy traces' : `usually ${durationText(Number(usualUs))}`;
    const others = Number(facts.others) === 1 ? 'another operation' : `${facts.others} other operations`;
    const beside = facts.others === 0 ? '' : `; with ${others} of the service that became slower`;
    const share = Math.min(100, Math.round((100 * Number(excessUs)) / Number(growthUs)));
    const healthy = `${facts.traces} healthy trace${facts.traces === 1 ? '' : 's'}`;
    return {
      title: `${took}, ${usually}${beside}: ${share} % of the ${durationText(Number(growthUs))} by which ${facts.rootOperation} is slower`,
      headline: {
        why:
          callee === ''
            ? `${inWords(what)} in ${inWords(caller)} takes longer than usual`
            : `the call from ${inWords(caller)} to ${inWords(callee)} takes longer than usual`,
      },
      explanation: `${facts.rootOperation} takes ${durationText(Number(facts.rootUs))} here; its median in ${healthy} is ${durationText(Number(facts.usualRootUs))}.${isNew === true ? '' : ` Nine of ten healthy spans of ${what} take at most ${durationText(Number(highUs))} by themselves.`}`,
      remedy:
        callee === ''
          ? `Look at what changed for ${what} in ${caller}: a deploy, a setting, its data, the CPU of its host. Profile it there, and compare the attributes of this span with a healthy one.`
          : `Look at the threads, the accept queue and the CPU of ${callee}, then at what lies between ${caller} and it: connections, a proxy, the network.`,
      check: `Requests at the same time in which ${what} takes as long are not slow, or this request asked for more than the healthy ones.`,
    };
  },
});

const MOST_SHOWN = 500;

const STATIONS: Readonly<Record<string, string>> = {
  way: 'on its way',
  request: 'before the work begins there',
  response: 'after the work has ended there',
};
