/**
 * Texts in quotes that a change and the failure share: a key that nobody writes any more, a value that it brought.
 *
 *   -  "postcode": address.code                KeyError: 'postcode'
 *   +  "zip": address.code                     ◄── its readers still ask for it
 */
import type { Touched } from '#model/changes/said/values.ts';

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

const QUOTED = /["'`]([^"'`\n]{4,80})["'`]/g;
/** In a longer diff, lines that only look alike stand side by side. */
const MOST_LINES = 60;

/** The text in quotes that it replaces, where the failure has the old and the new one: a device, a bucket; else empty. */
export function literalReplaced({ added, removed }: Touched, failure: string): string {
  const [now, before] = [added.split('\n'), removed.split('\n')];
  if (now.length > MOST_LINES || before.length > MOST_LINES) return '';
  const fresh = now.map((line) => ({ line, form: line.replaceAll(QUOTED, '·') }));
  for (const line of before) {
    const form = line.replaceAll(QUOTED, '·');
    for (const other of fresh) {
      if (line === other.line || form !== other.form) continue;
      const [old, texts] = [quotedIn(line), quotedIn(other.line)];
      const at = old.findIndex((text, place) => text !== texts[place]);
      const [was = '', is = ''] = [old[at], texts[at]];
      const isApart = was !== '' && is !== '' && !was.includes(is) && !is.includes(was);
      if (isApart && failure.includes(was.toLowerCase()) && failure.includes(is.toLowerCase()))
        return `it writes “${is}” in place of “${was}”, and the failure names both`;
    }
  }
  return '';
}

function quotedIn(line: string): readonly string[] {
  return Array.from(line.matchAll(QUOTED), ([, text = '']) => text);
}

/** pgvector, Pinecone, Qdrant, Milvus, Weaviate, Elasticsearch: vectors of two lengths. */
const SAYS_DIMENSIONS =
  /\bdifferent vector dimensions\b|\bexpected \d{2,5} dimensions\b|\b(?:vector|embedding) dimensions?\b[^\n]{0,60}\b(?:does not match|do not match|mismatch|expected|differs?)\b|\bdimension(?:s|ality)? (?:mismatch|error)\b/;
const OF_EMBEDDINGS = /embed|\bdim(?:ension)?s?\b|vector/i;

/** It takes another model for vectors, or another length, and the failure compares vectors of two lengths. */
export function vectorsReplaced({ added, removed }: Touched, failure: string): string {
  const isOther = OF_EMBEDDINGS.test(added) && OF_EMBEDDINGS.test(removed);
  return isOther && SAYS_DIMENSIONS.test(failure)
    ? 'it changes how vectors are made, and the failure has two lengths'
    : '';
}

/** Temporal, Cadence, Durable Functions: the history of a run was written under other code. */
const SAYS_HISTORY = /\bnon-?determinis(?:m|tic)/;
const OF_WORKFLOWS =
  /\bworkflow\.\w|\b(?:execute_?activity|execute_?child|get_?version|call_?activity|create_?timer|sleep|await)\b/i;

/** It changes the steps of a workflow, and the failure says that the history of a run does not fit any more. */
export function stepsChanged({ added, removed }: Touched, failure: string): string {
  const isOfSteps = OF_WORKFLOWS.test(added) || OF_WORKFLOWS.test(removed);
  return isOfSteps && SAYS_HISTORY.test(failure) ? 'it changes the steps of a workflow that has runs under way' : '';
}
