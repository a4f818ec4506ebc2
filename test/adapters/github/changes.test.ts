/** GitHub as a source of changes whose API does not behave. What is asked of it: `../github.test.ts`. */
import { github } from '#adapters/github/client.ts';
import { testChangeSource } from '#test/change-source-contract.ts';
import { jsonAnswer } from '#test/cloud-apis.ts';

const AT_US = Date.UTC(2026, 2, 11, 14) * 1_000;

testChangeSource('GitHub', {
  // Of both lists: deployments and commits.
  answer: jsonAnswer([
    {
      ...{ sha: '7c41e0b29a5d3f8e6c1b4a7d9e2f5c8b1a4d7e0f', environment: 'production' },
      ...{ created_at: '2026-03-11T14:00:00Z', html_url: 'https://github.com/acme/shop/commit/7c41e0b' },
      commit: { message: 'Lower it', committer: { date: '2026-03-11T13:58:00Z' } },
    },
  ]),
  query: { services: ['shop'], fromUs: AT_US - 3_600e6, toUs: AT_US },
  open: (options) => github({ ...options, counts: () => true, repositories: [{ path: 'acme/shop', service: 'shop' }] }),
});
