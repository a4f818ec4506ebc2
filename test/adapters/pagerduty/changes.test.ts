/** PagerDuty's change events as a source of changes, against answers of the form that its API reference gives. */
import { describe, expect, test } from 'vitest';
import { keyHeaders, pagerDutyChanges } from '#adapters/pagerduty/changes.ts';
import type { ChangeSource } from '#gather/sources.ts';
import { testChangeSource } from '#test/change-source-contract.ts';
import { later } from '#test/later.ts';
import { refuse, replay, type SeenRequest, startRecordedServer } from '#test/recorded-server.ts';

const AT_US = Date.UTC(2026, 2, 11, 14) * 1_000;
const QUERY = { services: ['shop', 'cart-service'], fromUs: AT_US - 3_600_000_000, toUs: AT_US + 60_000_000 };

const EVENT = {
  ...{ id: '01DC7ZVDWI4U52Z2LTHX1BVPS6', type: 'change_event', source: 'acme-build', routing_key: 'secret-key' },
  ...{ summary: 'Build Success: deployed cart 1.4.2', timestamp: '2026-03-11T14:00:00Z' },
  integration: { id: 'PEYSGVF', type: 'inbound_integration_reference' },
  services: [{ id: 'PSQ5NMD', type: 'service_reference', summary: 'Cart Service' }],
  links: [{ href: 'https://ci.example/41', text: 'Build 41' }],
  images: [],
  custom_details: { build_state: 'passed', version: '1.4.2', run_time: '1236s' },
};

function json(body: unknown, status = 200) {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}

/** Answers with one page after the other. */
async function against<T>(
  pages: readonly unknown[],
  use: (source: ChangeSource, requests: readonly SeenRequest[]) => Promise<T>,
): Promise<T> {
  await using server = await startRecordedServer(() => replay(json(pages[server.requests.length - 1])));
  const access = { token: 'k3y', headers: keyHeaders('k3y') };
  return await use(pagerDutyChanges({ url: server.url, ...access }), server.requests);
}

const found = (...events: unknown[]) =>
  against([{ change_events: events, more: false }], (source) => source.findChanges(QUERY, later()));

testChangeSource('PagerDuty’s change events', {
  answer: json({ change_events: [EVENT], limit: 100, offset: 0, more: false }),
  query: QUERY,
  open: pagerDutyChanges,
});

test('change events are asked for by their time, with the key', () =>
  against([{ change_events: [], more: false }], async (source, requests) => {
    const { query } = await source.findChanges(QUERY, later());
    const [{ path = '', search, headers } = {}] = requests;
    expect([path, Object.fromEntries(search ?? [])]).toEqual([
      '/change_events',
      { since: '2026-03-11T13:00:00.000Z', until: '2026-03-11T14:01:00.000Z', limit: '100', offset: '0' },
    ]);
    expect(headers).toMatchObject({
      authorization: 'Token token=k3y',
      accept: 'application/vnd.pagerduty+json;version=2',
    });
    expect(query.text).toMatch(/^GET \/change_events\?since=2026-03-11T13/);
  }));

test('a change event is a change of the service that it names, with the id that its details have', async () => {
  const { changes, warnings } = await found(EVENT, { ...EVENT, timestamp: 'soon' }, 7);
  expect(changes).toEqual([
    {
      ...{ atUs: AT_US, kind: 'deploy', service: 'cart-service', id: '1.4.2', text: EVENT.summary },
      ...{ url: 'https://ci.example/41', files: [], diff: '' },
    },
  ]);
  expect(warnings).toEqual([]);
});

test.each([
  ['Feature flag new-cart on', 'flag'],
  ['Migrated carts', 'migration'],
  ['Scaled shop to 9 replicas', 'scale'],
  ['Terraform applied', 'config'],
  ['Merged pull request 7', 'commit'],
  ['Rolled back shop', 'deploy'],
  ['something', 'deploy'],
])('%s is of the kind %s', async (summary, kind) => {
  const { changes } = await found({
    ...EVENT,
    summary,
    services: [{ summary: 'Billing' }],
    links: null,
    custom_details: null,
  });
  expect(changes).toMatchObject([{ kind, service: 'Billing', id: EVENT.id, url: '' }]);
});

test('an event of several services counts for each that is asked about', async () => {
  const { changes } = await found({ ...EVENT, services: [{ summary: 'Shop' }, { summary: 'cart service' }, {}] });
  expect(changes.map(({ service }) => service)).toEqual(['shop', 'cart-service']);
});

test('three pages are read, and that there are more is said', () => {
  const page = { change_events: [EVENT], more: true };
  return against([page, page, page], async (source, requests) => {
    const { changes, warnings } = await source.findChanges(QUERY, later());
    expect(changes).toHaveLength(3);
    expect(requests.map(({ search }) => search.get('offset'))).toEqual(['0', '100', '200']);
    expect(warnings).toEqual(['has more than 300 change events in that time window']);
  });
});

describe('the check', () => {
  test.each([
    [200, { change_events: [EVENT] }, { ok: true, detail: 'answers' }],
    [200, { change_events: [] }, { ok: true, detail: 'answers, but has no change events yet' }],
    [401, {}, { ok: false, remedy: expect.stringContaining('PAGERDUTY_API_URL') }],
    [402, {}, { ok: false, remedy: expect.stringContaining('remove PAGERDUTY_CHANGES_KEY') }],
    [403, {}, { ok: false, remedy: expect.stringContaining('read-only key') }],
    [404, {}, { ok: false }],
    [429, {}, { ok: false }],
    [500, {}, { ok: false }],
    [200, [], { ok: false }],
  ])('with %i %j', async (status, body, health) => {
    await using server = await startRecordedServer(() => replay(json(body, status)));
    const source = pagerDutyChanges({ url: server.url });
    expect(await source.check(later())).toMatchObject(health);
    expect(server.requests[0]?.search.get('limit')).toBe('1');
  });

  test('repeats no key', async () => {
    await using server = await startRecordedServer(() => refuse(500, {}, 'wrong key k3y'));
    const source = pagerDutyChanges({ url: server.url, token: 'k3y', headers: keyHeaders('k3y') });
    expect(JSON.stringify(await source.check(later()))).not.toContain('k3y');
  });
});
