/**
 * The table of sizes in ARCHITECTURE.md: `node tools/house.ts` writes it, `--check` fails where it is out of date.
 * Circles count imports of types and dynamic imports, too.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOf } from '#detect/detector.ts';
import { detectors } from '#detect/registry.ts';
import { idsOutside } from './detector-mentions.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PAGE = 'ARCHITECTURE.md';
const BEGIN = '<!-- Written by tools/house.ts -->';
const END = '<!-- end -->';

/** A source by its path in the repository, and its text. */
export type Sources = ReadonlyMap<string, string>;

export function houseTable(sources: Sources, mentions: number): string {
  const lines = [...sources].map(([path, text]) => ({ path, lines: linesIn(text) })).sort((a, b) => b.lines - a.lines);
  const folders = [...Map.groupBy(sources.keys(), (path) => dirname(path))]
    .map(([folder, files]) => ({ folder, files: files.length }))
    .sort((a, b) => b.files - a.files);
  const byLength = lines.filter(({ path }) => isDetector(path));
  const [largest, folder, longest] = [lines[0], folders[0], byLength[0]];
  const median = byLength[Math.floor(byLength.length / 2)];
  return [
    '| measure | now |',
    '|---|---|',
    `| largest file | \`${largest?.path}\`, ${largest?.lines} lines |`,
    `| folder with the most files | \`${folder?.folder}/\`, ${folder?.files} files |`,
    `| median detector | ${median?.lines} lines |`,
    `| longest detector | \`${longest?.path}\`, ${longest?.lines} lines |`,
    `| files in import circles, types included | ${filesInCircles(sources)} |`,
    `| mentions of a detector's id outside \`detect/\`, pair rules and generated data | ${mentions} |`,
  ].join('\n');
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

if (import.meta.main) {
  const paths = globSync('src/**/*.ts', { cwd: ROOT, exclude: ['src/decode/assembly/**'] }).sort();
  const sources = new Map(paths.map((path) => [path, readFileSync(`${ROOT}${path}`, 'utf8')]));
  const page = readFileSync(`${ROOT}${PAGE}`, 'utf8');
  const current = withTable(page, houseTable(sources, idsOutside(ROOT).length));
  if (!process.argv.includes('--check')) writeFileSync(`${ROOT}${PAGE}`, current);
  else if (current !== page) {
    console.error(`${PAGE}: the table of sizes is out of date: node tools/house.ts`);
    process.exitCode = 1;
  }
}
