/** A part of the deep run writes its own row, and the row says what its programs printed. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PARTS, propertyFiles } from '../../tools/deep/parts.ts';
import { notRun, type Row, resultOf, withRow } from '../../tools/deep/rows.ts';
import type { Ran } from '../../tools/deep/run-commands.ts';

const PAGE = [
  '# Deep run',
  'Two sentences.',
  '',
  '| part | date | commit | seconds | result |',
  '|---|---|---|---|---|',
  '| `storm` | – | – | – | not run yet |',
  '| `bench` | – | – | – | not run yet |',
  '',
  'More.',
  '',
].join('\n');
const ROW: Row = { part: 'storm', date: '2026-01-06', commit: 'abc1234', seconds: '1180', result: 'green: `seed 7`' };

function part(name: string) {
  const found = PARTS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no part ${name}`);
  return found;
}

function shown(name: string, output: string, end: Ran['end'] = 'passed'): string {
  return resultOf(part(name), { output, end }).shown;
}

test('a row takes the place of the old one, and nothing else changes', () => {
  const page = withRow(PAGE, ROW);
  expect(page).toBe(
    PAGE.replace(
      '| `storm` | – | – | – | not run yet |',
      '| `storm` | 2026-01-06 | abc1234 | 1180 | green: `seed 7` |',
    ),
  );
  expect(withRow(page, ROW)).toBe(page);
});

test('the row of a new part is the last one of the table, and holds no further columns', () => {
  const page = withRow(PAGE, { ...ROW, part: 'planted', result: 'red: `a | b`' });
  expect(page.split('\n').slice(6, 9)).toEqual([
    '| `bench` | – | – | – | not run yet |',
    '| `planted` | 2026-01-06 | abc1234 | 1180 | red: `a \\| b` |',
    '',
  ]);
});

test('storms on one process and on replicas, and each write that fails once, are parts of their own', () => {
  const commands = ['storm', 'storm-postgres', 'every-write'].map((name) =>
    part(name)
      .runs()
      .map(({ command, env = {} }) => [...Object.entries(env).flat(), ...command].join(' ')),
  );
  expect(commands).toEqual([
    ['npm run test:storm'],
    ['npm run test:storm -- --replicas 2'],
    ['EVERY_WRITE 1 DEEP_TESTS 1 npx vitest run --project=processes test/e2e/failing-writes.test.ts'],
  ]);
});

test('the page has a row for each part, in the order in which they run', () => {
  const rows = [...readFileSync('docs/deep-run.md', 'utf8').matchAll(/^\| (?:part|`([a-z-]+)`) \|/gm)].map(
    ([, name]) => name,
  );
  expect(rows).toEqual([undefined, ...PARTS.map(({ name }) => name)]);
});

describe('a result', () => {
  test('of tests that pass is green, with their counts', () => {
    const output = ' Test Files  4 passed (4)\n      Tests  431 passed | 3 skipped (434)\n   Duration  9 s\n';
    expect(shown('postgres', output)).toBe('green: `431 passed | 3 skipped (434)`');
  });

  test('of tests that fail names the first of them, and the inputs of a property', () => {
    const output =
      ' FAIL  |unit| test/a.test.ts > one\n FAIL  |unit| test/b.test.ts > two\n      Tests  2 failed (9)\n';
    expect(shown('properties', output, 'failed')).toMatch(
      /^red: `\|unit\| test\/a\.test\.ts > one; seed \d{1,9}, 10000 runs, 2 failed \(9\)`$/,
    );
  });

  test.each([
    ['patterns', 'a.ts:3 /,+$/: degree 2, but kept: linear\n', 'red: `a.ts:3 /,+$/: degree 2, but kept: linear'],
    [
      'backends',
      "  ok    one (9 ms)\n  FAIL  Loki's gaps\n1 passed, 1 failed\n",
      "red: `Loki's gaps; 1 passed, 1 failed`",
    ],
    [
      'storm',
      'storm: one process on SQLite, 9 alerts, 2 kills, seed 7\nstorm: LOST message m-3\n',
      'red: `LOST message m-3; one',
    ],
    ['storm', 'storm: STRANGE note nobody wrote\n', 'red: `STRANGE note nobody wrote'],
    ['storm-postgres', 'storm: DOUBLED m-3 stands there 2 times\n', 'red: `DOUBLED m-3 stands there 2 times'],
    [
      'every-write',
      ' FAIL  |processes| test/a.test.ts > the 3rd write\n',
      'red: `|processes| test/a.test.ts > the 3rd',
    ],
    [
      'bench',
      '| a start | 9 ms | 8–9 | ≤ 5 | | no  |\n| another | 1 ms | 1–1 | ≤ 2 | | yes |\n',
      'red: `a start | 9 ms | 8–9 | ≤ 5; 1 budgets met`',
    ],
    [
      'api',
      '- ST202 Schema-valid request rejected\n827 requests of Schemathesis 4, 4 failures, seed 1\n',
      'red: `- ST202 Schema-valid request rejected; 827 requests of Schemathesis 4, 4 failures, seed 1`',
    ],
    ['api', 'BUG: TypeError: x\n', 'red: `BUG: TypeError: x`'],
    ['mcp', 'WRONG: tools/list ended with 6: x\n', 'red: `tools/list ended with 6: x'],
    ['api-client', 'WRONG: the client printed something else\n', 'red: `the client printed something else'],
    [
      'planted',
      'NOT FOUND: test: a lease\n9 of 10 planted faults found\n',
      'red: `test: a lease; 9 of 10 planted faults found`',
    ],
  ])('of %s is red for the first fault that it prints', (name, output, begins) => {
    expect(shown(name, output)).toContain(begins);
  });

  test.each([
    [
      'patterns',
      'a.ts:3 /x/: linear, but kept: nothing\n1600 linear, 3 searched\n',
      'green: `1600 linear, 3 searched`',
    ],
    [
      'api',
      'No issues found\n\n827 requests of Schemathesis 4.32.5, 0 failures, seed 7\n',
      'green: `827 requests of Schemathesis 4.32.5, 0 failures, seed 7`',
    ],
    ['backends', '  ok    one (9 ms)\n1 passed, 0 failed\n', 'green: `1 passed, 0 failed`'],
    [
      'storm',
      'storm: one process on SQLite, 9 alerts, 2 kills, seed 7\n',
      'green: `one process on SQLite, 9 alerts, 2 kills, seed 7`',
    ],
    ['bench', '| a start | 9 ms | 8–9 | ≤ 9 | | yes |\n| a step | 1 ms | 1–1 | | | |\n', 'green: `1 budgets met`'],
    [
      'accuracy',
      '| verdict right (kind and service) | 1980 | 0.962 | ≥ 0.9 |\n\nsure, as given\n80 cases, Brier 0.121; of the',
      'green: `verdict right 0.962, 80 cases, Brier 0.121`',
    ],
    [
      'accuracy',
      '| verdict right (kind and service) | 1980 | 0.962 | ≥ 0.9 |\n',
      'green: `verdict right 0.962, no recorded cases: ../shared/cases is missing`',
    ],
    ['planted', '10 of 10 planted faults found\n', 'green: `10 of 10 planted faults found`'],
  ])('of %s shows its figure', (name, output, result) => {
    expect(shown(name, output)).toBe(result);
  });

  test('of the rounds of strangers sums each kind', () => {
    const output =
      '121 of 150 as meant, 21 more acceptable, 8 wrong\nservice: 19 of 70\ntrace: 10 of 10\n' +
      'redaction-1.json.gz: leaks 1 of 171 (0.6 %), false in 0 of 68\n  acme  1 of 2 right, …\n' +
      'alerts-1.json.gz: 88 of 119 right, …\nrequest fault: 2 of 3\n' +
      'requests-1: 93 of 110 right; 13 wrong\nrequests-2: 133 of 160 right; 20 wrong\n';
    expect(shown('strangers', output)).toBe(
      'green: `requests 226 of 270, alerts 88 of 119, typed 121 of 150, asked 29 of 80, secrets left 1 of 171`',
    );
    expect(shown('strangers-windows', 'windows-1: 120 of 122 right; 1 wrong\n')).toBe('green: `windows 120 of 122`');
  });

  test('of a part that took too long is red and says so', () => {
    expect(shown('backends', '  ok    one (9 ms)\n', 'late')).toBe('red: `ended after 25 minutes`');
  });

  test('of a command that fails without a word of its own is red with its last line', () => {
    expect(shown('bench', 'building\nError: no space left\n\n', 'failed')).toBe(
      'red: `Error: no space left; 0 budgets met`',
    );
  });

  test('is not green where something is missing or the part was stopped', () => {
    expect(shown('backends', 'looking\nThere is neither go on PATH nor a Docker engine.\n', 'missing')).toBe(
      'not run: `There is neither go on PATH nor a Docker engine.`',
    );
    expect(shown('storm', '', 'stopped')).toBe('stopped');
    expect(notRun('python3 is missing').state).toBe('not run');
  });

  test('stays a short line of code, whatever a program prints', () => {
    const long = shown('bench', `\`a\`\n${'word '.repeat(100)}`, 'failed');
    expect(long).toMatch(/^red: `[^`\n]{200}…`$/);
  });
});

test('the properties are in files of two steps, and files without one are left out', () => {
  const files = propertyFiles();
  expect(files).toContain('test/analyse/damaged-bodies.property.test.ts');
  expect(files, 'the contract of the record holds properties').toContain('test/record/sqlite.test.ts');
  expect(files).not.toContain('test/tools/deep-run.test.ts');
  expect(
    files.filter((file) => /\.(?:process|isolated|speed|postgres)\.test\.ts$|^test\/(?:cli|e2e)\//.test(file)),
  ).toEqual([]);
});
