/**
 * `npm run check`: a detector is one file. Its id stands in `src/detect/`, in rules about pairs (`src/diagnose/rules/`)
 * and in generated data, and nowhere else in `src/`. Other code reads the detector's traits
 * (`src/model/finding/detector-traits.ts`). Comments may name a detector.
 */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { detectors } from '#detect/registry.ts';

/** Files that may contain ids. `bench/accuracy.ts` writes the calibration. */
const ALLOWED = [
  /^src\/detect\//,
  /^src\/diagnose\/rules\//,
  /^src\/diagnose\/(?:[\w-]+\/)?[\w-]*calibration-data\.ts$/,
];

export type Mention = Readonly<{ line: number; id: string }>;

/** Comments, or a text in quotes; else a word that is a key. */
const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?<single>(?:\\.|[^'\\\n])*)'|"(?<double>(?:\\.|[^"\\\n])*)"|`(?<template>(?:\\.|[^`\\])*)`|(?<=[{,]\s*)(?<key>[a-z]+)(?=\s*:)/g;

/** A single word may mean something else, such as the latency that a metric measures, unless the code reads a detector or kind. */
const ASKS_FOR_DETECTOR = /(?:detector|kind)s?\W{1,12}$/i;

export function mentionsIn(source: string, ids: ReadonlySet<string>): Mention[] {
  return [...source.matchAll(TOKEN)].flatMap((match) => {
    const { single, double, template, key } = match.groups ?? {};
    const id = single ?? double ?? template ?? key ?? '';
    if (!ids.has(id)) return [];
    const before = source.slice(0, match.index);
    if (!id.includes('-') && !ASKS_FOR_DETECTOR.test(before)) return [];
    return [{ line: before.split('\n').length, id }];
  });
}

/** `src/present/words/summary.ts:12: slow-query`, a line for each forbidden mention. */
export function idsOutside(root: string): string[] {
  const ids = new Set(detectors.map(({ id }) => id));
  const files = globSync('src/**/*.ts', { cwd: root }).filter((path) => !ALLOWED.some((place) => place.test(path)));
  return files.flatMap((path) =>
    mentionsIn(readFileSync(`${root}${path}`, 'utf8'), ids).map(({ line, id }) => `${path}:${line}: ${id}`),
  );
}

if (import.meta.main) {
  const found = idsOutside(fileURLToPath(new URL('../', import.meta.url)));
  if (found.length > 0) {
    console.error(`${found.join('\n')}\nA detector is named outside of its file: say it in src/detect/ instead.`);
    process.exitCode = 1;
  }
}
