import { expect, test } from 'vitest';
import { filesInCircles, houseTable, tooLarge, withTable } from '../../tools/house.ts';

test('counts files in circles, also through types, dynamic imports and neighbouring files', () => {
  const sources = new Map([
    ['src/a.ts', "import { b } from '#b.ts';\n"],
    ['src/b.ts', "import type { C } from './c.ts';\n"],
    ['src/c.ts', "const a = await import('#a.ts');\n"],
    ['src/x/d.ts', "import '#x/e.ts';\n"],
    ['src/x/e.ts', "import {\n  d,\n} from './d.ts';\n"],
    ['src/f.ts', "import { a } from '#a.ts';\nimport { readFileSync } from 'node:fs';\n"],
  ]);
  expect(filesInCircles(sources)).toBe(5);
  expect(filesInCircles(new Map([...sources].filter(([path]) => path === 'src/f.ts')))).toBe(0);
});

test('the table names the largest file and the fullest folder, and replaces the old one', () => {
  const sources = new Map([
    ['src/x/small.ts', 'a\n'],
    ['src/x/large.ts', 'a\nb\nc\n'],
    ['src/y/other.ts', 'a\nb\n'],
  ]);
  const table = houseTable(sources, 4);
  expect(table).toContain('| largest file | `src/x/large.ts`, 3 lines | 800 |');
  expect(table).toContain('| folder with the most files | `src/x/`, 2 files | 90 |');
  expect(table).toContain('generated data | 4 | 0 |');
  const page = withTable('# A\n<!-- Written by tools/house.ts -->\nold\n<!-- end -->\nrest\n', table);
  expect(page).toBe(`# A\n<!-- Written by tools/house.ts -->\n${table}\n<!-- end -->\nrest\n`);
  expect(() => withTable('# A\n', table)).toThrow('has no place for the table');
});

test('a file, a folder, a detector and a circle above its limit are named, others are not', () => {
  const text = (lines: number) => 'a\n'.repeat(lines);
  const many = (count: number) => Array.from({ length: count }, (_, at) => [`src/y/f${at}.ts`, 'a\n'] as const);
  const within = new Map([['src/x/large.ts', text(800)], ['src/detect/trace/slow-query.ts', text(350)], ...many(90)]);
  expect(tooLarge(within)).toEqual([]);
  const above = new Map([
    ['src/x/large.ts', text(801)],
    ['src/detect/trace/slow-query.ts', text(351)],
    ['src/z/a.ts', "import '#z/b.ts';\n"],
    ['src/z/b.ts', "import './a.ts';\n"],
    ...many(91),
  ]);
  expect(tooLarge(above)).toEqual([
    'src/x/large.ts: 801 lines, at most 800',
    'src/detect/trace/slow-query.ts: 351 lines of a detector, at most 350',
    'src/y/: 91 files, at most 90',
    '2 files are in import circles',
  ]);
});
