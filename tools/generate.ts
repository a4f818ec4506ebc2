/**
 * Brings all generated files up to date. A second run changes nothing.
 *
 *   npm run generate                 all parts
 *   npm run generate -- pictures     this part only; a part has the name of its file in `tools/`
 *   npm run generate -- --check      writes nothing and fails with the differences: a step of `npm run check`
 *
 * What measurements write is no part: `bench/accuracy.ts` writes the calibration when somebody decides on new figures.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { differences, type Generated, writeFiles } from './generated.ts';

type Part = Readonly<{
  name: string;
  /** Why `--check` leaves it out. */
  unchecked?: string;
  make(): Generated | Promise<Generated>;
  /** What people still have to write, a line each. */
  open?(): Promise<readonly string[]>;
}>;

/** In this order: pages and pictures show what earlier parts made. A part loads only what it needs. */
const PARTS: readonly Part[] = [
  {
    name: 'compile-follow-spans',
    make: async () => (await import('./compile-follow-spans.ts')).followSpansCode(),
  },
  {
    name: 'pattern-verdicts',
    unchecked: 'test/patterns.isolated.test.ts reads new patterns itself',
    make: inOwnProcess('tools/pattern-verdicts.ts'),
  },
  { name: 'draw-samples', make: async () => (await import('./draw-samples.ts')).drawnSamples() },
  {
    name: 'detector-catalogue',
    make: async () => (await import('./detector-catalogue.ts')).currentCatalogue(),
    open: async () => (await import('./detector-catalogue.ts')).incompleteDetectors(),
  },
  {
    name: 'configuration-reference',
    make: async () => (await import('./configuration-reference.ts')).configurationPage(),
  },
  { name: 'systems-page', make: async () => (await import('./systems-page.ts')).systemsPage() },
  { name: 'alert-samples', make: async () => (await import('./alert-samples.ts')).alertTable() },
  { name: 'mcp-page', make: async () => (await import('./mcp-page.ts')).mcpPage() },
  { name: 'api-page', make: async () => (await import('./api-page.ts')).apiPage() },
  { name: 'client-types', make: async () => (await import('./client-types.ts')).clientTypes() },
  { name: 'instrument-list', make: async () => (await import('./instrument-list.ts')).instrumentSection() },
  {
    name: 'quoted-outputs',
    unchecked: 'test/tools/pages.process.test.ts runs the quoted calls',
    make: async () => (await import('./quoted-outputs.ts')).currentOutputs(),
  },
  { name: 'pictures', make: async () => (await import('./pictures.ts')).drawnPictures() },
  {
    name: 'page-pictures',
    unchecked: 'a changed word of a page is no failure',
    make: async () => (await import('./page-pictures.ts')).picturesOfPages(),
  },
  {
    name: 'house',
    unchecked: 'one line more is no failure; tools/house.ts --check knows the limits',
    make: async () => (await import('./house.ts')).houseSizes(),
  },
];

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** For a part that must load the sources before anybody else does. It writes its file itself. */
function inOwnProcess(tool: string): () => Generated {
  return () => {
    execFileSync(process.execPath, [tool], { cwd: ROOT, stdio: 'inherit' });
    return new Map();
  };
}

function chosenParts(names: readonly string[]): readonly Part[] {
  const unknown = names.filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length > 0) {
    throw new Error(`no part ${unknown.join(', ')}: choose from ${PARTS.map(({ name }) => name).join(', ')}`);
  }
  return names.length === 0 ? PARTS : PARTS.filter(({ name }) => names.includes(name));
}

async function write(parts: readonly Part[]): Promise<void> {
  for (const { name, make } of parts) {
    const written = await writeFiles(ROOT, await make());
    console.log(`${name}: ${written.length === 0 ? 'no change' : written.join(', ')}`);
  }
}

/** All at once: the compiler runs beside the analyses. */
async function check(parts: readonly Part[]): Promise<void> {
  const checked = parts.filter(({ unchecked }) => unchecked === undefined);
  const outdated = (await Promise.all(checked.map(async ({ make }) => differences(ROOT, await make())))).flat();
  const open = (await Promise.all(checked.map(({ open }) => open?.() ?? []))).flat();
  if (outdated.length > 0) {
    console.error(`${firstOf(outdated).join('\n\n')}\n\nThese generated files are out of date. Run: npm run generate`);
  }
  if (open.length > 0) console.error(open.join('\n'));
  if (outdated.length + open.length > 0) process.exitCode = 1;
}

/** A changed word can be on every page. */
const MOST_DIFFERENCES = 5;

function firstOf(outdated: readonly string[]): readonly string[] {
  if (outdated.length <= MOST_DIFFERENCES) return outdated;
  return [...outdated.slice(0, MOST_DIFFERENCES), `… and ${outdated.length - MOST_DIFFERENCES} more files`];
}

if (import.meta.main) {
  process.chdir(ROOT); // the samples of alerts are beside the repository
  const names = process.argv.slice(2).filter((word) => word !== '--check');
  const parts = chosenParts(names);
  if (process.argv.includes('--check')) await check(parts);
  else await write(parts);
}
