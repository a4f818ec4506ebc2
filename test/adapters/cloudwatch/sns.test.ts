import { createSign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { confirmSubscription, snsProof } from '#adapters/cloudwatch/sns.ts';
import { readCloudWatchWebhook } from '#adapters/cloudwatch/webhook.ts';

/** A key and a certificate that only this test has. */
const pem = (name: string) => readFileSync(new URL(`../../fixtures/sns/${name}.pem`, import.meta.url), 'utf8');

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alarms';
const CERTIFICATE = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem';
const ALARM = {
  AlarmName: 'cart-5xx',
  AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cart-5xx',
  AWSAccountId: '123456789012',
  NewStateValue: 'ALARM',
  StateChangeTime: '2026-01-06T14:30:00.000+0000',
  Region: 'EU (Ireland)',
  Trigger: { MetricName: 'Errors', Dimensions: [{ name: 'FunctionName', value: 'cart' }] },
};

type Message = Record<string, string>;

function signed(given: Message): Message {
  const message: Message = {
    Type: 'Notification',
    MessageId: 'm-1',
    TopicArn: TOPIC,
    Message: JSON.stringify(ALARM),
    Timestamp: new Date().toISOString(),
    SignatureVersion: '2',
    SigningCertURL: CERTIFICATE,
    ...given,
  };
  const names =
    message.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.flatMap((name) => (message[name] ? [`${name}\n${message[name]}\n`] : [])).join('');
  const sign = createSign(message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256').update(text);
  return { ...message, Signature: sign.sign(pem('key'), 'base64') };
}

async function accepts(message: Message, fetchText = vi.fn(async () => pem('certificate'))): Promise<boolean> {
  const proof = snsProof(`${TOPIC},arn:other`, { fetchText });
  const request = {
    header: (name: string) => (name === 'x-amz-sns-topic-arn' ? message.TopicArn : undefined),
    body: Buffer.from(JSON.stringify(message)),
  };
  return proof?.mayBe(request) === true && (await proof.isSigned?.(request)) === true;
}

describe('a message of Amazon SNS', () => {
  test.each(['1', '2'])('is proved by its signature, version %s', async (SignatureVersion) => {
    expect(await accepts(signed({ SignatureVersion }))).toBe(true);
    expect(await accepts(signed({ SignatureVersion, Subject: 'ALARM: cart-5xx' }))).toBe(true);
  });

  test('is refused if anything in it was changed', async () => {
    expect(await accepts({ ...signed({}), Message: '{}' })).toBe(false);
    expect(await accepts({ ...signed({}), Subject: 'added' })).toBe(false);
    expect(await accepts(signed({ TopicArn: 'arn:aws:sns:eu-west-1:1:others' }))).toBe(false);
    expect(await accepts(signed({ Timestamp: '2020-01-01T00:00:00.000Z' }))).toBe(false);
  });

  test.each([
    'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem',
    'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0a.pem',
    'https://evil.example/SimpleNotificationService-0a.pem',
    'https://bucket.s3.amazonaws.com/SimpleNotificationService-0a.pem',
    'https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0a.pem',
    'https://sns.eu-west-1.amazonaws.com/other.pem',
  ])('never leads to %s', async (SigningCertURL) => {
    const fetchText = vi.fn(async () => pem('certificate'));
    expect(await accepts(signed({ SigningCertURL }), fetchText)).toBe(false);
    expect(fetchText).not.toHaveBeenCalled();
  });

  test('is refused while the certificate cannot be had', async () => {
    expect(
      await accepts(
        signed({}),
        vi.fn(async () => Promise.reject(new Error('down'))),
      ),
    ).toBe(false);
  });

  test('that begins a subscription is confirmed, only at Amazon', async () => {
    const get = vi.fn(async () => '');
    const SubscribeURL = `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=t`;
    const message = signed({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL });
    expect(await accepts(message)).toBe(true);
    expect(await confirmSubscription(message, get)).toMatchObject({ status: 200 });
    expect(get).toHaveBeenCalledWith(SubscribeURL);
    const elsewhere = signed({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: 'https://evil.example/' });
    expect(await confirmSubscription(elsewhere, get)).toMatchObject({ status: 400 });
    expect(get).toHaveBeenCalledTimes(1);
    expect(confirmSubscription(signed({}), get)).toBeUndefined();
  });

  test('holds an alarm, which ends with OK', () => {
    expect(readCloudWatchWebhook(signed({}), 1)).toMatchObject({
      delivery: {
        id: 'm-1',
        subject: {
          key: ALARM.AlarmArn,
          title: 'cart-5xx',
          service: 'cart',
          state: 'triggered',
          atUs: 1_767_709_800_000_000,
        },
      },
    });
    const ok = signed({ Message: JSON.stringify({ ...ALARM, NewStateValue: 'OK' }) });
    expect(readCloudWatchWebhook(ok, 1)).toMatchObject({
      delivery: { subject: { state: 'resolved', key: ALARM.AlarmArn } },
    });
    const unknown = signed({ Message: JSON.stringify({ ...ALARM, NewStateValue: 'INSUFFICIENT_DATA' }) });
    expect(readCloudWatchWebhook(unknown, 1)).toMatchObject({
      kind: 'other',
      why: expect.stringContaining('INSUFFICIENT_DATA'),
    });
    expect(readCloudWatchWebhook(signed({ Message: 'disk is full' }), 1)).toMatchObject({ kind: 'unreadable' });
  });

  test('may hold an event of EventBridge', () => {
    const event = {
      'detail-type': 'CloudWatch Alarm State Change',
      account: '123456789012',
      region: 'eu-west-1',
      resources: [ALARM.AlarmArn],
      time: '2026-01-06T14:30:00Z',
      detail: {
        alarmName: 'cart-5xx',
        state: { value: 'ALARM', reason: 'crossed', timestamp: '2026-01-06T14:30:00.000+0000' },
      },
    };
    expect(readCloudWatchWebhook(signed({ Message: JSON.stringify(event) }), 1)).toMatchObject({
      delivery: { subject: { key: ALARM.AlarmArn, state: 'triggered', atUs: 1_767_709_800_000_000 } },
    });
  });
});
