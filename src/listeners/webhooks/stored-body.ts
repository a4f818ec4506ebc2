/** Reads the body of a webhook and stores its content before the answer. */
import { errorRecord } from '#core/errors.ts';
import { formIn } from '#core/form-body.ts';
import type { Log } from '#core/log.ts';
import { notificationIn } from '#core/notification-text.ts';
import type { ReadBody, WebhookReply, WebhookRequest } from '#core/webhook.ts';

export type StoringOptions<Content> = Readonly<{
  source: string;
  /** What the body holds, for the log: `a webhook`, `changes`, `an issue`. */
  what: string;
  /** The answer to a body that nobody can read; the reason follows. */
  unreadable: string;
  /** What the sender's operator can do about it. */
  advice?: string;
  read(body: unknown, request: WebhookRequest): ReadBody<Content>;
  store(content: Content): Promise<void>;
  log: Log;
}>;

export function storedBody<Content extends Readonly<{ kind: 'delivery' | 'note' | 'changes' | 'issue' }>>({
  source,
  what,
  unreadable,
  advice,
  read,
  store,
  log,
}: StoringOptions<Content>): (request: WebhookRequest) => Promise<WebhookReply> {
  return async (request) => {
    const content = read(jsonIn(request.body), request);
    if (content.kind === 'other') {
      const { why } = content;
      return { status: 200, text: why === undefined ? 'nothing to do\n' : `nothing to do: ${why}\n` };
    }
    if (content.kind === 'unreadable') {
      // The sender does not repeat a refused request: only this log line remains.
      log.warn({ source, why: content.why }, `cannot read ${what}`);
      return { status: 400, text: `${unreadable}:\n${content.why}\n${advice === undefined ? '' : `${advice}\n`}` };
    }
    try {
      await store(content);
      return { status: 202, text: 'stored\n' };
    } catch (error) {
      log.error({ err: error, source }, `cannot store ${what}`);
      return { status: 503, text: `not stored: ${errorRecord(error).code}\n` }; // 5xx: it is sent again
    }
  };
}

/** The JSON, or the fields of a form or of a notification in plain text; undefined for another body, which the reader refuses. */
export function jsonIn(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body);
  try {
    return JSON.parse(text);
  } catch {
    return formIn(text) ?? notificationIn(text);
  }
}
