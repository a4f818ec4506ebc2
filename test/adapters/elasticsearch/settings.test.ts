/** Which sources the settings open, what is wrong with them, and the one line that `doctor` has for both. */
import { json as bodyOf } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { elasticsearch } from '#adapters/elasticsearch/client.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { loadConfig } from '#config/load.ts';
import { later } from '#test/later.ts';
import { recorded, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';

async function opened(env: Readonly<Record<string, string>>) {
  const config = loadConfig({ ELASTICSEARCH_URL: 'http://127.0.0.1:9', ...env });
  const { connections, stop } = await composeInvestigation(config, { systems: config });
  await stop();
  return connections.filter(({ system }) => system === 'elasticsearch');
}

const WHERE = { timeField: '@timestamp', indices: 'logs-*', traceIndices: 'jaeger-span-*' };

test.each([
  [{}, ['logs']],
  [{ traceIndices: 'jaeger-span-*' }, ['traces', 'logs']],
  [{ traceIndices: 'jaeger-span-*', indices: undefined }, ['traces']],
])('%j opens %j', (settings, kinds) => {
  const url = new URL('http://127.0.0.1:9');
  const sources = elasticsearch({ ...WHERE, traceIndices: undefined, url, ...settings });
  expect(Object.keys(sources)).toEqual(kinds);
});

test('lines and spans are one connection', async () => {
  expect(await opened({ ELASTICSEARCH_TRACE_INDICES: 'jaeger-span-*' })).toHaveLength(1);
  expect(await opened({ ELASTICSEARCH_TRACE_INDICES: 'jaeger-span-*', ELASTICSEARCH_INDICES: 'none' })).toHaveLength(1);
});

test('neither lines nor spans is a mistake, which says what to set', async () => {
  const [connection] = await opened({ ELASTICSEARCH_INDICES: 'none' });
  await expect(connection?.check(later())).rejects.toThrow(
    /ELASTICSEARCH_TRACE_INDICES is missing: with ELASTICSEARCH_INDICES=none there is nothing to read/,
  );
});

test.each(['Jaeger-Span-*', 'a b', 'a/b', '../_all', 'a'.repeat(501)])('%j are no indices', (indices) => {
  expect(() => loadConfig({ ELASTICSEARCH_URL: 'http://x', ELASTICSEARCH_TRACE_INDICES: indices })).toThrow(
    /ELASTICSEARCH_TRACE_INDICES.*must be names of indices|must be names of indices.*ELASTICSEARCH_TRACE_INDICES/s,
  );
});

test('doctor says of both what is there', async () => {
  await using server = await startRecordedServer(({ path }) => async (response, request) => {
    const isCount = request.method === 'POST' && JSON.stringify(await bodyOf(request)).includes('"aggs"');
    const name = path === '/' ? 'info' : isCount ? 'span-services' : 'search';
    await replay(recorded(`elasticsearch/${name}`))(response, request);
  });
  const { traces, logs } = elasticsearch({ url: server.url, ...WHERE });
  const health = await traces?.check(later());
  expect(health).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/^traces: 6 services: .+; logs: OpenSearch 2\.19\.3 answers; the newest line in /),
  });
  expect(await logs?.check(later())).toEqual(health);
});

test('doctor says once what fails both', async () => {
  await using server = await startRecordedServer(() => refuse(401, {}, 'no'));
  const errors = { address: 'ELASTICSEARCH_URL', credentials: 'ELASTICSEARCH_API_KEY' };
  const health = await elasticsearch({ url: server.url, ...WHERE, errors }).traces?.check(later());
  expect(health?.ok).toBe(false);
  expect(health?.remedy).toContain('Check ELASTICSEARCH_API_KEY');
});
