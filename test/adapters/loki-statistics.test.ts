import { describe, expect, test } from 'vitest';
import { type LokiOptions, loki } from '#adapters/loki/client.ts';
import { metricsBody } from '#decode/metrics-json.ts';
import type { LogSource, MetricQuery, MetricSearch } from '#gather/sources.ts';
import { measured } from '#model/metrics/measured.ts';
import { textOf } from '#test/bytes.ts';
import { later } from '#test/later.ts';
import { recorded, refuse, replay, startRecordedServer } from '#test/recorded-server.ts';

const MINUTE_US = 60_000_000;
/** 14:30:20 to 14:50:40. */
const SEARCH: MetricSearch = {
  services: ['checkout', 'c"art'],
  fromUs: 1_795_185_020e6,
  toUs: 1_795_186_240e6,
};

function statisticsOf(source: LogSource) {
  const { statistics } = source;
  if (statistics === undefined) throw new Error('it counts nothing');
  return statistics;
}

async function queriesFor(search: MetricSearch, options: Partial<LokiOptions> = {}): Promise<readonly MetricQuery[]> {
  const source = loki({ url: new URL('http://127.0.0.1:1'), ...options });
  return (await statisticsOf(source).findMetrics(search, later())).queries;
}

async function opened(reply = replay(recorded('loki/range-matrix-rate')), options: Partial<LokiOptions> = {}) {
  await using server = await startRecordedServer(() => reply);
  const source = loki({ url: server.url, ...options });
  const [query] = await queriesFor(SEARCH);
  if (query === undefined) throw new Error('nothing is asked');
  const body = await statisticsOf(source).openMetrics(query, later());
  return { body, text: await textOf(body.chunks), asked: Object.fromEntries(server.requests[0]?.search ?? []) };
}

describe('what Loki counts over all lines', () => {
  test('is asked in two questions, with names that no text of a service can leave', async () => {
    const queries = await queriesFor(SEARCH);
    const [all = '', failing = ''] = queries.map(({ text }) => text);
    expect(queries).toHaveLength(2);
    expect(all).toContain('sum by (service_name) (rate({service_name=~"checkout|c\\"art"} [60s]))');
    expect(all).toContain('"__name__", "service:log_lines"');
    expect(failing).toContain('detected_level=~"(?i)(?:err|');
    expect(failing).toMatch(/ or sum by \(service_name\) \(rate\(.+ \[60s\]\)\) \* 0,/);
  });

  test('has a point a minute, and not more than 120 of a longer time', async () => {
    const of = async (minutes: number) => {
      const [query] = await queriesFor({ ...SEARCH, toUs: SEARCH.fromUs + minutes * MINUTE_US });
      return query?.stepSeconds ?? 0;
    };
    expect([await of(80), await of(120), await of(121), await of(24 * 60)]).toEqual([60, 60, 120, 720]);
  });

  test('is of the label that names the service', async () => {
    const [query] = await queriesFor(SEARCH, { selectorLabel: 'app' });
    expect(query?.text).toMatch(/sum by \(app\) \(rate\(\{app=~.+, "service", "\$1", "app", /);
  });

  test('begins and ends on whole steps, and is shown as a person would ask it', async () => {
    const { asked, body } = await opened();
    expect([asked.start, asked.end, asked.step]).toEqual(['1795185000', '1795186200', '60']);
    expect(body.query.text).toMatch(/^sum by \(service_name\) \(rate\(.+\[60s\]\)\)$/);
    expect(new URL(body.query.url).searchParams.get('query')).toBe(body.query.text);
    expect(body.format).toBe('prometheus-json');
  });

  test('is read with Loki’s own times', async () => {
    const { text } = await opened();
    const decoder = metricsBody('loki');
    decoder.push(Buffer.from(text));
    const [first] = decoder.end();
    expect(new Date((first?.atUs[0] ?? 0) / 1000).getUTCFullYear()).toBe(2026);
  });

  test('is of whom the labels name', async () => {
    const values = [
      [1_795_185_000, '0.5'],
      [1_795_185_060.5, '2'],
    ];
    const metric = { __name__: 'service:log_errors', metric: 'errors logged in Loki', service: 'checkout' };
    const result = [{ metric, values }];
    const reply = refuse(200, {}, JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
    const { text } = await opened(reply);
    const decoder = metricsBody('loki');
    decoder.push(Buffer.from(text));
    expect(measured(decoder.end())).toMatchObject([
      { concept: 'log_errors', service: 'checkout', metric: 'errors logged in Loki' },
    ]);
  });

  test('is refused in Loki’s own words', async () => {
    const error = await opened(replay(recorded('loki/range-too-long'))).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'SH_BACKEND', status: 400, advice: expect.stringContaining('time range') });
  });
});
