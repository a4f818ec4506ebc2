/** Raw templates in ASCII. */
import { parseSync, Visitor } from 'oxc-parser';

/** A backslash before the character belongs to it: before `${`, it would make that text. */
const NOT_ASCII = /(?<!\\)((?:\\\\)*)(\\?\P{ASCII}+)/gu;

/**
 * TypeScript in which each template of `String.raw` holds other characters than ASCII as values: `é` is `${"\u00e9"}`,
 * which means the same. Everything else stays as it is.
 */
export function asciiRawTemplates(code: string): string {
  if (!code.includes('String.raw') || !/\P{ASCII}/u.test(code)) return code;
  const parts: { start: number; end: number }[] = [];
  new Visitor({
    TaggedTemplateExpression({ tag, quasi }) {
      if (code.slice(tag.start, tag.end) === 'String.raw') parts.push(...quasi.quasis);
    },
  }).visit(parseSync('source.ts', code).program);
  let ascii = '';
  let at = 0;
  for (const { start, end } of parts.toSorted((a, b) => a.start - b.start)) {
    ascii +=
      code.slice(at, start) +
      code.slice(start, end).replaceAll(NOT_ASCII, (_, before: string, text: string) => before + asValue(text));
    at = end;
  }
  return ascii + code.slice(at);
}

function asValue(text: string): string {
  return `\${${JSON.stringify(text).replaceAll(/[^ -~]/g, escaped)}}`;
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
