/** Systems that keep copies of what another one holds. */
export const CACHE_SYSTEMS: ReadonlySet<string> = new Set([
  'redis',
  'valkey',
  'memcached',
  'hazelcast',
  'ehcache',
  'keydb',
]);
