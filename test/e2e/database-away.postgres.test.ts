/**
 * A minute without the database, while alerts arrive at two replicas: Postgres crashes and comes back on the same data.
 * Each alert that was acknowledged is answered once, and `/readyz` says what is wrong.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '#record/store.ts';
import { alertmanagerGroup, firing } from '#test/alertmanager.ts';
import { openBot, type TestBot } from '#test/bot.ts';
import { eventually } from '#test/eventually.ts';
import { openHotrodBackends } from '#test/hotrod-backends.ts';
import { isThereAPostgres } from '#test/postgres-place.ts';
import { openSlackSide, type SlackSide } from '#test/slack-side.ts';
import { type Postgres, startPostgres } from '../backends/servers.ts';

const AWAY_MS = 60_000;
const BEFORE_MS = 8_000;
const AFTER_MS = 5_000;
const EVERY_MS = 1_500;
/** Two bots, and the test. */
const CONNECTIONS = 40;
/** Alertmanager goes on for much longer. */
const DELIVERIES = 60;
const RETRY_MS = 2_000;
const DRAINS_WITHIN_MS = 120_000;

describe.skipIf(!isThereAPostgres)('a database that is away for a minute', () => {
  let postgres: Postgres;
  let slack: SlackSide;
  let backends: Awaited<ReturnType<typeof openHotrodBackends>>;
  let bots: readonly TestBot[];
  let dataFolder: string;

  beforeAll(async () => {
    postgres = await startPostgres(CONNECTIONS, { fsync: 'on' });
    slack = await openSlackSide();
    backends = await openHotrodBackends();
    dataFolder = await mkdtemp(join(tmpdir(), 'spanhound-away-'));
    const env = {
      DATABASE_URL: postgres.url('postgres', 'postgres'),
      SPANHOUND_REDACTION_KEY: 'the same in all replicas',
      ALERTMANAGER_TOKEN: 't0ken',
      ALERTS_CHANNEL: slack.channel,
      ALERTS_STORM_PER_MINUTE: '0',
    };
    const open = () => openBot({ slack, ...backends, dataFolder, env });
    bots = [await open(), await open()];
  });
  afterAll(async () => {
    await Promise.all(bots.map((bot) => bot.stop()));
    await postgres.stop();
    await backends.close();
    await slack.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  const url = (n: number) => bots[n % bots.length]?.url ?? '';

  async function deliver(n: number): Promise<number> {
    const service = `service-${n}`;
    const alert = {
      ...firing(`f${n}`),
      labels: { alertname: `Slow ${n}`, service },
      startsAt: new Date().toISOString(),
    };
    const group = alertmanagerGroup([alert], { groupKey: `group-${n}`, commonLabels: { service } });
    const body = JSON.stringify(group);
    for (let delivery = 0; delivery < DELIVERIES; delivery++) {
      const sent = await fetch(`${url(n + delivery)}/webhooks/alertmanager`, {
        method: 'POST',
        headers: { authorization: 'Bearer t0ken', 'content-type': 'application/json' },
        body,
      });
      if (sent.ok) return delivery;
      await setTimeout(RETRY_MS);
    }
    throw new Error(`alert ${n} was refused too often`);
  }

  test('loses and doubles nothing, and the replicas say that they are not ready', async () => {
    const alerts: Promise<number>[] = [];
    const total = Math.ceil((BEFORE_MS + AWAY_MS + AFTER_MS) / EVERY_MS);
    const sending = (async () => {
      for (let n = 0; n < total; n++) {
        alerts.push(deliver(n));
        await setTimeout(EVERY_MS);
      }
    })();
    await setTimeout(BEFORE_MS);
    await postgres.crash();
    const readiness = async () => await Promise.all(bots.map((bot) => fetch(`${bot.url}/readyz`)));
    await setTimeout(2_000);
    for (const answer of await readiness()) {
      expect(answer.status).toBe(503);
      expect(await answer.text()).toContain('the store');
    }
    expect((await fetch(`${url(0)}/healthz`)).status).toBe(200);
    await setTimeout(AWAY_MS - 2_000);
    await postgres.startAgain();
    await eventually(async () => ((await readiness()).every(({ ok }) => ok) ? true : undefined));

    await sending;
    const repeats = await Promise.all(alerts);
    // Alerts that came while it was away were refused, and taken later.
    expect(repeats.filter((count) => count > 0).length).toBeGreaterThan(10);
    const store = bots[0]?.store;
    if (store === undefined) throw new Error('there is no bot');
    await eventually(async () => ((await open(store)) === 0 ? true : undefined), DRAINS_WITHIN_MS);

    const answered = await store.db.selectFrom('alerts').select(['key', 'round', 'investigation_id']).execute();
    const groups = Array.from({ length: total }, (_, n) => `group-${n}`).sort();
    expect(
      answered
        .map(({ key }) => key)
        .filter((key) => key.startsWith('group-'))
        .sort(),
    ).toEqual(groups);
    expect(answered.filter(({ round }) => round > 0)).toEqual([]);
    expect(new Set(answered.map(({ investigation_id }) => investigation_id)).size).toBe(total);
    const states = await store.db.selectFrom('investigations').select('state').execute();
    expect(states.filter(({ state }) => state !== 'open')).toHaveLength(total);
    // Everything in Slack is in the record: a message that was posted twice would be there once more.
    const sent = await store.db.selectFrom('messages').select(['kind', 'state', 'ts']).execute();
    expect(sent.filter(({ state }) => state !== 'sent')).toEqual([]);
    const roots = await slack.messages();
    const replies = await Promise.all(roots.map(async ({ ts }) => (await slack.thread(ts)).slice(1)));
    const inSlack = [...roots, ...replies.flat()]
      .filter(({ text }) => !/^Uploaded/.test(text ?? ''))
      .map(({ ts }) => ts);
    const known = new Set(sent.flatMap(({ ts }) => ts ?? []));
    expect(roots).toHaveLength(total);
    expect(inSlack.filter((ts) => !known.has(ts))).toEqual([]);
  }, 300_000);

  /** What still waits. */
  async function open({ db }: Store): Promise<number> {
    const counts = await Promise.all([
      db.selectFrom('inbox').select('id').where('done_us', 'is', null).execute(),
      db.selectFrom('jobs').select('id').where('state', 'in', ['queued', 'running']).execute(),
      db.selectFrom('outbox').select('seq').execute(),
    ]);
    return counts.reduce((sum, rows) => sum + rows.length, 0);
  }
});
