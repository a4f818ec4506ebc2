/** Systems that keep copies of another system's data. */
export const CACHE_SYSTEMS: ReadonlySet<string> = new Set([
  'redis',
  'valkey',
  'memcached',
  'hazelcast',
  'ehcache',
  'keydb',
]);
