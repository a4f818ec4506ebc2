/** Generated files as they should be: how they differ from the existing ones, and how they are written. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { isCurrent, notedPng, type Picture } from './picture.ts';

/** By the path in the repository. Undefined stands for a file that has to go. */
export type Generated = ReadonlyMap<string, string | Picture | undefined>;

/** A short unified diff for each file that is not as it should be. */
export function differences(root: string, files: Generated): readonly string[] {
  return [...files].flatMap(([path, content]) => {
    const file = join(root, path);
    return isUpToDate(file, content) ? [] : [difference(path, file, content)];
  });
}

/** Writes what differs, and nothing else: an unchanged file keeps its time. Returns the paths. */
export async function writeFiles(root: string, files: Generated): Promise<readonly string[]> {
  const written: string[] = [];
  for (const [path, content] of files) {
    const file = join(root, path);
    if (isUpToDate(file, content)) continue;
    written.push(path);
    if (content === undefined) rmSync(file);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof content === 'string' ? content : await notedPng(content));
    }
  }
  return written;
}

function isUpToDate(file: string, content: string | Picture | undefined): boolean {
  if (!existsSync(file)) return content === undefined;
  if (content === undefined) return false;
  if (typeof content === 'string') return readFileSync(file, 'utf8') === content;
  return isCurrent(content, readFileSync(file));
}

function difference(path: string, file: string, content: string | Picture | undefined): string {
  if (content === undefined) return `${path} belongs to nothing any more`;
  if (typeof content !== 'string') return `${path} is another picture now`;
  const existing = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const options = { context: 1, maxEditLength: MOST_EDITS };
  const patch = createTwoFilesPatch(path, path, existing, content, 'existing', 'generated', options);
  return patch === undefined ? `${path} differs in more than ${MOST_EDITS} lines` : shortened(patch);
}

/** Beyond, a diff takes seconds and nobody reads it. */
const MOST_EDITS = 400;

/** A screen. */
const MOST_LINES = 40;
/** Pictures and compiled code are single lines. */
const MOST_CHARS = 240;

function shortened(patch: string): string {
  const lines = patch
    .trimEnd()
    .split('\n')
    .filter((line) => !/^(?:Index: |={9})/.test(line))
    .map((line) => (line.length > MOST_CHARS ? `${line.slice(0, MOST_CHARS)}…` : line));
  if (lines.length <= MOST_LINES) return lines.join('\n');
  return [...lines.slice(0, MOST_LINES), `… ${lines.length - MOST_LINES} more lines`].join('\n');
}
