/** GitLab as a source of changes, against answers of the form that its documentation gives. */
import nock from 'nock';
import { expect, test } from 'vitest';
import { gitlab } from '#adapters/gitlab/client.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const SITE = 'https://gitlab.example';
const AT_US = Date.UTC(2026, 2, 11, 14) * 1000;
const QUERY = { services: ['shop', 'checkout'], fromUs: AT_US - 3_600_000_000, toUs: AT_US + 60_000_000 };
const SHA = '7c41e0b29a5d3f8e6c1b4a7d9e2f5c8b1a4d7e0f';
const BEFORE = '11aa22bb33cc44dd55ee66ff7788990011223344';
const DIFF = `diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-one\n+two\n`;
const source = (projects: Parameters<typeof gitlab>[0]['projects']) =>
  gitlab({ counts: () => true, url: new URL(SITE), projects });

test('tells of deployments that began and of commits', async () => {
  const deployment = {
    id: 42,
    sha: SHA,
    created_at: '2026-03-11T13:30:00.000Z',
    status: 'success',
    environment: { id: 9, name: 'production' },
    deployable: { started_at: '2026-03-11T14:00:00.000Z', commit: { title: 'Lower it' } },
  };
  const committed_date = '2026-03-11T14:58:00.000+01:00';
  nock(SITE)
    .get('/api/v4/projects/acme%2Fshop/deployments')
    .query((search) => search.order_by === 'updated_at')
    .reply(200, [deployment, { ...deployment, status: 'blocked' }])
    .get('/api/v4/projects/acme%2Fshop/repository/commits')
    .query(true)
    .reply(200, [{ id: SHA, title: 'Lower it', committed_date, web_url: 'https://x.example' }]);
  const { changes } = await source([{ path: 'acme/shop', service: 'shop' }]).findChanges(QUERY, later());
  expect(changes).toMatchObject([
    {
      kind: 'deploy',
      id: SHA,
      atUs: AT_US,
      text: 'Lower it, to production',
      url: expect.stringMatching(/acme\/shop\/-\/commit/),
    },
    { kind: 'commit', atUs: AT_US - 120_000_000, url: 'https://x.example' },
  ]);
});

test('puts a unified diff together from the files of a commit, or of all since the deploy before', async () => {
  const file = { old_path: 'a.ts', new_path: 'a.ts', new_file: false, deleted_file: false };
  const lines = { ...file, diff: '@@ -1 +1 @@\n-one\n+two\n' };
  nock(SITE)
    .get(`/api/v4/projects/group%2Fsub%2Fshop/repository/commits/${SHA}/diff`)
    .query(true)
    .reply(200, [lines])
    .get('/api/v4/projects/group%2Fsub%2Fshop/repository/compare')
    .query((search) => search.from === BEFORE && search.to === SHA)
    .reply(200, { diffs: [lines] });
  const { readDiff, holds } = source([]);
  const address = `${SITE}/group/sub/shop/-/commit/${SHA}`;
  expect(await readDiff({ address }, later())).toEqual({ text: DIFF, isCut: false });
  expect(await readDiff({ address, base: BEFORE }, later())).toEqual({ text: DIFF, isCut: false });
  expect(holds('https://elsewhere.example/a/b/-/commit/7c41e0b29a')).toBe(false);
});
