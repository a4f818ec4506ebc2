/**
 * Every kind of answer that Slack, a proxy or the network may give × every call of the outbox beside posts: what may pass
 * is tried again and has its effect once, only what is on the list is final, and a refused token holds the workspace.
 */
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { slackClient } from '#adapters/slack/app.ts';
import { slackSender } from '#adapters/slack/sender.ts';
import { silentLog } from '#core/log.ts';
import { attach, deliveryOf, pin, post, update } from '#record/outbox.ts';
import { runOutbox } from '#record/outbox-runner.ts';
import type { Runner } from '#record/runner.ts';
import type { Store, Tx } from '#record/store.ts';
import { eventually } from '#test/eventually.ts';
import { inGate, inTurn } from '#test/in-gate.ts';
import type { CallFault } from '#test/slack-proxy.ts';
import { BOT_TOKEN, openSlackSide, type SlackSide } from '#test/slack-side.ts';
import { type SteppedClock, steppedClock, stopNow } from '#test/stepped-clock.ts';
import { opened, sqlitePlace } from '#test/temp-store.ts';

const HOUR_MS = 3_600_000;
/** Below the shortest pause while a token is refused. */
const SOON_MS = 1_000;
/** The client’s limit of one call: longer than a slow machine takes. */
const CALL_TIMEOUT_MS = 100_000;
/** The same where Slack is silent. If a slow machine exceeds it, the outbox only tries once more. */
const SILENCE_MS = 1_000;

let slack: SlackSide;
let clock: SteppedClock;
let store: Store;
let elsewhere: string;

beforeEach(async () => {
  slack = await openSlackSide();
  elsewhere = await slack.newChannel('elsewhere', false);
  clock = steppedClock(Date.now() * 1_000);
  store = await opened(sqlitePlace(), clock);
  runner = started(CALL_TIMEOUT_MS);
  onTestFinished(() => stopNow(runner, clock));
});
afterEach(() => slack.close());

let runner: Runner;

function started(callTimeoutMs: number): Runner {
  const transport = { kind: 'socket', appToken: '' } as const;
  const settings = { botToken: BOT_TOKEN, apiUrl: slack.proxy.apiUrl, transport, callTimeoutMs };
  const client = slackClient(settings, silentLog);
  const sender = slackSender({ client, fetch: globalThis.fetch, clock, log: silentLog });
  return runOutbox({ store, sender, log: silentLog });
}

async function fails(method: string, fault: CallFault): Promise<void> {
  slack.proxy.fail(method, fault, 1);
  if (fault.kind !== 'hangs') return;
  await stopNow(runner, clock);
  runner = started(SILENCE_MS);
}

async function stored(write: (tx: Tx) => Promise<void>): Promise<void> {
  await store.transaction(write);
  runner.kick();
}

/** Looks until it is so, while the time of the outbox goes on. */
function until<T>(look: () => Promise<T | undefined> | T | undefined, turnMs = 2_000): Promise<T> {
  return eventually(async () => {
    await clock.tick(turnMs);
    return await look();
  });
}

const queued = async () => await store.db.selectFrom('outbox').selectAll().execute();
const isSettled = async () => ((await queued()).length === 0 ? true : undefined);

/** A call of the outbox: its row, and how often its effect stands in Slack. */
type Call = Readonly<{
  methods: readonly string[];
  write(tx: Tx): Promise<void>;
  effects(): Promise<number>;
  /** The row of the message that shows its fate; an update has none of its own. */
  id?: string;
  /** What Slack refuses for good. */
  final: readonly string[];
}>;

const PLACE = () => ({ workspaceId: slack.team, channelId: slack.channel });
const FILE = { attachmentId: 'f-1', threadOf: 'i-1', name: 'trace.md', title: 'Diagnosis' };

const CALLS: Readonly<Record<string, Call>> = {
  update: {
    methods: ['chat.update'],
    write: (tx) => update(tx, { messageId: 'i-1', message: { text: 'the verdict' } }),
    effects: async () => (await slack.messages()).filter(({ text }) => text === 'the verdict').length,
    final: ['message_not_found', 'cant_update_message', 'edit_window_closed', 'msg_too_long', 'channel_not_found'],
  },
  pin: {
    methods: ['pins.add'],
    write: (tx) => pin(tx, { ...PLACE(), pinId: 'i-1/pin', pinned: 'i-1' }),
    effects: async () => ((await slack.call('pins.list', { channel: slack.channel })).items as object[]).length,
    id: 'i-1/pin',
    final: ['message_not_found', 'not_pinnable', 'too_many_pins', 'missing_scope', 'channel_not_found'],
  },
  file: {
    methods: ['files.getUploadURLExternal', 'files.completeUploadExternal'],
    write: (tx) => attach(tx, { ...PLACE(), ...FILE, content: new TextEncoder().encode('# Verdict') }),
    effects: async () => {
      const [root] = await slack.messages();
      const files = (await slack.thread(root?.ts ?? '')).flatMap((message) => message.files ?? []);
      return files.filter(({ name }) => name === FILE.name).length;
    },
    id: 'f-1',
    final: ['blocked_file_type', 'file_not_found', 'thread_not_found', 'channel_not_found'],
  },
};

/** What may pass, and whether Slack did its part all the same. */
const PASSING: readonly (readonly [what: string, fault: CallFault])[] = [
  // One code of each kind: `sender.test.ts` has the lists.
  ...['service_unavailable', 'internal_error', 'a_code_of_next_year', 'ratelimited'].map(refusedAs),
  ['a code that is the page of a proxy', { kind: 'refused', error: '<html>Blocked</html>' }],
  ['an empty code', { kind: 'refused', error: '' }],
  ['429 with a pause', { kind: 'limited', seconds: 7 }],
  ['the page of a proxy', { kind: 'garbled', body: '<html>Please log in</html>' }],
  ['JSON that was cut', { kind: 'garbled', body: '{"ok":true,"channel":"C1","ts":"17' }],
  ['an empty answer', { kind: 'garbled', body: '' }],
  ['a plain word that is also a final code', { kind: 'garbled', body: 'message_not_found' }],
  ['an answer that is lost', { kind: 'lost' }],
  ['silence', { kind: 'hangs' }],
];

const UNAUTHORIZED = ['invalid_auth', 'token_expired', 'accesslimited'];

function refusedAs(error: string): readonly [string, CallFault] {
  return [error, { kind: 'refused', error }];
}

const cases = Object.entries(CALLS).flatMap(([name, call]) =>
  call.methods.map((method) => [`${name}: ${method}`, call, method] as const),
);

/** One sender reads all answers. In the gate a method meets half of them, the next one the other half. */
const HALVES = [0, 1].map((half) => PASSING.filter((_, answer) => answer % 2 === half));

describe.each(cases.map((one, at) => [...one, at] as const))('%s', (_, { write, effects, id, final }, method, at) => {
  beforeEach(async () => {
    await stored((tx) => post(tx, { ...PLACE(), messageId: 'i-1', message: { text: 'Looking into it' } }));
    await until(isSettled);
  });

  const fate = async () => (id === undefined ? undefined : (await deliveryOf(store, id))?.state);

  const answers = inTurn(HALVES, at);
  const EFFECT = 'answered with %s has its effect in the end, once';
  test.each(answers.gate.flat())(EFFECT, (_, fault) => hasItsEffect(fault));
  test.each(answers.deep.flat())(EFFECT, { tags: ['deep'] }, (_, fault) => hasItsEffect(fault));

  async function hasItsEffect(fault: CallFault): Promise<void> {
    await fails(method, fault);
    await stored(write);
    await until(isSettled);
    expect(await effects()).toBe(1);
    expect(await fate()).toBe(id && 'sent');
    expect(slack.proxy.calls.find((call) => call.method === method)?.answer).toBe(
      fault.kind === 'refused' ? 'refused' : fault.kind === 'limited' ? 'ratelimited' : fault.kind,
    );
  }

  async function isNotTriedAgain(error: string): Promise<void> {
    slack.proxy.refuse(method, error, 100);
    await stored(write);
    await until(isSettled);
    await clock.tick(HOUR_MS);
    expect(slack.proxy.callsOf(method)).toHaveLength(1);
    expect(await effects()).toBe(0);
    expect(await fate()).toBe(id && (error === 'channel_not_found' ? 'unreachable' : 'refused'));
  }

  const { gate, deep } = inGate(final, 5);
  test.each(gate)('refused with %s is not tried again', isNotTriedAgain);
  test.each(deep)('refused with %s is not tried again', { tags: ['deep'] }, isNotTriedAgain);

  const unauthorized = inTurn(UNAUTHORIZED, at);
  const HOLDS = 'refused with %s holds the workspace, and nothing is lost';
  test.each(unauthorized.gate)(HOLDS, holdsTheWorkspace);
  test.each(unauthorized.deep)(HOLDS, { tags: ['deep'] }, holdsTheWorkspace);

  async function holdsTheWorkspace(error: string): Promise<void> {
    slack.proxy.refuse(method, error);
    await stored(write);
    await until(async () => (await queued()).some(({ state, attempts }) => state === 'queued' && attempts > 0), 10);
    const other = { workspaceId: slack.team, channelId: elsewhere, messageId: 'i-2', message: { text: 'elsewhere' } };
    await stored((tx) => post(tx, other));
    await clock.tick(SOON_MS);
    await setTimeout(20); // a call would be there by now
    expect(slack.proxy.callsOf('chat.postMessage').map(({ args }) => args.text)).toEqual(['Looking into it']);

    await until(isSettled);
    expect(await effects()).toBe(1);
    expect(await fate()).toBe(id && 'sent');
    expect((await slack.messages(elsewhere)).map(({ text }) => text)).toEqual(['elsewhere']);
  }
});

/** A message does not wait for its picture, except where Slack asks for a pause. */
describe.each(['files.getUploadURLExternal', 'files.completeUploadExternal'])('a picture: %s', (method) => {
  const SECTION = { type: 'section', text: { type: 'plain_text', text: 'why' } };
  const picture = { png: new Uint8Array([1, 2, 3]), at: 0, alt: 'a waterfall', title: 'The trace' };
  const message = { text: 'the verdict', blocks: [SECTION], picture };

  async function costsThePicture(fault: CallFault): Promise<void> {
    await fails(method, fault);
    await stored((tx) => post(tx, { ...PLACE(), messageId: 'i-1', message }));
    await until(isSettled);
    const [said, ...more] = await slack.messages();
    expect([said?.text, more.length]).toEqual(['the verdict', 0]);
    const first = fault.kind === 'limited' ? 'image' : 'context';
    expect(said?.blocks?.map(({ type }) => type)).toEqual([first, 'section']);
  }

  const { gate, deep } = inGate([...PASSING, ...UNAUTHORIZED.map(refusedAs), refusedAs('missing_scope')], 5);
  const COSTS = 'answered with %s costs at most the picture: its message is posted once';
  test.each(gate)(COSTS, (_, fault) => costsThePicture(fault));
  test.each(deep)(COSTS, { tags: ['deep'] }, (_, fault) => costsThePicture(fault));
});
