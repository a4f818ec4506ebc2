/** GitHub as a source of changes, against answers of the form that its documentation gives. */
import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { github } from '#adapters/github/client.ts';
import { guardChangeSource } from '#gather/guard.ts';
import { withKnownDiffs } from '#gather/known-diffs.ts';
import { LONGEST_DIFF } from '#model/changes/change.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const API = 'https://api.github.com';
const AT_US = Date.UTC(2026, 2, 11, 14) * 1000;
const QUERY = { services: ['shop', 'checkout'], fromUs: AT_US - 3_600_000_000, toUs: AT_US + 60_000_000 };
const SHA = '7c41e0b29a5d3f8e6c1b4a7d9e2f5c8b1a4d7e0f';
const BEFORE = '11aa22bb33cc44dd55ee66ff7788990011223344';
const COMMIT = `https://github.com/acme/shop/commit/${SHA}`;
const DIFF = `diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-one\n+two\n`;

function source(more: Partial<Parameters<typeof github>[0]> = {}) {
  return github({ counts: () => true, url: new URL(API), repositories: [], ...more });
}

const repositories = [{ path: 'acme/shop', service: 'shop' }];

describe('GitHub tells of deployments and commits', () => {
  const deployment = {
    id: 1,
    sha: SHA,
    ref: 'main',
    task: 'deploy',
    payload: {},
    environment: 'production',
    description: null,
    created_at: '2026-03-11T14:00:00Z',
  };

  test('of the time that is asked for, each with its address', async () => {
    const reqheaders = {
      authorization: 'Bearer t0ken',
      'user-agent': 'spanhound',
      accept: 'application/vnd.github+json',
    };
    const commit = { message: 'Lower it\n\nsince', committer: { name: 'a', date: '2026-03-11T13:58:00Z' } };
    nock(API, { reqheaders })
      .get('/repos/acme/shop/deployments')
      .query({ per_page: '100' })
      .reply(200, [deployment, { ...deployment, payload: { service: 'checkout' } }])
      .get('/repos/acme/shop/commits')
      .query({ since: '2026-03-11T13:00:00Z', until: '2026-03-11T14:01:00Z', per_page: '100' })
      .reply(200, [{ sha: SHA, html_url: COMMIT, commit }]);
    const { changes, warnings } = await source({ token: 't0ken', repositories }).findChanges(QUERY, later());
    expect(changes).toMatchObject([
      { kind: 'deploy', service: 'shop', id: SHA, atUs: AT_US, text: 'to production', url: COMMIT },
      { kind: 'deploy', service: 'checkout' },
      { kind: 'commit', service: 'shop', id: SHA, atUs: AT_US - 120_000_000, text: 'Lower it', url: COMMIT },
    ]);
    expect(warnings).toEqual([]);
  });

  test('and says so where a page of them is full', async () => {
    nock(API)
      .get('/repos/acme/shop/deployments')
      .query(true)
      .reply(
        200,
        Array.from({ length: 100 }, () => deployment),
      )
      .get('/repos/acme/shop/commits')
      .query(true)
      .reply(200, []);
    const { warnings } = await source({ repositories }).findChanges(QUERY, later());
    expect(warnings).toEqual(['has more than 100 deployments or commits of a repository']);
  });

  test('a repository that it does not show is a failure with a name, and the token is not told', async () => {
    nock(API).get('/repos/acme/shop/deployments').query(true).reply(404, { message: 'Not Found' });
    const { ok, detail } = await source({ token: 't0ken', repositories }).check(later());
    expect([ok, detail.includes('404'), detail.includes('t0ken')]).toEqual([false, true, false]);
  });
});

describe('GitHub gives what a commit changed', () => {
  const reqheaders = { accept: 'application/vnd.github.diff' };

  test('since the deploy before it where that is known, and is asked once', async () => {
    nock(API, { reqheaders })
      .get(`/repos/acme/shop/commits/${SHA}`)
      .reply(200, DIFF)
      .get(`/repos/acme/shop/compare/${BEFORE}...${SHA}`)
      .reply(200, DIFF)
      .get('/repos/acme/shop/pulls/7')
      .reply(200, DIFF);
    const known = withKnownDiffs(guardChangeSource(source()));
    for (let time = 0; time < 2; time += 1) {
      expect(await known.readDiff({ address: COMMIT }, later())).toEqual({ text: DIFF, isCut: false });
      await known.readDiff({ address: COMMIT, base: BEFORE }, later());
    }
    await known.readDiff({ address: 'https://github.com/acme/shop/pull/7' }, later());
  });

  test('by itself where what ran before is gone', async () => {
    nock(API)
      .get(`/repos/acme/shop/compare/${BEFORE}...${SHA}`)
      .reply(404, { message: 'Not Found' })
      .get(`/repos/acme/shop/commits/${SHA}`)
      .reply(200, DIFF);
    const read = await source().readDiff({ address: COMMIT, base: BEFORE }, later());
    expect(read).toEqual({ text: DIFF, isCut: false });
  });

  test('cut at a line where it is long, and says so', async () => {
    nock(API)
      .get(`/repos/acme/shop/commits/${SHA}`)
      .reply(200, DIFF + '+more and more\n'.repeat(20_000));
    const { text, isCut } = await source().readDiff({ address: COMMIT }, later());
    expect(isCut).toBe(true);
    expect(text.length).toBeLessThanOrEqual(LONGEST_DIFF);
    expect(text.endsWith('more\n')).toBe(true);
  });

  test.each([
    'https://elsewhere.example/acme/shop/commit/7c41e0b29a',
    'https://github.com/acme/../commit/7c41e0b29a',
    'https://github.com/acme/shop/commit/7c41e0b29a?x=1',
    'https://github.com.evil.example/acme/shop/commit/7c41e0b29a',
    '',
  ])('and %s is none of its commits', (address) => {
    expect(source().holds(address)).toBe(false);
  });

  test('of pages of github.com, which belong to its API, and of an installation of one’s own at one host', async () => {
    expect(source().holds(COMMIT)).toBe(true);
    const own = source({ url: new URL('https://git.example/api/v3') });
    const address = `https://git.example/acme/shop/commit/${SHA}`;
    expect([own.holds(address), own.holds(COMMIT)]).toEqual([true, false]);
    nock('https://git.example').get(`/api/v3/repos/acme/shop/commits/${SHA}`).reply(200, DIFF);
    expect(await own.readDiff({ address }, later())).toEqual({ text: DIFF, isCut: false });
  });
});
