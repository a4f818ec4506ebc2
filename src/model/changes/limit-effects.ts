/** What a limit does that a change moves, by kind. */
import type { Limit } from '#model/changes/changed-limits.ts';
import { type Effect, type EffectKind, effect, MUCH_LESS, MUCH_MORE, type Sides, WEAK } from '#model/changes/effect.ts';
import { codeWords, isCompound } from '#model/text/code-words.ts';
import { memoryText } from '#model/text/size-text.ts';

const isOf = (words: string) => {
  const set = new Set(words.split(' '));
  return ({ words: named }: Limit) => named.some((word) => set.has(word));
};
const OF_CACHE = isOf('ttl cache cached expire expiry expiration eviction evict maxmemory entry');
const OF_RETRIES = isOf('retry retrie attempt redelivery redeliver');
const OF_BACKOFF = isOf('backoff');
const OF_POOL = isOf('pool connection conn hikari pgbouncer');
const OF_NAMED_POOL = isOf('pool hikari pgbouncer max_connection max_pool_size');
const OF_WORKERS = isOf(
  'replica instance worker thread concurrency concurrent consumer prefetch shard partition parallel parallelism process child children provisioned',
);
const OF_INSTANCES = isOf('replica instance');
const OF_TIME = isOf(
  'timeout deadline budget ttl expire expiry expiration wait interval delay keepalive backoff lease',
);
const OF_CPU = isOf('cpu cpus core quota');
const OF_MEMORY = isOf('memory maxmemory mem heap xmx oom');
const OF_DISK = isOf('storage disk volume ephemeral retention segment wal');
const OF_RATE = isOf('rate burst qps rps throttle quota limit max cap ceiling capacity queue buffer concurrency');
/** How often a device, a collector or a reader of sensors takes a value. */
const OF_FREQUENCY = isOf('hz khz frequency fps sample_hz sample_rate sampling_rate poll_rate');
const OF_BATCH = isOf('batch chunk page limit window fetch size record');
/**
 * How many rows a driver fetches at once: JDBC and Hibernate (`fetch_size`), Oracle's drivers (`defaultRowPrefetch`,
 * `prefetchrows`, `arraysize`), psycopg (`itersize`).
 */
const OF_FETCH = /fetch_?size|row_?prefetch|prefetch_?rows|\barray_?size|\biter_?size/i;
/** How much goes into one message or one prompt: retrieval, LangChain, LlamaIndex, clients of brokers. */
const OF_PAYLOAD = (limit: Limit) => OF_AMOUNT(limit) || /\b(?:top|retriev\w{1,4})[._-]?k\b/i.test(limit.text);
const OF_AMOUNT = isOf('batch chunk page token max_token history excerpt snippet retrieval document shot payload');
const OF_TRAFFIC = isOf('weight canary traffic rollout split');
/** How many users see what a flag switches on: it limits nothing. */
export const OF_SHARE = isOf('weight canary traffic rollout split percent percentage share audience variation user');
/** How much a gate lets in: rate limiters, waiting rooms, brokers. */
const OF_ADMISSION = isOf('admit admission rate rps qps throttle burst inflight');
/** `minute: 60`: so many requests in that time. */
const RATE_KEY = /^\W{0,3}(?:per[_-])?(?:second|minute|hour|day)["']?\s{0,3}[:=]|_per_(?:sec|second|minute)\b/i;
const OF_COST = isOf(
  'cost round iteration quality effort level resolution depth work_factor strength compression dimension',
);
/** How long or how widely a search may look: OR-Tools, Gurobi, Timefold, HNSW and IVF indexes of vectors, beam search. */
const OF_SEARCH = (limit: Limit) =>
  (OF_BUDGET(limit) || /(?:time|spent)[_ -]?limit/i.test(limit.text)) && !OF_RETRIES(limit);
const OF_BUDGET = isOf('budget solver optimizer optimiser beam candidate num_candidate ef_search nprobe simulation');
/**
 * How much work a hash of a password takes: Devise, Django, Laravel, Spring Security, ASP.NET Core Identity, bcrypt of Go
 * and Node.js, Argon2, scrypt, PBKDF2.
 */
const OF_HASHES = isOf(
  'stretche bcrypt crypt scrypt argon pbkdf saltround salt_round hash_cost hash_round time_cost memory_cost work_factor cost_factor hasher iteration_count password_encoder',
);
/** The cost of bcrypt is an exponent of 2, from 4 to 31 (its man page in OpenBSD). */
const HIGHEST_EXPONENT = 31;
const OF_PROBE = isOf('probe liveness readiness startup initial_delay_second failure_threshold period_second');
/** When a breaker opens: Resilience4j, Hystrix, Polly, Envoy, Sentinel. */
const OF_BREAKER = isOf(
  'breaker circuit circuit_breaker failure_rate_threshold slow_call_rate_threshold sliding_window_size minimum_number_of_call error_threshold_percentage request_volume_threshold failure_ratio minimum_throughput consecutive_failure consecutive_gateway_failure min_request_amount',
);
/**
 * How long a client collects messages before it sends them: Kafka (`linger.ms`), Pulsar (`batchingMaxPublishDelay`),
 * Pub/Sub (`delayThreshold`), Kinesis (`RecordMaxBufferedTime`); and how long a database waits for more commits:
 * PostgreSQL (`commit_delay`), MySQL (`binlog_group_commit_sync_delay`).
 */
const OF_BATCHING = (limit: Limit) =>
  /\blinger\b|\blinger[._-]?ms\b|lingerMs|(?:publish|delivery)_?-?delay|delay_?-?threshold|delayThreshold|PublishDelay|max_?buffered_?time|\bcommit_delay\b|\bsync_delay\b|commit_sync_delay/i.test(
    limit.text,
  );
const OF_INTERVAL = isOf('interval cron schedule period poll polling frequency every refresh');
/** What a pod asks its node for, in Kubernetes. */
const OF_REQUESTS = /^\W{0,8}requests["']?:|\b(?:cpu|memory|mem|resource)s?[ ._-]requests?\b/im;

/** Pods that ask for more find no node that has it free. */
export function largerRequest(limits: readonly Limit[], text: string): Effect[] {
  if (!OF_REQUESTS.test(text)) return [];
  const larger = limits.find((one) => one.after >= one.before * MUCH_LESS && (OF_CPU(one) || OF_MEMORY(one)));
  const shown = larger && OF_MEMORY(larger) && larger.before >= MEBIBYTE ? memoryText : numberText;
  const said = larger && `each pod asks for ${shown(larger.after)} instead of ${shown(larger.before)}`;
  return effect('larger-request', said ?? '');
}

/** Names of every other kind of limit. */
const OF_SIZE = isOf('min size heap');

/** `.setMaxConnPerRoute(200)`, `maximumPoolSize: 40`, `timeout=5s`: one name and its number. */
const ONE_LIMIT =
  /^\W{0,10}((?:[A-Za-z_][\w-]{1,60}\.){0,4}[A-Za-z_][\w-]{2,60})["']?\s{0,3}[=:(]\s{0,3}["']?\d{1,9}(?:\.\d{1,6})?\s?[a-zA-Z]{0,7}["']?\)?[;,]?$/;
/** How many instances wait for requests: Knative, Cloud Run, Lambda, Azure Functions, Fly.io, Kubernetes, KEDA. */
const KEEPS_WARM =
  /(?:^|_)min(?:imum)?_?(?:instance|replica|scale|machine|pod)|provisioned_?concurren|always_?ready|keep_?warm|min_?machines_?running/i;
/** What a library takes where nobody sets it is smaller or longer than what people chose. */
const GONE: readonly (readonly [EffectKind, RegExp])[] = [
  ['smaller-pool', /pool|conn(?:ection)?s?_?(?:per|total|max)|max_?conn|max_?(?:idle|open|active)|per_?route/i],
  ['longer-timeout', /time_?out|deadline/i],
  ['fewer-workers', /(?:^|_)(?:threads?|workers?|process(?:es)?|child(?:ren)?)$/i],
  ['instances-stopped', KEEPS_WARM],
];

/** Settings of pools, of time-outs and of threads that are gone: now the default of the library counts. */
export function limitsGone({ added, removed }: Sides): Effect[] {
  const left = new Set(codeWords(added));
  return removed.split('\n').flatMap((line): Effect[] => {
    const [, name = ''] = ONE_LIMIT.exec(line) ?? [];
    const words = codeWords(name);
    const isLeft = words.every((word) => left.has(word)) || words.some((word) => isCompound(word) && left.has(word));
    if (words.length === 0 || isLeft) return [];
    const kinds = GONE.filter(([, of]) => of.test(words.join('_')));
    return kinds.flatMap(([kind]) => effect(kind, `it no longer sets ${name}, so the default counts`));
  });
}

/** A limit that becomes so many times as large or as small counts in full; one that is doubled counts half. */
const VERY_MUCH = 4;

/** A time-out of 0 never ends anything: PostgreSQL, MySQL, Go, Node.js. */
const OF_END = isOf('timeout deadline');

export function ofLimit(limit: Limit): Effect[] {
  const endOf = (value: number) => (value === 0 && OF_END(limit) ? Number.POSITIVE_INFINITY : value);
  const [before, after] = [endOf(limit.before), endOf(limit.after)];
  const isLess = after * MUCH_LESS <= before;
  // The cost of a hash is an exponent.
  const isCost = OF_COST(limit) || OF_HASHES(limit);
  const isMore = after >= before * MUCH_MORE || (after > before && isCost);
  if (!isLess && !isMore) return [];
  const shown = OF_MEMORY(limit) && Math.min(before, after) >= MEBIBYTE ? memoryText : numberText;
  const text = `it changes a limit from ${shown(limit.before)} to ${shown(limit.after)}`;
  const times = timesOf(limit);
  const strength = Math.min(1, Math.max(WEAK, Math.log(times) / Math.log(VERY_MUCH)));
  const ofTraffic = `it changes the share of requests that other instances get from ${shown(before)} to ${shown(after)}`;
  const said: Partial<Record<EffectKind, string>> = {
    'other-traffic': ofTraffic,
    'longer-batching': `it collects for ${numberText(after)} ms before it sends, instead of ${numberText(before)}`,
    'more-load': `it lets ${numberText(times)} times as many in`,
  };
  return kindsOfLimit(limit, isLess).map((kind) => ({ kind, text: said[kind] ?? text, strength }));
}

/** How many times as large or as small it becomes. */
function timesOf(limit: Limit): number {
  const { before, after } = limit;
  if (OF_HASHES(limit) && after <= HIGHEST_EXPONENT && after > before) return 2 ** (after - before);
  return Math.max(after / before, before / after);
}

const MEBIBYTE = 2 ** 20;

function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Names of limits are short and mean several things, so each kind that fits counts. */
function kindsOfLimit(limit: Limit, isLess: boolean): EffectKind[] {
  const kinds: (readonly [EffectKind, boolean])[] = isLess
    ? [
        ['stricter-breaker', OF_BREAKER(limit)],
        ['stricter-probe', OF_PROBE(limit)],
        ['more-retries', OF_BACKOFF(limit)],
        ['shorter-lived-cache', OF_CACHE(limit)],
        ['shorter-timeout', OF_TIME(limit)],
        ['smaller-pool', OF_POOL(limit)],
        ['fewer-workers', OF_WORKERS(limit)],
        ['instances-stopped', limit.after === 0 && (OF_INSTANCES(limit) || KEEPS_WARM.test(limit.words.join('_')))],
        ['less-cpu', OF_CPU(limit)],
        ['less-memory', OF_MEMORY(limit)],
        ['less-disk', OF_DISK(limit)],
        ['shorter-interval', OF_INTERVAL(limit)],
        ['lower-limit', OF_RATE(limit) || RATE_KEY.test(limit.text)],
        ['other-traffic', OF_TRAFFIC(limit)],
        ['smaller-answer', OF_BATCH(limit) && !OF_FETCH.test(limit.text)],
        ['more-trips', OF_FETCH.test(limit.text)],
        ['other-limit', OF_SIZE(limit)],
      ]
    : [
        ['more-retries', OF_RETRIES(limit)],
        ['longer-batching', OF_BATCHING(limit)],
        ['longer-timeout', OF_TIME(limit)],
        ['larger-pool', OF_NAMED_POOL(limit)],
        ['more-workers', OF_WORKERS(limit)],
        ['larger-batches', OF_BATCH(limit) || OF_WORKERS(limit)],
        ['costlier-work', OF_COST(limit) || OF_HASHES(limit) || OF_SEARCH(limit)],
        ['other-traffic', OF_TRAFFIC(limit)],
        ['larger-payload', OF_PAYLOAD(limit)],
        ['grows', OF_CACHE(limit) || OF_MEMORY(limit) || OF_RATE(limit)],
        ['more-load', OF_ADMISSION(limit)],
        ['more-messages', OF_FREQUENCY(limit)],
        ['less-disk', OF_DISK(limit)],
      ];
  return kinds.filter(([, fits]) => fits).map(([kind]) => kind);
}
