/**
 * The one place where operations are called. It checks the arguments, lets a limited number of calls run at once, and
 * keeps answers for their further pages.
 *
 *   arguments ──► checked ──► kept answer? ──► turn ──► operation ──► redacted, digested ──► page
 */
import type { z } from 'zod';
import { UsageError } from '#core/errors.ts';
import { sha256 } from '#core/sha256.ts';
import { digestIn, type Page, pageOf, type ReadyAnswer, ready } from '#operations/answer.ts';
import { quotedName } from '#operations/failure.ts';
import type { Operation, Paging } from '#operations/operation.ts';
import type { Parts } from '#operations/parts.ts';
import { openTurns } from '#operations/turns.ts';

export type Caller = Readonly<{
  /** Callers with different names may see different things, so they share no kept answer. */
  name: string;
  parts: Parts;
  signal: AbortSignal;
}>;

export type Desk = Readonly<{
  /** Throws a `WrongArgumentsError`, a `BusyError`, or what the operation throws. */
  call(operation: Operation, given: Readonly<Record<string, unknown>>, caller: Caller): Promise<Page>;
}>;

/** An analysis takes a processor, and its sources answer several callers at once no sooner. */
const MOST_AT_ONCE = 4;

export type DeskOptions = Readonly<{
  /** How many calls run at once. @default 4 */
  atOnce?: number;
  /** How many may wait for their turn; further ones fail. @default any number */
  waiting?: number;
}>;

export function openDesk({ atOnce = MOST_AT_ONCE, waiting = Number.POSITIVE_INFINITY }: DeskOptions = {}): Desk {
  /** Reading the store is quick: it does not wait behind diagnoses. */
  const turns = { outside: openTurns(atOnce, waiting), store: openTurns(atOnce, waiting) };
  const kept = keptAnswers();

  return {
    async call(operation, given, { name, parts, signal }) {
      const parsed = operation.input.safeParse(given);
      if (!parsed.success) throw new WrongArgumentsError(operation, parsed.error);
      const { maxCharacters, cursor, ...asked } = parsed.data as Paging;
      const question = sha256(JSON.stringify([name, operation.name, asked]));
      const known = kept.find(question, digestIn(cursor));
      if (known !== undefined) return pageOf(known, operation.lists, { maxCharacters, cursor });
      const line = operation.asksSystems ? turns.outside : turns.store;
      const answer = ready(await line.take(signal, () => operation.answer(asked, { parts, signal })));
      // Who may read the store may have changed by the next page, so that is read anew.
      if (operation.asksSystems) kept.keep(question, answer);
      return pageOf(answer, operation.lists, { maxCharacters, cursor });
    },
  };
}

export type Mistake = Readonly<{
  /** The argument; '' for the whole. */
  where: string;
  what: string;
}>;

export class WrongArgumentsError extends UsageError {
  readonly mistakes: readonly Mistake[];

  constructor({ name, input }: Operation, { issues }: z.ZodError) {
    const mistakes = issues.map(mistakeIn);
    const said = mistakes.map(({ where, what }) => (where === '' ? what : `${where} ${what}`));
    super(`wrong arguments: ${said.join('; ')}`, `${name} takes ${Object.keys(input.shape).join(', ')}.`);
    this.mistakes = mistakes;
  }
}

const MOST_NAMED = 5;

function mistakeIn(issue: z.core.$ZodIssue): Mistake {
  if (issue.code !== 'unrecognized_keys') return { where: issue.path.join('.'), what: issue.message };
  const more = issue.keys.length - MOST_NAMED;
  const named = issue.keys.slice(0, MOST_NAMED).map(quotedName).join(', ');
  return { where: '', what: `unknown argument ${named}${more > 0 ? ` and ${more} more` : ''}` };
}

/** The oldest answers go first. In characters of their JSON. */
const MOST_KEPT_CHARS = 20_000_000;

/** Keeps answers by their question, so that a further page asks no system again. */
function keptAnswers() {
  const kept = new Map<string, Readonly<{ answer: ReadyAnswer; chars: number }>>();
  let chars = 0;
  const drop = (question: string) => {
    chars -= kept.get(question)?.chars ?? 0;
    kept.delete(question);
  };
  return {
    find(question: string, digest: string | undefined): ReadyAnswer | undefined {
      const answer = kept.get(question)?.answer;
      return digest !== undefined && answer?.digest.startsWith(digest) ? answer : undefined;
    },
    keep(question: string, answer: ReadyAnswer): void {
      drop(question);
      const own = JSON.stringify(answer).length;
      kept.set(question, { answer, chars: own });
      chars += own;
      for (const oldest of kept.keys()) if (chars > MOST_KEPT_CHARS) drop(oldest);
    },
  };
}
