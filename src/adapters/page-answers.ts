/** What the answers of a status page outside mean: for an update that is sent, and for `doctor`. */
import { failed, problemOf, type TrackerWords, unlikeItsApi } from '#adapters/issue-answers.ts';
import { notAnswered, type OutgoingAnswer, refusal } from '#adapters/outgoing.ts';
import type { Health } from '#gather/sources.ts';
import type { NotPublished } from '#model/incident/status-page.ts';

/** `success`: reads an answer that means success; undefined if it is not of this API. */
export function readPage<Value>(
  answer: OutgoingAnswer,
  success: (json: unknown) => Value | undefined,
  words: TrackerWords,
): Value | NotPublished {
  if (answer.kind !== 'answered') return notAnswered(answer, words);
  if (answer.status < 200 || answer.status >= 300) return refusal(answer, words);
  return success(answer.json) ?? unlikeItsApi(words);
}

/** The question sent nothing, but the attempt before it may have sent the update. */
export function notLooked(answer: OutgoingAnswer, words: TrackerWords): NotPublished {
  const refused = answer.kind === 'answered' && answer.status !== 200 ? refusal(answer, words) : undefined;
  if (refused?.kind === 'limited' || refused?.kind === 'refused') return refused;
  return { kind: 'ambiguous', reason: `${words.title} did not say whether it has the update.` };
}

export function nothingToCorrect({ title }: TrackerWords): NotPublished {
  return {
    kind: 'refused',
    reason: `${title} does not have the update that is corrected. Correct it there by hand.`,
  };
}

/** Undefined if the page answered the question. */
export function pageProblem(answer: OutgoingAnswer, words: TrackerWords): Health | undefined {
  const { title, api } = words;
  if (answer.kind !== 'answered') return failed(`${title} did not answer (${answer.why})`, `Check ${api}.`);
  if (answer.status === 200) return undefined;
  return failed(`${title} answered HTTP ${answer.status}`, problemOf(refusal(answer, words), title));
}

export function unlikePage({ title, api }: TrackerWords): Health {
  return failed(`${title} answered, but not as its API does`, `Check ${api}.`);
}

/** `components`: of the setting. `ids`: those that the page has. Undefined if it has all of them. */
export function missingComponents(
  components: readonly Readonly<{ name: string; id: string }>[],
  { ids, setting }: Readonly<{ ids: ReadonlySet<string | undefined>; setting: string }>,
): Health | undefined {
  const unknown = components.filter(({ id }) => !ids.has(id)).map(({ name, id }) => `${name}=${id}`);
  if (unknown.length === 0) return undefined;
  return failed(`the page has no component ${unknown.join(', ')}`, `Correct the ids in ${setting}.`);
}
