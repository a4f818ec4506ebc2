/** Words for a lookup in a cache, a write to it, and a miss. */
import { CUSTOMARY, signList } from '#model/instruments/sign-list.ts';

/** Names of spans that look for a value. */
export const CACHE_LOOKUPS = signList(/cache/i, [
  {
    by: 'Rails, Sentry, services',
    says: /\bcache[ ._:/-]*(?:get|read|lookup|fetch|find|load)\b|\bcache_(?:read|fetch)(?=[_.?]|$)/i,
    example: 'cache_read.active_support',
    source: 'https://guides.rubyonrails.org/active_support_instrumentation.html#active-support-caching',
  },
  {
    by: 'services',
    says: /\b(?:get|read|lookup|fetch)[ ._-]*(?:from[ ._-]*)?cache\b/i,
    example: 'get from cache',
    source: CUSTOMARY,
  },
  {
    by: 'FusionCache',
    says: /\bFusionCache\b.{0,40}\b(?:get(?:orset|ordefault)?|tryget)/i,
    example: 'FusionCache.GetOrSet',
    source: 'https://github.com/ZiggyCreatures/FusionCache/blob/main/docs/OpenTelemetry.md',
  },
]);

/** Names of spans that write a value. */
export const CACHE_WRITES = signList(/cache/i, [
  {
    by: 'Rails, Sentry, services',
    says: /\bcache[ ._:/-]*(?:set|put|write|store|fill)\b|\bcache_write(?=[_.]|$)/i,
    example: 'cache_write.active_support',
    source: 'https://guides.rubyonrails.org/active_support_instrumentation.html#active-support-caching',
  },
  {
    by: 'services',
    says: /\b(?:set|put|write|store)[ ._-]*(?:to[ ._-]*)?cache\b/i,
    example: 'write to cache',
    source: CUSTOMARY,
  },
]);

/** The name or an event of a lookup says that it missed. */
export const CACHE_MISSES = signList(/miss|generate/i, [
  {
    by: 'services, Laravel',
    says: /\bmiss(?:ed)?\b|\bcache[._:]?miss/i,
    example: 'cache.miss',
    source: 'https://laravel.com/docs/cache#events',
  },
  {
    by: 'Rails',
    says: /\bcache_generate\b/i,
    example: 'cache_generate.active_support',
    source: 'https://guides.rubyonrails.org/active_support_instrumentation.html#active-support-caching',
  },
]);
