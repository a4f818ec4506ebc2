/** Bodies whose service, key or state stands where the vendor's own fields leave it out, and their innocent twins. */
import { describe, expect, test } from 'vitest';
import { readCloudWatchWebhook } from '#adapters/cloudwatch/webhook.ts';
import { readDatadogWebhook } from '#adapters/datadog/webhook.ts';
import { readIlertWebhook } from '#adapters/ilert/webhook.ts';
import { readIncidentIoWebhook } from '#adapters/incidentio/webhook.ts';
import { noTroubleIn } from '#adapters/no-trouble.ts';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import { readSentryMessage } from '#adapters/sentry/message.ts';
import { readOnCallIncident } from '#adapters/splunk/on-call.ts';
import type { ReadDelivery } from '#adapters/system.ts';

const NOW_US = Date.UTC(2026, 0, 6, 14, 30) * 1_000;

function subjectOf(read: ReadDelivery | undefined) {
  return read?.kind === 'delivery' ? read.delivery.subject : undefined;
}

const general = (body: unknown) => readGeneral(body, { source: 'senders', receivedUs: NOW_US });

describe('the service', () => {
  test.each([
    ['a tag in the title', '[Triggered] Offsets missing on consumer_group:baskets', 'baskets'],
    ['the only name in the title', '[Triggered] Errors of basket-web are high', 'basket-web'],
    ['none where the title has none', '[Triggered] Errors are high', ''],
  ])('of Datadog’s default body: %s', (_, title, service) => {
    const body = { body: 'x', last_updated: NOW_US / 1_000, event_type: 'metric_alert_monitor', title, id: '7' };
    expect(subjectOf(readDatadogWebhook(body, NOW_US))?.service).toBe(service);
  });

  test.each([
    ['errors and latency of basket-web together', 'basket-web'],
    ['two things fail together', ''],
  ])('of a composite alarm, whose description says: %s', (AlarmDescription, service) => {
    const alarm = {
      AlarmName: 'all-together',
      AlarmDescription,
      NewStateValue: 'ALARM',
      AlarmRule: 'ALARM("b-5xx") AND ALARM("b-p99")',
    };
    expect(subjectOf(readCloudWatchWebhook(alarm, NOW_US))?.service).toBe(service);
  });

  test.each([
    ['Checks of the shops', 'basket-signer'],
    ['basket-checks', 'basket-checks'],
  ])('of ilert, whose source is %s', (name, service) => {
    const body = {
      id: '1',
      status: 'PENDING',
      eventType: 'alert-created',
      summary: 'no answer from basket-signer',
      alertSource: { name },
    };
    expect(subjectOf(readIlertWebhook(body, NOW_US))?.service).toBe(service);
  });

  test('of Splunk On-Call, whose display name is a sentence', () => {
    const display = 'Dead letters of basket-intake above 500';
    const posted = { message_type: 'CRITICAL', entity_id: 'mq/1', entity_display_name: display };
    expect(subjectOf(general(posted))?.service).toBe('basket-intake');
    const sent = {
      'ALERT.message_type': 'CRITICAL',
      'ALERT.entity_id': 'mq/1',
      'ALERT.entity_display_name': display,
    };
    expect(subjectOf(readOnCallIncident(sent, NOW_US))?.service).toBe('basket-intake');
    expect(subjectOf(general({ ...posted, entity_display_name: 'Basket intake' }))?.service).toBe('Basket intake');
  });
});

describe('the key', () => {
  const body = { niveau: 'CRITIQUE', application: 'suivi', debut: '2026-01-06T07:45:00+01:00' };

  test('of an end with another text is the reference that both have', () => {
    const begin = subjectOf(general({ ...body, message: "Taux d'erreur à 18 %", etat: 'déclenchée', ref: 'ALR-5' }));
    const end = subjectOf(general({ ...body, message: 'Retour à la normale', etat: 'résolue', ref: 'ALR-5' }));
    expect(begin).toMatchObject({ state: 'triggered', severity: 'CRITIQUE' });
    expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
  });

  test('is no name of a branch', () => {
    const alert = subjectOf(
      general({ ...body, message: 'Erreur critique', etat: 'déclenchée', ref: 'refs/heads/main' }),
    );
    expect(alert?.key).not.toContain('refs');
  });
});

describe('an update of incident.io', () => {
  const update = (category: string, message: string) => ({
    event_type: 'public_incident.incident_status_updated_v2',
    'public_incident.incident_status_updated_v2': {
      incident: {
        id: 'I1',
        name: 'Baskets are empty',
        incident_status: { name: 'Now', category },
        updated_at: '2026-01-06T14:20:00Z',
      },
      previous_status: { name: 'Investigating', category: 'live' },
      new_status: { name: 'Fixing', category },
      message,
    },
  });

  test('with a message, within one category, is a note', () => {
    expect(readIncidentIoWebhook(update('live', 'Rolling back'), NOW_US)).toMatchObject({
      kind: 'note',
      note: { key: 'I1', text: 'Investigating → Fixing: Rolling back' },
    });
  });

  test('without a message, or into another category, is the incident', () => {
    expect(subjectOf(readIncidentIoWebhook(update('live', ''), NOW_US))).toMatchObject({ state: 'triggered' });
    expect(subjectOf(readIncidentIoWebhook(update('closed', 'Done'), NOW_US))).toMatchObject({ state: 'resolved' });
  });
});

describe('an exercise', () => {
  const incident = { incidentID: '1', title: 'The primary is gone', severity: 'Critical', status: 'active' };

  test('that its sender marks begins nothing', () => {
    expect(general({ event: 'grafana.incident.created', incident: { ...incident, isDrill: true } }).kind).toBe('other');
    expect(
      subjectOf(general({ event: 'grafana.incident.created', incident: { ...incident, isDrill: false } })),
    ).toBeDefined();
  });

  test('that its title names begins nothing', () => {
    expect(noTroubleIn('Game day: the primary is gone')).toBeDefined();
    expect(noTroubleIn('[DRILL] the primary is gone')).toBeDefined();
    expect(noTroubleIn('drill-service: errors are high')).toBeUndefined();
    expect(noTroubleIn('Exercise API is down')).toBeUndefined();
  });
});

test('money is no trouble, and a budget of errors is', () => {
  expect(noTroubleIn('⚠️ Cost anomaly watch: spend of account *shop* is above the plan')).toBeDefined();
  expect(noTroubleIn('Spend of account *shop* is forecast 14 % above the November budget')).toBeDefined();
  expect(noTroubleIn('High error budget burn of basket-web')).toBeUndefined();
  expect(noTroubleIn('cost-service: p95 above 2 s')).toBeUndefined();
});

describe('a reply of Sentry in the thread of its issue', () => {
  const reply = (text: string) =>
    readSentryMessage({
      type: 'message',
      channel: 'C1',
      ts: '1767709900.000100',
      thread_ts: '1767709800.000100',
      bot_id: 'B1',
      username: 'Sentry',
      text,
    });
  const issue = '<https://acme.sentry.io/issues/612/?referrer=slack|BASKET-9Q>';

  test('that says the end is one', () => {
    expect(reply(`<@U0ANN> marked ${issue} as resolved`)).toMatchObject({ alert: { key: '612', state: 'resolved' } });
  });

  test.each([[`<@U0ANN> assigned ${issue} to Bea`], [`<@U0ANN> marked ${issue} as ignored`]])(
    'else is a note: %s',
    (text) => {
      expect(reply(text)).toMatchObject({ note: { source: 'sentry' } });
    },
  );
});
