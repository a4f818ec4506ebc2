/** The log lines of pods: what the API is asked, and what its answers mean, as the reference of Kubernetes describes them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { kubernetes } from '#adapters/kubernetes/client.ts';
import { openCluster } from '#adapters/kubernetes/cluster.ts';
import { type PodLogs, podLogs } from '#adapters/kubernetes/pod-logs.ts';
import type { LogQuery, LogSource } from '#gather/sources.ts';
import { textOf } from '#test/bytes.ts';
import { testHttpSource } from '#test/http-source-contract.ts';
import { later } from '#test/later.ts';
import { testLogSource } from '#test/log-source-contract.ts';
import { type Reply, refuse, replay, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';

const AT_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;
const QUERY: LogQuery = { by: 'service', services: ['checkout'], fromUs: AT_US, toUs: AT_US + 60e6, limit: 100 };

function pod(name: string, restarts = 0, more: object = {}) {
  return {
    metadata: { name, namespace: 'shop', labels: { app: 'checkout' }, ...more },
    spec: { containers: [{ name: 'app' }, { name: 'istio-proxy' }] },
    status: {
      containerStatuses: [
        { name: 'app', restartCount: restarts },
        { name: 'istio-proxy', restartCount: 0 },
      ],
    },
  };
}

function json(body: unknown): Reply {
  const headers = { 'content-type': 'application/json' };
  return replay({ status: 200, headers, body: Buffer.from(JSON.stringify(body)) });
}

function text(body: string): Reply {
  return replay({ status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.from(body) });
}

const LINES = [
  '2026-01-06T14:29:59.000000001Z too early',
  '2026-01-06T14:30:00.5Z order 17 accepted',
  '2026-01-06T14:30:01.123456789Z order 18 failed: trace 4bf92f3577b34da6a3ce929d0e0e4736',
  '2026-01-06T14:31:00.000001Z too late',
  '',
].join('\n');

/** Pods have the label `app` alone; all have the same lines. */
function cluster(pods: readonly object[], log: (request: SeenRequest) => Reply = () => text(LINES)) {
  return (request: SeenRequest): Reply => {
    if (request.path.endsWith('/log')) return log(request);
    if (!request.path.endsWith('/pods')) return json({ gitVersion: 'v1.34.0', metadata: {}, items: [] });
    return json({ metadata: {}, items: request.search.get('labelSelector')?.startsWith('app ') ? pods : [] });
  };
}

function account(url: URL) {
  const folder = mkdtempSync(join(tmpdir(), 'spanhound-pod-logs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'token'), 't0ken');
  writeFileSync(join(folder, 'ca.crt'), '');
  return { folder, url: url.href };
}

async function against<T>(
  reply: (request: SeenRequest) => Reply,
  use: (source: LogSource, requests: readonly SeenRequest[]) => Promise<T>,
  { reads = 'all' as PodLogs, namespaces = [] as readonly string[] } = {},
): Promise<T> {
  await using server = await startRecordedServer(reply);
  const of = { serviceAccount: account(server.url), namespaces };
  const opened = openCluster(of);
  const { check } = kubernetes({ ...of, readsLogs: true }, opened);
  const clock = { nowUs: () => AT_US + 3_600e6 };
  return await use(podLogs(opened, { namespaces, reads, check, clock }), server.requests);
}

async function streamsOf(source: LogSource, query = QUERY) {
  const said = JSON.parse(await textOf((await source.openLogs(query, later())).chunks));
  return said.streams as readonly { stream: Record<string, string>; values: readonly (readonly [string, string])[] }[];
}

testLogSource('the pods of Kubernetes', {
  async open() {
    const server = await startRecordedServer(cluster([pod('checkout-1')]));
    const of = { serviceAccount: account(server.url) };
    const opened = openCluster(of);
    const { check } = kubernetes({ ...of, readsLogs: true }, opened);
    return { source: podLogs(opened, { reads: 'all', check }), close: () => server[Symbol.asyncDispose]() };
  },
  cases: {
    'lines of a service': { query: QUERY, holds: ['order 17', 'order 18'], lacks: ['too early', 'too late'] },
    'lines with a text': { query: { ...QUERY, by: 'text', text: 'failed' }, holds: ['order 18'], lacks: ['order 17'] },
  },
});

testHttpSource('the pods of Kubernetes', {
  answer: {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ gitVersion: 'v1.34.0', metadata: {}, items: [pod('checkout-1')] })),
  },
  readsWhole: true,
  lacks: ['token', 'user', 'headers'],
  connect({ url, timeoutMs, maxBytes }) {
    const of = { serviceAccount: account(url), timeoutMs, maxBytes };
    const opened = openCluster(of);
    const { check } = kubernetes({ ...of, readsLogs: true }, opened);
    const source = podLogs(opened, { reads: 'all', check });
    return { ask: (signal) => source.openLogs(QUERY, signal), check };
  },
});

const logsAsked = (requests: readonly SeenRequest[]) =>
  requests.filter(({ path }) => path.endsWith('/log')).map(({ path, search }) => [path, Object.fromEntries(search)]);

describe('log lines of pods', () => {
  test('are those of the pods with the name of the service, within the time', () =>
    against(cluster([pod('checkout-1')]), async (source, requests) => {
      expect(await streamsOf(source)).toEqual([
        {
          stream: { service_name: 'checkout', namespace: 'shop', pod: 'checkout-1', container: 'app' },
          values: [
            ['1767709800500000000', 'order 17 accepted'],
            ['1767709801123456789', 'order 18 failed: trace 4bf92f3577b34da6a3ce929d0e0e4736'],
          ],
        },
      ]);
      const selectors = requests.flatMap(({ search }) => search.get('labelSelector') ?? []);
      expect(selectors.toSorted()).toEqual([
        'app in (checkout)',
        'app.kubernetes.io/name in (checkout)',
        'k8s-app in (checkout)',
      ]);
      expect(logsAsked(requests)).toEqual([
        [
          '/api/v1/namespaces/shop/pods/checkout-1/log',
          { container: 'app', timestamps: 'true', limitBytes: '1000000', sinceTime: '2026-01-06T14:30:00Z' },
        ],
      ]);
    }));

  test('are those of the named namespaces', () =>
    against(
      cluster([]),
      async (source, requests) => {
        await streamsOf(source);
        expect(new Set(requests.map(({ path }) => path))).toEqual(
          new Set(['/api/v1/namespaces/shop/pods', '/api/v1/namespaces/pay/pods']),
        );
      },
      { namespaces: ['shop', 'pay'] },
    ));

  test('come with what a container wrote before it ended; pods that ended come first', () =>
    against(cluster([pod('checkout-1'), pod('checkout-2', 3)]), async (source, requests) => {
      await streamsOf(source);
      const asked = requests.filter(({ path }) => path.endsWith('/log'));
      expect(asked.map(({ path, search }) => [path.split('/').at(-2), search.get('previous')]).toSorted()).toEqual([
        ['checkout-1', null],
        ['checkout-2', null],
        ['checkout-2', 'true'],
      ]);
    }));

  test('are only those of containers that ended, if the setting says so', () =>
    against(
      cluster([pod('checkout-1'), pod('checkout-2', 3)]),
      async (source, requests) => {
        await streamsOf(source);
        expect(logsAsked(requests)).toEqual([
          ['/api/v1/namespaces/shop/pods/checkout-2/log', expect.objectContaining({ previous: 'true' })],
        ]);
      },
      { reads: 'crashed' },
    ));

  test('are those of the container that kubectl would choose', () => {
    const annotations = { 'kubectl.kubernetes.io/default-container': 'istio-proxy' };
    return against(cluster([pod('checkout-1', 0, { annotations })]), async (source, requests) => {
      await streamsOf(source);
      expect(logsAsked(requests)).toMatchObject([[expect.anything(), { container: 'istio-proxy' }]]);
    });
  });

  test('of the last minutes are read from their end', () =>
    against(cluster([pod('checkout-1')]), async (source, requests) => {
      await streamsOf(source, { ...QUERY, toUs: AT_US + 3_600e6, newestFirst: true });
      expect(logsAsked(requests)).toMatchObject([[expect.anything(), { tailLines: '100' }]]);
    }));

  test.each<[string, LogQuery, number]>([
    ['an id', { ...QUERY, by: 'trace-field', traceId: '4bf92f3577b34da6a3ce929d0e0e4736' }, 1],
    ['a text', { ...QUERY, by: 'text', text: 'order' }, 2],
    ['texts', { ...QUERY, by: 'any-text', texts: ['17', 'x'] }, 1],
    ['values of a field', { ...QUERY, by: 'field', names: ['order'], values: ['18'] }, 1],
    ['words', { ...QUERY, by: 'words', words: ['order', 'failed'] }, 1],
  ])('with %s are chosen here, because the API has no search', (_, query, count) =>
    against(cluster([pod('checkout-1')]), async (source) => {
      expect((await streamsOf(source, query)).flatMap(({ values }) => values)).toHaveLength(count);
    }),
  );

  test.each([[[]], [['a b) or (x']]])('of no service that a label can name are asked of nobody: %j', (services) =>
    against(cluster([pod('checkout-1')]), async (source, requests) => {
      expect(await streamsOf(source, { ...QUERY, services })).toEqual([]);
      expect(requests).toEqual([]);
    }),
  );

  test('are at most as many as asked for', () =>
    against(cluster([pod('checkout-1')]), async (source) => {
      const valuesOf = async (query: LogQuery) => (await streamsOf(source, query)).flatMap(({ values }) => values);
      expect((await valuesOf({ ...QUERY, limit: 1 })).map(([, line]) => line)).toEqual(['order 17 accepted']);
      expect((await valuesOf({ ...QUERY, limit: 1, newestFirst: true }))[0]?.[1]).toMatch(/^order 18/);
    }));
});

describe('not all log lines of pods', () => {
  async function readUntilError(source: LogSource) {
    let read = '';
    const { chunks } = await source.openLogs(QUERY, later());
    const reading = (async () => {
      for await (const chunk of chunks) read += Buffer.from(chunk).toString('utf8');
    })();
    const error = await reading.catch((thrown) => thrown);
    return { read, error };
  }

  test('are read of more than ten pods, and the report says so', () => {
    const pods = Array.from({ length: 12 }, (_, at) => pod(`checkout-${at}`));
    return against(cluster(pods), async (source, requests) => {
      const { read, error } = await readUntilError(source);
      expect(logsAsked(requests)).toHaveLength(10);
      expect(read).toContain('order 17');
      expect(error).toMatchObject({ code: 'SH_PART_OF_LOGS', message: expect.stringContaining('10 of 12 pods') });
    });
  });

  test('are read of a log that is too long, whose last line has no end', () => {
    const long = `${LINES.slice(0, -1)}\n2026-01-06T14:30:02Z ${'x'.repeat(1_000_000)}`;
    return against(
      cluster([pod('checkout-1')], () => text(long)),
      async (source) => {
        const { read, error } = await readUntilError(source);
        expect(read).toContain('order 18');
        expect(read).not.toContain('xxx');
        expect(error).toMatchObject({ code: 'SH_PART_OF_LOGS', message: expect.stringContaining('1 MB of 1 logs') });
      },
    );
  });

  test.each([400, 404])('are there of a container that has not started, or is gone (%d)', (status) =>
    against(
      cluster([pod('checkout-1')], () => refuse(status)),
      async (source) => {
        expect(await streamsOf(source)).toEqual([]);
      },
    ),
  );

  test('may be read by everybody: the missing rule is named', () =>
    against(
      cluster([pod('checkout-1')], () => refuse(403)),
      async (source) => {
        const { error } = await readUntilError(source);
        expect(error).toMatchObject({
          code: 'SH_NOT_PERMITTED',
          advice: expect.stringContaining('{apiGroups: [""], resources: ["pods/log"], verbs: ["get"]}'),
        });
      },
    ));

  test('come from a node that does not answer; those of others are used', () =>
    against(
      cluster([pod('checkout-1'), pod('checkout-2')], ({ path }) =>
        path.includes('checkout-1') ? refuse(500, {}, 'dial tcp: i/o timeout') : text(LINES),
      ),
      async (source) => {
        const { read, error } = await readUntilError(source);
        expect(read).toContain('order 17');
        expect(error).toMatchObject({ code: 'SH_BACKEND', status: 500 });
      },
    ));

  test('are a list of pods in another form', () =>
    against(
      () => json({ items: [{ metadata: {} }] }),
      async (source) => {
        await expect(source.openLogs(QUERY, later())).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
      },
    ));
});

describe('doctor', () => {
  test('says nothing of a right that is there: no pod of that name is not a refusal', () =>
    against(
      cluster([], () => refuse(404)),
      async ({ check }, requests) => {
        expect(await check(later())).toMatchObject({ ok: true });
        expect(logsAsked(requests)).toEqual([
          ['/api/v1/namespaces/default/pods/spanhound-doctor/log', { limitBytes: '1' }],
        ]);
      },
    ));

  test('names the missing rule of each namespace', () =>
    against(
      cluster([], () => refuse(403)),
      async ({ check }) => {
        expect(await check(later())).toMatchObject({
          ok: false,
          remedy: expect.stringMatching(/Role in shop: .*pods\/log.*\n.*Role in pay: /),
        });
      },
      { namespaces: ['shop', 'pay'] },
    ));
});
