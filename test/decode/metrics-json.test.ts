import { describe, expect, test } from 'vitest';
import { metricsBody } from '#decode/metrics-json.ts';

function decoded(text: string) {
  const body = metricsBody('metrics.json');
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 7) body.push(bytes.subarray(at, at + 7));
  return body.end();
}

const SERIES = {
  metric: { __name__: 'up', job: 'shop' },
  values: [
    [1_700_000_060, '2'],
    [1_700_000_000.5, '1'],
  ],
};

describe('series of metrics', () => {
  test('of a case and of an answer of Prometheus are the same', () => {
    const [one] = decoded(JSON.stringify([SERIES]));
    const [other] = decoded(
      JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [SERIES], stats: null } }),
    );
    expect(one).toEqual(other);
    expect(one).toMatchObject({ name: 'up', labels: { job: 'shop' } });
    expect([...(one?.atUs ?? [])]).toEqual([1_700_000_000_500_000, 1_700_000_060_000_000]);
    expect([...(one?.values ?? [])]).toEqual([1, 2]);
  });

  test('points that tell nothing are passed over', () => {
    const values = [[1, 'NaN'], [2, '+Inf'], [null, '3'], 'x', [4, 5]];
    expect([...(decoded(JSON.stringify([{ metric: {}, values }]))[0]?.values ?? [])]).toEqual([5]);
  });

  test.each(['[]', '{"status":"success","data":{"resultType":"matrix","result":[]}}'])('%s is empty', (text) => {
    expect(decoded(text)).toEqual([]);
  });

  test.each(['', '{', '{"data":[]}', '{"status":"error","error":"bad query"}', '[{"values":[]}]', '"metrics"'])(
    '%j is refused, with what is accepted',
    (text) => {
      expect(() => decoded(text)).toThrow('metrics.json holds no readable metric series');
    },
  );
});
