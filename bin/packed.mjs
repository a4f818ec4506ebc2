/**
 * The command line as `npm run pack` left it: a few files in place of some seven hundred modules, and V8's compiled code of
 * what `analyze` runs. See docs/adr/016.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FOLDER = `${ROOT}packed/`;
const ANALYZE = `${FOLDER}analyze.cjs`;

/** Where the compiled code of that file lies. */
export const COMPILED = `${FOLDER}analyze.code`;

/** Undefined where nothing was packed, or a source is not what it was then. `onLoad` is called when compiled code was read. */
export function packedProgram(onLoad = () => undefined) {
  const sources = textIn(`${FOLDER}sources.json`);
  if (sources === undefined || !JSON.parse(sources).every(isAsItWas)) return undefined;
  const require = createRequire(ANALYZE);
  const program = { script: undefined, run: undefined };
  require.extensions['.cjs'] = (module, path) => {
    if (path !== ANALYZE) {
      require.extensions['.js'](module, path);
      return;
    }
    program.script = runCompiled(module, require);
    onLoad();
  };
  program.run = require(`${FOLDER}cli.cjs`).run;
  return program;
}

/** V8 compiles anew where another version of it made what is kept. */
function runCompiled(module, require) {
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${textIn(ANALYZE)}\n})`, {
    filename: ANALYZE,
    cachedData: bytesIn(COMPILED),
  });
  script.runInThisContext()(module.exports, require, module, ANALYZE, FOLDER);
  return script;
}

function isAsItWas([path, size, mtimeMs]) {
  const found = statSync(ROOT + path, { throwIfNoEntry: false });
  return found !== undefined && found.size === size && found.mtimeMs === mtimeMs;
}

function textIn(path) {
  return bytesIn(path)?.toString();
}

function bytesIn(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // not there
  }
}
