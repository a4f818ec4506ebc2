/** Sentences of bots about one thing that fails, cards without a word of state, and their innocent twins. */
import { describe, expect, test } from 'vitest';
import { mappedMessages } from '#adapters/senders/message.ts';

const read = mappedMessages({});

const POSTED = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1767709800.000100' };

function said(username: string, parts: string | object) {
  const shown = typeof parts === 'string' ? { text: parts } : { text: '', ...parts };
  const found = read({ ...POSTED, username, ...shown });
  return found !== undefined && 'alert' in found ? found.alert : undefined;
}

function card(title: string, more: object = {}) {
  return { attachments: [{ color: 'danger', fallback: title, title, ...more }] };
}

function fields(named: Readonly<Record<string, string>>) {
  return { fields: Object.entries(named).map(([title, value]) => ({ title, value, short: true })) };
}

describe('a sentence about one thing that fails begins an alert', () => {
  test.each([
    [':x: machine 4d1 of app `basket-web` exited with code 137 (oom_killed=true)', 'basket-web'],
    [':boom: basket-web exited with status 1, restart limit reached', 'basket-web'],
    ['*Connector failed*\nConnector `basket-sink` in cluster lkc-1 has entered the FAILED state.', 'basket-sink'],
    ['*basket-web* returned 503 on `GET /basket` 41 times in 5 min', 'basket-web'],
    [':warning: disk /data on basket-db-1 is 96% full', 'basket-db-1'],
    [':x: Backup of basket-db did not finish within 6 h', 'basket-db'],
    ['basket-worker (id 3) errored: connect ECONNREFUSED', 'basket-worker'],
    ['⚠️ Project *basket* (ref: abc): 58 of 60 direct connections in use', 'basket'],
    ['Nightly load\nTask SHOP.PUBLIC.LOAD_BASKETS failed at 03:15 UTC: `no warehouse`', 'SHOP.PUBLIC.LOAD_BASKETS'],
  ])('%s', (text, service) => {
    expect(said('relay', text)).toMatchObject({ service, state: 'triggered' });
  });

  test('and its end has the same key', () => {
    const begin = said('relay', 'Connector `basket-sink` in cluster lkc-1 has entered the FAILED state.');
    const end = said('relay', 'Connector `basket-sink` in cluster lkc-1 has entered the RUNNING state.');
    expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
  });

  test.each([
    [':white_check_mark: job of app `basket-web` exited with code 0'],
    ['*basket-web* returned 200 on `GET /basket` 41 times in 5 min'],
    ['*basket-web* returned 404 on `GET /basket`'],
    ['Project *basket*: 58 of 60 direct connections in use'],
    ['⚠️ Project *basket*: 58 of 60 seats in use'],
    ['disk /data on basket-db-1 is 40% full'],
    ['Ann did not finish the page about basket-db'],
    ['Weekly report: *basket-web* returned 503 41 times'],
    ['Reminder: read why machine 4d1 of app `basket-web` exited with code 137'],
    ['*Ann* commented: app `basket-web` exited with code 137 last night'],
    ['Unit tests of app `basket-web` exited with code 1'],
    ['Task SHOP.PUBLIC.LOAD_BASKETS succeeded at 03:15 UTC'],
    ['New task: find out what connector `basket-sink` does'],
  ])('but no news: %s', (text) => {
    expect(said('relay', text)).toBeUndefined();
  });
});

describe('a card without a word of state', () => {
  test.each([
    ['Threshold alert for app basket-search', { text: 'Heap above 92 % on host web-3' }, 'basket-search'],
    [
      'Crypto-mining process detected on VM',
      fields({ Severity: 'CRITICAL', Status: 'OPEN', Resource: 'basket-db-1' }),
      'basket-db-1',
    ],
  ])('begins an alert: %s', (title, more, service) => {
    expect(said('Scanner', card(title, more))).toMatchObject({ service, state: 'triggered' });
  });

  test('names the alert in a field below its heading', () => {
    const parts = (grade: string, color: string) => ({
      attachments: [
        { color, pretext: `Sumo Logic Alert - ${grade}`, ...fields({ Name: 'basket-broker: failed orders' }) },
      ],
    });
    const begin = said('Sumo Logic', parts('Critical', '#FF0000'));
    expect(begin).toMatchObject({ service: 'basket-broker', state: 'triggered', severity: 'Critical' });
    const end = said('Sumo Logic', parts('ResolvedCritical', '#00FF00'));
    expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
  });

  test.each([
    [
      'Critical vulnerability detected on VM',
      fields({ Severity: 'CRITICAL', Status: 'OPEN', Resource: 'basket-db-1' }),
    ],
    ['New device detected', fields({ Status: 'OPEN', Resource: 'basket-db-1' })],
    ['Threshold settings of app basket-search', { text: 'changed by Ann' }],
    ['Dependabot alert: prototype pollution in deep-merge < 4', { footer: 'acme/basket' }],
  ])('is none: %s', (title, more) => {
    expect(said('Scanner', card(title, more))).toBeUndefined();
  });
});

test('a pipeline of the main branch whose step changes what runs', () => {
  const text = (branch: string, step: string) =>
    `:x: <https://b.example/9|Pipeline #9> *failed* on branch \`${branch}\` of <https://b.example|acme/basket> — step *${step}*`;
  expect(said('Bitbucket Cloud', text('main', 'Deploy to production'))).toMatchObject({
    service: 'basket',
    state: 'triggered',
  });
  expect(said('Bitbucket Cloud', text('main', 'Unit tests'))).toBeUndefined();
  expect(said('Bitbucket Cloud', text('feature/x', 'Deploy to production'))).toBeUndefined();
});

describe('a rule of Kibana', () => {
  test('that is active for a group, and its end', () => {
    const begin = said('Kibana', 'Alert *Slow baskets* is active on group *basket-web*.\nReason: 81 > 30.');
    expect(begin).toMatchObject({ service: 'basket-web', state: 'triggered' });
    const end = said('Kibana', 'Alert *Slow baskets* has recovered on group *basket-web*.');
    expect(end).toMatchObject({ state: 'resolved', key: begin?.key });
  });

  test('is none where a person or a campaign is active', () => {
    expect(said('crm', 'Campaign *Baskets* is active on *basket-web*')).toBeUndefined();
  });
});

describe('teams that write their own words', () => {
  test.each([
    [
      ':rotating_light: *ALERTA CRÍTICA*\nEl servicio `cesta-web` no responde desde las 08:42',
      ':white_check_mark: *RESUELTA* — ALERTA CRÍTICA\nEl servicio `cesta-web` vuelve a responder (17 min)',
      'cesta-web',
    ],
    [
      '⛔ *STÖRUNG* Dienst `korb-export`: seit 20 Minuten keine Quittung mehr',
      '✅ *BEHOBEN* Dienst `korb-export`: Quittungen kommen wieder (Störung dauerte 31 Minuten)',
      'korb-export',
    ],
    [
      "🔴 Incident en cours : la file d'attente du service *panier-web* dépasse 5 000 messages",
      "🟢 Incident résolu : la file d'attente du service *panier-web* repasse sous 1 000 messages",
      'panier-web',
    ],
  ])('%s', (begin, end, service) => {
    const began = said('bot', begin);
    expect(began).toMatchObject({ service, state: 'triggered' });
    expect(said('bot', end)).toMatchObject({ service, state: 'resolved', key: began?.key });
  });

  test.each([
    ['⚠️ Le service `panier` ne répond plus depuis 10 minutes', '✅ Rétabli : le service `panier` répond de nouveau'],
    ['🔴 Dienst `korb` ist seit 5 Minuten nicht erreichbar', '🟢 Dienst `korb` ist wieder erreichbar'],
    ['🚨 ALERTA: o serviço `cesta` está fora do ar', '✅ RESOLVIDO: o serviço `cesta` voltou ao normal'],
    ['【障害発生】kago-api 応答なし', '【復旧】kago-api 応答正常'],
    [':warning: basket-db is down for 10 minutes', ':white_check_mark: basket-db is back up'],
  ])('the end of %s has its key', (begin, end) => {
    const began = said('watch', begin);
    expect(began?.state).toBe('triggered');
    expect(said('watch', end)).toMatchObject({ state: 'resolved', key: began?.key });
  });

  test('a grade in the brackets of East Asia', () => {
    expect(said('監視ボット', '🚨【重大】kago-api のエラー率が 12% を超えました')).toMatchObject({
      service: 'kago-api',
      state: 'triggered',
      severity: '重大',
    });
  });

  test.each([
    ['Informe semanal: el servicio `cesta-web` no tuvo alertas'],
    ['Le chiffre du mois dépasse 5 000 €, bravo à tous'],
    ['Wochenbericht: Störung von `korb-export` dauerte 31 Minuten'],
  ])('no alert: %s', (text) => {
    expect(said('bot', text)).toBeUndefined();
  });
});

test('a group with firing and resolved alerts fires, for the service of the firing one', () => {
  const text =
    '*[CRITICAL - 1]* *[RESOLVED - 1]* SlowBaskets - answers take 2 s\n:fire: basket-web p95 3 s\n:white_check_mark: basket-print p95 0.4 s';
  expect(said('alertmanager-eu', text)).toMatchObject({ service: 'basket-web', state: 'triggered' });
  expect(said('alertmanager-eu', '*[RESOLVED - 2]* SlowBaskets - basket-web')).toMatchObject({ state: 'resolved' });
});

test('a state in brackets, in the words of another language', () => {
  const parts = (state: string, color: string) => ({
    text: `[${state}] (High): Fila do rabbitmq-cesta acima de 100`,
    attachments: [{ color, ...fields({ Host: 'rabbitmq-cesta' }) }],
  });
  const begin = said('Zabbix', parts('PROBLEM', 'danger'));
  expect(begin).toMatchObject({ service: 'rabbitmq-cesta', state: 'triggered' });
  expect(said('Zabbix', parts('OK', 'good'))).toMatchObject({ state: 'resolved', key: begin?.key });
});

test('a component that an incident affects is more than a word of its title', () => {
  const parts = card('Incident - Delayed one-time codes', {
    title_link: 'https://stspg.io/q',
    text: '*Identified* - The carrier drops messages.\n*Components affected:* Code delivery',
  });
  expect(said('Acme Status', parts)?.service).toBe('Code delivery');
});
