/** Messages with a form of their own, lines of logs, and innocent messages that look like them. */
import { describe, expect, test } from 'vitest';
import { mappedMessages } from '#adapters/senders/message.ts';

const read = mappedMessages({});

function event(username: string, parts: object | string) {
  const shown = typeof parts === 'string' ? { text: parts } : parts;
  const posted = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1767709800.000100' };
  return { ...posted, username, text: '', ...shown };
}

function said(username: string, parts: object | string) {
  const found = read(event(username, parts));
  return found !== undefined && 'alert' in found ? found.alert : undefined;
}

function card(text: string, fields: Readonly<Record<string, string>>, more: object = {}) {
  const listed = Object.entries(fields).map(([title, value]) => ({ title, value, short: true }));
  return { attachments: [{ text, fields: listed, color: 'danger', ...more }] };
}

describe('a message with a form of its own', () => {
  test.each([
    [
      'Atlantis',
      card('Apply failed for <https://g.example/p/7|shop/infra>', { Directory: 'basket/dns' }),
      'basket/dns',
    ],
    ['Atlantis', card('Apply failed for <https://g.example/p/7|shop/infra>', { Directory: '.' }), 'infra'],
    ['Ansible', ':x: Playbook *site-yml* failed on *basket-db-2* at task `restart`: no such unit', 'basket-db-2'],
    ['flagger', card('Canary analysis failed, Canary scaled to zero.', {}, { author_name: 'basket.shop' }), 'basket'],
    ['OTP reports', ':boom: *basket_sync* terminating, it exited too often', 'basket_sync'],
    ['OTP reports', 'GenServer Basket.Sync terminating', 'Basket.Sync'],
    ['plumber', 'Error in `basket-forecast` (run 7): no rows', 'basket-forecast'],
    ['UniFi', 'Network at *North*: Basket-AP-2 was disconnected.', 'Basket-AP-2'],
    ['Beszel', card('CPU averaged 97%.', {}, { title: 'basket-db-2 CPU above threshold' }), 'basket-db-2'],
  ])('of %s begins an alert: %j', (app, parts, service) => {
    expect(said(app, parts)).toMatchObject({ service, state: 'triggered' });
  });

  test.each([
    ['Atlantis', card('Plan failed for <https://g.example/p/7|shop/infra>', { Directory: 'basket/dns' })],
    ['Atlantis', card('Apply succeeded for <https://g.example/p/7|shop/infra>', { Directory: 'basket/dns' })],
    ['Ansible', 'Playbook *site-yml* finished on *basket-db-2*: ok=12 changed=3 failed=0'],
    ['flagger', card('Canary analysis completed successfully.', {}, { author_name: 'basket.shop', color: 'good' })],
    ['HR', 'Contract terminating on 1 May'],
    ['linter', 'Error in `basket.yml`: a mapping is not allowed here'],
    ['meet-bot', 'ann.lee was disconnected from the call'],
  ])('of %s is no alert: %j', (app, parts) => {
    expect(said(app, parts)).toBeUndefined();
  });

  test('of TrueNAS is about a new alert, or about one that is cleared', () => {
    const pool = '  * Pool basket state is DEGRADED: a device was removed.';
    const begin = said('TrueNAS', `TrueNAS @ shelf-3  \n  \nNew alerts:\n\n${pool}\n\nCurrent alerts:\n\n${pool}`);
    const end = said('TrueNAS', `TrueNAS @ shelf-3  \n  \nThe following alert has been cleared:\n\n${pool}`);
    expect(begin).toMatchObject({ service: 'basket', state: 'triggered' });
    expect(end).toMatchObject({ service: 'basket', state: 'resolved', key: begin?.key });
    expect(said('TrueNAS', `TrueNAS @ shelf-3  \n  \nCurrent alerts:\n\n${pool}`)).toBeUndefined();
  });

  test('of a gem of Rails names the host, else the action', () => {
    const text =
      '*A* `Basket::Full` *occurred while* `POST <https://b.example/items>` *was processed by* `items#create`';
    expect(said('Exception Notifier', card(text, { Hostname: 'rails-3' }))?.service).toBe('rails-3');
    expect(said('Exception Notifier', card(text, {}))?.service).toBe('items#create');
  });

  test('of a status page’s feed is about the vendor', () => {
    const feed = (text: string) => ({
      text,
      attachments: [
        {
          service_name: 'Basketpay Status - Incident History',
          title: 'Elevated errors',
          title_link: 'https://status.b.example/incidents/4k',
          text,
        },
      ],
    });
    const begin = said('RSS', feed('Investigating - Requests fail.'));
    expect(begin).toMatchObject({ service: 'Basketpay', state: 'triggered', title: 'Elevated errors' });
    expect(said('RSS', feed('Resolved - All is well.'))).toMatchObject({ state: 'resolved', key: begin?.key });
    expect(said('RSS', feed('Scheduled - We move a database.'))).toBeUndefined();
  });

  test.each([
    ['Does not exist: process is not running', 'Exists: process is running with pid 17'],
    ['Resource limit matched: space usage 91%', 'Resource limit succeeded: space usage 40%'],
  ])('of Monit has the service between the host and the event: %s', (trouble, over) => {
    const begin = said('monit', `*shelf-3* basketd - ${trouble}`);
    expect(begin).toMatchObject({ service: 'basketd', state: 'triggered' });
    expect(said('monit', `*shelf-3* basketd - ${over}`)).toMatchObject({ state: 'resolved', key: begin?.key });
    expect(said('monit', '*shelf-3* basketd - PID changed: 17 to 18')).toBeUndefined();
  });

  test('of Beszel ends below the limit', () => {
    const at = (side: string) =>
      said('Beszel', card('It averaged.', {}, { title: `basket-db-2 memory ${side} threshold` }));
    expect(at('below')).toMatchObject({ state: 'resolved', key: at('above')?.key });
  });
});

describe('a line of a log', () => {
  test.each([
    ['basket-rates', '2026-01-06 08:50:12.991 ERROR [job-3] b.rates.Loader - Rates not loaded', 'Rates not loaded'],
    ['basket-rates', '08:50:12.991 [error] Rates not loaded', 'Rates not loaded'],
    ['basket-rates', '2026-01-06 08:50:12,991 - b.rates - CRITICAL - Rates not loaded', 'Rates not loaded'],
    ['basket-rates', '[08:50:12 FTL] Rates not loaded', 'Rates not loaded'],
    ['Monolog', '[2026-01-06T08:50:12+00:00] basket-rates.CRITICAL: Rates not loaded', 'Rates not loaded'],
  ])('of %s that is an error is an alert of its program: %s', (app, text, title) => {
    expect(said(app, text)).toMatchObject({ service: 'basket-rates', state: 'triggered', title });
  });

  test.each([
    ['basket-rates', '2026-01-06 08:50:12.991 INFO [job-3] b.rates.Loader - no error'],
    ['basket-rates', '2026-01-06 08:50:12.991 WARN [job-3] b.rates.Loader - one rate is old'],
    ['calendar', '10:30:00 Error budget review'],
    ['basket-rates', 'ERROR is a word of the docs'],
  ])('of %s is none: %s', (app, text) => {
    expect(said(app, text)).toBeUndefined();
  });

  test('has its level and its program in fields', () => {
    const context = '```{ "app": "basket-gifts", "attempt": 5 }```';
    const monolog = card('Payouts not fetched', { Level: 'CRITICAL', Context: context }, { title: 'Message' });
    expect(said('Monolog', monolog)).toMatchObject({
      service: 'basket-gifts',
      title: 'Payouts not fetched',
      severity: 'critical',
    });
    const fields = { Timestamp: '09:01:44', Application: 'Basket.Api', MachineName: 'IIS-4' };
    expect(said('Serilog', card('Host ended', { Level: 'Fatal', ...fields }))?.service).toBe('Basket.Api');
    expect(said('Serilog', card('Host began', { Level: 'Information', ...fields }))).toBeUndefined();
  });

  test('of two errors with other numbers has one key', () => {
    const at = (count: number) => said('basket-rates', `08:50:12 ERROR ${count} rates not loaded`)?.key;
    expect(at(4)).toBe(at(31));
  });
});

describe('a message of another app', () => {
  test('whose title is its name has the title below', () => {
    const of = (text: string, color: string) =>
      said('gatus', { attachments: [{ title: ':helmet_with_white_cross: Gatus', text, color }] });
    const begin = of('An alert for *shop/basket* has been triggered due to having failed 3 time(s) in a row', 'DD0000');
    const end = of('An alert for *shop/basket* has been resolved after passing 5 time(s) in a row', '36A64F');
    expect(begin).toMatchObject({ service: 'shop/basket', state: 'triggered' });
    expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
  });

  test('of Nagios names the check, or the host where the check is of a kind', () => {
    const at = (type: string, check: string, state: string) =>
      said('nagios', `** ${type} Service Alert: basket-7/${check} is ${state} **`);
    const begin = at('PROBLEM', 'Tape drive 3', 'CRITICAL');
    expect(begin).toMatchObject({ service: 'Tape drive 3', state: 'triggered', severity: 'CRITICAL' });
    expect(at('ACKNOWLEDGEMENT', 'Tape drive 3', 'CRITICAL')).toMatchObject({ state: 'acknowledged', key: begin?.key });
    expect(at('RECOVERY', 'Tape drive 3', 'OK')).toMatchObject({ state: 'resolved', key: begin?.key });
    expect(at('PROBLEM', 'PING', 'CRITICAL')?.service).toBe('basket-7');
  });

  test('says the end in the thread and in the channel', () => {
    const parts = (text: string) => ({
      text: '',
      attachments: [{ blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] }],
    });
    const link = 'https://c.example/incidents?incident=k2x7';
    const begin = said('Coroot', parts(`[CRITICAL] <${link}|*basket* is not meeting its SLOs>`));
    const reply = { thread_ts: '1767709700.000100', subtype: 'thread_broadcast' };
    const end = said('Coroot', { ...parts(`<${link}|*basket* incident resolved>`), ...reply });
    expect(begin).toMatchObject({ service: 'basket', state: 'triggered' });
    expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
    const note = read(event('Coroot', { ...parts('*basket*: 2 more instances are slow'), ...reply }));
    expect(note).toMatchObject({ threadTs: reply.thread_ts, note: { source: 'coroot' } });
    expect(
      read(event('Coroot', { ...parts(`<${link}|*basket* incident resolved>`), thread_ts: reply.thread_ts })),
    ).toBeUndefined();
  });

  test('names an entity and its check, whose output is another one at the end', () => {
    const of = (text: string, Status: string) =>
      said('sensu', card(text, { Status, Entity: 'basket-7', Check: 'check-queue' }, { title: 'Description' }));
    expect(of('queue is empty', 'Resolved')).toMatchObject({ key: of('queue has 41', 'Critical')?.key });
  });

  test('has the number of an incident in its title, and alone in its address', () => {
    const title = 'INC-44 basket-api rejects cards';
    const begin = said(
      'incident.io',
      `:fire: <https://app.incident.io/i/44|New incident: ${title}>\n*Status:* Investigating`,
    );
    expect(begin?.key).toBe('INC-44');
    expect(said('incident.io', `:white_check_mark: ${title} has been resolved`)?.key).toBe('INC-44');
  });

  test('of Upptime has the name before the address', () => {
    const begin = said(
      'hook',
      ':large_red_square: Basket API (https://b.example) is *down* : https://g.example/issues/88',
    );
    expect(begin).toMatchObject({ service: 'Basket API', state: 'triggered' });
    const end = said('hook', ':large_green_square: Basket API (https://b.example) is back up.');
    expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
  });

  test('of a data test names the table', () => {
    const blocks = (status: string) => [
      { type: 'header', text: { type: 'plain_text', text: ':small_red_triangle: dbt test alert' } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: `*Status:* ${status}     |` }] },
      { type: 'section', text: { type: 'mrkdwn', text: '*Table*\nshop.basket_items' } },
    ];
    expect(said('Elementary', { blocks: blocks('fail') })).toMatchObject({
      service: 'shop.basket_items',
      state: 'triggered',
    });
    expect(said('Elementary', { blocks: blocks('pass') })).toBeUndefined();
  });
});
