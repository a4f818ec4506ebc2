/** Which service of a request asks which database or cache, by the names that its calls record. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';

/** `database`: in lower case; `host`: its first label, or an address. Empty where it is not recorded or tells nothing. */
export type StoreUse = Readonly<{ service: string; database: string; host: string }>;

export const storesAsked = view((trace): readonly StoreUse[] => {
  const found = new Map<string, StoreUse>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const use = storeAsked(trace, span);
    if (use !== undefined) found.set(`${use.service}\n${use.database}\n${use.host}`, use);
  }
  return [...found.values()];
});

/** Undefined where the span is no call of a store, or names none. */
export function storeAsked(trace: Trace, span: SpanIndex): StoreUse | undefined {
  if (!isStoreCall(trace, span)) return undefined;
  const database = trace.text(span, 'db.namespace').toLowerCase();
  const use = {
    service: trace.service(span),
    database: OF_ANYBODY.test(database) ? '' : database,
    host: storeHost(trace.text(span, 'server.address')),
  };
  return use.database === '' && use.host === '' ? undefined : use;
}

/** Zipkin's and other agents record no attributes of databases, and only where the server listens. */
export function isStoreCall(trace: Trace, span: SpanIndex): boolean {
  if (trace.isDatabaseCall(span)) return true;
  return trace.isCall(span) && STORE_PORTS.has(trace.number(span, 'server.port') ?? 0);
}

/**
 * MySQL and Vitess, PostgreSQL and its poolers, YugabyteDB, CockroachDB, TiDB, SQL Server, Oracle, MongoDB, Cassandra, Redis,
 * Memcached (IANA's registry and their manuals).
 */
const STORE_PORTS: ReadonlySet<number> = new Set([
  ...[3306, 15306, 5432, 6432, 5433, 26257, 4000, 1433, 1521],
  ...[27017, 9042, 6379, 11211],
]);

/** One server, or one database: a pooler and a replica have other hosts. */
export function isSameStore(a: Omit<StoreUse, 'service'>, b: Omit<StoreUse, 'service'>): boolean {
  return (a.host !== '' && a.host === b.host) || (a.database !== '' && a.database === b.database);
}

/** `shopdb.prod.svc:5432` is `shopdb`. Empty for an address that stands for another store on each machine. */
export function storeHost(address: string): string {
  const host = address.toLowerCase().replace(/:\d{1,5}$/, '');
  if (LOOPBACK.test(host) || OF_CLOUD.test(host)) return '';
  return /^\d{1,3}\.\d|:/.test(host) ? host : (host.split('.')[0] ?? '');
}

/** Names that a server or a framework gives where nobody chooses one: PostgreSQL, MySQL, SQL Server, Redis, Rails. */
const OF_ANYBODY =
  /^(?:\d{0,3}|postgres|public|mysql|master|main|default|test|app|admin|db|db\d|database|[\w-]+_(?:development|test))$/;
const LOOPBACK = /^(?:localhost|127\.|::1$|0\.0\.0\.0$|\[::1\])/;
/** One address for all tables of all customers: DynamoDB, Keyspaces, Spanner, Firestore, BigQuery. */
const OF_CLOUD = /^(?:dynamodb|cassandra|timestream|athena)[\w.-]{0,60}\.amazonaws\.com|\.googleapis\.com$/;
