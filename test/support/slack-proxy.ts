/**
 * Stands between the bot and `emulate`, and adds what the emulator lacks of the real Slack: Block Kit's limits, membership,
 * missing scopes, 429, lost answers, an outage, metadata only for who asks for it, files that take a moment, replies
 * that stand in the channel, too, `response_url` with its five uses, Socket Mode.
 *
 *   bot ──► proxy ──► emulate
 *            │ a fault happens before (429, refused, outage) or after (lost answer) the emulator did its part
 *
 *   SLACK_DELAY_MS=250    Slack takes so long before it does its part: finds the test that looks before it is done
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { KnownBlock, ModalView } from '@slack/types';
import { blockProblems } from '#present/slack/block-limits.ts';
import { eventually } from '#test/eventually.ts';
import { isDualUpdate, slackBroadcasts } from '#test/slack-broadcasts.ts';
import { slackSharedFiles } from '#test/slack-shared-files.ts';
import { serveSocketMode } from '#test/slack-socket.ts';
import { slackUserGroups } from '#test/slack-user-groups.ts';

export type SlackCall = Readonly<{
  method: string;
  args: Readonly<Record<string, string>>;
  answer: string;
  /** Slack did it, whatever its caller was answered. */
  done: boolean;
}>;
export type OpenedForm = ModalView & Readonly<{ callback_id: string; private_metadata: string }>;

export type SlackResponse = Readonly<{ urlId: string; body: Readonly<Record<string, unknown>> }>;

/** What goes wrong with one call: before Slack does its part (limited, refused), or after it (the others). */
export type CallFault =
  | Readonly<{ kind: 'limited'; seconds: number }>
  | Readonly<{ kind: 'refused'; error: string }>
  | Readonly<{ kind: 'lost' }>
  | Readonly<{ kind: 'hangs' }>
  | Readonly<{ kind: 'garbled'; body: string }>;

type Fault = { method: string; left: number; fault: CallFault };

type Answer = { ok: boolean } & Record<string, unknown>;

/** What Slack says of each person, and the emulator of none. */
const TEAM = 'T000000001';
const FULL_MEMBER = { is_bot: false, deleted: false, is_restricted: false, is_ultra_restricted: false };

const DELAY_MS = wholeNumber('SLACK_DELAY_MS');
/** Slack: five uses within thirty minutes. */
const RESPONSE_URL_USES = 5;
/** Slack: a longer text in chat.update is refused. */
const UPDATE_TEXT_LIMIT = 4_000;
const NEEDS_MEMBERSHIP = new Set(['chat.postMessage', 'conversations.history', 'conversations.replies']);
/** What the emulator lacks. It lists only what its caller may read. */
const EMULATED_AS: Readonly<Record<string, string>> = { 'users.conversations': 'conversations.list' };
const HAS_BLOCKS = new Set(['chat.postMessage', 'chat.update', 'chat.postEphemeral']);

/** `authorization`: what the emulator is shown for what the bot showed. */
export async function openSlackProxy(emulatorUrl: string, authorization: (given?: string) => string) {
  const calls: SlackCall[] = [];
  const responses: SlackResponse[] = [];
  const uploads = new Map<string, Buffer>();
  const filesReady = new Map<string, number>();
  const faults: Fault[] = [];
  const outsideOf = new Set<string>();
  const scopesMissing = new Map<string, string>();
  const uses = new Map<string, number>();
  /** What the emulator does not know of its own people. */
  const amendments = new Map<string, Readonly<Record<string, unknown>>>();
  const people = new Map<string, object>();
  const addresses = new Map<string, string>();
  const memberships = new Map<string, readonly string[]>();
  const shared = new Set<string>();
  const changed = new Map<string, Readonly<Record<string, unknown>>>();
  /** Who wrote a message, by its `ts`. The emulator takes everything for the bot's own. */
  const authors = new Map<string, string>();
  const broadcasts = slackBroadcasts();
  const userGroups = slackUserGroups(TEAM);
  const sharedFiles = slackSharedFiles();
  /** Unused ones. The emulator's own live for three seconds, which a slow machine needs for itself. */
  const triggers = new Set<string>();
  /** Those whose form has not been opened yet. */
  const awaited = new Set<string>();
  const state = { down: false, fileDelayCalls: 0, chaos: noFault };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = serveSocketMode(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request);
    if (state.down) return void request.socket.destroy();
    const path = new URL(request.url ?? '/', url).pathname;
    if (path.startsWith('/response/')) return respondUrl(path.slice('/response/'.length), body, response);
    if (path.startsWith('/files-pri/')) return sharedFiles.download(path, request.headers.authorization, response);
    if (path.startsWith('/upload/')) return upload(path, body, request, response);
    if (path.startsWith('/api/')) return api(path.slice('/api/'.length), body, request, response);
    response.statusCode = 404;
    response.end();
  }

  async function api(method: string, body: Buffer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const args = argumentsOf(body, request.headers['content-type'] ?? '');
    if (DELAY_MS > 0) await wait(DELAY_MS);
    const fault = takeFault(method) ?? state.chaos(method, args);
    if (fault?.kind === 'limited') {
      calls.push({ method, args, answer: 'ratelimited', done: false });
      return void response.writeHead(429, { 'retry-after': String(fault.seconds) }).end();
    }
    const refusal = fault?.kind === 'refused' ? { ok: false, error: fault.error } : refusalOf(method, args);
    const answer = refusal ?? (await answerTo(method, args, request));
    const said = 'error' in answer ? String(answer.error) : 'ok';
    calls.push({ method, args, answer: fault?.kind ?? said, done: answer.ok });
    awaited.delete(args.trigger_id ?? '');
    // The message is there, and its sender does not learn of it: never, or not before it is gone itself.
    switch (fault?.kind) {
      case 'lost':
        return void request.socket.destroy();
      case 'hangs':
        return;
      case 'garbled':
        return void response.end(fault.body);
      default:
        return json(response, answer);
    }
  }

  function refusalOf(method: string, args: Readonly<Record<string, string>>) {
    const needed = scopesMissing.get(method);
    if (needed !== undefined) return { ok: false, error: 'missing_scope', needed, provided: 'commands,chat:write' };
    if (NEEDS_MEMBERSHIP.has(method) && outsideOf.has(args.channel ?? '')) {
      return { ok: false, error: 'not_in_channel' };
    }
    if (method === 'chat.update' && (args.text ?? '').length > UPDATE_TEXT_LIMIT) {
      return { ok: false, error: 'msg_too_long' };
    }
    return contentRefusal(method, args);
  }

  function contentRefusal(method: string, args: Readonly<Record<string, string>>) {
    if (isDualUpdate(method, args)) return { ok: false, error: 'no_dual_broadcast_content_update' };
    if (!HAS_BLOCKS.has(method) || args.blocks === undefined) return undefined;
    const problems = problemsOf(JSON.parse(args.blocks) as KnownBlock[]);
    return problems.length === 0
      ? undefined
      : { ok: false, error: 'invalid_blocks', response_metadata: { messages: problems } };
  }

  /** Block Kit's own limits, and that a picture's file is there and ready. */
  function problemsOf(blocks: readonly KnownBlock[]): readonly string[] {
    return [...blockProblems(blocks), ...blocks.flatMap(fileProblem)];
  }

  function fileProblem(block: KnownBlock): string[] {
    if (block.type !== 'image' || !('slack_file' in block)) return [];
    const id = block.slack_file !== undefined && 'id' in block.slack_file ? (block.slack_file.id ?? '') : '';
    const callsLeft = filesReady.get(id);
    if (callsLeft === undefined) return [`invalid slack file ${id}`];
    if (callsLeft === 0) return [];
    filesReady.set(id, callsLeft - 1);
    return [`invalid slack file ${id}: not ready`];
  }

  async function answerTo(method: string, args: Readonly<Record<string, string>>, request: IncomingMessage) {
    const own = ownAnswer(method, args);
    if (own !== undefined) return own;
    const members = method === 'conversations.members' ? memberships.get(args.channel ?? '') : undefined;
    if (members !== undefined) return pageOf(members, args);
    if (triggers.delete(args.trigger_id ?? '')) {
      const fresh = await forward('views.generateTriggerId', {}, request);
      return forward(method, { ...args, trigger_id: String(fresh.trigger_id) }, request);
    }
    return forward(method, args, request);
  }

  function ownAnswer(method: string, args: Readonly<Record<string, string>>): Answer | undefined {
    const { user = '', users = '', channel = '', email } = args;
    if (method === 'users.lookupByEmail') return ofAddress(email);
    if (method === 'apps.connections.open') return { ok: true, url: `${url.replace('http', 'ws')}/socket` };
    if (method === 'conversations.invite' && people.has(users)) return { ok: true, channel: { id: channel } };
    const person = method === 'users.info' ? people.get(user) : undefined;
    if (person) return { ok: true, user: person };
    return userGroups.answer(method, args) ?? sharedFiles.answer(method, args, url);
  }

  function ofAddress(email = ''): Answer {
    const id = addresses.get(email);
    return id === undefined ? { ok: false, error: 'users_not_found' } : { ok: true, user: { id } };
  }

  async function forward(method: string, args: Readonly<Record<string, string>>, request: IncomingMessage) {
    const answer = await emulated(method, args, request);
    await broadcasts.shown(method, args, answer, (other, its) => emulated(other, its, request));
    return amended(method, args, answer);
  }

  async function emulated(method: string, args: Readonly<Record<string, string>>, request: IncomingMessage) {
    const answered = await fetch(`${emulatorUrl}/api/${EMULATED_AS[method] ?? method}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: authorization(request.headers.authorization ?? ''),
      },
      // The emulator reads the alternative text under another name than Slack documents.
      body: new URLSearchParams(args.alt_txt === undefined ? args : { ...args, alt_text: args.alt_txt }),
    });
    const answer = (await answered.json()) as Answer;
    if (typeof answer.ok !== 'boolean') throw new Error(`the emulator failed: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** What the emulator leaves out of its answers. */
  const amendedBy: Readonly<Record<string, (args: Readonly<Record<string, string>>, answer: Answer) => void>> = {
    'conversations.info': ({ channel = '' }, answer) => noteSharing(channel, answer),
    'users.info': ({ user = '' }, answer) => nameMember(user, answer),
    'users.list': ({ cursor }, answer) => listPeople(cursor === undefined, answer),
    'files.completeUploadExternal': ({ files = '[]' }, { ok }) => {
      if (ok) noteFiles(files);
    },
    'reactions.get': ({ timestamp = '' }, { message }) =>
      void Object.assign(message ?? {}, { files: sharedFiles.of(timestamp, url) }),
  };

  function amended(method: string, args: Readonly<Record<string, string>>, answer: Answer): Answer {
    if (typeof answer.upload_url === 'string') answer.upload_url = url + new URL(answer.upload_url).pathname;
    amendedBy[method]?.(args, answer);
    if (args.include_all_metadata !== 'true') dropMetadata(answer);
    nameAuthors(answer, authors);
    return answer;
  }

  function nameMember(user: string, answer: Answer): void {
    if (answer.user !== undefined)
      answer.user = { ...FULL_MEMBER, ...(answer.user as object), ...amendments.get(user) };
  }

  /** The people of the emulator, and on the first page those of `person`. */
  function listPeople(isFirst: boolean, answer: Answer): void {
    const known = ((answer.members ?? []) as { id: string }[]).filter(({ id }) => !people.has(id));
    const members = known.map((one) => ({ ...FULL_MEMBER, ...one, ...amendments.get(one.id) }));
    answer.members = [...members, ...(isFirst ? people.values() : [])];
  }

  function noteSharing(channel: string, answer: Answer): void {
    Object.assign(answer.channel ?? {}, { is_ext_shared: shared.has(channel), ...changed.get(channel) });
  }

  function noteFiles(files: string): void {
    for (const { id } of JSON.parse(files) as { id: string }[]) filesReady.set(id, state.fileDelayCalls);
  }

  async function upload(path: string, body: Buffer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answered = await fetch(emulatorUrl + path, {
      method: 'POST',
      headers: {
        'content-type': request.headers['content-type'] ?? 'application/octet-stream',
        authorization: authorization(),
      },
      body: new Uint8Array(body),
    });
    uploads.set(path.slice(path.lastIndexOf('/') + 1), body);
    response.statusCode = answered.status;
    response.end(await answered.text());
  }

  function respondUrl(urlId: string, body: Buffer, response: ServerResponse): void {
    const used = (uses.get(urlId) ?? 0) + 1;
    uses.set(urlId, used);
    if (used > RESPONSE_URL_USES) {
      response.statusCode = 404;
      return void response.end('{"ok":false,"error":"used_url"}');
    }
    const said = JSON.parse(body.toString('utf8')) as Readonly<{ blocks?: readonly KnownBlock[] }>;
    if ((said.blocks ?? []).flatMap(fileProblem).length > 0) {
      response.statusCode = 400;
      return void response.end('invalid_blocks');
    }
    responses.push({ urlId, body: said as Record<string, unknown> });
    response.end('ok');
  }

  function takeFault(method: string): CallFault | undefined {
    const fault = faults.find((candidate) => candidate.method === method && candidate.left > 0);
    if (fault !== undefined) fault.left -= 1;
    return fault?.fault;
  }

  function fail(method: string, fault: CallFault, left: number): void {
    faults.push({ method, fault, left });
  }

  return {
    url,
    socket,
    broadcasts,
    apiUrl: `${url}/api/`,
    calls: calls as readonly SlackCall[],
    /** What came to a `response_url`, in order. */
    responses: responses as readonly SlackResponse[],
    /** Bytes by file id. */
    uploads: uploads as ReadonlyMap<string, Buffer>,
    callsOf: (method: string) => calls.filter((call) => call.method === method),
    /** The form that the bot opened for the last trigger: it acknowledges a request before it opens the form. */
    openedForm: async (): Promise<OpenedForm> =>
      await eventually(() => {
        const opened = awaited.size === 0 ? calls.findLast(({ method }) => method === 'views.open') : undefined;
        if (opened !== undefined && opened.answer !== 'ok') throw new Error(`views.open: ${opened.answer}`);
        return opened && JSON.parse(opened.args.view ?? '{}');
      }),
    fail,
    limit: (method: string, seconds: number, times = 1) => fail(method, { kind: 'limited', seconds }, times),
    lose: (method: string, times = 1) => fail(method, { kind: 'lost' }, times),
    /** Does its part and never answers. */
    hang: (method: string, times = 1) => fail(method, { kind: 'hangs' }, times),
    refuse: (method: string, error: string, times = 1) => fail(method, { kind: 'refused', error }, times),
    /** What goes wrong with each call from now on, as chance or the call wants it. */
    chaos: (pick: typeof noFault) => {
      state.chaos = pick;
    },
    /** The bot was not invited there. */
    notInChannel: (channel: string) => void outsideOf.add(channel),
    invited: (channel: string) => void outsideOf.delete(channel),
    missScope: (method: string, scope: string) => void scopesMissing.set(method, scope),
    /** What lets the bot open a form, once. */
    trigger(): string {
      const id = randomUUID();
      triggers.add(id);
      awaited.add(id);
      return id;
    },
    /** Where a person lives, which the emulator does not know. */
    timeZone: (user: string, tz: string) => void amendments.set(user, { tz }),
    isBot: (user: string) => void amendments.set(user, { is_bot: true }),
    /** Somebody whom the emulator does not know: a guest, a person of another workspace. */
    person: (id: string, more: Readonly<Record<string, unknown>> = {}) =>
      void people.set(id, { id, name: id, real_name: id, team_id: TEAM, ...FULL_MEMBER, ...more }),
    /** This person wrote the message, and not the bot. */
    wrote: (user: string, ts: string) => void authors.set(ts, user),
    userGroups,
    sharedFiles,
    /** Whose an email address is. */
    addresses: (all: Readonly<Record<string, string>>) => {
      for (const [email, id] of Object.entries(all)) addresses.set(email, id);
    },
    /** Who is in a conversation. */
    members: (channel: string, ids: readonly string[]) => void memberships.set(channel, ids),
    /** A channel that another company reads, too. */
    share: (channel: string) => void shared.add(channel),
    /** What an admin changed about a channel, which the emulator cannot. */
    becomes: (channel: string, what: Readonly<Record<string, unknown>>) => void changed.set(channel, what),
    /** A new file is refused in that many messages before it may be shown. */
    delayFiles: (calls: number) => {
      state.fileDelayCalls = calls;
    },
    /** Slack cannot be reached at all. */
    down: (down: boolean) => {
      state.down = down;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        socket.close();
        server.closeAllConnections();
      }),
  };
}

/** 0 without the variable. A wrong value would be taken for a fast Slack, and find nothing. */
export function wholeNumber(variable: string, env: Readonly<Record<string, string | undefined>> = process.env): number {
  const value = env[variable] ?? '0';
  if (!/^\d{1,5}$/.test(value)) throw new Error(`${variable} is ${value}: it must be a whole number of milliseconds`);
  return Number(value);
}

function noFault(_method: string, _args: Readonly<Record<string, string>>): CallFault | undefined {
  return undefined;
}

function pageOf(members: readonly string[], { limit = '100', cursor = '' }: Readonly<Record<string, string>>): Answer {
  const from = Number(cursor || '0');
  const to = from + Number(limit);
  const next_cursor = to < members.length ? String(to) : '';
  return { ok: true, members: members.slice(from, to), response_metadata: { next_cursor } };
}

function dropMetadata({ messages }: Answer): void {
  if (!Array.isArray(messages)) return;
  for (const message of messages as Record<string, unknown>[]) delete message.metadata;
}

function nameAuthors({ messages, message: one }: Answer, authors: ReadonlyMap<string, string>): void {
  if (authors.size === 0) return;
  const all = [...(Array.isArray(messages) ? messages : []), ...(typeof one === 'object' ? [one] : [])];
  for (const message of all as Record<string, unknown>[]) {
    const user = authors.get(String(message.ts));
    if (user === undefined) continue;
    message.user = user;
    delete message.bot_id;
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function argumentsOf(body: Buffer, contentType: string): Record<string, string> {
  if (!contentType.includes('json')) return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  const parsed = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

function json(response: ServerResponse, answer: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer));
}
