/**
 * Only some requests are affected, and they share a value that the others do not have.
 *
 *   cloud.region   US-East    2 of 100 fail    2 %
 *                  EU-West   45 of 100 fail   45 %   ← the failing requests share this
 *                  APAC      3 of 100 fail     3 %
 *
 * Compares every value of every attribute (of the request, its spans and the processes) with all other requests that could
 * have it. A trait that follows from a reported one (the pods of a region) is reported together with it. Two traits are
 * combined if both together separate clearly better than each alone. If no requests fail, slow requests are compared: those
 * that take more than twice the baseline p95 of their kind.
 */

import { defineDetector } from '#detect/detector.ts';
import { requestItem } from '#detect/signs/request-item.ts';
import { type CountedTrait, countedTraits } from '#detect/signs/traits/counted-traits.ts';
import { traitRemedy } from '#detect/signs/traits/trait-remedies.ts';
import {
  type Apart,
  type CountedApart,
  countedApart,
  goingWith,
  type Suffering,
  traitsApart,
  valuesOf,
} from '#detect/signs/traits/traits-apart.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { EvidenceItem, Facts, Sighting } from '#model/finding/finding.ts';
import { shareText } from '#model/metrics/limited.ts';
import {
  byStart,
  failedRequest,
  failingMost,
  grownMost,
  requestKind,
  usualDurations,
} from '#model/requests/affected-requests.ts';
import { REQUEST_TYPE } from '#model/requests/request-attributes.ts';
import { type Told, type Trait, traitText } from '#model/requests/request-traits.ts';
import { type Share, shareInterval, shareOf } from '#model/stats/proportion.ts';
import { inWords } from '#model/text/in-words.ts';
import type { Trace } from '#model/trace/trace.ts';

export const partialOutage = defineDetector({
  id: 'partial-outage',
  title: 'Partial outage',
  why: 'An average over all requests hides that nothing works for some people. The value that they share shows where to look.',
  runbook: 'runbooks/partial-outage.md',
  clear: 'no attribute value separates the affected requests from the others',
  silent: [
    'It compares only attributes of spans and their processes. It does not see a region, a version or a tenant that no attribute names.',
    'It ignores values of few requests. With thousands of values the difference must be larger, because chance makes some look bad.',
    'It reports nothing if nearly all requests are affected, or if those with the value are affected in the baseline, too.',
    'It does not compare results, such as a status, an exception or a number of attempts, because they are no cause.',
  ],
  role: 'failure',
  field: 'network',
  coverage: 'requests',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  signs: ['sick-zone'],
  needs: ['requests'],
  uses: ['healthyRequests', 'metrics', 'window'],
  thresholds: {
    minSuffering: {
      default: 5,
      min: 2,
      unit: 'requests',
      means: 'Requests that fail, or are slow, and have the value',
      why: 'With fewer, the confidence interval is wider than the difference that is required.',
    },
    minRequests: {
      default: 10,
      min: 2,
      unit: 'requests',
      means: 'Requests with the value, and requests without it',
      why: 'With a few requests, all of them are often good or bad by chance.',
    },
    minDifference: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of the requests',
      means:
        'How much higher the share of affected requests is with the value: the lower end of the 95 % Newcombe interval, widened for all compared values (Bonferroni)',
      why: 'The guide alerts on an operation with more than 10 % failures.',
    },
    minRatio: {
      default: 3,
      min: 1,
      unit: 'times as often',
      means: 'Share of affected requests with the value, divided by the share without it',
      why: 'With less, the others are affected as well, and the outage is not partial. In the guide’s example a region fails 15 to 22 times as often.',
    },
    slowRatio: {
      default: 2,
      min: 1,
      unit: 'times the usual',
      means: 'Duration from which a request counts as slow, divided by the baseline p95 of its kind',
      why: 'The guide’s rule for time windows: p95 above twice the baseline.',
    },
  },

  detect({ requests, healthyRequests = [], metrics = [], window }, limits) {
    const failing = placesOf(requests, failedRequest);
    const failed = { suffers: failing, isSlow: false, wasSo: failedRequest };
    const apart = traitsApart(requests, healthyRequests, failed, limits);
    if (apart.length > 0) return apart.map((one) => ofRequests(one, requests, healthyRequests));
    const counted = window && countedApart(countedTraits(metrics, window), limits);
    if (counted !== undefined) return [ofCounts(counted)];
    const usual = usualDurations(healthyRequests);
    const isSlow = (trace: Trace) => {
      const kind = usual.get(requestKind(trace));
      return kind !== undefined && trace.durationOfUs(trace.root) > limits.slowRatio * kind.p95Us;
    };
    // Failed requests are not compared by duration: a failure takes its own time.
    const answered = requests.filter((_, place) => !failing.has(place));
    const slow = { suffers: placesOf(answered, isSlow), isSlow: true, wasSo: isSlow };
    return traitsApart(answered, healthyRequests, slow, limits).map((one) =>
      ofRequests(one, answered, healthyRequests),
    );
  },

  say(facts) {
    const { service, trait, isSlow, with: having, withSuffering, others, othersSuffering, low, high, alike } = facts;
    const does = isSlow === true ? 'take more than twice as long as usual' : 'fail';
    const share = shareText(Number(withSuffering) / Number(having));
    const rest = `${othersSuffering} of ${others}`;
    const which = facts.isType === true ? `requests for ${trait}` : `requests with ${trait}`;
    const goesWith = alike === '' ? '' : ` The same requests also have ${alike}.`;
    const before = Number(facts.before) < 0 ? '' : ` In the baseline ${shareText(Number(facts.before))} of them did.`;
    return {
      title: `${service}: ${share} of ${which} ${does}, but only ${shareText(Number(othersSuffering) / Number(others))} of the others`,
      headline: {
        what: `Requests to ${inWords(service)} ${facts.isType === true ? 'for' : 'with'} ${inWords(withoutOwner(trait, service))} ${isSlow === true ? 'are slow' : 'fail'}, and the others do not`,
      },
      explanation: `${withSuffering} of ${having} ${which} ${does}, and ${rest} of the others. This covers ${shareText(Number(facts.covered))} of all requests that ${does}. The estimate for all such requests is ${shareText(Number(low))} to ${shareText(Number(high))}, from ${facts.requests} requests that ${facts.metric === undefined ? 'Spanhound read' : 'the trace store counted'}. ${facts.compared} values were compared.${goesWith}${before}`,
      remedy: traitRemedy(facts),
      check: `Requests with another value ${does} as often in the same minutes, or requests with this value did so before. Then the cause is the load or the kind of request.`,
    };
  },
});

/** `host.name web-1 of web`: the service is named before. */
function withoutOwner(trait: Facts[string] = '', service: Facts[string] = ''): string {
  const [text, of] = [String(trait), ` of ${service}`];
  return text.endsWith(of) ? text.slice(0, -of.length) : text;
}

function ofRequests(apart: Apart, requests: readonly Trace[], healthy: readonly Trace[]): Sighting {
  const { told, single, compared, before, suffering } = apart;
  const { suffers, isSlow } = suffering;
  const { trait } = told;
  const cases = [...trait.places]
    .filter((place) => suffers.has(place))
    .flatMap((place) => requests[place] ?? [])
    .sort(byStart);
  const { service, operation } = isSlow ? grownMost(cases, healthy) : failingMost(cases);
  return {
    service,
    operation,
    facts: {
      trait: traitText(trait),
      attribute: trait.name,
      value: trait.value,
      of: trait.service,
      isType: trait.name === REQUEST_TYPE,
      isOfType: isOfType(trait, requests),
      isSlow,
      requests: trait.among.size,
      compared,
      ...shareFacts(told, before),
      alike: goingWith(told, single).join(', '),
    },
    evidence: [
      ...valuesOf(told, single).map((one) => countedItem(one, requests, suffering)),
      ...cases.slice(0, EXAMPLES).map((trace) => requestItem(trace, isSlow ? 'is slow' : 'fails')),
    ],
  };
}

/** Every request of a kind has the value, or none: the table of a query only says which operation was asked for. */
function isOfType({ among, places }: Trait, requests: readonly Trace[]): boolean {
  const kinds = new Map<string, boolean>();
  for (const place of among) {
    const request = requests[place];
    if (request === undefined) continue;
    const kind = requestKind(request);
    const has = places.has(place);
    if ((kinds.get(kind) ?? has) !== has) return false;
    kinds.set(kind, has);
  }
  return true;
}

/** From counts of the trace store, where the sample holds too few failing requests. */
function ofCounts({ told, siblings, alike, compared }: CountedApart): Sighting {
  const { service, name, value, metric, having, others, before } = told;
  return {
    service,
    facts: {
      trait: countedText(told),
      attribute: name,
      value,
      of: service,
      isType: false,
      isSlow: false,
      requests: having.of + others.of,
      compared,
      ...shareFacts(told, before),
      alike: alike.map(countedText).join(', '),
      metric,
    },
    evidence: [told, ...siblings].map((one) => ({
      kind: 'metric',
      ref: metric,
      text: `${countedText(one)}: ${one.having.times} of ${one.having.of} fail (${shareText(shareOf(one.having))})`,
    })),
  };
}

/** The affected requests with the value and without it. */
function shareFacts({ having, others, phi }: Pick<Told, 'having' | 'others' | 'phi'>, before: Share) {
  const { low, high } = shareInterval(having);
  return {
    with: having.of,
    withSuffering: having.times,
    others: others.of,
    othersSuffering: others.times,
    covered: having.times / Math.max(1, having.times + others.times),
    low,
    high,
    phi,
    before: before.of === 0 ? -1 : shareOf(before),
  };
}

function countedText({ name, value }: CountedTrait): string {
  return traitText({ service: '', name, value });
}

const EXAMPLES = 3;

function countedItem(
  { trait, having }: Told,
  requests: readonly Trace[],
  { suffers, isSlow }: Suffering,
): EvidenceItem {
  const [any = 0] = trait.places;
  const example = requests[[...trait.places].find((place) => suffers.has(place)) ?? any];
  return {
    kind: 'span',
    ref: example === undefined ? '' : example.spanId(example.root),
    text: `${traitText(trait)}: ${having.times} of ${having.of} ${isSlow ? 'are slow' : 'fail'} (${shareText(shareOf(having))})`,
  };
}

function placesOf(traces: readonly Trace[], is: (trace: Trace) => boolean): ReadonlySet<number> {
  return new Set(traces.flatMap((trace, place) => (is(trace) ? [place] : [])));
}
