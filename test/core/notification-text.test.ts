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

test.each(['Hello: all\nHow: are you', 'Notification Type: PROBLEM', 'A Monitor fares just entered alert status.', ''])(
  '%j is none',
  (text) => {
    expect(notificationIn(text)).toBeUndefined();
  },
);
