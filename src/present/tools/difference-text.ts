/** Differences between two documents, one line each: path, old value, new value, remark. */

import type { Telling } from '#model/redaction/json-secrets.ts';
import { exactDuration } from '#model/text/duration.ts';
import { shownJson } from '#present/json/json-text.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';
import { readInstant } from '#utilities/instant.ts';
import type { Difference } from '#utilities/json-difference.ts';
import { type JsonNode, type Scalar, writeJson } from '#utilities/json-document.ts';

export type ShownDifference = Readonly<{
  path: string;
  kind: Difference['kind'];
  /** As JSON, without credentials; missing where there was nothing. */
  before?: string;
  after?: string;
  /** `20 × as much`, `45 s later`, `another value` where both were redacted; '' for none. */
  remark: string;
  /** It differs between any two requests, such as a time or an id. */
  ordinary: boolean;
}>;

const LONGEST_VALUE = 120;

/** Times and ids always differ, so they come last. */
export function shownDifferences(
  differences: readonly Difference[],
  { raw = false }: Readonly<{ raw?: boolean | undefined }> = {},
): readonly ShownDifference[] {
  const all = differences.map((difference) => shownDifference(difference, raw));
  return [...all.filter(({ ordinary }) => !ordinary), ...all.filter(({ ordinary }) => ordinary)];
}

const SIGN = { added: '+', removed: '-', changed: '~' } as const;

export function differencesText(differences: readonly ShownDifference[]): string {
  if (differences.length === 0) return 'No difference.\n';
  const width = Math.min(60, Math.max(...differences.map(({ path }) => path.length)));
  const lines = differences.map(({ path, kind, before, after, remark, ordinary }) => {
    const values = [before, after].filter((value) => value !== undefined).join(' → ');
    const said = [remark, ordinary ? 'always differs' : ''].filter((part) => part !== '').join('; ');
    return `${SIGN[kind]} ${path.padEnd(width)}  ${values}${said === '' ? '' : `   (${said})`}\n`;
  });
  return lines.join('');
}

function shownDifference(difference: Difference, raw: boolean): ShownDifference {
  const { kind, path, name, telling } = difference;
  const text = (node: JsonNode) => shownNode(node, telling, raw);
  const before = kind === 'added' ? undefined : text(difference.before);
  const after = kind === 'removed' ? undefined : text(difference.after);
  return {
    path: raw ? path : shown(path),
    kind,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    remark: kind === 'changed' ? remarkOn(difference.before, difference.after, before === after) : '',
    ordinary: kind === 'changed' && ORDINARY.test(name),
  };
}

const ORDINARY =
  /^(?:@?timestamp|time|ts|date|at|(?:start|end)_?(?:time|ed)?(?:_?at)?|created_?at|updated_?at|(?:trace|span|parent_?span|request|correlation|x-request|x-correlation|x-b3-trace|x-b3-span)[-_]?id|traceparent|uuid|nonce|etag|age)$/i;

function shownNode(node: JsonNode, telling: Telling, raw: boolean): string {
  const written = writeJson(raw ? node : shownJson(node, telling), { indented: false });
  const text = raw ? written : shownLines(written);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE).toWellFormed()}…` : text;
}

function remarkOn(before: JsonNode, after: JsonNode, looksEqual: boolean): string {
  // Two different credentials look the same once redacted, and their difference may be the cause.
  if (looksEqual) return 'another value';
  if (!isScalar(before) || !isScalar(after)) return '';
  if (before.kind === 'number' && after.kind === 'number') return ratioOf(Number(before.text), Number(after.text));
  if (before.kind === 'string' && after.kind === 'string') return laterBy(before.text, after.text);
  return before.kind === after.kind ? '' : `a ${KIND[before.kind]} became a ${KIND[after.kind]}`;
}

const KIND = { string: 'text', number: 'number', word: 'word' } as const;

function isScalar(node: JsonNode): node is Scalar {
  return node.kind !== 'object' && node.kind !== 'array';
}

/** A ratio below 2 adds nothing to the numbers, and a status has no ratio. */
function ratioOf(before: number, after: number): string {
  const isStatus = [before, after].every((value) => Number.isInteger(value) && value >= 100 && value < 600);
  if (isStatus || !(before > 0) || !(after > 0)) return '';
  const ratio = after / before;
  if (ratio >= 2) return `${Number(ratio.toPrecision(3))} × as much`;
  return ratio <= 0.5 ? `${Number((1 / ratio).toPrecision(3))} × less` : '';
}

function laterBy(before: string, after: string): string {
  const [from, to] = [before, after].map((text) =>
    /^\d{4}-\d{2}-\d{2}/.test(text) ? readInstant(text, AT) : undefined,
  );
  if (!from || !to || from.ns === to.ns) return '';
  const us = Number(to.ns - from.ns) / 1000;
  return us > 0 ? `${exactDuration(us)} later` : `${exactDuration(-us)} earlier`;
}

/** Such times have a year, so the current time does not matter. */
const AT = { nowNs: 0n };
