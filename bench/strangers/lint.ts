/** Lints the sentences of a round: `node bench/strangers/lint.ts [--show] [FILE…]`, without a file all rounds. */
import { globSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judgedRound, scoreOf } from './lint-round.ts';

const { values, positionals } = parseArgs({ options: { show: { type: 'boolean' } }, allowPositionals: true });
const rounds = globSync(`${import.meta.dirname}/lint-*.json`).sort();

for (const file of positionals.length > 0 ? positionals : rounds) {
  const judged = judgedRound(file);
  console.log(`${file.split('/').at(-1)}: ${told(judged)}`);
  for (const [language, own] of Map.groupBy(judged, ({ language }) => language))
    console.log(`  ${language}: ${told(own)}`);
  for (const { id, section, text, missed, extra } of values.show ? judged : []) {
    if (missed.length + extra.length === 0) continue;
    console.log(`── ${id} [${section}] missed: ${missed.join(', ')}; not expected: ${extra.join(', ')}\n   ${text}`);
  }
}

function told(judged: ReturnType<typeof judgedRound>): string {
  const { due, found, innocent, flagged } = scoreOf(judged);
  return `${found} of ${due} found, ${flagged} of ${innocent} innocent sentences flagged`;
}
