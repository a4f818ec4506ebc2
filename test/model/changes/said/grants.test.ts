/** Changes of servers that refuse just what a failure names, and changes of other rights. */
import { describe, expect, test } from 'vitest';
import { encryptionAsked, grantGone } from '#model/changes/said/grants.ts';

const ACL = (name: string, before: string, after: string) =>
  `@@ users/desk.yaml @@\n   acls:\n     - resource: { type: topic, name: ${name} }\n-      operations: [${before}]\n+      operations: [${after}]`;
const REFUSED = 'topicauthorizationexception: not authorized to access topics: [tickets-sold]';

describe('a right that a change takes away', () => {
  test.each([
    ['Kafka', ACL('tickets-sold', 'Describe, Write', 'Describe, Read'), REFUSED],
    [
      'PostgreSQL',
      '-GRANT SELECT, INSERT ON seats TO desk;\n+GRANT SELECT ON seats TO desk;',
      'error: permission denied for table seats',
    ],
    ['NATS', '-  publish: { allow: ["seats.sold"] }', 'nats: permissions violation for publish to "seats.sold"'],
  ])('%s refuses it', (_, diff, failure) => {
    expect(grantGone(diff, failure)).toMatch(/^it takes the right “\w+” to \S+ away$/);
  });

  test.each([
    ['another topic', ACL('tickets-lost', 'Describe, Write', 'Describe, Read'), REFUSED],
    ['a longer name', ACL('tickets-sold.dlq', 'Describe, Write', 'Describe, Read'), REFUSED],
    ['more rights', ACL('tickets-sold', 'Describe', 'Describe, Write'), REFUSED],
    ['another failure', ACL('tickets-sold', 'Describe, Write', 'Describe, Read'), 'timeout: topic tickets-sold'],
    [
      'another table beside it',
      ' GRANT INSERT ON seats TO desk;\n-GRANT INSERT ON rows TO desk;',
      'permission denied for table seats',
    ],
  ])('%s leads to nothing', (_, diff, failure) => {
    expect(grantGone(diff, failure)).toBe('');
  });
});

describe('a server that lets in only encrypted connections', () => {
  const NO_ENTRY = 'fatal: no pg_hba.conf entry for host "10.0.0.7", user "desk", database "seats", no encryption';

  test.each([
    ['PostgreSQL', '-host    all all 10.0.0.0/8 md5\n+hostssl all all 10.0.0.0/8 md5', NO_ENTRY],
    [
      'MySQL',
      '+require_secure_transport = ON',
      'connections using insecure transport are prohibited while --require_secure_transport=on.',
    ],
  ])('%s refuses plain ones', (_, diff, failure) => {
    expect(encryptionAsked(diff, failure)).not.toBe('');
  });

  test.each([
    ['a rule for plain ones stays', ' host all all 10.0.0.0/8 md5\n+hostssl all all 10.0.0.0/8 md5', NO_ENTRY],
    ['it did before', '-hostssl all all 10.0.0.0/8 md5\n+hostssl all all 10.0.0.0/8 scram-sha-256', NO_ENTRY],
    [
      'the client encrypts',
      '-host    all all 10.0.0.0/8 md5\n+hostssl all all 10.0.0.0/8 md5',
      'fatal: no pg_hba.conf entry for host "10.0.0.7", user "desk", database "seats", ssl encryption',
    ],
  ])('but not where %s', (_, diff, failure) => {
    expect(encryptionAsked(diff, failure)).toBe('');
  });
});
