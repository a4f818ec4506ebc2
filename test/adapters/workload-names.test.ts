/** Where alerts name the workload: labels, pods, series, footers, the name of the rule. */
import { describe, expect, test } from 'vitest';
import { readAlertmanagerMessage } from '#adapters/alertmanager/message.ts';
import { readAlertmanagerWebhook } from '#adapters/alertmanager/webhook.ts';
import { readDatadogMessage } from '#adapters/datadog/message.ts';
import { readGitLabMessage } from '#adapters/gitlab/message.ts';
import { readGrafanaMessage } from '#adapters/grafana/message.ts';
import { readGrafanaWebhook } from '#adapters/grafana/webhook.ts';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import type { ReadDelivery } from '#adapters/system.ts';
import type { ReadAlert } from '#model/incident/alert.ts';
import { namesInAlert } from '#model/incident/alert-service.ts';

const NOW_US = 1_767_709_800_000_000;

function subjectOf(read: ReadDelivery) {
  if (read.kind !== 'delivery') throw new Error(`no alert: ${JSON.stringify(read)}`);
  return read.delivery.subject;
}

function inSlack(read: ReadAlert, username: string, attachment: object) {
  const event = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1767709800.000100' };
  const found = read({ ...event, username, text: '', attachments: [attachment] });
  return found !== undefined && 'alert' in found ? found.alert : undefined;
}

function group(labels: Readonly<Record<string, string>>) {
  const alert = { status: 'firing', labels, annotations: {}, startsAt: '2026-01-06T14:30:00Z', fingerprint: 'f1' };
  const around = { version: '4', status: 'firing', receiver: 'r', groupKey: 'g', groupLabels: {} };
  return { ...around, commonLabels: labels, commonAnnotations: {}, externalURL: 'http://am', alerts: [alert] };
}

describe('a label of a group', () => {
  test.each([
    [{ job: 'keda-operator', scaledObject: 'basket-mails' }, 'basket-mails'],
    [{ job: 'keda-operator' }, 'keda-operator'],
    [{ workload: 'basket-exports', job: 'scrape' }, 'basket-exports'],
  ])('names the workload: %j', (labels, service) => {
    const read = subjectOf(readAlertmanagerWebhook(group({ alertname: 'Broken', ...labels })));
    expect(namesInAlert(read)[0]).toBe(service);
  });
});

describe('the title of Alertmanager in Slack', () => {
  const of = (values: string) =>
    inSlack(readAlertmanagerMessage, 'AlertManager', {
      title: `[FIRING:1] PodRestarts (${values})`,
      title_link: 'https://am.example/#/alerts?receiver=shop',
    })?.service;

  test.each([
    ['shop basket-web-6d5c8f9b7d-x2x4z warning', 'basket-web'],
    ['shop basket-web-6d5c8f9b7d-x2x4z basket warning', 'basket-web'],
    ['basket-web-6d5c8f9b7d-x2x4z basket warning', 'basket'],
    ['basket kube-state-metrics-6d5c8f9b7d-x2x4z warning', 'basket'],
    ['basket critical', 'basket'],
  ])('with the values %s', (values, service) => {
    expect(of(values)).toBe(service);
  });
});

describe('Grafana before version 9', () => {
  const rule = { ruleId: 7, ruleUrl: 'https://g.example/d/a/b?viewPanel=4', orgId: 1, evalMatches: [], tags: {} };

  test('names the service in the name of a rule without data', () => {
    const body = { ...rule, ruleName: 'basket-search errors', state: 'no_data', title: '[No Data] x', message: '' };
    expect(subjectOf(readGrafanaWebhook(body, NOW_US))).toMatchObject({ service: 'basket-search', state: 'triggered' });
  });

  test.each([
    ['basketer-1', 'basketer-2', 'basketer'],
    ['basket-a', 'search-b', ''],
  ])('takes what the series %s and %s share', (one, other, service) => {
    const fields = [one, other].map((title) => ({ title, value: '97.1', short: true }));
    const title = '[Alerting] Memory is high';
    const link = 'https://g.example/d/a/b?tab=alert';
    expect(inSlack(readGrafanaMessage, 'Grafana', { title, title_link: link, fields })?.service).toBe(service);
  });
});

test('the footer of Datadog names the service', () => {
  const card = { title: 'Warn: Heap is large', title_link: 'https://app.datadoghq.com/monitors/7' };
  const read = inSlack(readDatadogMessage, 'Datadog', { ...card, text: 'Above 80 %', footer: 'service:basket-book' });
  expect(read).toMatchObject({ service: 'basket-book', severity: 'warning', state: 'triggered' });
});

describe('a pipeline of GitLab in a card without links', () => {
  const of = (branch: string, footer: string) =>
    inSlack(readGitLabMessage, 'GitLab', {
      title: 'Pipeline #7 has failed in 01:10',
      fields: [{ title: 'Branch', value: branch }],
      footer,
    });

  test('has its project in the footer', () => {
    expect(of('main', 'shop/basket')).toMatchObject({ service: 'basket', state: 'triggered' });
  });

  test.each([
    ['feature-x', 'shop/basket'],
    ['main', 'GitLab'],
  ])('is no alert on the branch %s with the footer %s', (branch, footer) => {
    expect(of(branch, footer)).toBeUndefined();
  });
});

describe('a body of MongoDB Atlas', () => {
  const body = (more: object) => ({
    id: 'al-7',
    groupId: 'p1',
    eventTypeName: 'HOST_DOWN',
    status: 'OPEN',
    created: '2026-01-06T14:00:00Z',
    clusterName: 'basket-prod',
    ...more,
  });
  const general = (one: unknown) => readGeneral(one, { source: 'senders', receivedUs: NOW_US });

  test('begins and ends with one key', () => {
    const begin = subjectOf(general(body({})));
    expect(begin).toMatchObject({ service: 'basket-prod', state: 'triggered', title: 'basket-prod: HOST_DOWN' });
    const end = subjectOf(general(body({ status: 'CLOSED', resolved: '2026-01-06T14:20:00Z' })));
    expect(end).toMatchObject({ state: 'resolved', key: begin.key });
  });

  test('about money is no alert', () => {
    expect(general(body({ eventTypeName: 'PENDING_INVOICE_OVER_LIMIT' })).kind).not.toBe('delivery');
  });
});

test.each(['sync_start', 'transformation_started', 'job.run.queued'])('%s is no alert', (event) => {
  const body = { event, created: '2026-01-06T14:00:00Z', connector_name: 'basket_pg', connector_id: 'a' };
  expect(readGeneral(body, { source: 'senders', receivedUs: NOW_US }).kind).not.toBe('delivery');
});
