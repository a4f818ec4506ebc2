import { request } from '#test/scenarios.ts';
import { server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'Nearly all of the request passes in one span without children. The trace shows where the time goes, but not why.',
  roots: [
    server('web', 'GET /report', { ms: 2600 }, [
      request('web', 'account-service', 'GET', '/account', { at: 10, ms: 90 }),
      request('web', 'render-service', 'POST', '/render', { at: 110, ms: 2400 }),
      span('web', 'send page', { at: 2520, ms: 70 }),
    ]),
  ],
};
