/** Spans that only notify somebody: email, webhooks, audit logs. */
import type { SpanIndex } from '#model/trace/columns.ts';
import type { Trace } from '#model/trace/trace.ts';

/** Calls are seldom nested deeper. */
const MOST_LEVELS = 50;

/** The outermost span above this one that only notifies somebody; empty where the request itself is a notification. */
export function notificationAbove(trace: Trace, span: SpanIndex): string {
  let notification = '';
  let at = span;
  for (let level = 0; level < MOST_LEVELS && at !== trace.root; level += 1) {
    const operation = trace.operation(at);
    const words = [operation, trace.service(at), trace.peer(at)];
    if (isRead(trace, at)) notification = '';
    else if (words.some((word) => NOTIFIES.test(word))) notification = operation;
    at = trace.parent(at) ?? trace.root;
  }
  return [trace.operation(trace.root), trace.service(trace.root)].some((word) => NOTIFIES.test(word))
    ? ''
    : notification;
}

function isRead(trace: Trace, span: SpanIndex): boolean {
  return /^(?:GET|HEAD)\b/i.test(trace.text(span, 'http.request.method') || trace.operation(span));
}

/** Names of notifications, which the caller does not need to wait for. */
const NOTIFIES =
  /(?:^|[^a-z])(?:e-?mails?|mailer|smtp|sms|notif(?:y|ications?)|newsletter|webhooks?|audit|analytics)(?:$|[^a-z])/i;
