/** Signs that a connection pool is exhausted: messages of pools and databases, and their own counts. */

/** Words by which pools and databases say that there is no connection left. */
const POOL_IS_FULL = new RegExp(
  [
    '(?:connection )?pool (?:is |was |has been )?exhausted',
    'the pool is (?:probably )?full', // Knex
    '(?:unable|failed) to (?:acquire|get|obtain) (?:a )?connection from (?:the )?pool',
    'could not (?:acquire|get|obtain) (?:a )?(?:database )?connection', // ActiveRecord
    'all pooled connections were in use',
    'could not get a resource (?:from|since) the pool', // Jedis
    'timeout waiting for (?:idle object|(?:a )?connection from (?:the )?pool)', // Commons Pool, Apache HttpClient
    'connection is not available, request timed out', // HikariCP
    'timed out fetching a new connection from the connection pool', // Prisma
    String.raw`queuepool limit of size \d+`, // SQLAlchemy
    'resourcerequest timed out',
    'pool timed out while waiting', // sqlx
    'timeout (?:exceeded )?when trying to connect', // node-postgres
    String.raw`timed out (?:after \d+ ?ms )?while (?:waiting for|checking out) a connection`, // MongoDB
    'timeout period elapsed prior to obtaining a connection from the pool', // ADO.NET
    'connection acquisition timed out|connectionacquiretimeout', // R2DBC, Sequelize
    'no available connections?',
    'no connection is available to service this operation', // StackExchange.Redis
    'connection pool (?:is full|timeout)', // go-redis
    String.raw`too many clients already|remaining connection slots are reserved|too many connections\b`, // PostgreSQL, MySQL
  ].join('|'),
  'i',
);

/** A prefilter for the pattern above: it compiles in a tenth of the time, and most texts do not pass it. */
const MAY_SPEAK_OF_POOL = /connect|pool|resource|clients|idle/i;

/** Words by which pools and services say that a request has to wait for a connection: nothing failed. */
const WAITS_FOR_POOL =
  /\bpool\b.{0,40}\b(?:at (?:its |the )?(?:limit|max(?:imum)?|capacity)|limit (?:is |was )?reached|saturated|has no (?:free|idle) connections?)\b|\bno (?:free|idle) connections?\b|\bwait(?:s|ed|ing)?\b.{0,20}\bfor (?:a |an )?(?:free |idle |available )?(?:database |db |jdbc )?connection\b|\brequests? (?:is |are )?queued for (?:a )?connection\b/i;

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
  return (WAITS_FOR_POOL.test(text) && !saysUnreachable(text)) || saysPoolIsFull(text);
}

/** Whether a message reports that no connection was available. */
export function saysPoolIsFull(text: string): boolean {
  return MAY_SPEAK_OF_POOL.test(text) && POOL_IS_FULL.test(text) && !saysUnreachable(text);
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
