import { ended, event, listed, pod, replicaSet, WINDOW } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'A new revision no longer sets a variable that the program requires. The program logs this, exits and is restarted.',
  window: WINDOW,
  bodies: [
    {
      kind: 'platform',
      text: listed([
        pod({
          created: 600,
          containers: [
            {
              restarts: 6,
              waiting: { reason: 'CrashLoopBackOff', message: 'back-off 2m40s restarting failed container' },
              last: ended('Error', 1, {
                from: 97,
                to: 95,
                message: 'Error: environment variable DATABASE_URL is not set',
              }),
            },
          ],
        }),
        event('BackOff', 'Back-off restarting failed container payment', { first: 590, last: 20, count: 31 }),
        replicaSet(6, { created: 90_000, containers: [{ env: [{ name: 'DATABASE_URL', value: 'postgres://db' }] }] }),
        replicaSet(7, { name: 'payment-7d4b9f6c8d', created: 600 }),
      ]),
    },
  ],
  excerpt: `pod payment-7d4b9f6c8d-aaaaa   payment: waiting: CrashLoopBackOff   last: Error, exit code 1   restarts: 6
14:28:25  last message of payment: Error: environment variable DATABASE_URL is not set
14:20:10 … 14:29:40  BackOff (31 times): Back-off restarting failed container payment`,
};
