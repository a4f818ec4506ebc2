import { every, said, together } from '#test/window.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'A job runs every ten seconds. Between 14:40 and 14:45 it cannot reach its source; before and after, it works.',
  lines: together(
    every(60, 0, 600, (at) => said(at, 'scheduler', 'info', 'sync done')),
    every(30, 600, 900, (at) => said(at, 'scheduler', 'error', 'sync failed: cannot connect to api.example.com')),
    every(90, 900, 1800, (at) => said(at, 'scheduler', 'info', 'sync done')),
  ),
};
