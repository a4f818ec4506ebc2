import { describe, expect, test } from 'vitest';
import { readPagerDutyMessage } from '#adapters/pagerduty/message.ts';
import { incidentLink, pagerdutyEdit, pagerdutyMessage } from '#test/pagerduty.ts';

const INCIDENT = { id: 'Q7X2CHECKOUT', title: 'Checkout is slow' };
const PLACE = { channel: 'C0ALERTS', ts: '1767709800.000200' };
const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** What a classic app posts: no user, an app or none, everything in attachments. */
function classic(more: object) {
  return { type: 'message', subtype: 'bot_message', bot_id: 'B1', text: '', ...PLACE, ...more };
}

function alertIn(event: unknown) {
  const read = readPagerDutyMessage(event);
  return read && 'alert' in read ? read.alert : undefined;
}

describe('a message of PagerDuty’s app', () => {
  test('is an alert with the incident’s id, name and address, and the message to answer under', () => {
    expect(readPagerDutyMessage(pagerdutyMessage(INCIDENT, PLACE))).toEqual({
      channelId: 'C0ALERTS',
      ts: '1767709800.000200',
      edited: false,
      alert: {
        source: 'pagerduty',
        key: 'Q7X2CHECKOUT',
        title: 'Checkout is slow',
        service: '',
        severity: '',
        state: 'triggered',
        atUs: 1_767_709_800_000_200,
        saidUs: 1_767_709_740_000_200,
        url: 'https://acme.pagerduty.com/incidents/Q7X2CHECKOUT',
        traceId: '',
        labels: { incident_number: '42' },
      },
    });
  });

  test.each([
    ['High error rate {service="checkout"}', 'checkout'],
    ['High error rate {service:checkout, env:prod}', 'checkout'],
    ['Slow {env=prod} {service_name="checkout"}', 'checkout'],
    ['Slow {upstream.service="cart", service="checkout"}', 'checkout'],
    [`Slow ${'{service '.repeat(4_000)}`, ''],
  ])('with labels in its name, %#, has its service from there', (title, service) => {
    expect(alertIn(pagerdutyMessage({ ...INCIDENT, title }, PLACE))?.service).toBe(service);
  });

  test.each([
    ['triggered', 'triggered'],
    ['acknowledged', 'acknowledged'],
    ['resolved', 'resolved'],
    ['resolved by Ann Lee', 'resolved'],
    ['unacknowledged', 'triggered'],
    ['reopened', 'triggered'],
  ])('that says “%s” is %s', (state, expected) => {
    expect(alertIn(pagerdutyMessage(INCIDENT, { ...PLACE, state }))?.state).toBe(expected);
  });

  test.each([
    ['*Triggered*', 'triggered'],
    ['*Resolved*', 'resolved'],
  ])('in older wording, %s before the link, is read as well', (word, state) => {
    const text = `${word} ${incidentLink(INCIDENT)}`;
    const { blocks: _, ...event } = pagerdutyMessage(INCIDENT, PLACE);
    expect(alertIn({ ...event, text })).toMatchObject({ key: 'Q7X2CHECKOUT', title: 'Checkout is slow', state });
  });

  test('keeps a name with bars, brackets, an arrow and an ampersand whole', () => {
    const title = '[Critical] eu | db-1 > 90 % & rising] | SQS';
    expect(alertIn(pagerdutyMessage({ ...INCIDENT, title }, PLACE))).toMatchObject({ title, severity: 'Critical' });
  });

  test('whose name says “resolved” is triggered all the same', () => {
    const title = 'DNS: api.shop not resolved';
    expect(alertIn(pagerdutyMessage({ ...INCIDENT, title }, PLACE))).toMatchObject({ title, state: 'triggered' });
  });

  test('that was edited is about the older message and not about the edit', () => {
    expect(readPagerDutyMessage(pagerdutyEdit(INCIDENT, { ...PLACE, state: 'resolved' }))).toMatchObject({
      ts: PLACE.ts,
      edited: true,
      alert: { key: 'Q7X2CHECKOUT', state: 'resolved', atUs: 1_767_709_800_000_200 },
    });
  });

  test('says it when it was edited, or a minute before it stood there, for a webhook says the same sooner', () => {
    expect(alertIn(pagerdutyMessage(INCIDENT, PLACE))?.saidUs).toBe(1_767_709_800_000_200 - 60_000_000);
    const resolved = pagerdutyEdit(INCIDENT, { ...PLACE, state: 'resolved' });
    expect(alertIn(resolved)?.saidUs).toBe(1_800_000_000_000_000);
    const { edited: _, ...unmarked } = resolved.message;
    expect(alertIn({ ...resolved, message: unmarked })?.saidUs).toBe(1_800_000_000_000_900);
  });

  test.each([
    [pagerdutyMessage(INCIDENT, { ...PLACE, state: 're-opened' }), 1_767_709_800_000_200],
    [pagerdutyEdit(INCIDENT, { ...PLACE, state: 'reopened' }), 1_800_000_000_000_000],
  ])('that is opened again fires now', (message, us) => {
    expect(alertIn(message)).toMatchObject({ state: 'triggered', atUs: us, saidUs: us });
  });

  test('in its own thread is no alert, but a note for the timeline', () => {
    const { blocks: _, ...event } = pagerdutyMessage(INCIDENT, PLACE);
    const reply = { ...event, ts: '1767709801.000100', text: 'Acknowledged by Ann Lee' };
    expect(readPagerDutyMessage(reply)).toMatchObject({
      threadTs: PLACE.ts,
      note: { source: 'pagerduty', text: 'Acknowledged by Ann Lee', atUs: 1_767_709_801_000_100 },
    });
  });

  test('that leads to the incident by a button alone is read by its first line', () => {
    const { blocks: _, ...event } = pagerdutyMessage(INCIDENT, PLACE);
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: 'Triggered: Checkout is slow' } },
      { type: 'actions', elements: [{ type: 'button', url: 'https://acme.eu.pagerduty.com/incidents/Q7X2CHECKOUT' }] },
    ];
    expect(alertIn({ ...event, text: '', blocks })).toMatchObject({ key: 'Q7X2CHECKOUT', title: 'Checkout is slow' });
  });

  test('written as rich text is read as well', () => {
    const { blocks: _, ...event } = pagerdutyMessage(INCIDENT, PLACE);
    const url = 'https://acme.pagerduty.com/incidents/Q7X2CHECKOUT';
    const line = [
      { type: 'emoji', name: 'red_circle' },
      { type: 'link', url, text: '[#42] Checkout < 3 nines' },
      { type: 'text', text: ' resolved' },
    ];
    const blocks = [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: line }] }];
    expect(alertIn({ ...event, text: '', blocks })).toMatchObject({ title: 'Checkout < 3 nines', state: 'resolved' });
  });
});

describe('a message with everything in attachments', () => {
  const nested = {
    fallback: '[no preview available]',
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `:red_circle: *${incidentLink(INCIDENT)}* triggered` } },
      {
        type: 'section',
        fields: [
          { type: 'mrkdwn', text: '*Service:*\n<https://acme.pagerduty.com/services/P1|Checkout API>' },
          { type: 'mrkdwn', text: '*Priority:*\nP1' },
        ],
      },
    ],
  };

  test('in blocks is read with its service and priority, and not as “[no preview available]”', () => {
    expect(alertIn(classic({ app_id: 'A1FKYAUUX', attachments: [nested] }))).toMatchObject({
      title: 'Checkout is slow',
      service: 'Checkout API',
      severity: 'P1',
      labels: { service: 'Checkout API', incident_number: '42' },
    });
  });

  test('of a classic app is read by its title’s link', () => {
    const attachment = {
      title: 'Triggered #42: Checkout is slow',
      title_link: 'https://acme.pagerduty.com/incidents/Q7X2CHECKOUT',
      fields: [{ title: 'Service', value: 'Checkout API' }],
    };
    expect(alertIn(classic({ username: 'PagerDuty', attachments: [attachment] }))).toMatchObject({
      key: 'Q7X2CHECKOUT',
      title: 'Checkout is slow',
      service: 'Checkout API',
      state: 'triggered',
    });
  });

  test('of the first apps, without a link, is known by its callback’s id', () => {
    const attachment = {
      callback_id: '5d41402abc4b2a76b9719d911017c592',
      title: 'Incident Triggered',
      text: 'An incident has been triggered.',
      footer: 'Orders cluster - Ann Lee',
    };
    expect(alertIn(classic({ attachments: [attachment] }))).toMatchObject({
      key: '5d41402abc4b2a76b9719d911017c592',
      service: 'Orders cluster',
      state: 'triggered',
      traceId: '',
    });
  });
});

describe('the trace that an alert names', () => {
  const withText = (text: string) => {
    const event = pagerdutyMessage(INCIDENT, PLACE);
    return alertIn({ ...event, text: `${event.text}\n${text}` })?.traceId;
  };

  test.each([
    [`trace_id=${TRACE}`],
    [`traceID: ${TRACE.toUpperCase()}`],
    [`"trace.id": "${TRACE}"`],
    [`traceparent: 00-${TRACE}-b7ad6b7169203331-01`],
    [`<https://jaeger.acme.com/trace/${TRACE}?uiFind=1|open the trace>`],
    [`<https://grafana.acme.com/explore?x=%22query%22%3A%22${TRACE}%22&amp;y=1|explore>`],
  ])('is read from %s', (text) => expect(withText(text)).toBe(TRACE));

  test.each([
    [TRACE],
    [`fingerprint ${TRACE}`],
    [`trace_id:\n${TRACE}`],
    ['trace_id=00000000000000000000000000000000'],
    ['trace_id='],
    [`00-${TRACE}-b7ad6b7169203331-01`],
    ['<https://acme.com/traces/20240115|report>'],
  ])('is not read from %s', (text) => expect(withText(text)).toBe(''));
});

describe('what is not answered', () => {
  const person = { type: 'message', ...PLACE, user: 'U1', text: `look: ${incidentLink(INCIDENT)} triggered` };

  test.each([
    ['a person who links to an incident', person],
    [
      'another app that mentions one',
      { ...person, bot_id: 'B2', text: `We wrote up ${incidentLink(INCIDENT)}, now resolved` },
    ],
    ['another app', { ...person, bot_id: 'B2', text: 'Deployed checkout 1.2.3' }],
    ['a person who joined', { ...person, subtype: 'channel_join' }],
    ['a deleted message', { type: 'message', subtype: 'message_deleted', channel: 'C1', deleted_ts: '1.1' }],
    ['who is on call', { ...pagerdutyMessage(INCIDENT, PLACE), text: 'Ann Lee is now on call', blocks: [] }],
    [
      'an address that only looks like PagerDuty’s',
      {
        ...person,
        bot_id: 'B2',
        text: ':red_circle: <https://pagerduty.com.evil.example/incidents/Q1|[#1] x> triggered',
      },
    ],
    ['something that is no message', { type: 'reaction_added' }],
    ['nothing', undefined],
  ])('%s', (_, event) => expect(readPagerDutyMessage(event)).toBeUndefined());

  test('a note that a person wrote', () => {
    const { blocks: _, ...event } = pagerdutyMessage(INCIDENT, PLACE);
    const text = `Ann Lee added a note to ${incidentLink(INCIDENT)}: "rolled back, triggered a new build"`;
    expect(readPagerDutyMessage({ ...event, text })).toMatchObject({ noAlert: expect.stringContaining('a note') });
  });

  test('the same line of another app, which is the link and the state alone, is an alert', () => {
    const bridge = { ...person, bot_id: 'B2', user: undefined, text: `*Triggered* ${incidentLink(INCIDENT)}` };
    expect(alertIn(bridge)?.key).toBe('Q7X2CHECKOUT');
  });
});

describe('a message of PagerDuty’s app that cannot be read', () => {
  const { blocks: _, ...event } = pagerdutyMessage(INCIDENT, PLACE);

  test('is told apart from silence, with what was seen', () => {
    const text = 'Something new &amp; strange';
    expect(readPagerDutyMessage({ ...event, text })).toEqual({
      channelId: 'C0ALERTS',
      ts: PLACE.ts,
      edited: false,
      unreadable: 'Something new & strange',
      sender: 'PagerDuty',
      hasReader: true,
    });
  });

  test('with a placeholder alone was seen as nothing', () => {
    const attachments = [{ fallback: '[no preview available]' }];
    expect(readPagerDutyMessage({ ...event, text: '', attachments })).toMatchObject({ unreadable: '' });
  });

  test('is not told of again when it is edited', () => {
    const message = { ...event, text: 'Something new' };
    expect(
      readPagerDutyMessage({ type: 'message', subtype: 'message_changed', channel: 'C1', message }),
    ).toBeUndefined();
  });

  test('whose blocks nest without end is read as far as blocks go', () => {
    let block: object = { type: 'section', text: { type: 'mrkdwn', text: 'deep' } };
    for (let depth = 0; depth < 5_000; depth += 1) block = { type: 'container', elements: [block] };
    expect(readPagerDutyMessage({ ...event, text: '', blocks: [block] })).toMatchObject({ unreadable: '' });
  });
});
