import { describe, expect, test } from 'vitest';
import { bearsPagerDutySignature, isSignedByPagerDuty, readPagerDutyWebhook } from '#adapters/pagerduty/webhook.ts';
import { pagerdutyEvent, pagerdutySignature } from '#test/pagerduty.ts';

const INCIDENT = { id: 'Q7X2CHECKOUT', title: 'Checkout is slow' };
const AT_MS = Date.UTC(2026, 0, 6, 14, 30, 0);

function subjectOf(body: unknown) {
  const read = readPagerDutyWebhook(body, 1);
  return read.kind === 'delivery' ? read.delivery.subject : undefined;
}

describe('the signature', () => {
  /** Computed with `openssl dgst -sha256 -hmac`. */
  const KNOWN = 'v1=7a58ee8a552a202f7604152b73c4b5519c960219cd2c744eca6c760a978f9aab';
  const body = Buffer.from('{"event":{"id":"01A","event_type":"pagey.ping"}}');

  test('is HMAC-SHA256 of the raw bytes in hex, which a known answer shows', () => {
    expect(pagerdutySignature(body.toString(), 'k1')).toBe(KNOWN);
    expect(isSignedByPagerDuty(['k1'], KNOWN, body)).toBe(true);
  });

  test('fits if any of several does, on both sides, while the secret is replaced', () => {
    const both = `${pagerdutySignature(body.toString(), 'gone')},${pagerdutySignature(body.toString(), 'new')}`;
    expect(isSignedByPagerDuty(['old', 'new'], both, body)).toBe(true);
    expect(isSignedByPagerDuty(['old'], both, body)).toBe(false);
  });

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['another version', KNOWN.replace('v1=', 'v0=')],
    ['half of it', KNOWN.slice(0, 40)],
    ['another one', pagerdutySignature('x', 'k1')],
  ])('does not fit: %s', (_, header) => expect(isSignedByPagerDuty(['k1'], header, body)).toBe(false));

  test('does not fit one changed byte', () => {
    expect(isSignedByPagerDuty(['k1'], KNOWN, Buffer.from(body.toString().replace('01A', '01B')))).toBe(false);
  });

  test('what has no form of its signature need not be read', () => {
    expect(bearsPagerDutySignature(KNOWN)).toBe(true);
    expect(bearsPagerDutySignature(`v2=x, ${KNOWN}`)).toBe(true);
    for (const none of [
      undefined,
      '',
      'v1=',
      `v1=${'a'.repeat(63)}`,
      `v1=${'a'.repeat(65)}`,
      KNOWN.replace('v1', 'v0'),
    ])
      expect(bearsPagerDutySignature(none)).toBe(false);
  });
});

describe('an event', () => {
  test('about an incident is a delivery of that incident', () => {
    const event = pagerdutyEvent(INCIDENT, { eventId: '01A', atMs: AT_MS });
    expect(readPagerDutyWebhook(event, 1)).toEqual({
      kind: 'delivery',
      delivery: {
        id: '01A',
        members: [],
        truncated: 0,
        subject: {
          source: 'pagerduty',
          key: 'Q7X2CHECKOUT',
          title: 'Checkout is slow',
          service: 'Checkout',
          severity: 'high',
          state: 'triggered',
          atUs: AT_MS * 1_000,
          saidUs: AT_MS * 1_000,
          url: 'https://acme.pagerduty.com/incidents/Q7X2CHECKOUT',
          traceId: '',
          labels: { incident_number: '42', urgency: 'high', service_id: 'PSERVICE' },
        },
      },
    });
  });

  test.each([
    ['reopened', 'triggered'],
    ['unacknowledged', 'triggered'],
    ['acknowledged', 'acknowledged'],
    ['resolved', 'resolved'],
  ])('%s leaves it %s', (type, state) => {
    const event = pagerdutyEvent(INCIDENT, { eventId: '01A', type, atMs: AT_MS });
    expect(subjectOf(event)?.state).toBe(state);
  });

  test('says when it happened, which is not when the incident was created', () => {
    const { event } = pagerdutyEvent(INCIDENT, { eventId: '01A', type: 'resolved', atMs: AT_MS + 60_000 });
    const data = { ...event.data, created_at: new Date(AT_MS).toISOString() };
    const said = { atUs: AT_MS * 1_000, saidUs: (AT_MS + 60_000) * 1_000 };
    expect(subjectOf({ event: { ...event, data } })).toMatchObject(said);
    const reopened = subjectOf({ event: { ...event, event_type: 'incident.reopened', data } });
    expect(reopened).toMatchObject({ atUs: said.saidUs, saidUs: said.saidUs, reopened: true });
  });

  test.each([
    ['priority_updated', 'priority: P1'],
    ['escalated', 'escalated to Ada'],
    ['service_updated', 'service: cart'],
  ])('that did something else to it is a note: %s', (type, text) => {
    const { event } = pagerdutyEvent(INCIDENT, { eventId: '01A', type, atMs: AT_MS });
    const said = { priority: { summary: 'P1' }, assignees: [{ summary: 'Ada' }], service: { summary: 'cart' } };
    const data = { ...event.data, status: 'acknowledged', ...said };
    expect(readPagerDutyWebhook({ event: { ...event, data } }, 0)).toMatchObject({ kind: 'note', note: { text } });
  });

  test.each([
    ['added', { state: 'pending', message: 'the queue is full' }, 'Ada is asked to help: the queue is full'],
    ['replied', { state: 'accepted', message: 'the queue is full' }, 'Ada accepted the request to help'],
    ['replied', { state: 'declined' }, 'Ada declined the request to help'],
  ])('about a responder is a note: %s %j', (type, more, text) => {
    const { event } = pagerdutyEvent(INCIDENT, { eventId: '01A', type: `responder.${type}`, atMs: AT_MS });
    const incident = { id: INCIDENT.id, type: 'incident_reference' };
    const data = { type: 'incident_responder', incident, user: { id: 'P1', summary: 'Ada' }, ...more };
    expect(readPagerDutyWebhook({ event: { ...event, data } }, 0)).toMatchObject({ kind: 'note', note: { text } });
  });

  test('may name a trace in the details, by its key and not by its form', () => {
    const { event } = pagerdutyEvent(INCIDENT, { eventId: '01A', atMs: AT_MS });
    const details = (named: object) => ({ event: { ...event, data: { ...event.data, body: { details: named } } } });
    const id = '0af7651916cd43dd8448eb211c80319c';
    expect(subjectOf(details({ alert: { labels: [{ trace_id: id }] } }))?.traceId).toBe(id);
    expect(subjectOf(details({ pattern_hash: id }))?.traceId).toBe('');
  });

  test('may name a trace in the address of the client, however it is encoded there', () => {
    const { event } = pagerdutyEvent(INCIDENT, { eventId: '01A', atMs: AT_MS });
    const url = 'https://mon.acme.com/a?label_set=trace_id%3D%220af7651916cd43dd8448eb211c80319c%22';
    expect(subjectOf({ event: { ...event, client: { url } } })?.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
  });

  test('has the labels that a rule put into the name', () => {
    const title = 'High error rate {service="checkout", env="eu"}';
    const event = pagerdutyEvent({ ...INCIDENT, title }, { eventId: '01A', atMs: AT_MS });
    expect(subjectOf(event)?.labels).toMatchObject({ service: 'checkout', env: 'eu' });
  });

  test.each([
    ['a ping', { event: { id: '1', event_type: 'pagey.ping', data: { type: 'ping', message: 'hi' } } }],
    ['a note', { event: { id: '1', event_type: 'incident.annotated', data: { type: 'incident_note', id: 'N1' } } }],
    ['a service', { event: { id: '1', event_type: 'service.updated', data: { type: 'service', id: 'S1' } } }],
  ])('about %s is nothing to do', (_, body) =>
    expect(readPagerDutyWebhook(body, 1)).toEqual({ kind: 'other', why: expect.stringMatching(/incident|state/) }),
  );

  test.each([undefined, null, [], {}, { event: {} }, { messages: [] }])('is none: %j', (body) => {
    expect(readPagerDutyWebhook(body, 1).kind).toBe('unreadable');
  });
});
