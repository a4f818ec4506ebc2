import { event, listed, pod, ready, WINDOW } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

const said = 'Readiness probe failed: dial tcp 10.0.0.7:8081: connect: connection refused';

export const example: DetectorExample = {
  shows: 'The readiness probe asks a port on which the container does not listen.',
  window: WINDOW,
  bodies: [
    {
      kind: 'platform',
      text: listed([
        pod({
          created: 300,
          conditions: [ready(300, 'False')],
          containers: [{ ports: [{ containerPort: 8080 }], probes: { readinessProbe: { tcpSocket: { port: 8081 } } } }],
        }),
        event('Unhealthy', said, { first: 290, last: 10, count: 28 }),
      ]),
    },
  ],
  excerpt: `pod payment-7d4b9f6c8d-aaaaa   Running, not ready   containerPort 8080, readinessProbe port 8081
14:25:10 … 14:29:50  Unhealthy (28 times):
  ${said}`,
};
