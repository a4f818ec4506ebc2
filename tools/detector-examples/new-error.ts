import { every, said, together } from '#test/window.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'In the healthy time the log has 300 orders and no such line. Now a peer is down, and an order is lost with it.',
  lines: together(
    every(12, 0, 60, (at, n) => said(at, 'order-service', 'info', `order ${1730 + n} taken`)),
    [
      said(31, 'order-service', 'error', 'Peer down: stock-2.internal'),
      said(31.04, 'order-service', 'error', 'order 1736 was not stored'),
    ],
  ),
  healthyLines: every(300, -7200, -3600, (at, n) => said(at, 'order-service', 'info', `order ${1000 + n} taken`)),
};
