/** Compares two documents of the same kind: `spanhound diff`, `/trace tools diff`. */
import { structuredPatch } from 'diff';
import { redact } from '#model/redaction/redaction.ts';
import { type ShownDifference, shownDifferences } from '#present/tools/difference-text.ts';
import { shownLines } from '#present/words/plain-text.ts';
import { readHttpMessage } from '#utilities/http-message.ts';
import { differencesBetween } from '#utilities/json-difference.ts';
import type { JsonNode } from '#utilities/json-document.ts';
import { readJson } from '#utilities/json-document.ts';

export type CompareRequest = Readonly<{
  before: string;
  after: string;
  /** Compares lines, whatever the format. */
  asText?: boolean | undefined;
  /** Keeps credentials, for a person who owns the documents and is alone with them. */
  raw?: boolean | undefined;
}>;

export type Comparison = Readonly<
  | { kind: 'json'; differences: readonly ShownDifference[] }
  /** `patch`: the format of `diff -u`; '' if nothing differs. `cut`: there are more differences than the limit. */
  | { kind: 'text'; patch: string; cut: boolean }
>;

export function compareDocuments({ before, after, asText = false, raw = false }: CompareRequest): Comparison {
  const [left, right] = [before, after].map((text) => (asText ? undefined : documentIn(text)));
  if (left && right) return { kind: 'json', differences: shownDifferences(differencesBetween(left, right), { raw }) };
  return compareLines(before, after, raw);
}

/** Reads JSON lines as a list of documents; reads an HTTP request or response as one document, part by part. */
function documentIn(text: string): JsonNode | undefined {
  const read = readJson(text);
  if ('mistake' in read) return readHttpMessage(text);
  const [only, ...others] = read.documents;
  return others.length === 0 ? only : { kind: 'array', items: read.documents };
}

/**
 * Texts that differ in more lines than this have little in common, and the search for the smallest diff takes quadratic
 * time.
 */
const MOST_EDITS = 1_000;
const CONTEXT_LINES = 3;

function compareLines(before: string, after: string, raw: boolean): Comparison {
  const [left, right] = [before, after].map((text) => text.replaceAll('\r\n', '\n')) as [string, string];
  if (left === right) return { kind: 'text', patch: '', cut: false };
  const patch = structuredPatch('a', 'b', left, right, '', '', { context: CONTEXT_LINES, maxEditLength: MOST_EDITS });
  if (patch === undefined) return { kind: 'text', patch: '', cut: true };
  const shown = raw ? (line: string) => line : shownLine;
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: changed }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...changed.map(shown),
  ]);
  return { kind: 'text', patch: `${lines.join('\n')}\n`, cut: false };
}

/** Marks a line that loses a credential, because the other line may then look the same. */
function shownLine(line: string): string {
  const clean = shownLines(line);
  return redact(line) === line ? clean : `${clean}   (redacted)`;
}
