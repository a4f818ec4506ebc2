/** A draft beside what its script claims, for a person who reads both. Only words that stand there literally are marked. */
import type { Played } from './play.ts';
import type { Script } from './script.ts';

export type Reading = Readonly<{
  /** What stands in the draft word for word; the reader judges the others. */
  claims: readonly Readonly<{ text: string; isLiteral: boolean }>[];
  forbidden: readonly Readonly<{ text: string; isLiteral: boolean }>[];
}>;

export function readingOf({ claims, forbidden }: Pick<Script, 'claims' | 'forbidden'>, draft: string): Reading {
  const words = plain(draft);
  const read = (text: string) => ({ text, isLiteral: words.includes(plain(text)) });
  return { claims: claims.map(read), forbidden: forbidden.map(read) };
}

/** Without the marks of Markdown, case, and line breaks. */
function plain(text: string): string {
  return text
    .replaceAll(/\\(?=[^\w\s])/g, '')
    .replaceAll(/[*_`]|<br>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

export function sideBySide(script: Script, { draft, answers }: Played): string {
  const { claims, forbidden } = readingOf(script, draft);
  const row = (yes: string, no: string) => (one: Readonly<{ text: string; isLiteral: boolean }>) =>
    `- ${one.isLiteral ? yes : no}: ${one.text}`;
  return [
    `<!-- ${script.id}: ${script.title} -->`,
    draft.trimEnd(),
    '',
    '---',
    `# What the script of ${script.id} says`,
    script.story,
    '## Claims',
    ...claims.map(row('word for word', 'to be read')),
    '## Forbidden',
    ...forbidden.map(row('STANDS THERE', 'not word for word')),
    '## What people typed, and what they read',
    '```',
    ...answers,
    '```',
    '',
  ].join('\n');
}
