import { ago, listed, NO_WINDOW } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'A certificate was not renewed in time.',
  window: NO_WINDOW,
  bodies: [
    {
      kind: 'platform',
      text: listed([
        {
          kind: 'Certificate',
          metadata: { name: 'payment-tls', namespace: 'shop' },
          spec: { secretName: 'payment-tls', dnsNames: ['payment.shop.svc'] },
          status: {
            notAfter: ago(19_800),
            conditions: [
              {
                type: 'Ready',
                status: 'False',
                reason: 'Expired',
                message: 'Certificate expired on Mon, 06 Jan 2025 09:00:00 UTC',
                lastTransitionTime: ago(19_800),
              },
            ],
          },
        },
      ]),
    },
  ],
  excerpt: `certificate payment-tls   Secret payment-tls, for payment.shop.svc
certificate payment-tls   notAfter 09:00:00, now 14:30:00
certificate payment-tls   Ready False: Expired: Certificate expired on Mon, 06 Jan 2025 09:00:00 UTC`,
};
