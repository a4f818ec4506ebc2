/** Signs that a connection pool is exhausted: messages of pools and databases, and their own counts. */
import { POOL_IS_FULL, POOL_IS_SHORT } from '#model/instruments/pool-words.ts';

/**
 * Words by which runtimes and resolvers say that nobody could be reached. Pools pass them on in sentences of their own:
 * `Could not get a resource from the pool: Connection refused`.
 */
const UNREACHABLE =
  /\beconn(?:refused|reset|aborted)\b|\bconnection (?:was )?(?:actively )?(?:refused|reset|aborted)\b|\bactively refused\b|\be(?:notfound|ai_again|hostunreach|netunreach|pipe)\b|\bgetaddrinfo\b|\bunknown ?host|\bno such host\b|\bname or service not known\b|\bname resolution\b|\bnodename nor servname\b|\bcould not (?:resolve|translate) host\b|\b(?:no route to host|(?:host|network) is unreachable)\b|\bbroken pipe\b|\bunabletoconnect\b|\bserver closed the connection\b/i;

/**
 * Whether a message reports a connection that was refused or cut, or an unknown host: that says nothing about a pool.
 */
export function saysUnreachable(text: string): boolean {
  return UNREACHABLE.test(text);
}

/** Whether a message reports a wait for a connection, or that none was available. */
export function saysPoolIsShort(text: string): boolean {
  return (POOL_IS_SHORT.test(text) && !saysUnreachable(text)) || saysPoolIsFull(text);
}

/** Whether a message reports that no connection was available. */
export function saysPoolIsFull(text: string): boolean {
  return POOL_IS_FULL.test(text) && !saysUnreachable(text);
}

/** Connections in use and the size of the pool, by the names that pools and people give them. */
const IN_USE =
  /^(?:.*[._])?(?:active_?connections?|connections?[._](?:active|in_use|used)|(?:pool[._])?(?:active|in_use|used|checked_?out))$/i;
const SIZE =
  /^(?:.*[._])?(?:(?:database_|db_|connection_)?pool[._]?(?:size|max|limit)|max_?pool_?size|max_?connections|connections?[._](?:max|limit))$/i;

export type PoolCount = Readonly<{ inUseName: string; inUse: number; sizeName: string; size: number }>;

/**
 * The state of an exhausted pool in attributes, pairs of a line or members of an object: of several pools the fullest.
 */
export function poolCount(facts: Readonly<Record<string, unknown>>): PoolCount | undefined {
  const counted = Object.keys(facts).filter((name) => IN_USE.test(name));
  if (counted.length === 0) return undefined;
  const sizes = Object.keys(facts).filter((name) => SIZE.test(name));
  return counted
    .flatMap((inUseName): PoolCount[] => {
      const sizeName = nearest(inUseName, sizes);
      const [inUse, size] = [Number(facts[inUseName]), Number(facts[sizeName ?? ''])];
      return sizeName !== undefined && inUse >= size && size > 0 ? [{ inUseName, inUse, sizeName, size }] : [];
    })
    .sort((a, b) => b.inUse / b.size - a.inUse / a.size)[0];
}

/** The name with the longest common prefix: `write.pool.max` is the size of `write.pool.active`. */
function nearest(name: string, others: readonly string[]): string | undefined {
  const alike = (other: string) => {
    let at = 0;
    while (at < name.length && name[at] === other[at]) at += 1;
    return at;
  };
  return others.toSorted((a, b) => alike(b) - alike(a))[0];
}

/** `active_connections = 21, database_pool_size = 20` */
export function countText({ inUseName, inUse, sizeName, size }: PoolCount): string {
  return `${inUseName} = ${inUse}, ${sizeName} = ${size}`;
}

/** The same for a log line, also in HikariCP's form: `Pool stats (total=10, active=10, idle=0, waiting=4)`. */
export function poolCountIn(line: string): PoolCount | undefined {
  const counted = poolCount(pairsIn(line));
  if (counted !== undefined) return counted;
  const [, total = '', active = ''] = HIKARI_STATS.exec(line) ?? [];
  const [size, inUse] = [Number(total), Number(active)];
  return size > 0 && inUse >= size ? { inUseName: 'active', inUse, sizeName: 'total', size } : undefined;
}

const HIKARI_STATS = /\bpool\b.{0,40}\btotal=(\d+), active=(\d+), idle=\d+, waiting=[1-9]/i;

/** `"active_connections": 21`, `active_connections=21`: the named numbers of a log line. */
export function pairsIn(line: string): Record<string, number> {
  return Object.fromEntries(
    [...line.matchAll(/"?([A-Za-z][\w.]{2,60})"?\s*[:=]\s*(\d{1,9})\b/g)].map(([, key = '', value]) => [
      key,
      Number(value),
    ]),
  );
}
