/**
 * Whether this Node runs the program. An older one has to get as far as the answer, so this file and those that import
 * it are written for Node 12: no `??`, no `?.`, no await outside of a function.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** As `engines` in package.json: from here on Node runs TypeScript as it is. */
const LEAST = 24;

/** Where `npm ci` puts a Node of its own. */
const BUNDLED = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

/** Says what is needed, in one line, where this Node is too old, and makes the exit code that of bad usage. */
export function isSupportedNode() {
  const { version } = process;
  if (Number.parseInt(version.slice(1), 10) >= LEAST) return true;
  const way = existsSync(BUNDLED)
    ? `start it with ${BUNDLED}`
    : 'install one from https://nodejs.org, or run `npm ci`, which brings one along';
  process.stderr.write(`spanhound: needs Node ${LEAST} or newer, and this is Node ${version.slice(1)}: ${way}\n`);
  process.exitCode = 2;
  return false;
}
