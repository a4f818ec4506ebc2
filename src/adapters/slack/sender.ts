/**
 * Speaks to Slack for the outbox: one call each, no retry, and an honest word on what became of it. The line that matters
 * is between "surely not there" and "may be there": a lost answer is no lost message.
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
import type { FindResult, Message, Picture, Sender, SendResult } from '#record/outbox.ts';

export type SenderOptions = Readonly<{ client: WebClient; fetch: FetchFunction; clock: Clock; log: Log }>;

const EVENT_TYPE = 'spanhound';

/** Slack said no to the channel and not to the message. */
const UNREACHABLE = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_locked',
  'cant_post_message',
]);
const RATE_LIMITED = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);
/** Slack could not do it this time; the message is not there. */
const TRY_AGAIN = new Set(['service_unavailable', 'team_added_to_org', 'rollup_error']);
/** Slack broke off in the middle. */
const AMBIGUOUS = new Set(['fatal_error', 'internal_error', 'request_timeout']);
/** The connection never came to be, so that nothing was sent. */
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
/** A file is there before Slack has looked at it; until then a message that shows it is refused. */
const FILE_NOT_READY_WAITS_MS = [300, 700, 1_500, 3_000];
/** Slack's own wait when it names none. */
const DEFAULT_RETRY_AFTER_MS = 30_000;
/** Pictures of the last few messages: only those are sent again. */
const MOST_REMEMBERED = 100;
/** A post that is looked for was sent minutes ago at most: one page of a busy channel. */
const FIND_LIMIT = 200;

export function slackSender({ client, fetch, clock, log }: SenderOptions): Sender {
  /** File ids by the picture's hash: what is sent again, or updated without a new picture, is not uploaded again. */
  const uploaded = new Map<string, string>();

  return {
    post: ({ messageId, channelId, threadTs, message }) =>
      withPicture(message, async (blocks) => {
        const answer = await client.chat.postMessage({
          channel: channelId,
          text: message.text,
          ...(blocks === undefined ? {} : { blocks }),
          ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
          metadata: { event_type: EVENT_TYPE, event_payload: { id: messageId } },
          unfurl_links: false,
          unfurl_media: false,
        });
        return answer.ts ?? '';
      }),

    update: ({ messageId, channelId, ts, message }) =>
      withPicture(message, async (blocks) => {
        await client.chat.update({
          channel: channelId,
          ts,
          text: message.text,
          // Without blocks Slack would keep the old ones.
          blocks: blocks ?? [],
          metadata: { event_type: EVENT_TYPE, event_payload: { id: messageId } },
        });
        return ts;
      }),

    async respond({ responseUrl, message: { text, blocks } }) {
      try {
        return await toResponseUrl(fetch, responseUrl, { text, ...(blocks === undefined ? {} : { blocks }) });
      } catch (error) {
        return outcomeOf(error);
      }
    },

    async attach({ channelId, threadTs, name, title, content }) {
      try {
        const fileId = await upload(name, content);
        await client.files.completeUploadExternal({
          files: [{ id: fileId, title }],
          channel_id: channelId,
          thread_ts: threadTs,
        });
        return { kind: 'sent', ts: '' };
      } catch (error) {
        if (slackErrorOf(error) === 'missing_scope') return sayWithoutFile(channelId, threadTs, title);
        return outcomeOf(error);
      }
    },

    async pin({ channelId, ts }) {
      try {
        await client.pins.add({ channel: channelId, timestamp: ts });
        return { kind: 'sent', ts };
      } catch (error) {
        return slackErrorOf(error) === 'already_pinned' ? { kind: 'sent', ts } : outcomeOf(error);
      }
    },

    find: async ({ messageId, channelId, threadTs, sinceUs }) => {
      const oldest = (sinceUs / 1e6).toFixed(6);
      try {
        const range = { channel: channelId, include_all_metadata: true, oldest, limit: FIND_LIMIT };
        const { messages = [] } =
          threadTs === undefined
            ? await client.conversations.history(range)
            : await client.conversations.replies({ ...range, ts: threadTs });
        const ours = messages.find((candidate) => idOf(candidate) === messageId);
        return ours?.ts === undefined ? { kind: 'absent' } : { kind: 'found', ts: ours.ts };
      } catch (error) {
        return findOutcomeOf(error);
      }
    },
  };

  /** Sends with the picture in its place; where that cannot be, without it and with a line that says so. */
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

  /** The person pressed a button: silence would look like a broken one. */
  async function sayWithoutFile(channelId: string, threadTs: string, title: string): Promise<SendResult> {
    try {
      const text = `I may not upload files, so ${title} is not here. Add the scope \`files:write\` to the Slack app and install it again.`;
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
      if (slackErrorOf(error) !== 'invalid_blocks') throw error;
      // A message without its layout is worth more at three in the morning than none.
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
      return slackErrorOf(error) === 'missing_scope' ? NO_SCOPE : NO_PICTURE;
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

  /** Two of Slack's three steps; the third decides where the file is shown. `alt_txt` on what is no image breaks sharing. */
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

  /** Nothing when the file was never ready. */
  async function whenFileIsReady(send: () => Promise<string>): Promise<string | undefined> {
    for (const waitMs of [...FILE_NOT_READY_WAITS_MS, undefined]) {
      try {
        return await send();
      } catch (error) {
        if (slackErrorOf(error) !== 'invalid_blocks') throw error;
        if (waitMs === undefined) return undefined;
        await clock.sleep(waitMs);
      }
    }
    return undefined;
  }
}

/** Says something to one person where they are, without the outbox: for when the store is what failed. */
export function tellPerson(fetch: FetchFunction): (responseUrl: string, text: string) => Promise<void> {
  return async (responseUrl, text) => {
    const result = await toResponseUrl(fetch, responseUrl, { text });
    if (result.kind !== 'sent') throw new Error(`the response_url did not take it: ${result.kind}`);
  };
}

async function toResponseUrl(fetch: FetchFunction, responseUrl: string, said: object): Promise<SendResult> {
  const answer = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...said }),
    signal: AbortSignal.timeout(RESPOND_TIMEOUT_MS),
  });
  if (answer.ok) return { kind: 'sent', ts: '' };
  if (answer.status === 429) return { kind: 'limited', retryAfterMs: retryAfterMs(answer.headers) };
  const reason = `response_url answered ${answer.status}`;
  // Used five times or older than thirty minutes: it will not come back.
  return answer.status < 500 ? { kind: 'refused', reason } : { kind: 'ambiguous', reason };
}

const NO_SCOPE = contextBlock(
  'Without the picture: I may not upload files. Add the scope `files:write` to the Slack app and install it again.',
);
const NO_PICTURE = contextBlock('Without the picture: Slack did not take it.');

function contextBlock(text: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: `:frame_with_picture: ${text}` }] };
}

function outcomeOf(error: unknown): SendResult {
  if (error instanceof WebAPIRateLimitedError) return { kind: 'limited', retryAfterMs: error.retryAfter * 1_000 };
  if (error instanceof WebAPIPlatformError) return refusalOf(error.data.error);
  if (error instanceof WebAPIHTTPError) return { kind: 'ambiguous', reason: `HTTP ${error.statusCode}` };
  const code = systemCodeOf(error);
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  return { kind: code !== undefined && NEVER_CONNECTED.has(code) ? 'failed' : 'ambiguous', reason };
}

function refusalOf(reason: string): SendResult {
  if (RATE_LIMITED.has(reason)) return { kind: 'limited', retryAfterMs: DEFAULT_RETRY_AFTER_MS };
  if (UNREACHABLE.has(reason)) return { kind: 'unreachable', reason };
  if (TRY_AGAIN.has(reason)) return { kind: 'failed', reason };
  return { kind: AMBIGUOUS.has(reason) ? 'ambiguous' : 'refused', reason };
}

function findOutcomeOf(error: unknown): FindResult {
  const outcome = outcomeOf(error);
  if (outcome.kind === 'limited') return outcome;
  if (outcome.kind === 'refused' || outcome.kind === 'unreachable')
    return { kind: 'unreadable', reason: outcome.reason };
  return { kind: 'failed', reason: outcome.kind === 'sent' ? '' : outcome.reason };
}

function slackErrorOf(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

/** The network's own word for what happened lies under one or two wrappings, or in a list of what was tried. */
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

function retryAfterMs(headers: { get(name: string): string | null }): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : DEFAULT_RETRY_AFTER_MS;
}
