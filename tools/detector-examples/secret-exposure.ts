import { every, said } from '#test/window.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'Each call of the bank logs the password that it is made with. What is shown here is what is left after it was taken out.',
  lines: every(4, 0, 40, (at, n) =>
    said(
      at,
      'payment',
      'info',
      `call ${n} of bank.example with user=shop password=${['not', 'a', 'real', 'one'].join('-')}-7`,
    ),
  ),
};
