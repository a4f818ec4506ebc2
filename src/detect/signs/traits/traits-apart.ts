/** Finds the attribute values, alone or two together, that separate the affected requests from the others. */
import type { CountedTrait } from '#detect/signs/traits/counted-traits.ts';
import { requestAttributes } from '#model/requests/request-attributes.ts';
import {
  bothOf,
  differenceOf,
  type Told,
  type Trait,
  toldBy,
  traitsOf,
  traitText,
} from '#model/requests/request-traits.ts';
import { deviationsFor, hasRisen, type Share, shareOf } from '#model/stats/proportion.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Readers cannot follow more. */
const MOST_TOLD = 3;
const MOST_ALIKE = 4;
const MOST_SHOWN = 6;
/** Pairs are built from this many traits, those that separate best. */
const MOST_PAIRED = 12;
/** Two traits with this share of common requests go together. */
const OVERLAP = 0.8;

export type Limits = Readonly<
  Record<'minSuffering' | 'minRequests' | 'minDifference' | 'minRatio' | 'slowRatio', number>
>;
/** The affected requests by index, and whether a healthy request is affected in the same way. */
export type Suffering = Readonly<{ suffers: ReadonlySet<number>; isSlow: boolean; wasSo(trace: Trace): boolean }>;

export type Apart = Readonly<{
  told: Told;
  /** All single traits, the best separating first. */
  single: readonly Told[];
  /** The number of compared traits and pairs. */
  compared: number;
  /** The affected share of healthy requests with the trait. */
  before: Share;
  suffering: Suffering;
}>;

export function traitsApart(
  requests: readonly Trace[],
  healthy: readonly Trace[],
  suffering: Suffering,
  limits: Limits,
): readonly Apart[] {
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
  return told.map((one) => ({ told: one, single, compared, before: before.share(one), suffering }));
}

export type CountedApart = Readonly<{
  told: CountedTrait;
  /** Other values of the same attribute. */
  siblings: readonly CountedTrait[];
  /** Values of other attributes with the same counts. */
  alike: readonly CountedTrait[];
  compared: number;
}>;

/** The same for counts of a trace store. It counts single values only, so there are no pairs. */
export function countedApart(traits: readonly CountedTrait[], limits: Limits): CountedApart | undefined {
  const { minRequests } = limits;
  const comparable = traits.filter(({ having, others }) => having.of >= minRequests && others.of >= minRequests);
  const deviations = deviationsFor(comparable.length);
  const told = comparable.find((one) => isApart(one, deviations, limits) && hasRisen(one.having, one.before));
  if (told === undefined) return undefined;
  const ofService = comparable.filter(({ service }) => service === told.service);
  const isAsMany = ({ having }: CountedTrait) => having.of === told.having.of && having.times === told.having.times;
  return {
    told,
    siblings: ofService.filter((one) => one.name === told.name && one !== told).slice(0, MOST_SHOWN - 1),
    alike: ofService.filter((one) => one.name !== told.name && isAsMany(one)).slice(0, MOST_ALIKE),
    compared: comparable.length,
  };
}

export function isApart(
  told: Pick<Told, 'having' | 'others'>,
  deviations: number,
  { minSuffering, minRequests, minDifference, minRatio }: Limits,
): boolean {
  const { having, others } = told;
  if (having.times < minSuffering || having.of < minRequests || others.of < minRequests) return false;
  if (shareOf(having) < minRatio * shareOf(others)) return false;
  return differenceOf(told, deviations).low >= minDifference;
}

type Pair = readonly [Trait, Trait, Trait];

function pairsOf(traits: readonly Trait[]): readonly Pair[] {
  return traits.flatMap((a, at) =>
    traits.slice(at + 1).flatMap((b): Pair[] => {
      const isSame = a.service === b.service && a.name === b.name;
      return isSame ? [] : [[a, b, bothOf(a, b)]];
    }),
  );
}

/** Requests with both traits are affected clearly more often than requests with only one of them. */
function saysMore(both: Trait, each: readonly Trait[], suffers: ReadonlySet<number>, isClear: (told: Told) => boolean) {
  const own = toldBy(both, suffers);
  return (
    isClear(own) &&
    each.every((trait) => own.phi > toldBy(trait, suffers).phi && isClear(toldBy(both, suffers, trait.places)))
  );
}

/** The requests without any reported trait. */
function restOf(requests: readonly Trace[], told: readonly Told[]): ReadonlySet<number> {
  const rest = new Set(requests.keys());
  for (const { trait } of told) for (const place of trait.places) rest.delete(place);
  return rest;
}

/** The same traits in healthy requests, whose attributes are read on first use. */
class Before {
  readonly #healthy: readonly Trace[];
  readonly #wasSo: (trace: Trace) => boolean;
  #attributes: ReturnType<typeof requestAttributes> | undefined;

  constructor(healthy: readonly Trace[], wasSo: (trace: Trace) => boolean) {
    this.#healthy = healthy;
    this.#wasSo = wasSo;
  }

  share({ trait }: Told): Share {
    this.#attributes ??= requestAttributes(this.#healthy);
    const own = this.#attributes.find(({ service, name }) => service === trait.service && name === trait.name);
    const having = [...(own?.values ?? [])].filter(([, values]) => trait.isIn(values)).map(([place]) => place);
    const suffered = having.filter((place) => {
      const trace = this.#healthy[place];
      return trace !== undefined && this.#wasSo(trace);
    });
    return { times: suffered.length, of: having.length };
  }

  /** The share is no higher than in the baseline. */
  isUsual(told: Told): boolean {
    return !hasRisen(told.having, this.share(told));
  }
}

/** Other traits of the same, or nearly the same, requests. */
export function goingWith({ trait }: Told, single: readonly Told[]): readonly string[] {
  const near = single.filter(({ trait: other }) => {
    const both = [...other.places].filter((place) => trait.places.has(place)).length;
    const isOther = other.name !== trait.name || other.service !== trait.service;
    return isOther && both >= OVERLAP * Math.max(other.places.size, trait.places.size);
  });
  const texts = [...trait.alike, ...near.map((one) => one.trait)].map(traitText);
  const own = traitText(trait);
  return [...new Set(texts)].filter((text) => text !== own && !own.includes(text)).slice(0, MOST_ALIKE);
}

/** The value itself and the other values of its attribute. */
export function valuesOf(told: Told, single: readonly Told[]): readonly Told[] {
  const { trait } = told;
  const siblings = single.filter(({ trait: other }) => other.service === trait.service && other.name === trait.name);
  return [told, ...siblings.filter(({ trait: other }) => other.value !== trait.value)].slice(0, MOST_SHOWN);
}

function compare(a: Trait, b: Trait): number {
  const [one, other] = [traitText(a), traitText(b)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
