/**
 * Which versions of a service ran side by side, which of them is the new one, and which change brought it.
 *
 *   a change names it        id 7c5f94b75d, “release of v2”, sha-7c41e0b
 *   it began later           its first value, line or span comes after those of the others
 *   its name says it         canary beside stable, 1.14.1 beside 1.14.0
 */
import { MINUTE_US } from '#core/time-units.ts';
import type { Change } from '#model/changes/change.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { familyOf, type InstanceVersion } from '#model/platform/instance-version.ts';

/** One instance, or one version, and the time in which the evidence shows it. */
export type VersionSighting = Readonly<{ service: string; who: InstanceVersion; firstUs: number; lastUs: number }>;

export type SeenRelease = Readonly<{
  /** The `familyKey` of the service. */
  family: string;
  /** As the change names the service, or as the evidence does. */
  service: string;
  /** For people: `v2`, `7c5f94b75d`. */
  version: string;
  /** The first time at which the new version was seen; NaN where it was there from the start. */
  bornUs: number;
  /** When the comparison may begin. */
  fromUs: number;
  change: Change | undefined;
  /** The change names the version; otherwise only its time leads to it. */
  isNamed: boolean;
  isNew(who: InstanceVersion): boolean;
  isOld(who: InstanceVersion): boolean;
}>;

/** The two sides of a comparison. Whatever is compared has values of both in the same minutes. */
export type TwoVersions = Pick<SeenRelease, 'family' | 'bornUs' | 'fromUs' | 'isNew' | 'isOld'>;

/** A version that is first seen this much later than the others began in that time. */
const LATER_US = 2 * MINUTE_US;
/** A rollout starts its pods one by one: its version may be seen this much after the change. */
export const ROLLING_US = 30 * MINUTE_US;
/** A pipeline may report a rollout at its end: the change comes this much after its version. */
export const LATE_REPORT_US = 5 * MINUTE_US;

/** The same for all deployments and spellings of a service: `ledger-canary`, `Ledger`, `ledger-service`. */
export function familyKey(service: string): string {
  return serviceKey(familyOf(service));
}

/** One release for each service that ran in two versions. */
export function releasesSeen(
  sightings: readonly VersionSighting[],
  changes: readonly Change[],
): readonly SeenRelease[] {
  const beganUs = sightings.reduce((least, { firstUs }) => Math.min(least, firstUs), Number.POSITIVE_INFINITY);
  const families = Map.groupBy(sightings, ({ service }) => familyKey(service));
  return [...families]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, own]) => {
      const applied = changes.filter((change) => isRelease(change) && familyKey(change.service) === key);
      return releaseAmong(own, applied, beganUs) ?? [];
    });
}

/** What brings other instances: a deploy, or a setting that their template holds. */
export function isRelease({ kind, service }: Change): boolean {
  return service !== '' && (kind === 'deploy' || kind === 'config');
}

type Version = Readonly<{ name: string; names: readonly string[]; firstUs: number }>;

function releaseAmong(
  own: readonly VersionSighting[],
  changes: readonly Change[],
  beganUs: number,
): SeenRelease | undefined {
  const versions = versionsOf(own);
  if (versions.length < 2) return undefined;
  const named = namedByChange(versions, changes);
  const next = named?.version ?? lastBorn(versions, beganUs) ?? newByName(versions, changes.length > 0);
  const [first] = own;
  if (next === undefined || first === undefined) return undefined;
  const before = new Set(versions.flatMap(({ name, names }) => (name === next.name ? [] : names)));
  const after = new Set(next.names.filter((name) => !before.has(name)));
  const isBorn = next.firstUs >= beganUs + LATER_US;
  const bornUs = isBorn ? next.firstUs : Number.NaN;
  const change = named?.change ?? nearestTo(next.firstUs, isBorn, changes);
  const isNew = ({ names }: InstanceVersion) => names.some((name) => after.has(name));
  return {
    family: familyKey(first.service),
    service: change?.service ?? own.find(({ who }) => isNew(who))?.service ?? first.service,
    version: shownVersion(
      next.names.filter((name) => after.has(name)),
      next.name,
    ),
    bornUs,
    fromUs: Math.max(next.firstUs, named?.change.atUs ?? Number.NEGATIVE_INFINITY),
    change,
    isNamed: named !== undefined,
    isNew,
    isOld: (who) => !isNew(who) && who.names.some((name) => before.has(name)),
  };
}

/** People say `v2` or `1.14.0` rather than the hash of a template. */
export function shownVersion(names: readonly string[], name: string): string {
  return names.find((one) => /^v?\d[\w.-]{0,11}$/i.test(one) && /[v.]/i.test(one)) ?? name;
}

/** Series that only name the version of a pod belong to the version of its hash. */
function versionsOf(own: readonly VersionSighting[]): readonly Version[] {
  const exact = Map.groupBy(own, ({ who }) => who.version);
  const all = [...exact].map(([name, seen]) => ({
    name,
    names: [...new Set(seen.flatMap(({ who }) => who.names))].sort((a, b) => Number(b === name) - Number(a === name)),
    firstUs: Math.min(...seen.map(({ firstUs }) => firstUs)),
  }));
  const isPart = ({ name }: Version) => all.some((other) => other.name !== name && other.names.includes(name));
  return all.filter((one) => !isPart(one)).sort((a, b) => a.firstUs - b.firstUs || (a.name < b.name ? -1 : 1));
}

type Named = Readonly<{ version: Version; change: Change }>;

/** By the latest change that names one of them. */
function namedByChange(versions: readonly Version[], changes: readonly Change[]): Named | undefined {
  const holders = new Map<string, number>();
  for (const { names } of versions) for (const name of names) holders.set(name, (holders.get(name) ?? 0) + 1);
  const telling = versions.map((version) => ({
    version,
    own: version.names.filter((name) => holders.get(name) === 1),
  }));
  for (const change of changes.toSorted((a, b) => b.atUs - a.atUs)) {
    const [found] = telling
      .map(({ version, own }) => ({ version, change, at: Math.max(...own.map((name) => placeIn(change, name))) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => b.at - a.at);
    if (found !== undefined) return found;
  }
  return undefined;
}

const SHORTEST_HASH = 6;

/** Where the change names the version: its id before its text, and of the text the last name; −1 for none. */
function placeIn({ id, text }: Change, name: string): number {
  const isHash = (one: string) => one.length >= SHORTEST_HASH;
  const isId = id === name || (isHash(name) && id.includes(name)) || (isHash(id) && name.includes(id));
  if (isId) return text.length + 1;
  if (!/\d/.test(name)) return -1;
  const words = text.matchAll(/[\w][\w.-]*/g);
  let last = -1;
  for (const word of words) {
    const isName = word[0].startsWith(name) && !/\w/.test(word[0].slice(name.length));
    if (isName) last = word.index;
  }
  return last;
}

function lastBorn(versions: readonly Version[], beganUs: number): Version | undefined {
  const last = versions.at(-1);
  const before = versions.at(-2);
  if (last === undefined || before === undefined || last.firstUs < beganUs + LATER_US) return undefined;
  return last.firstUs >= before.firstUs + LATER_US ? last : undefined;
}

/** The canary beside the stable one, or the higher of two numbers after a release: without one they may be of an interface. */
function newByName(versions: readonly Version[], isReleased: boolean): Version | undefined {
  const canaries = versions.filter(({ names }) => names.some((name) => /^(?:canary|preview)$/i.test(name)));
  if (canaries.length === 1) return canaries[0];
  if (!isReleased) return undefined;
  const numbered = versions.flatMap((version) => {
    const number = version.names.find((name) => NUMBERED.test(name));
    return number === undefined ? [] : [{ version, parts: number.match(/\d+/g)?.map(Number) ?? [] }];
  });
  if (numbered.length !== versions.length) return undefined;
  return numbered.toSorted((a, b) => compareParts(b.parts, a.parts))[0]?.version;
}

const NUMBERED = /^v?\d{1,5}(?:\.\d{1,5}){0,3}$/i;

function compareParts(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function nearestTo(us: number, isBorn: boolean, changes: readonly Change[]): Change | undefined {
  const near = changes.filter(({ atUs }) => !isBorn || (atUs >= us - ROLLING_US && atUs <= us + LATE_REPORT_US));
  return near.toSorted((a, b) => (isBorn ? Math.abs(a.atUs - us) - Math.abs(b.atUs - us) : b.atUs - a.atUs))[0];
}
