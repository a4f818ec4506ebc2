/** Forms that vendors and copied scripts write, with their ends and with innocent twins. */
import { describe, expect, test } from 'vitest';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import { mappedMessages } from '#adapters/senders/message.ts';
import { readOnCallIncident } from '#adapters/splunk/on-call.ts';
import { readUptimeRobotMessage } from '#adapters/uptimerobot/message.ts';
import { isZabbixBody, readZabbixWebhook } from '#adapters/zabbix/webhook.ts';
import { formIn } from '#core/form-body.ts';
import { notificationIn } from '#core/notification-text.ts';
import type { Alert } from '#model/incident/alert.ts';
import { bodiesIn } from '#workflows/alerts/read-alert.ts';

const NOW_US = 1_772_400_000_000_000;
const POSTED = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1772400000.000100' };

function posted(username: string, parts: object | string, read = mappedMessages({})): Alert | undefined {
  const found = read({ ...POSTED, username, text: '', ...(typeof parts === 'string' ? { text: parts } : parts) });
  return found !== undefined && 'alert' in found ? found.alert : undefined;
}

function sent(of: unknown): Alert | undefined {
  const bodies = bodiesIn(of).map((body) => readGeneral(body, { source: 'senders', receivedUs: NOW_US }));
  return bodies.flatMap((read) => (read.kind === 'delivery' ? [read.delivery.subject] : []))[0];
}

/** A text for the notification, a header below it, and fields. */
function blocks(text: string, header: string, fields: Readonly<Record<string, string>>) {
  const listed = Object.entries(fields).map(([name, value]) => ({ type: 'mrkdwn', text: `*${name}:*\n${value}` }));
  const title = { type: 'header', text: { type: 'plain_text', text: header } };
  return { text, blocks: [title, { type: 'section', fields: listed }] };
}

describe('a message', () => {
  test('whose header repeats the notification with a mark has that mark', () => {
    const of = (mark: string, behind: string, more: object = {}) =>
      posted(
        'Shop Ops',
        blocks(`Basket totals differ${behind}`, `${mark} Basket totals differ`, {
          Service: 'basket-api',
          Severity: 'SEV2',
          ...more,
        }),
      );
    const begin = of('🚨', '');
    expect(begin).toMatchObject({ service: 'basket-api', state: 'triggered' });
    expect(of('✅', ' - resolved', { Status: 'Resolved after 3 min' })).toMatchObject({
      key: begin?.key,
      state: 'resolved',
    });
    expect(of('🎉', '')).toBeUndefined();
  });

  test('of Flux is red by the name of the colour and by its number', () => {
    const of = (color: string, text = 'Service/shop/basket dry-run failed') =>
      posted('kustomize-controller', {
        attachments: [{ color, author_name: 'kustomization/basket.flux-system', text }],
      });
    for (const red of ['danger', 'a30200']) expect(of(red)).toMatchObject({ service: 'basket', state: 'triggered' });
    for (const green of ['good', '2eb886']) expect(of(green, 'Applied revision: main/5b2f1c9')).toBeUndefined();
  });

  test('with the macros of Nagios has one key for a check, whatever its output', () => {
    const of = (line: string) => posted('nagios', `${line} <https://nagios.example/status.cgi|See Nagios>`);
    const begin = of(':warning: HOST: relay-1   SERVICE: smtp   MESSAGE: CRITICAL - timeout after 10 seconds');
    expect(begin).toMatchObject({ service: 'relay-1', state: 'triggered', severity: 'CRITICAL' });
    expect(of(':white_check_mark: HOST: relay-1   SERVICE: smtp   MESSAGE: SMTP OK - 0.02 sec')).toMatchObject({
      key: begin?.key,
      state: 'resolved',
    });
    expect(of(':x: HOST: relay-1   MESSAGE: PING CRITICAL - 100% loss')?.key).not.toBe(begin?.key);
  });

  test('with the annotations of a rule below its name is an alert of the job', () => {
    const text =
      '<!channel>\nsummary: Instance basket-2 down\ndescription: basket-2 of job basket has been down for more than 5 minutes.';
    const card = { attachments: [{ color: 'a30200', title: 'InstanceDown', text }] };
    expect(posted('Prometheus', card)).toMatchObject({ service: 'basket', state: 'triggered' });
    expect(posted('Wiki', card)).toBeUndefined();
  });

  test('of Google names the resource in braces and the incident in its address', () => {
    const of = (id: string) => {
      const title_link = `https://console.cloud.google.com/monitoring/alerting/incidents/${id}?project=shop-live`;
      const text =
        'Unacked messages for shop-live Subscription labels {project_id=shop-live, subscription_id=basket-mail} is above 50.';
      return posted('Google Cloud Monitoring', {
        attachments: [{ color: 'a30200', title: 'Alert firing', title_link, text }],
      });
    };
    expect(of('0.n1abc')).toMatchObject({ service: 'basket-mail', key: '0.n1abc' });
    expect(of('0.n1abd')?.key).toBe('0.n1abd');
  });

  test('of Coroot has the key of its incident, whose words differ at the end', () => {
    const of = (text: string) => posted('Coroot', `<https://coroot.example/p/x/incidents/u8d2k1|${text}>`);
    const [begin, end] = [of('*basket* is not meeting its SLOs'), of('*basket* incident resolved')];
    expect([begin?.state, end?.state]).toEqual(['triggered', 'resolved']);
    expect(end?.key).toBe(begin?.key);
  });

  test.each([
    ['Komodor', '*<https://app.komodor.com/s?event=9|basket-feed>* is unhealthy: 0/3 ready replicas', 'basket-feed'],
    [
      'relay',
      'Project *basket-app* (ref abc): database is in read-only mode because disk space is exhausted.',
      'basket-app',
    ],
    ['cronbot', ':x: Cron job `basket-mysql` failed on `db-box-1`\nExit code: 2', 'basket-mysql'],
    ['k8s-watch', ':boom: Pod `live/basket-7d8f9c5b6-x2k4p` OOMKilled (limit 512Mi), restarts: 6', 'basket'],
  ])('of %s: %s', (app, text, service) => {
    expect(posted(app, text)).toMatchObject({ service, state: 'triggered' });
  });

  test('of UptimeRobot may have a mark before the name', () => {
    const of = (state: string, mark: string) =>
      posted(
        'UptimeRobot',
        `Monitor is ${state}: :${mark}: *Basket pages* ( <https://b.example> ) - x`,
        readUptimeRobotMessage,
      );
    const begin = of('DOWN', 'red_circle');
    expect(begin?.service).toBe('Basket pages');
    expect(of('UP', 'large_green_circle')).toMatchObject({ key: begin?.key, state: 'resolved' });
  });
});

describe('a body', () => {
  test('of Netdata names the node behind the alert', () => {
    const of = (message: string, severity: string) =>
      sent({ message, severity, alert: 'disk_space_usage', chart: 'disk_space./data', date: '2026-03-01T10:00:00Z' });
    const begin = of('disk_space_usage on box-4 is critical: 96.8 %', 'critical');
    expect(begin).toMatchObject({ service: 'box-4', state: 'triggered' });
    expect(of('disk_space_usage on box-4 recovered: 71.0 %', 'clear')).toMatchObject({
      key: begin?.key,
      state: 'resolved',
    });
  });

  test('of Sumo Logic names the service in the path of its source', () => {
    const body = {
      Name: 'Basket failures',
      TriggerType: 'Critical',
      Query: '_sourceCategory=live/basket-web error | count',
    };
    expect(sent(body)).toMatchObject({ service: 'basket-web', state: 'triggered' });
    expect(sent({ ...body, Query: 'error', SourceCategory: 'live/basket-api' })).toMatchObject({
      service: 'basket-api',
    });
  });

  test('of Oracle names the resource of its alarm', () => {
    const alarmMetaData = [{ status: 'FIRING', dimensions: [{ resourceDisplayName: 'basket-box-1', region: 'eu-1' }] }];
    expect(sent({ dedupeKey: 'k', title: 'High CPU', type: 'OK_TO_FIRING', alarmMetaData })).toMatchObject({
      service: 'basket-box-1',
    });
  });

  test('with a pod and its container names the container that the pod begins with', () => {
    const of = (container: string) =>
      sent({ alert: 'Restarts', status: 'firing', k8s_pod: 'basket-77c', container_name: container });
    expect(of('basket')?.service).toBe('basket');
    expect(of('istio-proxy')?.service).toBe('basket-77c');
  });

  test('of Rollbar is an error that occurred', () => {
    const last_occurrence = { body: { trace: { exception: { class: 'ActiveRecord::Deadlocked' } } } };
    const item = {
      id: 27,
      title: 'ActiveRecord::Deadlocked in Baskets#create',
      status: 'active',
      total_occurrences: 10,
      last_occurrence,
    };
    expect(sent({ event_name: 'new_item', data: { item } })).toMatchObject({ key: '27', state: 'triggered' });
  });

  test('of a search in Papertrail arrives as one field of a form, and its lines say no end', () => {
    const search = {
      events: [{ id: 7, source_name: 'basket-mq', message: 'AMQP channel closed' }],
      saved_search: { id: 42, name: 'AMQP errors', query: 'closed' },
    };
    const form = formIn(`payload=${encodeURIComponent(JSON.stringify(search))}`);
    expect(sent(form)).toMatchObject({ state: 'triggered' });
    expect(formIn('payload=word')).toBeUndefined();
  });

  test('of plain text may have a name behind its word', () => {
    const text = 'ALERT fx-basket: last update 47 minutes ago (max 10)';
    expect(sent(notificationIn(text))).toMatchObject({ service: 'fx-basket', state: 'triggered' });
    expect(notificationIn('ALERT everyone who works here: lunch is ready')).toBeUndefined();
  });

  test('of Zabbix may have its macros as names', () => {
    const body = {
      'EVENT.ID': '52',
      'EVENT.NAME': 'Agent is not available',
      'EVENT.VALUE': '1',
      'EVENT.DATE': '2026.03.01',
      'EVENT.TIME': '10:00:00',
      'HOST.NAME': 'box-2',
      'EVENT.ACK.STATUS': 'No',
    };
    const of = (given: object) => {
      const read = readZabbixWebhook(given, NOW_US);
      return isZabbixBody(given) && read.kind === 'delivery' ? read.delivery.subject : undefined;
    };
    expect(of(body)).toMatchObject({
      key: '52',
      service: 'box-2',
      state: 'triggered',
      atUs: Date.UTC(2026, 2, 1, 10) * 1_000,
    });
    expect(of({ ...body, 'EVENT.ACK.STATUS': 'Yes' })).toMatchObject({ key: '52', state: 'acknowledged' });
    expect(of({ ...body, 'EVENT.ACK.STATUS': 'Yes', 'EVENT.VALUE': '0' })).toMatchObject({ state: 'resolved' });
  });

  test('of Splunk On-Call may have a sentence as the service', () => {
    const of = (service: string) => {
      const read = readOnCallIncident(
        { 'STATE.INCIDENT_NAME': '914', 'STATE.CURRENT_ALERT_PHASE': 'UNACKED', 'STATE.SERVICE': service },
        NOW_US,
      );
      return read?.kind === 'delivery' ? read.delivery.subject.service : undefined;
    };
    expect(of('basket-sync queue blocked')).toBe('basket-sync');
    expect(of('Basket pages')).toBe('Basket pages');
  });
});

test('a body that ends an alert may say no more than its begin did', () => {
  const of = (status: string, more: object = { service: 'basket-api' }) =>
    sent({ name: 'queue', status, message: 'holds 12', ...more });
  const begin = of('critical');
  expect(begin?.state).toBe('triggered');
  expect(of('ok')).toMatchObject({ key: begin?.key, state: 'resolved' });
  expect(of('ok', { user: 'Ann' })).toBeUndefined();
  expect(of('success')).toBeUndefined();
});

describe('a title', () => {
  test('that is only the name of a check has the reason, and the key has not', () => {
    const of = (status: string, cause: string) => sent({ monitor: 'Basket pages', status, cause, incident_id: '' });
    const begin = of('down', 'Status 503');
    expect(begin).toMatchObject({ title: 'Basket pages: Status 503', labels: { alertname: 'Basket pages' } });
    expect(of('up', 'Status 200')).toMatchObject({ title: 'Basket pages', key: begin?.key });
    expect(of('down', 'Timeout of Basket pages')?.title).toBe('Timeout of Basket pages');
  });

  test('that only says that there is an alert is the sentence below it, or has the cause', () => {
    const of = (below: string) =>
      posted(
        'Better Stack',
        `*<https://b.example/incidents/789400|New incident ongoing>*\n${below}\n*Monitor:* Basket pages`,
      );
    expect(of('Memory of basket-1 is above 90 %')?.title).toBe('Memory of basket-1 is above 90 %');
    expect(of('*Cause:* Timeout')?.title).toBe('New incident ongoing: Timeout');
  });
});
