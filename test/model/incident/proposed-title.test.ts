import { expect, test } from 'vitest';
import { titleOfAlert, titleOfHeadline } from '#model/incident/proposed-title.ts';

test.each([
  ['Error rate above 5 % on basket', 'basket', 'Error rate above 5 % on basket'],
  ['[FIRING:2] HighErrorRate', 'basket', 'High error rate in basket'],
  ['🔴 [Critical] ALERT: DiskFull', '', 'Disk full'],
  ['HTTPErrorRateHigh', '', 'HTTP error rate high'],
  ['basket_latency_p99', 'basket', 'Basket latency p99'],
  ['KubePodCrashLooping', 'basket', 'Kube pod crash looping in basket'],
  ['Alerting rules do not load', '', 'Alerting rules do not load'],
  ['[basket] refunds fail', '', '[basket] refunds fail'],
  ['ALERT:', '', 'ALERT:'],
  ['HighErrorRate (2 alerts: checkout, cart)', 'checkout', 'High error rate in checkout and cart'],
  ['HighErrorRate (9 alerts: a, b, c and others)', 'a', 'High error rate in a, b, c and others'],
  ['HighErrorRate (2 alerts)', 'checkout', 'High error rate in checkout'],
  ['Refunds fail (2 alerts: checkout, cart)', 'checkout', 'Refunds fail (2 alerts: checkout, cart)'],
])('the alert “%s” of “%s” is in plain words', (title, service, plain) => {
  expect(titleOfAlert({ title, service })).toBe(plain);
});

test('a long title ends with a clause, and a short one is whole', () => {
  const long =
    'POST /refunds fails: basket waits for a lock that another transaction holds, for 12 s of the 12.4 s of it';
  expect(titleOfHeadline(long)).toBe('POST /refunds fails: basket waits for a lock that another transaction holds');
  expect(titleOfHeadline('Refunds fail')).toBe('Refunds fail');
  const words = `${'very '.repeat(30)}long`;
  expect(titleOfHeadline(words)).toBe(`${'very '.repeat(20)}`.trim().slice(0, 99));
});
