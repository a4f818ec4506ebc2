import nock from 'nock';
import { expect, test } from 'vitest';
import { datadog } from '#adapters/datadog/client.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import { measured } from '#model/metrics/measured.ts';
import { datadogAt, KEYS } from '#test/datadog-api.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';

useMockedApis();

const API = 'https://api.datadoghq.eu';
const AT_US = 1_795_155_900_000_000;
const SEARCH = { services: ['Cart Svc', 'shop'], fromUs: AT_US, toUs: AT_US + 600e6 };

const metrics = () => datadog(datadogAt(new URL(API))).metrics;

async function asked(answer: object) {
  const [query] = (await metrics().findMetrics(SEARCH, later())).queries;
  if (query === undefined) throw new Error('nothing is asked for');
  nock(API)
    .get('/api/v1/query')
    .query({ from: `${AT_US / 1e6}`, to: `${AT_US / 1e6 + 600}`, query: query.text })
    .reply(200, answer);
  const body = metricsBody('datadog');
  const { chunks, query: shown } = await metrics().openMetrics(query, later());
  for await (const chunk of chunks) body.push(chunk);
  return { query, shown, series: body.end(), warnings: body.warnings() };
}

const point = (seconds: number, value: number | null) => [AT_US / 1_000 + seconds * 1_000, value];
const ofPod = { tag_set: ['pod_name:cart-7d9f8b6c5-x2kqz', 'service:cart'], interval: 20, scope: 'service:cart' };

test('asks once for the pods of the services, whose names are tags', async () => {
  const { query, shown } = await asked({ status: 'ok', series: [] });
  expect(query.text).toMatch(
    /^sum:kubernetes\.cpu\.usage\.total\{service IN \(cart_svc,shop\)\} by \{service,pod_name\}, sum:/,
  );
  expect(query.text.split('}, ')).toHaveLength(6);
  expect(shown.url).toContain('https://app.datadoghq.eu/metric/explorer?exp_metric=kubernetes.cpu.usage.total');
});

test('a pod’s processor time and memory are shares of its limits', async () => {
  const { series } = await asked({
    status: 'ok',
    series: [
      {
        ...ofPod,
        metric: 'kubernetes.cpu.usage.total',
        pointlist: [point(0, 450_000_000), point(20, null), point(40, 480_000_000)],
      },
      { ...ofPod, metric: 'kubernetes.cpu.limits', pointlist: [point(0, 0.5), point(40, 0.5)] },
      { ...ofPod, metric: 'kubernetes.memory.usage', pointlist: [point(0, 400e6), point(40, 500e6)] },
      { ...ofPod, metric: 'kubernetes.memory.limits', pointlist: [point(0, 512e6), point(40, 512e6)] },
      { ...ofPod, metric: 'system.load.1', pointlist: [point(0, 1)] },
    ],
  });
  const read = measured(series).map(({ concept, service, instance, values }) => [
    concept,
    service,
    instance,
    [...values],
  ]);
  expect(read).toContainEqual(['cpu_used', 'cart', 'cart-7d9f8b6c5-x2kqz', [0.45, 0.48]]);
  expect(read).toContainEqual(['cpu_share', 'cart', 'cart-7d9f8b6c5-x2kqz', [0.9, 0.96]]);
  expect(read).toContainEqual(['memory_share', 'cart', 'cart-7d9f8b6c5-x2kqz', [400 / 512, 500 / 512]]);
  expect(series).toHaveLength(4);
});

test('an error that comes with status 200 is a warning', async () => {
  const { warnings } = await asked({ status: 'error', error: 'Query timeout', series: [] });
  expect(warnings).toEqual(['Query timeout']);
});

test('such an error is one short line without the keys', async () => {
  const error = `no\n\u202e ${KEYS.apiKey} ${KEYS.appKey} ${'x'.repeat(100_000)}`;
  const { warnings } = await asked({ status: 'error', error, series: [] });
  expect(warnings).toEqual([expect.stringMatching(/^no … … x{280,}…$/)]);
});

test('another server’s JSON is not the API', async () => {
  await expect(asked({ data: [] })).rejects.toMatchObject({ code: 'SH_NOT_A_BACKEND' });
});
