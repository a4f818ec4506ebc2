/** What the answer of an issue tracker means, and how its lists are searched for what an earlier attempt left. */
import { z } from 'zod';
import { boundedWaitMs } from '#adapters/http.ts';
import {
  type Ask,
  isMissing,
  notAnswered,
  type OutgoingAnswer,
  type RefusalWords,
  refusal,
} from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
import type { IssueChange, Tried } from '#model/incident/issue-tracker.ts';
import type { NotPublished } from '#model/incident/status-page.ts';

export type TrackerWords = RefusalWords & Readonly<{ api: string }>;

/** `form`: of the answers that mean success. */
export function readAnswer<Value>(answer: OutgoingAnswer, form: z.ZodType<Value>, words: TrackerWords): Tried<Value> {
  if (answer.kind !== 'answered') return notAnswered(answer, words);
  const { status, json, said } = answer;
  if (status >= 200 && status < 300) {
    const read = form.safeParse(json);
    if (read.success) return { kind: 'done', value: read.data };
    return unlikeItsApi(words);
  }
  const limitedMs = limitedForMs(answer);
  if (limitedMs !== undefined) return { kind: 'limited', retryAfterMs: limitedMs };
  // Somebody else changes the same thing at this moment.
  if (status === 409)
    return { kind: 'failed', reason: `${words.title} is busy with another change (HTTP 409). ${said}` };
  return refusal(answer, words);
}

/** A page in between, or an answer that was cut: it may have been done. */
export function unlikeItsApi({ title, api }: TrackerWords): NotPublished {
  return { kind: 'ambiguous', reason: `${title} answered, but not as its API does. Check ${api}.` };
}

/** Undefined if there is no such thing. */
export function readOptional<Value>(
  answer: OutgoingAnswer,
  form: z.ZodType<Value>,
  words: TrackerWords,
): Tried<Value | undefined> {
  return isMissing(answer) ? { kind: 'done', value: undefined } : readAnswer(answer, form, words);
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
  return boundedWaitMs(Number(header('x-ratelimit-reset')) * 1_000 - Date.parse(header('date')));
}

/** A question changes nothing: without an answer nobody knows more than before. */
export function unanswered(result: NotPublished, title: string): NotPublished {
  if (result.kind === 'limited' || result.kind === 'refused') return result;
  return { kind: 'ambiguous', reason: `${title} did not say what it has. ${result.reason}` };
}

/** There is no such issue. It is gone if the place that held it is `seen`; else nobody knows. */
export function goneFrom(seen: Tried<unknown>, title: string): Tried<'gone'> {
  return seen.kind === 'done' ? { kind: 'done', value: 'gone' } : unanswered(seen, title);
}

/** The mark of an attempt, in a text of Markdown, which shows no comments. */
export function hiddenMark(mark: string): string {
  return `<!-- spanhound:${mark} -->`;
}

export const PER_PAGE = 100;
/** An attempt that is searched for is minutes old, and at most a day. */
const MOST_PAGES = 10;

type Search<One> = Readonly<{
  form: z.ZodType<One>;
  words: TrackerWords;
  isIt(one: One): boolean;
  /** In a list with the newest first: it is older than the attempt, so that the search ends. */
  isOlder?(one: One): boolean;
}>;

/** Page after page; undefined if the list does not have it. */
export async function searchPages<One>(
  ask: Ask,
  path: string,
  { form, words, isIt, isOlder = () => false }: Search<One>,
): Promise<Tried<One | undefined>> {
  const separator = path.includes('?') ? '&' : '?';
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const answer = await ask('GET', `${path}${separator}per_page=${PER_PAGE}&page=${page}`);
    const listed = readAnswer(answer, z.array(form), words);
    if (listed.kind !== 'done') return unanswered(listed, words.title);
    const found = listed.value.find(isIt);
    const isLast = listed.value.length < PER_PAGE || listed.value.some(isOlder);
    if (found !== undefined || isLast) return { kind: 'done', value: found };
  }
  return {
    kind: 'ambiguous',
    reason: `${words.title} has too many new ones to search. Look there, and close what is double.`,
  };
}

const Comment = z.object({ body: z.string().nullish() });

/** Adds the comment of a change, unless an earlier attempt did. `path`: of the comments of the issue. */
export async function commentOnce(
  ask: Ask,
  path: string,
  {
    comment,
    mark,
    isUncertain,
    words,
  }: Pick<IssueChange, 'comment' | 'mark' | 'isUncertain'> & Pick<Search<0>, 'words'>,
): Promise<Tried<'changed'>> {
  if (isUncertain) {
    const said = await searchPages(ask, path, {
      form: Comment,
      words,
      isIt: ({ body }) => body?.includes(hiddenMark(mark)) === true,
    });
    if (said.kind !== 'done') return said;
    if (said.value !== undefined) return { kind: 'done', value: 'changed' };
  }
  const body = `${comment.markdown}\n\n${hiddenMark(mark)}`;
  const commented = readAnswer(await ask('POST', path, { body }), Comment, words);
  // A locked issue takes no comment. Its state is what counts.
  return commented.kind === 'done' || commented.kind === 'refused' ? { kind: 'done', value: 'changed' } : commented;
}

export function problemOf(result: NotPublished, title: string): string {
  return result.kind === 'limited' ? `${title} takes no more requests now.` : result.reason;
}

export function failed(detail: string, remedy: string): Health {
  return { ok: false, detail, remedy };
}
