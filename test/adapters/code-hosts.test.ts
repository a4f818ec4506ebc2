/** GitHub, GitLab and Grafana as sources of changes, against answers of the form that their documentation gives. */
import { describe, expect, test } from 'vitest';
import { github } from '#adapters/github/client.ts';
import { gitlab } from '#adapters/gitlab/client.ts';
import { grafana } from '#adapters/grafana/client.ts';
import { guardChangeSource } from '#gather/guard.ts';
import { withKnownDiffs } from '#gather/known-diffs.ts';
import { LONGEST_DIFF } from '#model/changes/change.ts';
import { refuse, replay, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';

const AT_US = Date.UTC(2026, 2, 11, 14) * 1000;
const QUERY = { services: ['shop', 'checkout'], fromUs: AT_US - 3_600_000_000, toUs: AT_US + 60_000_000 };
const SHA = '7c41e0b29a5d3f8e6c1b4a7d9e2f5c8b1a4d7e0f';
const BEFORE = '11aa22bb33cc44dd55ee66ff7788990011223344';
const DIFF = `diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-one\n+two\n`;
const all = () => true;
const signal = AbortSignal.timeout(20_000);

function serve(answer: (request: SeenRequest) => unknown) {
  return startRecordedServer((request) => {
    const body = answer(request);
    if (body === undefined) return refuse(404, { 'content-type': 'application/json' }, '{"message":"Not Found"}');
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return replay({ status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.from(text) });
  });
}

describe('GitHub', () => {
  const repositories = [{ path: 'acme/shop', service: 'shop' }];
  const api = (answer: (request: SeenRequest) => unknown) => serve(answer);
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

  test('tells of deployments and of commits of the time, each with its address', async () => {
    await using server = await api(({ path }) => {
      if (path.endsWith('/deployments')) return [deployment, { ...deployment, payload: { service: 'checkout' } }];
      const commit = { message: 'Lower it\n\nsince', committer: { name: 'a', date: '2026-03-11T13:58:00Z' } };
      return [{ sha: SHA, html_url: `https://github.com/acme/shop/commit/${SHA}`, commit }];
    });
    const source = github({ counts: all, url: server.url, token: 't0ken', repositories });
    const { changes, warnings } = await source.findChanges(QUERY, signal);
    expect(changes).toMatchObject([
      { kind: 'deploy', service: 'shop', id: SHA, atUs: AT_US, text: 'to production' },
      { kind: 'deploy', service: 'checkout' },
      { kind: 'commit', service: 'shop', id: SHA, atUs: AT_US - 120_000_000, text: 'Lower it' },
    ]);
    expect(warnings).toEqual([]);
    const [first, second] = server.requests;
    expect(first?.headers).toMatchObject({ authorization: 'Bearer t0ken', 'user-agent': 'spanhound' });
    expect([first?.path, second?.path]).toEqual(['/repos/acme/shop/deployments', '/repos/acme/shop/commits']);
    expect(second?.search.get('since')).toBe('2026-03-11T13:00:00Z');
  });

  test('reads what a commit changed, since the deploy before it where that is known, once', async () => {
    await using server = await api(({ headers }) => (`${headers.accept}`.endsWith('.diff') ? DIFF : undefined));
    const source = withKnownDiffs(guardChangeSource(github({ counts: all, url: server.url, repositories: [] })));
    const address = `${server.url.origin}/acme/shop/commit/${SHA}`;
    for (let time = 0; time < 2; time += 1) {
      expect(await source.readDiff({ address }, signal)).toEqual({ text: DIFF, isCut: false });
      await source.readDiff({ address, base: BEFORE }, signal);
    }
    await source.readDiff({ address: `${server.url.origin}/acme/shop/pull/7` }, signal);
    expect(server.requests.map(({ path }) => path)).toEqual([
      `/repos/acme/shop/commits/${SHA}`,
      `/repos/acme/shop/compare/${BEFORE}...${SHA}`,
      '/repos/acme/shop/pulls/7',
    ]);
  });

  test('where what ran before is gone, the commit by itself is read', async () => {
    await using server = await api(({ path }) => (path.includes('/compare/') ? undefined : DIFF));
    const source = github({ counts: all, url: server.url, repositories: [] });
    const address = `${server.url.origin}/acme/shop/commit/${SHA}`;
    expect(await source.readDiff({ address, base: BEFORE }, signal)).toEqual({ text: DIFF, isCut: false });
  });

  test('a long diff is cut at a line, and says so', async () => {
    await using server = await api(() => DIFF + '+more and more\n'.repeat(20_000));
    const { text, isCut } = await github({ counts: all, url: server.url, repositories: [] }).readDiff(
      { address: `${server.url.origin}/acme/shop/commit/${SHA}` },
      signal,
    );
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
  ])('%s is none of its commits', (address) => {
    expect(github({ counts: all, url: new URL('https://api.github.com'), repositories: [] }).holds(address)).toBe(
      false,
    );
  });

  test('the pages of github.com belong to its API', () => {
    const { holds } = github({ counts: all, url: new URL('https://api.github.com'), repositories: [] });
    expect(holds(`https://github.com/acme/shop/commit/${SHA}`)).toBe(true);
  });

  test('a repository that it does not show is a failure with a name, and the token is not told', async () => {
    await using server = await api(() => undefined);
    const { ok, detail } = await github({ counts: all, url: server.url, token: 't0ken', repositories }).check(signal);
    expect([ok, detail.includes('404'), detail.includes('t0ken')]).toEqual([false, true, false]);
  });
});

describe('GitLab', () => {
  const projects = [{ path: 'acme/shop', service: 'shop' }];
  const file = { old_path: 'a.ts', new_path: 'a.ts', new_file: false, deleted_file: false };

  test('tells of deployments that began and of commits', async () => {
    const deployable = { started_at: '2026-03-11T14:00:00.000Z', commit: { title: 'Lower it' } };
    const deployment = {
      id: 42,
      sha: SHA,
      created_at: '2026-03-11T13:30:00.000Z',
      status: 'success',
      environment: { id: 9, name: 'production' },
      deployable,
    };
    await using server = await serve(({ path }) =>
      path.endsWith('/deployments')
        ? [deployment, { ...deployment, status: 'blocked' }]
        : [
            {
              id: SHA,
              title: 'Lower it',
              committed_date: '2026-03-11T14:58:00.000+01:00',
              web_url: 'https://x.example',
            },
          ],
    );
    const { changes } = await gitlab({ counts: all, url: server.url, projects }).findChanges(QUERY, signal);
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
    const [first] = server.requests;
    expect(first?.path).toBe('/api/v4/projects/acme%2Fshop/deployments');
    expect(first?.search.get('order_by')).toBe('updated_at');
  });

  test('puts a unified diff together from the files of a commit, or of all since the deploy before', async () => {
    const lines = { ...file, diff: '@@ -1 +1 @@\n-one\n+two\n' };
    await using server = await serve(({ path }) => (path.endsWith('/compare') ? { diffs: [lines] } : [lines]));
    const source = gitlab({ counts: all, url: server.url, projects: [] });
    const address = `${server.url.origin}/group/sub/shop/-/commit/${SHA}`;
    expect(await source.readDiff({ address }, signal)).toEqual({ text: DIFF, isCut: false });
    expect(await source.readDiff({ address, base: BEFORE }, signal)).toEqual({ text: DIFF, isCut: false });
    expect(server.requests.map(({ path }) => path)).toEqual([
      `/api/v4/projects/group%2Fsub%2Fshop/repository/commits/${SHA}/diff`,
      '/api/v4/projects/group%2Fsub%2Fshop/repository/compare',
    ]);
    expect(source.holds('https://gitlab.example/a/b/-/commit/7c41e0b29a')).toBe(false);
  });
});

describe('Grafana', () => {
  const annotation = {
    id: 7,
    alertId: 0,
    dashboardUID: '',
    panelId: 0,
    time: AT_US / 1000,
    timeEnd: AT_US / 1000 + 5,
    data: {},
  };

  test('an annotation with a tag of a kind of change is one; a region counts from its beginning', async () => {
    await using server = await serve(() => [
      {
        ...annotation,
        text: '<b>checkout</b> 1.4.2 <a href="https://ci.example/41">run</a>',
        tags: ['deploy', 'service:checkout', 'version:1.4.2'],
      },
      { ...annotation, id: 8, text: 'limits', tags: ['shop', 'Config'], dashboardUID: 'abc' },
      { ...annotation, id: 9, text: 'somebody looked at this', tags: ['note'] },
    ]);
    const { changes, query } = await grafana({ url: server.url, token: 'glsa_1' }).findChanges(QUERY, signal);
    expect(changes).toEqual([
      {
        atUs: AT_US,
        kind: 'deploy',
        service: 'checkout',
        id: '1.4.2',
        text: 'checkout 1.4.2 run',
        url: 'https://ci.example/41',
        files: [],
        diff: '',
      },
      {
        atUs: AT_US,
        kind: 'config',
        service: 'shop',
        id: 'annotation 8',
        text: 'limits',
        url: `${server.url.origin}/d/abc`,
        files: [],
        diff: '',
      },
    ]);
    const [request] = server.requests;
    expect(request?.search.get('type')).toBe('annotation');
    expect(request?.search.get('from')).toBe(`${QUERY.fromUs / 1000}`);
    expect(request?.headers.authorization).toBe('Bearer glsa_1');
    expect(query.text).toMatch(/^GET \/api\/annotations\?from=/);
  });

  test('a page of somebody else is no Grafana', async () => {
    await using server = await serve(() => ({ message: 'hello' }));
    expect(await grafana({ url: server.url }).check(signal)).toMatchObject({ ok: false });
  });
});
