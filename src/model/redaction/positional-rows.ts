/**
 * Values of a statement that names no columns: `INSERT INTO users VALUES (1, 'jo', 'hunter2')`. The table says how much a
 * value must look like a secret. In a table of secrets, a word that nobody says is enough. In a table of people, it has to
 * stand behind another text, because the first one is the name. Elsewhere it needs a sign that no name has.
 */
import { namedAt } from '#model/redaction/names.ts';
import { standsForValue } from '#model/redaction/no-secret.ts';
import { looksChosen } from '#model/redaction/sentences.ts';
import { endAt, matchAt } from '#model/redaction/sticky.ts';
import { type Range, statementEnd } from '#model/redaction/values.ts';

const ROWS = /into ([\w."\x60[\]\\]{1,120})\s{1,40}values?\s{0,40}(?:row\s?)?\(/iy;
const NEXT_ROW = /\s{0,4}\)\s{0,4},?\s{0,40}(?:row\s?)?\(/iy;
const LITERAL = /\s{0,4}[NEB]?(')/iy;
const OTHER = /[^,()']{0,200}(?:\([^()]{0,200}\))?[^,()']{0,200}/y;
const COMMA = /\s{0,4},/y;
/** A statement of more is cut off in a log. */
const MOST_VALUES = 4_000;

type Kind = 'secrets' | 'people' | 'other';

/** At the word "into": the secret literals, in order; empty where none are. */
export function positionalValues(text: string, start: number): readonly Range[] {
  const head = matchAt(ROWS, text, start);
  if (head === undefined) return [];
  const kind = kindOf(head[1] ?? '');
  const found: Range[] = [];
  let texts = 0;
  let at: number | undefined = start + head[0].length;
  for (let values = 0; at !== undefined && values < MOST_VALUES; values += 1) {
    const { literal, end } = valueAt(text, at);
    if (literal !== undefined && isSecret(kind, text.slice(literal.start, literal.end).slice(0, LONGEST), texts))
      found.push(literal);
    const row = endAt(NEXT_ROW, text, end);
    texts = row > end ? 0 : texts + (literal === undefined ? 0 : 1);
    at = row > end ? row : nextAt(text, end);
  }
  return found;
}

/** `end`: behind the quote. */
function valueAt(text: string, at: number): Readonly<{ literal: Range | undefined; end: number }> {
  const opening = matchAt(LITERAL, text, at);
  if (opening === undefined) return { literal: undefined, end: endAt(OTHER, text, at) };
  const start = at + opening[0].length;
  const end = statementEnd(text, start, "'");
  return { literal: { start, end }, end: end + 1 };
}

function nextAt(text: string, end: number): number | undefined {
  const comma = endAt(COMMA, text, end);
  return comma === end ? undefined : comma;
}

function kindOf(written: string): Kind {
  const table = written.replaceAll(/["`[\]\\]/g, '').replace(/^.*\./, '');
  const named = namedAt(table, table.length - 1);
  if ((named !== undefined && !named.rule.isMade) || OF_SECRETS.test(table)) return 'secrets';
  return OF_PEOPLE.test(table) ? 'people' : 'other';
}

const OF_SECRETS =
  /(?:pass(?:words?|wds?|codes?)|secrets?|cred(?:ential)?s?|(?:api|access|auth)_?keys?)(?:_(?:resets?|history|store|vault|backup|old))?$/i;
const OF_PEOPLE =
  /(?:^|_|[a-z](?=[A-Z]))(?:users?|accounts?|logins?|members?|customers?|clients?|admins?|operators?|employees?|staff|people|persons?|auth|subscribers?|patients?|students?|benutzer|utilisateurs?|usuarios?|utenti)(?:_(?:auth|login|accounts?|data|backup|old|tmp))?$/i;

/** `texts`: how many stand before it in its row. */
function isSecret(kind: Kind, value: string, texts: number): boolean {
  if (value.length < SHORTEST || standsForValue(value) || OF_ANOTHER_FORM.test(value)) return false;
  if (kind === 'secrets') return CHOSEN.test(value) && (looksChosen(value) || HEX.test(value));
  if (NAME_OR_ID.test(value)) return false;
  if (MADE_UP.test(value)) return true;
  return (
    kind === 'people' && texts > 0 && value.length >= SHORTEST_OF_PEOPLE && CHOSEN.test(value) && looksChosen(value)
  );
}

const SHORTEST = 5;
const SHORTEST_OF_PEOPLE = 7;
const LONGEST = 200;
/** A letter and a digit, and no space. */
const CHOSEN = /^(?=\S{0,200}[a-z])(?=\S{0,200}\d)\S{1,200}$/i;
/** A letter, a digit and a sign that no name, time or address has. */
const MADE_UP = /^(?=.{0,200}[a-z])(?=.{0,200}\d)(?=.{0,200}[!#$^&*?~])[^\s/:;,=<>()[\]{}|"\x60@%+]{7,200}$/i;
const HEX = /^[\da-f]{16,128}$/i;
/** Times, versions, addresses, files. */
const OF_ANOTHER_FORM =
  /^(?:\d{1,4}[-./:T]\d.*|[vV]?\d+\.\d.*|[^\s@]{1,100}@[^\s@]{1,100}|[a-z][a-z+.-]{1,12}:.*|[./~\\].*|[\w-]+(?:\.[\w-]+)+)$/;
/** Ids and hashes, numbers of parts and orders, names of hosts, colours. */
const NAME_OR_ID =
  /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[\da-f]{16,128}|[A-Z]{1,8}[-_#]?\d[\dA-Z-]*|[a-z]{1,20}(?:[-_][a-z]{1,20}){0,3}[-_]\d{1,12}|[A-Za-z]{2,12}[-_]?\d{1,2}|\d+[A-Za-z%]{1,4}|#[\da-f]{3,8})$/;
