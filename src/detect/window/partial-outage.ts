/**
 * Only some requests suffer, and they have something in common that the others have not.
 *
 *   cloud.region   US-East    2 of 100 fail    2 %
 *                  EU-West   45 of 100 fail   45 %   ← what the failing ones have in common
 *                  APAC      3 of 100 fail     3 %
 *
 * Every value of every attribute, of the request, of the spans on its way and of the processes that took part, is compared
 * with all other requests that could have it. What follows from a trait that was told (the pods of the region) is told with
 * it and not for itself; two together are told where the two say clearly more than each alone. Where none fail, it is
 * those that take more than twice as long as their kind usually does.
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
  why: 'An average over all requests hides that for some people nothing works, and what these have in common says where to look.',
  runbook: 'runbooks/partial-outage.md',
  clear: 'no value of any attribute sets the requests that suffer apart from the others',
  silent: [
    'Only what spans and their processes say can be compared: a region, a version or a tenant that no attribute names is not seen.',
    'Values of few requests are left out, and with thousands of values the difference has to be larger: chance makes some of them look bad.',
    'Where nearly all requests suffer, or those of a value suffer in healthy times as well, nothing is told.',
    'What tells of the outcome (a status, an exception, a number of attempts) is no reason for it and is not compared.',
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
      why: 'Of fewer the interval of a share is wider than what is asked for.',
    },
    minRequests: {
      default: 10,
      min: 2,
      unit: 'requests',
      means: 'Requests with the value, and requests without it',
      why: 'A value of a few requests is always all bad or all good.',
    },
    minDifference: {
      default: 0.1,
      min: 0,
      max: 1,
      unit: 'share of the requests',
      means:
        'By how much more of the requests with the value suffer, at the lower end of Newcombe’s interval of 95 %, widened for all values that were compared (Bonferroni)',
      why: 'The guide calls an operation of which more than 10 % fail worth an alert.',
    },
    minRatio: {
      default: 3,
      min: 1,
      unit: 'times as often',
      means: 'The share of the requests with the value that suffer, to the share of the others',
      why: 'Below it the others suffer as well, and the outage is not partial. The guide’s region fails 15 to 22 times as often as the others.',
    },
    slowRatio: {
      default: 2,
      min: 1,
      unit: 'times the usual',
      means: 'The duration from which a request counts as slow, to the 95th percentile of healthy ones of its kind',
      why: 'The guide’s rule for windows: p95 of more than twice the baseline.',
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
    // What failed is compared with nothing here: failing takes its own time.
    const answered = requests.filter((_, place) => !failing.has(place));
    const slow = placesOf(answered, isSlow);
    return setApart(answered, healthyRequests, { suffers: slow, isSlow: true, wasSo: isSlow }, limits);
  },

  say(facts) {
    const { service, trait, isSlow, with: having, withSuffering, others, othersSuffering, low, high, alike } = facts;
    const does = isSlow === true ? 'take more than twice as long as usual' : 'fail';
    const share = shareText(Number(withSuffering) / Number(having));
    const rest = `${othersSuffering} of ${others} others (${shareText(Number(othersSuffering) / Number(others))})`;
    const which = facts.isType === true ? `requests for ${trait}` : `requests with ${trait}`;
    const goesWith = alike === '' ? '' : ` The same requests have ${alike}.`;
    const before =
      Number(facts.before) < 0 ? '' : ` In healthy requests of this kind it was ${shareText(Number(facts.before))}.`;
    return {
      title: `${service}: ${withSuffering} of ${having} ${which} ${does} (${share}), against ${rest}`,
      explanation: `It explains ${shareText(Number(facts.covered))} of those that ${does}. Between ${shareText(Number(low))} and ${shareText(Number(high))} of all such requests do, by ${facts.requests} that were ${facts.metric === undefined ? 'seen' : 'counted by the store itself'}; ${facts.compared} values were compared.${goesWith}${before}`,
      remedy: remedyOf(facts),
      check: `Requests with another value ${does} as often in the same minutes, or those with this one did so before: then it is the load, or what they ask for.`,
    };
  },
});

/** A reader follows no more. */
const MOST_TOLD = 3;
/** Pairs are made of so many traits, those that say the most. */
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

/** Where the requests that were read hold too few of those that fail. Who has two values at once nobody counted: one is told. */
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
      operation: '',
      spans: [],
      wastedUs: 0,
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
    spans: [],
    wastedUs: 0,
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

/** What the guide’s ways to divide requests point to. */
const POINTS_TO: readonly (readonly [RegExp, string])[] = [
  [/^flag /, 'Switch the flag off for everybody, then read what it switches on.'],
  [
    /region|zone|country|cluster|datacenter|data_center|locale/i,
    'Take traffic out of that place if another can serve it. Then look at what only that place has: its network, its replicas, its DNS, its limits.',
  ],
  [
    /version|image|revision|build|release|user_agent|client\.name/i,
    'Roll that version back, or serve it as before: something no longer fits between it and the others. Compare what was changed with it.',
  ],
  [
    /pod|instance|host|node|container|device|server\.address|upstream/i,
    'Take it out of the load balancing, keep it for a look, and start another. Then compare its logs, its limits and its node with those of a healthy one.',
  ],
  [
    /size|bytes|length|count|items|rows|quantity|amount/i,
    'Look for a limit that it goes over: of a proxy, a body parser, a buffer, a column, a time-out.',
  ],
  [
    /user|customer|tenant|account|organi[sz]ation|org\.|client|enduser/i,
    'Look at the data, the limits and the settings of just these: a record that cannot be read, a quota, a shard.',
  ],
  [
    new RegExp(`^${REQUEST_TYPE}$|route|method|path|endpoint`, 'i'),
    'Look at the code and the dependencies that only these requests use, and at what was changed there.',
  ],
];

function remedyOf({ attribute, trait, service }: Facts): string {
  const known = POINTS_TO.find(([pattern]) => pattern.test(String(attribute)));
  return (
    known?.[1] ??
    `Read what ${service} does with ${trait} that it does not do with other values, and what was changed there.`
  );
}

function placesOf(traces: readonly Trace[], is: (trace: Trace) => boolean): ReadonlySet<number> {
  return new Set(traces.flatMap((trace, place) => (is(trace) ? [place] : [])));
}
