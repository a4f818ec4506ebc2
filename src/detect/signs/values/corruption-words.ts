/** Words for each kind of wrong data. */
import type { Corruption } from '#detect/signs/values/corrupt-data.ts';

/** A remedy may name `{service}`. */
export const CORRUPTION_WORDS: Readonly<
  Record<Corruption, Readonly<Record<'explanation' | 'remedy' | 'check', string>>>
> = {
  'checksum mismatch': {
    explanation:
      'The data that was read is not the data that was written. The disk, the memory, the network or the writer changed it.',
    remedy:
      'Stop writing to the damaged data of {service} and copy it as it is. Then restore it from a replica or a verified backup.',
    check:
      'The checksum belongs to another version of the same data. Then two writers disagree, and nothing is damaged.',
  },
  'wrong value': {
    explanation: 'A value is wrong, no call failed, and the service went on with it.',
    remedy:
      'Find the code of {service} that reads or computes this value, and stop what passes it on. Then mark and correct what was written since.',
    check: 'The value is right, and the check that complains knows an old rule.',
  },
  'corrupt data': {
    explanation: 'The store cannot read its own data.',
    remedy:
      'Take {service} out of service before the damage spreads, and keep a copy of the damaged files. Then restore from a replica or a verified backup.',
    check: 'The file belongs to another version or another program.',
  },
  'unreadable data': {
    explanation:
      'the service receives messages that it cannot decode: a producer writes another format, or they were truncated.',
    remedy:
      'Compare the schema versions of {service} and of the producer of its messages: which one was deployed last? Move the messages to a dead-letter queue; do not drop them.',
    check: 'All of them come from one client that never worked.',
  },
  'violated constraint': {
    explanation:
      'The database rejected wrong data: something wrote a row twice, or without the rows that it refers to.',
    remedy:
      'Find what writes these rows of {service}: a retry that is not idempotent, a job that ran twice, a deploy. Data that it wrote elsewhere has no such protection.',
    check: 'The program expects this error and handles it, such as an insert of an existing row.',
  },
  'lost messages': {
    explanation:
      'The broker deletes messages before {service} reads them: it looks for its position again and again, and goes on at another one.',
    remedy:
      'Keep the messages longer than {service} needs to read them (retention.ms, retention.bytes), before more are lost. Then find why it is so slow, and send the lost messages again from their source.',
    check: 'Somebody set its position by hand, or it needs only the newest messages.',
  },
  'stale data': {
    explanation: 'The answers are older than the stored data. People see outdated data without any error.',
    remedy:
      'Look at what should refresh the data of {service}: the invalidation, the replication, the job. Delete the stale entries; the next reads fill them again.',
    check: 'Answers of this age are allowed there on purpose.',
  },
};
