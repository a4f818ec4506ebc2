/** Alertmanager's webhook of version 4. */

export function firing(fingerprint: string) {
  return {
    status: 'firing',
    labels: { alertname: 'SlowCheckout', service: 'checkout', severity: 'critical', pod: fingerprint },
    annotations: { summary: 'p95 is 2.3 s' } as Record<string, string>,
    startsAt: '2026-01-06T14:30:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus:9090/graph',
    fingerprint,
  };
}

export function alertmanagerGroup(alerts: readonly object[], more: object = {}) {
  return {
    version: '4',
    groupKey: '{}:{alertname="SlowCheckout"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'spanhound',
    groupLabels: { alertname: 'SlowCheckout' },
    commonLabels: { alertname: 'SlowCheckout', service: 'checkout', severity: 'critical' },
    commonAnnotations: {},
    externalURL: 'http://alertmanager:9093',
    alerts,
    ...more,
  };
}
