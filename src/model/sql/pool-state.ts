/** Signs that a connection pool is exhausted: messages of pools and databases, and their own counts. */
import { POOL_IS_FULL, POOL_IS_SHORT, POOL_STATS, POOLER_LINES } from '#model/instruments/pool-words.ts';

/**
 * Words by which runtimes, resolvers and drivers say that nobody could be reached, or that the database refused the
 * login. Pools pass them on in sentences of their own: `Could not get a resource from the pool: Connection refused`.
 */
const UNREACHABLE =
  /\beconn(?:refused|reset|aborted)\b|\bconnection (?:was )?(?:actively )?(?:refused|reset|aborted)\b|\bactively refused\b|\be(?:notfound|ai_again|hostunreach|netunreach|pipe)\b|\bgetaddrinfo\b|\bunknown ?host|\bno such host\b|\bname or service not known\b|\bname resolution\b|\bnodename nor servname\b|\bcould not (?:resolve|translate) host\b|\b(?:no route to host|(?:host|network) is unreachable)\b|\bbroken pipe\b|\bunabletoconnect\b|\bserver closed the connection\b|\bconnection to \S{1,200} refused\b|\bcommunications link failure\b|\btcp\/ip connection to the host\b.{0,200}\bhas failed\b|\b(?:can['’]?t|cannot|could not|unable to) reach (?:the )?(?:\w{1,20} )?(?:server|host|database) at\b|\bunable to connect to any of the specified\b|\bcan['’]?t connect to (?:\w{1,20} )?server\b|\bnetwork-related or instance-specific error\b|\bnetwork adapter could not establish\b|\bORA-12(?:154|170|514|541)\b|\b(?:authentication|login) failed for user\b|\bno pg_hba\.conf entry\b/i;

/**
 * Whether a message reports a connection that was refused or cut, or an unknown host: that says nothing about a pool.
 */
export function saysUnreachable(text: string): boolean {
  return UNREACHABLE.test(text) && !POOLER_LINES.test(text);
}

/** Whether a message reports a wait for a connection, or that none was available. */
export function saysPoolIsShort(text: string): boolean {
  const isShort = POOL_IS_SHORT.test(text) || saysPoolHasWaiters(text);
  return (isShort && !saysUnreachable(text)) || saysPoolIsFull(text);
}

/** Whether a message reports that no connection was available. */
export function saysPoolIsFull(text: string): boolean {
  return POOL_IS_FULL.test(text) && !saysUnreachable(text);
}

/** Connections in use and the size of the pool, by the names that pools and people give them. */
const IN_USE =
  /^(?:.*[._])?(?:active_?connections?|connections?[._](?:active|in_use|used)|(?:pool[._])?(?:active|in_use|used|checked_?out)|acquired_?conns?)$/i;
const SIZE =
  /^(?:.*[._])?(?:(?:database_|db_|connection_)?pool[._]?(?:size|max|limit)|max_?pool_?size|max_?conn(?:ection)?s|connections?[._](?:max|limit))$/i;

/** The names that a count is read from. */
export const POOL_COUNTS = { test: (name: string) => IN_USE.test(name) || SIZE.test(name) };

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

/** The same for a log line, also of a pool's monitor: `Pool stats (total=10, active=10, idle=0, waiting=4)`. */
export function poolCountIn(line: string): PoolCount | undefined {
  const counted = HAS_ROOM.test(line) ? undefined : poolCount(pairsIn(line));
  if (counted !== undefined) return counted;
  const { inUse, size } = statsIn(line) ?? NO_STATS;
  return size > 0 && inUse >= size ? { inUseName: 'active', inUse, sizeName: 'total', size } : undefined;
}

/** A connection is idle, or nobody waits for one. */
const HAS_ROOM =
  /\b(?:idle(?:_?(?:connections|conns|count))?|free|num_?free|available)["']?[:=] ?[1-9]|\b(?:waiting(?:_?count)?|waiters|pending)["']?[:=] ?0\b/i;

type Stats = Readonly<{ inUse: number; size: number }>;
const NO_STATS: Stats = { inUse: 0, size: 0 };

/** Undefined where the text is no report of a pool without a free connection; zeros where that has no count. */
function statsIn(text: string): Stats | undefined {
  const sign = POOL_STATS.find(text);
  if (sign === undefined) return undefined;
  const { inUse, size = inUse } = sign.reads?.exec(text)?.groups ?? {};
  return { inUse: Number(inUse ?? 0), size: Number(size ?? 0) };
}

/** Whether a pool's monitor reports a full pool with waiters. A pool that may still grow is not full. */
function saysPoolHasWaiters(text: string): boolean {
  const stats = statsIn(text);
  return stats !== undefined && stats.inUse >= stats.size;
}

/** `"active_connections": 21`, `active_connections=21`: the named numbers of a log line. */
export function pairsIn(line: string): Record<string, number> {
  return Object.fromEntries(
    [...line.matchAll(/"?([A-Za-z][\w.]{2,60})"?\s*[:=]\s*(\d{1,9})\b/g)].map(([, key = '', value]) => [
      key,
      Number(value),
    ]),
  );
}
