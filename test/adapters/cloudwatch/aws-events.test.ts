/** Events of other services of Amazon, in the forms of its documentation, with names of our own. */
import { describe, expect, test } from 'vitest';
import { isCloudWatchBody, readCloudWatchWebhook } from '#adapters/cloudwatch/webhook.ts';

const NOW_US = 1_772_400_000_000_000;

function read(body: unknown) {
  expect(isCloudWatchBody(body)).toBe(true);
  return readCloudWatchWebhook(body, NOW_US);
}

function alertIn(body: unknown) {
  const said = read(body);
  if (said.kind !== 'delivery') throw new Error(`no alert: ${JSON.stringify(said)}`);
  return said.delivery.subject;
}

/** As a topic passes it on. */
function published(message: object) {
  return {
    Type: 'Notification',
    MessageId: 'm-1',
    TopicArn: 'arn:aws:sns:eu-west-1:111122223333:ops',
    Message: JSON.stringify(message),
    Timestamp: '2026-03-01T10:00:00.000Z',
    SignatureVersion: '1',
    Signature: 'x',
    SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem',
  };
}

function event(kind: string, detail: object) {
  return {
    version: '0',
    id: 'e-1',
    'detail-type': kind,
    source: 'aws.example',
    account: '111122223333',
    time: '2026-03-01T10:00:00Z',
    region: 'eu-west-1',
    resources: [],
    detail,
  };
}

function health(category: string, statusCode: string) {
  return event('AWS Health Event', {
    eventArn: 'arn:aws:health:eu-west-1::event/SQS/AWS_SQS_OPERATIONAL_ISSUE/1',
    service: 'SQS',
    eventTypeCode: 'AWS_SQS_OPERATIONAL_ISSUE',
    eventTypeCategory: category,
    statusCode,
    startTime: 'Sun, 1 Mar 2026 09:40:00 GMT',
    eventDescription: [{ language: 'en_US', latestDescription: 'Messages are delivered late.' }],
  });
}

describe('AWS Health', () => {
  test('reports an issue of a service, until it is closed', () => {
    const begin = alertIn(health('issue', 'open'));
    expect(begin).toMatchObject({
      service: 'SQS',
      state: 'triggered',
      title: 'Messages are delivered late.',
      atUs: Date.UTC(2026, 2, 1, 9, 40) * 1_000,
    });
    expect(alertIn(health('issue', 'closed'))).toMatchObject({ state: 'resolved', key: begin.key });
  });

  test.each(['scheduledChange', 'accountNotification'])('a %s is no issue', (category) => {
    expect(read(health(category, 'upcoming'))).toMatchObject({ kind: 'other' });
  });
});

describe('AWS Backup', () => {
  const job = (state: string) =>
    event('Backup Job State Change', {
      backupJobId: 'j-1',
      resourceArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/invoices',
      resourceType: 'DynamoDB',
      state,
      statusMessage: 'no access to the vault',
    });

  test('a job that failed is about what it should save', () => {
    expect(alertIn(job('FAILED'))).toMatchObject({
      service: 'invoices',
      state: 'triggered',
      title: 'Backup Job FAILED: no access to the vault',
    });
  });

  test.each(['COMPLETED', 'RUNNING', 'CREATED'])('a job that is %s has not failed', (state) => {
    expect(read(job(state))).toMatchObject({ kind: 'other' });
  });
});

describe('RDS', () => {
  const notice = (id: string, message: string) =>
    published({
      'Event Source': 'db-instance',
      'Event Time': '2026-03-01 09:58:00.123',
      'Identifier Link': 'https://console.aws.amazon.com/rds/home#dbinstance:id=billing-db',
      'Source ID': 'billing-db',
      'Source ARN': 'arn:aws:rds:eu-west-1:111122223333:db:billing-db',
      'Event ID': `https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.html#${id}`,
      'Event Message': message,
    });

  test('a notice of trouble names the database', () => {
    expect(alertIn(notice('RDS-EVENT-0007', 'The allocated storage has been exhausted.'))).toMatchObject({
      service: 'billing-db',
      state: 'triggered',
      key: 'arn:aws:rds:eu-west-1:111122223333:db:billing-db/RDS-EVENT-0007',
    });
  });

  test.each(['Backing up DB instance', 'DB instance restarted', 'Finished applying modification'])(
    '“%s” is no trouble',
    (message) => {
      expect(read(notice('RDS-EVENT-0001', message))).toMatchObject({ kind: 'other' });
    },
  );

  test('an event says by its category whether it is trouble', () => {
    const of = (category: string) =>
      event('RDS DB Instance Event', {
        EventCategories: [category],
        SourceIdentifier: 'billing-db',
        SourceArn: 'arn:aws:rds:eu-west-1:111122223333:db:billing-db',
        EventID: 'RDS-EVENT-0031',
        Message: 'The instance is in a state of its own.',
      });
    expect(alertIn(of('failure'))).toMatchObject({ service: 'billing-db', state: 'triggered' });
    expect(read(of('backup'))).toMatchObject({ kind: 'other' });
  });
});

describe('Auto Scaling', () => {
  const scaled = (kind: string) =>
    published({
      AutoScalingGroupName: 'render-farm',
      Event: kind,
      Description: 'Launching a new EC2 instance',
      Cause: 'a monitor alarm render-cpu in state ALARM triggered policy more',
    });

  test('follows an alarm, which is no trouble', () => {
    expect(read(scaled('autoscaling:EC2_INSTANCE_LAUNCH'))).toMatchObject({ kind: 'other' });
  });

  test('an instance that cannot be launched is trouble', () => {
    expect(alertIn(scaled('autoscaling:EC2_INSTANCE_LAUNCH_ERROR'))).toMatchObject({
      service: 'render-farm',
      state: 'triggered',
    });
  });
});

describe('a composite alarm', () => {
  const alarm = (AlarmName: string, AlarmRule: string) => ({
    AlarmName,
    AlarmRule,
    AWSAccountId: '111122223333',
    NewStateValue: 'ALARM',
  });

  test.each([
    ['parcel-label-overall', 'ALARM("parcel-label-5xx") OR ALARM("parcel-label-slow")', 'parcel-label'],
    ['quote-bad', 'ALARM(arn:aws:cloudwatch:eu-west-1:111122223333:alarm:quote-errors)', 'quote'],
    ['prod-overall', 'ALARM("prod-cart-5xx") AND ALARM("prod-quote-5xx")', ''],
    ['everything', 'ALARM("cart-5xx") AND NOT ALARM("deploying")', ''],
  ])('%s of %s is about “%s”', (name, rule, service) => {
    expect(alertIn(alarm(name, rule)).service).toBe(service);
  });
});

describe('GuardDuty', () => {
  const finding = (severity: number, resource: object) =>
    event('GuardDuty Finding', {
      id: 'f-1',
      type: 'CryptoCurrency:EC2/BitcoinTool.B!DNS',
      severity,
      title: 'Bitcoin',
      resource,
    });

  test.each([
    [{ instanceDetails: { instanceId: 'i-1', tags: [{ key: 'Name', value: 'render-2' }] } }, 'render-2'],
    [{ instanceDetails: { instanceId: 'i-1', tags: [] } }, 'i-1'],
    [
      { eksClusterDetails: { name: 'live-1' }, kubernetesDetails: { kubernetesWorkloadDetails: { name: 'cart' } } },
      'cart',
    ],
    [{ eksClusterDetails: { name: 'live-1' } }, 'live-1'],
    [{ s3BucketDetails: [{ name: 'receipts' }], accessKeyDetails: { userName: 'ann' } }, 'receipts'],
    [{}, ''],
  ])('names the resource %j of a finding', (resource, service) => {
    expect(alertIn(published(finding(8, resource)))).toMatchObject({
      service,
      title: 'Bitcoin',
      key: 'f-1',
      state: 'triggered',
    });
  });

  test.each([
    [9, 'critical'],
    [8, 'high'],
    [5.3, 'medium'],
    [2, 'low'],
  ])('has a word for the severity %d', (severity, word) => {
    expect(alertIn(finding(severity, {})).severity).toBe(word);
  });
});

describe('a failover of a database', () => {
  const of = (message: string) =>
    published({
      'Event Source': 'db-instance',
      'Event Time': '2026-03-01 10:00:00.000',
      'Identifier Link': 'https://console.aws.amazon.com/rds/home',
      'Source ID': 'basket-db',
      'Source ARN': 'arn:aws:rds:eu-west-1:111122223333:db:basket-db',
      'Event ID': 'http://docs.amazonwebservices.com/AmazonRDS/latest/UserGuide/USER_Events.html#RDS-EVENT-0013',
      'Event Message': message,
    });

  test('lasts from its start to its end', () => {
    const begin = alertIn(of('Multi-AZ instance failover started.'));
    expect(begin).toMatchObject({ service: 'basket-db', state: 'triggered' });
    expect(alertIn(of('Multi-AZ instance failover completed'))).toMatchObject({ key: begin.key, state: 'resolved' });
  });

  test('is trouble of its own if it fails, and no alert if it is only spoken of', () => {
    expect(alertIn(of('Cluster failover failed, check the status')).state).toBe('triggered');
    expect(read(of('Promoting previous primary again after a failover')).kind).toBe('other');
  });

  test('that fails is trouble in an event, too, whose category is that of all failovers', () => {
    const arn = 'arn:aws:rds:eu-west-1:111122223333:cluster:basket-db';
    const detail = {
      EventCategories: ['failover'],
      SourceIdentifier: 'basket-db',
      SourceArn: arn,
      EventID: 'RDS-EVENT-0069',
    };
    const said = event('RDS DB Cluster Event', { ...detail, Message: 'Cluster failover failed, check the instances' });
    expect(alertIn(said)).toMatchObject({ service: 'basket-db', state: 'triggered' });
  });
});
