import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readMapped } from '#adapters/senders/mapping.ts';
import { composeKnownAlerts } from '#compose/alert-reader.ts';
import { SenderMappings } from '#config/sender-mapping.ts';
import type { Mute } from '#record/mutes.ts';
import { sample } from '#test/alert-samples.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { tryAlert } from '#workflows/alerts/try-alert.ts';

const NOW_US = 1_767_709_800_000_000;
const known = await composeKnownAlerts({});
const tried = (body: unknown, vendor?: string) =>
  tryAlert({ text: JSON.stringify(body), name: 'alert.json', vendor, nowUs: NOW_US }, known);

describe('trying a payload', () => {
  test('shows what a known sender’s reader reads, and what is missing', () => {
    const { sender, result, read, missing, mapping } = tried(sample('datadog/webhook_real_keep_0'));
    expect({ sender, result, mapping }).toEqual({ sender: 'datadog', result: 'alert', mapping: '' });
    expect(read).toContainEqual({ field: 'service', value: 'keep-api-feature-unique-id', from: '' });
    expect(missing).toEqual(['severity', 'trace']);
  });

  test('shows a service that only a label suggests as a guess', () => {
    const body = JSON.stringify(sample('alertmanager/webhook_v4_firing_akmatori')).replaceAll(
      'node-exporter',
      'stock-web',
    );
    expect(tried(JSON.parse(body)).guessed).toEqual([{ field: 'service', value: 'stock-web', from: 'label job' }]);
  });

  test('shows a note as a note', () => {
    expect(tried(sample('pagerduty/v3_composed_incident_annotated'))).toMatchObject({
      result: 'note',
      sender: 'pagerduty',
    });
  });

  test('reads a message of Slack', () => {
    expect(tried(sample('alertmanager_slack/firing_default_template'))).toMatchObject({ sender: 'alertmanager' });
  });

  test('says of one sender why the payload does not fit', () => {
    expect(tried({ a: 1 }, 'Opsgenie')).toMatchObject({ result: 'refused', why: expect.stringContaining('action') });
    expect(() => tried({}, 'nobody')).toThrow('there is no sender nobody');
  });

  test('names the rule by which an alert that fires would not be answered', () => {
    const text = JSON.stringify(alertmanagerGroup([firing('1')]));
    const request = { text, name: 'alert.json', vendor: undefined, nowUs: NOW_US, channelId: 'C0ALERTS' };
    const quietRules = [
      { channels: ['C0OTHER'], senders: [], services: [], severities: [], answer: 'none' } as const,
      { channels: ['C0ALERTS'], senders: [], services: ['checkout'], severities: [], answer: 'none' } as const,
    ];
    const unanswered = (more: object) => tryAlert({ ...request, quietRules, ...more }, known).unanswered;
    expect(unanswered({})).toBe('rule 2 (channels C0ALERTS; services checkout)');
    expect(unanswered({ channelId: undefined })).toBe('');
    expect(unanswered({ quietRules: undefined })).toBe('');
  });

  test('names the mute that holds it back', () => {
    const body = { id: 'a-1', title: 'Error rate', state: 'firing', service: 'cart' };
    const mute = {
      id: 'm1',
      workspaceId: 'T1',
      channelId: 'C1',
      alertId: 'x',
      source: 'senders',
      key: 'other',
      title: '',
      service: 'cart',
      by: 'U1',
      fromUs: 0,
      untilUs: NOW_US + 60_000_000,
      endedUs: undefined,
      rule: undefined as Mute['rule'],
    };
    const unansweredIn = (channelId: string | undefined, more: Partial<typeof mute> = {}) => {
      const request = { text: JSON.stringify(body), name: 'a.json', vendor: undefined, nowUs: NOW_US, channelId };
      return tryAlert({ ...request, mutes: [{ ...mute, ...more }] }, known).unanswered;
    };
    expect(unansweredIn('C1')).toMatch(/^all alerts of cart are muted until 2026-/);
    expect(unansweredIn(undefined)).toMatch(/^all alerts of cart are muted in C1 until 2026-/);
    expect(unansweredIn('C1', { service: '', key: 'a-1' })).toMatch(/^this alert is muted until/);
    expect(unansweredIn('C1', { service: '' })).toBe('');
    expect(unansweredIn('C2')).toBe('');
    const rule = { senders: [], services: ['car*'], severities: [], answer: 'none', reason: '' } as const;
    expect(unansweredIn('C1', { service: '', rule })).toMatch(/^all alerts of car\* are muted until/);
  });

  test('that is no JSON is refused', () => {
    const request = { text: 'cart is slow', name: 'alert.txt', vendor: undefined, nowUs: NOW_US };
    expect(() => tryAlert(request, known)).toThrow('alert.txt cannot be read: it is not JSON');
    expect(() => tryAlert({ ...request, text: ' \n' }, known)).toThrow('alert.txt is empty');
  });

  test.each([
    {
      check: { id: 7, name: 'cart is slow', labels: { service: 'cart' } },
      status: 'red',
      priority: 'P2',
      at: 1_767_709_200,
      link: 'https://acme.example/7',
    },
    {
      data: [{ 'alert-name': 'x' }],
      summary: 'cart is slow',
      service_name: 'cart',
      state: 'PROBLEM',
      level: 'P2',
      'started at': 'no',
      created_at: '2026-01-06T14:20:00Z',
      uid: '7',
      url: 'https://acme.example/7',
    },
  ])('of an unknown sender writes a mapping that reads it', (body) => {
    const { sender, result, read: fields, guessed, mapping } = tried(body);
    expect({ sender, result }).toEqual({ sender: 'senders', result: 'alert' });
    expect(fields).toEqual([]);
    expect(guessed.map(({ field }) => field)).toEqual(['title', 'service', 'state', 'severity', 'time', 'key', 'url']);
    const mappings = SenderMappings().parse(parse(mapping).senders.mappings);
    const read = readMapped(mappings, body, NOW_US);
    expect(read).toMatchObject({
      delivery: {
        subject: {
          source: 'my-sender',
          title: 'cart is slow',
          service: 'cart',
          state: 'triggered',
          severity: 'P2',
          atUs: 1_767_709_200_000_000,
          key: '7',
          url: 'https://acme.example/7',
        },
      },
    });
  });

  test('shows no secret of the payload', () => {
    const shown = JSON.stringify(tried({ title: 'login failed for password=hunter2secret', id: 1, status: 'down' }));
    expect(shown).not.toContain('hunter2secret');
  });
});

test.each([
  ['OTLP', { resourceSpans: [] }],
  ['Jaeger', { data: [{ traceID: 'ab', spans: [], processes: {} }] }],
  ['Zipkin', [{ traceId: 'ab', id: 'cd', name: 'get' }]],
  ['Zipkin, a list of traces', [[{ traceId: 'ab', id: 'cd', name: 'get' }]]],
])('says that a file is a trace: %s', (_, body) => {
  const request = { text: JSON.stringify(body), name: 'a.json', vendor: undefined, nowUs: 0 };
  expect(() => tryAlert(request, { readers: [], bodies: '' })).toThrow('a.json is a trace and not an alert');
});

test.each([
  ['that names a trace', { traceId: 'ab', id: '7', title: 'Pages are slow' }],
  ['with data', { data: [{ title: 'Pages are slow', status: 'firing' }] }],
])('takes a body %s for an alert', (_, body) => {
  const request = { text: JSON.stringify(body), name: 'a.json', vendor: undefined, nowUs: 0 };
  expect(tryAlert(request, { readers: [], bodies: '' }).mapping).not.toMatch(/leave this line out|^ *from:/m);
});

test.each(['1780000000', '1780000000000', '1780000000000000', '1780000000000000000', '1780000000.5'])(
  'reads %s as a time since the epoch, by its size',
  (ts) => {
    const request = { text: JSON.stringify({ title: 'x', ts: Number(ts) }), name: 'a.json', vendor: undefined };
    const { guessed } = tryAlert(
      { ...request, nowUs: Date.parse('2026-06-01T00:00:00Z') * 1_000 },
      { readers: [], bodies: '' },
    );
    expect(guessed.find(({ field }) => field === 'time')?.value).toMatch(/^2026-05-28T20:26:40\.[05]00Z$/);
  },
);
