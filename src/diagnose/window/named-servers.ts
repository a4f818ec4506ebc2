/**
 * The server that failing lines of its users name, and no other one of its set: each client says whom it asked in vain.
 *
 *   parts     GetRequest, Reason: TIMEOUT {"lastDispatchedTo":"store-3:11210"}
 *   repairs   couchbase: timeout after 2500 ms, last dispatched to store-3:11210
 *   store-0, store-1, store-2      no failing line names them     ──► store-3
 */
import type { SickNode } from '#diagnose/window/sick-nodes.ts';
import { logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import type { Series } from '#model/metrics/series.ts';

/** A host of a numbered set with its port: `store-3:11210`, `kafka-1.kafka.svc:9092`. */
const HOST = /(?<![\w.@-])((?:[a-z][a-z\d]{0,30}-){1,5})(\d{1,3})(?:\.[a-z][\w.-]{0,100})?:\d{2,5}(?!\d)/gi;
const LONGEST_READ = 1_000;
/** One connection may break. */
const FEWEST_LINES = 10;
/** This share of the lines that name a server of the set must name the one. */
const NEARLY_ALL = 0.8;
/** So many times as often as in the baseline. */
const TIMES_BEFORE = 5;

type Named = Readonly<{ host: string; set: string; service: string }>;

export function namedServer(
  healthy: readonly LogLine[],
  now: readonly LogLine[],
  series: readonly Series[],
): SickNode | undefined {
  const failing = now.filter(isBad).flatMap(hostsIn);
  const hosts = Map.groupBy(failing, ({ host }) => host);
  const [most] = [...hosts.values()].toSorted((a, b) => b.length - a.length);
  const [first] = most ?? [];
  if (most === undefined || first === undefined || most.length < FEWEST_LINES) return undefined;
  const { host, set } = first;
  const ofSet = failing.filter((one) => one.set === set);
  const before = healthy
    .filter(isBad)
    .flatMap(hostsIn)
    .filter((one) => one.host === host);
  if (most.length < NEARLY_ALL * ofSet.length || most.length < TIMES_BEFORE * before.length) return undefined;
  if (!hasOthers(first, [...healthy, ...now], series)) return undefined;
  const services = [...Map.groupBy(most, ({ service }) => service)].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    node: host,
    what: 'node',
    services: services.map(([service, own]) => {
      const all = ofSet.filter((one) => one.service === service).length;
      return { service, here: [own.length, own.length], elsewhere: [all - own.length, all] };
    }),
    of: services.length,
    by: 'lines',
    chance: 0,
  };
}

function isBad({ level }: LogLine): boolean {
  return severityOf(logLevel(level)) >= WARN;
}

/** A line that names two of a set lists them, and blames none. */
function hostsIn({ line, service }: LogLine): readonly Named[] {
  const found = new Map<string, Named>();
  for (const [, set = '', number = ''] of line.slice(0, LONGEST_READ).matchAll(HOST))
    found.set(`${set}${number}`, { host: `${set}${number}`, set, service });
  const sets = Map.groupBy(found.values(), (one) => one.set);
  return [...sets.values()].flatMap((own) => (own.length === 1 ? own : []));
}

/** Another one of the set runs, as lines or metrics name it. */
function hasOthers({ host, set }: Named, logs: readonly LogLine[], series: readonly Series[]): boolean {
  const isOther = (name: string) =>
    name.startsWith(set) && /^\d/.test(name.slice(set.length)) && withoutPort(name) !== host;
  if (series.some(({ labels }) => Object.values(labels).some(isOther))) return true;
  return logs.some(({ line }) =>
    Array.from(line.slice(0, LONGEST_READ).matchAll(HOST), ([, ofSet = '', number = '']) => `${ofSet}${number}`).some(
      isOther,
    ),
  );
}

function withoutPort(name: string): string {
  return name.split(/[.:]/, 1)[0] ?? name;
}
