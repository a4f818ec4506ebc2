/**
 * `npm run pack`, and after each `npm ci`: packs the command line into few files with V8's compiled code beside them, so
 * that a verb neither finds, reads and links three hundred modules nor compiles each function that it calls. See
 * docs/adr/016.
 *
 *   src/… ──► packed/analyze.cjs     what `analyze` runs, in one file
 *             packed/analyze.code    its functions, compiled while the samples were analysed
 *             packed/verbs.cjs       which verbs there are, and packed/verbs.code
 *             packed/*.cjs           the other verbs
 *             packed/sources.json    of which files, so that nobody runs what the sources no longer say
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PACKED = join(ROOT, 'packed');
const SRC = join(ROOT, 'src/');
const SAMPLES = join(ROOT, 'samples');

/** Which verbs there are. */
const VERBS = join(ROOT, 'src/cli/main.ts');

/** What `analyze` imports at once, and what it imports when it needs it; what these import themselves comes with them. */
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

/** Small, and needed at once; every other package is found where it lies. */
const PACKED_PACKAGES = /^(commander|dayjs|simple-statistics)(\/|$)/;

/** Sources name other files by where they lie themselves. */
const inItsPlace: Plugin = {
  name: 'in-its-place',
  transform(code, id) {
    if (id.startsWith(SRC) && /import\.meta\.(?!url)/.test(code))
      throw new Error(`${id}: of import.meta only the url is right in a pack`);
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(relative(PACKED, id))}, import.meta.url).href`);
  },
};

/** Builtin modules are loaded when something of them is used: most verbs need few, and each takes a millisecond or two. */
const builtinsWhenUsed: Plugin = {
  name: 'builtins-when-used',
  renderChunk(code) {
    const declared = [...code.matchAll(/^let (\w+) = require\("(node:[\w/]+)"\);\n(?:\1 = .*\n)?/gm)];
    return declared.reduce(
      (text, [declaration, name, module]) =>
        text
          .replace(declaration, '')
          .replaceAll(RegExp(`\\b${name}\\b(?:\\.default\\b)?`, 'g'), `(require("${module}"))`),
      code,
    );
  },
};

rmSync(PACKED, { recursive: true, force: true });
const bundle = await rolldown({
  cwd: ROOT,
  input: { cli: VERBS },
  platform: 'node',
  external: (id) => !/^[#./]/.test(id) && !PACKED_PACKAGES.test(id),
  plugins: [inItsPlace, builtinsWhenUsed],
  logLevel: 'silent',
});
const { output } = await bundle.write({
  dir: PACKED,
  format: 'cjs',
  charset: 'ascii', // a byte for each character, which V8 reads and keeps as it is
  dynamicImportInCjs: false, // in compiled code it is an experiment of Node's, and warns
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  codeSplitting: {
    groups: [
      { name: 'verbs', test: (id) => id === VERBS, priority: 1 },
      { name: 'analyze', test: (id) => ANALYZE.includes(id) },
    ],
  },
});

const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
const sources = [...modules.filter((path) => path.startsWith('/')), join(ROOT, 'package-lock.json')].map((path) => {
  const { size, mtimeMs } = statSync(path);
  return [relative(ROOT, path), size, mtimeMs];
});
// Whole or not at all: what says that the pack may run must not be cut off.
writeFileSync(join(PACKED, 'sources.new'), JSON.stringify(sources));
renameSync(join(PACKED, 'sources.new'), join(PACKED, 'sources.json'));

const traces = readdirSync(SAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => join(SAMPLES, name, 'traces.json'));
execFileSync(process.execPath, [join(ROOT, 'bin/compile-packed.mjs'), 'analyze', ...traces], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
