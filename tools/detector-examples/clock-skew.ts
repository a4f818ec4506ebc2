import { call, type SpanOptions, server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

const on = (host: string): SpanOptions => ({ resource: { 'host.name': host } });

export const example: DetectorExample = {
  shows:
    'By the clock of its host, stock-service began long after its caller had received the response. Spanhound moved its spans back into the call before it judged the trace.',
  asRecorded: true,
  roots: [
    server('web', 'GET /orders', { ms: 160, ...on('node-1') }, [
      call('web', 'stock-service', 'GET /stock', { at: 30, ms: 90, ...on('node-1') }, [
        server('stock-service', 'GET /stock', { at: 6_830, ms: 74, ...on('node-2') }, [
          span('stock-service', 'count', { at: 6_840, ms: 54, ...on('node-2') }),
        ]),
      ]),
      span('web', 'render', { at: 125, ms: 30, ...on('node-1') }),
    ]),
  ],
};
