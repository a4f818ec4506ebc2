/**
 * The section of `docs/formats.md` that lists the instruments whose words Spanhound knows, from `src/model/instruments/`.
 * `npm run generate` writes it.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MEANINGS, type Meaning } from '#model/instruments/instruments.ts';
import { CUSTOMARY } from '#model/instruments/sign-list.ts';
import type { Generated } from './generated.ts';

export function instrumentSection(): Generated {
  const path = 'docs/formats.md';
  const page = readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');
  return new Map([[path, withInstruments(page, MEANINGS)]]);
}

const BEGINS = '## Words of instruments\n';

const INTRODUCTION = `<!-- Written by tools/instrument-list.ts from src/model/instruments/. Change those, then run: npm run generate -->

Libraries, runtimes, databases and proxies report waits and refusals in words of their own. Spanhound knows the words below wherever they stand: in the name of a span, an attribute, an event, a status, or a log line. If several signs show one wait, the strongest counts and the report cites all. \`customary\` stands for words that services choose themselves.`;

/** The page with the section written anew. The section ends at the next heading of its rank. */
export function withInstruments(page: string, meanings: readonly Meaning[]): string {
  const from = page.indexOf(BEGINS);
  const begin = from < 0 ? page.length : from;
  const next = page.indexOf('\n## ', begin + BEGINS.length);
  const end = next < 0 ? page.length : next + 1;
  const rows = meanings.flatMap(rowsOf);
  const section = [BEGINS + INTRODUCTION, ['| means | place | instrument |', '|---|---|---|', ...rows].join('\n')];
  return `${page.slice(0, begin).trimEnd()}\n\n${section.join('\n\n')}\n${end < page.length ? '\n' : ''}${page.slice(end)}`;
}

function rowsOf({ means, lists }: Meaning): string[] {
  const places = Map.groupBy(lists, ([place]) => place);
  return [...places].flatMap(([place, own]) => {
    const sources = new Map<string, string>();
    for (const { by, source } of own.flatMap(([, { signs }]) => signs)) {
      const name = source === CUSTOMARY ? 'customary' : by;
      if (!sources.has(name)) sources.set(name, source);
    }
    const names = [...sources].sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    return names.map(([name, source]) => {
      const shown = source === CUSTOMARY ? name : `[${name}](${source})`;
      return `| ${means} | ${place} | ${shown} |`;
    });
  });
}
