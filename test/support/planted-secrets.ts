/**
 * Secrets to plant into evidence, and the search for parts of them in what leaves. From eight characters on a part gives
 * something away, and is no chance.
 */
import { redact } from '#model/redaction/redaction.ts';
import { secretTexts } from '#test/secret-corpus.ts';

export const PART = 8;
const SHORTEST = 5;

type Planted = Readonly<{ what: string; text: string; secret: string }>;

/** Not those that only their meaning tells, or the end of the text behind them; nor whose parts stand in any text. */
export const SECRETS: readonly Planted[] = secretTexts().filter(
  ({ what, text, secret, isFound }) =>
    isFound &&
    partOf(redact(`${text} order 17`), secret) === '' &&
    secret.length >= SHORTEST &&
    what !== 'token, cut off' &&
    !/example|PRIVATE KEY|production|(.)\1{7}|12345678/i.test(secret),
);

/** What a cut makes unknown: a few letters of a random token tell nothing any more. */
export const LOST: readonly Planted[] = SECRETS.filter(
  ({ text, secret }) => partOf(redact(text.slice(0, text.indexOf(secret) + PART + 2)), secret) !== '',
);

/** The first part of a secret that stands in a text; '' where none does. */
export function partOf(text: string, secret: string): string {
  return partsOf(secret).find((part) => text.includes(part)) ?? '';
}

function partsOf(secret: string): string[] {
  const length = Math.min(PART, secret.length);
  return Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length));
}

/** What each part belongs to, by its length: a text is read once, however many secrets there are. */
const PARTS: ReadonlyMap<number, ReadonlyMap<string, string>> = new Map(
  [...Map.groupBy(SECRETS, ({ secret }) => Math.min(PART, secret.length))].map(([length, secrets]) => [
    length,
    new Map(secrets.flatMap(({ what, secret }) => partsOf(secret).map((part) => [part, what] as const))),
  ]),
);

/** The parts of secrets in a text, each with what stands around it. */
export function leaks(text: string): string[] {
  const found = new Map<string, string>();
  for (const [length, parts] of PARTS)
    for (let at = 0; at + length <= text.length; at += 1) {
      const what = parts.get(text.slice(at, at + length));
      if (what !== undefined && !found.has(what))
        found.set(what, `${what}: ${text.slice(Math.max(0, at - 60), at + 30)}`);
    }
  return [...found.values()];
}
