/** An alert that fires. Each test names only what it is about. */
import type { Alert } from '#model/incident/alert.ts';

export function firedAlert(more: Partial<Alert> = {}): Alert {
  return {
    source: 'pagerduty',
    key: 'Q1',
    title: 'Checkout is slow',
    service: 'checkout',
    severity: '',
    state: 'triggered',
    atUs: 1,
    saidUs: 1,
    url: '',
    traceId: '',
    labels: {},
    ...more,
  };
}
