/** A failed call in words for its caller: what was wrong, and what to do. */
import { errorRecord } from '#core/errors.ts';
import type { Operation } from '#operations/operation.ts';
import { shown } from '#present/words/plain-text.ts';

export type Failure = Readonly<{
  code: string;
  /** One line each: an argument or a system outside could write further ones, as if they were ours. */
  what: string;
  advice: string;
  /** They may contain words of a system outside. */
  isQuoted: boolean;
}>;

/** What the command line advises, in the words of the operations. */
const ADVICE: Readonly<Record<string, string>> = {
  SH_INCIDENT_NOT_FOUND: 'list_incidents names the declared incidents.',
  SH_UNKNOWN_SERVICE: 'list_services names the known services.',
};

const OUTSIDE: ReadonlySet<string> = new Set([
  'SH_BACKEND',
  'SH_UNREACHABLE',
  'SH_NO_SOURCE_ANSWERED',
  'SH_TRACE_NOT_FOUND',
]);

const MOST_CHARS = 4_000;

export function failureOf({ name }: Pick<Operation, 'name'>, error: unknown): Failure {
  const { code, message, advice } = errorRecord(error);
  const said = code === 'SH_UNKNOWN_SERVICE' ? `${advice} ${ADVICE[code]}` : (ADVICE[code] ?? advice);
  // The message of a bug may show the inside.
  const what = code === 'SH_BUG' ? `${name} failed` : message;
  return { code, what: oneLine(`${what}.`), advice: oneLine(said), isQuoted: OUTSIDE.has(code) };
}

function oneLine(text: string): string {
  return shown(text)
    .slice(0, MOST_CHARS / 2)
    .toWellFormed();
}

const MOST_NAME_CHARS = 100;

/** A name that a caller wrote, short and in quotes. */
export function quotedName(name: string): string {
  return JSON.stringify(
    shown(name.slice(0, 2 * MOST_NAME_CHARS))
      .slice(0, MOST_NAME_CHARS)
      .toWellFormed(),
  );
}
