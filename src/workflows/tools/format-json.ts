/** Formats JSON, or a part of it: `spanhound json`, `/trace tools json`. */
import { JSONPathEnvironment, JSONPathError, type JSONValue } from 'json-p3';
import { UnreadableInputError } from '#core/errors.ts';
import { redact, redactions, redactionsIn } from '#model/redaction/redaction.ts';
import { shownJson } from '#present/json/json-text.ts';
import { causesIn } from '#utilities/error-object.ts';
import {
  type JsonMistake,
  type JsonNode,
  nodeAt,
  nodesIn,
  type Place,
  pathText,
  readJson,
  withScalars,
  withSortedMembers,
} from '#utilities/json-document.ts';

export type FormatJsonRequest = Readonly<{
  text: string;
  /** The name of the text in error messages: the file's name. */
  name: string;
  /** A JSONPath (RFC 9535), a JSON Pointer (RFC 6901), or a path as people write it: `.error.context`. */
  query?: string | undefined;
  /** Sorts members by name. */
  sort?: boolean;
  /** Strings that hold JSON become that JSON. */
  unfold?: boolean;
  /** Keeps credentials, for a person who owns the document and is alone with it. */
  raw?: boolean;
}>;

export type FormattedJson = Readonly<{
  documents: readonly JsonNode[];
  /** What an error's numbers and words say about its cause. */
  causes: readonly string[];
  /** Further notes, one sentence each. */
  notes: readonly string[];
}>;

export function formatJson(request: FormatJsonRequest): FormattedJson {
  const { query, sort = false, unfold = false, raw = false } = request;
  const read = documentsOf(request);
  const folded = read.reduce((sum, document) => sum + foldedIn(document), 0);
  const whole = unfold ? read.map(unfolded) : read;
  const clean = raw ? whole : whole.map((document) => shownJson(document));
  // Queries the original document, but answers from the redacted one: a part alone does not show what it belongs to.
  const asked = query === undefined ? clean : whole.flatMap((document, at) => queried(document, query, clean[at]));
  const documents = sort ? asked.map(withSortedMembers) : asked;
  const redacted = raw ? 0 : documents.reduce((sum, document) => sum + redactedIn(document), 0);
  return {
    documents,
    // A person who asks for a part knows the whole.
    causes: query === undefined ? whole.flatMap(causesIn).slice(0, MOST_CAUSES).map(redact) : [],
    notes: [
      ...whole.flatMap(repeatedIn).slice(0, MOST_CAUSES).map(redact),
      ...(folded > 0 && !unfold && query === undefined
        ? [`${counted(folded, 'string holds', 'strings hold')} JSON: --unfold expands it`]
        : []),
      ...(redacted > 0 ? [`${counted(redacted, 'value was', 'values were')} redacted`] : []),
    ],
  };
}

function documentsOf({ text, name }: Pick<FormatJsonRequest, 'text' | 'name'>): readonly JsonNode[] {
  const read = readJson(text);
  if ('documents' in read) return read.documents;
  const { line, column, expected, found } = read.mistake;
  const what = `${name} is not valid JSON: line ${line}, column ${column}: expected ${expected}, found ${found}`;
  throw new UnreadableInputError(what, excerpt(text, read.mistake));
}

const MOST_CAUSES = 10;
const EXCERPT_BEFORE = 50;
const EXCERPT_BEHIND = 30;

/** The line with a caret below the place; empty if the line holds a credential. */
function excerpt(text: string, { offset, column }: JsonMistake): string {
  const lineStart = offset - column + 1;
  const from = Math.max(lineStart, offset - EXCERPT_BEFORE);
  const [line = ''] = text.slice(from, offset + EXCERPT_BEHIND).split('\n');
  const plain = line.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  if (plain.trim() === '' || isSecretAt(text, Math.max(lineStart, from - AROUND), from, from + line.length)) {
    return 'Correct it there, or name another file.';
  }
  return `  ${plain}\n  ${' '.repeat(offset - from)}^`;
}

/** The evidence that a value is secret may be outside of the part. */
const AROUND = 2_000;

function isSecretAt(text: string, around: number, from: number, to: number): boolean {
  return redactions(text.slice(around, to + AROUND)).some(
    ({ start, end }) => around + start < to && around + end > from,
  );
}

/** `unfold` is requested once and applies at every depth: logs inside logs. */
const MOST_FOLDS = 5;

function unfolded(document: JsonNode): JsonNode {
  let open = document;
  for (let round = 0; round < MOST_FOLDS && foldedIn(open) > 0; round += 1) {
    open = withScalars(open, (node) => (node.kind === 'string' ? (heldBy(node.text) ?? node) : node));
  }
  return open;
}

function foldedIn(document: JsonNode): number {
  let count = 0;
  for (const { node } of nodesIn(document)) if (node.kind === 'string' && heldBy(node.text)) count += 1;
  return count;
}

/** Only objects and lists: `"12"` is meant as text. */
function heldBy(text: string): JsonNode | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  const read = readJson(text);
  const [only, ...others] = 'documents' in read ? read.documents : [];
  return others.length === 0 ? only : undefined;
}

/** How many values were redacted. */
function redactedIn(document: JsonNode): number {
  let count = 0;
  for (const { node } of nodesIn(document))
    if (node.kind === 'string' && redactionsIn(node.text).length > 0) count += 1;
  return count;
}

function repeatedIn(document: JsonNode): string[] {
  const repeated: string[] = [];
  for (const { place, node } of nodesIn(document)) {
    if (node.kind !== 'object') continue;
    const names = new Set<string>();
    for (const { name } of node.members) {
      if (names.has(name)) repeated.push(`${pathText([...place, name])} appears more than once: parsers take the last`);
      names.add(name);
    }
  }
  return repeated;
}

/** Patterns in a query could make the program search for hours. A person can find such values by reading. */
const path = new JSONPathEnvironment({ maxRecursionDepth: 1_000 });
path.functionRegister.delete('match');
path.functionRegister.delete('search');

function queried(document: JsonNode, query: string, clean: JsonNode = document): readonly JsonNode[] {
  return placesOf(document, query).flatMap((place) => nodeAt(clean, place) ?? []);
}

function placesOf(document: JsonNode, query: string): readonly Place[] {
  if (query === '' || query.startsWith('/')) return [pointed(query)];
  const asPath = query.startsWith('$')
    ? query
    : query.startsWith('.') || query.startsWith('[')
      ? `$${query}`
      : `$.${query}`;
  try {
    return path.query(asPath === '$.' ? '$' : asPath, plain(document)).nodes.map(({ location }) => location);
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
    throw new UnreadableInputError(
      `the query cannot be read: ${error.message.split('\n')[0]}`,
      'Write a JSONPath such as $.error.context or $..[?@.status >= 500], or a pointer such as /error/context.',
    );
  }
}

/** RFC 6901: `~1` is a slash in a name, `~0` a tilde. */
function pointed(pointer: string): Place {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** For comparisons within a query; results are shown as written. */
function plain(document: JsonNode): JSONValue {
  switch (document.kind) {
    case 'object': {
      const object: Record<string, JSONValue> = Object.create(null);
      for (const { name, value } of document.members) object[name] = plain(value);
      return object;
    }
    case 'array':
      return document.items.map(plain);
    case 'number':
      return Number(document.text);
    case 'word':
      return document.text === 'null' ? null : document.text === 'true';
    default:
      return document.text;
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
