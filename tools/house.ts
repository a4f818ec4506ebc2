/**
 * The sizes of the house. `npm run generate` writes them into ARCHITECTURE.md; a table that is out of date is no failure.
 * `node tools/house.ts --check` fails where the house exceeds a limit. Circles count imports of types and dynamic imports,
 * too.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOf } from '#detect/detector.ts';
import { detectors } from '#detect/registry.ts';
import { idsOutside } from './detector-mentions.ts';
import type { Generated } from './generated.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PAGE = 'ARCHITECTURE.md';
const BEGIN = '<!-- Written by tools/house.ts -->';
const END = '<!-- end -->';

/** A source by its path in the repository, and its text. */
export type Sources = ReadonlyMap<string, string>;

/** Some room above the largest ones, so that one line more is no failure; a file or folder of that size needs a split. */
const MOST = { linesOfFile: 800, filesOfFolder: 90, linesOfDetector: 350, filesInCircles: 0 } as const;

export function houseTable(sources: Sources, mentions: number): string {
  const { files, folders, byLength } = sizesOf(sources);
  const [largest, folder, longest] = [files[0], folders[0], byLength[0]];
  const median = byLength[Math.floor(byLength.length / 2)];
  return [
    '| measure | now | limit |',
    '|---|---|---|',
    `| largest file | \`${largest?.path}\`, ${largest?.lines} lines | ${MOST.linesOfFile} |`,
    `| folder with the most files | \`${folder?.path}/\`, ${folder?.files} files | ${MOST.filesOfFolder} |`,
    `| median detector | ${median?.lines} lines | |`,
    `| longest detector | \`${longest?.path}\`, ${longest?.lines} lines | ${MOST.linesOfDetector} |`,
    `| files in import circles, types included | ${filesInCircles(sources)} | ${MOST.filesInCircles} |`,
    `| mentions of a detector's id outside \`detect/\`, pair rules and generated data | ${mentions} | 0 |`,
  ].join('\n');
}

/** Each file and folder above its limit, in a line. */
export function tooLarge(sources: Sources): readonly string[] {
  const { files, folders, byLength } = sizesOf(sources);
  const above = (list: typeof files, most: number) => list.filter(({ lines }) => lines > most);
  const circles = filesInCircles(sources);
  return [
    ...above(files, MOST.linesOfFile).map(({ path, lines }) => `${path}: ${lines} lines, at most ${MOST.linesOfFile}`),
    ...above(byLength, MOST.linesOfDetector).map(
      ({ path, lines }) => `${path}: ${lines} lines of a detector, at most ${MOST.linesOfDetector}`,
    ),
    ...folders
      .filter(({ files }) => files > MOST.filesOfFolder)
      .map(({ path, files }) => `${path}/: ${files} files, at most ${MOST.filesOfFolder}`),
    ...(circles > MOST.filesInCircles ? [`${circles} files are in import circles`] : []),
  ];
}

/** The largest first. */
function sizesOf(sources: Sources) {
  const files = [...sources].map(([path, text]) => ({ path, lines: linesIn(text) })).sort((a, b) => b.lines - a.lines);
  const folders = [...Map.groupBy(sources.keys(), (path) => dirname(path))]
    .map(([path, files]) => ({ path, files: files.length }))
    .sort((a, b) => b.files - a.files);
  return { files, folders, byLength: files.filter(({ path }) => isDetector(path)) };
}

const DETECTOR_FILES: ReadonlySet<string> = new Set(
  detectors.map((detector) => `src/detect/${folderOf(detector)}/${detector.id}.ts`),
);

function isDetector(path: string): boolean {
  return DETECTOR_FILES.has(path);
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

/** How many files remain after the repeated removal of those that import no other, or that no other imports. */
export function filesInCircles(sources: Sources): number {
  let left = new Map([...sources.keys()].map((path) => [path, importsOf(path, sources)]));
  for (;;) {
    const imported = new Set([...left.values()].flat());
    const kept = [...left].filter(([path, imports]) => imported.has(path) && imports.some((other) => left.has(other)));
    if (kept.length === left.size) return left.size;
    const paths = new Set(kept.map(([path]) => path));
    left = new Map(kept.map(([path, imports]) => [path, imports.filter((other) => paths.has(other))]));
  }
}

function importsOf(path: string, sources: Sources): string[] {
  const specifiers = [...(sources.get(path) ?? '').matchAll(/(?:\bfrom|\bimport\(|^import) ?'([#.][^']+)'/gm)];
  return specifiers
    .map(([, specifier = '']) =>
      specifier.startsWith('#') ? `src/${specifier.slice(1)}` : join(dirname(path), specifier),
    )
    .filter((target) => sources.has(target));
}

/** The page with the current table. */
export function withTable(page: string, table: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the table: ${BEGIN} … ${END}`);
  return `${page.slice(0, from)}${BEGIN}\n${table}\n${page.slice(to)}`;
}

function houseSources(): Sources {
  const paths = globSync('src/**/*.ts', {
    cwd: ROOT,
    exclude: ['src/decode/assembly/**', 'src/client/schema.ts'],
  }).sort();
  return new Map(paths.map((path) => [path, readFileSync(`${ROOT}${path}`, 'utf8')]));
}

export function houseSizes(): Generated {
  const table = houseTable(houseSources(), idsOutside(ROOT).length);
  return new Map([[PAGE, withTable(readFileSync(`${ROOT}${PAGE}`, 'utf8'), table)]]);
}

if (import.meta.main) {
  const found = tooLarge(houseSources());
  if (found.length > 0) {
    console.error(`${found.join('\n')}\nSplit it by what its parts are about.`);
    process.exitCode = 1;
  }
}
