/**
 * `npm run pack`, also run by `npm ci`: packs the command line into a few files with V8's compiled code. A verb then starts
 * without reading and linking three hundred modules, and without compiling the functions that it calls. See docs/adr/016.
 *
 *   src/… ──► packed/analyze.cjs     all code of `analyze`, in one file
 *             packed/analyze.code    its functions, compiled while the samples were analysed
 *             packed/verbs.cjs       the list of verbs, and packed/verbs.code
 *             packed/*.cjs           the other verbs
 *             packed/sources.json    the packed files, so that a pack of older sources is not used
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

/** Small packages that are needed at once; all others stay in `node_modules`. */
const PACKED_PACKAGES = /^(commander|dayjs|simple-statistics)(\/|$)/;

/** Sources address other files relative to themselves. */
const inItsPlace: Plugin = {
  name: 'in-its-place',
  transform(code, id) {
    if (id.startsWith(SRC) && /import\.meta\.(?!url)/.test(code))
      throw new Error(`${id}: of import.meta only the url is right in a pack`);
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(relative(PACKED, id))}, import.meta.url).href`);
  },
};

/** Loads builtin modules on first use: most verbs need few, and each takes a millisecond or two. */
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
  charset: 'ascii', // one byte per character, which V8 keeps as it is
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

const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
const sources = [...modules.filter((path) => path.startsWith('/')), join(ROOT, 'package-lock.json')].map((path) => {
  const { size, mtimeMs } = statSync(path);
  return [relative(ROOT, path), size, mtimeMs];
});
// Atomic: a truncated list could declare an outdated pack current.
writeFileSync(join(PACKED, 'sources.new'), JSON.stringify(sources));
renameSync(join(PACKED, 'sources.new'), join(PACKED, 'sources.json'));

const traces = readdirSync(SAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => join(SAMPLES, name, 'traces.json'));
execFileSync(process.execPath, [join(ROOT, 'bin/compile-packed.mjs'), 'analyze', ...traces], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
