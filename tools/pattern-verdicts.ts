/**
 * Reads the regular expressions of the sources that are new, and keeps how the time of each grows in
 * `test/fixtures/pattern-verdicts.json`, one line for each; a part of `npm run generate`. `--check` reads all again, which
 * takes about two minutes, writes nothing, and names the verdicts that recheck does not confirm.
 */
import { writeFileSync } from 'node:fs';
import { ownPatterns } from '#test/own-patterns.ts';
import { keptVerdicts, VERDICTS } from '#test/pattern-verdicts.ts';
import { readPattern, type Verdict } from '#test/read-pattern.ts';

const checks = process.argv.includes('--check');
const kept = keptVerdicts();
const verdicts: [text: string, verdict: Verdict][] = [];
for (const { pattern, where } of await ownPatterns()) {
  const text = `${pattern}`;
  const before = kept.get(text);
  const verdict = before === undefined || checks ? readPattern(pattern) : before;
  verdicts.push([text, verdict]);
  if (verdict === before) continue;
  console.log(`${where} ${text}: ${verdict}${checks ? `, but kept: ${before ?? 'nothing'}` : ''}`);
  // A forgotten verdict costs time in the test, a wrong one hides a slow pattern.
  if (checks && before !== undefined) process.exitCode = 1;
}
if (!checks) {
  verdicts.sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = verdicts.map(([text, verdict]) => `${JSON.stringify(text)}: ${JSON.stringify(verdict)}`);
  writeFileSync(VERDICTS, `{\n${lines.join(',\n')}\n}\n`);
}
console.log(
  [...Map.groupBy(verdicts, ([, verdict]) => verdict)].map(([verdict, of]) => `${of.length} ${verdict}`).join(', '),
);
