import { every, said } from '#test/window.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'Each call to the bank logs its password. This page shows the lines after redaction.',
  lines: every(4, 0, 40, (at, n) =>
    said(
      at,
      'payment',
      'info',
      `call ${n} of bank.example with user=shop password=${['not', 'a', 'real', 'one'].join('-')}-7`,
    ),
  ),
};
