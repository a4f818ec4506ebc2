/**
 * Every code that Slack documents × the methods that the bot calls: only what can never succeed is final. And what comes
 * in place of Slack's answer: a proxy's page, half an answer, another charset.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { slackClient } from '#adapters/slack/app.ts';
import { channelAccess } from '#adapters/slack/channel-access.ts';
import { incidentChannels } from '#adapters/slack/channels.ts';
import { peopleByEmail } from '#adapters/slack/people-by-email.ts';
import { slackReader } from '#adapters/slack/reader.ts';
import { slackSender } from '#adapters/slack/sender.ts';
import { userGroups } from '#adapters/slack/user-groups.ts';
import { systemClock } from '#core/clock.ts';
import { SpanhoundError } from '#core/errors.ts';
import { silentLog } from '#core/log.ts';
import { openModal } from '#listeners/views/open-modal.ts';
import type { FindResult, SendResult } from '#record/outbox.ts';
import { BOT_TOKEN, openSlackSide, type SlackSide } from '#test/slack-side.ts';
import documented from '../../fixtures/slack/error-codes.json' with { type: 'json' };

/**
 * `final`: never again. `unreachable`: final, too, and the person who asked is told how to reach them. `passing`: surely
 * not done, and tried again. `unauthorized`: the workspace waits for a token. `ambiguous`: perhaps done. `done`: Slack
 * did it before, or its refusal is said in another way.
 */
type Fate = 'final' | 'unreachable' | 'passing' | 'unauthorized' | 'ambiguous' | 'done';
type Codes = Readonly<Record<string, Fate>>;

/** What one caller distinguishes. */
const EXACT = {};
const AS_SEARCH = { unreachable: 'final', ambiguous: 'passing' };
const AS_QUESTION = { ...AS_SEARCH, unauthorized: 'passing' };

const FATES: Readonly<Record<SendResult['kind'] | FindResult['kind'], Fate>> = {
  sent: 'done',
  found: 'done',
  absent: 'done',
  limited: 'passing',
  failed: 'passing',
  objected: 'passing',
  unauthorized: 'unauthorized',
  ambiguous: 'ambiguous',
  unreachable: 'unreachable',
  refused: 'final',
  unreadable: 'final',
};

let slack: SlackSide;
let message: Readonly<{ ts: string }>;
beforeAll(async () => {
  slack = await openSlackSide();
  message = await slack.post('an alert');
});
afterAll(() => slack.close());

const place = () => ({ workspaceId: slack.team, channelId: slack.channel });
const parts = () => ({ client: clientTo(slack.proxy.apiUrl), log: silentLog });

function clientTo(apiUrl: string) {
  return slackClient({ botToken: BOT_TOKEN, apiUrl, transport: { kind: 'socket', appToken: '' } }, silentLog);
}

function callsTo(apiUrl = slack.proxy.apiUrl) {
  const clock = { ...systemClock, sleep: async () => undefined };
  const sender = slackSender({ client: clientTo(apiUrl), fetch: globalThis.fetch, clock, log: silentLog });
  const { ts } = message;
  const find = (threadTs: string | undefined) => async () =>
    await sender.find({ ...place(), messageId: 'm1', threadTs, sinceUs: 0 });
  const file = { attachmentId: 'a1', name: 'a.md', title: 'A', content: new Uint8Array([1]) };
  return {
    'chat.postMessage': () => sender.post({ ...place(), messageId: 'm1', threadTs: undefined, message: { text: 'x' } }),
    'chat.update': () => sender.update({ ...place(), messageId: 'm1', ts, message: { text: 'x' } }),
    'pins.add': () => sender.pin({ ...place(), ts }),
    'files.getUploadURLExternal': () => sender.attach({ ...place(), ...file, threadTs: ts }),
    'files.completeUploadExternal': () => sender.attach({ ...place(), ...file, threadTs: ts }),
    'conversations.history': find(undefined),
    'conversations.replies': find(ts),
  };
}

const results = (method: keyof ReturnType<typeof callsTo>) => async () => FATES[(await callsTo()[method]()).kind];

const channels = () => incidentChannels(parts());
const word = async (said: Promise<string>): Promise<Fate> => ((await said) === '' ? 'done' : 'final');

/** Whether Slack said no, or nothing. */
async function permitted(ask: (access: ReturnType<typeof channelAccess>) => Promise<boolean | undefined>) {
  const access = channelAccess({
    ...parts(),
    answerSeconds: 5,
    workspace: async () => slack.team,
    guestsLookIn: [],
    clock: systemClock,
  });
  if ((await ask(access)) !== undefined) return 'final';
  return access.refusedToken() === undefined ? 'passing' : 'unauthorized';
}

async function groupFate(): Promise<Fate> {
  const workspace = async () => slack.team;
  const group = await userGroups({ ...parts(), answerSeconds: 5, workspace, clock: systemClock })('S0SRE');
  return group.kind === 'unknown' && group.reason.includes('Please try again') ? 'passing' : 'final';
}

async function seen(): Promise<Fate> {
  const reader = slackReader({ ...parts(), answerSeconds: 5, clock: systemClock });
  await reader.message({ channelId: slack.channel, ts: message.ts }, 'pushpin');
  return 'final';
}

type Caller = Readonly<{ ask(): Promise<Fate>; distinguishes: Partial<Record<Fate, string>> }>;

const CALLERS: Readonly<Record<string, Caller>> = {
  'chat.postMessage': { ask: results('chat.postMessage'), distinguishes: EXACT },
  'chat.update': { ask: results('chat.update'), distinguishes: EXACT },
  'pins.add': { ask: results('pins.add'), distinguishes: EXACT },
  // Nothing is shown before the last step.
  'files.getUploadURLExternal': {
    ask: results('files.getUploadURLExternal'),
    distinguishes: { ambiguous: 'passing' },
  },
  'files.completeUploadExternal': { ask: results('files.completeUploadExternal'), distinguishes: EXACT },
  'conversations.history': { ask: results('conversations.history'), distinguishes: AS_SEARCH },
  'conversations.replies': { ask: results('conversations.replies'), distinguishes: AS_SEARCH },
  'reactions.get': { ask: seen, distinguishes: AS_QUESTION },
  'pins.list': { ask: seen, distinguishes: AS_QUESTION },
  'conversations.create': {
    ask: async () => {
      const { kind } = await channels().create({ name: 'inc-1', isPrivate: false });
      return kind === 'created' ? 'done' : 'final';
    },
    distinguishes: AS_QUESTION,
  },
  'conversations.setTopic': { ask: () => word(channels().setTopic('C1', 'a topic')), distinguishes: AS_QUESTION },
  'conversations.invite': { ask: () => word(channels().invite('C1', 'U1')), distinguishes: AS_QUESTION },
  'conversations.archive': { ask: () => word(channels().archive('C1')), distinguishes: AS_QUESTION },
  'users.info': {
    ask: () => permitted((access) => access.isMember({ userId: slack.person, workspaceId: slack.team })),
    distinguishes: { ambiguous: 'passing' },
  },
  'conversations.info': {
    ask: () => permitted((access) => access.isForAll(slack.channel)),
    distinguishes: { ambiguous: 'passing' },
  },
  'conversations.members': {
    ask: async () => {
      const wanted = await secretChannel();
      const asking = { userId: slack.person, workspaceId: slack.team, channelId: slack.channel };
      return await permitted((access) => access.mayRead(asking, wanted));
    },
    distinguishes: { ambiguous: 'passing' },
  },
  'usergroups.list': { ask: groupFate, distinguishes: AS_QUESTION },
  'usergroups.users.list': { ask: groupFate, distinguishes: AS_QUESTION },
  'users.lookupByEmail': {
    ask: async () => {
      const found = await peopleByEmail(parts())('kim@acme.example');
      return found.kind === 'nobody' || JSON.stringify(found).includes('lacks the scope') ? 'final' : 'passing';
    },
    distinguishes: AS_QUESTION,
  },
};

let secret: string | undefined;
async function secretChannel(): Promise<string> {
  secret ??= await slack.newChannel('secret', true);
  return secret;
}

const codesOf = (own: object): Codes => ({ ...documented.common, ...own }) as Codes;

const { 'views.open': ofForms, ...asked } = documented.methods;

test('every method is called here, and no other', () => {
  expect(Object.keys(CALLERS)).toEqual(Object.keys(asked));
});

test.each(Object.entries(asked))('%s: each documented code has its fate', async (method, own) => {
  const { ask, distinguishes } = CALLERS[method] as Caller;
  slack.proxy.userGroups.set({ id: 'S0SRE', handle: 'sre', users: [] });
  const fates: Record<string, string> = {};
  for (const error of Object.keys(codesOf(own))) {
    slack.proxy.chaos((called) => (called === method ? { kind: 'refused', error } : undefined));
    fates[error] = await ask().catch(() => 'passing');
  }
  slack.proxy.chaos(() => undefined);
  const wanted = Object.entries(codesOf(own)).map(([code, fate]) => [code, distinguishes[fate] ?? fate]);
  expect(fates).toEqual(Object.fromEntries(wanted));
});

test.each(Object.keys(codesOf(ofForms)))('a form that Slack refuses with %s: the person reads why', async (error) => {
  const refused = Object.assign(new Error(error), { data: { ok: false, error } });
  const client = { views: { open: () => Promise.reject(refused) } };
  const opened = openModal(
    { ack: async () => undefined, client, body: { trigger_id: 't' } },
    {
      type: 'modal',
      title: { type: 'plain_text', text: 'A form' },
      blocks: [],
    },
  );
  const failure = await opened.catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(SpanhoundError);
  const reads = error === 'expired_trigger_id' ? 'it took too long. Try again' : `(${error})`;
  expect((failure as SpanhoundError).advice).toContain(reads);
});

const JSON_TYPE = 'application/json; charset=utf-8';
const OK = '{"ok":true,"ts":"1.1","messages":[]}';

/** Nobody can tell from it whether Slack did its part. */
const NO_ANSWERS: readonly (readonly [what: string, status: number, type: string, body: string | Buffer])[] = [
  ['a page of a proxy', 200, 'text/html', '<html>Please log in</html>'],
  ['a page that calls itself JSON', 200, JSON_TYPE, '<html>Please log in</html>'],
  ['nothing', 200, JSON_TYPE, ''],
  ['JSON that was cut', 200, JSON_TYPE, OK.slice(0, 12)],
  ['JSON in UTF-16', 200, 'application/json; charset=utf-16', Buffer.from(OK, 'utf16le')],
  ['JSON and a page', 200, JSON_TYPE, `${OK}<html>`],
  ['a list', 200, JSON_TYPE, '[{"ok":true}]'],
  ['text', 200, 'text/plain', 'ok'],
  ['text that is a final code', 200, 'text/plain', 'no_text'],
  ['another status with a final code', 403, JSON_TYPE, '{"ok":false,"error":"no_text"}'],
  ...[400, 401, 403, 404, 407, 413, 451, 500, 502, 503, 504].map(
    (status) => [`${status}`, status, 'text/html', '<html>Sorry</html>'] as const,
  ),
];

describe.each(NO_ANSWERS)('%s in place of an answer', (_, status, type, body) => {
  test('is ambiguous for what is shown, and passing for what is asked or shows nothing yet', async () => {
    const calls = callsTo(await answering({ status, headers: { 'content-type': type }, body }));
    const fates: Record<string, Fate> = {};
    for (const [method, call] of Object.entries(calls)) fates[method] = FATES[(await call()).kind];
    expect(fates).toEqual({
      'chat.postMessage': 'ambiguous',
      'chat.update': 'ambiguous',
      'pins.add': 'ambiguous',
      // The first of its steps fails: nothing is shared.
      'files.getUploadURLExternal': 'passing',
      'files.completeUploadExternal': 'passing',
      'conversations.history': 'passing',
      'conversations.replies': 'passing',
    });
  });
});

test.each([
  ['an encoding that it has not', { status: 200, headers: { 'content-encoding': 'gzip' }, body: OK }],
  ['an answer that is shorter than it says', { status: 200, headers: { 'content-length': '999' }, body: OK }],
  ['a redirection to a page', { status: 302, headers: { location: '/login' }, body: '' }],
])('%s is ambiguous', async (_, answer) => {
  const calls = callsTo(await answering(answer));
  expect((await calls['chat.postMessage']()).kind).toBe('ambiguous');
});

test.each([
  ['a mark of its byte order', Buffer.from(`\uFEFF${OK}`)],
  ['a name in Latin-1', Buffer.from('{"ok":true,"ts":"1.1","name":"Zo\xE9"}', 'latin1')],
])('an answer with %s is Slack’s', async (_, body) => {
  const calls = callsTo(await answering({ status: 200, headers: { 'content-type': JSON_TYPE }, body }));
  expect(await calls['chat.postMessage']()).toEqual({ kind: 'sent', ts: '1.1' });
});

type Given = Readonly<{ status: number; headers: Record<string, string>; body: string | Buffer }>;

/** Somebody between us and Slack who answers everything in one way, and everything behind `/login` with a page. */
async function answering({ status, headers, body }: Given): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/login') return void response.writeHead(200).end('<html>Please log in</html>');
    response.writeHead(status, headers);
    if (headers['content-length'] === undefined) return void response.end(body);
    response.write(body, () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
}
