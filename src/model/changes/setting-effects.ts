/**
 * Settings whose new value by itself costs time or refuses what was let in: who has to confirm a write, whether compiled
 * code is kept, how long the headers of an answer may be.
 *
 *   -  mongodb://members/club?w=majority        +  mongodb://members/club?w=3           each write waits for all three
 *   -  opcache.enable = 1                       +  opcache.enable = 0                   each request compiles its files
 *   -  proxy_buffer_size 16k;                   +  proxy_buffer_size 1k;                longer headers end as 502
 *   -  innodb_buffer_pool_size = 8G            +  innodb_buffer_pool_size = 512M           most reads go to the disk
 *   -  QLOCAL('PARCELS.IN') MAXDEPTH(20000)     +  QLOCAL('PARCELS.IN') MAXDEPTH(10)    the queue is full at once
 */
import { type Effect, effect, MUCH_LESS, type Sides } from '#model/changes/effect.ts';

export function settingEffects(sides: Sides): Effect[] {
  return [
    ...effect(
      'other-consistency',
      raisesConcern(sides) ? 'each write waits for more replicas, or for their disks' : '',
    ),
    ...effect('costlier-work', losesCompiled(sides) ? 'it switches off what spares the work of each request' : ''),
    ...effect('smaller-headers', smallerHeaders(sides)),
    ...effect('refuses-more', newRateLimit(sides)),
    ...effect('less-memory', otherHeap(sides)),
    ...smallerStoreCache(sides),
    ...smallerQueues(sides),
  ];
}

/** Options of a connection string: https://www.mongodb.com/docs/manual/reference/connection-string-options/ */
const CONCERN = /[?&](w|j|journal)=([\w-]{1,40})/gi;
/** A tag of replicas may stand for any number of them. */
const WEAKER = /^(?:[01]|false)$/i;

/** A write waits for more than before. One that waits for fewer is faster. */
function raisesConcern({ added, removed }: Sides): boolean {
  const [before, now] = [valuesIn(removed, CONCERN), valuesIn(added, CONCERN)];
  return [...now].some(([name, value]) => before.size > 0 && !WEAKER.test(value) && isRaised(before.get(name), value));
}

function isRaised(before: string | undefined, now: string): boolean {
  const [was, is] = [Number(before), Number(now)];
  return Number.isNaN(was) || Number.isNaN(is) ? before !== now : is > was;
}

/**
 * Compiled code and templates that are kept: PHP (opcache), Rails (cache_classes, eager_load), Thymeleaf and FreeMarker in
 * Spring Boot.
 * https://www.php.net/manual/en/opcache.configuration.php, https://guides.rubyonrails.org/configuring.html
 */
const KEPT_CODE =
  /\b(opcache\.(?:enable(?:_cli)?|jit)|(?:config\.)?(?:cache_classes|eager_load)|spring\.(?:thymeleaf|freemarker)\.cache)["']?\s{0,3}[=:]\s{0,3}["']?(\w{1,20})/gi;
const IS_OFF = /^(?:0|off|no|false|disable)$/i;
/** The compiler itself is off: HotSpot (`-Xint`), V8 (`--jitless`); Xdebug records each call. */
const INTERPRETS =
  /\s-Xint\b|["'\s]--jitless\b|\bxdebug[._]mode["']?\s{0,3}[=:]\s{0,3}["']?(?:debug|profile|trace|coverage|develop)/i;
/** Express, Rails, Symfony, Laravel and ASP.NET Core compile and reload on each request in the mode of developers. */
const MODE = /\b(NODE_ENV|RAILS_ENV|RACK_ENV|APP_ENV|ASPNETCORE_ENVIRONMENT)["']?\s{0,3}[=:]?\s{0,3}["']?(\w{1,20})/g;
const OF_DEVELOPERS = /^dev(?:elop(?:ment)?)?$/i;
const OF_PRODUCTION = /^prod(?:uction)?$/i;

function losesCompiled({ added, removed }: Sides): boolean {
  const [kept, keeps] = [valuesIn(removed, KEPT_CODE), valuesIn(added, KEPT_CODE)];
  const [mode, modes] = [valuesIn(removed, MODE), valuesIn(added, MODE)];
  const isOff = [...keeps].some(([name, value]) => {
    const before = kept.get(name);
    return before !== undefined && IS_OFF.test(value) && !IS_OFF.test(before);
  });
  const isOfDevelopers = [...modes].some(
    ([name, value]) => OF_DEVELOPERS.test(value) && OF_PRODUCTION.test(mode.get(name) ?? ''),
  );
  return isOff || isOfDevelopers || (INTERPRETS.test(` ${added}`) && !INTERPRETS.test(` ${removed}`));
}

function valuesIn(text: string, settings: RegExp): ReadonlyMap<string, string> {
  return new Map(Array.from(text.matchAll(settings), ([, name = '', value = '']) => [name.toLowerCase(), value]));
}

/**
 * A limit of requests in what stands before a service: ingress-nginx, nginx, HAProxy, Traefik, Envoy, Kong, Spring Cloud
 * Gateway, API Gateway of AWS. Of these, only the form in which a limit is set.
 * https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#rate-limiting
 */
const RATE_LIMIT =
  /\b(limit-(?:rps|rpm|connections)|limit_(?:req|conn)(?:_zone)?|rate-?limit(?:ing|er|s)?|local_rate_limit|RequestRateLimiter|throttling(?:Rate|Burst)Limit|sc_http_req_rate|http_req_rate)\b["']?\s{0,3}(?:[:={(,\]\s]|$)/im;

function newRateLimit({ added, removed }: Sides): string {
  const name = RATE_LIMIT.test(removed) ? undefined : RATE_LIMIT.exec(added)?.[1];
  return name === undefined ? '' : `it limits how many requests come in (${name})`;
}

/**
 * How long headers may be: nginx and its ingress, Envoy, HAProxy, Node.js, Tomcat, Apache, Gunicorn. A longer header is
 * answered with 400, 431 or 502.
 * https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size
 */
const HEADERS =
  /\b((?:proxy|fastcgi|uwsgi|scgi|grpc)[-_]buffer[-_]size|(?:large[-_]client[-_]header[-_]buffers|client[-_]header[-_]buffer[-_]size)|http2[-_]max[-_](?:header|field)[-_]size|max_request_headers_kb|tune\.bufsize|max-http-(?:request-)?header-size|maxHttpHeaderSize|LimitRequestFieldSize|limit_request_field_size)["']?[\s:=]{1,4}["']?(?:\d{1,2}\s{1,3})?(\d{1,7})([km]?)/gi;
const TIMES: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

function smallerHeaders({ added, removed }: Sides): string {
  const before = sizesIn(removed, HEADERS);
  for (const [name, now] of sizesIn(added, HEADERS)) {
    const was = before.get(name);
    if (was !== undefined && now.bytes < was.bytes) return `headers may have ${now.text} instead of ${was.text}`;
  }
  return '';
}

/**
 * A fixed size of a heap in the place of a share of the container's memory, or of another one's: HotSpot, OpenJ9, V8, .NET, Go.
 * One that only becomes smaller is a limit of its own, see `changed-limits.ts`.
 */
const HEAP_SIZE =
  /-Xmx(\d{1,6}[kmg]?)|--max[-_]old[-_]space[-_]size=(\d{1,6})|\bDOTNET_GCHeapHardLimit\b["']?\s{0,3}[:=]\s{0,3}["']?(\w{1,20})|\bGOMEMLIMIT\b["']?\s{0,3}[:=]\s{0,3}["']?(\w{1,12})/i;
const HEAP_SHARE = /\b(?:Max|Initial|Min)RAMPercentage=|GCHeapHardLimitPercent\b|--max-old-space-size-percentage=/i;

function otherHeap({ added, removed }: Sides): string {
  const size = HEAP_SIZE.exec(added)
    ?.slice(1)
    .find((one) => one !== undefined);
  const isFixed = size !== undefined && HEAP_SHARE.test(removed) && !HEAP_SHARE.test(added) && !HEAP_SIZE.test(removed);
  return isFixed ? `it sets the heap to ${size} instead of a share of the memory` : '';
}

/**
 * How much of its data a store keeps in memory: MongoDB (WiredTiger), MySQL (InnoDB, MyISAM), PostgreSQL, RocksDB,
 * Cassandra, ClickHouse, Elasticsearch.
 * https://www.mongodb.com/docs/manual/reference/configuration-options/#mongodb-setting-storage.wiredTiger.engineConfig.cacheSizeGB
 * https://dev.mysql.com/doc/refman/8.4/en/innodb-buffer-pool-resize.html
 */
const STORE_CACHE =
  /\b((?:wiredTiger)?CacheSizeGB|innodb[_-]buffer[_-]pool[_-]size|key[_-]buffer[_-]size|shared_buffers|block_cache_size|(?:file|key|row)_cache_size(?:_in_mb)?|(?:un)?compressed_cache_size|mark_cache_size|indices\.(?:queries|fielddata)\.cache\.size)["'>]?[\s:=]{1,4}["']?(\d{1,12}(?:\.\d{1,3})?)\s?([kmg]?)(?:i?b)?\b/gi;

/** A store that keeps less in memory reads the rest from its disk, for each of its users. */
function smallerStoreCache({ added, removed }: Sides): Effect[] {
  const before = sizesIn(removed, STORE_CACHE);
  for (const [key, now] of sizesIn(added, STORE_CACHE)) {
    const was = before.get(key);
    if (was === undefined || now.bytes * MUCH_LESS > was.bytes) continue;
    const text = `the store keeps less of its data in memory (${now.name}: ${now.text} instead of ${was.text})`;
    return [...effect('shorter-lived-cache', text), ...effect('less-memory', text)];
  }
  return [];
}

type Size = Readonly<{ name: string; bytes: number; text: string }>;

/** By the name of the setting; the pattern takes its name, its number and its unit. */
function sizesIn(text: string, settings: RegExp): ReadonlyMap<string, Size> {
  return new Map(
    Array.from(text.matchAll(settings), ([, name = '', number = '', unit = '']) => {
      const size = { name, bytes: Number(number) * (TIMES[unit.toLowerCase()] ?? 1), text: `${number}${unit}` };
      return [name.toLowerCase(), size] as const;
    }),
  );
}

/** How much a queue may hold: IBM MQ, RabbitMQ and LavinMQ, NATS, ActiveMQ Artemis, Redis' streams. */
const DEPTH =
  /\b(?:maxdepth|x-max-length(?:-bytes)?|max-length(?:-bytes)?|max[-_]?msgs(?:_per_subject)?|max[-_]?size[-_]?(?:bytes|messages)|max[-_]?queue[-_]?(?:depth|length|size)|maxlen)["']?\s{0,3}[:=(~ ]\s{0,3}["']?(\d{1,12})/i;
const OF_QUEUE = /["'`]([A-Za-z][\w-]{0,60}(?:[._/-][\w-]{1,60}){1,6})["'`]/g;

/** Queues that may hold far less. A change counts where the failures name its queue. */
function smallerQueues({ added, removed }: Sides): Effect[] {
  const before = queuesIn(removed);
  return [...queuesIn(added)].flatMap(([name, now]): Effect[] => {
    const was = before.get(name) ?? 0;
    if (now * MUCH_LESS > was) return [];
    const text = `${name} may hold ${now} instead of ${was}`;
    return [{ kind: 'lower-limit', text, strength: 1, names: [name.toLowerCase()] }];
  });
}

/** How much each queue may hold, by the name on the same line. */
function queuesIn(text: string): ReadonlyMap<string, number> {
  const found = text.split('\n').flatMap((line): [string, number][] => {
    const depth = DEPTH.exec(line)?.[1];
    const [name] = Array.from(line.matchAll(OF_QUEUE), ([, one = '']) => one).filter((one) => !DEPTH.test(`${one}=1`));
    return depth === undefined || name === undefined ? [] : [[name, Number(depth)]];
  });
  return new Map(found);
}
