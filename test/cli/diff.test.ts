import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { spanhound } from './run-spanhound.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-diff-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('spanhound diff', () => {
  test('tells each difference on a line and exits 0', async () => {
    const before = file('worked.json', '{"authorization":"Bearer valid_sesame","status":200,"duration_ms":250}');
    const after = '{"authorization":"Bearer stale_sesame","status":500,"duration_ms":5000}';
    expect(await spanhound(['diff', before, '-'], { stdin: after })).toMatchObject({
      code: 0,
      stderr: '',
      stdout: [
        '~ $.authorization  "[redacted:authorization:1]" → "[redacted:authorization:2]"',
        '~ $.status         200 → 500',
        '~ $.duration_ms    250 → 5000   (20 × as much)',
        '',
      ].join('\n'),
    });
  });

  test('takes documents as arguments, and says it when they are the same', async () => {
    const { stdout } = await spanhound(['diff', '{"a":[1]}', '{"a":[1.0]}', '--json']);
    expect(JSON.parse(stdout)).toEqual({ kind: 'json', differences: [], equal: true });
  });

  test('compares texts by line', async () => {
    const { stdout } = await spanhound(['diff', file('a.txt', 'x\ny\n'), file('b.txt', 'x\nz\n')]);
    expect(stdout).toBe('@@ -1,2 +1,2 @@\n x\n-y\n+z\n');
  });

  test.each([
    ['standard input twice', ['diff', '-', '-']],
    ['one document', ['diff', '{}']],
    ['a file that is not there', ['diff', '{}', join(folder, 'none')]],
  ])('%s exits 2', async (_what, args) => {
    expect(await spanhound(args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^spanhound: .+\n.+\n$/),
    });
  });
});
