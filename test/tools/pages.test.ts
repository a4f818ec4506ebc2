import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '#cli/failure.ts';
import { detectors } from '#detect/registry.ts';

const PAGES = globSync(['*.md', 'docs/**/*.md', 'runbooks/*.md']).sort();

/** The detector that the pages make up to show how one is added. */
const EXAMPLE = 'gc-pause';

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  test('links only to files that are there, and to headings that exist', () => {
    const broken = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !leadsSomewhere(page, target));
    expect(broken).toEqual([]);
  });

  test('names only files of the source that are there', () => {
    const named = [...text.matchAll(/\b(?:src|test|tools|bench|bin)\/[\w./-]+\.(?:ts|mjs|sh)\b/g)].map(
      ([path]) => path,
    );
    expect(named.filter((path) => !path.includes(EXAMPLE) && !existsSync(path))).toEqual([]);
  });
});

test('the README names every detector, and every exit code that the command line has', () => {
  const readme = readFileSync('README.md', 'utf8');
  for (const { id } of detectors) expect(readme).toContain(`\`${id}\``);
  for (const code of Object.values(EXIT)) expect(readme).toMatch(new RegExp(`^\\| ${code} \\| `, 'm'));
});

test('the README shows what the command line really prints', () => {
  const shown = /\$ \.\/spanhound (analyze [\w./-]+)\n([\s\S]*?)\n…/.exec(readFileSync('README.md', 'utf8'));
  const printed = execFileSync(join(process.cwd(), 'spanhound'), (shown?.[1] ?? '').split(' '), { encoding: 'utf8' });
  expect(`${printed.slice(0, shown?.[2]?.length)}…`).toBe(`${shown?.[2]}…`);
});

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(file)) return false;
  return heading === undefined || headingsOf(file).includes(heading);
}

/** As GitHub makes them. */
function headingsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}
