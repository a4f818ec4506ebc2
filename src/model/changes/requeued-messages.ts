/**
 * A consumer that puts a message back into its queue when it rejects it: the broker gives it out again at once.
 *
 *   -  channel.basicReject(tag, false);         the message goes to the dead letters
 *   +  channel.basicNack(tag, false, true);     ◄── the same message comes again and again
 *
 * RabbitMQ calls that a requeue loop, which takes its processor and the network: https://www.rabbitmq.com/docs/nack
 */
import type { Change } from '#model/changes/change.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import { type Effect, effect, moreIn, type Sides } from '#model/changes/effect.ts';

/** Clients of RabbitMQ for Java, .NET, Go, Node.js and Python, and Spring's settings. */
const REQUEUES =
  /\b(?:basic_?)?nack\w{0,5}\([^()\n]{0,60},\s{0,3}true\s{0,2}\)|\b(?:basic_?)?reject\w{0,5}\((?:[^()\n]{0,60},\s{0,3})?true\s{0,2}\)|\b(?:default_?-?)?requeue(?:_?-?rejected)?["']?\s{0,3}[:=]\s{0,3}["']?true\b/gi;

/** Clients of RabbitMQ, Kafka, NATS, SQS and SNS, Service Bus, Pub/Sub, Redis; jobs of Celery, Sidekiq and BullMQ. */
const PUBLISHES =
  /\b(?:basic_?)?publish\w{0,20}\s?\(|\bconvert_?and_?send\s?\(|\bsend_?to_?queue\s?\(|\b\w{0,20}(?:producer|publisher|sender|writer)\w{0,10}\.(?:send|produce|write)\w{0,20}\s?\(|\bsend_?messages?\w{0,10}\s?\(|\bxadd\s?\(|\benqueue\w{0,12}\s?\(|\bperform_(?:async|later)\b|\bapply_async\s?\(/gi;
/** The file reads messages, as its name says. */
const OF_CONSUMERS =
  /(?:^|[/_.-])(?:consum\w{0,6}|subscri\w{0,8}|listeners?|receivers?|message_?-?handlers?)(?=[/_.-]|$)/i;

/**
 * Who reads a queue also writes messages now: one that it sends into the queue that it reads comes back to it, and so on.
 *
 *      consume.go    send(letter)
 *   +                publish("letters", note(letter))     ◄── a message for each message
 */
export function echoedMessages(diff: string): Effect[] {
  const isNew = diff.split(FILE_BEGINS).some((part) => {
    const [path = ''] = part.split(/\s/, 1);
    if (!OF_CONSUMERS.test(path)) return false;
    const lines = diffLines(part);
    return moreIn(textOfMark(lines, '+'), textOfMark(lines, '-'), PUBLISHES).length > 0;
  });
  return effect('more-messages', isNew ? 'it sends a message for each message that it reads' : '');
}

/** `@@ src/consume.go @@`, `+++ b/src/consume.go`. */
const FILE_BEGINS = /^(?:@@ (?=[\w./-]{1,300} @@)|\+\+\+ b\/)/m;

export function requeuedMessages({ added, removed }: Sides): Effect[] {
  const isNew = moreIn(added, removed, REQUEUES).length > 0;
  return effect('more-retries', isNew ? 'it puts the messages that it rejects back into their queue' : '');
}

/** Whether the lines of the change say so. */
export function isRequeuing({ diff }: Pick<Change, 'diff'>): boolean {
  const lines = diffLines(diff);
  return requeuedMessages({ added: textOfMark(lines, '+'), removed: textOfMark(lines, '-') }).length > 0;
}
