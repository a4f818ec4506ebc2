import { every, said } from '#test/window.ts';
import type { DetectorExample } from '../detector-example.ts';

const ACCOUNTS = ['admin', 'support', 'root'];

export const example: DetectorExample = {
  shows: 'One address tries three accounts in turn for half an hour, as slowly as a person. Then one login succeeds.',
  lines: [
    ...every(46, -900, 900, (at, n) =>
      said(at + (n % 7), 'auth', 'warn', `Failed login for user ${ACCOUNTS[n % 3]} from 192.0.2.5: invalid password`),
    ),
    said(921, 'auth', 'info', 'Login successful for user support from 192.0.2.5'),
  ],
};
