/** Builds, releases, runs, kills, mails and feeds in a channel, with their innocent twins. */
import { describe, expect, test } from 'vitest';
import { readGeneral } from '#adapters/senders/general-alert.ts';
import { mappedMessages } from '#adapters/senders/message.ts';

const read = mappedMessages({});

const POSTED = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1767709800.000100' };

function said(username: string, text: string, more: object = {}) {
  const found = read({ ...POSTED, username, text, ...more });
  return found !== undefined && 'alert' in found ? found.alert : undefined;
}

const DAGSTER = '*Job "load_baskets" failed. `0f1c2b3a`*\nError: ```no rows```';
const RELEASE = 'Deployment of release <https://a.example/r|R-4> using pipeline <https://a.example/p|basket-deploy>';

describe('a run that failed', () => {
  test.each([
    ['TeamCity', ':x: <https://t.example/b|Basket / Release #41> failed: Exit code 1\nBranch: main', 'Basket'],
    ['TeamCity', ':x: <https://t.example/b|Shop / Publish basket-web #41> failed: Exit code 1', 'Publish basket-web'],
    ['Azure Pipelines', `${RELEASE} to stage Production *failed*`, 'basket-deploy'],
    ['data-bot', DAGSTER, 'load_baskets'],
    ['data-bot', '*Asset "baskets/daily" is now 41.50 minutes late.*', 'baskets/daily'],
    ['Prefect', 'Flow run load-baskets/brave-fox entered state `Crashed` at 2026-01-06T10:00:00Z.', 'load-baskets'],
    ['kapacitor', 'disk_alert:host=basket-db-2,path=/data is CRITICAL value: 98', 'basket-db-2'],
    ['k8s', ':skull: OOMKilled: deployment/basket-web (ns shop, pod basket-web-7fd-9xz) restarted 6x', 'basket-web'],
    ['k8s', 'Container basket-sync in pod basket-sync-6d4cf56db6-x9k2b was OOM-killed', 'basket-sync'],
  ])('of %s begins an alert: %s', (app, text, service) => {
    expect(said(app, text)).toMatchObject({ service, state: 'triggered' });
  });

  test.each([
    ['TeamCity', ':x: <https://t.example/b|Basket / Unit tests #41> failed: 3 tests failed\nBranch: main'],
    ['TeamCity', ':x: <https://t.example/b|Basket / Release #41> failed: Exit code 1\nBranch: feature/colours'],
    ['TeamCity', ':white_check_mark: <https://t.example/b|Basket / Release #42> is successful\nBranch: main'],
    ['Azure Pipelines', `${RELEASE} to stage Production *succeeded*`],
    ['Azure Pipelines', `${RELEASE} to stage Dev *failed*`],
    ['Azure Pipelines', `${RELEASE} to stage Pre-Production *failed*`],
    ['data-bot', '*Job "load_baskets" succeeded. `0f1c2b3a`*'],
    ['data-bot', 'Job "assistant" failed. Nobody applied'],
    ['Prefect', 'Flow run load-baskets/brave-fox entered state `Completed` at 2026-01-06T10:00:00Z.'],
    ['k8s', 'deployment/basket-web scaled to 4 replicas'],
    ['k8s', 'OOMKilled is what a container without memory gets'],
    ['wiki', 'OOMKilled: a guide to deployment/basket-web and its memory'],
    ['reports', 'Weekly report: deployment/basket-web was OOMKilled 3 times'],
  ])('of %s is none: %s', (app, text) => {
    expect(said(app, text)).toBeUndefined();
  });

  test('is none where a person writes it', () => {
    const event = { type: 'message', user: 'U1', channel: 'C1', ts: '1767709800.000100' };
    for (const text of [DAGSTER, 'OOMKilled: deployment/basket-web restarted 6x']) {
      expect(read({ ...event, text })).toBeUndefined();
    }
  });

  test('has the key of its job, flow or group, and not of its run', () => {
    const flow = (run: string) =>
      said('Prefect', `Flow run load-baskets/${run} entered state \`Failed\` at noon.`)?.key;
    expect(flow('brave-fox')).toBe(flow('calm-owl'));
    const late = said('data-bot', '*Asset "baskets" is now 41.50 minutes late.*');
    const onTime = said('data-bot', '*Asset "baskets" is now on time');
    expect(onTime).toMatchObject({ state: 'resolved', key: late?.key });
    const high = said('kapacitor', 'cpu:host=basket-db-2 is CRITICAL value: 98');
    expect(said('kapacitor', 'cpu:host=basket-db-2 is OK value: 8')).toMatchObject({
      state: 'resolved',
      key: high?.key,
    });
    expect(said('kapacitor', 'cpu:host=basket-db-3 is CRITICAL value: 98')?.key).not.toBe(high?.key);
  });
});

describe('a sentence about a service', () => {
  test.each([
    [
      'monitor',
      '⚠️ ALERTA CRÍTICA: el servicio facturas está caído desde las 03:12 UTC (timeout)',
      '✅ RECUPERADO: el servicio facturas responde de nuevo (tras 9 minutos)',
      'facturas',
    ],
    [
      'monitor',
      '🚨 ALERTE: le service paiement ne répond plus depuis 4 minutes',
      '✅ RÉSOLU: le service paiement répond à nouveau',
      'paiement',
    ],
  ])('of %s names it at its beginning and at its end: %s', (app, begin, end, service) => {
    const first = said(app, begin);
    expect(first).toMatchObject({ service, state: 'triggered' });
    expect(said(app, end)).toMatchObject({ service, state: 'resolved', key: first?.key });
  });

  test('about what changes is no alert', () => {
    expect(said('monitor', 'El servicio de comidas cambia el lunes')).toBeUndefined();
  });
});

describe('no alert', () => {
  test.each([
    ['HubSpot', 'Campaign "Never miss an outage again" sent to 12,431 contacts: 31 % opened, 4 % clicked'],
    ['Mailer', 'Newsletter "Is your checkout down?" delivered to 900 subscribers'],
  ])('is a mailing of %s: %s', (app, text) => {
    expect(said(app, text)).toBeUndefined();
  });

  test('but a service whose name is that of a mailing is one', () => {
    expect(said('monitor', ':red_circle: campaign-api is down')).toMatchObject({ service: 'campaign-api' });
  });

  test('is the push of an image', () => {
    const push_data = { pushed_at: 1_767_693_600, pusher: 'ci', tag: '1.2' };
    const repository = { repo_name: 'shop/error-page', name: 'error-page', status: 'Active' };
    const found = readGeneral(
      { callback_url: 'https://r.example/c', push_data, repository },
      { source: 'senders', receivedUs: 1_772_400_000_000_000 },
    );
    expect(found).toMatchObject({ kind: 'other' });
  });
});

describe('a mail as a file of the Email app', () => {
  const SENT = { type: 'message', subtype: 'file_share', bot_id: 'B1', user: 'USLACKBOT', display_as_bot: true };
  const mail = (subject: string, plain_text = '') => ({
    ...SENT,
    channel: 'C1',
    ts: '1767709800.000100',
    text: '',
    files: [{ id: 'F1', filetype: 'email', mode: 'email', title: subject, subject, plain_text }],
  });
  const mailed = (subject: string, text?: string) => {
    const found = read(mail(subject, text));
    return found !== undefined && 'alert' in found ? found.alert : undefined;
  };

  test('begins and ends an alert', () => {
    const begin = mailed('[ALERT] basket-nas-2: RAID group degraded', 'Drive 3 has failed.');
    expect(begin).toMatchObject({ service: 'basket-nas-2', state: 'triggered' });
    expect(mailed('[RESOLVED] basket-nas-2: RAID group degraded')).toMatchObject({
      state: 'resolved',
      key: begin?.key,
    });
    expect(mailed('[ALERT] basket-db-2: replication lag of 120 s')).toMatchObject({ service: 'basket-db-2' });
    expect(mailed('[Parcel Status] Investigating - Labels print slowly')).toMatchObject({ service: 'Parcel' });
  });

  test.each([
    'Checkout is down?',
    'basket-api is down',
    'Re: [ALERT] basket-nas-2: RAID group degraded',
    '[New] basket-flags are here',
    '[ALERT] The cheapest hotel-rooms of May',
    '[ALERT] We moved basket-nas-2 to another rack',
    '[Hoster] Weekly digest: basket-web crashed twice',
    '[Hoster] Your invoice for basket-web is overdue',
  ])('is none where a person or an account is behind it: %s', (subject) => {
    expect(read(mail(subject))).toBeUndefined();
  });

  test('that a person uploads is none', () => {
    const { bot_id: _, display_as_bot: __, ...uploaded } = mail('[ALERT] basket-nas-2: RAID group degraded');
    expect(read({ ...uploaded, user: 'U1' })).toBeUndefined();
  });
});

describe('a post of a feed', () => {
  const post = (title: string, page: string, text: string) =>
    said('RSS', '', { attachments: [{ title, title_link: page, text }] });

  test.each([
    ['Incident with Parcels', 'https://www.acmestatus.com/incidents/a1', 'Parcels'],
    ['Labels print slowly', 'https://status.acme.com/incidents/a1', 'acme'],
  ])('%s on %s is about %s', (title, page, service) => {
    const begin = post(title, page, 'Jan 06, 10:00 UTC\nInvestigating - We look into it.');
    expect(begin).toMatchObject({ service, state: 'triggered', key: page });
    expect(post(title, page, 'Jan 06, 11:00 UTC\nResolved - It is over.')).toMatchObject({
      state: 'resolved',
      key: page,
    });
  });

  test.each([
    ['Database work on Sunday', 'https://status.acme.com/incidents/a1', 'Scheduled - We move a database.'],
    ['An incident of last year', 'https://blog.acme.com/incidents/a1', 'Investigating - how we did it.'],
  ])('%s on %s is no alert', (title, page, text) => {
    expect(post(title, page, text)).toBeUndefined();
  });
});
