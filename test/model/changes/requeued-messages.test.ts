/** A consumer that puts rejected messages back into their queue, and the way back. */
import { describe, expect, test } from 'vitest';
import { echoedMessages, isRequeuing, requeuedMessages } from '#model/changes/requeued-messages.ts';

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

describe('who reads a queue', () => {
  const diff = (path: string, line: string) => `@@ ${path} @@\n read()\n${line}`;
  const found = (path: string, line: string) => echoedMessages(diff(path, line)).map(({ kind }) => kind);

  test.each([
    ['Go', 'internal/mail/consume.go', '+\treturn c.ch.Publish("", "mail.due", note(m))'],
    ['Java', 'src/main/java/mail/MailConsumer.java', '+    rabbit.convertAndSend("mail.due", note);'],
    ['Node.js', 'src/mail-consumer.js', '+  channel.sendToQueue("mail.due", note)'],
    ['Python', 'mail/consumer.py', '+    channel.basic_publish(exchange="", routing_key="mail.due", body=note)'],
  ])('%s: writes a message for each one that it reads', (_, path, line) => {
    expect(found(path.replace('MailConsumer', 'consumer/Mail'), line)).toEqual(['more-messages']);
  });

  test('wrote it before, or is another file', () => {
    expect(found('mail/consumer.py', ' channel.basic_publish(body=note)')).toEqual([]);
    expect(found('mail/views.py', '+channel.basic_publish(body=note)')).toEqual([]);
  });
});
