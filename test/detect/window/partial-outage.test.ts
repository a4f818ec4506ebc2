import { describe, expect, test } from 'vitest';
import { partialOutage } from '#detect/window/partial-outage.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Attributes } from '#model/trace/columns.ts';
import { type DrawnRequest, requestAt, testWindowDetector, timeOf, windowFindings } from '#test/requests.ts';
import { call, server, times } from '#test/trace.ts';

type Asked = Readonly<{
  attributes?: Attributes;
  failed?: boolean;
  ms?: number;
  pod?: Attributes;
  payment?: Attributes;
  operation?: string;
}>;

/** A request through two services, every second; a failure begins in payment. */
function order(
  at: number,
  { attributes, failed = false, ms = 40, pod, payment, operation = 'POST /orders' }: Asked,
): DrawnRequest {
  const charge = server('payment', 'POST /charge', {
    at: 8,
    ms: ms / 2,
    failed,
    ...(payment && { attributes: payment }),
    resource: pod ?? {},
  });
  return requestAt(
    at,
    server('shop', operation, { ms, failed, attributes: attributes ?? {} }, [
      call('shop', 'payment', 'POST /charge', { at: 6, ms: ms / 2 + 4, failed }, [charge]),
    ]),
  );
}

/** So many of each, of which so many fail, spread over the time. */
function mixed(groups: readonly (readonly [count: number, failing: number, asked: Asked])[]): DrawnRequest[] {
  return groups.flatMap(([count, failing, asked], group) =>
    times(count, (n) =>
      order(n * 3 + group, {
        ...asked,
        failed: Math.floor((n * failing) / count) !== Math.floor(((n + 1) * failing) / count),
      }),
    ),
  );
}

const region = (name: string, more: Asked = {}): Asked => ({
  ...more,
  attributes: { 'cloud.region': name, ...more.attributes },
});

const GUIDE = mixed([
  [100, 2, region('US-East')],
  [100, 45, region('EU-West')],
  [100, 3, region('APAC')],
]);

testWindowDetector(partialOutage, {
  found: {
    'the region of the guide': {
      requests: GUIDE,
      sightings: [
        {
          service: 'payment',
          operation: 'POST /charge',
          title: 'payment: 45 % of requests with cloud.region EU-West fail, but only 2.5 % of the others',
          explanation: /45 of 100 requests with cloud\.region EU-West fail, and 5 of 200 of the others\./,
          remedy: /Move traffic away from cloud\.region EU-West if another place can serve it\./,
          facts: {
            attribute: 'cloud.region',
            value: 'EU-West',
            with: 100,
            withSuffering: 45,
            others: 200,
            othersSuffering: 5,
          },
        },
      ],
    },
    'a promo code that only some requests have': {
      requests: [
        ...times(80, (n) => order(n * 2, { attributes: {} })),
        ...times(20, (n) => order(n * 8 + 1, { attributes: { 'app.promo_code': 'SUMMER24' }, failed: true })),
      ],
      sightings: [
        { title: /^payment: 100 % of requests with app\.promo_code SUMMER24 fail, but only 0 % of the others$/ },
      ],
    },
    'one of several pods of a service on the way': {
      requests: mixed(
        [1, 2, 3, 4].map(
          (n) =>
            [
              40,
              n === 3 ? 30 : 1,
              { pod: { 'k8s.pod.name': `payment-${n}`, 'k8s.node.name': `node-${n % 2}` } },
            ] as const,
        ),
      ),
      sightings: [
        {
          title:
            /^payment: 75 % of requests with k8s\.pod\.name payment-3 of payment fail, but only 2\.5 % of the others$/,
          remedy:
            /Remove k8s\.pod\.name payment-3 of payment from load balancing, keep it for analysis, and start another\./,
        },
      ],
    },
    'all pods of a region, told as the region': {
      requests: mixed([
        ...[1, 2, 3].map((n) => [40, 24, region('EU-West', { pod: { 'k8s.pod.name': `eu-${n}` } })] as const),
        ...[1, 2, 3].map((n) => [40, 1, region('APAC', { pod: { 'k8s.pod.name': `ap-${n}` } })] as const),
      ]),
      sightings: [
        { title: /^payment: 60 % of requests with cloud\.region EU-West fail, but only 2\.5 % of the others$/ },
      ],
    },
    'a version that is the same as a pod, told as one': {
      requests: mixed([
        [60, 50, { pod: { 'k8s.pod.name': 'payment-9', 'service.version': '2.1' } }],
        ...[1, 2, 3].map(
          (n) => [40, 0, { pod: { 'k8s.pod.name': `payment-${n}`, 'service.version': '2.0' } }] as const,
        ),
      ]),
      sightings: [
        {
          title: /^payment: 83 % of requests with service\.version 2\.1 of payment fail, but only 0 % of the others$/,
          explanation: /50 of 60 requests with service\.version 2\.1 of payment fail, and 0 of 120 of the others\./,
        },
      ],
    },
    'bodies over 1 MB': {
      requests: times(200, (n) => {
        const size = ((n * 7919) % 2000) * 1000 + 137;
        return order(n, { attributes: { 'http.request.body.size': size }, failed: size > 1_000_000 });
      }),
      sightings: [
        {
          title: /requests with http\.request\.body\.size over (?:1|1\.0\d|0\.9\d|9\d\d) [kM]B fail \(9\d %|100 %/,
          remedy: /a limit/,
        },
      ],
    },
    'a type of request': {
      requests: mixed([
        [50, 30, { operation: 'POST /refunds' }],
        [150, 1, { operation: 'POST /orders' }],
      ]),
      sightings: [
        {
          title: /^payment: 60 % of requests for shop POST \/refunds fail, but only 0\.7 % of the others$/,
          remedy: /that only shop POST \/refunds uses/,
        },
      ],
    },
    'a flag in an event': {
      requests: times(100, (n) => {
        const isOn = n % 4 === 0;
        const events = [
          {
            at: 1,
            name: 'feature_flag.evaluation',
            attributes: { 'feature_flag.key': 'newCheckout', 'feature_flag.result.variant': isOn ? 'on' : 'off' },
          },
        ];
        return requestAt(n, server('shop', 'POST /orders', { ms: 40, failed: isOn && n % 8 === 0, events }));
      }),
      sightings: [{ title: /with flag newCheckout on fail/, remedy: /Switch the flag newCheckout off/ }],
    },
    'a version on one platform, where neither alone is bad': {
      requests: mixed(
        ['ios', 'android', 'web'].flatMap((platform) =>
          ['1.8', '1.9'].map(
            (version) =>
              [
                50,
                platform === 'ios' && version === '1.9' ? 40 : 1,
                { attributes: { 'app.platform': platform, 'app.version': version } },
              ] as const,
          ),
        ),
      ),
      sightings: [
        {
          title:
            /^payment: 80 % of requests with app\.platform ios and app\.version 1\.9 fail, but only 2 % of the others$/,
        },
      ],
    },
    'two regions that each have trouble of their own': {
      requests: mixed([
        [100, 60, region('EU-West')],
        [100, 50, region('EU-North')],
        [400, 4, region('US-East')],
      ]),
      sightings: [{ title: /EU-West fail/ }, { title: /EU-North fail/ }],
    },
    'a tenant whose requests are slow': {
      requests: [
        ...times(100, (n) => order(n, { attributes: { tenant: 'small' } })),
        ...times(40, (n) => order(n * 2, { attributes: { tenant: 'acme' }, ms: 900 })),
      ],
      healthy: times(100, (n) =>
        order(n - 300, { attributes: { tenant: n % 3 === 0 ? 'acme' : 'small' }, ms: 38 + (n % 9) }),
      ),
      sightings: [
        {
          service: 'payment',
          title:
            /^payment: 100 % of requests with tenant acme take more than twice as long as usual, but only 0 % of the others$/,
        },
      ],
    },
  },

  clear: {
    'requests that fail everywhere': {
      requests: mixed(['a', 'b', 'c'].map((name) => [60, 30, region(name)] as const)),
    },
    'no failure': { requests: mixed(['a', 'b'].map((name) => [60, 0, region(name)] as const)) },
    'four failing ones, one less than asked for': {
      requests: mixed([
        [10, 4, region('EU')],
        [200, 0, region('US')],
      ]),
    },
    'a value of nine requests': {
      requests: mixed([
        [9, 9, region('EU')],
        [200, 0, region('US')],
      ]),
    },
    'twice as often': {
      requests: mixed([
        [300, 120, region('EU')],
        [300, 60, region('US')],
      ]),
    },
    'a difference that chance explains': {
      requests: mixed([
        [20, 6, region('EU')],
        [40, 1, region('US')],
      ]),
    },
    'a region that always fails so': {
      requests: GUIDE,
      healthy: mixed([
        [60, 28, region('EU-West')],
        [60, 1, region('US-East')],
      ]),
    },
    'a type of request of which the few healthy ones failed as well': {
      requests: mixed([
        [20, 20, { operation: 'POST /refunds' }],
        [150, 0, {}],
      ]),
      healthy: mixed([
        [3, 2, { operation: 'POST /refunds' }],
        [150, 0, {}],
      ]),
    },
    'ids that each request has for itself': {
      requests: times(200, (n) =>
        order(n, { attributes: { 'order.id': `o-${n}`, 'session.id': `s-${n}` }, failed: n % 5 === 0 }),
      ),
    },
    'a number that only counts up, where failures began in between': {
      requests: times(200, (n) => order(n, { attributes: { 'order.total_count': n * 3 }, failed: n > 120 })),
    },
    'what tells of the outcome': {
      requests: times(200, (n) =>
        order(n, {
          attributes: { 'http.response.status_code': n % 5 === 0 ? 500 : 200, 'app.retries': n % 5 === 0 ? 3 : 0 },
          failed: n % 5 === 0,
        }),
      ),
    },
    'an attribute that only the failing work has': {
      requests: times(100, (n) => {
        const failed = n % 4 === 0;
        const handled = failed
          ? [server('shop', 'ErrorPage', { at: 30, ms: 1, attributes: { template: 'sorry' } })]
          : [];
        return requestAt(n, server('shop', 'POST /orders', { ms: 40, failed }, handled));
      }),
    },
  },
});

describe('partial-outage', () => {
  test('counts every value of the attribute, as a person would', () => {
    const [finding] = windowFindings(partialOutage, { requests: GUIDE });
    expect(finding?.evidence?.map(({ text }) => text).slice(0, 3)).toEqual([
      'cloud.region EU-West: 45 of 100 fail (45 %)',
      'cloud.region APAC: 3 of 100 fail (3 %)',
      'cloud.region US-East: 2 of 100 fail (2 %)',
    ]);
  });

  describe('by what a store counted, where too few that fail were read', () => {
    const well = times(40, (n) => order(n, region('US-East')));
    const { fromUs } = timeOf(well);

    /** So many requests with the value, of which so many failed, and so many of all. */
    function counted(
      attribute: string,
      values: Readonly<Record<string, readonly [failing: number, of: number]>>,
      atUs = fromUs + 1e6,
    ): Series[] {
      const all = Object.values(values);
      const sums = [0, 1].map((at) => all.reduce((sum, share) => sum + (share[at] ?? 0), 0));
      const groups = [...Object.entries(values), [undefined, sums] as const];
      return groups.flatMap(([value, [failing = 0, of = 0]]) =>
        [failing, of - failing].map((count, at) => ({
          name: 'service:spans',
          labels: {
            metric: 'attributes of requests in Tempo',
            service: 'shop',
            attribute,
            ...(value !== undefined && { value }),
            failed: at === 0 ? 'true' : 'false',
          },
          atUs: Float64Array.of(atUs),
          values: Float64Array.of(count),
        })),
      );
    }
    const GUIDES = { 'EU-West': [450, 1000], APAC: [30, 1000], 'US-East': [20, 1000] } as const;
    const titles = (metrics: readonly Series[]) =>
      windowFindings(partialOutage, { requests: well, metrics }).map(({ title }) => title);

    test('the value is told, with what was counted', () => {
      const metrics = counted('span.cloud.region', GUIDES);
      const [finding, ...more] = windowFindings(partialOutage, { requests: well, metrics });
      expect(finding?.title).toBe(
        'shop: 45 % of requests with cloud.region EU-West fail, but only 2.5 % of the others',
      );
      expect(finding?.explanation).toContain('from 3000 requests that the trace store counted');
      expect(finding?.evidence?.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
        'metric cloud.region EU-West: 450 of 1000 fail (45 %)',
        'metric cloud.region APAC: 30 of 1000 fail (3 %)',
        'metric cloud.region US-East: 20 of 1000 fail (2 %)',
      ]);
      expect(more).toEqual([]);
    });

    test.each([
      [
        'what was so before',
        [...counted('span.cloud.region', GUIDES), ...counted('span.cloud.region', GUIDES, fromUs - 1e6)],
      ],
      ['what tells of the outcome', counted('span.http.response.status_code', { 500: [450, 450], 200: [0, 2550] })],
      ['what the store adds by itself', counted('statusMessage', { broken: [450, 450], '<empty>': [0, 2550] })],
      ['less than a tenth more', counted('span.cloud.region', { a: [90, 1000], b: [10, 2000] })],
      ['failures everywhere', counted('span.cloud.region', { a: [450, 1000], b: [400, 1000] })],
      ['four requests', counted('span.cloud.region', { a: [4, 10], b: [0, 2000] })],
      [
        'parts that are more than their whole',
        counted('span.cloud.region', GUIDES).filter(({ labels }) => labels.value !== undefined),
      ],
    ])('and not %s', (_, metrics) => {
      expect(titles(metrics)).toEqual([]);
    });

    test('and with it what the same requests have, in any order of the answers', () => {
      const metrics = [
        ...counted('span.cloud.region', GUIDES),
        ...counted('resource.k8s.pod.name', { 'shop-7': [450, 1000], 'shop-8': [50, 2000] }),
      ];
      const [first] = windowFindings(partialOutage, { requests: well, metrics });
      expect(first?.explanation).toContain('The same requests also have k8s.pod.name shop-7.');
      expect(windowFindings(partialOutage, { requests: well, metrics: metrics.toReversed() })).toEqual([first]);
    });

    test('what the requests that were read say comes first', () => {
      const metrics = counted('span.cloud.region', { APAC: [900, 1000], 'EU-West': [10, 1000] });
      const [finding] = windowFindings(partialOutage, { requests: GUIDE, metrics });
      expect(finding?.title).toContain('45 % of requests with cloud.region EU-West');
    });
  });

  test('says no less of the same requests seen twice', () => {
    const twice = [...GUIDE, ...GUIDE.map((one) => ({ ...one, at: one.at + 1000 }))];
    expect(windowFindings(partialOutage, { requests: twice })).toMatchObject(
      [{ explanation: /90 of 200 requests with cloud\.region EU-West/ }].map(({ explanation }) => ({
        explanation: expect.stringMatching(explanation),
      })),
    );
  });

  test('says nothing of the version of a rollout, which only says when a request came', () => {
    const ofVersion = (version: string) => ({ attributes: { 'app.version': version } });
    const old = times(40, (n) => order(n * 3, ofVersion('2.1')));
    const rolledOut = (from: number) =>
      times(40, (n) => order((from + n) * 3, { ...ofVersion('2.2'), failed: n % 10 !== 0 }));
    expect(windowFindings(partialOutage, { requests: [...old, ...rolledOut(40)] })).toEqual([]);
    // Both versions answer at the same time: a canary.
    expect(windowFindings(partialOutage, { requests: [...old, ...rolledOut(0)] })).not.toEqual([]);
  });

  test.each(['messaging.kafka.offset', 'messaging.kafka.message.offset', 'messaging.message.id', 'request_id'])(
    'stays silent on %s: who shares it are attempts at one item, and no group',
    (name) => {
      const asked = (id: number): Asked => ({ attributes: { [name]: id } });
      const requests = [...mixed([[30, 30, asked(5120)]]), ...times(60, (n) => order(n * 2 + 1, asked(4000 + n)))];
      expect(windowFindings(partialOutage, { requests })).toEqual([]);
      const ofTenant = mixed([[30, 30, { attributes: { tenant: 't-9' } }]]);
      const others = times(60, (n) => order(n * 2 + 1, { attributes: { tenant: `t-${n % 3}` } }));
      expect(windowFindings(partialOutage, { requests: [...ofTenant, ...others] })).not.toEqual([]);
    },
  );

  test('stays silent on chance, however many attributes there are', () => {
    const dice = (n: number, salt: number) => Math.imul(n * 2654435761 + salt * 40503, 2246822519) >>> 24;
    const requests = times(150, (n) => {
      const attributes = Object.fromEntries(times(40, (at) => [`a.kind${at}`, dice(n + 1, at + 1) % 6]));
      return order(n, { attributes, failed: dice(n + 1, 99) % 5 === 0 });
    });
    expect(windowFindings(partialOutage, { requests })).toEqual([]);
  });
});
