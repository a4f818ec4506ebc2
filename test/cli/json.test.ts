import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { spanhound } from './run-spanhound.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanhound-json-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'error.json');
writeFileSync(file, '{"error":{"context":{"database_pool_size":20,"active_connections":21,"id":9007199254740993}}}');

describe('spanhound json', () => {
  test('formats to stdout, and says on stderr what the numbers tell', async () => {
    const { code, stdout, stderr } = await spanhound(['json', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^{\n {2}"error": {\n {4}"context": {\n {6}"database_pool_size": 20,/);
    expect(stdout).toContain('9007199254740993');
    expect(stderr).toContain('active_connections 21 > database_pool_size 20, so the connection pool is exhausted');
  });

  test('answers a query, from standard input, a line each', async () => {
    const lines = '{"s":200,"id":1}\n{"s":500,"id":2}\n{"s":503,"id":3}\n';
    const { stdout, stderr } = await spanhound(['json', '--query', '$[?@ >= 500]', '--minify'], { stdin: lines });
    expect({ stdout, stderr }).toEqual({ stdout: '500\n503\n', stderr: '' });
    expect((await spanhound(['json', '--json'], { stdin: lines })).stdout).toBe(lines);
  });

  test('what is no JSON exits 2 with the place', async () => {
    const { code, stdout, stderr } = await spanhound(['json', '-'], { stdin: '{"a":1,}' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      'spanhound: standard input is not valid JSON: line 1, column 8: expected a name in double quotes, found "}"\n  {"a":1,}\n         ^\n',
    );
  });

  test('a file that is not there exits 2', async () => {
    expect(await spanhound(['json', join(folder, 'none.json')])).toMatchObject({ code: 2, stdout: '' });
  });
});
