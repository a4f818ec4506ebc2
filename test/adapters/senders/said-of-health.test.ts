/** Cards and sentences about the health of a thing, names of checks with any word, and what people plan beside them. */
import { describe, expect, test } from 'vitest';
import { mappedMessages } from '#adapters/senders/message.ts';
import type { Alert } from '#model/incident/alert.ts';

const POSTED = { type: 'message', subtype: 'bot_message', bot_id: 'B1', channel: 'C1', ts: '1772400000.000100' };
const read = mappedMessages({});

function posted(username: string, parts: object | string): Alert | undefined {
  const found = read({ ...POSTED, username, text: '', ...(typeof parts === 'string' ? { text: parts } : parts) });
  return found !== undefined && 'alert' in found ? found.alert : undefined;
}

function card(
  color: string,
  title: string,
  more: Readonly<{ text?: string; fields?: Readonly<Record<string, string>> }> = {},
) {
  const fields = Object.entries(more.fields ?? {}).map(([name, value]) => ({ title: name, value, short: true }));
  return { attachments: [{ color, title, fallback: title, text: more.text ?? '', fields }] };
}

const [RED, GREEN] = ['a30200', '2eb886'];

describe('an alert and its end have one key', () => {
  test.each([
    ['Komodor', '*basket-feed* is unhealthy: 0/3 ready replicas', '*basket-feed* is healthy again'],
    ['k8s-watch', ':x: Node `box-4` is not ready', ':white_check_mark: Node `box-4` is ready again'],
    ['shop-ops', '🔴 basket-api p99 4.2s (SLO 1s) for 10m', '🟢 basket-api p99 back to 300ms'],
    ['Site24x7', 'Basket pages is in Trouble', 'Basket pages is Up'],
    ['Site24x7', 'Ticket desk is Down', 'Ticket desk is Up'],
    ['icinga', '[PROBLEM] relay-1: smtp is CRITICAL - Socket timeout', '[RECOVERY] relay-1: smtp is OK - 0.02 sec'],
    [
      'nagios',
      ':x: HOST: box-7 STATE: DOWN INFO: CRITICAL - Unreachable',
      ':white_check_mark: HOST: box-7 STATE: UP INFO: PING OK',
    ],
  ])('of %s: %s', (app, begin, end) => {
    const [first, last] = [posted(app, begin), posted(app, end)];
    expect([first?.state, last?.state]).toEqual(['triggered', 'resolved']);
    expect(last?.key).toBe(first?.key);
    expect(first?.service).not.toBe('');
  });
});

test('a red card is an alert where its fields or its title are those of one', () => {
  const fields = { Cluster: 'basket-lkc', Severity: 'Critical' };
  expect(posted('Confluent Cloud', card(RED, 'Consumer lag alert', { fields }))).toMatchObject({
    service: 'basket-lkc',
    state: 'triggered',
  });
  const text = 'Project *basket-web*: 5xx responses are 14x above normal';
  expect(posted('Vercel', card(RED, 'Error anomaly detected', { text }))).toMatchObject({
    service: 'basket-web',
    state: 'triggered',
  });
});

describe('no alert', () => {
  test.each([
    ['Asana', card(RED, 'Overdue: fix the queue of basket-api')],
    ['Mailchimp', card(GREEN, 'Campaign queue sent')],
    ['shop-ops', card(RED, 'New conversation: is basket-web down?')],
    ['Wiz', card(RED, 'Critical CVE-2026-1 on basket-web', { fields: { Severity: 'critical' } })],
    ['SonarQube', card(RED, 'Quality gate failed for basket-api', { fields: { Status: 'ERROR', Severity: 'Major' } })],
    ['Stripe', card(RED, 'Payment failed for cus_9s6XKzkNRiz8i3')],
    ['shop-ops', 'Lunch in the quiet room, read-only mode for phones'],
    ['Jira', 'Ann created bug SHOP-4: *basket-api* is unhealthy after deploy'],
  ])('of %s: %j', (app, parts) => {
    expect(posted(app, parts)).toBeUndefined();
  });

  test('and an app of people hears nothing of what cannot be read', () => {
    expect(read({ ...POSTED, username: 'Notion', text: '*Runbook* is unhealthy: see section 4' })).toBeUndefined();
  });
});
