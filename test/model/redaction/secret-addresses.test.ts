/** Addresses that are secrets themselves: secrets stand between ⟦ and ⟧. */
import { expect, test } from 'vitest';
import { redact } from '#model/redaction/redaction.ts';

const MARK = /\[redacted:[\w-]+\]/g;

test.each([
  "apprise -b 'disk 95 %' pbul://⟦o.xbf91gO7ZQtHXj5VXIqdNq9JMkue04wM⟧/#ops",
  'apprise -b x tgram://⟦110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw⟧/123',
  'apprise -b x discord://⟦4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js⟧/',
  'apprise -b x slack://⟦T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ⟧/',
  'apprise -b x mmost://mm.x.io:8065/⟦3ccdd113474722377935511fc85d3dd4⟧',
  'https://webexapis.com/v1/webhooks/incoming/⟦Y2lzY29zcGFyazovL3VzL1dFQkhPT0svMTIzNDU2Nzg5MA⟧ → 204',
  'https://acme.bitrix24.eu/rest/17/⟦k3wpz7sv8qjuu4xj⟧/crm.lead.list.json',
  'POST https://⟦eo3k2j4h5g6f7d8⟧.m.pipedream.net 200',
  'https://ping.ohdear.app/⟦1f6a2c9e-8d31-4f0e-9a61-0a3fbb7f2a11⟧',
  'https://cronitor.link/ping/⟦0a1b2c3d4e5f60718293a4b5c6d7e8f9⟧/backup?state=run',
  'https://hc.acme.io/ping/⟦1f6a2c9e-8d31-4f0e-9a61-0a3fbb7f2a11⟧/fail',
  'https://acme.webhook.office.com/webhookb2/⟦1f6a2c9e-8d31-4f0e-9a61-0a3fbb7f2a11@1f6a2c9e-8d31-4f0e-9a61-0a3fbb7f2a12/IncomingWebhook/0a1b2c3d4e5f60718293a4b5c6d7e8f9/1f6a2c9e-8d31-4f0e-9a61-0a3fbb7f2a13⟧',
  'https://acme.app.n8n.cloud/webhook/⟦orders-k3wpz7sv8q⟧',
  'https://heartbeat.uptimerobot.com/⟦m790123456-0a1b2c3d4e5f60718293a4b5c6d7e8f9⟧',
])('redacts the secret of %s', (marked) => {
  const redacted = redact(marked.replaceAll(/[⟦⟧]/g, ''));
  expect(redacted.replaceAll(MARK, '⟦⟧')).toBe(marked.replaceAll(/⟦[^⟧]*⟧/g, '⟦⟧'));
  expect(redact(redacted)).toBe(redacted);
});

test.each([
  'apprise -b x mailto://mail.example.org',
  'slack://channel/ops',
  'slack://open',
  'discord://localhost',
  'join://meeting',
  'mmost://mm.example.io:8065/',
  'docs: use tgram://{bot_token}/{chat_id}',
  'docs: pbul://{accesstoken}/#channel',
  'https://webexapis.com/v1/webhooks 200',
  'https://webexapis.com/v1/messages/Y2lzY29zcGFya 404',
  'https://acme.bitrix24.eu/rest/17/crm.lead.list.json',
  'https://api.acme.io/rest/17/orders/88',
  'https://api.acme.io/rest/2/issue',
  'https://jira.acme.io/rest/3/field',
  'https://docs.pipedream.net/x',
  'https://cronitor.io/docs/ping/',
  'https://hc.acme.io/ping/health',
  'https://acme.io/ping/backup-job',
  'https://acme.office.com/webhook/list',
])('keeps what has no secret: %s', (text) => {
  expect(redact(text)).toBe(text);
});
