/**
 * Writes `test/fixtures/shared-pins.json` anew: the digest of each file of `../shared` that the tests read. Run the tests
 * afterwards: they read the files that are new or changed for the first time.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, PINS, type Pins, SHARED } from '#test/shared-files.ts';

/** `cases/README.md` and its like are no case. */
const READ = ['alerts/*/*.json', 'cases/*/*', 'conformance/*/**', 'conformance/semconv-renames.json'];
const TABLES = ['postmortem-checks.json', 'semconv-map.json'];

if (!existsSync(SHARED)) throw new Error(`${SHARED} is missing: without it nothing can be pinned`);
const before: Pins = existsSync(PINS) ? JSON.parse(readFileSync(PINS, 'utf8')) : {};
const files = globSync([...READ, ...TABLES], { cwd: SHARED, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(SHARED.length))
  .sort();
const pins = Object.fromEntries(files.map((path) => [path, digestOf(readFileSync(join(SHARED, path)))]));
writeFileSync(PINS, `${JSON.stringify(pins, null, 2)}\n`);

for (const path of new Set([...Object.keys(before), ...files])) {
  if (before[path] === undefined) console.log(`added ${path}`);
  else if (pins[path] === undefined) console.log(`gone ${path}`);
  else if (pins[path] !== before[path]) console.log(`changed ${path}`);
}
console.log(`${files.length} files are pinned`);
