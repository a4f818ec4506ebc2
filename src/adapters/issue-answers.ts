/** What the answer of an issue tracker means, and the pages of its lists. */
import type { z } from 'zod';
import { notAnswered, type OutgoingAnswer, type RefusalWords, refusal } from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
import type { Tried } from '#model/incident/issue-tracker.ts';
import type { NotPublished } from '#model/incident/status-page.ts';

/** `form`: of the answers that mean success. */
export function readAnswer<Value>(
  answer: OutgoingAnswer,
  form: z.ZodType<Value>,
  words: RefusalWords & Readonly<{ api: string }>,
): Tried<Value> {
  if (answer.kind !== 'answered') return notAnswered(answer, words);
  const { status, json, said } = answer;
  if (status >= 200 && status < 300) {
    const read = form.safeParse(json);
    if (read.success) return { kind: 'done', value: read.data };
    // A page in between, or an answer that was cut: the tracker may have done it.
    return { kind: 'ambiguous', reason: `${words.title} answered, but not as its API does. Check ${words.api}.` };
  }
  const limitedMs = limitedForMs(answer);
  if (limitedMs !== undefined) return { kind: 'limited', retryAfterMs: limitedMs };
  // Somebody else changes the same thing at this moment.
  if (status === 409)
    return { kind: 'failed', reason: `${words.title} is busy with another change (HTTP 409). ${said}` };
  return refusal(answer, words);
}

/** GitHub limits with 403 and 429, and says until when in one of two headers. */
function limitedForMs({
  status,
  retryAfterMs,
  header,
}: Extract<OutgoingAnswer, { kind: 'answered' }>): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  if (retryAfterMs !== undefined) return retryAfterMs;
  if (header('x-ratelimit-remaining') !== '0') return undefined;
  // Its own clock: ours may be wrong.
  const waitMs = Number(header('x-ratelimit-reset')) * 1_000 - Date.parse(header('date'));
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
}

/** A question changes nothing: without an answer nobody knows more than before. */
export function unanswered(result: NotPublished, title: string): NotPublished {
  if (result.kind === 'limited' || result.kind === 'refused') return result;
  return { kind: 'ambiguous', reason: `${title} did not say what it has. ${result.reason}` };
}

export function problemOf(result: NotPublished, title: string): string {
  return result.kind === 'limited' ? `${title} takes no more requests now.` : result.reason;
}

export function failed(detail: string, remedy: string): Health {
  return { ok: false, detail, remedy };
}
