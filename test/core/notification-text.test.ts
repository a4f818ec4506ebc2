import { expect, test } from 'vitest';
import { notificationIn } from '#core/notification-text.ts';

test('a notification in plain text is its names and values', () => {
  const text = 'Notification Type: RECOVERY\nHost: db-7\nState: UP\n\nInfo:\n\nPING OK - 2 ms\n';
  expect(notificationIn(text)).toEqual({
    'Notification Type': 'RECOVERY',
    Host: 'db-7',
    State: 'UP',
    Info: 'PING OK - 2 ms',
  });
});

test('the default message of an OpenSearch monitor is its trigger and its list', () => {
  const text =
    'Monitor fares just entered alert status. Please investigate the issue.\n- Trigger: fare-api 5xx\n  - Severity: 1\n';
  expect(notificationIn(text)).toEqual({
    Title: 'fares: fare-api 5xx',
    Trigger: 'fare-api 5xx',
    Severity: '1',
    Status: 'alert',
  });
});

test('a notification of Robusta is its title, where to look, and the cluster', () => {
  const text =
    '\nCrashing pod fares-web-6f7d9c8b5-ztx4q in namespace x\n\nInvestigate: https://platform.example/i?a=1&b=2\n\nSource: live-1\n';
  expect(notificationIn(text)).toEqual({
    Alert: 'Crashing pod fares-web-6f7d9c8b5-ztx4q in namespace x',
    State: 'firing',
    'Source cluster': 'live-1',
    Url: 'https://platform.example/i?a=1&b=2',
    Message: text.trim(),
  });
});

test.each(['Hello: all\nHow: are you', 'Notification Type: PROBLEM', 'A Monitor fares just entered alert status.', ''])(
  '%j is none',
  (text) => {
    expect(notificationIn(text)).toBeUndefined();
  },
);
