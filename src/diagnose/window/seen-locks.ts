/**
 * Services whose database reports waits for a lock, and reported none before: its own log says so, or its metrics count
 * sessions that wait. A statement that waits takes longer, and its span shows only that.
 *
 *   spans      UPDATE seats takes 6 s longer
 *   database   process 4711 still waiting for RowExclusiveLock …, or 31 sessions wait for a lock
 *   ──► the service waits for a lock
 */
import { plainStore } from '#diagnose/window/called-stores.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { LOCK_ACQUIRED, LOCK_WAITING } from '#model/instruments/lock-words.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { type Series, valuesIn } from '#model/metrics/series.ts';
import { medianOf } from '#model/stats/robust.ts';
import { counted } from '#model/text/count-text.ts';
import type { Trace } from '#model/trace/trace.ts';

/** What the database says, as evidence. `text` is a line, or the counts of a metric. */
export type SeenLock = Readonly<{ kind: 'log' | 'metric'; ref: string; text: string }>;

export type LockTimes = Pick<TimeWindow, 'fromUs' | 'toUs'> &
  Readonly<{
    traces: readonly Trace[];
    logs: readonly LogLine[];
    healthyLogs: readonly LogLine[];
    series: readonly Series[];
  }>;

/** By service: what its database says. */
export function seenLocks(times: LockTimes): ReadonlyMap<string, SeenLock> {
  const servers = [...sayingLocks(times), ...countingLocks(times)];
  if (servers.length === 0) return NOBODY;
  const asked = askedServers(times.traces);
  const all = new Set([...asked.values()].flatMap((names) => [...names]));
  const found = new Map<string, SeenLock>();
  for (const [service, names] of asked) {
    // Logs and exporters name a server in their own way: where requests ask only one, it is that one.
    const own = all.size === 1 ? servers[0] : servers.find(({ server }) => hasName(names, server));
    if (own !== undefined) found.set(service, own.lock);
  }
  return found;
}

const NOBODY: ReadonlyMap<string, SeenLock> = new Map();

type Server = Readonly<{ server: string; lock: SeenLock }>;

/** Fewer lines are those of an ordinary day. */
const FEWEST_LINES = 3;
/** Seven to one. */
const NEWS_NATS = 2;

/** Services without spans, such as a database, whose lines about waits for a lock are new or many more. */
function sayingLocks({ traces, logs, healthyLogs }: LockTimes): readonly Server[] {
  const traced = new Set(traces.flatMap(({ services }) => services));
  const ofServers = (lines: readonly LogLine[]) =>
    Map.groupBy(
      lines.filter(({ service, traceId }) => traceId === '' && !traced.has(service)),
      ({ service }) => service,
    );
  const before = ofServers(healthyLogs);
  return [...ofServers(logs)].flatMap(([service, lines]) => {
    const usual = before.get(service) ?? [];
    const [was, is] = [usual.filter(saysLock), lines.filter(saysLock)];
    const [example] = is;
    if (example === undefined || is.length < FEWEST_LINES) return [];
    const isNew = was.length === 0 || riseInNats([was.length, usual.length], [is.length, lines.length]) >= NEWS_NATS;
    const lock = { kind: 'log', ref: example.timeNs, text: example.line } as const;
    return isNew ? [{ server: service, lock }] : [];
  });
}

function saysLock({ line }: LogLine): boolean {
  return LOCK_WAITING.test(line) || LOCK_ACQUIRED.test(line);
}

/** Databases of which most points of the window show a session that waits for a lock, and hardly any did before. */
function countingLocks({ series, fromUs, toUs }: LockTimes): readonly Server[] {
  const waits = measured(series).filter(({ concept }) => concept === 'lock_waits');
  return waits.flatMap((one) => {
    const [before, now] = [valuesIn(one, Number.NEGATIVE_INFINITY, fromUs), valuesIn(one, fromUs, toUs)];
    if (now.length === 0) return [];
    const [was, is] = [before.length === 0 ? 0 : medianOf(before), medianOf(now)];
    if (is < 1 || was >= 1) return [];
    const server = one.instance || one.service;
    const text = `${counted(Math.round(is), 'session')} of ${server || 'the database'} ${Math.round(is) === 1 ? 'waits' : 'wait'} for a lock${stateOf(one)}, ${was < 0.5 ? 'none' : Math.round(was)} before`;
    return [{ server, lock: { kind: 'metric', ref: metricOf(one), text } }];
  });
}

/** What MySQL, MariaDB and Galera say that a session waits for: `waiting_to_execute_in_isolation`. */
function stateOf({ labels: { state = '' } }: Measured): string {
  return /^waiting/i.test(state) ? ` (${state.replaceAll('_', ' ')})` : '';
}

function metricOf({ metric, instance }: Measured): string {
  return instance === '' ? metric : `${metric} of ${instance}`;
}

/** Systems with locks that a session waits for. */
const WITH_LOCKS = /sql|postgres|maria|oracle|db2|cockroach|mongo|firebird|informix|sybase|hana/i;

/** By service: the names of the database servers that it asks, by peer and by address. */
function askedServers(traces: readonly Trace[]): ReadonlyMap<string, ReadonlySet<string>> {
  const asked = new Map<string, Set<string>>();
  for (const trace of traces) {
    for (let span = 0; span < trace.spanCount; span += 1) {
      if (!trace.isDatabaseCall(span) || !WITH_LOCKS.test(trace.databaseSystem(span))) continue;
      const name = plainStore(trace.text(span, 'server.address') || trace.peer(span));
      const known = asked.get(trace.service(span));
      if (known === undefined) asked.set(trace.service(span), new Set([name]));
      else known.add(name);
    }
  }
  return asked;
}

/** `orders-db` is `orders-db.internal:9104`. */
function hasName(names: ReadonlySet<string>, server: string): boolean {
  const own = hostOf(plainStore(server));
  return own !== '' && [...names].some((name) => hostOf(name) === own);
}

function hostOf(name: string): string {
  return name.split('.', 1)[0] ?? '';
}
