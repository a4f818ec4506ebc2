/**
 * `npm run pack`, also run by `npm ci`: packs the command line and the bot into a few files. A verb then starts without
 * reading and linking three hundred modules, and with V8's compiled code. The bot and each of its threads hold less
 * memory: no compiler for TypeScript, no module records. See docs/adr/016.
 *
 *   src/… ──► packed/analyze.cjs     all code of `analyze`, in one file
 *             packed/analyze.code    its functions, compiled while the samples were analysed
 *             packed/verbs.cjs       the list of verbs, and packed/verbs.code
 *             packed/*.cjs           the other verbs
 *             packed/sources.json    the packed files, so that a pack of older sources is not used
 *             packed/bot/main.cjs    the bot, and packed/bot/worker.cjs, its threads, with a sources.json of their own;
 *                                    `mcp` and `demo` start these threads, too
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, type Plugin, type RolldownOutput, rolldown } from 'rolldown';
import { asciiRawTemplates } from './pack/ascii-templates.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PACKED = join(ROOT, 'packed');
const PACKED_BOT = join(PACKED, 'bot');
const SRC = join(ROOT, 'src/');
const SAMPLES = join(ROOT, 'samples');

/** The list of verbs. */
const VERBS = join(ROOT, 'src/cli/main.ts');

/** The modules that `analyze` imports at once or on demand; their imports follow. */
const ANALYZE = [
  'cli/analyze.ts',
  'compose/investigation.ts',
  'compose/redaction.ts',
  'compose/sources.ts',
  'compose/systems.ts',
  'analyse/open-session.ts',
  'analyse/start-redaction.ts',
  'adapters/files/bytes.ts',
  'adapters/files/redaction-key.ts',
  'present/documents/terminal.ts',
].map((file) => SRC + file);

/** Small packages that are needed at once, and zod, which is ninety files; all others stay in `node_modules`. */
const PACKED_PACKAGES = /^(commander|dayjs|simple-statistics|zod)(\/|$)/;

const external = (id: string) => !/^[#./]/.test(id) && !PACKED_PACKAGES.test(id);

/** Sources address other files relative to themselves. */
const inItsPlace = (folder: string): Plugin => ({
  name: 'in-its-place',
  transform(code, id) {
    if (id.startsWith(SRC) && /import\.meta\.(?!url)/.test(code))
      throw new Error(`${id}: of import.meta only the url is right in a pack`);
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(relative(folder, id))}, import.meta.url).href`);
  },
});

/** V8 keeps the text of each function until it is collected, with its comments. */
const COMMENTS = { legal: true, annotation: false, jsdoc: false };

const WORKER = join(SRC, 'analyse/worker.ts');

/** The pool starts the packed worker, which the bot and the verbs that serve many requests share. */
const packedWorker: Plugin = {
  name: 'packed-worker',
  transform(code, id) {
    if (id !== join(SRC, 'analyse/pool.ts')) return undefined;
    const packed = code.replace("'./worker.ts'", JSON.stringify(join(relative(dirname(id), PACKED_BOT), 'worker.cjs')));
    if (packed === code) throw new Error(`${id} does not name ./worker.ts: the packed bot would run the source`);
    return packed;
  },
};

/** Loads builtin modules on first use: most verbs need few, and each takes a millisecond or two. */
const builtinsWhenUsed: Plugin = {
  name: 'builtins-when-used',
  renderChunk(code) {
    const declared = [...code.matchAll(/^let (\w+) = require\("(node:[\w/]+)"\);\n(?:\1 = .*\n)?/gm)];
    return declared.reduce((text, [declaration, name, module]) => {
      const [before = '', after = ''] = text.split(declaration);
      const uses = RegExp(`\\b${name}\\b(?:\\.default\\b)?`, 'g');
      return `${before}let ${name};\n${after.replaceAll(uses, `(${name} ??= require("${module}"))`)}`;
    }, code);
  },
};

/**
 * V8 keeps a text with one other character in two bytes each. The bundler escapes all others; in a raw template an
 * escape means something else, so there they become values.
 */
const oneByteEach: Plugin = {
  name: 'one-byte-each',
  transform(code, id) {
    return id.startsWith(SRC) ? asciiRawTemplates(code) : undefined;
  },
  renderChunk(code, { fileName }) {
    const other = /.{0,40}\P{ASCII}.{0,40}/u.exec(code);
    if (other !== null) throw new Error(`${fileName}: the bundler left other characters than ASCII: ${other[0]}`);
    return undefined;
  },
};

rmSync(PACKED, { recursive: true, force: true });
const bundle = await rolldown({
  cwd: ROOT,
  input: { cli: VERBS },
  platform: 'node',
  external,
  plugins: [packedWorker, inItsPlace(PACKED), builtinsWhenUsed, oneByteEach],
  logLevel: 'silent',
});
const written = await bundle.write({
  dir: PACKED,
  format: 'cjs',
  charset: 'ascii', // one byte per character, which V8 keeps as it is
  comments: COMMENTS,
  dynamicImportInCjs: false, // in compiled code this is experimental in Node, with a warning
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  codeSplitting: {
    groups: [
      { name: 'verbs', test: (id) => id === VERBS, priority: 1 },
      { name: 'analyze', test: (id) => ANALYZE.includes(id) },
    ],
  },
});

// The rest of the worker's sources are also those of `analyze`.
listSources(written, PACKED, [WORKER]);

const botBundle = await rolldown({
  cwd: ROOT,
  input: { main: join(SRC, 'main.ts'), worker: WORKER },
  platform: 'node',
  external,
  plugins: [packedWorker, inItsPlace(PACKED_BOT), oneByteEach],
  logLevel: 'silent',
});
const writtenBot = await botBundle.write({
  dir: PACKED_BOT,
  format: 'cjs',
  charset: 'ascii',
  comments: COMMENTS,
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
});
listSources(writtenBot, PACKED_BOT);

const traces = readdirSync(SAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => join(SAMPLES, name, 'traces.json'));
execFileSync(process.execPath, [join(ROOT, 'bin/compile-packed.mjs'), 'analyze', ...traces], {
  stdio: ['ignore', 'ignore', 'inherit'],
});

/** Size and time of every packed source, for `bin/packed.mjs`. */
function listSources({ output }: RolldownOutput, folder: string, more: readonly string[] = []): void {
  const isChunk = (one: RolldownOutput['output'][number]): one is OutputChunk => one.type === 'chunk';
  const modules = output.filter(isChunk).flatMap(({ moduleIds }) => moduleIds);
  const paths = [...modules.filter((path) => path.startsWith('/')), ...more, join(ROOT, 'package-lock.json')];
  const sources = paths.map((path) => {
    const { size, mtimeMs } = statSync(path);
    return [relative(ROOT, path), size, mtimeMs];
  });
  // Atomic: a truncated list could declare an outdated pack current.
  writeFileSync(join(folder, 'sources.new'), JSON.stringify(sources));
  renameSync(join(folder, 'sources.new'), join(folder, 'sources.json'));
}
