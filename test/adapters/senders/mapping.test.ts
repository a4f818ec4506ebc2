import { describe, expect, test } from 'vitest';
import { readMapped } from '#adapters/senders/mapping.ts';
import { mappedMessages } from '#adapters/senders/message.ts';
import { SenderMapping } from '#config/sender-mapping.ts';

const AT_US = 1_767_709_800_000_000;
const BODY = {
  check: { id: 7, name: 'shop is slow', labels: { service: 'cart' } },
  status: 'red',
  at: 1_767_709_800,
  text: 'Runbook: https://wiki.example.com/slow trace_id=0af7651916cd43dd8448eb211c80319c',
};

const mapping = (given: object) => ({ acme: SenderMapping.parse({ title: '$.check.name', ...given }) });
const alertOf = (given: object, body: unknown = BODY) => {
  const read = readMapped(mapping(given), body, AT_US + 5);
  return read.kind === 'delivery' ? read.delivery.subject : read;
};

describe('a mapping', () => {
  test('reads each part by a path, a fixed text, or a pattern', () => {
    const read = alertOf({
      service: { path: '$.check.labels.service' },
      state: { path: '$.status', triggered: ['red'], resolved: ['green'] },
      severity: 'P3',
      time: '$.at',
      key: '$.check.id',
      links: { runbook: { path: '$.text', pattern: 'Runbook: (\\S{1,100})' } },
      trace: { pattern: 'trace_id=([0-9a-f]{32})' },
    });
    expect(read).toMatchObject({
      source: 'acme',
      title: 'shop is slow',
      service: 'cart',
      state: 'triggered',
      severity: 'P3',
      atUs: AT_US,
      key: '7',
      links: { runbook: 'https://wiki.example.com/slow' },
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
  });

  test('knows common words of states, and the sender’s own', () => {
    const state = (status: string) => alertOf({ state: '$.status' }, { ...BODY, status });
    expect(state('RESOLVED')).toMatchObject({ state: 'resolved' });
    expect(state('acked')).toMatchObject({ state: 'acknowledged' });
    expect(state('Firing')).toMatchObject({ state: 'triggered' });
    expect(state('purple')).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining('"purple" is no known word'),
    });
    expect(alertOf({ state: { path: '$.status', resolved: ['red'] } })).toMatchObject({ state: 'resolved' });
  });

  test('has the same key for the alert and its end, if it names none', () => {
    const keys = ['firing', 'ok'].map((status) => alertOf({ state: '$.status' }, { ...BODY, status }));
    expect(keys[0]).toMatchObject({ key: '/shop is slow', state: 'triggered' });
    expect(keys[1]).toMatchObject({ key: '/shop is slow', state: 'resolved' });
  });

  test('reads only bodies that fit, and says why others do not', () => {
    expect(alertOf({ when: '$.other' })).toMatchObject({ why: expect.stringContaining('`when` finds nothing') });
    expect(alertOf({ title: '$.other' })).toMatchObject({ why: expect.stringContaining('`title` finds nothing') });
    expect(readMapped({}, BODY, 1)).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('alert try') });
  });

  test.each([
    [{ title: 'x', service: '$..a..b' }, 'must use .. only once'],
    [{ title: "$[?match(@.a, '(a+)+b')]" }, 'must not use match or search'],
    [{ title: { pattern: '(a+)+b' } }, 'must say how often a part may come'],
    [{ title: { pattern: '(?=a)' } }, 'must not'],
    [{ title: { path: 'a.b' } }, 'must be a JSONPath that begins with $'],
    [{ title: '' }, 'must not be empty'],
    [{ title: 'x', other: '$.a' }, 'other'],
  ])('%j is refused', (given, problem) => {
    const { error } = SenderMapping.safeParse(given);
    expect(JSON.stringify(error?.issues)).toContain(problem);
  });

  test.each([
    ['deep', JSON.parse(`${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`) as unknown],
    ['wide', { a: Array.from({ length: 50_000 }, () => ({ b: 1 })) }],
    ['long', { a: 'x'.repeat(900_000) }],
    ['none', undefined],
  ])('finds nothing in a body that is %s', (_, body) => {
    const given = { title: '$..name', service: { pattern: 'service:\\s{0,5}(\\S{1,40})' } };
    expect(readMapped(mapping(given), body, 1).kind).toBe('unreadable');
  });
});

describe('a mapping for a body like PagerDuty’s', () => {
  /** As a relay of one’s own passes it on: the names of version 3, and a state of its own. */
  const relayed = (event_type: string, at: string) => ({
    event: {
      id: `01-${event_type}`,
      event_type,
      occurred_at: at,
      data: {
        id: 'Q2',
        type: 'incident',
        title: 'cart is slow',
        urgency: 'high',
        html_url: 'https://acme.pagerduty.example/incidents/Q2',
        service: { id: 'S1', summary: 'SRE-OTR-CART' },
        body: { details: 'Runbook: https://wiki.example.com/cart' },
      },
    },
  });
  const given = {
    when: '$.event.event_type',
    title: '$.event.data.title',
    service: '$.event.data.service.summary',
    state: {
      path: '$.event.event_type',
      triggered: ['incident.triggered', 'incident.reopened'],
      acknowledged: ['incident.acknowledged'],
      resolved: ['incident.resolved'],
    },
    severity: '$.event.data.urgency',
    time: '$.event.occurred_at',
    key: '$.event.data.id',
    url: '$.event.data.html_url',
    links: { runbook: { path: '$.event.data.body.details', pattern: 'Runbook: (\\S{1,100})' } },
  };

  test.each([
    ['incident.triggered', 'triggered'],
    ['incident.acknowledged', 'acknowledged'],
    ['incident.resolved', 'resolved'],
    ['incident.reopened', 'triggered'],
  ])('%s is %s, with the same key', (type, state) => {
    expect(alertOf(given, relayed(type, '2026-01-06T14:30:00Z'))).toMatchObject({
      source: 'acme',
      key: 'Q2',
      title: 'cart is slow',
      service: 'SRE-OTR-CART',
      severity: 'high',
      state,
      atUs: AT_US,
      url: 'https://acme.pagerduty.example/incidents/Q2',
      links: { runbook: 'https://wiki.example.com/cart' },
    });
  });

  test('what changes no state is refused with its word', () => {
    expect(alertOf(given, relayed('incident.delegated', '2026-01-06T14:30:00Z'))).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining('"incident.delegated" is no known word'),
    });
  });

  test('the events of version 2 of its API fit a mapping, too', () => {
    const event = (event_action: string) => ({
      routing_key: 'R1',
      event_action,
      dedup_key: 'cart/slow',
      payload: { summary: 'cart is slow', source: 'cart-7f', severity: 'critical', component: 'cart' },
    });
    const mapped = {
      title: '$.payload.summary',
      service: '$.payload.component',
      state: { path: '$.event_action', triggered: ['trigger'], acknowledged: ['acknowledge'], resolved: ['resolve'] },
      severity: '$.payload.severity',
      key: '$.dedup_key',
    };
    const same = { key: 'cart/slow', title: 'cart is slow', service: 'cart', severity: 'critical' };
    expect(alertOf(mapped, event('trigger'))).toMatchObject({ ...same, state: 'triggered' });
    expect(alertOf(mapped, event('resolve'))).toMatchObject({ ...same, state: 'resolved' });
  });
});

describe('a message of an app', () => {
  const message = {
    type: 'message',
    subtype: 'bot_message',
    bot_id: 'B1',
    username: 'Acme',
    channel: 'C1',
    ts: '1767709800.000100',
  };

  test('is read by the mapping of its app', () => {
    const read = mappedMessages(mapping({ from: 'Acme', title: { pattern: 'Check (.{1,80}) failed' } }));
    expect(read({ ...message, text: 'Check cart failed' })).toMatchObject({
      alert: { source: 'acme', title: 'cart', state: 'triggered' },
    });
    expect(read({ ...message, username: 'Other', text: 'Check cart failed' })).toBeUndefined();
  });

  test('that has no reader is read by what it says', () => {
    const read = mappedMessages({});
    for (const text of [
      '[CRITICAL] disk full on db-1',
      'ALERT: cart-api is slow',
      'Monitor is DOWN: shop',
      ':fire: *Firing* | cart',
    ]) {
      expect(read({ ...message, text })).toMatchObject({ alert: { source: 'acme', state: 'triggered' } });
    }
    expect(
      read({ ...message, text: '', attachments: [{ title: '[P1] cart is slow', color: 'danger' }] }),
    ).toMatchObject({
      alert: { title: '[P1] cart is slow', severity: 'P1', state: 'triggered' },
    });
  });

  test('is followed where an edit says its end', () => {
    const edit = { type: 'message', subtype: 'message_changed', channel: 'C1', ts: '2.2' };
    const read = mappedMessages({});
    const [first, second] = [
      read({ ...message, text: '[CRITICAL] disk full on db-1' }),
      read({ ...edit, message: { ...message, text: '[RESOLVED] disk full on db-1' } }),
    ];
    expect(second).toMatchObject({ edited: true, alert: { state: 'resolved' } });
    expect(first !== undefined && 'alert' in first && first.alert.key).toBe(
      second !== undefined && 'alert' in second && second.alert.key,
    );
  });

  test.each([
    { ...message, text: 'Standup in 5 minutes' },
    { ...message, text: 'Deployed cart 1.4.2, no alerts are firing' },
    { ...message, text: 'Weekly report: 3 alerts, 2 incidents' },
    { ...message, text: '[CRITICAL] disk full', thread_ts: '1767709000.000100' },
    { type: 'message', user: 'U1', channel: 'C1', ts: '1.1', text: '[CRITICAL] the cart is down!' },
  ])('of people, replies and chatter are left alone: %j', (event) => {
    expect(mappedMessages({})(event)).toBeUndefined();
  });
});
