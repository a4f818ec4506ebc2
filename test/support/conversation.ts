/** Slack as the outbox sees it, in memory: what stands in the conversation, and the faults that a test asks for. */
import type { Clock } from '#core/clock.ts';
import type { FindResult, Message, Sender, SendResult } from '#record/outbox.ts';

export type Said = { messageId: string; channelId: string; threadTs: string | undefined; ts: string; message: Message };

type Method = 'post' | 'update' | 'respond' | 'attach' | 'pin';
/** What a call answers instead of `sent`, and whether it was done all the same. */
export type Fault = Readonly<{ result: SendResult; delivered?: boolean }>;

export type Conversation = Readonly<{
  sender: Sender;
  /** Every message that stands there, in order, as last updated. */
  said: Said[];
  responses: { responseUrl: string; message: Message }[];
  files: { channelId: string; threadTs: string; name: string; title: string; content: string }[];
  /** Pinned messages, as `channel ts`. */
  pins: string[];
  /** `post i-1`, `find i-1`…, each with the milliseconds since the start. */
  calls: { call: string; atMs: number }[];
  /** From when each `find` looked. */
  lookedSinceUs: readonly number[];
  /** For the next call of that method, one after another. */
  fail(method: Method, ...faults: Fault[]): void;
  /** What `find` answers from now on; by default it looks. */
  answerFind(answer: FindResult | undefined): void;
  /** How long every call takes, from now on. */
  takes(ms: number): void;
}>;

export const lostAnswer: Fault = { result: { kind: 'ambiguous', reason: 'the answer was lost' }, delivered: true };
export const lostRequest: Fault = { result: { kind: 'ambiguous', reason: 'timed out' }, delivered: false };
export const limited = (seconds: number): Fault => ({ result: { kind: 'limited', retryAfterMs: seconds * 1_000 } });
export const notInChannel: Fault = { result: { kind: 'unreachable', reason: 'not_in_channel' } };
export const refused: Fault = { result: { kind: 'refused', reason: 'msg_too_long' } };
export const unauthorized: Fault = { result: { kind: 'unauthorized', reason: 'token_revoked' } };
export const objected: Fault = { result: { kind: 'objected', reason: 'never_heard_of_it' } };
export const failed: Fault = { result: { kind: 'failed', reason: 'connection refused' } };

export function conversation(clock: Clock): Conversation {
  const said: Said[] = [];
  const responses: Conversation['responses'] = [];
  const files: Conversation['files'] = [];
  const pins: string[] = [];
  const lookedSinceUs: number[] = [];
  const calls: Conversation['calls'] = [];
  const faults: Record<Method, Fault[]> = { post: [], update: [], respond: [], attach: [], pin: [] };
  const startUs = clock.nowUs();
  let findAnswer: FindResult | undefined;
  let callMs = 0;
  let lastTs = 1_700_000_000;

  async function call(method: Method, name: string, deliver: () => string): Promise<SendResult> {
    calls.push({ call: `${method} ${name}`, atMs: (clock.nowUs() - startUs) / 1_000 });
    const fault = faults[method].shift();
    await clock.sleep(callMs);
    if (fault && !fault.delivered) return fault.result;
    const ts = deliver();
    return fault?.result ?? { kind: 'sent', ts };
  }

  const sender: Sender = {
    post: ({ messageId, channelId, threadTs, message }) =>
      call('post', messageId, () => {
        const ts = `${++lastTs}.000100`;
        said.push({ messageId, channelId, threadTs, ts, message });
        return ts;
      }),
    update: ({ messageId, ts, message }) =>
      call('update', messageId, () => {
        for (const one of said) if (one.ts === ts) one.message = message;
        return ts;
      }),
    respond: ({ responseUrl, message }) =>
      call('respond', responseUrl, () => {
        responses.push({ responseUrl, message });
        return '';
      }),
    attach: ({ attachmentId, channelId, threadTs, name, title, content }) =>
      call('attach', attachmentId, () => {
        files.push({ channelId, threadTs, name, title, content: new TextDecoder().decode(content) });
        return '';
      }),
    pin: ({ channelId, ts }) =>
      call('pin', ts, () => {
        pins.push(`${channelId} ${ts}`);
        return ts;
      }),
    async find({ messageId, channelId, threadTs, sinceUs, file }) {
      lookedSinceUs.push(sinceUs);
      calls.push({ call: `find ${messageId}`, atMs: (clock.nowUs() - startUs) / 1_000 });
      await clock.sleep(callMs);
      if (findAnswer) return findAnswer;
      const isShared = files.some(
        (each) =>
          each.threadTs === threadTs &&
          each.name === file?.name &&
          each.title === file.title &&
          new TextEncoder().encode(each.content).byteLength === file.size,
      );
      if (file) return isShared ? { kind: 'found', ts: '' } : { kind: 'absent' };
      const one = said.find(
        (each) => each.messageId === messageId && each.channelId === channelId && each.threadTs === threadTs,
      );
      return one ? { kind: 'found', ts: one.ts } : { kind: 'absent' };
    },
  };

  return {
    sender,
    said,
    responses,
    files,
    pins,
    lookedSinceUs,
    calls,
    fail: (method, ...more) => void faults[method].push(...more),
    answerFind: (answer) => {
      findAnswer = answer;
    },
    takes: (ms) => {
      callMs = ms;
    },
  };
}
