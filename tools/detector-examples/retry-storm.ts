import { call, server, times } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const failed = true;
const REFUSED = { failed, statusText: '503 Service Unavailable', attributes: { 'http.response.status_code': 503 } };

export const example: DetectorExample = {
  shows:
    'The gateway tries three times, and within each attempt order-service tries three times: nine requests reach a service that already fails.',
  roots: [
    server('gateway', 'POST /checkout', { ms: 1900, ...REFUSED }, [
      ...times(3, (i) =>
        call('gateway', 'order-service', 'POST /create', { at: 20 + i * 620, ms: 600, ...REFUSED }, [
          server('order-service', 'POST /create', { at: 25 + i * 620, ms: 590, ...REFUSED }, [
            ...times(3, (j) =>
              call('order-service', 'stock-service', 'POST /reserve', {
                at: 40 + i * 620 + j * 190,
                ms: 160,
                ...REFUSED,
              }),
            ),
          ]),
        ]),
      ),
    ]),
  ],
};
