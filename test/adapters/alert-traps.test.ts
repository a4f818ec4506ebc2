/** The traps of real alerts: each has misled an incident bot. */
import { describe, expect, test } from 'vitest';
import { readAlertmanagerMessage } from '#adapters/alertmanager/message.ts';
import { readAlertmanagerWebhook } from '#adapters/alertmanager/webhook.ts';
import { readDatadogWebhook } from '#adapters/datadog/webhook.ts';
import { readGrafanaWebhook } from '#adapters/grafana/webhook.ts';
import { readOpsgenieWebhook } from '#adapters/opsgenie/webhook.ts';
import { readPagerDutyMessage } from '#adapters/pagerduty/message.ts';
import { readPagerDutyWebhook } from '#adapters/pagerduty/webhook.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { Alert, AlertMessage } from '#model/incident/alert.ts';
import { noteAlert } from '#record/alerts.ts';
import { sample } from '#test/alert-samples.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { steppedClock } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';

const NOW_US = 1_767_709_800_000_000;
const eventOf = (name: string) => (sample(name) as { event: Record<string, unknown> }).event;

function alertIn(message: AlertMessage | undefined): Alert {
  if (message === undefined || !('alert' in message)) throw new Error('the message holds no alert');
  return message.alert;
}

function subjectOf(read: ReadDelivery): Alert {
  if (read.kind !== 'delivery') throw new Error(`no alert: ${JSON.stringify(read)}`);
  return read.delivery.subject;
}

describe('trap', () => {
  test('1: an empty text, and the content in the blocks of an attachment', () => {
    const event = eventOf('pagerduty_slack/triggered_nested_attachment_blocks');
    expect(event.text).toBe('');
    expect(alertIn(readPagerDutyMessage(event))).toMatchObject({ title: 'High CPU on web-01', service: 'API Service' });
    const { attachments: _, ...empty } = event;
    expect(readPagerDutyMessage(empty)).toMatchObject({ unreadable: '' });
  });

  test('2: a message that names itself as its thread is a root', () => {
    const event = eventOf('pagerduty_slack/triggered_current');
    expect(event.thread_ts).toBe(event.ts);
    expect(alertIn(readPagerDutyMessage(event)).state).toBe('triggered');
  });

  test.each([
    ['pagerduty_slack/message_changed', readPagerDutyMessage, '1707000001.000100'],
    ['alertmanager_slack/resolved_as_edit_update_message_true', readAlertmanagerMessage, '1707001001.000100'],
  ] as const)('3: an edit to resolved (%s) ends the alert of the edited message', (name, read, ts) => {
    const message = read(eventOf(name));
    expect(message).toMatchObject({ ts, edited: true });
    expect(alertIn(message).state).toBe('resolved');
  });

  test('3: the edit has the key of the first message', () => {
    const [first, edit] = ['firing_default_template', 'resolved_as_edit_update_message_true'].map((name) =>
      alertIn(readAlertmanagerMessage(eventOf(`alertmanager_slack/${name}`))),
    );
    expect(edit?.key).toBe(first?.key);
    expect(edit?.saidUs).toBeGreaterThan(first?.saidUs ?? 0);
  });

  test('4: bots without a subtype, and with one but without a user', () => {
    const [own, hook] = ['triggered_older_wording', 'triggered_nested_attachment_blocks'].map((name) =>
      eventOf(`pagerduty_slack/${name}`),
    );
    expect([own?.subtype, hook?.user]).toEqual([undefined, undefined]);
    for (const event of [own, hook]) expect(alertIn(readPagerDutyMessage(event)).state).toBe('triggered');
  });

  test('5: escapes in links, and titles with | and ]', () => {
    const alert = alertIn(readPagerDutyMessage(eventOf('pagerduty_slack/triggered_older_wording')));
    expect(alert.title).toBe('[Critical] Staging | SQS ApproximateNumberOfMessagesVisible breached Upper Threshold');
    expect(alert.url).toBe('https://example.pagerduty.com/incidents/Q2X369CTEOAGYM');
  });

  test('6: a reply of the app in the thread is a note and no alert', () => {
    const reply = readPagerDutyMessage(eventOf('pagerduty_slack/bot_thread_reply'));
    expect(reply).toMatchObject({ threadTs: '1707000001.000100', note: { source: 'pagerduty' } });
    expect(reply).not.toHaveProperty('alert');
  });

  test('6: a reply that the app also sent to the channel is the same note', () => {
    const event = eventOf('pagerduty_slack/bot_thread_reply');
    const sentToChannel = {
      ...event,
      subtype: 'thread_broadcast',
      root: eventOf('pagerduty_slack/triggered_older_wording'),
    };
    expect(readPagerDutyMessage(sentToChannel)).toEqual(readPagerDutyMessage(event));
  });

  test('7: the headers of a delivery name no trace of the incident', () => {
    const { headers, payload } = sample('datadog/webhook_datadogResolvedPayload') as {
      headers: Record<string, string>;
      payload: string;
    };
    expect(headers).toHaveProperty('Traceparent');
    expect(subjectOf(readDatadogWebhook(JSON.parse(payload), NOW_US)).traceId).toBe('');
    expect(subjectOf(readDatadogWebhook({ ...JSON.parse(payload), headers }, NOW_US)).traceId).toBe('');
  });

  test.each(['aggreg_key', 'fingerprint', 'dashboard', 'md5'])('8: 32 hex digits as %s are no trace id', (name) => {
    const hex = '73e071f5c67d33400f240ec415c2d48e';
    const labels = { alertname: 'Slow', [name]: hex };
    expect(subjectOf(readAlertmanagerWebhook(alertmanagerGroup([{ ...firing('a1'), labels }]))).traceId).toBe('');
    const body = { title: '[Triggered] Slow', event_type: 'x', body: hex, event: { aggreg_key: hex } };
    expect(subjectOf(readDatadogWebhook(body, NOW_US)).traceId).toBe('');
  });

  test('8: zeros are no trace id, a named one is', () => {
    const body = (id: string) => ({ title: '[Triggered] Slow', event_type: 'x', body: `trace_id: ${id}` });
    expect(subjectOf(readDatadogWebhook(body('0'.repeat(32)), NOW_US)).traceId).toBe('');
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    expect(subjectOf(readDatadogWebhook(body(id), NOW_US)).traceId).toBe(id);
  });

  test.each([0, 1, 2])('9: an empty line `trace_id:` (%i) is no trace id', (nth) => {
    const alert = subjectOf(readDatadogWebhook(sample(`datadog/webhook_real_keep_${nth}`), NOW_US));
    expect(alert).toMatchObject({ traceId: '', service: expect.stringMatching(/^keep-api/) });
  });

  test('10: an alert began when its sender says, not when it arrived', () => {
    expect(subjectOf(readPagerDutyWebhook(sample('pagerduty/v3_real_resolved'), NOW_US)).atUs).toBeLessThan(NOW_US);
    expect(subjectOf(readDatadogWebhook(sample('datadog/webhook_datadogWarnPayload'), 1)).atUs).toBe(
      1_773_666_546_000_000,
    );
    const opsgenie = subjectOf(readOpsgenieWebhook(sample('opsgenie/webhook_acknowledge_zulip'), NOW_US));
    // Milliseconds and nanoseconds in one body.
    expect([opsgenie.atUs, Math.floor(opsgenie.saidUs / 1_000)]).toEqual([1_420_452_191_104_000, 1_420_452_224_764]);
  });

  test('11: null, and the text "null", are nothing', () => {
    const event = sample('pagerduty/v3_real_triggered_no_client') as { event: object };
    expect(subjectOf(readPagerDutyWebhook({ event: { ...event.event, agent: null } }, NOW_US)).severity).toBe('high');
    const body = { title: '[Triggered] Slow', event_type: 'x', alert_priority: 'null', url: null, tags: null };
    expect(subjectOf(readDatadogWebhook(body, NOW_US))).toMatchObject({ severity: '', url: '', labels: {} });
    expect(
      subjectOf(
        readGrafanaWebhook({ ...(sample('grafana/webhook_unified_v11_zulip') as object), externalURL: null }, 1),
      ),
    ).toMatchObject({ source: 'grafana' });
  });

  test('12: Datadog’s Re-Triggered reminds, and Warn fires', async () => {
    const [first, again] = ['Synthetics', 'ReTriggered'].map((name) =>
      subjectOf(readDatadogWebhook(sample(`datadog/webhook_datadog${name}Payload`), NOW_US)),
    );
    if (first === undefined || again === undefined) throw new Error('a sample is missing');
    expect(again).toMatchObject({ key: first.key, reminder: true, state: 'triggered' });
    expect(subjectOf(readDatadogWebhook(sample('datadog/webhook_datadogWarnPayload'), NOW_US)).state).toBe('triggered');

    const clock = steppedClock();
    const store = await opened(sqlitePlace(), clock);
    const noted = (alert: Alert) => store.transaction((tx) => noteAlert(tx, { workspaceId: 'T1', alert }));
    const { alertId } = await noted(first);
    await clock.tick(3 * 3_600_000);
    expect(await noted({ ...again, atUs: clock.nowUs(), saidUs: clock.nowUs() })).toMatchObject({
      alertId,
      isNew: false,
    });
  });
});
