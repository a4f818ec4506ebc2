/** A consumer that puts rejected messages back into their queue, and the way back. */
import { expect, test } from 'vitest';
import { isRequeuing, requeuedMessages } from '#model/changes/requeued-messages.ts';

const kinds = (removed: string, added: string) => requeuedMessages({ removed, added }).map(({ kind }) => kind);

test.each([
  ['Java', 'channel.basicReject(tag, false);', 'channel.basicNack(tag, false, true);'],
  ['.NET', 'await channel.BasicNackAsync(tag, false, false);', 'await channel.BasicNackAsync(tag, false, true);'],
  ['Go', 'd.Reject(false)', 'd.Nack(false, true)'],
  ['Python', 'ch.basic_nack(tag, requeue=False)', 'ch.basic_nack(tag, requeue=True)'],
  ['Node.js', 'channel.nack(message, false, false)', 'channel.nack(message, false, true)'],
  ['Spring', 'default-requeue-rejected: false', 'default-requeue-rejected: true'],
])('%s: a rejected message comes again', (_, removed, added) => {
  expect(kinds(removed, added)).toEqual(['more-retries']);
  expect(kinds(added, removed)).toEqual([]);
});

test('a call that stays as it is requeues no more than before', () => {
  const line = 'channel.basicNack(tag, false, true);';
  expect(kinds(line, line)).toEqual([]);
  expect(isRequeuing({ diff: ` ${line}\n+log.info("asked again");` })).toBe(false);
  expect(isRequeuing({ diff: `-channel.basicReject(tag, false);\n+${line}` })).toBe(true);
});
