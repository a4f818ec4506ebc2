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

test.each(['Hello: all\nHow: are you', 'Notification Type: PROBLEM', ''])('%j is none', (text) => {
  expect(notificationIn(text)).toBeUndefined();
});
