/**
 * Limits whose names say nothing of a limit: when an autoscaler adds instances, how many files and processors a process
 * gets, how many entries a cache keeps, at which share of its disk a store stops writes.
 *
 *   -  averageUtilization: 60         +  averageUtilization: 95          instances come when it is too late
 *   -  LimitNOFILE=65536              +  LimitNOFILE=1024                too many open files
 *   -  GOMAXPROCS: "8"                +  GOMAXPROCS: "1"                 one processor works
 *   -  .maximumSize(100_000)          +  .maximumSize(100)               most lookups miss
 *   -  flood_stage: 95%               +  flood_stage: 50%                indexes take no writes
 */
import { type Effect, type EffectKind, effect, MUCH_LESS, moreIn, type Sides } from '#model/changes/effect.ts';

/** `name`: takes the name of a setting as its first group, and its value follows. */
type Setting = Readonly<{ kind: EffectKind; say: (from: string, to: string) => string; name: RegExp }>;

/** Settings that allow less where their number is smaller. */
const LOWERED: readonly Setting[] = [
  {
    // systemd.exec(5), Docker Compose, nginx, sysctl, the kubelet, Elasticsearch, ulimit(1).
    kind: 'lower-limit',
    say: (from, to) => `a process may have ${to} files or threads instead of ${from}`,
    name: /\b(LimitN(?:OFILE|PROC)|nofile|nproc|worker_rlimit_nofile|fs\.file-max|(?:pod_?)?pids_?-?limit|max_?-?open_?-?files|ulimit\s{1,3}-[nu])\b/i,
  },
  {
    // Go, HotSpot, libuv, OpenMP, .NET.
    kind: 'fewer-workers',
    say: (from, to) => `it works on ${to} processors or threads instead of ${from}`,
    name: /\b(GOMAXPROCS|ActiveProcessorCount|UV_THREADPOOL_SIZE|(?:OMP|MKL|OPENBLAS)_NUM_THREADS|DOTNET_PROCESSOR_COUNT)\b/,
  },
  {
    // Go, Python, Node.js, Kotlin, Rust, .NET: how many may do the same at once.
    kind: 'fewer-workers',
    say: (from, to) => `it lets ${to} of them work at once instead of ${from}`,
    name: /\b(make\(chan struct\{\},|NewWeighted\(|(?:new )?Semaphore(?:Slim)?(?:::new)?\(|p-?limit\(|buffer_unordered\(|for_each_concurrent\(|SetLimit\()/i,
  },
  {
    // Envoy and Istio: after so many errors in a row an instance gets no requests for a while.
    kind: 'stricter-breaker',
    say: (from, to) => `it takes an instance out after ${to} errors instead of ${from}`,
    name: /\b(consecutive_?\w{0,20}?(?:errors?|failures?))\b/i,
  },
  {
    // HAProxy, Redis and Valkey, MySQL, Memcached.
    kind: 'smaller-pool',
    say: (from, to) => `it takes ${to} connections instead of ${from}`,
    name: /\b(max_?-?conns?|max_?-?clients|max_user_connections)\b/i,
  },
  {
    // ECS, Auto Scaling groups, node pools of GKE, EKS and AKS.
    kind: 'fewer-workers',
    say: (from, to) => `it wants ${to} instances instead of ${from}`,
    name: /\b(desired_?-?(?:count|capacity|size)|(?:initial_|min_|max_)?node_?-?count|num_?-?nodes|numReplicas)\b/i,
  },
  {
    kind: 'costlier-work',
    say: (from, to) => `it collects garbage at ${to} % of growth instead of ${from} %`,
    name: /\b(GOGC)\b/,
  },
  {
    kind: 'less-memory',
    say: (from, to) => `a process may use ${to} of memory instead of ${from}`,
    name: /\b((?:Max|Initial)RAMPercentage|GOMEMLIMIT|max[-_]old[-_]space[-_]size|Max(?:Metaspace|DirectMemory)Size|GCHeapHardLimit(?:Percent)?)\b/i,
  },
  {
    // Caffeine and Guava, Python, Ehcache, Node.js, Hazelcast.
    kind: 'shorter-lived-cache',
    say: (from, to) => `a cache keeps ${to} entries instead of ${from}`,
    name: /\b(maximum(?:Size|Weight)\(|(?:lru_|ttl_?)?cache\(\s{0,3}max_?size|max_?-?entries(?:LocalHeap)?|max_?-?elements\w{0,20}|cache_?-?(?:size|capacity|max_?\w{0,8}))\b/i,
  },
  {
    // Envoy's rate limit service, Istio, Kong, cloud disks and databases.
    kind: 'lower-limit',
    say: (from, to) => `it allows ${to} a unit of time instead of ${from}`,
    name: /\b(requests_?-?per_?-?unit|iops|provisioned_?-?(?:iops|throughput)|throughput(?:_?-?mi?bps)?|fill_interval_tokens|tokens_per_fill)\b/i,
  },
  {
    // Elasticsearch and OpenSearch (flood_stage), Aerospike (stop-writes, high-water), RabbitMQ, Cassandra, Ceph, CockroachDB.
    // https://www.elastic.co/docs/reference/elasticsearch/configuration-reference/cluster-level-shard-allocation-routing-settings
    // https://aerospike.com/docs/server/operations/configure/namespace/retention
    kind: 'lower-limit',
    say: (from, to) => `the store takes no more writes at ${to} instead of ${from}`,
    name: /\b((?:[\w-]{1,40}\.){0,6}(?:watermark|flood_stage|stop[-_]writes?|high[-_]water|full[-_]ratio)[\w.-]{0,30})/i,
  },
];

/** Settings that allow less where their number is larger. */
const RAISED: readonly Setting[] = [
  {
    // Kubernetes, Knative, AWS, Google Cloud, KEDA.
    // https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
    kind: 'fewer-workers',
    say: (from, to) => `its autoscaler adds instances at ${to} instead of ${from}`,
    name: /\b(average_?Utili[sz]ation|averageValue|target_?(?:CPU|Memory)_?Utili[sz]ation(?:_?Percent(?:age)?)?|target_?-?(?:utili[sz]ation|value|queue_?length|backlog)|(?:lag|queue|activation)_?-?(?:threshold|length))\b/i,
  },
  {
    // RabbitMQ, Kafka Connect, MinIO, Artemis.
    kind: 'lower-limit',
    say: (from, to) => `the store wants ${to} of its disk free instead of ${from}`,
    name: /\b(disk_?-?free_?-?limit(?:\.(?:absolute|relative))?|min(?:imum)?[_-](?:disk[_-])?free(?:[_-]\w{1,20})?|min-disk-free)\b/i,
  },
];

const VALUE = /^["'`>]?[\s:=,(]{0,6}["'`]?(\d[\d_]{0,14}(?:\.\d{1,4})?)\s?([kmg](?:i?b)?|%|r\/[sm])?/i;
const TIMES: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** `context`: the unchanged lines of the diff. */
export function runtimeLimits(sides: Sides, context: string): Effect[] {
  return [
    ...LOWERED.flatMap((setting) => changed(sides, setting, (was, now) => now * MUCH_LESS <= was)),
    ...RAISED.flatMap((setting) => changed(sides, setting, (was, now) => now >= was * MUCH_LESS)),
    ...smallerQuotas(sides, context),
    ...lowerRates(sides),
    ...effect('fewer-workers', isMadeSingle(sides) ? 'one thread does what several did' : ''),
    ...effect('fewer-workers', losesScaler(sides, context) ? 'no autoscaler adds instances any more' : ''),
    ...effect('smaller-pool', opensEach(sides) ? 'it opens a connection for each call' : ''),
  ];
}

type Value = Readonly<{ number: number; text: string }>;

function changed(
  { added, removed }: Sides,
  setting: Setting,
  isWorse: (was: number, now: number) => boolean,
): Effect[] {
  const before = valuesOf(removed, setting.name);
  for (const [name, now] of valuesOf(added, setting.name)) {
    const was = before.get(name);
    if (was !== undefined && was.number > 0 && isWorse(was.number, now.number))
      return effect(setting.kind, setting.say(was.text, now.text));
  }
  return [];
}

/** The first value of each setting, by its name in lower case. */
function valuesOf(text: string, setting: RegExp): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  for (const line of text.split('\n')) {
    const name = setting.exec(line);
    const value = name && VALUE.exec(line.slice(name.index + name[0].length));
    if (name?.[1] === undefined || value?.[1] === undefined || found.has(name[1].toLowerCase())) continue;
    const [, number, unit = ''] = value;
    const times = TIMES[unit.charAt(0).toLowerCase()] ?? 1;
    found.set(name[1].toLowerCase(), {
      number: Number(number.replaceAll('_', '')) * times,
      text: `${number.replaceAll('_', '')}${unit === '' ? '' : /^%/.test(unit) ? ' %' : ` ${unit}`}`,
    });
  }
  return found;
}

const OF_QUOTAS = /\bkind:\s{0,3}["']?(?:ResourceQuota|LimitRange)\b|\bresource_?quota\b|\bResourceQuota\b/;
const OF_QUOTA = /^\W{0,4}((?:(?:requests|limits|count)[./])?[a-z][\w./-]{1,60})["']?\s{0,3}[:=]/;

/** What a namespace may have: pods, processors, memory, volumes. */
function smallerQuotas(sides: Sides, context: string): Effect[] {
  if (!OF_QUOTAS.test(`${context}\n${sides.removed}\n${sides.added}`)) return [];
  const say = (from: string, to: string) => `a quota of the namespace is ${to} instead of ${from}`;
  return changed(sides, { kind: 'lower-limit', say, name: OF_QUOTA }, (was, now) => now < was);
}

/** nginx and HAProxy: `rate=100r/s`. */
const RATE = /\brate=(\d{1,7})r\/([sm])/i;

function lowerRates({ added, removed }: Sides): Effect[] {
  const [was, now] = [RATE.exec(removed), RATE.exec(added)];
  const isLower = was !== null && now !== null && was[2] === now[2] && Number(now[1]) * MUCH_LESS <= Number(was[1]);
  return effect('lower-limit', isLower ? `it allows ${now[1]} requests instead of ${was[1]}` : '');
}

/** Java, Kotlin, Tokio, .NET, Python. */
const MANY =
  /\bnew(?:Fixed|Cached|WorkStealing|VirtualThreadPerTask)\w{0,12}\(|\bmulti_thread\b|\bworker_threads\b|\bThreadPoolExecutor\(|\bDispatchers\.(?:IO|Default)\b/;
const SINGLE =
  /\bnewSingleThread\w{0,20}\(|\bcurrent_thread\b|\bThreadPoolExecutor\(\s{0,3}(?:max_workers\s{0,2}=\s{0,2})?1\s{0,3}\)|\blimitedParallelism\(1\)/;

function isMadeSingle({ added, removed }: Sides): boolean {
  return MANY.test(removed) && !SINGLE.test(removed) && SINGLE.test(added);
}

const OF_SCALERS = /auto_?-?scal(?:ing|er)|\bHorizontalPodAutoscaler\b|\bScaledObject\b|\bhpa\b/i;
const SWITCH =
  /\b(?:enable(?:d|_?-?auto_?-?scaling)?|auto_?-?scaling_?-?enabled)["']?\s{0,3}[:=]\s{0,3}["']?(true|false)\b/i;

/** `autoscaling: enabled: true` becomes false, in Helm, Terraform and the managed clusters. */
function losesScaler({ added, removed }: Sides, context: string): boolean {
  const isOf = OF_SCALERS.test(`${context}\n${removed}\n${added}`);
  return isOf && SWITCH.exec(removed)?.[1] === 'true' && SWITCH.exec(added)?.[1] === 'false';
}

/** Connections that stay open for the next call: Node.js, nginx, Django, SQLAlchemy, .NET, PHP, Go, Python. */
const KEEPS_OPEN =
  /\bkeep_?-?alive["']?\s{0,3}[:=]\s{0,3}["']?(?:true|on)\b|^\W{0,4}keepalive\s{1,4}[1-9]|\bproxy_http_version\s{1,4}1\.1|\bpersistent["']?\s{0,3}[:=]\s{0,3}true|\bpooling\s{0,3}=\s{0,3}true|\brequests\.Session\(|\bCONN_MAX_AGE["']?\s{0,3}[:=]\s{0,3}[1-9]/gim;
const OPENS_EACH =
  /\bkeep_?-?alive["']?\s{0,3}[:=]\s{0,3}["']?(?:false|off)\b|\bDisableKeepAlives\s{0,3}[:=]\s{0,3}true|\bConnection["']?\s{0,3}[:,=]?\s{0,3}["']close["']|\bpooling\s{0,3}=\s{0,3}false|\bNullPool\b|\bCONN_MAX_AGE["']?\s{0,3}[:=]\s{0,3}0\b/gim;

function opensEach({ added, removed }: Sides): boolean {
  return moreIn(added, removed, OPENS_EACH).length > 0 || moreIn(removed, added, KEEPS_OPEN).length > 0;
}

/** `orders: averageUtilization 60 -> 95`: the name of a limit and its two values. */
const IN_TITLE = /^(.{0,200}?)(\d[\w.%]{0,14})\s{0,3}(?:->|→|=>|\bto\b)\s{0,3}(\d[\w.%]{0,14})/;

/** The old and the new side of a title that says both values; empty where it does not. */
export function sidesOfTitle(title: string): Sides {
  const [, name = '', before = '', after = ''] = IN_TITLE.exec(title) ?? [];
  return after === '' ? { added: '', removed: '' } : { removed: `${name}${before}`, added: `${name}${after}` };
}
