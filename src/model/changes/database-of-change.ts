/** Whether a change was made to a database that a request reads: a source names it by its host, its store or its schema. */
import type { Change } from '#model/changes/change.ts';

/** What names of databases say beside whose they are: `orders-db`, `pg-orders`, `mysql-orders-rw`. */
const OF_DATABASES =
  /^(?:db|database|pg|postgres(?:ql)?|mysql|mariadb|mssql|sql|oracle|mongo(?:db)?|rds|aurora|pgbouncer|pgcat|pgpool|odyssey|proxysql|maxscale)$/;
const OF_INSTANCES: ReadonlySet<string> = new Set('primary master main replica rw ro cluster prod'.split(' '));

/** A service may have the name of its database: then only a migration is of the database. */
export function isOfDatabase(
  { service, kind }: Pick<Change, 'service' | 'kind'>,
  databases: readonly string[],
): boolean {
  const parts = partsOf(service);
  if (kind !== 'migration' && !parts.some((part) => OF_DATABASES.test(part))) return false;
  const key = keyOf(parts);
  if (key === '') return databases.some((name) => isSameEngine(parts, partsOf(name)));
  return databases.some((name) => keyOf(partsOf(name)) === key);
}

const ENGINES: readonly (readonly [string, RegExp])[] = [
  // Poolers stand before the servers of their kind.
  ['postgres', /^(?:pg|postgres(?:ql)?|pgbouncer|pgcat|pgpool|odyssey)$/],
  ['mysql', /^(?:mysql|mariadb|proxysql|maxscale)$/],
  ['mssql', /^mssql$/],
  ['oracle', /^oracle$/],
  ['mongo', /^mongo(?:db)?$/],
];

/** `postgres` and `postgresql`, where nothing says which of them: a request asks one of its kind. */
function isSameEngine(one: readonly string[], other: readonly string[]): boolean {
  const engineOf = (parts: readonly string[]) =>
    ENGINES.find(([, words]) => parts.some((part) => words.test(part)))?.[0];
  return keyOf(other) === '' && engineOf(one) !== undefined && engineOf(one) === engineOf(other);
}

/** `postgresql`, `mysql-primary`: a name that says only of which kind the database is. */
export function isEngineName(name: string): boolean {
  const parts = partsOf(name);
  return parts.some((part) => OF_DATABASES.test(part)) && keyOf(parts) === '';
}

/** `Failover of orders-db`: whether a change of nobody's service names one of these databases in its text. */
export function namesDatabase({ text }: Pick<Change, 'text'>, databases: readonly string[]): boolean {
  const named = text.match(/[\w-]{3,80}/g) ?? [];
  return named.some((service) => isOfDatabase({ service, kind: 'config' }, databases));
}

function partsOf(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '');
}

function keyOf(parts: readonly string[]): string {
  return parts.filter((part) => !OF_DATABASES.test(part) && !OF_INSTANCES.has(part)).join('');
}
