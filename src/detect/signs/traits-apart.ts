/** Which values of attributes set the requests that suffer apart from the others, alone and two together. */

import { requestAttributes } from '#model/requests/request-attributes.ts';
import { bothOf, differenceOf, type Told, type Trait, toldBy, traitText } from '#model/requests/request-traits.ts';
import { hasRisen, type Share, shareOf } from '#model/stats/proportion.ts';
import type { Trace } from '#model/trace/trace.ts';

/** A reader follows no more traits that go with one, and no more values beside one. */
export const MOST_ALIKE = 4;
export const MOST_SHOWN = 6;
/** Nearly the same requests. */
const OVERLAP = 0.8;

export type Limits = Readonly<
  Record<'minSuffering' | 'minRequests' | 'minDifference' | 'minRatio' | 'slowRatio', number>
>;
export type Suffering = Readonly<{ suffers: ReadonlySet<number>; isSlow: boolean; wasSo(trace: Trace): boolean }>;

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

export function pairsOf(traits: readonly Trait[]): readonly Pair[] {
  return traits.flatMap((a, at) =>
    traits.slice(at + 1).flatMap((b): Pair[] => {
      const isSame = a.service === b.service && a.name === b.name;
      return isSame ? [] : [[a, b, bothOf(a, b)]];
    }),
  );
}

/** Those that have both suffer clearly more than those that have the one or the other. */
export function saysMore(
  both: Trait,
  each: readonly Trait[],
  suffers: ReadonlySet<number>,
  isClear: (told: Told) => boolean,
) {
  const own = toldBy(both, suffers);
  return (
    isClear(own) &&
    each.every((trait) => own.phi > toldBy(trait, suffers).phi && isClear(toldBy(both, suffers, trait.places)))
  );
}

/** Without the requests that were told of. */
export function restOf(requests: readonly Trace[], told: readonly Told[]): ReadonlySet<number> {
  const rest = new Set(requests.keys());
  for (const { trait } of told) for (const place of trait.places) rest.delete(place);
  return rest;
}

/** The same traits in healthy requests, read when they are first asked for. */
export class Before {
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

  /** It is no worse than it always was. */
  isUsual(told: Told): boolean {
    return !hasRisen(told.having, this.share(told));
  }
}

/** What exactly or nearly these requests have, too. */
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

/** The value itself and the other values of its attribute, as a person would count them. */
export function valuesOf(told: Told, single: readonly Told[]): readonly Told[] {
  const { trait } = told;
  const siblings = single.filter(({ trait: other }) => other.service === trait.service && other.name === trait.name);
  return [told, ...siblings.filter(({ trait: other }) => other.value !== trait.value)].slice(0, MOST_SHOWN);
}

export function compare(a: Trait, b: Trait): number {
  const [one, other] = [traitText(a), traitText(b)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
