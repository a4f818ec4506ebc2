import { App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type InboxReceiver, inboxReceiver } from '#adapters/slack/inbox-receiver.ts';
import { type Clock, systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import { tellError } from '#listeners/error.ts';
import { mendFutureTimes } from '#record/future-times.ts';
import { done, givenUpRequests, pending, receive } from '#record/inbox.ts';
import type { Store } from '#record/store.ts';
import { tableJobs } from '#record/table-jobs.ts';
import { type SteppedClock, steppedClock } from '#test/stepped-clock.ts';
import { opened, type Place, sqlitePlace } from '#test/temp-store.ts';

const COMMAND = {
  command: '/trace',
  text: 'abc',
  team_id: 'T1',
  user_id: 'U1',
  channel_id: 'C1',
  trigger_id: '1.2.3',
  response_url: 'http://localhost/response',
  token: 'verification-token-of-old',
};

const REACTION = {
  type: 'event_callback',
  team_id: 'T1',
  event_id: 'Ev1',
  event: {
    type: 'reaction_added',
    reaction: 'pushpin',
    user: 'U1',
    item: { type: 'message', channel: 'C1', ts: '1.1' },
  },
};

const SECRET = 'password=hunter2x9';

type Heard = { inboxId: unknown; text: string };

/** A real Bolt app over a receiver that does nothing but hand on, as HTTP and Socket Mode do. */
async function appOn(
  place: Place,
  listen: (heard: Heard, store: Store) => Promise<void> = async () => undefined,
  clock: Clock = systemClock,
) {
  const store = await opened(place, clock);
  const heard: Heard[] = [];
  let deliver: (event: ReceiverEvent) => Promise<void> = async () => undefined;
  const inner: Receiver = {
    init: (app) => {
      deliver = (event) => app.processEvent(event);
    },
    start: async () => undefined,
    stop: async () => undefined,
  };
  const receiver: InboxReceiver = inboxReceiver(inner, {
    store,
    log: silentLog,
    isForUs: ({ bot_id }) => bot_id !== undefined,
  });
  const app = new App({
    receiver,
    authorize: async () => ({ botToken: 'xoxb-1' }),
    convoStore: false,
    extendedErrorHandler: true,
  });
  app.view('form', async () => listen({ inboxId: '', text: '' }, store));
  app.view('quoting', async ({ ack }) => ack({ response_action: 'errors', errors: { text: `No day: ${SECRET}` } }));
  app.command('/quote', async ({ ack, command }) =>
    ack({ response_type: 'ephemeral', text: `What is ${command.text}` }),
  );
  app.command('/trace', async ({ ack, command, context }) => {
    const one = { inboxId: context.inboxId, text: command.text };
    heard.push(one);
    await listen(one, store);
    await ack();
  });
  app.event('reaction_added', async ({ event, context }) => {
    const one = { inboxId: context.inboxId, text: event.reaction };
    heard.push(one);
    await listen(one, store);
  });
  const told: string[] = [];
  app.error(tellError(async (_, text) => void told.push(text), silentLog));
  onTestFinished(async () => {
    const drained = receiver.drain(0);
    if ('tick' in clock) await (clock as SteppedClock).tick(1_000);
    await drained;
  });
  const acks: unknown[] = [];
  const send = (
    body: Record<string, unknown>,
    ack: ReceiverEvent['ack'] = async (response) => void acks.push(response),
  ) => deliver({ body, ack });
  return { store, heard, told, send, acks, receiver };
}

test('stores the request before a listener hears of it, without the old verification token', async () => {
  let stored: string | undefined;
  const { send, heard } = await appOn(sqlitePlace(), async (_, store) => {
    stored = (await pending(store)).at(0)?.body;
  });
  await send(COMMAND);
  expect(heard).toEqual([{ inboxId: expect.any(String), text: 'abc' }]);
  expect(JSON.parse(stored ?? '')).toMatchObject({ command: '/trace', trigger_id: '1.2.3' });
  expect(stored).not.toContain('verification-token-of-old');
});

test('an acknowledgement that quotes what a person typed has no secret, and keeps what Slack sends back', async () => {
  const { send, acks } = await appOn(sqlitePlace());
  await send({ ...COMMAND, command: '/quote', text: SECRET });
  const view = { callback_id: 'quoting', private_metadata: '', state: { values: {} } };
  await send({ type: 'view_submission', team: { id: 'T1' }, user: { id: 'U1' }, trigger_id: '4.5.6', view });
  expect(acks).toEqual([
    { response_type: 'ephemeral', text: 'What is password=[redacted:secret]' },
    { response_action: 'errors', errors: { text: 'No day: password=[redacted:secret]' } },
  ]);
});

test('acknowledges and drops a delivery whose first one is done', async () => {
  const { send, heard, acks } = await appOn(sqlitePlace());
  await send(COMMAND);
  await send(COMMAND);
  expect(heard).toHaveLength(1);
  expect(acks).toEqual([undefined, undefined]);
});

test('takes the same trigger of another workspace as another request', async () => {
  const { send, heard } = await appOn(sqlitePlace());
  await send(COMMAND);
  await send({ ...COMMAND, team_id: 'T2' });
  expect(heard).toHaveLength(2);
});

test('hears a second delivery under the same id while the first is not done', async () => {
  let fails = true;
  const { send, heard } = await appOn(sqlitePlace(), async () => {
    if (!fails) return;
    fails = false;
    await new Promise(() => undefined); // a listener that hangs: the process would be killed here
  });
  void send(COMMAND);
  await expect.poll(() => heard.length).toBe(1);
  await send(COMMAND);
  expect(heard[1]?.inboxId).toBe(heard[0]?.inboxId);
});

test('plays what a killed process left, under the same id, and only once', async () => {
  const place = sqlitePlace();
  const first = await appOn(place, () => new Promise(() => undefined));
  void first.send(COMMAND);
  await expect.poll(() => first.heard.length).toBe(1);

  const second = await appOn(place);
  await second.receiver.replay();
  expect(second.heard).toEqual(first.heard);
  const third = await appOn(place);
  await third.receiver.replay();
  expect(third.heard).toEqual([]);
});

test('does not play again what a listener had marked done in its own transaction', async () => {
  const place = sqlitePlace();
  const first = await appOn(place, async ({ inboxId }, store) => {
    await store.transaction((tx) => done(tx, String(inboxId)));
    await new Promise(() => undefined);
  });
  void first.send(COMMAND);
  await expect.poll(async () => (await pending(first.store)).length).toBe(0);
  await expect.poll(() => first.heard.length).toBe(1);

  const second = await appOn(place);
  await second.receiver.replay();
  expect(second.heard).toEqual([]);
});

test('acknowledges a command whose listener failed, because Slack would show its own error after 3 s', async () => {
  const { send, acks, told, store } = await appOn(sqlitePlace(), () => broken());
  await send(COMMAND);
  expect(acks).toEqual([undefined]);
  expect(told).toEqual([expect.stringContaining('That did not work')]);
  expect(await pending(store)).toEqual([]); // they know: what they do now must not happen twice
});

test('does not acknowledge a form whose listener failed, because it would close as if it had been stored', async () => {
  const { send, acks, store } = await appOn(sqlitePlace(), () => broken());
  const view = { id: 'V1', callback_id: 'form', state: { values: {} } };
  const form = { type: 'view_submission', team: { id: 'T1' }, user: { id: 'U1' }, trigger_id: '1.2.4', view };
  await expect(send(form)).rejects.toThrow('broken');
  expect(acks).toEqual([]);
  expect(await pending(store)).toEqual([]);
});

describe('an event whose listener fails', () => {
  const DAY_US = 24 * 3_600_000_000;

  test('is not acknowledged and not done: Slack sends it again, and that one is answered', async () => {
    let fails = true;
    const { send, acks, heard, store } = await appOn(sqlitePlace(), async () => {
      if (fails) await broken();
    });
    await expect(send(REACTION)).rejects.toThrow('broken');
    expect(acks).toEqual([]);
    expect(await pending(store)).toMatchObject([{ key: 'Ev1' }]);

    fails = false;
    await send(REACTION);
    expect(acks).toEqual([undefined]);
    expect(heard).toHaveLength(2);
    expect(await pending(store)).toEqual([]);
  });

  test('is taken up again without Slack, after waits that grow, until it is stored', async () => {
    const clock = steppedClock();
    let fails = true;
    const { send, heard, store, receiver } = await appOn(
      sqlitePlace(),
      async () => {
        if (fails) await broken();
      },
      clock,
    );
    await receiver.replay();
    await expect(send(REACTION)).rejects.toThrow('broken');
    await clock.tick(60_000);
    const afterAMinute = heard.length;
    expect(afterAMinute).toBeGreaterThan(2);
    await clock.tick(60_000);
    expect(heard.length - afterAMinute).toBeLessThan(afterAMinute);

    fails = false;
    await clock.tick(600_000);
    expect(await pending(store)).toEqual([]);
    const whenStored = heard.length;
    await clock.tick(600_000);
    expect(heard).toHaveLength(whenStored);
  });

  test('is given up after a day, which is told, and gets another day when Slack sends it once more', async () => {
    const clock = steppedClock();
    let fails = true;
    const listen = async () => {
      if (fails) await broken();
    };
    const { send, acks, store, receiver } = await appOn(sqlitePlace(), listen, clock);
    await receiver.replay();
    await expect(send(REACTION)).rejects.toThrow('broken');
    await store.db
      .updateTable('inbox')
      .set(({ eb }) => ({ received_us: eb('received_us', '-', DAY_US) }))
      .execute();
    await clock.tick(60_000);
    expect(await pending(store)).toEqual([]);
    expect(await givenUpRequests(store)).toMatchObject([{ source: 'slack', error: 'broken' }]);
    expect(await store.db.selectFrom('inbox').select('body').execute()).toEqual([{ body: null }]);

    fails = false;
    await send(REACTION);
    expect(acks).toEqual([undefined]);
    expect(await givenUpRequests(store)).toEqual([]);
  });

  test('is not given up by a clock that was a day behind and is corrected', async () => {
    const clock = steppedClock();
    const { send, store, receiver } = await appOn(sqlitePlace(), async () => await broken(), clock);
    await mendFutureTimes(store);
    await receiver.replay();
    await expect(send(REACTION)).rejects.toThrow('broken');
    clock.correct((DAY_US + 60_000_000) / 1_000);
    await clock.tick(600_000);
    expect(await givenUpRequests(store)).toEqual([]);
    expect(await pending(store)).toHaveLength(1);
  });

  test('is acknowledged once two seconds have passed, and repeated if it fails after that', async () => {
    const clock = steppedClock();
    const { send, acks, store } = await appOn(sqlitePlace(), async () => await broken(clock.sleep(5_000)), clock);
    const sent = send(REACTION);
    await clock.tick(1_900);
    expect(acks).toEqual([]);
    await clock.tick(200);
    expect(acks).toEqual([undefined]);
    await clock.tick(5_000);
    await sent;
    expect(await pending(store)).toMatchObject([{ key: 'Ev1' }]);
  });

  test('of which the disk is too full to store the work is answered once there is room, and only then', async () => {
    const clock = steppedClock();
    const { send, acks, store, receiver } = await appOn(
      sqlitePlace(),
      async ({ inboxId }, store) => {
        await store.transaction(async (tx) => {
          const payload = 'x'.repeat(100_000);
          await tableJobs.addJob(tx, { kind: 'work', workspaceId: 'T1', key: String(inboxId), payload });
          await done(tx, String(inboxId));
        });
      },
      clock,
    );
    await receiver.replay();
    const limit = async (pages: number) => void (await sql.raw(`pragma max_page_count = ${pages}`).execute(store.db));
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(store.db);
    await limit((rows[0]?.page_count ?? 0) + 5); // room for the request, and none for the work
    const events = Array.from({ length: 14 }, (_, index) => ({ ...REACTION, event_id: `Ev${index}` }));
    const sent = await Promise.allSettled(events.map((event) => send(event)));
    expect(sent.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    expect(acks).toEqual([]);

    await limit(1_000_000);
    await clock.tick(600_000);
    await Promise.all(events.map((event) => send(event)));
    expect(await pending(store)).toEqual([]);
    expect(await store.db.selectFrom('jobs').select('key').execute()).toHaveLength(events.length);
  });
});

async function broken(after: Promise<void> = Promise.resolve()): Promise<void> {
  await after;
  throw new Error('broken');
}

test('tells the one who asked when nothing can be stored, and does not run the listener', async () => {
  const { send, acks, heard, store } = await appOn(sqlitePlace());
  await store.close();
  await send(COMMAND);
  expect(acks).toEqual([{ response_type: 'ephemeral', text: expect.stringContaining('could not store') }]);
  expect(heard).toEqual([]);
});

test('does not acknowledge an event that it could not store, because Slack sends events again', async () => {
  const { send, acks, store } = await appOn(sqlitePlace());
  await store.close();
  await expect(send(REACTION)).rejects.toThrow();
  expect(acks).toEqual([]);
});

test('never stores what people say to each other, and acknowledges it', async () => {
  const { send, acks, store } = await appOn(sqlitePlace());
  const said = (id: string, event: object) =>
    send({ type: 'event_callback', team_id: 'T1', event_id: id, event: { type: 'message', channel: 'C1', ...event } });
  await said('Ev1', { user: 'U1', text: 'my password is hunter2' });
  expect(acks).toEqual([undefined]);
  expect(await store.db.selectFrom('inbox').selectAll().execute()).toEqual([]);

  await said('Ev2', { bot_id: 'B1', text: 'an alert' });
  await said('Ev3', { subtype: 'message_deleted', deleted_ts: '1.1' });
  const kept = await store.db.selectFrom('inbox').select('key').execute();
  expect(kept.map(({ key }) => key)).toEqual(['Ev2', 'Ev3']);
});

test('finishes a slow event whose request ended before its late acknowledgement', async () => {
  const clock = steppedClock();
  const { send, store } = await appOn(sqlitePlace(), () => clock.sleep(3_000), clock);
  const sent = send(REACTION, async () => {
    throw new Error('Cannot write headers after they are sent to the client');
  });
  await clock.tick(2_500); // an unhandled rejection would end the process
  await clock.tick(1_000);
  await sent;
  expect(await pending(store)).toEqual([]);
});

test('leaves what another replica may be at work on until it is due', async () => {
  const clock = steppedClock();
  const folder = sqlitePlace();
  const shared = async () => ({ ...(await folder()), isShared: true });
  const other = await opened(shared, clock);
  const { token: _, ...body } = REACTION as typeof REACTION & { token?: string };
  await receive(other, { workspaceId: 'T1', key: 'Ev1', source: 'slack', body: JSON.stringify(body) });

  const { heard, receiver } = await appOn(shared, undefined, clock);
  await receiver.replay();
  await clock.tick(30_000);
  expect(heard).toEqual([]);
  await clock.tick(40_000);
  expect(heard).toHaveLength(1);
});

test('passes on what has no id that a second delivery would repeat, without storing it', async () => {
  const { send, acks, store } = await appOn(sqlitePlace());
  await send({ type: 'view_closed', team: { id: 'T1' }, user: { id: 'U1' }, view: { id: 'V1', callback_id: 'x' } });
  await send({ ...REACTION, event: { type: 'app_home_opened', user: 'U1', tab: 'home' } }); // drawn anew each time
  expect(acks).toEqual([undefined, undefined]);
  expect(await store.db.selectFrom('inbox').selectAll().execute()).toEqual([]);
});

test('drains: waits for what is being worked on, and says what is left at the deadline', async () => {
  const listening = Promise.withResolvers<void>();
  const { send, receiver, heard } = await appOn(sqlitePlace(), () => listening.promise);
  void send(COMMAND);
  await expect.poll(() => heard.length).toBe(1);
  expect(await receiver.drain(20)).toBe(1);
  const drained = receiver.drain(5_000);
  listening.resolve();
  expect(await drained).toBe(0);
});
