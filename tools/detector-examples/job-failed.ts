import { ago, ended, listed, NO_WINDOW, pod } from '#test/platform.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows: 'A migration gave up, because it cannot reach its database.',
  window: NO_WINDOW,
  bodies: [
    {
      kind: 'platform',
      text: listed([
        {
          kind: 'Job',
          metadata: { name: 'migrate', namespace: 'shop', creationTimestamp: ago(600) },
          status: {
            failed: 4,
            conditions: [
              { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: ago(300) },
            ],
          },
        },
        pod({
          name: 'migrate-x7k2p',
          labels: {},
          owner: ['Job', 'migrate'],
          phase: 'Failed',
          containers: [{ terminated: ended('Error', 1, { message: 'connect ECONNREFUSED db:5432' }) }],
        }),
      ]),
    },
  ],
  excerpt: `job migrate         created 14:20:00, failed 14:25:00
job migrate         Failed: BackoffLimitExceeded, 4 pods failed
pod migrate-x7k2p   terminated: exit code 1: connect ECONNREFUSED db:5432`,
};
