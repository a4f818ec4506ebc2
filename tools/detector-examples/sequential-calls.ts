import { request } from '#test/scenarios.ts';
import { server, span } from '#test/trace.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'Four reads of different services run one after the other. In parallel they would take only as long as the longest.',
  roots: [
    server('api-gateway', 'GET /dashboard', { ms: 1800 }, [
      request('api-gateway', 'user-service', 'GET', '/profile', { at: 10, ms: 380 }),
      request('api-gateway', 'order-service', 'GET', '/recent', { at: 395, ms: 450 }),
      request('api-gateway', 'mail-service', 'GET', '/unread', { at: 850, ms: 410 }),
      request('api-gateway', 'offer-service', 'GET', '/for-you', { at: 1265, ms: 480 }),
      span('api-gateway', 'compose page', { at: 1750, ms: 40 }),
    ]),
  ],
};
