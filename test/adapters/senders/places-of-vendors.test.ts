/** Services, keys and states in the fields where a vendor's documentation has them, with their innocent twins. */
import { describe, expect, test } from 'vitest';
import { readNewRelicWebhook } from '#adapters/newrelic/webhook.ts';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import { mappedMessages } from '#adapters/senders/message.ts';

const NOW_US = 1_772_400_000_000_000;

function generalOf(body: unknown) {
  const read = readGeneral(body, { source: 'senders', receivedUs: NOW_US });
  return read.kind === 'delivery' ? read.delivery.subject : undefined;
}

describe('an issue of New Relic', () => {
  const issue = (state: string, trigger: string) => {
    const title = 'Errors of basket';
    const read = readNewRelicWebhook({ id: 'i1', issueUrl: 'https://nr.example/i1', title, state, trigger }, NOW_US);
    return read.kind === 'delivery' ? read.delivery : undefined;
  };

  test.each([
    ['ACTIVATED', 'STATE_CHANGE', 'triggered'],
    ['ACTIVATED', 'ISSUE_ACKNOWLEDGED', 'acknowledged'],
    ['ACTIVATED', 'ISSUE_UNACKNOWLEDGED', 'triggered'],
    ['CLOSED', 'ISSUE_ACKNOWLEDGED', 'resolved'],
  ])('%s by %s is %s', (state, trigger, expected) => {
    expect(issue(state, trigger)?.subject).toMatchObject({ key: 'i1', state: expected });
  });

  test('has another delivery when somebody acknowledges it', () => {
    expect(issue('ACTIVATED', 'ISSUE_ACKNOWLEDGED')?.id).not.toBe(issue('ACTIVATED', 'STATE_CHANGE')?.id);
  });
});

describe('a transaction that Pingdom checks', () => {
  const check = (before: string, now: string) => ({
    check_id: 7,
    check_name: 'Basket journey',
    check_type: 'TRANSACTION',
    previous_state: before,
    current_state: now,
    description: 'Step 2 failed',
  });

  test('ends with its success', () => {
    const begin = generalOf(check('SUCCESS', 'FAILING'));
    const end = generalOf(check('FAILING', 'SUCCESS'));
    expect(begin).toMatchObject({ service: 'Basket journey', state: 'triggered' });
    expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
  });

  test('the success of a request is no end', () => {
    const body = { status: 'success', alert: { name: 'Basket is slow', severity: 'critical' } };
    expect(generalOf(body)).toMatchObject({ state: 'triggered' });
  });
});

describe('an alert of Kibana', () => {
  const alert = (id: string, group: string, more: object = {}) => ({
    rule_id: 'r1',
    rule_name: 'Logs: error burst',
    alert_id: id,
    alert_action_group: group,
    reason: '',
    ...more,
  });

  test('is about the value of its group, and ends in the group for it', () => {
    const begin = generalOf(alert('basket-cron', 'logs.threshold.fired'));
    expect(begin).toMatchObject({ service: 'basket-cron', state: 'triggered', key: 'r1/basket-cron' });
    expect(generalOf(alert('basket-cron', 'recovered'))).toMatchObject({ state: 'resolved', key: begin?.key });
  });

  test.each([
    ['basket-web,eu', 'basket-web'],
    ['*', ''],
    ['query matched', ''],
    ['3b1f8a52-0c1d-4c5e-9a57-2f6a5f0c9d11', ''],
  ])('with the id %s has the service "%s"', (id, service) => {
    expect(generalOf(alert(id, 'logs.threshold.fired'))).toMatchObject({ service });
  });

  test('of another rule has another key', () => {
    const other = generalOf({ ...alert('basket-cron', 'logs.threshold.fired'), rule_id: 'r2' });
    expect(other?.key).toBe('r2/basket-cron');
  });
});

describe('an incident of FireHydrant', () => {
  const incident = (impacts: readonly object[]) => ({
    data: { incident: { id: 'f1', name: 'Orders fail', current_milestone: 'started', severity: 'SEV2', impacts } },
    event: { operation: 'CREATED', resource_type: 'incident' },
  });
  const environment = { type: 'environment', impact: { name: 'eu', id: 'e1' } };

  test('names the service that it impacts, and no environment', () => {
    const service = { type: 'service', impact: { name: 'basket', id: 's1' } };
    expect(generalOf(incident([environment, service]))).toMatchObject({ service: 'basket', key: 'f1' });
    expect(generalOf(incident([environment]))).toMatchObject({ service: '' });
  });
});

describe('a finding of Security Hub', () => {
  const finding = (id: string) => ({
    id: `event-of-${id}`,
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    resources: [`arn:aws:securityhub:eu-west-1:1:finding/${id}`],
    detail: {
      findings: [
        {
          Id: id,
          Title: 'Buckets should block public access',
          Severity: { Label: 'CRITICAL' },
          RecordState: 'ACTIVE',
          Compliance: { Status: 'FAILED' },
          Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::basket-receipts' }],
        },
      ],
    },
  });

  test('names the resource, and has its own id in each event', () => {
    expect(generalOf(finding('f7'))).toMatchObject({ service: 'basket-receipts', key: 'f7', state: 'triggered' });
  });
});

describe('a deploy of Netlify', () => {
  const deploy = (state: string, context: string) => ({
    id: `d-${state}`,
    site_id: 's1',
    name: 'basket-docs',
    state,
    context,
    branch: 'main',
    title: 'docs: an alert for errors',
    error_message: 'Build script returned non-zero exit code: 2',
    created_at: '2026-01-06T10:00:00Z',
  });

  test('to production that failed names its site', () => {
    expect(generalOf(deploy('error', 'production'))).toMatchObject({
      service: 'basket-docs',
      state: 'triggered',
      key: 's1/production',
      title: 'Deploy of basket-docs failed: Build script returned non-zero exit code: 2',
    });
  });

  test('of a preview is no alert', () => {
    expect(generalOf(deploy('error', 'deploy-preview'))).toBeUndefined();
  });
});

describe('a notification of Checkmk in a channel', () => {
  const read = mappedMessages({});
  const said = (title: string, text: string, color: string) => {
    const posted = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1767709800.000100' };
    const found = read({ ...posted, username: 'checkmk', text: '', attachments: [{ title, text, color }] });
    return found !== undefined && 'alert' in found ? found.alert : undefined;
  };
  const of = (host: string, state: string) => `Host: <https://c.example/h|${host}> (IP: 10.0.0.7)\n${state}`;
  const service = (host: string, state: string) =>
    of(host, `Service: <https://c.example/s|Basket lag>\nState: ${state}`);

  test('is taken by its type, with the same state and key', () => {
    const begin = said('Service PROBLEM notification', service('mq-2', 'CRITICAL'), '#EE0000');
    const taken = said('Service ACKNOWLEDGEMENT notification', service('mq-2', 'CRITICAL'), '#EE0000');
    const end = said('Service RECOVERY notification', service('mq-2', 'OK'), '#00CC00');
    expect(begin).toMatchObject({ service: 'Basket lag', state: 'triggered', key: 'mq-2/Basket lag' });
    expect(taken).toMatchObject({ state: 'acknowledged', key: begin?.key });
    expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
  });

  test('of the same check on another host is another alert', () => {
    expect(said('Service PROBLEM notification', service('mq-3', 'CRITICAL'), '#EE0000')?.key).toBe('mq-3/Basket lag');
  });

  test('of a host is about the host', () => {
    const down = said('Host PROBLEM notification', of('mq-2', 'State: DOWN'), '#EE0000');
    expect(down).toMatchObject({ service: 'mq-2', state: 'triggered', key: 'mq-2/host' });
  });

  test('that it starts to flap is no acknowledgement', () => {
    const text = service('mq-2', 'CRITICAL');
    expect(said('Service FLAPPINGSTART notification', text, '#EE0000')).toMatchObject({ state: 'triggered' });
  });
});
