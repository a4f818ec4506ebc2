/** GitLab as a source of changes whose API does not behave. What is asked of it: `../gitlab.test.ts`. */
import { gitlab } from '#adapters/gitlab/client.ts';
import { testChangeSource } from '#test/change-source-contract.ts';
import { jsonAnswer } from '#test/cloud-apis.ts';

const AT_US = Date.UTC(2026, 2, 11, 14) * 1_000;
const SHA = '7c41e0b29a5d3f8e6c1b4a7d9e2f5c8b1a4d7e0f';

testChangeSource('GitLab', {
  // Of both lists: deployments and commits.
  answer: jsonAnswer([
    {
      ...{ id: SHA, sha: SHA, title: 'Lower it', status: 'success' },
      ...{ created_at: '2026-03-11T14:00:00Z', committed_date: '2026-03-11T13:58:00Z' },
    },
  ]),
  query: { services: ['shop'], fromUs: AT_US - 3_600e6, toUs: AT_US },
  open: (options) => gitlab({ ...options, counts: () => true, projects: [{ path: 'acme/shop', service: 'shop' }] }),
});
