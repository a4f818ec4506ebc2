/**
 * The command line and the bot as `npm run pack` left them: a few files in place of some seven hundred modules, and V8's
 * compiled code of what `analyze` runs. See docs/adr/016.
 *
 * Node's own modules are asked for and not imported: to import `node:fs` makes all that it exports, which takes 5 ms.
 */
const { readFileSync, statSync } = process.getBuiltinModule('node:fs');
const { createRequire } = process.getBuiltinModule('node:module');
const { Script } = process.getBuiltinModule('node:vm');

const ROOT = import.meta.dirname.slice(0, -'bin'.length);
const FOLDER = `${ROOT}packed/`;

/** Of these files the compiled code is kept, each beside its own. */
const COMPILED = new Set(['verbs.cjs', 'analyze.cjs'].map((name) => FOLDER + name));

/** Undefined where nothing was packed, or a source is not what it was then. `onLoad` is called when `analyze` was loaded. */
export function packedProgram(onLoad = () => undefined) {
  if (!isCurrent(FOLDER)) return undefined;
  const require = createRequire(FOLDER);
  const program = { scripts: new Map(), run: undefined };
  require.extensions['.cjs'] = (module, path) => {
    if (!COMPILED.has(path)) {
      require.extensions['.js'](module, path);
      return;
    }
    program.scripts.set(path, runCompiled(path, module, require));
    if (program.scripts.size === COMPILED.size) onLoad();
  };
  program.run = require(`${FOLDER}verbs.cjs`).run;
  return program;
}

/** Where the packed bot lies; undefined where nothing was packed, or a source is not what it was then. */
export function packedBot() {
  const folder = `${FOLDER}bot/`;
  return isCurrent(folder) ? `${folder}main.cjs` : undefined;
}

function isCurrent(folder) {
  const sources = bytesIn(`${folder}sources.json`);
  return sources !== undefined && JSON.parse(sources.latin1Slice()).every(isAsItWas);
}

/** V8 compiles anew where another version of it made what is kept. */
function runCompiled(path, module, require) {
  const text = readFileSync(path, 'latin1'); // `npm run pack` writes ASCII: V8 reads and keeps half as much
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: path,
    cachedData: bytesIn(codeOf(path)),
  });
  script.runInThisContext()(module.exports, require, module, path, FOLDER);
  return script;
}

/** Where the compiled code of a file lies. */
export function codeOf(path) {
  return path.replace(/cjs$/, 'code');
}

function isAsItWas([path, size, mtimeMs]) {
  const found = statSync(ROOT + path, { throwIfNoEntry: false });
  return found !== undefined && found.size === size && found.mtimeMs === mtimeMs;
}

function bytesIn(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // not there
  }
}
