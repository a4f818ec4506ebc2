/** The verdicts that are kept beside the texts of patterns. `npm run generate` writes them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Verdict } from '#test/read-pattern.ts';

export const VERDICTS = fileURLToPath(new URL('../fixtures/pattern-verdicts.json', import.meta.url));

export function keptVerdicts(): ReadonlyMap<string, Verdict> {
  return new Map(Object.entries(JSON.parse(readFileSync(VERDICTS, 'utf8')) as Record<string, Verdict>));
}
