import { expect, test } from 'vitest';
import { saysWhatIsAsked } from '#diagnose/rules/seen-by-many.ts';

const outage = (attribute: string) => ({ detector: 'partial-outage', facts: { attribute } });

test.each(['aws.dynamodb.table_names', 'aws.s3.bucket', 'db.collection.name', 'http.route'])(
  '%s says whom a request asks, so it only describes the problem',
  (attribute) => {
    expect(saysWhatIsAsked(outage(attribute))).toBe(true);
  },
);

test.each(['tenant.id', 'aws.ecs.task.arn', 'cloud.region'])('%s says who of many suffers', (attribute) => {
  expect(saysWhatIsAsked(outage(attribute))).toBe(false);
});
