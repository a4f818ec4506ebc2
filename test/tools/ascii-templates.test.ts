import { expect, test } from 'vitest';
import { asciiRawTemplates } from '../../tools/pack/ascii-templates.ts';

test.each([
  ['a letter', 'String.raw`curité\\d`'],
  ['a letter beside values', `String.raw\`\${1}–\${String.raw\`é\`}…\``],
  ['a letter outside of the plane of two bytes', 'String.raw`\u{1f468}`'],
  ['a letter behind a backslash', 'String.raw`\\–\\\\…`'],
  ['a letter behind a dollar', 'String.raw`$é`'],
])('a raw template keeps %s', (_, code) => {
  const ascii = asciiRawTemplates(code);
  expect(ascii).toMatch(/^\p{ASCII}+$/u);
  expect(evaluated(ascii)).toBe(evaluated(code));
});

test('other texts and templates stay as they are', () => {
  const code = 'const raw = String.raw`a`; const other: string = `é` + tag`é` + "é"; // é';
  expect(asciiRawTemplates(code)).toBe(code);
});

function evaluated(code: string): unknown {
  return new Function(`return ${code}`)();
}
