/** The state of objects of the cluster, beside one request of a service that they concern. */
import { describe, expect, test } from 'vitest';
import { clusterAround, judgedAround } from '#test/around.ts';
import { ago, event, node, pod, ready } from '#test/platform.ts';
import { call, server, span, traceOf } from '#test/trace.ts';

const failing = (statusText: string) =>
  traceOf(
    server('till', 'POST /sale', { ms: 800, failed: true }, [
      call('till', 'payment', 'POST /charge', { at: 5, ms: 780, failed: true, statusText }),
    ]),
  );
const slow = (service = 'payment') =>
  traceOf(
    server('till', 'POST /sale', { ms: 5000 }, [
      call('till', service, 'POST /charge', { at: 5, ms: 4980 }, [
        server(service, 'POST /charge', { at: 10, ms: 4960 }, [span(service, 'settle', { at: 20, ms: 4900 })]),
      ]),
    ]),
  );
const around = (trace: ReturnType<typeof failing>, objects: Parameters<typeof clusterAround>[0]) =>
  judgedAround(trace, { platform: clusterAround(objects) }).judgement;

const candidates = (...asked: Parameters<typeof around>) =>
  (around(...asked).diagnosis?.couldBe ?? []).map(({ what }) => what).join('\n');

const PROBED = {
  ports: [{ containerPort: 8080 }],
  probes: { readinessProbe: { httpGet: { port: 8080, path: '/ready' }, initialDelaySeconds: 5, periodSeconds: 10 } },
};
const UNREADY = [
  pod({ created: 305, conditions: [ready(300, 'False')], containers: [PROBED] }),
  event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500', {
    first: 290,
    last: 10,
    count: 28,
  }),
];
const READY = pod({
  name: 'payment-7d4b9f6c8d-ready',
  conditions: [ready(900)],
  containers: [{ ...PROBED, ready: true }],
});

describe('pods that are not ready', () => {
  test('are likely where the error says that no instance takes the call', () => {
    const { diagnosis, findings } = around(failing('no healthy upstream'), UNREADY);
    expect(diagnosis).toMatchObject({ kind: 'not-ready', service: 'payment', status: 'likely' });
    expect(diagnosis?.statusReason).toContain('two independent signs');
    expect(findings[1]?.detector).toBe('error-origin');
  });

  test.each([
    ['the error names another reason', failing('card was declined'), UNREADY],
    ['another pod serves', failing('no healthy upstream'), [...UNREADY, READY]],
  ])('are only listed where %s', (_, trace, objects) => {
    const { diagnosis, findings } = around(trace, objects);
    expect(diagnosis).toMatchObject({ kind: 'error-origin' });
    expect(findings.map(({ detector }) => detector)).toContain('not-ready');
  });
});

describe('a certificate that has expired', () => {
  const objects = [
    {
      kind: 'Certificate',
      metadata: { name: 'pay-tls', namespace: 'shop' },
      spec: { secretName: 'pay-tls', dnsNames: ['payment.shop.svc'] },
      status: {
        notAfter: ago(19_800),
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'Expired',
            message: 'it has expired',
            lastTransitionTime: ago(19_800),
          },
        ],
      },
    },
  ];

  test('is likely where the caller refuses it', () => {
    const { diagnosis } = around(failing('x509: certificate has expired or is not yet valid'), objects);
    expect(diagnosis).toMatchObject({ kind: 'certificate-expired', service: 'payment', status: 'likely' });
  });

  test('is not where the call fails for its own reason, nor where it only takes its time', () => {
    expect(around(failing('card was declined'), objects).diagnosis?.kind).toBe('error-origin');
    expect(candidates(slow(), objects)).not.toMatch(/certificate/);
  });
});

describe('an autoscaler at its maximum', () => {
  const objects = [
    {
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'payment', namespace: 'shop' },
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'payment' },
        maxReplicas: 10,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
      },
      status: {
        currentReplicas: 10,
        desiredReplicas: 10,
        currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 160 } } }],
        conditions: [
          {
            type: 'ScalingLimited',
            status: 'True',
            reason: 'TooManyReplicas',
            message: 'the desired replica count is more than the maximum',
            lastTransitionTime: ago(900),
          },
        ],
      },
    },
  ];

  test('is a candidate where its service is slow for no recorded reason, and the verdict stays open', () => {
    const { diagnosis, findings } = around(slow(), objects);
    expect(diagnosis).toMatchObject({ kind: 'bottleneck', status: 'inconclusive' });
    expect(diagnosis?.couldBe?.at(0)?.what).toMatch(/autoscaler/i);
    expect(findings.at(-1)).toMatchObject({
      detector: 'autoscaler-stuck',
      whyNotFirst: expect.stringMatching(/^it may slow/),
    });
  });

  test('is likely where the service says that it is overloaded', () => {
    expect(around(failing('service overloaded, try later'), objects).diagnosis).toMatchObject({
      kind: 'autoscaler-stuck',
      status: 'likely',
    });
  });

  test('is none where another service is slow', () => {
    expect(candidates(slow('ledger'), objects)).not.toMatch(/autoscaler/i);
  });
});

test('a node whose kubelet is silent is likely where its pod’s host does not answer', () => {
  const lost = {
    type: 'Ready',
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  };
  const objects = [
    pod({ conditions: [ready(290, 'False')], containers: [{ ready: true }] }),
    node('node-1', { conditions: [{ ...lost, lastTransitionTime: ago(300) }] }),
  ];
  const verdict = (words: string) => around(failing(words), objects).diagnosis;
  expect(verdict('dial tcp 10.0.0.7:8080: connect: no route to host')).toMatchObject({
    kind: 'node-trouble',
    service: 'node-1',
    status: 'likely',
  });
  expect(verdict('card was declined')?.kind).toBe('error-origin');
});
