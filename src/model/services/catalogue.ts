/**
 * The catalogue of services, derived from the facts of all sources. Nobody maintains it: it says which names mean one
 * service, whose it is, and where the sources contradict each other.
 *
 *   names in traces ──► services      other names ──► another name of one of these, or a service without traces
 *
 * Two names with traces of their own are two services, whatever a source says: that is a contradiction.
 */
import { nameLetters, serviceKey } from '#model/incident/alert-service.ts';
import {
  FACT_KINDS,
  FACT_ORIGINS,
  type FactKind,
  type FactOrigin,
  type ServiceFact,
} from '#model/services/service-fact.ts';

export type FactSource = Readonly<{ origin: FactOrigin; place: string }>;

/** A value, and every place that says it. */
export type CitedFact = Readonly<{ kind: FactKind; value: string; from: readonly FactSource[] }>;

export type CataloguedService = Readonly<{
  name: string;
  /** Whether a trace source knows it by this name. */
  hasTraces: boolean;
  /** In the order of `FACT_KINDS`, the most trusted value first. */
  facts: readonly CitedFact[];
}>;

/** Sources give different values for one fact. The catalogue uses the first claim. */
export type Contradiction = Readonly<{
  /** The service's name. Where `about` is `alias`: the other name, which sources give to several services. */
  subject: string;
  about: FactKind;
  claims: readonly Readonly<{ value: string; from: readonly FactSource[] }>[];
}>;

export type Catalogue = Readonly<{
  /** By name. */
  services: readonly CataloguedService[];
  contradictions: readonly Contradiction[];
  /** The service with this name or this other name. Undefined also where sources contradict each other about it. */
  named(name: string): CataloguedService | undefined;
}>;

/** Facts of one origin in the order in which they count: the newest answer of a person first. */
export function catalogueOf(facts: readonly ServiceFact[]): Catalogue {
  const keys = nameKeys(facts);
  const links = linksBetween(facts, keys);
  const keyOf = (name: string) => links.follow(keys.of(name));
  const sure = facts.filter(({ ifKnown }) => ifKnown !== true);
  const known = new Set(sure.map(({ service }) => keyOf(service)));
  const counted = facts.filter(
    ({ service, ifKnown }) => keyOf(service) !== '' && (!ifKnown || known.has(keyOf(service))),
  );
  const services = new Map(
    [...Map.groupBy(counted, ({ service }) => keyOf(service))].map(([key, own]) => [key, serviceOf(key, own, keys)]),
  );
  const list = [...services.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    services: list,
    contradictions: [...links.contradictions, ...list.flatMap(contradictionsOf)],
    named: (name) => services.get(keyOf(name)),
  };
}

type NameKeys = Readonly<{ of(name: string): string; isTraced(key: string): boolean }>;

/** `payments-service` is `payments` unless both send traces. */
function nameKeys(facts: readonly ServiceFact[]): NameKeys {
  const traced = new Set(facts.filter(isOfTraces).map(({ value }) => nameLetters(value)));
  const byKind = Map.groupBy([...traced], serviceKey);
  return {
    isTraced: (key) => traced.has(key),
    of(name) {
      const letters = nameLetters(name);
      if (letters === '' || traced.has(letters)) return letters;
      const alike = byKind.get(serviceKey(name)) ?? [];
      if (alike.length > 1) return letters;
      return alike[0] ?? (serviceKey(name) || letters);
    },
  };
}

/** A name that a trace source knows, or that a trace in an earlier answer had. */
function isOfTraces({ origin, kind }: ServiceFact): boolean {
  return kind === 'name' && (origin === 'traces' || origin === 'answers');
}

type Links = Readonly<{ follow(key: string): string; contradictions: readonly Contradiction[] }>;

type Claim = Readonly<{ name: string; target: string; fact: ServiceFact }>;

/** Which other name leads to which service. */
function linksBetween(facts: readonly ServiceFact[], keys: NameKeys): Links {
  const next = new Map<string, string>();
  const contradictions: Contradiction[] = [];
  const claims = facts.flatMap((fact) => (fact.kind === 'alias' ? (claimOf(fact, keys) ?? []) : []));
  for (const [key, all] of Map.groupBy(claims, ({ name }) => keys.of(name))) {
    const sorted = all.toSorted((a, b) => trust(a.fact) - trust(b.fact));
    const targets = Map.groupBy(sorted, ({ target }) => keys.of(target));
    const [first, second] = [...targets.values()];
    if (first?.[0] === undefined) continue;
    const isOpen = second?.[0] !== undefined && first[0].fact.origin !== 'person' && sameTrust(first[0], second[0]);
    // Two services with traces stay two.
    const isTaken = keys.isTraced(key);
    if (!isOpen && !isTaken) next.set(key, keys.of(first[0].target));
    if ((second !== undefined && isSaid(sorted)) || isTaken) {
      contradictions.push({
        subject: first[0].name,
        about: 'alias',
        claims: [
          ...(isTaken
            ? [{ value: first[0].name, from: [{ origin: 'traces' as const, place: 'its own traces' }] }]
            : []),
          ...[...targets.values()].flatMap((same) =>
            same[0] === undefined ? [] : [{ value: same[0].target, from: same.map(({ fact }) => sourceOf(fact)) }],
          ),
        ],
      });
    }
  }
  return { follow: (key) => followed(key, next), contradictions };
}

/** The name that has traces is the service; else the source's name for it. */
function claimOf(fact: ServiceFact, keys: NameKeys): Claim | undefined {
  const [own, other] = [keys.of(fact.service), keys.of(fact.value)];
  if (own === other || own === '' || other === '') return undefined;
  const isOther = keys.isTraced(other) && !keys.isTraced(own) && fact.origin !== 'person';
  const claim = isOther ? { name: fact.service, target: fact.value } : { name: fact.value, target: fact.service };
  return { ...claim, fact };
}

/** Labels that several workloads share, such as `nginx`, contradict nothing: nobody said that they name one service. */
function isSaid(claims: readonly Claim[]): boolean {
  return claims.some(({ fact: { origin } }) => origin === 'person' || origin === 'backstage');
}

function sameTrust(a: Claim, b: Claim): boolean {
  return trust(a.fact) === trust(b.fact);
}

function trust({ origin }: Pick<ServiceFact, 'origin'>): number {
  return FACT_ORIGINS.indexOf(origin);
}

/** Names may lead to each other in a circle. */
function followed(key: string, next: ReadonlyMap<string, string>): string {
  const seen = new Set<string>();
  let at = key;
  for (let to = next.get(at); to !== undefined && !seen.has(to); to = next.get(at)) {
    seen.add(to);
    at = to;
  }
  return at;
}

function serviceOf(key: string, facts: readonly ServiceFact[], keys: NameKeys): CataloguedService {
  const sorted = facts.toSorted((a, b) => kindOrder(a) - kindOrder(b) || trust(a) - trust(b));
  const names = sorted.filter(({ service }) => keys.of(service) === key).map(({ service }) => service);
  const traced = sorted.find((fact) => isOfTraces(fact) && nameLetters(fact.value) === key);
  const cited = [...Map.groupBy(sorted, ({ kind, value }) => `${kind} ${comparable(kind, value)}`).values()].flatMap(
    (same) => (same[0] === undefined ? [] : [{ ...pick(same[0]), from: distinct(same.map(sourceOf)) }]),
  );
  return { name: traced?.value ?? names[0] ?? sorted[0]?.service ?? key, hasTraces: keys.isTraced(key), facts: cited };
}

function pick({ kind, value }: ServiceFact): Pick<CitedFact, 'kind' | 'value'> {
  return { kind, value };
}

function kindOrder({ kind }: ServiceFact): number {
  return FACT_KINDS.indexOf(kind);
}

function sourceOf({ origin, place }: ServiceFact): FactSource {
  return { origin, place };
}

function distinct(sources: readonly FactSource[]): readonly FactSource[] {
  return [...new Map(sources.map((source) => [JSON.stringify([source.origin, source.place]), source])).values()];
}

/** A service has one of these; of the others it may have several. */
const SINGLE: readonly FactKind[] = ['owner', 'tier', 'lifecycle'];

/** A place may name several owners: it contradicts another place if they have none in common. */
function contradictionsOf({ name, facts }: CataloguedService): Contradiction[] {
  return SINGLE.flatMap((about) => {
    const claims = facts.filter(({ kind }) => kind === about);
    const places = new Set(claims.flatMap(({ from }) => from.map(keyOfSource)));
    const saidBy = (place: string) => claims.filter(({ from }) => from.some((source) => keyOfSource(source) === place));
    const sets = [...places].map((place) => new Set(saidBy(place)));
    const isContradicted = sets.some((one) => sets.some((other) => one.isDisjointFrom(other)));
    return isContradicted ? [{ subject: name, about, claims: claims.map(({ value, from }) => ({ value, from })) }] : [];
  });
}

function keyOfSource({ origin, place }: FactSource): string {
  return JSON.stringify([origin, place]);
}

/** `group:default/payments`, `@acme/payments` and `Payments` are one owner. */
function comparable(kind: FactKind, value: string): string {
  if (kind === 'name' || kind === 'alias') return value;
  if (kind !== 'owner') return value.toLowerCase();
  return nameLetters(value.slice(value.lastIndexOf('/') + 1));
}

/** All names of the service but the first. */
export function otherNames({ name, facts }: CataloguedService): readonly string[] {
  const all = facts.flatMap(({ kind, value }) => (kind === 'name' || kind === 'alias' ? [value] : []));
  return [...new Set(all)].filter((other) => other !== name);
}
