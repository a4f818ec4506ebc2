/**
 * Slack's Web API over the workspace in memory: a `fetch` that answers the way Slack answers over HTTP (urlencoded or
 * JSON bodies, blocks as JSON text, `{ok:false,error}` with status 200), so that the real client and the real listeners
 * run unchanged. It has the methods that the bot calls; any other is `unknown_method`.
 */
import type { Channel } from '#web/playground/channels.ts';
import { BOT, BOT_ID, PEOPLE, type Person, TEAM } from '#web/playground/people.ts';
import { Refusal } from '#web/playground/refusal.ts';
import {
  type AnyBlock,
  ARCHIVES,
  type Draft,
  type Message,
  type Metadata,
  RESPONSE_URLS,
  UPLOAD_URLS,
  type View,
  type Workspace,
} from '#web/playground/workspace.ts';

export const PLAYGROUND_TOKEN = 'xoxb-playground';
export const PLAYGROUND_API_URL = 'https://slack.playground.invalid/api/';

type Args = Readonly<Record<string, string>>;
type Method = (args: Args) => object;

export function slackFetch(
  workspace: Workspace,
): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  const methods = webApiMethods(workspace);

  return async (input, init) => {
    const request = new Request(input, init);
    if (request.url.startsWith(PLAYGROUND_API_URL)) return callMethod(methods, request);
    if (request.url.startsWith(UPLOAD_URLS)) return takeUpload(workspace, request);
    if (request.url.startsWith(RESPONSE_URLS)) return takeResponse(workspace, request);
    // The playground's bot reaches nothing else.
    return new Response('no_service', { status: 404 });
  };
}

async function callMethod(methods: ReadonlyMap<string, Method>, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const method = methods.get(url.pathname.slice(new URL(PLAYGROUND_API_URL).pathname.length));
  if (method === undefined) return Response.json({ ok: false, error: 'unknown_method' });

  const args = await readArgs(request, url);
  const token = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? args.token;
  if (token === undefined) return Response.json({ ok: false, error: 'not_authed' });
  if (token !== PLAYGROUND_TOKEN) return Response.json({ ok: false, error: 'invalid_auth' });

  try {
    return Response.json({ ok: true, ...method(args) }, { headers: { 'x-oauth-scopes': SCOPES } });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return Response.json(refused(error));
  }
}

/** The scopes of the playground's token: everything that is implemented here. */
const SCOPES =
  'commands,chat:write,files:write,channels:history,groups:history,im:history,channels:read,groups:read,im:read,channels:manage,groups:write,im:write,bookmarks:read,bookmarks:write,users:read,reactions:read,reactions:write,pins:read,pins:write';

function refused({ message, details }: Refusal): object {
  if (details.length === 0) return { ok: false, error: message };
  return {
    ok: false,
    error: message,
    errors: details,
    response_metadata: { messages: details.map((text) => `[ERROR] ${text}`) },
  };
}

async function readArgs(request: Request, url: URL): Promise<Args> {
  const args: Record<string, string> = Object.fromEntries(url.searchParams);
  const type = request.headers.get('content-type') ?? '';
  if (type.startsWith('application/json')) {
    const body: unknown = await request.json();
    for (const [name, value] of Object.entries(body ?? {}))
      args[name] = typeof value === 'string' ? value : JSON.stringify(value);
  } else if (type.startsWith('multipart/form-data')) {
    for (const [name, value] of await request.formData()) if (typeof value === 'string') args[name] = value;
  } else {
    Object.assign(args, Object.fromEntries(new URLSearchParams(await request.text())));
  }
  return args;
}

function webApiMethods(workspace: Workspace): ReadonlyMap<string, Method> {
  const methods: Record<string, Method> = {
    'api.test': () => ({}),
    'auth.test': () => ({
      url: 'https://playground.invalid/',
      team: 'Playground',
      user: BOT.name,
      team_id: TEAM.id,
      user_id: BOT.id,
      bot_id: BOT_ID,
      is_enterprise_install: false,
    }),
    'users.info': ({ user = '' }) => ({ user: apiPerson(workspace.person(user)) }),
    'users.list': () => ({ members: workspace.people.map(apiPerson) }),

    'conversations.info': ({ channel = '' }) => ({ channel: apiChannel(workspace.channel(channel)) }),
    'conversations.members': ({ channel = '' }) => ({ members: workspace.channel(channel).members }),
    'conversations.create': ({ name = '', is_private }) => ({
      channel: apiChannel(workspace.create(name, is_private === 'true')),
    }),
    'conversations.setTopic': ({ channel = '', topic = '' }) => ({
      channel: apiChannel(workspace.setTopic(channel, topic)),
    }),
    'conversations.invite': ({ channel = '', users = '' }) => ({
      channel: apiChannel(workspace.invite(channel, users.split(','))),
    }),
    'conversations.archive': ({ channel = '' }) => {
      workspace.archive(channel);
      return {};
    },
    'users.conversations': () => ({
      channels: workspace
        .all()
        .filter(
          ({ members, isArchived, directTo }) => members.includes(BOT.id) && !isArchived && directTo === undefined,
        )
        .map(apiChannel),
    }),
    'bookmarks.list': ({ channel_id = '' }) => ({ bookmarks: workspace.channel(channel_id).bookmarks }),
    'bookmarks.add': ({ channel_id = '', title = '', link = '' }) => {
      workspace.addBookmark(channel_id, { title, link });
      return { bookmark: { channel_id, title, link, type: 'link' } };
    },
    'conversations.join': ({ channel = '' }) => ({ channel: { id: workspace.join(channel, BOT.id).id } }),
    'conversations.history': (args) => page(workspace.history(args.channel ?? ''), args),
    'conversations.replies': (args) => page(workspace.replies(args.channel ?? '', args.ts ?? ''), args),

    'chat.postMessage': (args) => posted(workspace.post(args.channel ?? '', draftOf(args))),
    'chat.postEphemeral': (args) => {
      return { message_ts: workspace.whisper(args.channel ?? '', args.user ?? '', draftOf(args)).ts };
    },
    'chat.update': (args) => posted(workspace.update(args.channel ?? '', args.ts ?? '', draftOf(args))),
    'chat.delete': ({ channel = '', ts = '' }) => {
      workspace.remove(channel, ts);
      return { channel, ts };
    },
    'chat.getPermalink': ({ channel = '', message_ts = '' }) => {
      const { channelId, ts } = workspace.message(channel, message_ts);
      return {
        channel: channelId,
        permalink: permalinkOf(channelId, ts),
      };
    },

    'reactions.get': ({ channel = '', timestamp = '' }) => {
      const message = readableMessage(workspace, channel, timestamp);
      return { type: 'message', channel: message.channelId, message: withMarks(message) };
    },
    'reactions.add': ({ channel = '', timestamp = '', name = '' }) => {
      workspace.react(channel, timestamp, name, BOT.id);
      return {};
    },
    'reactions.remove': ({ channel = '', timestamp = '', name = '' }) => {
      workspace.unreact(channel, timestamp, name, BOT.id);
      return {};
    },
    'pins.list': ({ channel = '' }) => ({ items: workspace.pins(channel).map(pinnedItem) }),
    'pins.add': ({ channel = '', timestamp = '' }) => {
      readableMessage(workspace, channel, timestamp);
      workspace.pin(channel, timestamp, BOT.id);
      return {};
    },
    'pins.remove': ({ channel = '', timestamp = '' }) => {
      readableMessage(workspace, channel, timestamp);
      workspace.unpin(channel, timestamp);
      return {};
    },

    'files.getUploadURLExternal': ({ filename = '', length = '0', alt_txt = '' }) => {
      const { fileId, uploadUrl } = workspace.newUpload(filename, Number(length), alt_txt);
      return { file_id: fileId, upload_url: uploadUrl };
    },
    'files.completeUploadExternal': ({ files = '[]', channel_id, thread_ts, initial_comment }) => {
      const place =
        channel_id === undefined ? undefined : { channelId: channel_id, threadTs: thread_ts, comment: initial_comment };
      const done = workspace.completeUpload(parse<{ id: string; title?: string }[]>(files, 'invalid_arguments'), place);
      return { files: done.map(({ id, title, name, mimetype }) => ({ id, title, name, mimetype })) };
    },
    'files.info': ({ file = '' }) => {
      const found = workspace.file(file);
      if (found === undefined) throw new Refusal('file_not_found');
      const { id, title, name, mimetype, size } = found.file;
      return { file: { id, title, name, mimetype, size } };
    },

    'views.open': ({ trigger_id = '', view = '' }) => ({ view: workspace.openModal(trigger_id, viewOf(view)) }),
    'views.update': ({ view_id = '', view = '' }) => ({ view: workspace.updateView(view_id, viewOf(view)) }),
    'views.publish': ({ user_id = '', view = '' }) => ({ view: workspace.publishHome(user_id, viewOf(view)) }),
  };
  return new Map(Object.entries(methods));
}

function apiChannel({ id, name, topic, members, created, isPrivate, isArchived, directTo }: Channel): object {
  if (directTo !== undefined) return { id, is_im: true, user: directTo, is_archived: isArchived };
  return {
    id,
    name,
    is_channel: true,
    is_private: isPrivate,
    is_ext_shared: false,
    is_archived: isArchived,
    is_member: members.includes(BOT.id),
    topic: { value: topic },
    ...(created && { creator: created.by, created: Math.floor(created.atUs / 1e6) }),
  };
}

function permalinkOf(channelId: string, ts: string): string {
  return `${ARCHIVES}${channelId}/p${ts.replace('.', '')}`;
}

/** Only a member sees what others do with a message. */
function readableMessage(workspace: Workspace, channel: string, ts: string): Message {
  const found = workspace.message(channel, ts);
  if (!workspace.channel(channel).members.includes(BOT.id)) throw new Refusal('not_in_channel');
  return found;
}

/** The message as `reactions.get` and `pins.list` show it. */
function withMarks(message: Message): object {
  const { channelId, ts, reactions, pinned } = message;
  return {
    ...apiMessage(message, false),
    permalink: permalinkOf(channelId, ts),
    ...(reactions.length > 0
      ? { reactions: reactions.map(({ name, users }) => ({ name, users, count: users.length })) }
      : {}),
    ...(pinned === undefined ? {} : { pinned_to: [channelId] }),
  };
}

/** An item of `pins.list` and of a pin event. */
export function pinnedItem(message: Message): object {
  const { channelId, pinned } = message;
  return {
    type: 'message',
    channel: channelId,
    created: Math.floor((pinned?.atUs ?? 0) / 1e6),
    created_by: pinned?.by ?? '',
    message: withMarks(message),
  };
}

function draftOf({ text, blocks, thread_ts, reply_broadcast, metadata }: Args): Draft {
  return {
    text,
    threadTs: thread_ts,
    isBroadcast: reply_broadcast === 'true',
    blocks: blocks === undefined ? undefined : parse<AnyBlock[]>(blocks, 'invalid_blocks_format'),
    metadata: metadata === undefined ? undefined : parse<Metadata>(metadata, 'invalid_metadata_format'),
  };
}

function viewOf(json: string): Omit<View, 'id'> {
  return parse<View>(json, 'invalid_arguments');
}

/** The client is our own bot, so its outer form is trusted. The workspace checks the blocks. */
function parse<T>(json: string, error: string): T {
  try {
    return JSON.parse(json) as T;
  } catch {
    throw new Refusal(error);
  }
}

function posted(message: Message): object {
  return { channel: message.channelId, ts: message.ts, text: message.text, message: apiMessage(message, true) };
}

/** Slack's page size when the caller names none. */
const DEFAULT_PAGE = 100;

function apiPerson({ id, name, realName, isBot }: Person): object {
  return {
    id,
    team_id: TEAM.id,
    name,
    real_name: realName,
    is_bot: isBot,
    deleted: false,
    is_restricted: false,
    is_ultra_restricted: false,
    // The page is on this machine, and so is whoever reads it.
    tz_offset: -new Date().getTimezoneOffset() * 60,
    profile: { real_name: realName },
  };
}

function page(all: readonly Message[], args: Args): object {
  const { oldest = '0', latest, inclusive, limit, cursor = '0' } = args;
  const within = ({ ts }: Message): boolean => {
    if (inclusive === 'true' && (ts === oldest || ts === latest)) return true;
    return Number(ts) > Number(oldest) && (latest === undefined || Number(ts) < Number(latest));
  };
  const chosen = all.filter(within);
  const from = Number(cursor) || 0;
  const to = from + (Number(limit) || DEFAULT_PAGE);
  const has_more = to < chosen.length;
  const withMetadata = args.include_all_metadata === 'true';
  return {
    messages: chosen.slice(from, to).map((message) => apiMessage(message, withMetadata)),
    has_more,
    response_metadata: { next_cursor: has_more ? `${to}` : '' },
  };
}

/** A message in the form of Slack's API and payloads. */
export function apiMessage(message: Message, withMetadata: boolean): object {
  const { userId, text, ts, blocks, files, threadTs, isBroadcast, editedTs, metadata } = message;
  const by = PEOPLE.find(({ id }) => id === userId);
  return {
    type: 'message',
    user: userId,
    ts,
    text,
    ...(by?.app === undefined ? {} : appFields(by, by.app)),
    ...(blocks.length > 0 ? { blocks } : {}),
    ...(files.length > 0 ? { files } : {}),
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    ...(isBroadcast ? { subtype: 'thread_broadcast' } : {}),
    ...(editedTs === undefined ? {} : { edited: { user: userId, ts: editedTs } }),
    ...(withMetadata && metadata !== undefined ? { metadata } : {}),
  };
}

function appFields({ realName }: Person, { appId, botId }: NonNullable<Person['app']>): object {
  return {
    bot_id: botId,
    app_id: appId,
    bot_profile: { id: botId, app_id: appId, name: realName, deleted: false, team_id: TEAM.id },
  };
}

async function takeUpload(workspace: Workspace, request: Request): Promise<Response> {
  const bytes = await uploadedBytes(request);
  const taken = workspace.takeUpload(request.url, bytes);
  return taken ? new Response(`OK - ${bytes.length}`) : new Response('no_service', { status: 404 });
}

/** Slack accepts the raw bytes or a form with a file. */
async function uploadedBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  if (!request.headers.get('content-type')?.startsWith('multipart/form-data'))
    return new Uint8Array(await request.arrayBuffer());
  for (const [, value] of await request.formData()) {
    if (typeof value !== 'string') return new Uint8Array(await value.arrayBuffer());
  }
  return new Uint8Array();
}

type ResponseBody = {
  text?: string;
  blocks?: AnyBlock[];
  response_type?: string;
  replace_original?: boolean;
  delete_original?: boolean;
  thread_ts?: string;
};

async function takeResponse(workspace: Workspace, request: Request): Promise<Response> {
  try {
    const body = parse<ResponseBody>(await request.text(), 'invalid_payload');
    workspace.respond(request.url, {
      text: body.text,
      blocks: body.blocks,
      threadTs: body.thread_ts,
      inChannel: body.response_type === 'in_channel',
      replaceOriginal: body.replace_original === true,
      deleteOriginal: body.delete_original === true,
    });
    return new Response('ok');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const gone = error.message === 'used_url' || error.message === 'expired_url';
    return Response.json(refused(error), { status: gone ? 404 : 400 });
  }
}
