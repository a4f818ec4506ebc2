/** What teams write into their own bots, and innocent messages with the same words. */
import { describe, expect, test } from 'vitest';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import { mappedMessages } from '#adapters/senders/message.ts';

const read = mappedMessages({});

/** 2026-01-06T14:30:00Z */
const POSTED = '1767709800.000100';

function said(username: string, parts: object | string) {
  const shown = typeof parts === 'string' ? { text: parts } : parts;
  const event = {
    type: 'message',
    subtype: 'bot_message',
    bot_id: 'B1',
    username,
    channel: 'C1',
    ts: POSTED,
    text: '',
  };
  const found = read({ ...event, ...shown });
  return found !== undefined && 'alert' in found ? found.alert : undefined;
}

function section(title: string, fields: Readonly<Record<string, string>>) {
  const listed = Object.entries(fields).map(([name, value]) => ({ type: 'mrkdwn', text: `*${name}*\n${value}` }));
  return {
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: title } },
      { type: 'section', fields: listed },
    ],
  };
}

function body(of: object) {
  const found = readGeneral(of, { source: 'senders', receivedUs: 1_767_709_800_000_000 });
  return found.kind === 'delivery' ? found.delivery.subject : undefined;
}

describe('the service', () => {
  test.each([
    ['in bold before the verb', '*Basket pages* is *DOWN*: <https://b.example/|b.example> (HTTP 500)', 'Basket pages'],
    ['in bold before a colon', '*basket-api*: Alert `Latency` on *web* has been *triggered*. It is 4 s.', 'basket-api'],
    ['behind its kind', ':warning: app *basket*: probe `tcp-80` is failing on machine 9', 'basket'],
    [
      'behind its kind below the title',
      '*[Critical] Sync failed*\nConnector `basket-sink` in environment `live` failed',
      'basket-sink',
    ],
    ['behind its kind in German', ':rotating_light: Dienst *korb-api* ist ausgefallen', 'korb-api'],
  ])('%s', (_, text, service) => {
    expect(said('watch', text)).toMatchObject({ service, state: 'triggered' });
  });

  test('of a status page has no state behind it', () => {
    const fields = { 'Affected components': 'Search (Major Outage)', Status: 'Investigating' };
    expect(said('Acme Status', section('Search is failing', fields))?.service).toBe('Search');
  });

  test('is the workload of an object of a cluster, unless somebody only made it', () => {
    const pod = { Kind: 'Pod', Name: 'basket-7d7f8b95d9-4lkbn', Type: 'BackOff' };
    expect(said('Botkube', section('❗ v1/pods error', pod))?.service).toBe('basket');
    const made = { Kind: 'Deployment', Name: 'basket' };
    expect(said('Botkube', section('🟢 apps/v1/deployments created', made))).toBeUndefined();
  });

  test('is the project of a run that deploys the main branch, and of no other run', () => {
    const run = { Project: 'basket', Branch: 'main', Job: 'deploy-production' };
    expect(said('CircleCI', section('Job Failed. :red_circle:', run))).toMatchObject({ service: 'basket' });
    expect(said('CircleCI', section('Job Failed. :red_circle:', { ...run, Branch: 'feature/a' }))).toBeUndefined();
    expect(said('CircleCI', section('Job Failed. :red_circle:', { ...run, Job: 'lint' }))).toBeUndefined();
  });

  test('of a body is the host of an uptime check, and a tier beside its application', () => {
    const attributes = { name: 'b.example', url: 'https://b.example/ping', cause: 'Status 500', status: 'Started' };
    expect(body({ data: { id: '7', type: 'incident', attributes } })?.service).toBe('b.example');
    const policy = { application: 'Shop', tier: 'basket', healthRule: 'Slow', eventType: 'POLICY_OPEN_CRITICAL' };
    expect(body(policy)?.service).toBe('basket');
  });
});

describe('the state', () => {
  test.each([
    ['without accents', { servicio: 'cesta', estado: 'caido', mensaje: 'La cesta devuelve 500' }],
    ['in Portuguese', { alerta: 'API fora do ar', servico: 'cesta', situacao: 'indisponivel' }],
    [
      'of a program that ends',
      { level: 'fatal', app: 'cesta', msg: 'uncaught: no connection', time: 1_767_709_000_000 },
    ],
  ])('%s', (_, of) => {
    expect(body(of)).toMatchObject({ service: 'cesta', state: 'triggered' });
  });

  test('of a sentence has the same key at its end', () => {
    const begin = said('wächter', ':rotating_light: Dienst *korb-api* ist ausgefallen');
    const end = said('wächter', ':white_check_mark: Dienst *korb-api* läuft wieder');
    expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
  });

  test('is what a person did below the alert', () => {
    const attachments = [{ text: '*#4 basket-api: no data*\nStatus: firing' }, { text: 'Acknowledged by <@U1|ann>' }];
    expect(said('Grafana OnCall', { attachments })?.state).toBe('acknowledged');
  });

  test('is triggered by an amount above its limit only', () => {
    expect(said('queue-watch', ':skull: DLQ `basket-dlq` has 41 messages (limit 10)')?.state).toBe('triggered');
    expect(said('queue-watch', 'DLQ `basket-dlq` has 4 messages (limit 10)')).toBeUndefined();
  });
});

describe('the start', () => {
  const at = (text: string) => (said('watch', text)?.atUs ?? 0) / 1_000;

  test.each([
    ['a field', '*[FIRING] Stuck* on `basket-api`\n*Started:* 2026-01-06 13:15:00 UTC', '2026-01-06T13:15:00Z'],
    ['the title', 'Task *LOAD* FAILED at 2026-01-06T13:15:00Z: no table', '2026-01-06T13:15:00Z'],
    ['a field of people', '*[FIRING] Stuck*\n*Start time:* Jan 6, 2026 at 1:15PM UTC', '2026-01-06T13:15:00Z'],
    ['no zone', '*[FIRING] Stuck* on `basket-api`\n*Started:* 2026-01-06 13:15:00', '2026-01-06T14:30:00Z'],
    ['a time after the message', '*[FIRING] Stuck*\n*Started:* 2026-01-07 13:15:00 UTC', '2026-01-06T14:30:00Z'],
  ])('by %s', (_, text, iso) => {
    expect(Math.floor(at(text) / 1_000)).toBe(Date.parse(iso) / 1_000);
  });
});

test.each([
  ['standup', 'Daily digest: 4 alerts fired, 3 resolved'],
  ['release-bot', 'Service `basket-api` was deployed to production: v4.2.1'],
  ['release-bot', 'App *basket* has a new release: it mends the failed job of yesterday'],
  ['shop-bot', 'The queue `checkout` has 12 people (max 40)'],
  ['kubewatch', 'Deployment `basket-api` has been updated'],
  ['hr-bot', '*Ann Lee* is back from holiday :tada:'],
  ['chat', '*Ann Lee* has joined'],
  ['docs-bot', '*Runbook* was updated: what to do when `basket-api` is down'],
  ['CircleCI', 'Job Succeeded. *Project*: basket *Branch*: main'],
  ['backup-watch', ':white_check_mark: Job `nightly` completed in 4m'],
  ['calendar', 'Meeting *Basket team* is moved to 10:00'],
  ['forum', 'Ann: the app *basket* läuft, danke'],
])('%s says no alert: %s', (app, text) => {
  expect(said(app, text)).toBeUndefined();
});
