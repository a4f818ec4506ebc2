/** Reads the body of a webhook and stores its content before the answer. */
import { errorRecord } from '#core/errors.ts';
import type { Log } from '#core/log.ts';
import type { ReadBody, WebhookReply, WebhookRequest } from '#core/webhook.ts';

export type StoringOptions<Content> = Readonly<{
  source: string;
  /** What the body holds, for the log: `a webhook`, `changes`. */
  what: string;
  /** The answer to a body that nobody can read; the reason follows. */
  unreadable: string;
  read(body: unknown, request: WebhookRequest): ReadBody<Content>;
  store(content: Content): Promise<void>;
  log: Log;
}>;

export function storedBody<Content extends Readonly<{ kind: 'delivery' | 'changes' }>>({
  source,
  what,
  unreadable,
  read,
  store,
  log,
}: StoringOptions<Content>): (request: WebhookRequest) => Promise<WebhookReply> {
  return async (request) => {
    const content = read(jsonIn(request.body), request);
    if (content.kind === 'other') return { status: 200, text: 'nothing to do\n' };
    if (content.kind === 'unreadable') {
      // The sender does not repeat a refused request: only this log line remains.
      log.warn({ source, why: content.why }, `cannot read ${what}`);
      return { status: 400, text: `${unreadable}:\n${content.why}\n` };
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

/** Undefined where it is not JSON, which the reader refuses. */
function jsonIn(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
