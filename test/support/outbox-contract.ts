/** What the outbox promises on every database. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { silentLog } from '#core/log.ts';
import { mendFutureTimes } from '#record/future-times.ts';
import {
  attach,
  deliveryOf,
  dropDetails,
  messageAt,
  type NewPost,
  newestDelivery,
  pin,
  post,
  respond,
  type Sender,
  undelivered,
  update,
} from '#record/outbox.ts';
import { type Failed, runOutbox } from '#record/outbox-runner.ts';
import { queueNumbers } from '#record/queues.ts';
import type { Runner } from '#record/runner.ts';
import type { Store } from '#record/store.ts';
import {
  conversation,
  failed,
  limited,
  lostAnswer,
  lostRequest,
  notInChannel,
  objected,
  refused,
  unauthorized,
} from '#test/conversation.ts';
import { type SteppedClock, steppedClock, stopNow } from '#test/stepped-clock.ts';
import { opened, type Place } from '#test/temp-store.ts';

const ANSWER: NewPost = { messageId: 'i-1', workspaceId: 'T1', channelId: 'C1', message: { text: 'Looking…' } };
const HOUR_MS = 3_600_000;
const UNREADABLE = { kind: 'unreadable', reason: 'missing_scope' } as const;

export function testOutbox(name: string, newPlace: () => Place): void {
  async function setUp() {
    const place = newPlace();
    const clock = steppedClock();
    const slack = conversation(clock);
    const store = await opened(place, clock);
    return { place, clock, slack, store, say: (message: NewPost) => store.transaction((tx) => post(tx, message)) };
  }

  function started(store: Store, sender: Sender, clock: SteppedClock): Runner {
    const unauthorizedText = (reason: string) => `My token is refused: ${reason}`;
    const runner = runOutbox({ store, sender, log: silentLog, random: () => 0.999, unauthorizedText });
    onTestFinished(() => stopNow(runner, clock));
    return runner;
  }

  const changed = (store: Store, text: string, messageId = 'i-1') =>
    store.transaction((tx) => update(tx, { messageId, message: { text } }));

  const stateOf = async (store: Store, id: string) =>
    (await store.db.selectFrom('messages').select('state').where('id', '=', id).executeTakeFirst())?.state;

  describe(`the outbox on ${name}`, () => {
    test('sends a post with its blocks and its picture, once, however often it is stored', async () => {
      const { clock, slack, store, say } = await setUp();
      const picture = { png: new Uint8Array([137, 80, 78, 71]), at: 1, alt: 'A waterfall', title: 'Waterfall' };
      const message = { text: 'Slow query', blocks: [{ type: 'divider' }], picture };
      await say({ ...ANSWER, message });
      await say({ ...ANSWER, message: { text: 'again' } });
      const runner = started(store, slack.sender, clock);
      await clock.tick(5_000);
      await say(ANSWER);
      await runner.idle();
      await clock.tick(5_000);

      expect(slack.said).toHaveLength(1);
      const [{ message: sent } = { message: undefined }] = slack.said;
      expect(sent).toMatchObject({ text: 'Slow query', blocks: [{ type: 'divider' }] });
      expect(sent?.picture).toMatchObject({ at: 1, alt: 'A waterfall', title: 'Waterfall' });
      expect([...(sent?.picture?.png ?? [])]).toEqual([137, 80, 78, 71]);
    });

    test('keeps that a reply also stands in the channel, also while it is queued and changed', async () => {
      const { clock, slack, store, say } = await setUp();
      const line = { ...ANSWER, messageId: 'i-1/in-channel', threadTs: '9.9' };
      const changedTo = { text: 'a cause, unsure', isBroadcast: true };
      await say({ ...line, message: { text: 'a cause', isBroadcast: true } });
      await store.transaction((tx) => update(tx, { messageId: line.messageId, message: changedTo }));
      started(store, slack.sender, clock);
      await clock.tick(5_000);

      expect(slack.said).toMatchObject([{ threadTs: '9.9', message: changedTo }]);
      expect(await deliveryOf(store, line.messageId)).toMatchObject({ state: 'sent', threadTs: '9.9' });
    });

    test('pins a message once it stands in the channel, however often that is stored', async () => {
      const { clock, slack, store, say } = await setUp();
      const asked = { pinId: 'i-1/pin', workspaceId: 'T1', channelId: 'C1', pinned: 'i-1' };
      slack.fail('post', limited(5));
      await say(ANSWER);
      await store.transaction((tx) => pin(tx, asked));
      await store.transaction((tx) => pin(tx, asked));
      started(store, slack.sender, clock);
      await clock.tick(20_000);

      const [{ ts } = { ts: '' }] = slack.said;
      expect(slack.pins).toEqual([`C1 ${ts}`]);
      expect(await deliveryOf(store, 'i-1/pin')).toMatchObject({ state: 'sent' });
      expect(await messageAt(store, { workspaceId: 'T1', channelId: 'C1', ts })).toBe('i-1');
    });

    test('pins once more where the answer was lost: to pin what is pinned is nothing', async () => {
      const { clock, slack, store, say } = await setUp();
      slack.fail('pin', lostRequest);
      await say(ANSWER);
      await store.transaction((tx) => pin(tx, { pinId: 'i-1/pin', workspaceId: 'T1', channelId: 'C1', pinned: 'i-1' }));
      started(store, slack.sender, clock);
      await clock.tick(20_000);

      expect(slack.pins).toHaveLength(1);
    });

    test('tells whoever depends on it, in the same transaction, that something will never arrive', async () => {
      const { clock, slack, store, say } = await setUp();
      const told: Failed[] = [];
      const onUndelivered = async (_: unknown, what: Failed) => void told.push(what);
      slack.fail('pin', refused);
      await say(ANSWER);
      await store.transaction((tx) => pin(tx, { pinId: 'i-1/pin', workspaceId: 'T1', channelId: 'C1', pinned: 'i-1' }));
      const runner = runOutbox({ store, sender: slack.sender, log: silentLog, onUndelivered });
      onTestFinished(() => stopNow(runner, clock));
      await clock.tick(20_000);

      expect(told).toEqual([
        { messageId: 'i-1/pin', workspaceId: 'T1', kind: 'pin', state: 'refused', reason: 'msg_too_long' },
      ]);
      expect(await stateOf(store, 'i-1')).toBe('sent');
    });

    test('tries again under the same id what could not be delivered, and only that', async () => {
      const { clock, slack, store, say } = await setUp();
      slack.fail('post', notInChannel);
      await say(ANSWER);
      started(store, slack.sender, clock);
      await clock.tick(5_000);
      await say(ANSWER);
      await clock.tick(5_000);
      expect(slack.said).toEqual([]);
      await say({ ...ANSWER, again: true });
      await clock.tick(5_000);
      await say({ ...ANSWER, again: true });
      await clock.tick(5_000);

      expect(slack.said.map(({ messageId }) => messageId)).toEqual(['i-1']);
    });

    test('knows the newest message whose id begins so', async () => {
      const { clock, store, say } = await setUp();
      for (const messageId of ['i-1/ask/a', 'i-1/ask/b', 'i-10/ask/c']) {
        await say({ ...ANSWER, messageId });
        await clock.tick(1_000);
      }

      expect(await newestDelivery(store, 'i-1/ask/')).toMatchObject({ messageId: 'i-1/ask/b', ts: undefined });
      expect(await newestDelivery(store, 'i-2/ask/')).toBeUndefined();
    });

    test('sends nothing of a transaction that was undone', async () => {
      const { clock, slack, store } = await setUp();
      const broken = store.transaction(async (tx) => {
        await post(tx, ANSWER);
        throw new Error('undone');
      });
      await expect(broken).rejects.toThrow('undone');
      started(store, slack.sender, clock);
      await clock.tick(5_000);

      expect(slack.said).toEqual([]);
    });

    test('keeps the order in a channel and, after a burst of three, the pace of one post a second', async () => {
      const { clock, slack, store, say } = await setUp();
      const ids = ['a', 'b', 'c', 'd', 'e'];
      for (const messageId of ids) await say({ ...ANSWER, messageId });
      started(store, slack.sender, clock);
      await clock.tick(10_000);

      expect(slack.calls.map(({ call }) => call)).toEqual(ids.map((id) => `post ${id}`));
      const [a = 0, , c = 0, d = 0, e = 0] = slack.calls.map(({ atMs }) => atMs);
      expect(c - a).toBeLessThan(500);
      expect(d - a).toBeGreaterThanOrEqual(1_000);
      expect(e - d).toBeGreaterThanOrEqual(1_000);
      expect(e - a).toBeLessThan(2_500);
    });

    test('sends the urgent first, then first lines of alerts, what people asked for, and details', async () => {
      const { clock, slack, store, say } = await setUp();
      await say({ ...ANSWER, messageId: 'old' });
      const runner = started(store, slack.sender, clock);
      await clock.tick(5_000);
      slack.fail('post', limited(20));
      await say({ ...ANSWER, messageId: 'asked' });
      await clock.tick(1_000);
      await say({ ...ANSWER, messageId: 'detail', rank: 'detail' });
      await say({ ...ANSWER, messageId: 'asked later' });
      await say({ ...ANSWER, messageId: 'first', rank: 'first' });
      await say({ ...ANSWER, messageId: 'urgent', rank: 'urgent' });
      await clock.tick(60_000);
      await runner.idle();

      expect(slack.calls.map(({ call }) => call).slice(2)).toEqual([
        'post urgent',
        'post first',
        // Every fourth call, while others wait; the refused one counts.
        'post detail',
        'post asked',
        'post asked later',
      ]);
    });

    test('sends a detail at every fourth call, however many others come', async () => {
      const { clock, slack, store, say } = await setUp();
      for (const n of [1, 2]) await say({ ...ANSWER, messageId: `detail ${n}`, rank: 'detail' });
      for (let n = 1; n <= 8; n += 1) await say({ ...ANSWER, messageId: `first ${n}`, rank: 'first' });
      started(store, slack.sender, clock);
      await clock.tick(60_000);

      expect(slack.said.map(({ messageId }) => messageId)).toEqual([
        ...['first 1', 'first 2', 'first 3', 'detail 1'],
        ...['first 4', 'first 5', 'first 6', 'detail 2'],
        ...['first 7', 'first 8'],
      ]);
    });

    test('sends an update while a post waits for its pace', async () => {
      const { clock, slack, store, say } = await setUp();
      await say({ ...ANSWER, messageId: 'old' });
      started(store, slack.sender, clock);
      await clock.tick(10_000);
      for (let n = 1; n <= 5; n += 1) await say({ ...ANSWER, messageId: `first ${n}`, rank: 'first' });
      await changed(store, 'newer', 'old');
      await clock.tick(30_000);

      // Three posts at once, then one a second.
      expect(slack.calls.map(({ call }) => call).slice(1, 6)).toEqual([
        ...['post first 1', 'post first 2', 'post first 3'],
        ...['update old', 'post first 4'],
      ]);
    });

    test('leaves out the details that queued for long once a newer message made them useless, and counts them', async () => {
      const { clock, slack, store, say } = await setUp();
      slack.fail('post', limited(40));
      await say(ANSWER);
      await say({ ...ANSWER, messageId: 'a/thread/0', rank: 'detail' });
      const runner = started(store, slack.sender, clock);
      await clock.tick(31_000);
      await say({ ...ANSWER, messageId: 'a/thread/1', rank: 'detail' });
      await say({ ...ANSWER, messageId: 'a/resolved', rank: 'detail' });
      await store.transaction((tx) => dropDetails(tx, 'a/thread/'));
      await clock.tick(60_000);
      await runner.idle();

      const said = slack.said.map(({ messageId }) => messageId);
      expect(said).not.toContain('a/thread/0');
      expect(said).toEqual(expect.arrayContaining(['a/thread/1', 'a/resolved']));
      expect((await deliveryOf(store, 'a/thread/0'))?.state).toBe('dropped');
      expect(await queueNumbers(store, await store.nowUs())).toMatchObject({ dropped: 1, givenUp: { messages: 0 } });
    });

    test('sends a first line that became a verdict in its own place, and its replies after it', async () => {
      const { clock, slack, store, say } = await setUp();
      slack.fail('post', limited(20));
      await say({ ...ANSWER, messageId: 'asked', rank: 'urgent' });
      started(store, slack.sender, clock);
      await clock.tick(1_000);
      for (const messageId of ['p-1', 'p-2']) await say({ ...ANSWER, messageId, rank: 'detail' });
      await say({ ...ANSWER, messageId: 'p-2/reply', threadOf: 'p-2', rank: 'urgent' });
      await store.transaction((tx) => update(tx, { messageId: 'p-2', message: { text: 'found' }, rank: 'asked' }));
      await clock.tick(60_000);

      expect(slack.said.map(({ messageId }) => messageId)).toEqual(['asked', 'p-2', 'p-2/reply', 'p-1']);
    });

    test('keeps the order in a channel when the first message has to wait', async () => {
      const { clock, slack, store, say } = await setUp();
      slack.fail('post', failed, limited(7));
      for (const messageId of ['a', 'b']) await say({ ...ANSWER, messageId });
      started(store, slack.sender, clock);
      await clock.tick(30_000);

      expect(slack.said.map(({ messageId }) => messageId)).toEqual(['a', 'b']);
    });

    test('lets channels go side by side: one that waits holds up no other', async () => {
      const { clock, slack, store, say } = await setUp();
      slack.fail('post', limited(30));
      await say(ANSWER);
      await say({ ...ANSWER, messageId: 'other', channelId: 'C2' });
      started(store, slack.sender, clock);
      await clock.tick(1_000);

      expect(slack.said.map(({ messageId }) => messageId)).toEqual(['other']);
    });

    test('keeps channels of the same id in different workspaces apart', async () => {
      const { clock, slack, store, say } = await setUp();
      slack.fail('post', limited(30));
      await say(ANSWER);
      await say({ ...ANSWER, messageId: 'other', workspaceId: 'T2' });
      started(store, slack.sender, clock);
      await clock.tick(1_000);

      expect(slack.said.map(({ messageId }) => messageId)).toEqual(['other']);
    });

    test('waits as long as Slack asks, and no longer than it must', async () => {
      const { clock, slack, store, say } = await setUp();
      slack.fail('post', limited(17));
      await say(ANSWER);
      started(store, slack.sender, clock);
      await clock.tick(60_000);

      const [first = 0, second = 0] = slack.calls.map(({ atMs }) => atMs);
      expect(second - first).toBeGreaterThanOrEqual(17_000);
      expect(second - first).toBeLessThan(18_000);
    });

    test('holds the updates of all channels when Slack limits the method, and lets posts go on', async () => {
      const { clock, slack, store, say } = await setUp();
      await say(ANSWER);
      await say({ ...ANSWER, messageId: 'i-2', channelId: 'C2' });
      started(store, slack.sender, clock);
      await clock.tick(2_000);
      slack.fail('update', limited(20));
      await changed(store, 'found', 'i-1');
      await clock.tick(5_000);
      await changed(store, 'found', 'i-2');
      await say({ ...ANSWER, messageId: 'i-3', channelId: 'C3' });
      await clock.tick(10_000);
      expect(slack.calls.filter(({ call }) => call.startsWith('update'))).toHaveLength(1);
      expect(slack.said.map(({ messageId }) => messageId)).toContain('i-3');

      await clock.tick(15_000);
      expect(slack.said.map(({ message }) => message.text)).toEqual(['found', 'found', 'Looking…']);
    });

    test('sends only the newest of the updates that gathered while a message could not be sent', async () => {
      const { clock, slack, store, say } = await setUp();
      await say(ANSWER);
      started(store, slack.sender, clock);
      await clock.tick(2_000);
      slack.fail('update', limited(10));
      for (const text of ['one', 'two', 'three']) {
        await changed(store, text);
        await clock.tick(1_000);
      }
      await changed(store, 'four');
      await clock.tick(30_000);

      expect(slack.said.map(({ message }) => message.text)).toEqual(['four']);
      expect(slack.calls.map(({ call }) => call)).toEqual(['post i-1', 'update i-1', 'update i-1']);
    });

    test('posts the newest state at once where the first one has not been sent yet', async () => {
      const { clock, slack, store, say } = await setUp();
      await say(ANSWER);
      await changed(store, 'Slow query');
      started(store, slack.sender, clock);
      await clock.tick(10_000);

      expect(slack.calls.map(({ call }) => call)).toEqual(['post i-1']);
      expect(slack.said.map(({ message }) => message.text)).toEqual(['Slow query']);
    });

    test('does not lose an update that is stored while the message is being posted', async () => {
      const { clock, slack, store, say } = await setUp();
      slack.takes(400);
      await say(ANSWER);
      started(store, slack.sender, clock);
      await clock.tick(100);
      await changed(store, 'Slow query');
      await clock.tick(10_000);

      expect(slack.calls.map(({ call }) => call)).toEqual(['post i-1', 'update i-1']);
      expect(slack.said.map(({ message }) => message.text)).toEqual(['Slow query']);
    });

    test('puts replies and files into the thread of our message, and of the root where that is a reply itself', async () => {
      const { clock, slack, store } = await setUp();
      await store.transaction(async (tx) => {
        await post(tx, { ...ANSWER, threadTs: '1699.5' });
        await post(tx, { ...ANSWER, messageId: 'i-1/detail', threadOf: 'i-1' });
        const content = new TextEncoder().encode('# Slow query');
        const file = { attachmentId: 'i-1/md', workspaceId: 'T1', channelId: 'C1', threadOf: 'i-1' };
        await attach(tx, { ...file, name: 'feed.md', title: 'As Markdown', content });
        await attach(tx, { ...file, name: 'feed.md', title: 'As Markdown', content });
        await post(tx, { ...ANSWER, messageId: 'i-2' });
        await post(tx, { ...ANSWER, messageId: 'i-2/detail', threadOf: 'i-2' });
      });
      started(store, slack.sender, clock);
      await clock.tick(10_000);

      const root = slack.said.find(({ messageId }) => messageId === 'i-2')?.ts;
      expect(slack.said.map(({ messageId, threadTs }) => [messageId, threadTs])).toEqual([
        ['i-1', '1699.5'],
        ['i-1/detail', '1699.5'],
        ['i-2', undefined],
        ['i-2/detail', root],
      ]);
      expect(slack.files).toEqual([
        { channelId: 'C1', threadTs: '1699.5', name: 'feed.md', title: 'As Markdown', content: '# Slow query' },
      ]);
    });

    test('tells whoever stores a reply to a message that does not exist', async () => {
      const { say, store } = await setUp();

      await expect(say({ ...ANSWER, threadOf: 'never stored' })).rejects.toThrow('there is no message never stored');
      await expect(changed(store, 'found', 'never stored')).rejects.toThrow('there is no message never stored');
    });

    test('cuts a text at 4,000 characters, because Slack refuses the whole update', async () => {
      const { clock, slack, store, say } = await setUp();
      await say({ ...ANSWER, message: { text: `${'x'.repeat(3_998)}🔥 and on` } });
      started(store, slack.sender, clock);
      await clock.tick(2_000);

      expect(slack.said[0]?.message.text).toBe(`${'x'.repeat(3_998)}…`);
    });

    test('responds once where somebody asked, at once, whatever the channel waits for', async () => {
      const { clock, slack, store, say } = await setUp();
      slack.fail('post', limited(600));
      await say(ANSWER);
      const usage = { workspaceId: 'T1', responseUrl: 'https://hooks/1', message: { text: 'Usage' }, key: 'inbox-1' };
      await store.transaction((tx) => respond(tx, usage));
      await store.transaction((tx) => respond(tx, usage));
      started(store, slack.sender, clock);
      await clock.tick(1_000);

      expect(slack.responses).toEqual([{ responseUrl: 'https://hooks/1', message: { text: 'Usage' } }]);
    });

    test.each([
      { lost: 3, arrived: 1, calls: 4, left: [] },
      { lost: 4, arrived: 0, calls: 4, left: [{ kind: 'response', state: 'unknown' }] },
    ])(
      'responds again where $lost requests got lost, and $calls times at most',
      async ({ lost, arrived, calls, left }) => {
        const { clock, slack, store } = await setUp();
        slack.fail('respond', ...Array.from({ length: lost }, () => lostRequest));
        const usage = { workspaceId: 'T1', responseUrl: 'https://hooks/1', message: { text: 'Usage' }, key: 'inbox-1' };
        await store.transaction((tx) => respond(tx, usage));
        started(store, slack.sender, clock);
        await clock.tick(600_000);

        expect(slack.responses).toHaveLength(arrived);
        expect(slack.calls).toHaveLength(calls);
        expect(await undelivered(store)).toMatchObject(left);
      },
    );

    test('responds once even if the store cannot record that for a minute', async () => {
      const { clock, slack, store } = await setUp();
      const usage = { workspaceId: 'T1', responseUrl: 'https://hooks/1', message: { text: 'Usage' }, key: 'inbox-1' };
      await store.transaction((tx) => respond(tx, usage));
      let writes: Store['transaction'] = store.transaction;
      const sender: Sender = {
        ...slack.sender,
        async respond(...given) {
          writes = async () => await Promise.reject(new Error('the disk is full'));
          return await slack.sender.respond(...given);
        },
      };
      started({ ...store, transaction: (work) => writes(work) }, sender, clock);
      await clock.tick(60_000);
      writes = store.transaction;
      await clock.tick(60_000);

      expect(slack.responses).toHaveLength(1);
      expect(await store.db.selectFrom('outbox').select('seq').execute()).toEqual([]);
    });

    test('gives a response up when its URL has died', async () => {
      const { clock, slack, store } = await setUp();
      const usage = { workspaceId: 'T1', responseUrl: 'https://hooks/1', message: { text: 'Usage' }, key: 'inbox-1' };
      await store.transaction((tx) => respond(tx, usage));
      await clock.tick(HOUR_MS);
      started(store, slack.sender, clock);
      await clock.tick(1_000);

      expect(slack.calls).toEqual([]);
      expect(await undelivered(store)).toMatchObject([{ kind: 'response', state: 'expired' }]);
    });

    describe('where the bot cannot speak', () => {
      const WITH_FALLBACK = { ...ANSWER, fallbackResponseUrl: 'https://hooks/1', unreachableText: 'Invite me' };

      test('says so to the one who asked, and nothing more of that message', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', notInChannel);
        await say(WITH_FALLBACK);
        await say({ ...ANSWER, messageId: 'i-1/detail', threadOf: 'i-1' });
        started(store, slack.sender, clock);
        await clock.tick(100);
        await changed(store, 'Slow query');
        await clock.tick(60_000);

        expect(slack.responses).toEqual([{ responseUrl: 'https://hooks/1', message: { text: 'Invite me' } }]);
        expect(slack.calls.map(({ call }) => call)).toEqual(['post i-1', 'respond https://hooks/1']);
        expect(await undelivered(store)).toMatchObject([
          { messageId: 'i-1/detail', state: 'refused' },
          { messageId: 'i-1', state: 'unreachable', reason: 'not_in_channel' },
        ]);
      });

      test('says what helps, where an invitation does not', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', { result: { kind: 'unreachable', reason: 'is_archived', advice: 'Unarchive it' } });
        await say(WITH_FALLBACK);
        started(store, slack.sender, clock);
        await clock.tick(1_000);

        expect(slack.responses.map(({ message }) => message.text)).toEqual(['Unarchive it']);
      });

      test('goes on with what comes after in that channel', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', notInChannel);
        await say(WITH_FALLBACK);
        await say({ ...ANSWER, messageId: 'i-2' });
        started(store, slack.sender, clock);
        await clock.tick(10_000);

        expect(slack.said.map(({ messageId }) => messageId)).toEqual(['i-2']);
      });

      test('does not ask for an invitation when Slack refuses for another reason', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', refused);
        await say(WITH_FALLBACK);
        started(store, slack.sender, clock);
        await clock.tick(60_000);

        expect(slack.responses).toEqual([]);
        expect(await undelivered(store)).toMatchObject([
          { messageId: 'i-1', state: 'refused', reason: 'msg_too_long' },
        ]);
      });

      test('leaves a message standing when only its update is refused', async () => {
        const { clock, slack, store, say } = await setUp();
        await say(ANSWER);
        started(store, slack.sender, clock);
        await clock.tick(2_000);
        slack.fail('update', refused);
        await changed(store, 'Slow query');
        await clock.tick(60_000);

        expect(await stateOf(store, 'i-1')).toBe('sent');
        expect(await undelivered(store)).toEqual([]);
      });
    });

    describe('while Slack does not accept the token', () => {
      const times = (count: number, fault: typeof unauthorized) => Array.from({ length: count }, () => fault);

      test('keeps everything, asks rarely, tells the one who asked, and sends it in order once there is a new one', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', ...times(12, unauthorized));
        await say({ ...ANSWER, fallbackResponseUrl: 'https://hooks/1', unreachableText: 'Invite me' });
        await say({ ...ANSWER, messageId: 'i-1/detail', threadOf: 'i-1' });
        await say({ ...ANSWER, messageId: 'i-2' });
        started(store, slack.sender, clock);
        await clock.tick(0.2 * HOUR_MS);
        expect(slack.said).toEqual([]);
        expect(slack.calls.length).toBeLessThan(12);
        expect(slack.responses).toEqual([
          { responseUrl: 'https://hooks/1', message: { text: 'My token is refused: token_revoked' } },
        ]);
        await clock.tick(HOUR_MS);

        expect(slack.said.map(({ messageId }) => messageId)).toEqual(['i-1', 'i-1/detail', 'i-2']);
        expect(await undelivered(store)).toEqual([]);
      });

      test('tells everybody who waits behind the first, each once', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', ...times(12, unauthorized));
        for (const n of [1, 2]) {
          const fallbackResponseUrl = `https://hooks/${n}`;
          await say({ ...ANSWER, messageId: `i-${n}`, fallbackResponseUrl, unreachableText: 'Invite me' });
        }
        started(store, slack.sender, clock);
        await clock.tick(0.2 * HOUR_MS);
        expect(slack.responses.map(({ responseUrl }) => responseUrl)).toEqual(['https://hooks/1', 'https://hooks/2']);
      });

      test('holds every channel of the workspace, and no other workspace', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', unauthorized);
        await say(ANSWER);
        const runner = started(store, slack.sender, clock);
        await clock.tick(100);
        await say({ ...ANSWER, messageId: 'i-2', channelId: 'C2' });
        await say({ ...ANSWER, messageId: 'i-3', workspaceId: 'T2' });
        runner.kick();
        await clock.tick(1_000);
        expect(slack.said.map(({ messageId }) => messageId)).toEqual(['i-3']);
        await clock.tick(60_000);

        expect(slack.said.map(({ messageId }) => messageId).sort()).toEqual(['i-1', 'i-2', 'i-3']);
      });

      test('looks for a lost post again when it may, and does not post it twice', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', lostAnswer);
        slack.answerFind({ kind: 'unauthorized', reason: 'token_revoked' });
        await say(ANSWER);
        started(store, slack.sender, clock);
        await clock.tick(60_000);
        slack.answerFind(undefined);
        await clock.tick(600_000);

        expect(slack.said).toHaveLength(1);
        expect(await stateOf(store, 'i-1')).toBe('sent');
      });
    });

    describe('what Slack objects to for a reason that nobody knows', () => {
      test('steps aside with what depends on it; the channel goes on, and it is sent when Slack takes it', async () => {
        const { clock, slack, store, say } = await setUp();
        let objections = 3;
        const objecting: Sender = {
          ...slack.sender,
          post: async (message) =>
            message.messageId === 'i-1' && objections-- > 0 ? objected.result : await slack.sender.post(message),
        };
        await say(ANSWER);
        await say({ ...ANSWER, messageId: 'i-1/detail', threadOf: 'i-1' });
        await say({ ...ANSWER, messageId: 'i-2' });
        const runner = started(store, objecting, clock);
        await clock.tick(100);
        await changed(store, 'Slow query');
        await say({ ...ANSWER, messageId: 'i-1/late', threadOf: 'i-1' });
        await say({ ...ANSWER, messageId: 'i-3' });
        runner.kick();
        await clock.tick(4_000);
        expect(slack.said.map(({ messageId }) => messageId)).toEqual(['i-2', 'i-3']);
        await clock.tick(120_000);

        expect(slack.said.map(({ messageId }) => messageId)).toEqual(['i-2', 'i-3', 'i-1', 'i-1/detail', 'i-1/late']);
        expect(slack.said.find(({ messageId }) => messageId === 'i-1')?.message.text).toBe('Slow query');
        expect(slack.said.every(({ channelId }) => channelId === 'C1')).toBe(true);
      });

      test('is given up after a day, like everything that could not be delivered', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', ...Array.from({ length: 500 }, () => objected));
        await say(ANSWER);
        const runner = started(store, slack.sender, clock);
        await clock.tick(3 * HOUR_MS);
        expect(slack.calls.length).toBeLessThan(40);
        await stopNow(runner, clock);
        await clock.tick(22 * HOUR_MS);
        started(store, slack.sender, clock);
        await clock.tick(700_000);

        expect(await undelivered(store)).toMatchObject([{ messageId: 'i-1', state: 'expired' }]);
      });

      test('never brings an older state of a message after a newer one', async () => {
        const { clock, slack, store, say } = await setUp();
        await say(ANSWER);
        started(store, slack.sender, clock);
        await clock.tick(2_000);
        slack.takes(400);
        slack.fail('update', objected);
        await changed(store, 'old');
        await clock.tick(5_100); // the call is on its way
        await changed(store, 'new');
        await clock.tick(600_000);

        expect(slack.said.map(({ message }) => message.text)).toEqual(['new']);
        expect(slack.calls.at(-1)?.call).toBe('update i-1');
      });
    });

    describe('a clock that is corrected', () => {
      const DAY_MS = 24 * HOUR_MS;

      test('that was a day ahead makes nothing wait for a day', async () => {
        const { place, clock, slack, store, say } = await setUp();
        clock.correct(DAY_MS);
        slack.fail('post', limited(60));
        await say(ANSWER);
        const runner = started(store, slack.sender, clock);
        await clock.tick(1_000);
        await stopNow(runner, clock);
        await say({ ...ANSWER, messageId: 'i-2', channelId: 'C2' });
        await store.close();
        clock.correct(-DAY_MS);
        const next = await opened(place, clock);
        await mendFutureTimes(next);
        started(next, slack.sender, clock);
        await clock.tick(30_000);

        expect(slack.said.map(({ messageId }) => messageId).sort()).toEqual(['i-1', 'i-2']);
      });

      test.each([
        ['once', [DAY_MS + 60_000]],
        ['twice', [DAY_MS + 60_000, DAY_MS]],
      ])('that was a day behind, %s, posts the answers that wait', async (_, corrections) => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', ...Array.from({ length: 6 * corrections.length }, () => failed));
        await mendFutureTimes(store);
        started(store, slack.sender, clock);
        await say(ANSWER);
        for (const ms of corrections) {
          await clock.tick(30_000);
          clock.correct(ms);
        }
        await clock.tick(600_000);

        expect(slack.said.map(({ messageId }) => messageId)).toEqual(['i-1']);
      });

      test('that was an hour behind sends the response that waits', async () => {
        const { clock, slack, store } = await setUp();
        slack.fail('respond', ...Array.from({ length: 5 }, () => failed));
        await mendFutureTimes(store);
        started(store, slack.sender, clock);
        const usage = { workspaceId: 'T1', responseUrl: 'https://hooks/1', message: { text: 'Usage' }, key: 'inbox-1' };
        await store.transaction((tx) => respond(tx, usage));
        await clock.tick(5_000);
        clock.correct(HOUR_MS);
        await clock.tick(60_000);

        expect(slack.responses).toHaveLength(1);
      });

      test('while messages are sent does not stop them', async () => {
        const { clock, slack, store, say } = await setUp();
        for (const messageId of ['a', 'b', 'c', 'd']) await say({ ...ANSWER, messageId });
        started(store, slack.sender, clock);
        await clock.tick(100);
        clock.correct(-DAY_MS);
        await say({ ...ANSWER, messageId: 'e' });
        await mendFutureTimes(store);
        await clock.tick(20_000);

        expect(slack.said.map(({ messageId }) => messageId)).toEqual(['a', 'b', 'c', 'd', 'e']);
      });

      test('does not make a lost post be looked for where it cannot be', async () => {
        const { clock, slack, store, say } = await setUp();
        const realUs = clock.nowUs();
        clock.correct(DAY_MS);
        slack.fail('post', lostAnswer);
        await say(ANSWER);
        started(store, slack.sender, clock);
        await clock.tick(100);
        clock.correct(-DAY_MS);
        await mendFutureTimes(store);
        await clock.tick(60_000);

        expect(slack.lookedSinceUs).toHaveLength(1);
        expect(slack.lookedSinceUs[0]).toBeLessThan(realUs);
        expect(slack.said).toHaveLength(1);
      });

      test('a post that waited for hours is looked for from when it was tried, and not from when it was stored', async () => {
        const { clock, slack, store, say } = await setUp();
        await say(ANSWER);
        await clock.tick(5 * HOUR_MS);
        slack.fail('post', lostAnswer);
        started(store, slack.sender, clock);
        await clock.tick(60_000);

        expect(clock.nowUs() - (slack.lookedSinceUs[0] ?? 0)).toBeLessThan(0.25 * HOUR_MS * 1_000);
      });
    });

    describe('when nobody knows whether a message arrived', () => {
      test('finds the one whose answer was lost, and goes on as if it had been heard', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', lostAnswer);
        await say(ANSWER);
        started(store, slack.sender, clock);
        await clock.tick(500);
        await changed(store, 'Slow query');
        await clock.tick(60_000);

        expect(slack.said.map(({ message }) => message.text)).toEqual(['Slow query']);
        expect(slack.calls.map(({ call }) => call)).toEqual(['post i-1', 'find i-1', 'update i-1']);
      });

      test('sends the one again that is not there', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', lostRequest, lostRequest);
        await say(ANSWER);
        started(store, slack.sender, clock);
        await clock.tick(60_000);

        expect(slack.said).toHaveLength(1);
        expect(await stateOf(store, 'i-1')).toBe('sent');
      });

      test('waits to look where reading the conversation is limited, too', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', lostAnswer);
        slack.answerFind({ kind: 'limited', retryAfterMs: 60_000 });
        await say(ANSWER);
        started(store, slack.sender, clock);
        await clock.tick(30_000);
        slack.answerFind(undefined);
        await clock.tick(60_000);

        expect(slack.said).toHaveLength(1);
        expect(slack.calls.map(({ call }) => call)).toEqual(['post i-1', 'find i-1', 'find i-1']);
      });

      test('repeats an update, because twice the same is once', async () => {
        const { clock, slack, store, say } = await setUp();
        await say(ANSWER);
        started(store, slack.sender, clock);
        await clock.tick(2_000);
        slack.fail('update', lostRequest);
        await changed(store, 'Slow query');
        await clock.tick(60_000);

        expect(slack.said.map(({ message }) => message.text)).toEqual(['Slow query']);
        expect(slack.calls.map(({ call }) => call)).toEqual(['post i-1', 'update i-1', 'update i-1']);
      });

      test('sends an answer once more, and only once, where the conversation cannot be read', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.answerFind(UNREADABLE);
        slack.fail('post', lostRequest, lostRequest, lostRequest);
        await say(ANSWER);
        started(store, slack.sender, clock);
        await clock.tick(HOUR_MS);

        expect(slack.calls.filter(({ call }) => call === 'post i-1')).toHaveLength(2);
        expect(await undelivered(store)).toMatchObject([{ messageId: 'i-1', kind: 'message', state: 'unknown' }]);
      });

      test('does not repeat a detail in a thread where the conversation cannot be read', async () => {
        const { clock, slack, store, say } = await setUp();
        await say(ANSWER);
        const runner = started(store, slack.sender, clock);
        await clock.tick(500);
        slack.answerFind(UNREADABLE);
        slack.fail('post', lostAnswer);
        await say({ ...ANSWER, messageId: 'i-1/detail', threadOf: 'i-1' });
        runner.kick();
        await clock.tick(60_000);

        expect(slack.said).toHaveLength(2);
        expect(await undelivered(store)).toMatchObject([
          { messageId: 'i-1/detail', state: 'unknown', reason: 'missing_scope' },
        ]);
      });

      const FILE = {
        attachmentId: 'f-1',
        workspaceId: 'T1',
        channelId: 'C1',
        threadOf: 'i-1',
        name: 'a.md',
        title: 'A',
      };
      const sharing = (store: Store) =>
        store.transaction((tx) => attach(tx, { ...FILE, content: new Uint8Array([65]) }));

      test.each([
        ['finds the file whose answer was lost', lostAnswer, ['attach f-1', 'find f-1']],
        ['shares the file again that is not there', lostRequest, ['attach f-1', 'find f-1', 'attach f-1']],
      ])('%s, after the time that Slack takes to show it', async (_, fault, calls) => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('attach', fault);
        await say(ANSWER);
        await sharing(store);
        started(store, slack.sender, clock);
        await clock.tick(9_000);
        expect(slack.calls.map(({ call }) => call)).toEqual(['post i-1', 'attach f-1']);
        await clock.tick(60_000);

        expect(slack.files).toHaveLength(1);
        expect(slack.calls.map(({ call }) => call)).toEqual(['post i-1', ...calls]);
        expect(await stateOf(store, 'f-1')).toBe('sent');
      });

      test('does not share a file again where the conversation cannot be read', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.answerFind(UNREADABLE);
        slack.fail('attach', lostAnswer);
        await say(ANSWER);
        await sharing(store);
        started(store, slack.sender, clock);
        await clock.tick(60_000);

        expect(slack.files).toHaveLength(1);
        expect(await undelivered(store)).toMatchObject([{ messageId: 'f-1', kind: 'attachment', state: 'unknown' }]);
      });

      test('takes a sender that throws for one that said nothing', async () => {
        const { clock, slack, store, say } = await setUp();
        let thrown = false;
        const throwsOnce: Sender = {
          ...slack.sender,
          async post(message) {
            const result = await slack.sender.post(message);
            if (thrown) return result;
            thrown = true;
            throw new TypeError('a bug after the call');
          },
        };
        await say(ANSWER);
        started(store, throwsOnce, clock);
        await clock.tick(60_000);

        expect(slack.said).toHaveLength(1);
        expect(await stateOf(store, 'i-1')).toBe('sent');
      });

      test('gives up after a day of trouble, and says that it did', async () => {
        const { clock, slack, store, say } = await setUp();
        slack.fail('post', ...Array.from({ length: 100 }, () => failed));
        await say(ANSWER);
        const runner = started(store, slack.sender, clock);
        await clock.tick(60_000);
        await stopNow(runner, clock);
        await clock.tick(23 * HOUR_MS); // no runner: only time passes
        const later = started(store, slack.sender, clock);
        await clock.tick(120_000);
        expect(await stateOf(store, 'i-1')).toBe('queued');

        await stopNow(later, clock);
        await clock.tick(HOUR_MS);
        started(store, slack.sender, clock);
        await clock.tick(120_000);
        expect(await undelivered(store)).toMatchObject([{ messageId: 'i-1', state: 'expired' }]);
      });
    });

    describe('after a restart', () => {
      test('sends what was stored and not sent', async () => {
        const { place, clock, slack, store, say } = await setUp();
        await say(ANSWER);
        await store.close();
        started(await opened(place, clock), slack.sender, clock);
        await clock.tick(2_000);

        expect(slack.said).toHaveLength(1);
      });

      test.each([0, 1, 50, 99, 100, 150])(
        'posts once when the process was killed %i ms after it began to send',
        async (killedAfterMs) => {
          const { place, clock, slack, store, say } = await setUp();
          slack.takes(100);
          await say(ANSWER);
          await say({ ...ANSWER, messageId: 'i-2' });
          started(store, slack.sender, clock);
          await clock.tick(killedAfterMs);
          await store.close();
          started(await opened(place, clock), slack.sender, clock);
          await clock.tick(60_000);

          expect(slack.said.map(({ messageId }) => messageId)).toEqual(['i-1', 'i-2']);
        },
      );

      test('still updates the message that the process before it posted', async () => {
        const { place, clock, slack, store, say } = await setUp();
        await say(ANSWER);
        started(store, slack.sender, clock);
        await clock.tick(2_000);
        await store.close();
        const next = await opened(place, clock);
        await changed(next, 'Slow query');
        started(next, slack.sender, clock);
        await clock.tick(2_000);

        expect(slack.said.map(({ message }) => message.text)).toEqual(['Slow query']);
      });

      test("does not take its own message for a dead process's when the machine has slept in the middle of a call", async () => {
        const { clock, slack, store, say } = await setUp();
        const call = Promise.withResolvers<void>();
        const slow: Sender = {
          ...slack.sender,
          async post(message) {
            await call.promise;
            return await slack.sender.post(message);
          },
        };
        await say(ANSWER);
        const runner = started(store, slow, clock);
        await clock.tick(0);
        await store.db
          .updateTable('outbox')
          .set({ lease_until_us: clock.nowUs() - 1 })
          .execute();
        runner.kick();
        await clock.tick(0);
        call.resolve();
        await clock.tick(60_000);

        expect(slack.calls.map(({ call }) => call)).toEqual(['post i-1']);
      });

      test('lets the process that took over decide, when one that hung comes back with a late answer', async () => {
        const { place, clock, slack, say } = await setUp();
        const hung = steppedClock(clock.nowUs()); // stands still: nothing renews the lease
        slack.takes(20_000);
        slack.fail('post', limited(1));
        await say(ANSWER);
        started(await opened(place, hung), slack.sender, hung);
        await hung.tick(0);
        started(await opened(place, clock), slack.sender, clock);
        await clock.tick(120_000);

        expect(slack.said).toHaveLength(1);
      });

      test('keeps the pace of a channel where two processes send from one store, and after a restart', async () => {
        const { place, clock, slack, store, say } = await setUp();
        for (let index = 0; index < 8; index++) await say({ ...ANSWER, messageId: `m-${index}` });
        const other = await opened(place, clock);
        const runners = [started(store, slack.sender, clock), started(other, slack.sender, clock)];
        await clock.tick(100);
        expect(slack.said).toHaveLength(3);
        await clock.tick(2_000);
        expect(slack.said).toHaveLength(5);

        for (const runner of runners) await stopNow(runner, clock);
        const restarted = started(await opened(place, clock), slack.sender, clock);
        await clock.tick(100);
        expect(slack.said).toHaveLength(7); // two seconds passed while they stopped
        await clock.tick(60_000);
        await restarted.idle();
        expect(slack.said).toHaveLength(8);
      });

      test('waits where Slack told another process to wait', async () => {
        const { place, clock, slack, store, say } = await setUp();
        const [one, two] = ['m-1', 'm-2'];
        await say({ ...ANSWER, messageId: one, channelId: 'C1' });
        await say({ ...ANSWER, messageId: two, channelId: 'C2' });
        const first = started(store, slack.sender, clock);
        await clock.tick(100);
        slack.fail('update', limited(30));
        await changed(store, 'first', one);
        first.kick();
        await clock.tick(100);
        await stopNow(first, clock);
        const calls = slack.calls.length;

        await changed(store, 'second', two);
        started(await opened(place, clock), slack.sender, clock);
        await clock.tick(20_000);
        expect(slack.calls).toHaveLength(calls);
        await clock.tick(20_000);
        expect(slack.said.map(({ message }) => message.text)).toEqual(['first', 'second']);
      });

      test('keeps the order where two processes send from one store', async () => {
        const { place, clock, slack, store, say } = await setUp();
        slack.takes(30);
        const wanted = Array.from({ length: 12 }, (_, index) => `m-${index}`);
        for (const messageId of wanted) await say({ ...ANSWER, messageId });
        const other = await opened(place, clock);
        started(store, slack.sender, clock);
        started(other, slack.sender, clock);
        await clock.tick(60_000);

        expect(slack.calls.map(({ call }) => call)).toEqual(wanted.map((messageId) => `post ${messageId}`));
        expect(slack.said.map(({ messageId }) => messageId)).toEqual(wanted);
      });
    });
  });
}
