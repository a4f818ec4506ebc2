import { every, said, together } from '#test/window.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'The page takes as long as the call before it: seven to nine seconds each time. No line shows why the call is slow.',
  lines: together(
    every(20, 0, 600, (at) => said(at, 'shop', 'info', 'checkout page requested')),
    every(20, 0, 600, (at, n) =>
      said(at + 0.01, 'shop', 'info', `Call of promotions completed in ${7000 + n * 100} ms`),
    ),
    every(20, 0, 600, (at, n) => said(at + 0.02, 'shop', 'info', `Page rendered in ${7010 + n * 100} ms`)),
  ),
};
