/**
 * `npm run accuracy`: how often the detectors of one trace are right, on traces that are drawn with their answers.
 * What draws them knows of the detectors only what their documentation promises, and they know nothing of it.
 *   detectors        what is judged
 *   --seed TEXT      other traces (default 1)
 *   --per-kind N     positives and near misses of each detector (default 40)
 *   --json           for machines
 *   --show ID N      instead of the tables, N failing traces of that detector, or of `pair` or `any`
 *   --scenarios      also which scenarios fail
 *   --write DIR      also the drawn traces and logs, as files for `spanhound analyze FILE --logs LINES`
 * The exit code says whether it ran, not how it came out.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bytesOf, diagnosed, logBytesOf } from './accuracy/diagnose.ts';
import { type DrawnTrace, drawTraces } from './accuracy/draw.ts';
import { type Judged, judged } from './accuracy/judged.ts';
import { scoresOf } from './accuracy/scores.ts';
import { failureText, hasFailed, scenarioTable, scoreTables } from './accuracy/tables.ts';

const PER_KIND = 40;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    'per-kind': { type: 'string', default: `${PER_KIND}` },
    json: { type: 'boolean', default: false },
    show: { type: 'string' },
    scenarios: { type: 'boolean', default: false },
    write: { type: 'string' },
  },
});
const [subject, many = '5'] = positionals;
const perKind = Number(values['per-kind']);
if (subject !== 'detectors' || !(perKind > 0)) {
  console.error(
    'usage: node bench/accuracy.ts detectors [--json] [--seed TEXT] [--per-kind N] [--scenarios] [--show ID N] [--write DIR]',
  );
  process.exit(2);
}

if (values.write !== undefined) await mkdir(values.write, { recursive: true });
const all: Judged[] = [];
for (const trace of drawTraces(values.seed, perKind)) {
  if (values.write !== undefined) await write(values.write, trace);
  all.push(judged(trace, await diagnosed(trace)));
}

if (values.show !== undefined) console.log(shownFailures(values.show, Number(many)));
else if (values.json) console.log(JSON.stringify({ ...scoresOf(all), failures: all.filter(hasFailed) }));
else console.log([scoreTables(scoresOf(all)), ...(values.scenarios ? [scenarioTable(all)] : [])].join('\n\n'));

/** Its own traces in which something is wrong, and those of others in which it fired wrongly. */
function shownFailures(id: string, count: number): string {
  const mine = all.filter((one) => hasFailed(one) && (one.id.startsWith(`${id}/`) || one.falseAlarms.includes(id)));
  return mine.slice(0, count).map(failureText).join('\n\n') || `nothing failed for ${id}`;
}

async function write(folder: string, trace: DrawnTrace): Promise<void> {
  const name = trace.id.replaceAll(/[^a-zA-Z0-9]+/g, '-');
  await writeFile(join(folder, `${name}.json`), bytesOf(trace));
  if (trace.logs.length > 0) await writeFile(join(folder, `${name}.logs.jsonl`), logBytesOf(trace));
  await writeFile(join(folder, `${name}.label.json`), `${JSON.stringify(trace.label, null, 2)}\n`);
}
