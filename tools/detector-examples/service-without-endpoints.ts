import { listed, pod, ready, service, WINDOW } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'The selector of a Service no longer matches the label of its pods.',
  window: WINDOW,
  bodies: [
    {
      kind: 'platform',
      text: listed([
        service('payment', { selector: { app: 'payments' } }),
        pod({ conditions: [ready(900)], containers: [{ ready: true, ports: [{ containerPort: 8080 }] }] }),
      ]),
    },
  ],
  excerpt: `service payment                selector: app=payments
pod payment-7d4b9f6c8d-aaaaa   Running, ready   app=payment
endpoints payment              none`,
};
