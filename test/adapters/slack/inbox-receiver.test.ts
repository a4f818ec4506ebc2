import { App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import { expect, test } from 'vitest';
import { type InboxReceiver, inboxReceiver } from '#adapters/slack/inbox-receiver.ts';
import { systemClock } from '#core/clock.ts';
import { silentLog } from '#core/log.ts';
import { done, pending } from '#record/inbox.ts';
import type { Store } from '#record/store.ts';
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

type Heard = { inboxId: unknown; text: string };

/** A real Bolt app over a receiver that does nothing but hand on, as HTTP and Socket Mode do. */
async function appOn(place: Place, listen: (heard: Heard, store: Store) => Promise<void> = async () => undefined) {
  const store = await opened(place, systemClock);
  const heard: Heard[] = [];
  let deliver: (event: ReceiverEvent) => Promise<void> = async () => undefined;
  const inner: Receiver = {
    init: (app) => {
      deliver = (event) => app.processEvent(event);
    },
    start: async () => undefined,
    stop: async () => undefined,
  };
  const receiver: InboxReceiver = inboxReceiver(inner, store, silentLog, ({ bot_id }) => bot_id !== undefined);
  const app = new App({ receiver, authorize: async () => ({ botToken: 'xoxb-1' }), convoStore: false });
  app.command('/trace', async ({ ack, command, context }) => {
    const one = { inboxId: context.inboxId, text: command.text };
    heard.push(one);
    await listen(one, store);
    await ack();
  });
  app.error(async () => undefined);
  const acks: unknown[] = [];
  const send = (body: Record<string, unknown>) => deliver({ body, ack: async (response) => void acks.push(response) });
  return { store, heard, send, acks, receiver };
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
  const { send, acks } = await appOn(sqlitePlace(), async () => {
    throw new Error('broken');
  });
  await send(COMMAND);
  expect(acks).toEqual([undefined]);
});

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
  const event = { type: 'event_callback', team_id: 'T1', event_id: 'Ev1', event: { type: 'app_home_opened' } };
  await expect(send(event)).rejects.toThrow();
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

test('passes on what has no id that a second delivery would repeat, without storing it', async () => {
  const { send, acks, store } = await appOn(sqlitePlace());
  await send({ type: 'view_closed', team: { id: 'T1' }, user: { id: 'U1' }, view: { id: 'V1', callback_id: 'x' } });
  expect(acks).toEqual([undefined]);
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
