/**
 * Texts in quotes that a change and the failure share: a key that nobody writes any more, a value that it brought.
 *
 *   -  "postcode": address.code                KeyError: 'postcode'
 *   +  "zip": address.code                     ◄── its readers still ask for it
 */
import type { Touched } from '#model/changes/said-values.ts';

/**
 * How readers say that a key is not there: Python, PHP, Ruby, Elixir, .NET, org.json, JavaScript, Go, serde, Avro, JSON
 * Schema.
 */
const SAID_KEY =
  /\bkeyerror: ["'`:]([\w.-]{2,80})|\bundefined (?:array key|index|offset|property)[: ]{1,3}["'`$]{0,2}([\w.-]{2,80})|\bkey not found: [:"'`]([\w.-]{2,80})|\bkey :([\w.-]{2,80}) not found|\bgiven key ["'`]([\w.-]{2,80})["'`] was not present|\bno value for ([\w.-]{2,80})|\(reading ["'`]([\w.-]{2,80})["'`]\)|\bmissing (?:required )?(?:field|property|key|attribute)s?:? ["'`]?([\w.-]{2,80})|["'`]([\w.-]{2,80})["'`] is a required property/g;
/** Words that are keys of nearly everything. */
const OF_ALL = /^(?:id|name|type|status|value|data|key|code|kind|date|time|url|user|item|items|result|message|error)$/;
const SHORTEST_KEY = 5;
/** `"postcode": …`, `:postcode`, `postcode: …`, `json:"postcode"` */
const KEYS = /["'`:]([A-Za-z_][\w.-]{1,80})|\b([A-Za-z_]\w{1,80})(?=\s{0,2}(?::|=>))/g;

/** The key that it no longer writes; empty where the failure misses none of them. */
export function keyGone({ added, removed, context }: Touched, failure: string): string {
  const missed = Array.from(
    failure.matchAll(SAID_KEY),
    ([, ...names]) => names.find((name) => name !== undefined) ?? '',
  );
  const telling = missed.filter((name) => name.length >= SHORTEST_KEY && !OF_ALL.test(name));
  if (telling.length === 0) return '';
  const keysIn = (text: string) =>
    new Set(Array.from(text.matchAll(KEYS), ([, quoted, bare = '']) => (quoted ?? bare).toLowerCase()));
  const gone = keysIn(removed).difference(keysIn(`${added}\n${context}`));
  const found = telling.find((name) => gone.has(name));
  return found === undefined ? '' : `it no longer writes “${found}”, which the failure misses`;
}

/** How parsers quote what they cannot read: Java, Python, Go, .NET, JavaScript, Rust, databases. */
const SAID_VALUE =
  /\b(?:for input string|invalid literal for \w{2,20}\(\)(?: with base \d{1,2})?|could not convert string to \w{2,20}|parsing|input string|invalid input syntax for (?:type )?[\w ]{2,40}|cannot parse|could not be parsed|unparseable (?:date|number)|invalid (?:value|format|number|date))\b[^"'`“\n]{0,20}["'`“]([^"'`”\n]{4,80})["'`”]|["'`“]([^"'`”\n]{4,80})["'`”] (?:was not in a correct format|is not (?:a valid|valid)|could not be parsed|is not an? (?:number|integer|date))/g;

/** The value that its new lines bring and that the failure cannot read; else empty. */
export function valueBrought({ added, removed, context }: Touched, failure: string): string {
  const values = Array.from(failure.matchAll(SAID_VALUE), ([, one, other]) => one ?? other ?? '');
  if (values.length === 0) return '';
  const [now, before] = [added.toLowerCase(), `${removed}\n${context}`.toLowerCase()];
  const found = values.find((value) => /\d|\W/.test(value) && now.includes(value) && !before.includes(value));
  return found === undefined ? '' : `it brings “${found}”, which the failure cannot read`;
}
