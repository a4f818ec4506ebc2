import { describe, expect, test } from 'vitest';
import { objectiveIn, objectiveLabels } from '#model/incident/slo-objective.ts';

const SLOTH = {
  alertname: 'MyServiceHighErrorRate',
  sloth_id: 'shop-requests-availability',
  sloth_service: 'shop',
  sloth_slo: 'requests-availability',
};
const slothRule = (...factors: readonly number[]) =>
  factors
    .map(
      (factor) =>
        `(max(slo:sli_error:ratio_rate5m{sloth_id="shop-requests-availability"} > (${factor} * 0.0009999999999999432)) without (sloth_window))`,
    )
    .join(' or ');

describe('the rule of an alert', () => {
  test.each([
    ['a page of Sloth', slothRule(14.4, 6), SLOTH, { slo_objective: '99.9', slo_period: '30d' }],
    ['a ticket of Sloth', slothRule(3, 1), SLOTH, { slo_objective: '99.9', slo_period: '30d' }],
    ['Sloth over four weeks', slothRule(13.44, 5.6), SLOTH, { slo_objective: '99.9', slo_period: '28d' }],
    [
      'Pyrra',
      'http_requests:burnrate5m{slo="api"} > (14 * (1-0.99000)) and http_requests:burnrate1h{slo="api"} > (14 * (1-0.99000))',
      { alertname: 'ErrorBudgetBurn', slo: 'api', exhaustion: '2d', long: '1h', short: '5m' },
      { slo_objective: '99', slo_period: '28d' },
    ],
    [
      'the SRE workbook',
      'job:slo_errors_per_request:ratio_rate1h{job="shop"} > (14.4*0.001)',
      {},
      { slo_objective: '99.9', slo_period: '30d' },
    ],
  ])('tells the objective and its period: %s', (_, rule, labels, expected) => {
    expect(objectiveLabels(rule, labels)).toEqual(expected);
    expect(objectiveIn({ ...labels, ...objectiveLabels(rule, labels) })).toEqual({
      target: Number((Number(expected.slo_objective) / 100).toPrecision(12)),
      days: Number.parseInt(expected.slo_period, 10),
    });
  });

  test.each([
    ['no burn rate', 'rate(http_requests_total{code=~"5.."}[5m]) > 0.05', {}],
    ['a factor that tells no period', 'errors:ratio_rate6h > (6 * 0.001)', {}],
    ['a threshold that is no objective', 'x > (14.4 * 0.9)', {}],
    ['an exhaustion that does not fit', 'x > (14 * (1-0.99))', { exhaustion: 'soon' }],
    ['labels that have an objective', 'x > (14.4 * 0.001)', { slo_objective: '99.5' }],
    ['a rule of any length', `${'('.repeat(200_000)}> (14.4 * 0.001)`, {}],
  ])('says nothing: %s', (_, rule, labels) => {
    expect(objectiveLabels(rule, labels)).toEqual({});
  });
});

describe('the labels of an alert', () => {
  test.each([
    [
      { slo_objective: '99.9', slo_window: '30d' },
      { target: 0.999, days: 30 },
    ],
    [
      { objective: '99.95%', slo_period: '4w' },
      { target: 0.9995, days: 28 },
    ],
    [
      { slo_target: '0.99', slo_time_window: '720h' },
      { target: 0.99, days: 30 },
    ],
  ])('tell an objective: %j', (labels, expected) => {
    expect(objectiveIn(labels)).toEqual(expected);
  });

  test.each([
    [{}],
    [{ slo_objective: '99.9' }],
    [{ slo_period: '30d' }],
    [{ slo_objective: '300ms', slo_period: '30d' }],
    [{ slo_objective: '100', slo_period: '30d' }],
    [{ slo_objective: '99.9', slo_period: '0d' }],
    [{ slo_objective: '99.9', slo_period: '30d', sloth_slo: 'requests-latency' }],
    [{ slo_objective: '99.9', slo_period: '30d', alertname: 'ApiSlowResponses' }],
  ])('tell none: %j', (labels: Record<string, string>) => {
    expect(objectiveIn(labels)).toBeUndefined();
  });
});
