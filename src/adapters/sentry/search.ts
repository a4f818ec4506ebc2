/**
 * Builds searches of Sentry from untrusted values. A value stands in double quotes; what would end it or mean something
 * in it becomes a wildcard, so that the search finds a little more.
 *
 * https://docs.sentry.io/concepts/search/
 */
import { askedOfLines, type LineLanguage } from '#adapters/asked-lines.ts';
import type { LogQuery } from '#gather/sources.ts';
import { cutText } from '#model/text/cut-text.ts';

/** Undefined if nothing in Sentry can fit. `projects`: slugs; empty for all. */
export function searchFor(query: LogQuery, projects: readonly string[]): string | undefined {
  const conditions = askedOfLines(query, SEARCH);
  if (conditions.includes(NOTHING)) return undefined;
  return [...(projects.length === 0 ? [] : [oneOf(projects.map((slug) => `project:${slug}`))]), ...conditions].join(
    ' ',
  );
}

const NOTHING = '';

const SEARCH: LineLanguage<string> = {
  says: (text) => `message:"${`*${cutText(text.toWellFormed(), LONGEST)}*`.replaceAll(/["\\*\p{Cc}]+/gu, '*')}"`,
  oneOf,
  hasField(names, values) {
    const plain = values.filter((value) => PLAIN_VALUE.test(value)).map((value) => `"${value}"`);
    const tags = plain.length === 0 ? [] : names.filter((name) => TAG.test(name));
    return oneOf(tags.map((tag) => `tags[${tag}]:[${plain.join(', ')}]`));
  },
  isOfTrace: (traceId) =>
    /^[0-9a-f]{1,32}$/i.test(traceId) ? `trace:${traceId.toLowerCase().padStart(32, '0')}` : NOTHING,
};

const LONGEST = 200;
/** Anything else is no id that a program sets as a tag. */
const PLAIN_VALUE = /^[\w.:@/+=-]{1,200}$/;
/** https://docs.sentry.io/platforms/javascript/enriching-events/tags/ : at most 32 characters */
const TAG = /^[\w.:-]{1,32}$/;

function oneOf(conditions: readonly string[]): string {
  const all = conditions.filter((one) => one !== NOTHING);
  return all.length > 1 ? `(${all.join(' OR ')})` : (all[0] ?? NOTHING);
}
