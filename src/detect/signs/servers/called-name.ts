/**
 * By which name people know the servers under strain: what services call, and not always the member or the layer that shows
 * it.
 *
 *   ledger-db-0   threads running  3 → 61   ┐ clients write to it: what waits there waits for another statement,
 *   ledger-db-1   threads running  3 → 3    ┘ and services know `ledger-db`
 *
 *   ledger-tidb   nothing of its own        ◄── services call it
 *   ledger-tikv   write stall  0 → 2 s      it keeps what the upper layer holds
 */
import type { StrainedNumber } from '#detect/signs/servers/strained-numbers.ts';
import type { Series } from '#model/metrics/series.ts';

/**
 * What its clients do or wait for: mysqld_exporter, postgres_exporter, mongodb_exporter, sql_exporter. Only the member to
 * which they write shows it.
 */
const OF_CLIENTS =
  /threads_?running|processlist|(?:running|active|blocked|waiting)_?(?:sessions|queries|statements|transactions|threads)|(?:sessions|queries|statements|transactions|threads)_?(?:running|active|blocked|waiting)|lock_?waits?|row_lock|stat_activity|current_?queue/i;

export function isOfClients(numbers: readonly StrainedNumber[]): boolean {
  return numbers.length > 0 && numbers.every(({ metric }) => OF_CLIENTS.test(metric));
}

/** `ledger-db-0:9104`, `ledger-db-1.ledger.svc:9104` */
const MEMBER = /^(?:https?:\/\/)?(?<set>[a-z][\w-]{0,80}?)[-_]?\d{1,4}(?:\.[a-z][\w.-]{0,100})?(?::\d{2,5})?$/i;

/** What the members of a numbered set are together; empty where they are of several sets, or of none. */
export function setOf(members: readonly string[]): string {
  const sets = new Set(members.map((member) => MEMBER.exec(member)?.groups?.set ?? ''));
  const [set = ''] = sets;
  return sets.size === 1 ? set : '';
}

/**
 * Products in layers: services call only the upper one.
 * https://docs.pingcap.com/tidb/stable/tidb-architecture, https://pulsar.apache.org/docs/concepts-architecture-overview,
 * https://vitess.io/docs/overview/architecture, https://hbase.apache.org/book.html#arch.overview
 */
const LAYERS: readonly Readonly<{ below: RegExp; above: RegExp }>[] = [
  { below: /^(?:tikv|pd|tiflash)$/, above: /^tidb_/ },
  { below: /^(?:bookie|bookkeeper)$/, above: /^pulsar_/ },
  { below: /^vttablet$/, above: /^vtgate_/ },
  { below: /^(?:hadoop|hdfs|datanode)$/, above: /^(?:hadoop_)?hbase_/ },
];

/** The servers of the upper layer, where the set is the only one of its kind; empty where none is measured. */
export function storeAbove(names: readonly string[], metrics: readonly Series[]): string {
  const layer = LAYERS.find(({ below }) => names.some((name) => below.test(name)));
  if (layer === undefined) return '';
  const above = metrics.filter(({ name }) => layer.above.test(name));
  const members = new Set(above.map(({ labels }) => labels.pod ?? labels.instance ?? ''));
  return setOf([...members]);
}
