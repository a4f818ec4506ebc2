/**
 * Run by `npm ci`: deletes what packages bring and nothing here reads, 120 MB. Node's headers are for addons that are
 * compiled here; recheck's Java and native programs do what its JavaScript does, which the tests use.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../node_modules/', import.meta.url));
const bundled = join(packages, 'node/node_modules');

const unread = [
  ...namesIn(bundled).map((name) => join(bundled, name, 'include')),
  ...namesIn(packages)
    .filter((name) => /^recheck-(?:jar|linux|macos|windows)\b/.test(name))
    .map((name) => join(packages, name)),
];
for (const folder of unread) rmSync(folder, { recursive: true, force: true });

function namesIn(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}
