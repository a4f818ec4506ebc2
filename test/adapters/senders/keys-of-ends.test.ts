/** Alerts and their ends have one key, and other alerts another one. */
import { describe, expect, test } from 'vitest';
import { readDatadogMessage } from '#adapters/datadog/message.ts';
import { mappedMessages } from '#adapters/senders/message.ts';

const read = mappedMessages({});

const POSTED = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1767709800.000100' };

function said(username: string, text: string) {
  const found = read({ ...POSTED, username, text });
  return found !== undefined && 'alert' in found ? found.alert : undefined;
}

describe('a job of Jenkins', () => {
  const job = (name: string, result: string) => said('jenkins', `${name} - #41 ${result} after 3 min 2 sec (Open)`);

  test.each([
    ['basket-api » deploy-prod', 'basket-api'],
    ['shop » basket-api » release', 'basket-api'],
    ['shop » basket-deploy', 'basket-deploy'],
    ['deploy-prod', 'deploy-prod'],
  ])('%s is about %s', (name, service) => {
    const failed = job(name, 'Failure');
    expect(failed).toMatchObject({ service, state: 'triggered' });
    expect(job(name, 'Back to normal')).toMatchObject({ service, state: 'resolved', key: failed?.key });
  });

  test.each([
    ['basket-api » deploy-prod', 'Success'],
    ['basket-api » main', 'Failure'],
  ])('%s with the result %s is no alert', (name, result) => {
    expect(job(name, result)).toBeUndefined();
  });
});

describe('a monitor of Datadog', () => {
  const monitor = (title: string, group: string) => {
    const title_link = `https://app.datadoghq.eu/monitors/7?group=${group}`;
    const found = readDatadogMessage({
      ...POSTED,
      username: 'Datadog',
      text: '',
      attachments: [{ title, title_link }],
    });
    return found !== undefined && 'alert' in found ? found.alert : undefined;
  };

  test('has a key for each group in its address, where the title names none', () => {
    const lag = monitor('Triggered: Lag on basket-writer', 'service%3Abasket-writer');
    expect(lag).toMatchObject({ key: '7/service:basket-writer', service: 'basket-writer' });
    expect(monitor('Recovered: Lag on basket-writer', 'service%3Abasket-writer')?.key).toBe(lag?.key);
    expect(monitor('Triggered: Lag on basket-reader', 'service%3Abasket-reader')?.key).toBe('7/service:basket-reader');
    expect(monitor('Triggered: Lag', 'total')?.key).toBe('7/');
    expect(monitor('Triggered: Lag on host:mq-2', 'host%3Amq-2')?.key).toBe('7/host:mq-2');
  });
});

describe('a text of a team in its language', () => {
  test.each([
    [
      'Leitstelle',
      '🔴 Kasse Nord (kasse-n1) nicht erreichbar seit 06:41 Uhr. Bitte prüfen!',
      '🟢 Kasse Nord (kasse-n1) wieder erreichbar (Ausfall 9 Minuten).',
      'kasse-n1',
    ],
    [
      'Wächter',
      '🚨 Störung: Dienst *korb-db* auf Host sv-korb-01 antwortet seit 5 Minuten nicht (Zeitlimit)',
      '✅ Entwarnung: Dienst *korb-db* auf Host sv-korb-01 antwortet wieder (Ausfall 12 Minuten)',
      'korb-db',
    ],
    [
      '監視',
      '【障害発生】basket-api の応答が 5 分間ありません（HTTP 503）。担当者は確認してください。',
      '【復旧】basket-api は正常に応答しています（HTTP 200）。',
      'basket-api',
    ],
    [
      '監視',
      '【警告】basket-api の CPU 使用率が 95% を超えました',
      '【復旧】basket-api の CPU 使用率は正常です',
      'basket-api',
    ],
  ])('of %s has one key: %s', (app, begin, end, service) => {
    const first = said(app, begin);
    expect(first).toMatchObject({ service, state: 'triggered' });
    expect(said(app, end)).toMatchObject({ service, state: 'resolved', key: first?.key });
  });

  test('about another thing has another key', () => {
    const cpu = said('監視', '【警告】basket-api の CPU 使用率が 95% を超えました');
    const answer = said('監視', '【障害発生】basket-api の応答が 5 分間ありません');
    expect(cpu?.key).not.toBe(answer?.key);
  });

  test.each([['Wächter', 'Tagesbericht: 214 Dienste geprüft, 0 Störungen, 0 Warnungen']])(
    'of %s is no alert: %s',
    (app, text) => {
      expect(said(app, text)).toBeUndefined();
    },
  );
});
