import { log, sql } from '#test/scenarios.ts';
import { server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'Between two quick queries the request does nothing for 1.3 s. The log of the service shows why: a full garbage collection ended at that moment.',
  roots: [
    server('report-service', 'GET /report', { ms: 1800 }, [
      sql('report-service', 'SELECT', 'orders', 'SELECT * FROM orders WHERE day = $1', { at: 20, ms: 120 }),
      sql('report-service', 'SELECT', 'refunds', 'SELECT * FROM refunds WHERE day = $1', { at: 1480, ms: 90 }),
      span('report-service', 'render', { at: 1580, ms: 200 }),
    ]),
  ],
  logs: [
    log(1465, 'report-service', 'info', '[gc] GC(87) Pause Full (G1 Compaction Pause) 1980M->1610M(2048M) 1312.402ms'),
  ],
};
