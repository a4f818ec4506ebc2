/**
 * Plays scripted incidents and writes each draft beside what its script claims, for a person who reads both.
 *
 *   node bench/played/run.ts FILE.json [--out FOLDER] [--only ID,ID]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lintPostmortem } from '#workflows/postmortem/lint-postmortem.ts';
import { play } from './play.ts';
import { readScripts } from './script.ts';
import { readingOf, sideBySide } from './side-by-side.ts';

const { values, positionals } = parseArgs({
  options: { out: { type: 'string' }, only: { type: 'string', default: '' } },
  allowPositionals: true,
});
const [file = join(import.meta.dirname, 'own.json')] = positionals;
const only = values.only.split(',').filter((id) => id !== '');

for (const script of readScripts(file)) {
  if (only.length > 0 && !only.includes(script.id)) continue;
  const played = await play(script);
  const { claims, forbidden } = readingOf(script, played.draft);
  const literal = (all: typeof claims) => all.filter(({ isLiteral }) => isLiteral).length;
  const errors = lintPostmortem(played.draft).filter(({ blocks }) => blocks);
  const counts = `${literal(claims)} of ${claims.length} claims word for word, ${literal(forbidden)} of ${forbidden.length} forbidden`;
  console.log(`${script.id}: ${counts}, ${errors.length} errors of the lint  ${script.title}`);
  for (const { line, rule, text } of errors) console.log(`  line ${line}: ${rule}: ${text}`);
  if (values.out === undefined) continue;
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, `${script.id}.md`), sideBySide(script, played));
}
