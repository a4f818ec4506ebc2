/**
 * Log lines of Sematext, read by the settings of Elasticsearch as docs/sematext.md says. The answers have the form that
 * Sematext documents: https://sematext.com/docs/logs/search-through-the-elasticsearch-api/
 */
import { expect, test } from 'vitest';
import { elasticsearchLogs } from '#adapters/elasticsearch/logs.ts';
import { loadConfig } from '#config/load.ts';
import { logBody } from '#decode/log-body.ts';
import type { LogQuery } from '#gather/sources.ts';
import { later } from '#test/later.ts';
import { type Recorded, replay, startRecordedServer } from '#test/recorded-server.ts';

const TOKEN = '5f0c1d6e-2b7a-4c39-9a51-0d3e8f7b6a24';
const KEY = '0b8f2c4d-7e61-4d0a-8c5b-3f9a1e2d6c70';
const ASKED: LogQuery = {
  by: 'service',
  services: ['checkout'],
  fromUs: Date.UTC(2026, 0, 6, 14) * 1_000,
  toUs: Date.UTC(2026, 0, 6, 15) * 1_000,
  limit: 100,
};

const answer = (body: unknown, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(body)),
});

/** Without `fields`, which its documentation does not show; the time in the zone of the shipper. */
const hit = (at: string, more: object) => ({
  _index: `${TOKEN}_free`,
  _type: 'app',
  _id: 'AU29clTtUV2O9bWZ1ZaI',
  _score: null,
  _source: { '@timestamp': at, ...more },
});
const FOUND = {
  took: 10,
  timed_out: false,
  _shards: { total: 3, successful: 3, failed: 0 },
  hits: {
    total: 2,
    max_score: null,
    hits: [
      hit('2026-01-06T09:30:01-0500', { message: 'no connection', severity: 'error', service: 'checkout' }),
      hit('2026-01-06T14:30:02.123456Z', { message: 'again', severity: 'info', service: 'checkout' }),
      hit('yesterday', { message: 'without a time' }),
    ],
  },
};

async function read(server: { url: URL }) {
  const address = new URL(server.url);
  address.username = 'apiKey';
  address.password = KEY;
  const { elasticsearch: settings } = loadConfig({ ELASTICSEARCH_URL: `${address}`, ELASTICSEARCH_INDICES: TOKEN });
  if (settings === undefined) throw new Error('it is not configured');
  const decoder = logBody('loki-json', 'elasticsearch');
  for await (const chunk of (await elasticsearchLogs(settings).openLogs(ASKED, later())).chunks) decoder.push(chunk);
  return decoder.end();
}

test('the lines of a Logs App are read with its token as the index and the API key as the password', async () => {
  await using server = await startRecordedServer(() => replay(answer(FOUND)));
  const lines = await read(server);
  expect(lines.map(({ service, level, timeNs }) => [service, level, timeNs])).toEqual([
    ['checkout', 'error', '1767709801000000000'],
    ['checkout', 'info', '1767709802123456000'],
  ]);
  const [request] = server.requests;
  expect(request?.path).toBe(`/${TOKEN}/_search`);
  expect(request?.headers.authorization).toBe(`Basic ${Buffer.from(`apiKey:${KEY}`).toString('base64')}`);
});

test('a wrong key is an error that does not repeat it', async () => {
  await using server = await startRecordedServer(() => replay(answer({ error: `Unauthorized: ${KEY}` }, 401)));
  const error = await read(server).catch((failure: unknown) => failure);
  expect(error).toMatchObject({ status: 401 });
  expect(`${(error as Error).message}`).not.toContain(KEY);
});
