import { call, type SpanOptions, server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const on = (host: string): SpanOptions => ({ resource: { 'host.name': host } });

export const example: DetectorExample = {
  shows:
    'The clock of stock-service said that it began 1.2 s after it had been called, when its caller had its answer already. Its spans were moved back into the call, which is what the picture shows.',
  roots: [
    server('web', 'GET /orders', { ms: 300, ...on('node-1') }, [
      call('web', 'stock-service', 'GET /stock', { at: 40, ms: 200, ...on('node-1') }, [
        server('stock-service', 'GET /stock', { at: 1240, ms: 180, ...on('node-2') }, [
          span('stock-service', 'count', { at: 1260, ms: 140, ...on('node-2') }),
        ]),
      ]),
    ]),
  ],
};
