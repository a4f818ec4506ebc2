import { describe, expect, test } from 'vitest';
import { measured } from '#model/metrics/measured.ts';
import { lineRates, requestRates } from '#model/metrics/request-rates.ts';
import { series, seriesOf } from '#test/metrics.ts';

const SHOP = { service: 'checkout' };
const rate = (labels: Readonly<Record<string, string>>, perSecond = 1, name = 'service:requests') =>
  series(name, { ...SHOP, metric: name, ...labels }, () => perSecond);
/** Of the requests that series with these labels count beside three times as many that are well. */
const failing = (bad: Readonly<Record<string, string>>, well: Readonly<Record<string, string>>) =>
  requestRates(seriesOf([rate(bad), rate(well, 3)]))[0]?.failing?.values[0];

describe('which of the counted requests failed', () => {
  test.each([
    [{ rpc_grpc_status_code: '14' }, { rpc_grpc_status_code: '0' }],
    [{ grpc_status: '13' }, { grpc_status: '5' }],
    [{ grpc_code: 'Unavailable' }, { grpc_code: 'NotFound' }],
    [{ envoy_response_code: '503' }, { envoy_response_code: '404' }],
    [{ status: 'error' }, { status: 'unset' }],
    [{ status_code: 'STATUS_CODE_ERROR' }, { status_code: 'STATUS_CODE_UNSET' }],
  ])('%j of %j', (bad, well) => {
    expect(failing(bad, well)).toBe(0.25);
  });

  test('a number is one of gRPC’s only where the label says so', () => {
    expect(failing({ code: '14' }, { code: '200' })).toBe(0);
  });
});

describe('failures that a cloud counts beside the requests', () => {
  const of = (name: string, perMinute: number, function_ = 'mail') =>
    series(name, { dimension_FunctionName: function_ }, () => perMinute);
  const shareOf = (...drawn: Parameters<typeof seriesOf>[0]) => requestRates(seriesOf(drawn))[0]?.failing?.values[0];

  test('are a share of them, all kinds together', () => {
    const calls = of('aws_lambda_invocations_sum', 600);
    expect(shareOf(calls, of('aws_lambda_errors_sum', 60), of('aws_lambda_throttles_sum', 90))).toBeCloseTo(0.25);
    expect(shareOf(calls, of('aws_lambda_throttles_sum', 6000))).toBe(1);
  });

  test('are none of another function, or of another product', () => {
    const calls = of('aws_lambda_invocations_sum', 600);
    expect(shareOf(calls, of('aws_lambda_errors_sum', 60, 'bills'))).toBeUndefined();
    expect(shareOf(calls, of('aws_apigateway_5xx_error_sum', 60))).toBeUndefined();
  });
});

test('lines stand in where no metric counts the service’s requests', () => {
  const lines = rate({}, 9, 'service:log_lines');
  const others = { ...rate({}, 4, 'service:log_lines'), metric: { __name__: 'service:log_lines', service: 'cart' } };
  const of = (drawn: Parameters<typeof seriesOf>[0]) =>
    lineRates(seriesOf(drawn)).map(({ service, counts }) => `${counts} of ${service}`);
  expect(of([lines, others])).toEqual(['log lines of cart', 'log lines of checkout']);
  expect(of([lines, others, rate({})])).toEqual(['log lines of cart']);
});

describe('whose a series is', () => {
  const services = (labels: Readonly<Record<string, string>>) =>
    measured(seriesOf([series('service:requests', labels, () => 1)])).map(({ service }) => service);

  test.each([
    [{ envoy_cluster_name: 'outbound|80||checkout.shop.svc.cluster.local', job: 'envoy' }, 'checkout'],
    [{ service: 'ingress-nginx-metrics', exported_service: 'checkout' }, 'checkout'],
    [{ service: 'checkout', job: 'shop' }, 'checkout'],
    [{ application: 'checkout', job: 'spring', instance: '10.0.3.7:8080' }, 'checkout'],
  ])('%j: %s', (labels, service) => {
    expect(services(labels)).toEqual([service]);
  });
});
