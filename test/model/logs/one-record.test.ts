/** One record, message or offset that nearly all lines of a failure are about. */
import { expect, test } from 'vitest';
import { recordIn } from '#model/logs/complaint.ts';
import { logLine } from '#test/log-line.ts';

const nine = (text: (at: number) => string) =>
  Array.from({ length: 9 }, (_, at) => logLine('depot', at, text(at), { level: 'error' }));

test.each([
  ['a field', (at: number) => `cannot parse record_id=geo-41, try ${at}`, 'geo-41'],
  ['an id of a message', (at: number) => `{"message_id":"8f21a","try":${at}}`, '8f21a'],
  ['an offset', (at: number) => `offset=48213 cannot be decoded, try ${at}`, '48213'],
  ['another one each time', (at: number) => `cannot parse record_id=geo-4${at}`, ''],
  ['the message of a line', (at: number) => `{"message":"HikariPool-1 - no connection ${at}"}`, ''],
  ['a method with a version', (at: number) => `{"msg":"depot.shelf.v1.Shelves/Pack failed","try":${at}}`, ''],
  ['a path with a version', (at: number) => `path=/v1/shelves refused, try ${at}`, ''],
])('%s', (_, text, record) => {
  expect(recordIn(nine(text))).toBe(record);
});
