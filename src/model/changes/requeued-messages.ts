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

export function requeuedMessages({ added, removed }: Sides): Effect[] {
  const isNew = moreIn(added, removed, REQUEUES).length > 0;
  return effect('more-retries', isNew ? 'it puts the messages that it rejects back into their queue' : '');
}

/** Whether the lines of the change say so. */
export function isRequeuing({ diff }: Pick<Change, 'diff'>): boolean {
  const lines = diffLines(diff);
  return requeuedMessages({ added: textOfMark(lines, '+'), removed: textOfMark(lines, '-') }).length > 0;
}
