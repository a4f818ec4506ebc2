import { describe, expect, test } from 'vitest';
import { serviceOfAlert } from '#model/incident/alert-service.ts';

const KNOWN = ['checkout', 'payment', 'payment-gateway', 'stock-service', 'Orders', 'orders', 'route'];

function serviceOf(alert: Partial<Parameters<typeof serviceOfAlert>[0]>) {
  return serviceOfAlert({ title: '', service: '', labels: {}, ...alert }, KNOWN);
}

describe('the service of an alert is', () => {
  test.each([
    ['its service by the exact name', { service: 'Orders' }, 'Orders'],
    ['its service, written otherwise', { service: 'Payment Gateway' }, 'payment-gateway'],
    ['its service, with or without “service”', { service: 'Checkout Service' }, 'checkout'],
    ['its service, with or without “svc”', { service: 'stock' }, 'stock-service'],
    ['a label', { labels: { app: 'checkout' } }, 'checkout'],
    [
      'a label of the right name before one that says a host',
      { labels: { job: 'route', service: 'payment' } },
      'payment',
    ],
    ['a label, where its service is a team', { service: 'SRE', labels: { service: 'checkout' } }, 'checkout'],
    [
      'the workload before the exporter that measured it',
      { service: 'mon-kube-state-metrics', labels: { job: 'kube-state-metrics', statefulset: 'payment' } },
      'payment',
    ],
    ['a word of its title', { title: 'High latency on checkout (eu)' }, 'checkout'],
    ['the longest such word', { title: 'payment gateway is slow' }, 'payment-gateway'],
    ['a word at its edge', { title: 'checkout: p95 > 2 s' }, 'checkout'],
  ])('%s', (_, alert, service) => expect(serviceOf(alert)).toBe(service));
});

describe('no service is read from', () => {
  test.each([
    ['a longer word', { title: 'checkouts are slow' }],
    ['a part of another name', { title: 'my-checkout-db is full' }],
    ['a team and a disk', { service: 'SRE', title: 'Disk is full' }],
    ['nothing', {}],
  ])('%s', (_, alert) => expect(serviceOf(alert)).toBeUndefined());
});

test('a service’s name is a name and no pattern', () => {
  expect(serviceOfAlert({ title: 'x', service: '', labels: {} }, ['.*', '(', 'a+b'])).toBeUndefined();
});
