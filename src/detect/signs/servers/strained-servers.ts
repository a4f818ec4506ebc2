/**
 * Servers that services use and whose own numbers left their past many times over: a store, a broker, a disk below one.
 * Those of one kind are compared: where one of several is under strain, it is that one.
 *
 *   tikv-0  pending compaction  2 GB → 2 GB
 *   tikv-1  pending compaction  2 GB → 2 GB
 *   tikv-2  pending compaction  2 GB → 203 GB      ◄── it alone, whatever its callers show
 */

import { memoize } from '#core/memoize.ts';
import { isOfClients, setOf, storeAbove } from '#detect/signs/servers/called-name.ts';
import { DISKS, OF_CLOUD, type ServerSeries, serverSeries } from '#detect/signs/servers/server-series.ts';
import {
  endOf,
  heldNumber,
  isRed,
  RUNS,
  reachedLimits,
  type StrainedNumber,
  strainedNumber,
} from '#detect/signs/servers/strained-numbers.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import type { Series } from '#model/metrics/series.ts';

export type StrainedServer = Readonly<{
  /** The one that stands apart; else what they are together. */
  name: string;
  /** What a change may call it: the kind, its servers, the first word of its metrics. */
  names: readonly string[];
  family: string;
  /** The machine below it whose disk is under strain, where its name is another one. */
  machine?: string;
  /** The layer below it that is under strain: callers know only the upper one. */
  below?: string;
  /** The one member that shows it, where `name` is the set of all. */
  member?: string;
  strained: number;
  of: number;
  /** It stands apart from others of its kind. */
  isApart: boolean;
  /** The other servers miss what it holds, or wait for it. */
  isMissed: boolean;
  /** It does not run, has no connection any more, or lacks servers. */
  isGone: boolean;
  /** The strongest first. */
  numbers: readonly StrainedNumber[];
  sinceUs: number;
  size: number;
}>;

/** Two numbers, or one that is eight times as high. */
const LEAST_SIZE = 3;
const COUNTED = 4;

/** The most strained first. */
export function strainedServers(metrics: readonly Series[], window: TimeWindow): readonly StrainedServer[] {
  if (!Number.isFinite(window.fromUs)) return [];
  const known = strainedByTimes(metrics);
  const times = `${window.fromUs} ${window.toUs}`;
  const found = known.get(times) ?? strainedAnew(metrics, window);
  known.set(times, found);
  return found;
}

/** A detector and the search for a change ask for the same series and times. The key is the times of the window. */
const strainedByTimes = memoize((_: readonly Series[]) => new Map<string, readonly StrainedServer[]>());

function strainedAnew(metrics: readonly Series[], window: TimeWindow): readonly StrainedServer[] {
  const all = withDisks(serverSeries(metrics));
  const each = [...Map.groupBy(all, ({ family }) => family)].flatMap(
    ([family, own]) => ofFamily(family, own, window) ?? [],
  );
  return [...Map.groupBy(withStores(each, all, window), ({ name }) => name).values()]
    .flatMap((own) => joined(own) ?? [])
    .map((one) => asCalled(one, metrics))
    .sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
}

/** A whole layer below a store that is measured, too, gets the name of the store. */
function asCalled(one: StrainedServer, metrics: readonly Series[]): StrainedServer {
  const above = one.isApart ? '' : storeAbove(one.names, metrics);
  return above === '' || above === one.name
    ? one
    : { ...one, name: above, below: one.name, names: [above, ...one.names] };
}

/** Two scrapes. */
const TOGETHER_US = 3 * 60_000_000;

/**
 * People know the store and not the machine below it. A disk of a machine without other numbers gets the name of the one
 * store with a number of its own that left its past with that disk, too few to count by themselves.
 *
 *   db-1         disk busy          6 % → 98 %
 *   mysql        threads running    3 → 19        ◄── mysql, by the disk of db-1
 */
function withStores(
  each: readonly StrainedServer[],
  all: readonly ServerSeries[],
  window: TimeWindow,
): readonly StrainedServer[] {
  const disks = each.filter(({ family }) => family === DISKS);
  const [disk] = disks;
  if (disk === undefined || disks.length > 1 || disk.strained > 1) return each;
  const known = new Set(each.flatMap(({ names }) => names));
  const moved = all.filter(({ series, family, server, isOfService }) => {
    if (family === DISKS || isOfService || server === '' || known.has(server)) return false;
    const number = strainedNumber(series, window);
    return number?.how === 'risen' && Math.abs(number.sinceUs - disk.sinceUs) <= TOGETHER_US;
  });
  const stores = [...new Set(moved.map(({ server }) => server))];
  const [store] = stores;
  if (store === undefined || stores.length > 1) return each;
  return each.map((one) =>
    one === disk ? { ...one, name: store, machine: one.name, names: [store, ...one.names] } : one,
  );
}

/** Two exporters may measure one server: `mssql-exporter` and `windows-exporter`. */
function joined(own: readonly StrainedServer[]): StrainedServer | undefined {
  const [most, ...others] = own.toSorted((a, b) => b.size - a.size);
  if (most === undefined || others.length === 0) return most;
  const numbers = own.flatMap((one) => one.numbers).sort((a, b) => b.size - a.size);
  const size = numbers.slice(0, COUNTED).reduce((sum, one) => sum + one.size, 0);
  const names = [...new Set(own.flatMap((one) => one.names))];
  const sinceUs = Math.min(...own.map((one) => one.sinceUs));
  return { ...most, numbers, size, names, sinceUs, isGone: own.some(({ isGone }) => isGone) };
}

/** A disk belongs to the server on it. */
function withDisks(all: readonly ServerSeries[]): readonly ServerSeries[] {
  const families = new Map(all.filter(({ family }) => family !== DISKS).map(({ server, family }) => [server, family]));
  return all.map((one) => (one.family === DISKS ? { ...one, family: families.get(one.server) ?? DISKS } : one));
}

type OfServer = Readonly<{ server: string; numbers: readonly StrainedNumber[]; size: number }>;

function ofFamily(family: string, own: readonly ServerSeries[], window: TimeWindow): StrainedServer | undefined {
  const servers = [...Map.groupBy(own, ({ server }) => server)];
  const isOfService = own.some((one) => one.isOfService);
  const strained = strainedOf(servers, isOfService, window);
  if (strained.length === 0) return undefined;
  const known = servers.filter(([server]) => server !== '').length;
  const ordered = strained.toSorted(bySize);
  const {
    leading,
    isDown: areDown,
    isMissed,
  } = isOfService ? { leading: ordered, isDown: false, isMissed: false } : leadingOf(ordered, servers, window);
  const [most] = leading;
  if (most === undefined) return undefined;
  const { name, set, isApart } = calledAs({ family, own, servers, leading, ordered, areDown, isOfService });
  return {
    name,
    names: [
      ...new Set([name, family, ...ordered.map(({ server }) => server), ...commonWord(own), ...databasesOf(own)]),
    ],
    family,
    ...(set !== '' && { member: most.server }),
    strained: leading.length,
    of: Math.max(1, known),
    isApart,
    isMissed,
    isGone: most.numbers.some(isEnd) || most.numbers.slice(0, 1).some(isCut),
    numbers: most.numbers,
    sinceUs: Math.min(...most.numbers.map(({ sinceUs }) => sinceUs)),
    size: most.size,
  };
}

function strainedOf(servers: OfKind, isOfService: boolean, window: TimeWindow): readonly OfServer[] {
  const silent = isOfService ? [] : servers.filter(([, some]) => goneSince(some, window) !== undefined);
  const isLost = silent.length > 0 && silent.length < servers.length;
  return servers.flatMap(([server, some]) => {
    const sinceUs = isLost ? goneSince(some, window) : undefined;
    return sinceUs === undefined ? (ofServer(server, some, window) ?? []) : [lost(server, sinceUs)];
  });
}

type Leading = Readonly<{
  family: string;
  own: readonly ServerSeries[];
  servers: OfKind;
  leading: readonly OfServer[];
  ordered: readonly OfServer[];
  areDown: boolean;
  isOfService: boolean;
}>;

type CalledAs = Readonly<{ name: string; set: string; isApart: boolean }>;

/** How people call what is under strain. `set`: not empty where only one member shows it, and people know the whole set. */
function calledAs({ family, own, servers, leading, ordered, areDown, isOfService }: Leading): CalledAs {
  const [most] = leading;
  if (isOfService || most === undefined) return { name: family, set: '', isApart: false };
  const known = servers.filter(([server]) => server !== '').length;
  const isOne = (areDown || leading.length === 1) && most.server !== '';
  const isAlone = isOne && known > 1 && leading.length === 1;
  const set = isAlone && isOfSet(most, ordered) ? setOf(servers.map(([server]) => server)) : '';
  const isApart = isAlone && !(set !== '' && isOfClients(most.numbers));
  const isNamed = isOne && (isApart || areDown || own.every((one) => one.isOfExporter));
  const one = known > 1 ? most.server : most.server.replace(FIRST_OF_SET, '');
  return { name: set || (isNamed ? one : nameOfMany(family, ordered)), set, isApart };
}

/** Clients wait at the member to which they write, or all members wait for a copy: the set as a whole is slow. */
function isOfSet(most: OfServer, strained: readonly OfServer[]): boolean {
  const isWaitedFor = strained.some(
    ({ server, numbers }) => server !== most.server && numbers.some(({ metric }) => WAITS_FOR_COPIES.test(metric)),
  );
  return isOfClients(most.numbers) || isWaitedFor;
}

/**
 * The servers that do not run. Those that run say in numbers of their own that they miss these. None where all are down:
 * then the whole set is at fault.
 */
function downOf(strained: readonly OfServer[], known: number): readonly OfServer[] {
  const down = strained.filter(({ numbers }) => numbers.some(isDown));
  return down.length < known ? down : [];
}

type OfKind = readonly (readonly [string, readonly ServerSeries[]])[];

/** Who is at fault among servers under strain: who does not run, else whom the others miss, else all. */
function leadingOf(
  ordered: readonly OfServer[],
  servers: OfKind,
  window: TimeWindow,
): Readonly<{ leading: readonly OfServer[]; isDown: boolean; isMissed: boolean }> {
  const down = downOf(ordered, servers.filter(([server]) => server !== '').length);
  if (down.length > 0) return { leading: down, isDown: true, isMissed: false };
  const missed = missedBy(ordered, servers, window);
  return { leading: missed.length > 0 ? missed : ordered, isDown: false, isMissed: missed.length > 0 };
}

function bySize(a: OfServer, b: OfServer): number {
  return b.size - a.size || (a.server < b.server ? -1 : 1);
}

/**
 * What a server waits for is the work of the others: a write that most copies must have, a queue of another node that is
 * too long. MongoDB, Galera, MySQL (semi-synchronous replication), Kafka.
 * https://www.mongodb.com/docs/manual/reference/command/serverStatus/#metrics, https://galeracluster.com/library/documentation/monitoring-cluster.html
 */
const WAITS_FOR_COPIES =
  /get_?last_?error_?w(?:time|rite)?|flow_control_paused|semi_?sync_\w{0,40}wait|remote_?time_?ms|write_?concern/i;

/** It speaks of other servers of the set: they hold too little, or answer late. */
function isOfOthers({ metric }: StrainedNumber): boolean {
  return LACKS.test(metric) || WAITS_FOR_COPIES.test(metric);
}

/**
 * Where servers only say that they miss others, those are at fault that have a number of their own since then, even a small
 * one: the broker whose disk is offline, the copies that lag. They measure what the others measure. Undefined where the
 * servers under strain have numbers of their own, or nobody else has.
 *
 *   kafka-0  under-replicated partitions   0 → 14
 *   kafka-1  under-replicated partitions   0 → 14
 *   kafka-2  offline log directories       0 → 1       ◄── it, whom the others miss
 */
function missedBy(strained: readonly OfServer[], servers: OfKind, window: TimeWindow): readonly OfServer[] {
  const saying = strained.filter(({ numbers }) => numbers.every(isOfOthers));
  if (saying.length === 0) return [];
  const most = Math.max(...saying.map(({ size }) => size));
  const since = saying.flatMap(({ numbers }) => numbers.map(({ sinceUs }) => sinceUs));
  const isSaying = (server: string) => server === '' || saying.some((one) => one.server === server);
  const measuredBy = new Set(
    servers.filter(([server]) => isSaying(server)).flatMap(([, own]) => own.map(({ series }) => series.name)),
  );
  const alike = servers.filter(
    ([server, own]) => !isSaying(server) && own.some(({ series }) => measuredBy.has(series.name)),
  );
  const known = strained.filter(({ server }) => alike.some(([one]) => one === server));
  if (known.length > 0) return known;
  const missed = alike.flatMap(([server, own]): OfServer[] => {
    const numbers = own
      .flatMap(({ series }) => strainedNumber(series, window) ?? [])
      .filter((one) => !isOfOthers(one) && since.some((us) => Math.abs(us - one.sinceUs) <= TOGETHER_US))
      .sort((a, b) => b.size - a.size);
    const size = numbers.slice(0, COUNTED).reduce((sum, one) => sum + one.size, 0);
    // They are under as much strain as the others say of them.
    return numbers.length === 0 ? [] : [{ server, numbers, size: Math.max(size, most) }];
  });
  return missed.toSorted(bySize);
}

/** Numbers of Kafka, CockroachDB, Elasticsearch, Cassandra and others of what has too few replicas, or none. */
const LACKS =
  /under_?(?:replicated|min_?isr)|(?:offline|unavailable|leaderless|unassigned)_?(?:partitions?|ranges?|shards?|replicas?)/i;

function isEnd(one: StrainedNumber): boolean {
  const isLess = one.how === 'fallen' && /live_?nodes|members|brokers/.test(one.metric);
  return (
    isLess || isRed(one) || one.how === 'changed' || isDown(one) || (one.how === 'risen' && LACKS.test(one.metric))
  );
}

function isDown({ metric, how, now }: StrainedNumber): boolean {
  if (how !== 'fallen') return how === 'gone';
  return now === 0 && RUNS.test(metric);
}

/** Nobody is connected any more. It counts only as the strongest number: another one that rose says that it works. */
function isCut({ metric, how, now }: StrainedNumber): boolean {
  return how === 'fallen' && now === 0 && /conn/i.test(metric);
}

/** Two numbers may end by chance. */
const FEWEST_ENDED = 3;

/** When all numbers of the server ended; undefined where one goes on. */
function goneSince(own: readonly ServerSeries[], window: TimeWindow): number | undefined {
  const ends = own.flatMap(({ series }) => endOf(series, window) ?? []);
  return own.length >= FEWEST_ENDED && ends.length === own.length ? Math.max(...ends) : undefined;
}

function lost(server: string, sinceUs: number): OfServer {
  const number = { metric: 'up', what: 'numbers', how: 'gone', before: 1, now: 0, sinceUs, size: GONE } as const;
  return { server, numbers: [number], size: GONE };
}

/** As much as two numbers that rose a hundred times. */
const GONE = 14;

/** Somebody set it, or the server took another role: the other numbers follow from that. */
function isMeant({ how }: StrainedNumber): boolean {
  return how === 'lowered' || how === 'changed';
}

/** What its users cause: they fail after they began, or give up. It says nothing where no other number moved. */
const BY_USERS = /rollback|cancel/i;

function ofServer(server: string, own: readonly ServerSeries[], window: TimeWindow): OfServer | undefined {
  const each = own.map(({ series }) => series);
  const ofServers = own.flatMap(({ series, isOfService }) => (isOfService ? [] : [series]));
  const moved = [
    ...ofServers.flatMap((series) => strainedNumber(series, window) ?? []),
    ...reachedLimits(each, window),
  ];
  const numbers = [...moved, ...heldBeside(moved, ofServers, window)].sort(
    (a, b) => Number(isMeant(b)) - Number(isMeant(a)) || b.size - a.size || (a.metric < b.metric ? -1 : 1),
  );
  const size = numbers.slice(0, COUNTED).reduce((sum, one) => sum + one.size, 0);
  if (numbers.every(({ metric }) => BY_USERS.test(metric))) return undefined;
  const isMuch = numbers.some((one) => one.size >= LEAST_SIZE) || numbers.length > 1;
  return isMuch ? { server, numbers, size } : undefined;
}

/** Open transactions and what is kept for them, beside the strongest number that moved. */
function heldBeside(
  moved: readonly StrainedNumber[],
  own: readonly Series[],
  window: TimeWindow,
): readonly StrainedNumber[] {
  const [beside] = moved.toSorted((a, b) => b.size - a.size);
  if (beside === undefined) return [];
  const known = new Set(moved.map(({ metric }) => metric));
  return own.flatMap((series) => (known.has(series.name) ? [] : (heldNumber(series, beside, window) ?? [])));
}

/** `orders-cache-0` alone: callers and lines know it as `orders-cache`. */
const FIRST_OF_SET = /(?<=[a-z][\w.-]{0,80})-0$/i;

/** `plot-galera-0`, `plot-galera-1`: the set is what clients call it; the job may name only who measures. */
function nameOfMany(family: string, servers: readonly OfServer[]): string {
  const sets = new Set(servers.map(({ server }) => server.replace(/[-_]\d{1,4}$/, '')));
  const [set = ''] = sets;
  const isSet = servers.length > 1 || servers.some(({ server }) => server !== set);
  return isSet && sets.size === 1 && set !== '' ? set : family;
}

/** A server with more databases than this does not tell which of them is under strain. */
const MOST_DATABASES = 3;

/** The databases that its numbers name. Many have the name of the service that owns them. */
function databasesOf(own: readonly ServerSeries[]): readonly string[] {
  const names = new Set(own.map(({ series: { labels } }) => labels.database ?? labels.datname ?? labels.db ?? ''));
  names.delete('');
  return names.size > MOST_DATABASES ? [] : [...names];
}

/** The word with which most names of its metrics begin. */
function commonWord(own: readonly ServerSeries[]): readonly string[] {
  const words = Map.groupBy(own, ({ series }) => series.name.replace(OF_CLOUD, '').split('_', 1)[0] ?? '');
  return [...words].flatMap(([word, of]) => (of.length * 2 > own.length ? [word] : []));
}
