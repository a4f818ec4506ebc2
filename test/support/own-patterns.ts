/** All regular expressions of the sources: those that are written out, and those that a module makes when it is loaded. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

export type OwnPattern = Readonly<{ pattern: RegExp; where: string }>;

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

/** Each once, however often it is written. */
export async function ownPatterns(): Promise<readonly OwnPattern[]> {
  const found = new Map<string, OwnPattern>();
  const add = (pattern: RegExp, where: string) => {
    if (!found.has(`${pattern}`)) found.set(`${pattern}`, { pattern, where });
  };
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })) {
    if (!/\.[jt]s$/.test(file)) continue;
    const text = readFileSync(SOURCES + file, 'utf8');
    for (const { pattern, at } of literalsIn(file, text))
      add(pattern, `${file}:${text.slice(0, at).split('\n').length}`);
    if (/new RegExp\(/.test(text)) for (const pattern of await madeBy(SOURCES + file)) add(pattern, file);
  }
  return [...found.values()];
}

function literalsIn(file: string, text: string): readonly Readonly<{ pattern: RegExp; at: number }>[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const literals: { pattern: RegExp; at: number }[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('regex' in node && 'start' in node) {
      const { pattern, flags } = node.regex as { pattern: string; flags: string };
      literals.push({ pattern: new RegExp(pattern, flags), at: node.start as number });
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(program);
  return literals;
}

/** Those that a module makes of texts while it is loaded. */
async function madeBy(path: string): Promise<readonly RegExp[]> {
  const made: RegExp[] = [];
  const Original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(Original, {
    construct(target, given, newTarget) {
      const pattern = Reflect.construct(target, given, newTarget) as RegExp;
      made.push(pattern);
      return pattern;
    },
  });
  try {
    await import(path);
  } finally {
    globalThis.RegExp = Original;
  }
  return made;
}
