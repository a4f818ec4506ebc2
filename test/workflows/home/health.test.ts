/** What the Home tab says of the sources and of the bot. */
import { expect, test, vi } from 'vitest';
import { steppedClock } from '#test/stepped-clock.ts';
import { type HealthOptions, healthFor } from '#workflows/home/health.ts';

const WHO = { userId: 'U1', workspaceId: 'T1', channelId: '' };
const NOW_US = 1_767_709_800_000_000;

function opening({
  isMember = true,
  waitsUs = 0,
  trouble,
}: {
  isMember?: boolean;
  waitsUs?: number;
  trouble?: string;
} = {}) {
  const clock = steppedClock();
  const check = vi.fn(async () => ({ ok: true, detail: '', remedy: '' }));
  const connections: HealthOptions['connections'] = [
    { name: 'Jaeger', check },
    { name: 'Loki', check: async () => ({ ok: false, detail: 'http://secret', remedy: '' }) },
    { name: 'Tempo', check: () => Promise.reject(new Error('away')) },
    { name: 'Zipkin', check: () => new Promise(() => undefined) },
  ];
  const queues = [{ name: 'jobs', waiting: 1, oldestUs: waitsUs === 0 ? undefined : NOW_US - waitsUs }];
  const own = async () => ({ queues, trouble, nowUs: NOW_US }) as unknown as ReturnType<HealthOptions['own']>;
  return { clock, check, look: healthFor({ clock, connections, own, isMember: async () => isMember }) };
}

test('which sources answer; one that is too slow does not', async () => {
  const { look, clock } = opening();
  const looked = look(WHO);
  await clock.tick(2_000);
  expect(await looked).toEqual({
    answering: ['Jaeger'],
    failing: ['Loki', 'Tempo', 'Zipkin'],
    isWritable: true,
    lateSinceUs: undefined,
  });
});

test('a source is asked once in two minutes, however often people look', async () => {
  const { look, clock, check } = opening();
  const both = Promise.all([look(WHO), look(WHO)]);
  await clock.tick(2_000);
  await both;
  expect(check).toHaveBeenCalledTimes(1);
  await clock.tick(120_000);
  const later = look(WHO);
  await clock.tick(2_000);
  await later;
  expect(check).toHaveBeenCalledTimes(2);
});

test('the bot: a store that cannot be written, and work that waits for more than a minute', async () => {
  const { look, clock } = opening({ waitsUs: 61_000_000, trouble: 'the disk is full' });
  const looked = look(WHO);
  await clock.tick(2_000);
  expect(await looked).toMatchObject({ isWritable: false, lateSinceUs: NOW_US - 61_000_000 });
});

test('a guest learns nothing, and nothing is asked for them', async () => {
  const { look, check } = opening({ isMember: false });
  expect(await look(WHO)).toBeUndefined();
  expect(check).not.toHaveBeenCalled();
});
