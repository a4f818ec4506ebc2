import { call, server } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const failed = true;

export const example: DetectorExample = {
  shows:
    'The warehouse does not answer. The three services above it fail after the same wait, because all have the same timeout of 30 s.',
  roots: [
    server('gateway', 'POST /orders', { ms: 30_080, failed }, [
      call('gateway', 'order-service', 'POST /create', { at: 10, ms: 30_060, failed }, [
        server('order-service', 'POST /create', { at: 20, ms: 30_045, failed }, [
          call('order-service', 'stock-service', 'POST /reserve', { at: 30, ms: 30_030, failed }, [
            server('stock-service', 'POST /reserve', { at: 40, ms: 30_015, failed }, [
              call('stock-service', 'warehouse', 'POST /pick', {
                at: 45,
                ms: 30_000,
                failed,
                statusText: 'no answer: timeout of 30000 ms exceeded',
              }),
            ]),
          ]),
        ]),
      ]),
    ]),
  ],
};
