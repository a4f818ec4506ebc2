import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { appHomeOpened, homePublisher } from '#listeners/events/app-home-opened.ts';
import { blockProblems } from '#present/slack/block-limits.ts';
import type { incidentBlocks } from '#present/slack/home-incidents.ts';
import type { mutesBlocks } from '#present/slack/quiet-messages.ts';
import type { HomeHealth } from '#workflows/home/health.ts';
import type { StoreState } from '#workflows/upkeep/check-store.ts';

async function published(
  givenUp: StoreState['givenUp'],
  tab = 'home',
  mutes: Parameters<typeof mutesBlocks>[0] = [],
  incidents: Parameters<typeof incidentBlocks>[0] = { open: [], more: 0, roles: [], waiting: [] },
  health: HomeHealth | undefined = undefined,
): Promise<readonly unknown[] | undefined> {
  let blocks: readonly unknown[] | undefined;
  const publish = async ({ view }: { view: { blocks: unknown[] } }) => {
    blocks = view.blocks;
  };
  const client = { views: { publish } };
  const listener = appHomeOpened(
    homePublisher(
      {
        traces: ['jaeger'],
        logs: [],
        settings: { traces: '`JAEGER_URL`', logs: '`LOKI_URL`' },
        alertApps: 'PagerDuty',
        givenUp: async () => givenUp,
        mutes: async () => mutes,
        incidents: async () => incidents,
        health: async () => health,
      },
      'what `/trace` does',
    ),
  );
  const event = { type: 'app_home_opened', user: 'U1', tab };
  await listener({ event, body: { team_id: 'T1' }, client } as unknown as Parameters<typeof listener>[0]);
  return blocks;
}

test('says what is read, what is missing, and nothing of trouble where there is none', async () => {
  const text = JSON.stringify(await published([]));
  expect(text).toContain('jaeger');
  expect(text).toContain('LOKI_URL');
  expect(text).not.toContain('Given up');
});

test('names the commands, every shortcut of the manifest, and what is answered without either', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../manifest.json', import.meta.url), 'utf8'));
  const blocks = (await published([])) ?? [];
  const text = JSON.stringify(blocks);
  expect(text).toContain('what `/trace` does');
  for (const { name } of manifest.features.shortcuts) expect(text).toContain(`*${name}*`);
  expect(text).toContain('PagerDuty');
  expect(blockProblems(blocks)).toEqual([]);
});

test('names the newest of what was given up, as text that can ping nobody and within Slack’s limits', async () => {
  const givenUp = Array.from({ length: 40 }, (_, i) => ({
    what: `post to C${i}, unknown`,
    why: `<!channel> ${'x'.repeat(900)}`,
    atUs: i * 1e6,
    workspaceId: 'T1',
  }));
  const blocks = (await published(givenUp)) ?? [];
  const text = JSON.stringify(blocks);
  expect(text).toContain('Given up: 40');
  expect(text).toContain('post to C39');
  expect(text).not.toContain('post to C34,');
  expect(blockProblems(blocks)).toEqual([]);
});

test('lists the open incidents first, with severity, age and commander, then what waits for the reader', async () => {
  const declaredUs = 1_767_709_800_000_000;
  const incident = {
    id: 'i',
    workspaceId: 'T1',
    number: 7,
    title: 'Logins <!here> fail',
    severity: 'P1',
    status: 'identified',
    channelId: 'C1',
    declaredBy: 'U1',
    declaredUs,
    detectedBy: 'alert',
    detection: '',
    roles: { commander: 'U7' },
  } as const;
  const blocks =
    (await published([], 'home', [], {
      open: [
        { incident, url: 'https://acme.slack.com/archives/C1/p1', start: { atUs: declaredUs - 60e6, basis: 'impact' } },
        { incident: { ...incident, number: 8, roles: {} }, url: '', start: { atUs: declaredUs, basis: 'declaration' } },
      ],
      roles: [
        { name: 'INC-7', title: 'Logins <!here> fail', url: '', roles: [{ role: 'scribe', isConfirmed: false }] },
      ],
      more: 3,
      waiting: [
        { what: 'update', name: 'INC-7', title: 'Logins fail', dueUs: declaredUs, url: '' },
        { what: 'commander', name: 'INC-8', title: 'Logins fail', url: '' },
        { what: 'action-item', name: 'INC-2', item: 'A1', text: 'Add an index', due: '2026-01-13' },
      ],
    })) ?? [];
  const text = JSON.stringify(blocks);
  const order = [
    'Open incidents: 5',
    'INC-7',
    ' · began ',
    '"user_id":"U7"',
    'INC-8',
    ' · declared ',
    '"open"',
    'and 3 more',
    'Waiting for you',
  ];
  const places = [...order, 'An update has been due since', 'Add an index', 'What broke, where'].map((part) =>
    text.indexOf(part),
  );
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(text).toContain('"format":"{ago}"');
  expect(blockProblems(blocks)).toEqual([]);
  const empty = JSON.stringify(await published([]));
  expect(empty).not.toMatch(/Open incidents|Waiting for you/);
});

test('leaves the messages tab alone', async () => {
  expect(await published([], 'messages')).toBeUndefined();
});

test('shows what is muted: where, by whom and until when', async () => {
  const mute = {
    id: 'm',
    title: 'Checkout <!here> is slow',
    channelId: 'C1',
    by: 'U7',
    untilUs: 1_767_709_800_000_000,
  };
  const blocks =
    (await published([], 'home', [
      { ...mute, service: '' },
      { ...mute, id: 'n', service: 'cart' },
    ])) ?? [];
  const text = JSON.stringify(blocks);
  expect(text).toContain('Muted: 2');
  expect(text).toContain('all alerts of cart');
  expect(text).toContain('"channel_id":"C1"');
  expect(text).toContain('"user_id":"U7"');
  expect(text).toContain('2026-01-06 14:30 UTC');
  expect(blockProblems(blocks)).toEqual([]);
  expect(JSON.stringify(await published([]))).not.toContain('Muted');
});

test('says which sources answer, and whether the bot keeps up; to a guest nothing', async () => {
  const none = { open: [], more: 0, roles: [], waiting: [] };
  const fine = { answering: ['Jaeger'], failing: [], isWritable: true, lateSinceUs: undefined };
  const shown = async (health: HomeHealth | undefined) => JSON.stringify(await published([], 'home', [], none, health));
  expect(await shown(undefined)).not.toContain('Health');
  expect(await shown(fine)).toMatch(/Answering: Jaeger.*keeps up/);
  expect(await shown(fine)).not.toContain('Not answering');
  const names = Array.from({ length: 60 }, (_, at) => `<!channel> source ${at}`);
  const late = { answering: [], failing: names, isWritable: true, lateSinceUs: 1_767_709_800_000_000 };
  expect(await shown(late)).toMatch(/Not answering: .*since .*date/);
  expect(blockProblems((await published([], 'home', [], none, late)) ?? [])).toEqual([]);
  expect(await shown({ ...late, isWritable: false })).toContain('cannot write its store');
});
