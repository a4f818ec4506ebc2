import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type KubernetesOptions, kubernetes } from '#adapters/kubernetes/client.ts';
import { kubernetesBody, withoutSecrets } from '#decode/kubernetes-lists.ts';
import { platformOf } from '#decode/kubernetes-platform.ts';
import { PLATFORM_LISTS } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { later } from '#test/later.ts';
import {
  breakOff,
  gzipped,
  hang,
  huge,
  inTurn,
  type Recorded,
  type Reply,
  recorded,
  refuse,
  replay,
  type SeenRequest,
  startRecordedServer,
} from '#test/recorded-server.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-kubernetes-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** As the kubelet mounts it. */
function serviceAccount(url: URL): KubernetesOptions['serviceAccount'] {
  const folder = newFolder();
  writeFileSync(join(folder, 'token'), 'mounted-t0ken\n');
  writeFileSync(join(folder, 'ca.crt'), '');
  return { folder, url: url.href };
}

async function against(
  reply: (request: SeenRequest) => Reply,
  use: (source: ReturnType<typeof kubernetes>, requests: readonly SeenRequest[]) => Promise<void>,
  options: KubernetesOptions = {},
): Promise<void> {
  await using server = await startRecordedServer(reply);
  await use(kubernetes({ serviceAccount: serviceAccount(server.url), ...options }), server.requests);
}

/** The recorded answers by what they are of. */
function real({ path, search }: SeenRequest): Reply {
  const what = path.split('/').at(-1) ?? '';
  if (what === 'version') return replay(recorded('kubernetes/version'));
  if (what === 'pods' && search.get('continue') !== null) return replay(recorded('kubernetes/pods-continue'));
  if (['pods', 'events', 'nodes', 'replicasets'].includes(what)) return replay(recorded(`kubernetes/${what}`));
  return replay(empty());
}

function empty(): Recorded {
  const body = Buffer.from('{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}\n');
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

async function platformIn(source: ReturnType<typeof kubernetes>) {
  const lists = [];
  for (const query of source.queries) {
    const body = kubernetesBody('kubernetes');
    body.push(Buffer.from(await textOf((await source.openPlatform(query, later())).chunks)));
    lists.push(...body.end());
  }
  return platformOf(withoutSecrets(lists));
}

describe('reading a cluster', () => {
  test('asks for every list, once for all namespaces, and only by GET', () =>
    against(real, async (source, requests) => {
      const platform = await platformIn(source);
      expect(platform.pods).toHaveLength(2);
      expect(platform.events).toHaveLength(5);
      expect(platform.rollouts).toHaveLength(2);
      // The clock of the API, as its answers said.
      expect(platform.takenUs).toBe(Date.parse('Fri, 20 Nov 2026 06:55:46 GMT') * 1000);
      expect(requests.map(({ path }) => path)).toEqual([
        '/api/v1/pods',
        '/api/v1/events',
        '/apis/apps/v1/replicasets',
        '/api/v1/services',
        '/api/v1/nodes',
        '/api/v1/persistentvolumeclaims',
        '/api/v1/persistentvolumes',
        '/api/v1/resourcequotas',
        '/apis/discovery.k8s.io/v1/endpointslices',
        '/apis/batch/v1/jobs',
        '/apis/batch/v1/cronjobs',
        '/apis/autoscaling/v2/horizontalpodautoscalers',
        '/apis/networking.k8s.io/v1/ingresses',
        '/apis/networking.k8s.io/v1/networkpolicies',
        '/apis/cert-manager.io/v1/certificates',
      ]);
      expect(requests.every(({ headers }) => headers.authorization === 'Bearer mounted-t0ken')).toBe(true);
    }));

  test('asks each namespace that it may read, and nodes once', () =>
    against(
      real,
      async (source, requests) => {
        await platformIn(source);
        const paths = requests.map(({ path }) => path);
        expect(paths).toContain('/api/v1/namespaces/shop/pods');
        expect(paths).toContain('/api/v1/namespaces/pay/pods');
        expect(paths.filter((path) => path.endsWith('/nodes'))).toEqual(['/api/v1/nodes']);
        expect(source.queries).toHaveLength((PLATFORM_LISTS.length - 2) * 2 + 2);
      },
      { namespaces: ['shop', 'pay'] },
    ));

  test('a cluster without cert-manager has no certificates', () =>
    against(
      () => replay({ status: 404, headers: { 'content-type': 'text/plain' }, body: Buffer.from('404 page not found') }),
      async (source) => {
        const { chunks } = await source.openPlatform({ what: 'certificates', namespace: '' }, later());
        expect(JSON.parse(await textOf(chunks))).toMatchObject({ kind: 'CertificateList', items: [] });
        await expect(source.openPlatform({ what: 'jobs', namespace: '' }, later())).rejects.toThrow(/404/);
      },
    ));

  test('follows a list page by page', () =>
    against(
      ({ search }) =>
        search.get('continue') === null
          ? replay(recorded('kubernetes/pods-selector-limit'))
          : replay(recorded('kubernetes/pods-continue')),
      async (source, requests) => {
        const body = await source.openPlatform({ what: 'pods', namespace: 'shop' }, later());
        const text = await textOf(body.chunks);
        expect(text.match(/"name":"payment-7d4b9-\w+","namespace"/g)).toHaveLength(2);
        const [, second] = requests;
        const token = /"continue":"([^"]+)"/.exec(recorded('kubernetes/pods-selector-limit').body.toString())?.[1];
        expect(second?.search.get('continue')).toBe(token);
        expect(body.query).toEqual({
          text: 'GET /api/v1/namespaces/shop/pods',
          url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/namespaces\/shop\/pods$/),
        });
      },
    ));

  test('hands on the pages before one that is refused, and says so', () =>
    against(
      ({ search }) =>
        replay(
          recorded(search.get('continue') === null ? 'kubernetes/pods-selector-limit' : 'kubernetes/pods-bad-continue'),
        ),
      async (source) => {
        const { chunks } = await source.openPlatform({ what: 'pods', namespace: 'shop' }, later());
        let text = '';
        const read = async () => {
          for await (const chunk of chunks) text += Buffer.from(chunk).toString();
        };
        await expect(read()).rejects.toMatchObject({
          code: 'SH_BACKEND',
          status: 400,
          message: expect.stringContaining('continue'),
        });
        const body = kubernetesBody('kubernetes');
        body.push(Buffer.from(text));
        expect(platformOf(body.end()).pods).toHaveLength(1);
      },
    ));

  test('names the rule that is missing where it may not list', () =>
    against(
      () => replay(recorded('kubernetes/viewer-403')),
      async (source) => {
        await expect(source.openPlatform({ what: 'replicasets', namespace: 'shop' }, later())).rejects.toMatchObject({
          code: 'SH_NOT_PERMITTED',
          message: 'kubernetes does not let it list replicasets in the namespace shop',
          advice: expect.stringContaining(
            'Role in shop: {apiGroups: ["apps"], resources: ["replicasets"], verbs: ["list"]}.',
          ),
        });
        await expect(source.openPlatform({ what: 'pods', namespace: '' }, later())).rejects.toMatchObject({
          advice: expect.stringMatching(/ClusterRole.*KUBERNETES_NAMESPACES/),
        });
      },
    ));

  test('says what to do where nobody knows who asks', () =>
    against(
      () => replay(recorded('kubernetes/unauth-401')),
      async (source, requests) => {
        const asking = source.openPlatform({ what: 'pods', namespace: '' }, later());
        await expect(asking).rejects.toMatchObject({
          code: 'SH_NOT_AUTHENTICATED',
          advice: expect.stringMatching(/expired/),
        });
        expect(requests).toHaveLength(2);
        expect(await source.check(later())).toMatchObject({ ok: false, remedy: expect.stringMatching(/expired/) });
      },
    ));

  test('reads a token again that has run out, once', () =>
    against(inTurn(replay(recorded('kubernetes/unauth-401')), replay(recorded('kubernetes/pods'))), async (source) => {
      const { chunks } = await source.openPlatform({ what: 'pods', namespace: '' }, later());
      expect(await textOf(chunks)).toContain('payment-7d4b9-aaaaa');
    }));

  test.each<readonly [name: string, reply: Reply, error: object, options: KubernetesOptions]>([
    ['hangs', hang(), { code: 'SH_UNREACHABLE' }, { timeoutMs: 200 }],
    ['breaks off', breakOff(recorded('kubernetes/pods')), { code: 'SH_UNREACHABLE' }, {}],
    ['sends too much', huge(300_000), { code: 'SH_TOO_LARGE' }, {}],
    ['sends a page', refuse(200, {}, '<!doctype html><title>Sign in</title>'), { code: 'SH_NOT_A_BACKEND' }, {}],
    [
      'sends something else',
      replay({ ...empty(), body: Buffer.from('{"hello":1}') }),
      { code: 'SH_NOT_A_BACKEND' },
      {},
    ],
    ['is busy', refuse(429, { 'retry-after': '1' }, 'slow down'), { code: 'SH_BACKEND', retryAfterMs: 1000 }, {}],
  ])('an API that %s is an error with its reason', (_, reply, error, options) =>
    against(
      () => reply,
      async (source) => {
        const read = async () => textOf((await source.openPlatform({ what: 'pods', namespace: '' }, later())).chunks);
        await expect(read()).rejects.toMatchObject(error);
      },
      { maxBytes: 100_000, ...options },
    ),
  );

  test('reads what is compressed, and ends when the caller does', async () => {
    await against(
      () => gzipped(recorded('kubernetes/pods')),
      async (source) => {
        const { chunks } = await source.openPlatform({ what: 'pods', namespace: '' }, later());
        expect(await textOf(chunks)).toContain('payment-7d4b9-aaaaa');
      },
    );
    await against(hang, async (source) => {
      await expect(source.openPlatform({ what: 'pods', namespace: '' }, AbortSignal.abort())).rejects.toMatchObject({
        code: 'SH_UNREACHABLE',
      });
    });
  });
});

describe('doctor', () => {
  test('is content where every list may be read, and asks for one object of each', () =>
    against(real, async (source, requests) => {
      expect(await source.check(later())).toEqual({ ok: true, detail: 'v1.36.3; may read all namespaces', remedy: '' });
      const lists = requests.filter(({ path }) => path !== '/version');
      expect(lists.every(({ search }) => search.get('limit') === '1')).toBe(true);
    }));

  test('names each permission that is missing, with its remedy', () =>
    against(
      (request) => (/nodes|events/.test(request.path) ? replay(recorded('kubernetes/viewer-403')) : real(request)),
      async (source) => {
        const { ok, detail, remedy } = await source.check(later());
        expect(ok).toBe(false);
        expect(detail).toMatch(/v1\.36\.3; .*list events in the namespace shop; .*list nodes$/);
        expect(remedy.split('\n')).toEqual([
          expect.stringMatching(/^Add to its Role in shop: .*"events"/),
          expect.stringMatching(/^Add to its ClusterRole: .*"nodes"/),
        ]);
      },
      { namespaces: ['shop'] },
    ));

  test('says that no service account is mounted', async () => {
    const source = kubernetes({ serviceAccount: { folder: join(newFolder(), 'none'), url: 'http://127.0.0.1:9' } });
    expect(await source.check(later())).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/mount a service account/),
    });
  });
});

describe('a kubeconfig', () => {
  function kubeconfig(server: string, user: object, more: object = {}): string {
    const file = join(newFolder(), 'config');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      contexts: [
        { name: 'here', context: { cluster: 'c', user: 'u' } },
        { name: 'there', context: { cluster: 'gone', user: 'u' } },
      ],
      clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user }],
      ...more,
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  async function authorization(user: object): Promise<string | undefined> {
    await using server = await startRecordedServer(real);
    const files = kubeconfig(server.url.href, user);
    const source = kubernetes({ kubeconfig: { files } });
    await textOf((await source.openPlatform({ what: 'pods', namespace: '' }, later())).chunks);
    return server.requests[0]?.headers.authorization;
  }

  // Each kubeconfig takes a process that loads the library for a second.
  test('gives the token of the command that it names, or name and password', async () => {
    const credential = { kind: 'ExecCredential', status: { token: 'ex3c' } };
    const args = ['-e', `process.stdout.write(${JSON.stringify(JSON.stringify(credential))})`];
    expect(await authorization({ exec: { command: process.execPath, args } })).toBe('Bearer ex3c');
    expect(await authorization({ username: 'hound', password: 'w00f' })).toBe(
      `Basic ${Buffer.from('hound:w00f').toString('base64')}`,
    );
  });

  test('gives its own token', { tags: ['deep'] }, async () => {
    expect(await authorization({ token: 'st4tic' })).toBe('Bearer st4tic');
  });

  const check = (files: string, context?: string) => kubernetes({ kubeconfig: { files, context } }).check(later());

  test('that is not there says why', { tags: ['deep'] }, async () => {
    expect(await check(join(newFolder(), 'none'))).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/ENOENT/),
    });
  });

  test('that cannot be used says why, and no secret of the command that failed', async () => {
    const file = kubeconfig('http://127.0.0.1:9', { token: 'x' });
    expect(await check(file, 'there')).toMatchObject({
      detail: expect.stringMatching(/no context there.*one of here, there/),
    });
    const secret = 'ghp_x7Kq2mZ9vB4nL8sT1wY6cR3dF5gH0jA2eUiO';
    const args = ['-e', `process.stderr.write(${JSON.stringify(`cannot log in with ${secret}`)}); process.exit(1)`];
    const failing = await check(kubeconfig('http://127.0.0.1:9', { exec: { command: process.execPath, args } }));
    expect(failing).toMatchObject({ ok: false, detail: expect.stringMatching(/cannot be used: cannot log in/) });
    expect(JSON.stringify(failing)).not.toContain(secret);
  });
});
