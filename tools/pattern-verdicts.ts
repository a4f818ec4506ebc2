/**
 * Reads the regular expressions of the sources that are new, and keeps how the time of each grows in
 * `test/fixtures/pattern-verdicts.json`, one line for each; a part of `npm run generate`. Each verdict is kept as soon as it
 * is known, so that a run that stops goes on where it was. `--check` reads all again, which takes about two minutes, writes
 * nothing, and names the verdicts that recheck does not confirm.
 */
import { writeFileSync } from 'node:fs';
import { ownPatterns } from '#test/own-patterns.ts';
import { keptVerdicts, VERDICTS } from '#test/pattern-verdicts.ts';
import { readPattern, type Verdict } from '#test/read-pattern.ts';

const checks = process.argv.includes('--check');
const kept = keptVerdicts();
const verdicts = new Map<string, Verdict>();
for (const { pattern, where } of await ownPatterns()) {
  const text = `${pattern}`;
  const before = kept.get(text);
  const verdict = before === undefined || checks ? readPattern(pattern) : before;
  verdicts.set(text, verdict);
  if (verdict === before) continue;
  console.log(`${where} ${text}: ${verdict}${checks ? `, but kept: ${before ?? 'nothing'}` : ''}`);
  // A forgotten verdict costs time in the test, a wrong one hides a slow pattern.
  if (checks && before !== undefined) process.exitCode = 1;
  if (!checks) write(new Map([...kept, ...verdicts]));
}
if (!checks) write(verdicts);
console.log(
  [...Map.groupBy(verdicts.values(), (verdict) => verdict)]
    .map(([verdict, of]) => `${of.length} ${verdict}`)
    .join(', '),
);

function write(known: ReadonlyMap<string, Verdict>): void {
  const sorted = [...known].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(([text, verdict]) => `${JSON.stringify(text)}: ${JSON.stringify(verdict)}`);
  writeFileSync(VERDICTS, `{\n${lines.join(',\n')}\n}\n`);
}
