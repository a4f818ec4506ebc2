/** Changes as people title them in a hurry, without a diff, beside other changes of the same hour. */
import { describe, expect, test } from 'vitest';
import { mechanismOf } from '#detect/signs/suspicion/failure-mechanisms.ts';
import type { Change } from '#model/changes/change.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { type FoundCause, namedBehind, suspectedBehind, symptomsOf } from '#test/change-stories.ts';
import { changed } from '#test/changes.ts';

const config = (text: string, more: Partial<Change> = {}) => ({ kind: 'config' as const, text, ...more });
const slow = (title: string, cause = 'latency'): FoundCause => ({ cause, title });
const failed = (said: string, cause = 'error-origin'): FoundCause => {
  return { cause, title: 'checkout POST /pay: 40 of 100 requests fail here', said, symptom: 'failed' };
};
const LATENCY = slow('checkout: p95 of POST /pay is 1.9 s, 210 ms in the baseline');
const QUERY = slow('checkout waits 1.2 s for one query', 'slow-query');
const POOL = slow('checkout waits 2 s for a connection of its pool', 'pool-exhaustion');
const LOCK = slow('UPDATE orders waits 6 s for a lock', 'lock-contention');
const CPU = slow('checkout: its CPU usage rose from 40 % to 98 % of the limit', 'resource-saturation');
const QUEUE = slow('checkout cannot keep up: messages wait 4 min', 'queue-backlog');
const OOM: FoundCause = { cause: 'oom-killed', title: 'checkout was killed, out of memory', symptom: 'failed' };
const MANY = slow('checkout calls GET /stock 40 times', 'n-plus-one-calls');
const TIMED_OUT = failed('context deadline exceeded after 300 ms: GET stock');
const DENIED = failed('401 Unauthorized: invalid signature');
const REFUSED = failed('dial tcp 10.2.0.4:5432: connect: connection refused');
const NO_HOST = failed('getaddrinfo ENOTFOUND payments.internal');
const NULL = failed("TypeError: Cannot read properties of undefined (reading 'currency')");
const NO_COLUMN = failed('ERROR: column orders.user_id does not exist');
const TOO_MANY = failed('429 Too Many Requests: rate limit exceeded');
const PARSING = failed('Cannot deserialize value of type Instant: unexpected token');
const GONE = failed('404 page not found: GET /api/v1/search');
const CRASH: FoundCause = {
  cause: 'crash-loop',
  title: 'checkout restarts again and again',
  said: 'java.lang.NoSuchMethodError: com.fasterxml.jackson.core.JsonParser.getX',
  symptom: 'failed',
};

type Story = readonly [found: FoundCause, culprit: Partial<Change>];

const STORIES: Readonly<Record<string, Story>> = {
  'a flag that is on': [NULL, { kind: 'flag', id: 'new-pay-flow', text: 'new-pay-flow on' }],
  'a flag for more people': [LATENCY, { kind: 'flag', id: 'reco-model-b', text: 'reco-model-b 10 → 100' }],
  'credentials, rotated': [DENIED, config('vault: rotate db creds')],
  'a certificate, swapped': [failed('x509: certificate signed by unknown authority'), config('New TLS cert for api')],
  'a signing key': [DENIED, config('switch to new jwt signing key')],
  'Terraform of a security group': [REFUSED, config('tf apply: clean up sg rules', { files: ['infra/sg.tf'] })],
  'a network policy, by its file': [
    failed('dial tcp 10.2.0.4:8080: i/o timeout'),
    config('PLAT-1234', { files: ['k8s/networkpolicies/default-deny.yaml'] }),
  ],
  'limits, tweaked': [OOM, config('tweak limits')],
  'smaller machines': [CPU, config('db + app: m5.2xlarge → m5.large')],
  'right-sized requests': [CPU, config('rightsizing: less cpu for checkout')],
  'an index, dropped': [QUERY, { kind: 'migration', text: 'cleanup: drop unused idx on orders' }],
  'an index, reverted': [QUERY, { text: 'Revert "Add index on orders.customer_id"' }],
  'a migration by its file': [
    QUERY,
    { text: 'PLAT-881 db cleanup', files: ['db/migrate/20250106_remove_index_from_orders.rb'] },
  ],
  'a column, renamed': [NO_COLUMN, { kind: 'migration', text: 'orders: user_id is now account_id' }],
  'a backfill': [LOCK, { kind: 'migration', text: 'backfill orders.region' }],
  'dependencies, bumped': [CRASH, { text: 'bump deps' }],
  'a framework, upgraded': [LATENCY, { text: 'Spring Boot 2.7 → 3.2', files: ['pom.xml'] }],
  'a base image': [CRASH, { text: 'Dockerfile: alpine → distroless', files: ['Dockerfile'] }],
  'an autoscaler': [LATENCY, config('hpa max 20 -> 5')],
  'a rate limit': [TOO_MANY, config('Protect us: rate limiting for all clients')],
  'a time-out': [TIMED_OUT, { text: 'Fail fast when stock is slow' }],
  'a time-out, tightened': [TIMED_OUT, config('tighter deadlines')],
  retries: [slow('checkout repeats each call 5 times', 'retry-storm'), { text: 'be resilient: retry harder' }],
  'a pool': [POOL, config('db pool tuning')],
  'a cache without effect': [LATENCY, config('prices: disable caching')],
  'a cache that is shorter': [
    slow('40 of 40 reads miss the cache', 'cache-miss-cascade'),
    config('fresher prices: ttl 10m → 5s'),
  ],
  'a name server': [NO_HOST, config('ndots back to default', { files: ['k8s/dns-config.yaml'] })],
  'another host': [NO_HOST, config('payments moved to new domain')],
  'a consumer': [QUEUE, config('consumer: 12 -> 2 threads')],
  'a consumer, one by one': [QUEUE, { text: 'process messages strictly in order' }],
  'a canary': [NULL, config('canary: 5 % → 50 % to v2')],
  'a cutover': [LATENCY, config('blue/green: cut over to green')],
  'a schedule': [CPU, config('nightly report now hourly')],
  'a job in the daytime': [QUERY, config('run archive job every 5 min')],
  'a provider': [TIMED_OUT, { text: 'New SMS provider' }],
  'a load test': [LATENCY, config('k6 soak test, 3x traffic')],
  'a revert of a cache': [LATENCY, { text: 'Revert "Cache exchange rates for 60 s" (#1182)' }],
  'a revert of a batch': [MANY, { text: 'Revert "Batch stock lookups"' }],
  'a rollback': [NO_COLUMN, { text: 'Rollback to 4.1.0' }],
  'a failover': [
    failed('ERROR: cannot execute UPDATE in a read-only transaction'),
    config('fail over orders-db to zone b'),
  ],
  'a region': [LATENCY, config('shift EU traffic to us-east-1')],
  'a query for each item': [MANY, { text: 'Show stock next to every cart item' }],
  'another version of the database': [QUERY, config('Engine upgrade 14.2 -> 16.1 (pg_upgrade)')],
  'all in one transaction': [LOCK, { text: 'Close all carts in one transaction' }],
  'a scaling with its former number': [
    failed('FATAL: sorry, too many clients already', 'pool-exhaustion'),
    { kind: 'scale', text: 'ps:scale web=15 (was 5)' },
  ],
  'a canary whose requests alone fail': [
    { cause: 'partial-outage', title: 'checkout: all requests of checkout-canary fail, no others', symptom: 'failed' },
    { id: 'checkout-5.2-canary', text: 'Canary of checkout 5.2' },
  ],
  'all rows': [QUERY, { text: 'Export: include full history' }],
  'more work': [CPU, { text: 'Stronger password hashing' }],
  'a heap': [slow('Garbage collection stops checkout for 2 s', 'gc-pause'), config('jvm: smaller heap')],
  'a route': [GONE, { text: 'API cleanup: v1 is gone' }],
  'a serializer': [PARSING, { text: 'Switch to kotlinx.serialization' }],
  'a firewall for the web': [failed('403 Forbidden'), config('WAF: managed rules on')],
  'a lock': [LOCK, { text: 'Prevent double bookings', files: ['src/booking/lock.ts'] }],
  'a probe': [
    { cause: 'crash-loop', title: 'checkout restarts: its liveness probe fails', symptom: 'failed' },
    config('tighten probes'),
  ],
};

/** What happens beside, of no use for the symptoms above. */
const BESIDE: readonly Change[] = [
  changed(-45, { kind: 'flag', service: '', id: 'help-widget-v2', text: 'help-widget-v2 on' }),
  changed(-90, { service: 'search', id: 's-1', text: 'bump deps', files: ['package.json'] }),
  changed(-150, { kind: 'config', service: 'mail', id: 'c-1', text: 'Pool of templates 4 to 8' }),
  changed(-200, { id: 'd-1', text: 'Fix typos in docs', files: ['docs/pay.md'] }),
  changed(-70, { kind: 'config', id: 'c-2', text: 'Grafana: two more panels', files: ['dashboards/pay.json'] }),
  changed(-110, { id: 'd-2', text: 'eslint 9', files: ['package.json'] }),
  changed(-400, { kind: 'scale', service: 'search', id: 'r-1', text: 'replicas 4 -> 5' }),
  changed(-30, { kind: 'config', service: 'reports', id: 'c-3', text: 'Cache lifetime of logos 1 h to 2 h' }),
  changed(-60, { service: 'web', id: 'd-3', text: 'Revert "New footer"' }),
  changed(-130, { kind: 'config', id: 'c-4', text: 'Log level of the job runner WARN to INFO' }),
  changed(-80, { kind: 'migration', service: 'search', id: 'm-1', text: 'drop old index on suggestions' }),
];
/** Of the same service and nearer, without a word of what it does. */
const NEARER = changed(-50, { id: 'nearer', text: 'PLAT-77 extract OrderMapper', files: ['src/order/mapper.ts'] });

function besideOf(at: number): readonly Change[] {
  return Array.from({ length: 4 }, (_, n) => BESIDE[(at * 3 + n) % BESIDE.length]).flatMap((one) => one ?? []);
}

test.each([
  ['a circuit breaker', 'circuit breaker in front of every call'],
  ['a rate limit', 'rate limiting for all clients'],
  ['load shedding', 'load shedding at the door'],
])('%s refuses, and makes no answer slow', (_, text) => {
  const change = changed(-150, { text });
  expect(mechanismOf(symptomsOf(LATENCY), change, codeChangeOf(change))).toBeUndefined();
});

describe.each(Object.entries(STORIES).map(([name, story], at) => [name, story, at] as const))(
  '%s',
  (_, [cause, culprit], at) => {
    const symptoms = symptomsOf(cause);
    const made = changed(culprit.kind === 'flag' ? -60 : -150, { id: 'culprit', ...culprit });

    test('is named beside others', () => {
      expect(namedBehind(symptoms, [...besideOf(at), made])).toBe(made.id);
    });

    test('a nearer deploy that says nothing is not named in its place', () => {
      expect([made.id, undefined]).toContain(namedBehind(symptoms, [...besideOf(at), NEARER, made]));
    });

    test('without it, none is named', () => {
      expect(suspectedBehind(symptoms, BESIDE).map(({ title }) => title)).toEqual([]);
    });

    test('of a service that has nothing to do with it, it is not named', () => {
      expect(suspectedBehind(symptoms, [{ ...made, service: 'newsletter' }])).toEqual([]);
    });
  },
);
