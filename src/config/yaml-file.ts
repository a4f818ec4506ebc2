/** Reads a YAML file for the configuration, and says what is wrong with it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileTrouble } from '#core/file-trouble.ts';

export type Tree = { [key: string]: unknown };
export type Mistakes = string[];

export function mistakesText(title: string, mistakes: readonly string[]): string {
  return [title, ...mistakes.map((mistake) => `✖ ${onOneLine(mistake)}`)].join('\n');
}

/** One mistake, one line: a key, a variable or a path may contain a line break. */
function onOneLine(mistake: string): string {
  return mistake.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

/** `lineOf`: where the file has the value at a path, or the nearest around it, from 1. */
export type ReadYaml = Readonly<{ tree: Tree; lineOf(path: readonly PropertyKey[]): number | undefined }>;

/** A new tree each time: the environment's settings go into it. */
const nothing = (): ReadYaml => ({ tree: {}, lineOf: () => undefined });

/** An empty tree where the file cannot be read; `mistakes` then says why. */
export function readYaml(path: string, what: string, mistakes: Mistakes): ReadYaml {
  const text = readText(path, mistakes, what);
  if (text === undefined) return nothing();

  // Not imported above: a command line without a file would start 20 ms later.
  const { isNode, LineCounter, parseDocument } = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  const lines = new LineCounter();
  // The parser's own excerpts would print the faulty line, which may hold a secret.
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  for (const { message, pos } of document.errors) {
    const { line, col } = lines.linePos(pos[0]);
    mistakes.push(`${message} → ${path}, line ${line}, column ${col}`);
  }
  if (document.errors.length > 0) return nothing();

  let tree: unknown;
  try {
    tree = withoutNulls(document.toJS());
  } catch {
    // The error's own message may name a secret: the text behind a `*` is an alias.
    mistakes.push(
      `has an alias (*name) without its anchor (&name), aliases that repeat too much, or too many levels: write the values out → ${path}`,
    );
    return nothing();
  }
  if (tree === undefined) return nothing();
  if (!isTree(tree)) {
    mistakes.push(`must hold settings by name → ${path}`);
    return nothing();
  }
  const lineOf = (at: readonly PropertyKey[]): number | undefined => {
    const node = at.length === 0 ? document.contents : document.getIn(at, true);
    const start = isNode(node) ? node.range?.[0] : undefined;
    if (start !== undefined) return lines.linePos(start).line;
    return at.length === 0 ? undefined : lineOf(at.slice(0, -1));
  };
  return { tree, lineOf };
}

/** A key without a value, with everything below it commented out, counts as not set. */
function withoutNulls(value: unknown): unknown {
  if (value === null) return undefined;
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, withoutNulls(inner)])
      .filter(([, inner]) => inner !== undefined),
  );
}

export function readText(path: string, mistakes: Mistakes, what: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    mistakes.push(`${what} cannot be read: ${fileTrouble(error)} → ${path}`);
    return undefined;
  }
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
