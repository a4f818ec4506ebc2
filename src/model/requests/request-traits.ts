/**
 * Traits: attribute values that distinguish requests, and how well each separates the affected ones from the others.
 *
 *                      affected of          what is compared, with a confidence that holds for all traits together
 *  cloud.region EU-West    45   100  45 %   ─┐ the difference, by Newcombe's interval
 *  all others               5   200   2 %   ─┘
 *
 * Traits of exactly the same requests are one. Numbers with many values are cut at quantiles: `body.size over 1 MB`.
 */
import { sampleRankCorrelation } from 'simple-statistics';
import { REQUEST_TYPE, type RequestAttribute } from '#model/requests/request-attributes.ts';
import { differenceInterval, type Interval, type Share } from '#model/stats/proportion.ts';
import { compareTexts } from '#model/text/compare-texts.ts';
import { sizeText } from '#model/text/size-text.ts';
import type { AttributeValue } from '#model/trace/columns.ts';

export type Trait = Readonly<{
  /** The service of its spans; empty for the root, or for the whole request. */
  service: string;
  name: string;
  /** `EU-West`, `over 1000000`, `up to 20`. */
  value: string;
  /** Requests with the trait, and those that they are compared with, by index. */
  places: ReadonlySet<number>;
  among: ReadonlySet<number>;
  /** Other traits of exactly these requests. */
  alike: readonly Readonly<{ service: string; name: string; value: string }>[];
  /** Whether a set of values has the trait: to look for it in other requests. */
  isIn(values: Iterable<AttributeValue>): boolean;
}>;

/**
 * `beginUs`: the start of each request, by index. Traits of fewer requests than `fewest`, or of nearly all, are left
 * out.
 */
export function traitsOf(
  attributes: readonly RequestAttribute[],
  beginUs: readonly number[],
  fewest: number,
): readonly Trait[] {
  const bySameRequests = new Map<string, Trait[]>();
  const inOrder = [...beginUs.keys()].sort((a, b) => (beginUs[a] ?? 0) - (beginUs[b] ?? 0));
  for (const attribute of attributes) {
    const { among } = attribute;
    if (among.size < 2 * fewest) continue;
    const isComparable = (trait: Trait) =>
      trait.places.size >= fewest && among.size - trait.places.size >= fewest && !isOfItsTime(trait, inOrder);
    for (const trait of [...valuesOf(attribute), ...rangesOf(attribute, beginUs)].filter(isComparable)) {
      const key = [...trait.places].sort((a, b) => a - b).join(' ');
      const known = bySameRequests.get(key);
      if (known === undefined) bySameRequests.set(key, [trait]);
      else known.push(trait);
    }
  }
  const kinds = new Map(attributes.map((attribute) => [attribute, kindsOf(attribute)]));
  const kindsBy = new Map([...kinds].map(([{ service, name }, count]) => [`${service}\n${name}`, count]));
  return [...bySameRequests.values()].map((same) => mergedOf(same, kindsBy));
}

/** As a share of all pairs of a request with the value and one without it. */
const MOST_LATER = 0.95;

/**
 * Nearly all requests with the value came after those without it, or before: the version of a rollout and its pods only
 * say when a request came. `inOrder`: all requests by their start.
 */
function isOfItsTime({ places, among }: Trait, inOrder: readonly number[]): boolean {
  let [without, later] = [0, 0];
  for (const place of inOrder) {
    if (!among.has(place)) continue;
    if (places.has(place)) later += without;
    else without += 1;
  }
  const share = later / (places.size * without);
  return share >= MOST_LATER || share <= 1 - MOST_LATER;
}

/** Of traits with the same requests, the most telling one: the request's before a service's, few values before many. */
function mergedOf(same: readonly Trait[], kinds: ReadonlyMap<string, number>): Trait {
  const kindsIn = ({ service, name }: Trait) => kinds.get(`${service}\n${name}`) ?? 0;
  const isType = ({ name }: Trait) => Number(name === REQUEST_TYPE);
  const [first, ...others] = same.toSorted(
    (a, b) =>
      b.among.size - a.among.size ||
      isType(a) - isType(b) ||
      kindsIn(a) - kindsIn(b) ||
      compareTexts(a.name, b.name) ||
      compareTexts(a.service, b.service),
  );
  if (first === undefined) throw new Error('a group has at least one trait');
  return { ...first, alike: others.map(({ service, name, value }) => ({ service, name, value })) };
}

function kindsOf({ values }: RequestAttribute): number {
  return new Set([...values.values()].flatMap((said) => [...said])).size;
}

function valuesOf(attribute: RequestAttribute): readonly Trait[] {
  const places = new Map<AttributeValue, Set<number>>();
  for (const [place, values] of attribute.values) {
    for (const value of values) {
      const known = places.get(value);
      if (known === undefined) places.set(value, new Set([place]));
      else known.add(place);
    }
  }
  const { service, name, among } = attribute;
  return [...places].map(([value, own]) => ({
    service,
    name,
    value: String(value),
    places: own,
    among,
    alike: [],
    isIn: (values) => new Set(values).has(value),
  }));
}

/** Numbers of fewer values are words of their own: a version, a partition. */
const FEWEST_VALUES = 8;
/** Every twentieth of the requests. */
const CUTS = 20;
/** Names of things, places and times, which are no amounts. */
const NO_AMOUNT =
  /(?:^|[._-])(?:id|ids|uid|pid|port|line|lineno|column|offset|seq|sequence|number|hash|ip|address|code|version|timestamp|time|date|epoch)$|id$/i;
/** A counter only reflects the time of the request. */
const MOST_WITH_TIME = 0.9;

function rangesOf(attribute: RequestAttribute, beginUs: readonly number[]): readonly Trait[] {
  const { service, name, among } = attribute;
  if (NO_AMOUNT.test(name)) return [];
  const amounts = amountsOf(attribute);
  const distinct = [...new Set(amounts.map(({ amount }) => amount))].sort((a, b) => a - b);
  if (distinct.length < FEWEST_VALUES || amounts.length < attribute.values.size) return [];
  const times = amounts.map(({ place }) => beginUs[place] ?? 0);
  if (
    Math.abs(
      sampleRankCorrelation(
        times,
        amounts.map(({ amount }) => amount),
      ),
    ) >= MOST_WITH_TIME
  )
    return [];
  const sorted = amounts.map(({ amount }) => amount).sort((a, b) => a - b);
  const cuts = new Set<number>();
  for (let part = 1; part < CUTS; part += 1) {
    const above = sorted[Math.floor((part * sorted.length) / CUTS)] ?? 0;
    const below = distinct[distinct.indexOf(above) - 1];
    if (below !== undefined) cuts.add(roundest(below, above));
  }
  const trait = (value: string, isIn: (amount: number) => boolean): Trait => ({
    service,
    name,
    value,
    places: new Set(amounts.filter(({ amount }) => isIn(amount)).map(({ place }) => place)),
    among,
    alike: [],
    isIn: (values) => isIn(largest(values)),
  });
  return [...cuts].flatMap((cut) => [
    trait(`${OVER}${amountText(cut, name)}`, (amount) => amount > cut),
    trait(`${UP_TO}${amountText(cut, name)}`, (amount) => amount <= cut),
  ]);
}

const OVER = 'over ';
const UP_TO = 'up to ';

function amountsOf({ values }: RequestAttribute): readonly Readonly<{ place: number; amount: number }>[] {
  return [...values].flatMap(([place, said]) => {
    const amount = largest(said);
    return Number.isNaN(amount) ? [] : [{ place, amount }];
  });
}

/** NaN where there is no number, or something else. */
function largest(values: Iterable<AttributeValue>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    const number = typeof value === 'boolean' || value === '' ? Number.NaN : Number(value);
    if (!Number.isFinite(number)) return Number.NaN;
    most = Math.max(most, number);
  }
  return Number.isFinite(most) ? most : Number.NaN;
}

/** The number with the fewest digits in `[below, above)`: 1,000,000 between 998,377 and 1,204,551. */
function roundest(below: number, above: number): number {
  for (let digits = 1; digits <= 15; digits += 1) {
    const size = 10 ** (Math.floor(Math.log10(Math.max(Math.abs(above), 1e-9))) + 1 - digits);
    const rounded = Math.floor((above - size / 1e6) / size) * size;
    if (rounded >= below && rounded < above) return Number(rounded.toPrecision(15));
  }
  return below;
}

const BYTES = /(?:size|bytes|length)$/i;

/** `1 MB` where the name says that it is bytes. */
function amountText(amount: number, name: string): string {
  return BYTES.test(name) && amount >= 1_000 ? sizeText(amount) : String(amount);
}

/** How often requests with the trait are affected, and those without. */
export type Told = Readonly<{
  trait: Trait;
  having: Share;
  others: Share;
  /** −1 to 1: how well the trait coincides with being affected, both ways (the coefficient φ). */
  phi: number;
}>;

/** Among the requests in `within`, or all. */
export function toldBy(trait: Trait, suffers: ReadonlySet<number>, within?: ReadonlySet<number>): Told {
  let [have, haveSuffer, of, ofSuffer] = [0, 0, 0, 0];
  for (const place of trait.among) {
    if (within !== undefined && !within.has(place)) continue;
    const [has, does] = [trait.places.has(place), suffers.has(place)];
    of += 1;
    if (does) ofSuffer += 1;
    if (has) have += 1;
    if (has && does) haveSuffer += 1;
  }
  const having = { times: haveSuffer, of: have };
  const others = { times: ofSuffer - haveSuffer, of: of - have };
  return { trait, having, others, phi: phiOf(having, others) };
}

/** The coefficient φ of a table of two by two. */
export function phiOf(having: Share, others: Share): number {
  const [of, suffer] = [having.of + others.of, having.times + others.times];
  const spread = Math.sqrt(having.of * others.of * suffer * (of - suffer));
  return spread === 0 ? 0 : (having.times * of - having.of * suffer) / spread;
}

export function differenceOf({ having, others }: Pick<Told, 'having' | 'others'>, deviations: number): Interval {
  return differenceInterval(having, others, deviations);
}

/** The requests with both traits. */
export function bothOf(a: Trait, b: Trait): Trait {
  const [few, many] = a.places.size < b.places.size ? [a, b] : [b, a];
  return {
    ...a,
    value: `${a.value} and ${traitText(b)}`,
    places: new Set([...few.places].filter((place) => many.places.has(place))),
    among: new Set([...a.among].filter((place) => b.among.has(place))),
    alike: [],
  };
}

const USER_AGENT = 'user_agent.original';
/** A product and its version, as RFC 9110 writes them: `ShopApp/3.1 (Android 9)`. */
const PRODUCT = /^[\w.-]{1,60}\/\d/;

/** `cloud.region EU-West`, `client version ShopApp/3.1`, `k8s.pod.name payment-7 of payment`; `POST /orders` for the operation. */
export function traitText({ service, name, value }: Pick<Trait, 'service' | 'name' | 'value'>): string {
  if (name === REQUEST_TYPE) return value;
  const what = name === USER_AGENT && PRODUCT.test(value) ? 'client version' : name;
  return `${what} ${value}${service === '' ? '' : ` of ${service}`}`;
}
