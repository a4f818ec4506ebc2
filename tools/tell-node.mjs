/**
 * Run by `npm ci`. If npm itself runs on a Node that is too old for the programs, one line says so, and which Node runs
 * them instead. npm would warn for each package.
 */
import { existsSync, readFileSync } from 'node:fs';

const bundled = 'node_modules/node/bin/node';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const needed = engines.node.replace('>=', '');
/** Such as `npm/11.19.1 node/v20.20.2 linux x64`: in a script of npm, `node` may be the bundled one. */
const [, own = process.version.slice(1)] = /\bnode\/v([\d.]+)/.exec(process.env.npm_config_user_agent ?? '') ?? [];

if (Number.parseInt(own, 10) < Number(needed)) {
  const way = existsSync(new URL(`../${bundled}`, import.meta.url))
    ? `npm start, npm test and ./spanhound use the one in ${bundled}`
    : 'install one from https://nodejs.org before you start Spanhound';
  console.log(`spanhound: needs Node ${needed} or newer, and this is Node ${own}: ${way}`);
}
