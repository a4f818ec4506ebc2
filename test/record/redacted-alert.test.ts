import { expect, test } from 'vitest';
import { redactedAlert } from '#record/redacted-alert.ts';

const alert = (key: string) =>
  redactedAlert({
    source: 'alertmanager',
    key,
    title: 'Login fails',
    service: 'login',
    severity: 'critical',
    state: 'triggered',
    atUs: 0,
    saidUs: 0,
    url: '',
    traceId: '',
    labels: {},
  });

test('a key without a secret stays as it is', () => {
  expect(alert('{}:{alertname="SlowCheckout"}').key).toBe('{}:{alertname="SlowCheckout"}');
});

test('two keys that differ only in a secret stay different, and show none', () => {
  const [one, other] = [alert('login password=hunter22'), alert('login password=hunter33')];
  expect(one.key).not.toBe(other.key);
  expect(one.key + other.key).not.toMatch(/hunter/);
});

test('a key that was redacted before stays as it is', () => {
  const once = alert('login password=hunter22');
  expect(alert(once.key)).toEqual(once);
});

test('a mark of the sender in a key hides no secret', () => {
  expect(alert('user [redacted:name] password=hunter22').key).not.toContain('hunter22');
});
