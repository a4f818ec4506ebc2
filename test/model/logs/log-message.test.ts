import { expect, test } from 'vitest';
import { logMessage } from '#model/logs/log-message.ts';
import { logLine } from '#test/log-line.ts';

const said = (text: string) => logMessage(logLine('api', 1, text));

test('fields behind a message are left out', () => {
  expect(said('saved the basket {"items":3,"message":"kept"}')).toBe('saved the basket');
});

test.each([
  [
    'dapr: {"errorCode":"ERR_STATE_STORE_NOT_FOUND","message":"state store basket is not found"}',
    'dapr: state store basket is not found',
  ],
  ['upstream answered: {"detail":"tenant is locked"}', 'upstream answered: tenant is locked'],
])('an error behind a name is the message: %s', (text, message) => {
  expect(said(text)).toBe(message);
});

test('an exception of Lambda keeps its message', () => {
  const text = `Uncaught Exception {"errorType":"Runtime.ImportModuleError","errorMessage":"Cannot find module 'dayjs'"}`;
  expect(said(text)).toContain("Cannot find module 'dayjs'");
});

test('fields without a message leave the name alone', () => {
  expect(said('dapr: {"errorCode":"ERR_X"}')).toBe('dapr:');
});
