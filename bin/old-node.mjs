/** What a Node says that is too old for the program. Written for Node 12: no `??`, no `?.`, no await outside of a function. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
/** Where `npm ci` puts a Node of its own. */
const bundled = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const way = existsSync(bundled)
  ? `start it with ${bundled}`
  : 'install one from https://nodejs.org, or run `npm ci`, which brings one along';
const [own, needed] = [process.version.slice(1), engines.node.replace('>=', '')];

process.stderr.write(`spanhound: needs Node ${needed} or newer, and this is Node ${own}: ${way}\n`);
process.exitCode = 2; // bad usage
