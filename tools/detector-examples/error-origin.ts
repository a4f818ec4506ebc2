import { request } from '#test/scenarios.ts';
import { server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const failed = true;
const reason = 'out of memory: cannot allocate 2 GB for the batch';

export const example: DetectorExample = {
  shows: 'Three services respond with an error. Only the last callee failed by itself; the others passed its error on.',
  roots: [
    server('api-gateway', 'POST /checkout', { ms: 420, failed, attributes: { 'http.response.status_code': 500 } }, [
      request('api-gateway', 'payment-service', 'POST', '/charge', { at: 20, ms: 390, status: 500, failed }, [
        request('payment-service', 'fraud-model', 'POST', '/predict', { at: 60, ms: 330, status: 503, failed }, [
          span('fraud-model', 'run_inference', { at: 120, ms: 260, failed, statusText: reason }),
        ]),
      ]),
    ]),
  ],
};
