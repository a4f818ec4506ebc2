/** All regular expressions of the sources: literals, those that a module makes when it loads, and the lists of words. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { WORDED_PATTERNS } from '#model/blameless/worded-pattern.ts';
import { MEANINGS } from '#model/instruments/instruments.ts';

export type OwnPattern = Readonly<{ pattern: RegExp; where: string }>;

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

/** Each pattern once. Modules must not be loaded before: a loaded module makes its patterns no second time. */
export async function ownPatterns(): Promise<readonly OwnPattern[]> {
  const found = new Map<string, OwnPattern>();
  const add = (pattern: RegExp, where: string) => {
    if (!found.has(`${pattern}`)) found.set(`${pattern}`, { pattern, where });
  };
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.[jt]s$/.test(file)) continue;
    const text = readFileSync(SOURCES + file, 'utf8');
    for (const { pattern, at } of literalsIn(file, text))
      add(pattern, `${file}:${text.slice(0, at).split('\n').length}`);
    if (/new RegExp\(/.test(text)) for (const { pattern, where } of await madeBy(SOURCES + file)) add(pattern, where);
  }
  for (const { means, lists } of MEANINGS)
    for (const [place, list] of lists) add(list.pattern(), `model/instruments: ${means}, ${place}`);
  await import('#model/blameless/lint.ts');
  for (const { pattern } of WORDED_PATTERNS) add(pattern(), 'model/blameless');
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

/** Patterns that a module and its imports make of texts while they load. Packages that they import have their own. */
async function madeBy(path: string): Promise<readonly OwnPattern[]> {
  const made: OwnPattern[] = [];
  const Original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(Original, {
    construct(target, given, newTarget) {
      const pattern = Reflect.construct(target, given, newTarget) as RegExp;
      // Line 0 is the message, 1 this function, 2 its caller.
      const caller = new Error().stack?.split('\n')[2] ?? '';
      const at = caller.indexOf(SOURCES);
      if (at >= 0) made.push({ pattern, where: caller.slice(at + SOURCES.length).replace(/:\d+\)?$/, '') });
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
