import { describe, expect, test } from 'vitest';
import { runDetector } from '#detect/run.ts';
import { releaseRegression } from '#detect/window/release-regression.ts';
import type { Change } from '#model/changes/change.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { changed } from '#test/changes.ts';
import { logLine } from '#test/log-lines.ts';
import { METRICS_WINDOW, series, seriesOf, testMetricDetector, wobble } from '#test/metrics.ts';
import { requestAt, timeOf, windowFindings } from '#test/requests.ts';
import { call, server, times } from '#test/trace.ts';

const AT_US = METRICS_WINDOW.fromUs;
const minute = (at: number) => AT_US + at * 60e6;

function release(of: Partial<Change> = {}): Change {
  return changed(0, { atUs: minute(4), id: 'f94b75d7c5', ...of });
}

const OLD_PODS = ['4kq2m', 'x7fds', 'pl9wz'].map((end) => `checkout-68c9f7d6b8-${end}`);
const NEW_POD = 'checkout-f94b75d7c5-q8n4t';

/** One gauge a pod: three old ones all the time, a new one from minute 5 on. */
function pods(
  name: string,
  {
    old,
    now,
    from = 5,
    service = 'checkout',
    more = {},
  }: Readonly<{
    old: (minute: number, pod: number) => number;
    now: (minute: number) => number | undefined;
    from?: number;
    service?: string;
    more?: Readonly<Record<string, string>>;
  }>,
) {
  const of = (pod: string) => pod.replace('checkout', service);
  return [
    ...OLD_PODS.map((pod, at) => series(name, { service, pod: of(pod), ...more }, (minute) => old(minute, at))),
    series(name, { service, pod: of(NEW_POD), ...more }, (minute) => (minute >= from ? now(minute) : undefined)),
  ];
}

const few = (minute: number) => 0.01 * Math.abs(wobble(minute));
/** All old pods until the switch in minute 5, and only new ones from then on. */
function switched(name: string, old: (minute: number) => number, now: (minute: number) => number) {
  const until = (minute: number) => (minute <= 5 ? old(minute) : undefined);
  return [
    ...OLD_PODS.map((pod, at) => series(name, { service: 'checkout', pod }, (minute) => until(minute + at / 10))),
    ...[NEW_POD, 'checkout-f94b75d7c5-z4w6p'].map((pod) =>
      series(name, { service: 'checkout', pod }, (minute) => (minute >= 5 ? now(minute) : undefined)),
    ),
  ];
}

const failing = (now: (minute: number) => number | undefined) => pods('http_error_ratio', { old: few, now });
const bad = (minute: number) => 0.3 + 0.1 * wobble(minute);
const withRelease = { more: { changes: [release()] } };

/** Counters by outcome, as a mesh reports them by version. */
function counted(
  labels: Readonly<Record<string, string>>,
  perMinute: (code: string, minute: number) => number | undefined,
) {
  return ['200', '503'].map((response_code) => {
    let sum = 0;
    return series('istio_requests_total', { reporter: 'destination', response_code, ...labels }, (minute) => {
      const more = perMinute(response_code, minute);
      if (more === undefined) return undefined;
      sum += more;
      return sum;
    });
  });
}

testMetricDetector(releaseRegression, {
  found: {
    'one of four pods is new, and a third of its requests fail': {
      metrics: failing(bad),
      ...withRelease,
      sightings: [
        {
          service: 'checkout',
          title:
            /^checkout: version f94b75d7c5 \(deploy f94b75d7c5\) fails 2\d % of requests, the old one 0\.\d %, since 14:35 UTC$/,
          facts: expect.objectContaining({ id: 'f94b75d7c5', kind: 'deploy', changedService: 'checkout' }),
        },
      ],
    },
    'the same without a record of the release': {
      metrics: failing(bad),
      sightings: [{ service: 'checkout', facts: expect.objectContaining({ id: 'f94b75d7c5', kind: 'deploy' }) }],
    },
    'the service of nobody’s alert': {
      metrics: pods('http_error_ratio', { old: few, now: bad, service: 'stock' }),
      more: { changes: [release({ service: 'stock' }), release({ id: 'aa11', text: 'new colours' })] },
      sightings: [{ service: 'stock', facts: expect.objectContaining({ id: 'f94b75d7c5', changedService: 'stock' }) }],
    },
    'versions that a mesh counts, in the old and the new one': {
      metrics: [
        ...counted({ destination_workload: 'checkout', destination_version: '1.8.0' }, (code) =>
          code === '200' ? 200 : 1,
        ),
        ...counted({ destination_workload: 'checkout', destination_version: '1.9.0' }, (code, at) =>
          at < 5 ? undefined : code === '200' ? 30 : 12,
        ),
      ],
      more: { changes: [release({ id: '7c41e0b', text: 'checkout 1.9.0' })] },
      sightings: [
        {
          title: /^checkout: version 1\.9\.0 \(deploy 7c41e0b\) fails 29 % of requests, the old one 0\.5 %/,
        },
      ],
    },
    'a canary of Flagger beside the primary deployment': {
      metrics: [
        series('request_latency_p99_seconds', { deployment: 'checkout-primary' }, (at) => 0.12 + 0.01 * wobble(at)),
        series('request_latency_p99_seconds', { deployment: 'checkout-canary' }, (at) =>
          at < 4 ? undefined : 0.9 + 0.1 * wobble(at),
        ),
      ],
      more: { changes: [release({ id: '2f10c4', text: 'canary of 3.1' })] },
      sightings: [{ service: 'checkout', title: /takes 8\d\d ms, the old one 1\d\d ms/ }],
    },
    'old and new pods whose metrics spell the service differently': {
      metrics: failing(bad).map((one) =>
        one.metric.pod === NEW_POD ? one : { ...one, metric: { ...one.metric, service: 'Checkout' } },
      ),
      more: { changes: [release({ service: 'checkout-service' })] },
      sightings: [{ title: /fails 2\d % of requests, the old one 0\.\d %/ }],
    },
    'requests that only a histogram of durations counts, by their outcome': {
      metrics: [OLD_PODS[0] ?? '', OLD_PODS[1] ?? '', NEW_POD].flatMap((pod) =>
        ['SUCCESS', 'SERVER_ERROR'].map((outcome) => {
          const status = outcome === 'SUCCESS' ? '200' : '500';
          const labels = { application: 'checkout', pod, outcome, status, uri: '/orders' };
          const perMinute = outcome === 'SUCCESS' ? 40 : pod === NEW_POD ? 12 : 0;
          return series('http_server_requests_seconds_count', labels, (at) =>
            pod === NEW_POD && at < 5 ? undefined : (at + 100) * perMinute,
          );
        }),
      ),
      ...withRelease,
      sightings: [{ title: /fails 23 % of requests, the old one 0 %/ }],
    },
    'durations whose sum has no outcome, and whose count has one': {
      metrics: [OLD_PODS[0] ?? '', OLD_PODS[1] ?? '', NEW_POD].flatMap((pod) => {
        const labels = { application: 'checkout', pod, uri: '/orders' };
        const from = (at: number, value: number) => (pod === NEW_POD && at < 5 ? undefined : value);
        const seconds = pod === NEW_POD ? 0.9 : 0.1;
        const name = 'http_server_requests_seconds';
        return [
          series(`${name}_sum`, labels, (at) => from(at, (at + 100) * 50 * seconds)),
          series(`${name}_count`, { ...labels, outcome: 'SUCCESS', status: '200' }, (at) => from(at, (at + 100) * 45)),
          series(`${name}_count`, { ...labels, outcome: 'CLIENT_ERROR', status: '404' }, (at) =>
            from(at, (at + 100) * 5),
          ),
        ];
      }),
      ...withRelease,
      sightings: [{ title: /takes 900 ms, the old one 100 ms/ }],
    },
    'a switch from blue to green, after which all new pods fail': {
      metrics: switched('http_error_ratio', few, bad),
      ...withRelease,
      sightings: [
        {
          title:
            /^checkout: version f94b75d7c5 \(deploy f94b75d7c5\) fails 2\d % of requests, the old one 0\.\d %, since 14:35/,
          facts: expect.objectContaining({ form: 'after' }),
          explanation: /well until their last minute/,
        },
      ],
    },
    'a quick rollout, after which all new pods are slow': {
      metrics: switched(
        'request_latency_p95_seconds',
        () => 0.1,
        (at) => 5 + 0.2 * wobble(at),
      ),
      ...withRelease,
      sightings: [{ title: /takes [45](?:\.\d)? s, the old one 100 ms/ }],
    },
    'memory that only grows in the new one': {
      metrics: pods('container_memory_working_set_bytes', {
        old: (at, pod) => 3e8 + 1e7 * wobble(at + pod),
        now: (at) => 3.2e8 + 6e7 * (at - 5),
      }),
      ...withRelease,
      sightings: [{ title: /uses ever more memory/ }],
    },
    'a new one that does not run': {
      metrics: pods('container_memory_working_set_bytes', {
        old: (at, pod) => 3e8 + 1e7 * wobble(at + pod),
        now: () => 0,
      }),
      ...withRelease,
      sightings: [{ title: /version f94b75d7c5 \(deploy f94b75d7c5\) does not run, and the old one does/ }],
    },
    'no new one at all, an old one less, and failing calls': {
      metrics: [
        ...OLD_PODS.map((pod, place) =>
          series('pod_cpu_usage_percent', { service: 'checkout', pod }, (at) =>
            place === 0 && at > 4 ? undefined : 20 + wobble(at + place),
          ),
        ),
        series('request_error_ratio', { service: 'checkout', source: 'web' }, (at) => (at > 5 ? 0.3 : 0)),
      ],
      ...withRelease,
      sightings: [
        { title: /^checkout: no instance of deploy f94b75d7c5 reports since 14:34 UTC, and up to 30 % of the calls/ },
      ],
    },
    'a new one that fails from its first minute on, and is gone after the second': {
      metrics: failing((at) => (at < 7 ? 1 : undefined)),
      ...withRelease,
      sightings: [{ title: /fails 100 % of requests, .*, since 14:35 UTC$/ }],
    },
    'a copy of the new one under the name of an old pod': {
      metrics: [
        ...pods('pod_memory_usage_percent', {
          old: (at, pod) => 40 + wobble(at + 7 * pod),
          now: (at) => 41 + wobble(at),
        }),
        series(
          'pod_memory_usage_percent',
          { service: 'checkout', pod: 'checkout-68c9f7d6b8-c0p1e' },
          (at) => 41 + wobble(at),
        ),
        ...failing(bad),
        series('http_error_ratio', { service: 'checkout', pod: 'checkout-68c9f7d6b8-c0p1e' }, (at) =>
          at < 5 ? few(at) : bad(at),
        ),
      ],
      ...withRelease,
      sightings: [{ title: /fails 2\d % of requests/ }],
    },
  },
  clear: {
    'a new version that does as well': { metrics: failing(few), ...withRelease },
    'its first minute': { metrics: failing((at) => (at === 5 ? 1 : few(at))), ...withRelease },
    'a switch, before which the old pods failed already': {
      metrics: switched('http_error_ratio', (at) => (at < 4 ? few(at) : bad(at)), bad),
      ...withRelease,
    },
    'a switch, after which the new pods do well at first': {
      metrics: switched('http_error_ratio', few, (at) => (at < 8 ? few(at) : bad(at))),
      ...withRelease,
    },
    'a switch, after which the new pods fill their caches': {
      metrics: switched(
        'request_latency_p95_seconds',
        () => 0.1,
        (at) => (at < 14 ? 0.6 : 0.11),
      ),
      ...withRelease,
    },
    'a switch, after which the new pods do as well': {
      metrics: switched('http_error_ratio', few, few),
      ...withRelease,
    },
    'one bad minute later': { metrics: failing((at) => (at === 9 ? 1 : few(at))), ...withRelease },
    'old pods that fail as often': {
      metrics: pods('http_error_ratio', { old: (at) => (at < 5 ? few(at) : bad(at + 3)), now: bad }),
      ...withRelease,
    },
    'old pods that differ as much among themselves': {
      metrics: pods('http_error_ratio', { old: (at, pod) => (pod === 0 ? 0.28 : 0) + few(at), now: bad }),
      ...withRelease,
    },
    'old pods that did the same at other times': {
      metrics: pods('http_error_ratio', { old: (at) => (at < 5 && at % 3 === 0 ? 0.4 : few(at)), now: bad }),
      ...withRelease,
    },
    'a scaled service: more pods of the old version': {
      metrics: [
        ...failing(few).slice(0, 3),
        series('http_error_ratio', { service: 'checkout', pod: 'checkout-68c9f7d6b8-new01' }, (at) =>
          at > 5 ? bad(at) : undefined,
        ),
      ],
      more: { changes: [release({ kind: 'scale', id: '5 replicas' })] },
    },
    'a sick machine, on which a pod of another service is as bad': {
      metrics: [
        ...pods('http_error_ratio', { old: few, now: bad, more: {} }).map((one) => ({
          ...one,
          metric: { ...one.metric, node: one.metric.pod === NEW_POD ? 'node-7' : 'node-1' },
        })),
        series('http_error_ratio', { service: 'stock', pod: 'stock-5b7d9c8f6-aa2bb', node: 'node-7' }, (at) =>
          at < 2 ? 0 : 0.4,
        ),
        series('http_error_ratio', { service: 'stock', pod: 'stock-5b7d9c8f6-cc4dd', node: 'node-1' }, few),
      ],
      ...withRelease,
    },
    'latency with an empty cache': {
      metrics: pods('request_latency_p95_seconds', { old: () => 0.02, now: (at) => (at < 7 ? 0.4 : 0.022) }),
      ...withRelease,
    },
    'latency of milliseconds': {
      metrics: pods('request_latency_p95_seconds', { old: () => 0.002, now: () => 0.007 }),
      ...withRelease,
    },
    'memory that is smaller, as caches are empty': {
      metrics: pods('container_memory_working_set_bytes', { old: () => 6e8, now: (at) => 1e8 + 2e7 * (at - 5) }),
      ...withRelease,
    },
    'CPU alone': { metrics: pods('pod_cpu_usage_percent', { old: () => 2, now: () => 60 }), ...withRelease },
    'very few requests, of which one fails': {
      metrics: [
        ...counted({ service: 'checkout', pod: OLD_PODS[0] ?? '' }, (code) => (code === '200' ? 60 : 0)),
        ...counted({ service: 'checkout', pod: NEW_POD }, (code, at) =>
          at < 5 ? undefined : code === '200' ? 1 : at % 4 === 0 ? 1 : 0,
        ),
      ],
      ...withRelease,
    },
    'a pod less, and nobody’s calls fail': {
      metrics: OLD_PODS.map((pod, place) =>
        series('pod_cpu_usage_percent', { service: 'checkout', pod }, (at) =>
          place === 0 && at > 4 ? undefined : 20 + wobble(at),
        ),
      ),
      ...withRelease,
    },
    'two versions of which nothing says which is new': {
      metrics: [
        series('http_error_ratio', { service: 'checkout', version: 'blue' }, few),
        series('http_error_ratio', { service: 'checkout', version: 'green' }, bad),
      ],
    },
  },
});

describe('single requests', () => {
  const answer = (version: string, failed: boolean, ms = 80, service = 'checkout', operation = 'POST /orders') =>
    server(service, operation, {
      ms,
      failed,
      resource: {
        'service.version': version,
        'k8s.pod.name': `checkout-${version === '2.4.0' ? NEW_POD : OLD_PODS[0]}`,
      },
    });
  const drawn = (failsNew: number, failsOld: number, { news = 40, ms = 80 } = {}) => [
    ...times(40, (n) => requestAt(-600 + n * 5, answer('2.3.1', false))),
    ...times(120, (n) => requestAt(n * 5, answer('2.3.1', n % 40 < failsOld))),
    ...times(news, (n) => requestAt(240 + n * 8, answer('2.4.0', n % 40 < failsNew, ms))),
  ];
  const found = (requests: ReturnType<typeof drawn>) =>
    windowFindings(releaseRegression, { requests, window: timeOf(requests, 'web') }).map(({ title }) => title);

  test('28 of 40 fail in the new version, and none in the old one', () => {
    expect(found(drawn(28, 0))).toEqual([
      expect.stringMatching(
        /^checkout: version 2\.4\.0 \(deploy \S+\) fails 28 of 40 requests, the old one 0 of \d+, since 14:34 UTC$/,
      ),
    ]);
  });

  test('the same where the new version spells its name differently', () => {
    const spelled = [
      ...times(120, (n) => requestAt(n * 5, answer('2.3.1', false, 80, 'Checkout'))),
      ...times(40, (n) => requestAt(240 + n * 8, answer('2.4.0', n % 40 < 28))),
    ];
    expect(found(spelled)).toEqual([expect.stringMatching(/fails 28 of 40 requests, the old one 0 of \d+/)]);
  });

  test('the new version takes five times as long', () => {
    expect(found(drawn(0, 0, { ms: 400 }))).toEqual([expect.stringMatching(/takes 400 ms, the old one 80 ms/)]);
  });

  const sized = (version: string, bytes: number) => {
    const full = answer(version, false);
    return { ...full, span: { ...full.span, attributes: { 'http.response.body.size': bytes } } };
  };
  const sizes = (ofNew: number, ofOld: number) => [
    ...times(120, (n) => requestAt(n * 5, sized('2.3.1', ofOld + n))),
    ...times(40, (n) => requestAt(240 + n * 8, sized('2.4.0', ofNew))),
  ];

  test('the new version answers with almost nothing', () => {
    expect(found(sizes(220, 7400))).toEqual([
      expect.stringMatching(/answers POST \/orders with 220 bytes, the old one with 7\.5 kB/),
    ]);
  });

  test('the new version compresses its answers, or both are small', () => {
    expect(found(sizes(1200, 7400))).toEqual([]);
    expect(found(sizes(2, 600))).toEqual([]);
  });

  test('one of its operations fails, among many that do not', () => {
    const of = (version: string, failed: boolean) => answer(version, failed, 80, 'checkout', 'GET /insurance');
    const oneFails = (fails: boolean) => [
      ...drawn(0, 0, { news: 300 }),
      ...times(400, (n) => requestAt(600 + n * 5, answer('2.3.1', false))),
      ...times(20, (n) => requestAt(250 + n * 16, of('2.4.0', fails && n % 4 > 0))),
      ...times(40, (n) => requestAt(n * 14, of('2.3.1', false))),
    ];
    expect(found(oneFails(true))).toEqual([expect.stringMatching(/fails 15 of 19 GET \/insurance requests/)]);
    expect(found(oneFails(false))).toEqual([]);
  });

  test('answers of an old version that ended before the first failure say nothing', () => {
    // The last old answer comes at 300 s, and all go to the new version since 240 s.
    const switched = (failsFrom: number) => [
      ...times(60, (n) => requestAt(n * 5, answer('2.3.1', false))),
      ...times(60, (n) => requestAt(240 + n * 5, answer('2.4.0', n * 5 >= failsFrom && n % 3 > 0))),
    ];
    expect(found(switched(70))).toEqual([]);
    // A few old answers more do not compare the two either.
    expect(found([...switched(50), ...times(3, (n) => requestAt(305 + n * 90, answer('2.3.1', false)))])).toEqual([]);
  });

  describe('on one machine', () => {
    const on = (service: string, version: string, node: string, ms: number) =>
      server(service, `GET /${service}`, {
        ms,
        resource: {
          'service.version': version,
          'k8s.pod.name': `${service}-${version === '2.4.0' ? 'f94b75d7c5' : '68c9f7d6b8'}-${node}`,
          'k8s.node.name': node,
        },
      });
    const slowOn = (stockMs: number, oldMs = 80) => [
      ...times(120, (n) => requestAt(n * 5, on('checkout', '2.3.1', `node${n % 2}`, 80))),
      ...times(40, (n) => requestAt(240 + n * 8, on('checkout', '2.4.0', 'node7', 400))),
      ...times(40, (n) => requestAt(240 + n * 8, on('checkout', '2.3.1', 'node7', oldMs))),
      ...times(80, (n) => requestAt(240 + n * 4, on('stock', '1.0.0', `node${n % 2}`, 20))),
      ...times(40, (n) => requestAt(240 + n * 8, on('stock', '1.0.0', 'node7', stockMs))),
    ];

    test('the new version is as slow as a pod of another service there', () => {
      expect(found(slowOn(100))).toEqual([]);
    });

    test('the new version is as slow as an old one there', () => {
      expect(found(slowOn(20, 400))).toEqual([]);
    });

    test('the new version is slow, and its neighbours are well', () => {
      expect(found(slowOn(20))).toEqual([expect.stringMatching(/takes 400 ms, the old one 80 ms/)]);
    });
  });

  describe('calls', () => {
    const asking = (version: string, calls: number, ms: number) => {
      const pod = `checkout-${version === '2.4.0' ? NEW_POD : OLD_PODS[0]}`;
      const resource = { 'service.version': version, 'k8s.pod.name': pod };
      return server(
        'checkout',
        'GET /cart',
        { ms: 200, resource },
        times(calls, (n) => {
          const at = 5 + n * (ms + 2);
          const answered = server('prices', 'GET /prices', { at: at + 0.5, ms });
          return call('checkout', 'prices', 'GET /prices', { at, ms: ms + 1 }, [answered]);
        }),
      );
    };
    const both = (calls: number, ms: number) => ({
      healthy: times(60, (n) => requestAt(-600 + n * 5, asking('2.3.1', 1, 5))),
      requests: [
        ...times(120, (n) => requestAt(n * 5, asking('2.3.1', 1, n * 5 < 240 ? 5 : ms))),
        ...times(40, (n) => requestAt(240 + n * 8, asking('2.4.0', calls, ms))),
      ],
    });
    const said = (drawn: ReturnType<typeof both>) =>
      windowFindings(releaseRegression, { ...drawn, window: timeOf(drawn.requests, 'prices') }).map(
        ({ title }) => title,
      );

    test('the new version asks six times as often, and the callee gets slow', () => {
      expect(said(both(6, 20))).toEqual([
        expect.stringMatching(/^checkout: version 2\.4\.0 .*calls prices 6 times for each request, the old one 1 time/),
      ]);
    });

    test('it asks as often, or nobody is slower for it', () => {
      expect(said(both(1, 20))).toEqual([]);
      expect(said(both(6, 5))).toEqual([]);
    });
  });

  test.each([
    ['both fail as often', drawn(12, 12)],
    ['three requests of the new version', drawn(3, 0, { news: 3 })],
    ['three failures', drawn(3, 0)],
    ['half as long again', drawn(0, 0, { ms: 120 })],
  ])('nothing is said where %s', (_, requests) => {
    expect(found(requests)).toEqual([]);
  });
});

describe('lines', () => {
  const line = (at: number, version: string, level: string, text: string): LogLine =>
    logLine(text, { service: 'checkout', level, labels: { version }, timeNs: `${AT_US + at * 1e6}000` });
  const lines = (errors: number) => [
    ...times(90, (n) => line(n * 10 - 300, 'v1', 'info', `order ${n} placed`)),
    ...times(30, (n) =>
      line(
        240 + n * 12,
        'v2',
        n < errors ? 'error' : 'info',
        n < errors ? `no tax rate for ${n}` : `order ${n} placed`,
      ),
    ),
  ];
  const found = (logs: readonly LogLine[]) => {
    const inOrder = logs.toSorted((a, b) => Number(a.timeNs) - Number(b.timeNs));
    const outcome = runDetector(releaseRegression, {
      window: METRICS_WINDOW,
      logs: inOrder,
      changes: [release({ text: 'v2' })],
    });
    return outcome.kind === 'found' ? outcome.findings.map(({ title }) => title) : [];
  };

  test('errors that only the new version writes', () => {
    expect(found(lines(20))).toEqual([
      'checkout: version v2 (deploy f94b75d7c5) writes 20 errors in 30 lines, the old one 0 in 35, since 14:34 UTC',
    ]);
  });

  test.each<[string, (pod: string, version: string) => string]>([
    ['the pod', (pod) => `[pod/${pod}/checkout] `],
    ['the pod and the version', (pod, version) => `${pod} checkout@${version} `],
    ['both in brackets', (pod, version) => `[${pod} ${version}] `],
  ])('whose beginning names %s', (_, prefix) => {
    const named = lines(20).map(({ labels, ...one }) => {
      const pod = labels.version === 'v2' ? NEW_POD : (OLD_PODS[0] ?? '');
      const text = prefix(pod, labels.version === 'v2' ? '2.0.1' : '1.9.0');
      return { ...one, labels: {}, line: `${text}${one.line}` };
    });
    expect(found(named)).toEqual([expect.stringMatching(/writes 20 errors in 30 lines, the old one 0 in 35/)]);
  });

  test('a pod of another service at the beginning wrote none of them', () => {
    const passed = lines(20).map(({ labels, ...one }) => {
      const pod = (labels.version === 'v2' ? NEW_POD : (OLD_PODS[0] ?? '')).replace('checkout', 'stock');
      return { ...one, labels: {}, line: `${pod} answered 500: ${one.line}` };
    });
    expect(found(passed)).toEqual([]);
  });

  test('errors that the old version wrote right before the new one took over', () => {
    const before = times(20, (n) => line(120 + n * 6, 'v1', 'error', `no tax rate for ${n}`));
    expect(found([...lines(20), ...before])).toEqual([]);
    const longBefore = times(20, (n) => line(n * 4 - 280, 'v1', 'error', `no tax rate for ${n}`));
    expect(found([...lines(20), ...longBefore])).toHaveLength(1);
  });

  test('errors of two minutes, in which the old version wrote nothing, say nothing', () => {
    const quiet = lines(0).filter(({ labels, timeNs }) => {
      const at = (Number(timeNs) / 1000 - AT_US) / 1e6;
      return labels.version === 'v2' || at < 300 || at > 420;
    });
    const burst = times(24, (n) => line(300 + n * 5, 'v2', 'error', `stock did not answer ${n}`));
    const after = times(40, (n) => line(425 + n * 6, 'v1', 'info', `order ${n} placed`));
    const later = times(40, (n) => line(424 + n * 6, 'v2', 'info', `order ${n} placed`));
    expect(found([...quiet, ...burst, ...after, ...later])).toEqual([]);
    // The old version wrote in these minutes, and no error.
    const beside = times(60, (n) => line(300 + n * 2, 'v1', 'info', `order ${n} placed`));
    expect(found([...quiet, ...burst, ...after, ...later, ...beside])).toEqual([
      expect.stringMatching(/writes 24 errors/),
    ]);
  });

  test('lines of an old version that fell silent before the first error say nothing', () => {
    const silent = lines(0).filter(({ labels, timeNs }) => {
      const at = (Number(timeNs) / 1000 - AT_US) / 1e6;
      return labels.version === 'v2' ? at < 300 : at < 310;
    });
    const errors = times(60, (n) => line(320 + n * 4, 'v2', 'error', `no tax rate for ${n}`));
    expect(found([...silent, ...errors])).toEqual([]);
  });

  test('lines of old pods that get no requests any more say nothing', () => {
    const ofPod = (at: number, pod: string, level: string, text: string): LogLine =>
      logLine(text, { service: 'checkout', level, labels: { pod }, timeNs: `${AT_US + at * 1e6}000` });
    const logs = [
      ...times(30, (n) => ofPod(240 + n * 12, OLD_PODS[n % 3] ?? '', 'info', 'health check ok')),
      ...times(60, (n) => ofPod(300 + n * 4, NEW_POD, 'error', `no tax rate for ${n}`)),
    ].toSorted((a, b) => Number(a.timeNs) - Number(b.timeNs));
    const of = (pod: string, perMinute: (minute: number) => number | undefined) =>
      counted({ service: 'checkout', pod }, (code, at) => (code === '200' ? perMinute(at) : 0));
    const requests = (later: number) => [
      ...OLD_PODS.flatMap((pod) => of(pod, (at) => (at < 5 ? 60 : later))),
      ...of(NEW_POD, (at) => (at < 4 ? undefined : 60)),
    ];
    const said = (perMinute: number) => {
      const metrics = seriesOf(requests(perMinute));
      const outcome = runDetector(releaseRegression, { window: METRICS_WINDOW, logs, metrics, changes: [release()] });
      return outcome.kind === 'found' ? outcome.findings.map(({ title }) => title) : [];
    };
    expect(said(0)).toEqual([]);
    expect(said(60)).toEqual([expect.stringMatching(/writes 60 errors/)]);
  });

  test('a few errors say nothing', () => {
    expect(found(lines(3))).toEqual([]);
  });
});
