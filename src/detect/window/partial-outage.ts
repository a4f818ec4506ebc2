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
import { type CountedTrait, countedTraits } from '#detect/signs/counted-traits.ts';
import {
  Before,
  compare,
  goingWith,
  isApart,
  type Limits,
  MOST_ALIKE,
  MOST_SHOWN,
  pairsOf,
  restOf,
  type Suffering,
  saysMore,
  valuesOf,
} from '#detect/signs/traits-apart.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { EvidenceItem, Facts, Sighting } from '#model/finding/finding.ts';
import { shareText } from '#model/metrics/limited.ts';
import {
  failedRequest,
  failingMost,
  grownMost,
  requestKind,
  usualDurations,
} from '#model/requests/affected-requests.ts';
import { REQUEST_TYPE, requestAttributes } from '#model/requests/request-attributes.ts';
import { type Told, type Trait, toldBy, traitsOf, traitText } from '#model/requests/request-traits.ts';
import { deviationsFor, hasRisen, shareInterval, shareOf } from '#model/stats/proportion.ts';
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
    const told = setApart(requests, healthyRequests, { suffers: failing, isSlow: false, wasSo: failedRequest }, limits);
    if (told.length > 0) return told;
    const counted = window === undefined ? [] : setApartByCounts(countedTraits(metrics, window), limits);
    if (counted.length > 0) return counted;
    const usual = usualDurations(healthyRequests);
    const isSlow = (trace: Trace) => {
      const kind = usual.get(requestKind(trace));
      return kind !== undefined && trace.durationOfUs(trace.root) > limits.slowRatio * kind.p95Us;
    };
    // Failed requests are not compared by duration: a failure takes its own time.
    const answered = requests.filter((_, place) => !failing.has(place));
    const slow = placesOf(answered, isSlow);
    return setApart(answered, healthyRequests, { suffers: slow, isSlow: true, wasSo: isSlow }, limits);
  },

  say(facts) {
    const { service, trait, isSlow, with: having, withSuffering, others, othersSuffering, low, high, alike } = facts;
    const does = isSlow === true ? 'take more than twice as long as usual' : 'fail';
    const share = shareText(Number(withSuffering) / Number(having));
    const rest = `${othersSuffering} of ${others}`;
    const which = facts.isType === true ? `requests for ${trait}` : `requests with ${trait}`;
    const goesWith = alike === '' ? '' : ` The same requests also have ${alike}.`;
    const before = Number(facts.before) < 0 ? '' : ` In the baseline it was ${shareText(Number(facts.before))}.`;
    return {
      title: `${service}: ${share} of ${which} ${does}, but only ${shareText(Number(othersSuffering) / Number(others))} of the others`,
      explanation: `${withSuffering} of ${having} ${which} ${does}, and ${rest} of the others. This covers ${shareText(Number(facts.covered))} of all requests that ${does}. The estimate for all such requests is ${shareText(Number(low))} to ${shareText(Number(high))}, from ${facts.requests} requests that ${facts.metric === undefined ? 'Spanhound read' : 'the trace store counted'}. ${facts.compared} values were compared.${goesWith}${before}`,
      remedy: remedyOf(facts),
      check: `Requests with another value ${does} as often in the same minutes, or requests with this value did so before. Then the cause is the load or the kind of request.`,
    };
  },
});

/** Readers cannot follow more. */
const MOST_TOLD = 3;
/** Pairs are built from this many traits, those that separate best. */
const MOST_PAIRED = 12;

function setApart(
  requests: readonly Trace[],
  healthy: readonly Trace[],
  suffering: Suffering,
  limits: Limits,
): Sighting[] {
  const { suffers } = suffering;
  if (suffers.size < limits.minSuffering || requests.length - suffers.size < limits.minRequests) return [];
  const beginUs = requests.map(({ startEpochUs }) => startEpochUs);
  const traits = traitsOf(requestAttributes(requests), beginUs, limits.minRequests);
  const inOrder = (all: readonly Trait[]) =>
    all.map((trait) => toldBy(trait, suffers)).sort((a, b) => b.phi - a.phi || compare(a.trait, b.trait));
  const single = inOrder(traits);
  const pairs = pairsOf(single.slice(0, MOST_PAIRED).map(({ trait }) => trait));
  const compared = traits.length + pairs.length;
  const deviations = deviationsFor(compared);
  const isClear = (told: Told) => isApart(told, deviations, limits);
  const saying = pairs.filter(([a, b, both]) => saysMore(both, [a, b], suffers, isClear)).map(([, , both]) => both);
  const before = new Before(healthy, suffering.wasSo);
  const told: Told[] = [];
  for (const one of inOrder([...saying, ...single.filter(isClear).map(({ trait }) => trait)])) {
    if (told.length === MOST_TOLD) break;
    if (!isClear(one) || before.isUsual(one)) continue;
    const rest = restOf(requests, told);
    if (told.length === 0 || isClear(toldBy(one.trait, suffers, rest))) told.push(one);
  }
  return told.map((one) => sightingOf(one, { requests, healthy, suffering, single, compared, before }));
}

/** Used where the sample holds too few failing requests. The store counts single values only, so no pairs are reported. */
function setApartByCounts(traits: readonly CountedTrait[], limits: Limits): Sighting[] {
  const comparable = traits.filter(
    ({ having, others }) => having.of >= limits.minRequests && others.of >= limits.minRequests,
  );
  const deviations = deviationsFor(comparable.length);
  const told = comparable.find((one) => isApart(one, deviations, limits) && hasRisen(one.having, one.before));
  if (told === undefined) return [];
  const { service, name, value, metric, having, others, before, phi } = told;
  const { low, high } = shareInterval(having);
  const ofService = comparable.filter((one) => one.service === service);
  const isAsMany = (one: CountedTrait) => one.having.of === having.of && one.having.times === having.times;
  const siblings = ofService.filter((one) => one.name === name && one !== told);
  return [
    {
      service,
      facts: {
        trait: countedText(told),
        attribute: name,
        value,
        of: service,
        isType: false,
        isSlow: false,
        requests: having.of + others.of,
        with: having.of,
        withSuffering: having.times,
        others: others.of,
        othersSuffering: others.times,
        covered: having.times / Math.max(1, having.times + others.times),
        low,
        high,
        phi,
        compared: comparable.length,
        before: before.of === 0 ? -1 : shareOf(before),
        alike: ofService
          .filter((one) => one.name !== name && isAsMany(one))
          .slice(0, MOST_ALIKE)
          .map(countedText)
          .join(', '),
        metric,
      },
      evidence: [told, ...siblings].slice(0, MOST_SHOWN).map((one) => ({
        kind: 'metric',
        ref: metric,
        text: `${countedText(one)}: ${one.having.times} of ${one.having.of} fail (${shareText(shareOf(one.having))})`,
      })),
    },
  ];
}

function countedText({ name, value }: CountedTrait): string {
  return traitText({ service: '', name, value });
}

type Seen = Readonly<{
  requests: readonly Trace[];
  healthy: readonly Trace[];
  suffering: Suffering;
  single: readonly Told[];
  compared: number;
  before: Before;
}>;

function sightingOf(told: Told, { requests, healthy, suffering, single, compared, before }: Seen): Sighting {
  const { trait, having, others } = told;
  const { suffers, isSlow } = suffering;
  const cases = [...trait.places]
    .filter((place) => suffers.has(place))
    .flatMap((place) => requests[place] ?? [])
    .sort((a, b) => a.startEpochUs - b.startEpochUs || (a.traceId < b.traceId ? -1 : 1));
  const blamed = isSlow ? grownMost(cases, healthy) : failingMost(cases);
  const { low, high } = shareInterval(having);
  const was = before.share(told);
  return {
    service: blamed.service,
    operation: blamed.operation,
    facts: {
      trait: traitText(trait),
      attribute: trait.name,
      value: trait.value,
      of: trait.service,
      isType: trait.name === REQUEST_TYPE,
      isSlow,
      requests: trait.among.size,
      with: having.of,
      withSuffering: having.times,
      others: others.of,
      othersSuffering: others.times,
      covered: having.times / Math.max(1, having.times + others.times),
      low,
      high,
      phi: told.phi,
      compared,
      before: was.of === 0 ? -1 : shareOf(was),
      alike: goingWith(told, single).join(', '),
    },
    evidence: [
      ...valuesOf(told, single).map((one) => countedItem(one, requests, suffering)),
      ...cases.slice(0, EXAMPLES).map((trace) => exampleOf(trace, isSlow)),
    ],
  };
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

function exampleOf(trace: Trace, isSlow: boolean): EvidenceItem {
  const what = `${trace.operation(trace.root)} of ${trace.service(trace.root)}`;
  return {
    kind: 'span',
    ref: trace.spanId(trace.root),
    text: `trace ${trace.traceId}: ${what} ${isSlow ? 'is slow' : 'fails'}`,
  };
}

/** Remedies for the guide's ways to divide requests. */
const POINTS_TO: readonly (readonly [RegExp, string])[] = [
  [/^flag /, 'Switch the flag off for everybody. Then read the code that it enables.'],
  [
    /region|zone|country|cluster|datacenter|data_center|locale/i,
    'Move traffic away from that place if another can serve it. Then look at what only that place has: its network, replicas, DNS, limits.',
  ],
  [
    /version|image|revision|build|release|user_agent|client\.name/i,
    'Roll that version back, because it no longer fits the others. Then compare its changes.',
  ],
  [
    /pod|instance|host|node|container|device|server\.address|upstream/i,
    'Remove it from load balancing, keep it for analysis, and start another. Then compare its logs, limits and node with a healthy one.',
  ],
  [
    /size|bytes|length|count|items|rows|quantity|amount/i,
    'Look for a limit that it exceeds: of a proxy, a body parser, a buffer, a column, a timeout.',
  ],
  [
    /user|customer|tenant|account|organi[sz]ation|org\.|client|enduser/i,
    'Look at the data, limits and settings of exactly these: an unreadable record, a quota, a shard.',
  ],
  [
    new RegExp(`^${REQUEST_TYPE}$|route|method|path|endpoint`, 'i'),
    'Look at the code and the dependencies that only these requests use, and at their recent changes.',
  ],
];

function remedyOf({ attribute, trait, service }: Facts): string {
  const known = POINTS_TO.find(([pattern]) => pattern.test(String(attribute)));
  return known?.[1] ?? `Find out what ${service} does only with ${trait}, and what changed there.`;
}

function placesOf(traces: readonly Trace[], is: (trace: Trace) => boolean): ReadonlySet<number> {
  return new Set(traces.flatMap((trace, place) => (is(trace) ? [place] : [])));
}
