/**
 * Calls Slack for the outbox: one call each, no retry, and a precise result. Its main distinction is between "surely
 * not posted" and "may be posted": a lost answer is not a lost message.
 */
import { createHash } from 'node:crypto';
import type { KnownBlock } from '@slack/types';
import {
  type FetchFunction,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  type WebClient,
} from '@slack/web-api';
import type { Clock } from '#core/clock.ts';
import type { Log } from '#core/log.ts';
import type { FileMarks, FindResult, Message, Picture, Sender, SendResult } from '#record/outbox.ts';
import { NOT_SLACK, responseUrlWord } from './slack-answer.ts';

export type SenderOptions = Readonly<{ client: WebClient; fetch: FetchFunction; clock: Clock; log: Log }>;

const EVENT_TYPE = 'spanhound';

/** Slack refused the channel, not the message. */
const UNREACHABLE = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'restricted_action_thread_locked',
  'messages_tab_disabled',
  'cant_post_message',
  'invalid_channel',
  'posting_to_channel_denied',
  'channel_is_limited_access',
]);
/** An invitation helps; against the others it does not. */
const UNINVITED = new Set(['not_in_channel', 'channel_not_found']);
const RATE_LIMITED = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);
/** Slack failed this time; the message is not posted. */
const TRY_AGAIN = new Set(['service_unavailable', 'team_added_to_org', 'rollup_error', 'update_failed']);
/** Slack broke off in the middle. */
const AMBIGUOUS = new Set(['fatal_error', 'internal_error', 'request_timeout', 'file_update_failed']);
/**
 * The app was removed, or its token revoked. Slack's reference, errors of auth.test: `account_inactive` and `token_revoked`
 * are of a deleted user or workspace, or of an app that was removed. `invalid_auth` may be about the address of our network,
 * `org_login_required` is a migration of the workspace, `accesslimited` and `ekm_access_denied` are for a while.
 */
export const REVOKED: ReadonlySet<string> = new Set(['account_inactive', 'token_revoked']);
/**
 * Slack refused the token or our network: an operator can fix that, and then everything is sent. `access_denied` and
 * `no_permission` are missing: they may be about one file or one conversation, for which the others must not wait.
 */
export const UNAUTHORIZED: ReadonlySet<string> = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'accesslimited',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'not_allowed_token_type',
  'org_login_required',
  'team_access_not_granted',
  'two_factor_setup_required',
]);
/**
 * The permanent errors: the same call would always be refused again. From the lists of errors in Slack's reference of
 * chat.postMessage, chat.update, pins.add and files.completeUploadExternal.
 */
const FINAL = new Set([
  'attachment_payload_limit_exceeded',
  'bad_timestamp',
  'block_mismatch',
  'blocked_file_type',
  'cannot_reply_to_message',
  'cant_broadcast_message',
  'cant_update_message',
  'edit_window_closed',
  'file_not_found',
  'invalid_attachments',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'message_not_found',
  'metadata_must_be_sent_from_app',
  'metadata_too_large',
  'missing_scope',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_dual_broadcast_content_update',
  'no_text',
  'not_pinnable',
  'permission_denied',
  'thread_not_found',
  'too_many_attachments',
  'too_many_pins',
]);
/** Slack accepts the text of such a message. */
const LAYOUT_REFUSED = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long']);
/** The form of Slack's own error codes. A proxy's page and a truncated answer arrive in the same place. */
const CODE = /^[a-z][a-z0-9_]{1,79}$/;
/** Slack's errors for a dead response URL: used five times, older than thirty minutes. */
const RESPONSE_URL_FINAL = new Set([
  'used_url',
  'expired_url',
  'invalid_url',
  'no_text',
  'invalid_blocks',
  'invalid_payload',
]);
/** The connection failed, so nothing was sent. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const UPLOAD_TIMEOUT_MS = 20_000;
const RESPOND_TIMEOUT_MS = 10_000;
/** A file is uploaded before Slack has processed it; until then a message that shows it is refused. */
const FILE_NOT_READY_WAITS_MS = [300, 700, 1_500, 3_000];
/** Before each attempt to answer a person with a picture. An address takes five messages, so there are few. */
const RESPONSE_FILE_WAITS_MS = [300, 2_000];
/** Slack's default wait if it names none. */
const DEFAULT_RETRY_AFTER_MS = 30_000;
/** Pictures of the last few messages: only those are sent again. */
const MOST_REMEMBERED = 100;
/** Slack's recommended page size. */
const PAGE_MESSAGES = 200;
/** Ten thousand messages: minutes of the busiest channel. Tier 3 allows fifty calls a minute. */
const MOST_PAGES = 50;

export function slackSender({ client, fetch, clock, log }: SenderOptions): Sender {
  /** File ids by the picture's hash, so that a resent or updated message does not upload the same picture again. */
  const uploaded = new Map<string, string>();

  return {
    post: ({ messageId, channelId, threadTs, message }) =>
      withPicture(message, async (blocks) => {
        const answer = await client.chat.postMessage({
          channel: channelId,
          text: message.text,
          ...(blocks === undefined ? {} : { blocks }),
          ...inThread(threadTs, message),
          metadata: { event_type: EVENT_TYPE, event_payload: { id: messageId } },
          unfurl_links: false,
          unfurl_media: false,
        });
        // Slack returns the id of a posted message: an answer without one is not Slack's.
        if (!answer.ts) throw new Error('the answer names no message');
        return answer.ts;
      }),

    update: ({ messageId, channelId, ts, message }) =>
      withPicture(message, async (blocks) => {
        await client.chat.update({
          channel: channelId,
          ts,
          text: message.text,
          // Without blocks, Slack would keep the old ones.
          blocks: blocks ?? [],
          metadata: { event_type: EVENT_TYPE, event_payload: { id: messageId } },
          // No `reply_broadcast`: a broadcast stays one, and Slack refuses that flag together with new content.
        });
        return ts;
      }),

    async respond({ responseUrl, message }) {
      try {
        return await respondWithPicture(responseUrl, message);
      } catch (error) {
        return outcomeOf(error);
      }
    },

    async attach({ channelId, threadTs, name, title, content }) {
      let fileId: string;
      try {
        fileId = await upload(name, content);
      } catch (error) {
        if (refusalIn(error) === 'missing_scope') return sayWithoutFile(channelId, threadTs, title);
        return nothingShared(outcomeOf(error));
      }
      try {
        await client.files.completeUploadExternal({
          files: [{ id: fileId, title }],
          channel_id: channelId,
          thread_ts: threadTs,
        });
        return { kind: 'sent', ts: '' };
      } catch (error) {
        if (refusalIn(error) === 'missing_scope') return sayWithoutFile(channelId, threadTs, title);
        return outcomeOf(error);
      }
    },

    async pin({ channelId, ts }) {
      try {
        await client.pins.add({ channel: channelId, timestamp: ts });
        return { kind: 'sent', ts };
      } catch (error) {
        return refusalIn(error) === 'already_pinned' ? { kind: 'sent', ts } : outcomeOf(error);
      }
    },

    async find({ messageId, channelId, threadTs, sinceUs, file }) {
      const isOurs = (candidate: object) =>
        file === undefined ? idOf(candidate) === messageId : showsFile(candidate, file, sinceUs);
      try {
        return threadTs === undefined
          ? await findInChannel(channelId, sinceUs, isOurs)
          : await findInThread(channelId, threadTs, isOurs);
      } catch (error) {
        return findOutcomeOf(error);
      }
    },
  };

  /**
   * From the newest message back to `sinceUs`. The newest page is read in any case: if our clock is ahead, a message of
   * just now is older than that.
   */
  async function findInChannel(
    channel: string,
    sinceUs: number,
    isOurs: (candidate: object) => boolean,
  ): Promise<FindResult> {
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const asked = { channel, include_all_metadata: true, limit: PAGE_MESSAGES, ...(cursor && { cursor }) };
      const { messages = [], response_metadata } = await client.conversations.history(asked);
      const ours = messages.find(isOurs);
      if (ours?.ts !== undefined) return { kind: 'found', ts: ours.ts };
      const oldestUs = Number(messages.at(-1)?.ts ?? 0) * 1e6;
      cursor = response_metadata?.next_cursor;
      if (!cursor || oldestUs < sinceUs) return { kind: 'absent' };
    }
    return TOO_MUCH_SAID;
  }

  /** The whole thread, which Slack returns from its start. */
  async function findInThread(
    channel: string,
    ts: string,
    isOurs: (candidate: object) => boolean,
  ): Promise<FindResult> {
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const asked = { channel, ts, include_all_metadata: true, limit: PAGE_MESSAGES, ...(cursor && { cursor }) };
      const { messages = [], response_metadata } = await client.conversations.replies(asked);
      const ours = messages.find(isOurs);
      if (ours?.ts !== undefined) return { kind: 'found', ts: ours.ts };
      cursor = response_metadata?.next_cursor;
      if (!cursor) return { kind: 'absent' };
    }
    return TOO_MUCH_SAID;
  }

  /** Sends with the picture; if that fails, without it and with a line that says so. */
  async function withPicture(
    { text, blocks, picture }: Message,
    send: (blocks: KnownBlock[] | undefined) => Promise<string>,
  ): Promise<SendResult> {
    const plain = blocks as readonly KnownBlock[] | undefined;
    try {
      if (plain === undefined) return { kind: 'sent', ts: await send(undefined) };
      if (picture === undefined) return { kind: 'sent', ts: await sendBlocks([...plain], text, send) };
      const placed = await place(picture);
      const all = plain.toSpliced(picture.at, 0, placed);
      if (placed.type !== 'image') return { kind: 'sent', ts: await sendBlocks(all, text, send) };
      const ts = await whenFileIsReady(() => send(all));
      return { kind: 'sent', ts: ts ?? (await sendBlocks(plain.toSpliced(picture.at, 0, NO_PICTURE), text, send)) };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  async function respondWithPicture(responseUrl: string, { text, blocks, picture }: Message): Promise<SendResult> {
    const plain = blocks as readonly KnownBlock[] | undefined;
    const say = async (shown: readonly KnownBlock[] | undefined) =>
      await toResponseUrl(fetch, responseUrl, { text, ...(shown === undefined ? {} : { blocks: shown }) });
    if (plain === undefined || picture === undefined) return (await say(plain)).result;
    const placed = await place(picture);
    const all = plain.toSpliced(picture.at, 0, placed);
    if (placed.type !== 'image') return (await say(all)).result;
    for (const waitMs of RESPONSE_FILE_WAITS_MS) {
      await clock.sleep(waitMs);
      const { result, word } = await say(all);
      if (word !== 'invalid_blocks') return result;
    }
    return (await say(plain.toSpliced(picture.at, 0, NO_PICTURE))).result;
  }

  /** The person pressed a button: without an answer, it would look broken. */
  async function sayWithoutFile(channelId: string, threadTs: string, title: string): Promise<SendResult> {
    try {
      const text = `I am not allowed to upload files, so ${title} is missing. Add the scope \`files:write\` to the Slack app and install it again.`;
      await client.chat.postMessage({ channel: channelId, thread_ts: threadTs, text });
      return { kind: 'sent', ts: '' };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  async function sendBlocks(
    blocks: KnownBlock[],
    text: string,
    send: (blocks: KnownBlock[] | undefined) => Promise<string>,
  ) {
    try {
      return await send(blocks);
    } catch (error) {
      if (!LAYOUT_REFUSED.has(refusalIn(error) ?? '')) throw error;
      // At night, a message without layout is better than none.
      log.error({ err: error, text }, 'slack refused the blocks of a message');
      return send(undefined);
    }
  }

  async function place(picture: Picture): Promise<KnownBlock> {
    try {
      const hash = createHash('sha256').update(picture.png).digest('base64');
      const id = uploaded.get(hash) ?? (await uploadPicture(picture));
      remember(hash, id);
      return {
        type: 'image',
        slack_file: { id },
        alt_text: picture.alt,
        title: { type: 'plain_text', text: picture.title },
      };
    } catch (error) {
      if (error instanceof WebAPIRateLimitedError) throw error;
      log.warn({ err: error }, 'the picture could not be uploaded');
      return refusalIn(error) === 'missing_scope' ? NO_SCOPE : NO_PICTURE;
    }
  }

  function remember(hash: string, id: string): void {
    uploaded.delete(hash);
    uploaded.set(hash, id);
    if (uploaded.size <= MOST_REMEMBERED) return;
    const [oldest] = uploaded.keys();
    if (oldest !== undefined) uploaded.delete(oldest);
  }

  async function uploadPicture({ png, alt, title }: Picture): Promise<string> {
    const id = await upload('waterfall.png', png, alt);
    await client.files.completeUploadExternal({ files: [{ id, title }] });
    return id;
  }

  /**
   * Two of Slack's three steps; the third decides where the file is shown. `alt_txt` on a file that is not an image
   * breaks sharing.
   */
  async function upload(name: string, content: Uint8Array, alt?: string): Promise<string> {
    const { upload_url, file_id } = await client.files.getUploadURLExternal({
      filename: name,
      length: content.byteLength,
      ...(alt === undefined ? {} : { alt_txt: alt }),
    });
    if (upload_url === undefined || file_id === undefined) throw new Error('slack named no place to upload to');
    const body = new FormData();
    body.set('filename', new Blob([new Uint8Array(content)]), name);
    const answer = await fetch(upload_url, { method: 'POST', body, signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`the upload was answered with ${answer.status}`);
    return file_id;
  }

  /** Undefined if the file was never ready. */
  async function whenFileIsReady(send: () => Promise<string>): Promise<string | undefined> {
    for (const waitMs of [...FILE_NOT_READY_WAITS_MS, undefined]) {
      try {
        return await send();
      } catch (error) {
        if (refusalIn(error) !== 'invalid_blocks') throw error;
        if (waitMs === undefined) return undefined;
        await clock.sleep(waitMs);
      }
    }
    return undefined;
  }
}

function inThread(threadTs: string | undefined, { isBroadcast }: Message) {
  if (threadTs === undefined) return {};
  return isBroadcast ? { thread_ts: threadTs, reply_broadcast: true } : { thread_ts: threadTs };
}

/** Sends a message to one person directly, without the outbox: for failures of the store. */
export function tellPerson(fetch: FetchFunction): (responseUrl: string, text: string) => Promise<void> {
  return async (responseUrl, text) => {
    const { result } = await toResponseUrl(fetch, responseUrl, { text });
    if (result.kind !== 'sent') throw new Error(`the response_url did not accept it: ${result.kind}`);
  };
}

/** `word`: what the address answered; '' where that does not matter. */
type Responded = Readonly<{ result: SendResult; word: string }>;

async function toResponseUrl(fetch: FetchFunction, responseUrl: string, said: object): Promise<Responded> {
  const answer = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...said }),
    signal: AbortSignal.timeout(RESPOND_TIMEOUT_MS),
  });
  if (answer.status === 429)
    return { result: { kind: 'limited', retryAfterMs: retryAfterMs(answer.headers) }, word: '' };
  const reason = `response_url answered ${answer.status}`;
  if (answer.status >= 500) return { result: { kind: 'ambiguous', reason }, word: '' };
  const word = responseUrlWord(await answer.text());
  if (answer.ok && word === 'ok') return { result: { kind: 'sent', ts: '' }, word };
  if (RESPONSE_URL_FINAL.has(word)) return { result: { kind: 'refused', reason }, word };
  // A proxy's page, or a network's login form.
  return { result: { kind: 'failed', reason }, word };
}

const TOO_MUCH_SAID: FindResult = {
  kind: 'unreadable',
  reason: `more than ${MOST_PAGES * PAGE_MESSAGES} messages were posted since`,
};

/** The last of three steps shows a file: if an earlier one failed, nothing was shown. */
function nothingShared(result: SendResult): SendResult {
  return result.kind === 'ambiguous' ? { kind: 'failed', reason: result.reason } : result;
}

const NO_SCOPE = contextBlock(
  'Without the picture: I am not allowed to upload files. Add the scope `files:write` to the Slack app and install it again.',
);
const NO_PICTURE = contextBlock('Without the picture: Slack did not accept it.');

function contextBlock(text: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: `:frame_with_picture: ${text}` }] };
}

export function outcomeOf(error: unknown): SendResult {
  if (error instanceof WebAPIRateLimitedError) return { kind: 'limited', retryAfterMs: error.retryAfter * 1_000 };
  if (error instanceof WebAPIPlatformError) return refusalOf(error.data.error);
  if (error instanceof WebAPIHTTPError) return { kind: 'ambiguous', reason: `HTTP ${error.statusCode}` };
  const code = systemCodeOf(error);
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  return { kind: code !== undefined && NEVER_CONNECTED.has(code) ? 'failed' : 'ambiguous', reason };
}

function refusalOf(said: unknown): SendResult {
  if (typeof said !== 'string' || !CODE.test(said)) return { kind: 'ambiguous', reason: NOT_SLACK };
  const reason = said;
  if (RATE_LIMITED.has(reason)) return { kind: 'limited', retryAfterMs: DEFAULT_RETRY_AFTER_MS };
  if (UNREACHABLE.has(reason))
    return { kind: 'unreachable', reason, advice: UNINVITED.has(reason) ? undefined : adviceFor(reason) };
  if (TRY_AGAIN.has(reason)) return { kind: 'failed', reason };
  if (UNAUTHORIZED.has(reason)) return { kind: 'unauthorized', reason };
  if (AMBIGUOUS.has(reason)) return { kind: 'ambiguous', reason };
  return { kind: FINAL.has(reason) ? 'refused' : 'objected', reason };
}

function adviceFor(reason: string): string {
  return reason === 'is_archived'
    ? 'This channel is archived, so I cannot post in it. Unarchive it, or ask in another channel.'
    : `Slack does not let me post in this conversation (${reason}). Ask in another channel, or ask an admin of the workspace to let the app post here.`;
}

function findOutcomeOf(error: unknown): FindResult {
  const outcome = outcomeOf(error);
  switch (outcome.kind) {
    case 'limited':
    case 'unauthorized':
    case 'objected':
    case 'failed':
      return outcome;
    case 'refused':
    case 'unreachable':
      return { kind: 'unreadable', reason: outcome.reason };
    default:
      return { kind: 'failed', reason: outcome.kind === 'ambiguous' ? outcome.reason : '' };
  }
}

export function refusalIn(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

/**
 * Slack's code if the same call can never succeed: a permanent error, or one of `own`, those of its method. Throws every
 * other error, which may pass.
 */
export function permanentIn(error: unknown, own: ReadonlySet<string> = NONE): string {
  const code = refusalIn(error);
  if (code !== undefined && own.has(code)) return code;
  const outcome = outcomeOf(error);
  if (outcome.kind === 'refused' || outcome.kind === 'unreachable') return outcome.reason;
  throw error;
}

const NONE: ReadonlySet<string> = new Set();

/** The network's own error code is inside one or two wrappers, or in a list of attempts. */
function systemCodeOf(error: unknown): string | undefined {
  let at: unknown = error instanceof WebAPIRequestError ? error.original : error;
  for (let depth = 0; depth < 4 && at instanceof Error; depth++) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return undefined;
}

function idOf(message: object): string | undefined {
  const { metadata } = message as { metadata?: { event_type?: string; event_payload?: { id?: unknown } } };
  const id = metadata?.event_type === EVENT_TYPE ? metadata.event_payload?.id : undefined;
  return typeof id === 'string' ? id : undefined;
}

function showsFile(message: object, { name, title, size }: FileMarks, sinceUs: number): boolean {
  const { ts, files } = message as { ts?: string; files?: readonly Partial<FileMarks>[] };
  if (Number(ts) * 1e6 < sinceUs) return false;
  return files?.some((file) => file.name === name && file.title === title && file.size === size) ?? false;
}

function retryAfterMs(headers: { get(name: string): string | null }): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : DEFAULT_RETRY_AFTER_MS;
}
