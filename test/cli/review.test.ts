/** `spanhound review`: each form, and what it says without a store or without answers. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { composeStore } from '#compose/store.ts';
import { recordCase } from '#test/reviewed-incidents.ts';
import { spanhound } from './run-spanhound.ts';

const root = mkdtempSync(join(tmpdir(), 'spanhound-review-'));
afterAll(() => rmSync(root, { recursive: true }));
const env = { SPANHOUND_DATA: join(root, 'data') };

beforeAll(async () => {
  const store = await composeStore({ dataFolder: env.SPANHOUND_DATA });
  for (const number of [1, 2, 3, 4, 5]) {
    const incident = { title: `Logins fail ${number}`, channelId: `C${number}` };
    const answers = [['U1', number !== 1]] as const;
    await recordCase(store, { id: `i${number}`, incident, answers, gapMinutes: number * 10, fixed: 'a larger <pool>' });
  }
  await store.close();
});

test('prints what comes back, the detection gaps and the verdicts that were right', async () => {
  const { code, stdout, stderr } = await spanhound(['review'], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('5 incidents in the last 90 days\n');
  expect(stdout).toMatch(
    /Connection pool exhausted in users: 4 incidents, the last INC-5 on \d{4}-\d\d-\d\d\. No action/,
  );
  expect(stdout).toContain('users: median 35 min, largest 50 min (INC-5); 4 of 4 incidents have a known start.');
  expect(stdout).toContain('Confirmed: 4 of 5 were right, 80 % (95 % interval: 38 % to 96 %).');
  expect(stdout).toContain('Likely: no verdict');
});

test('writes the page, the Markdown, the JSON and the picture', async () => {
  for (const [ending, says] of [
    ['html', /Fixed: a larger &lt;pool&gt;[\s\S]*<svg /],
    ['md', /^# Review of incidents\n[\s\S]*Fixed: a larger &lt;pool/],
    ['json', /"share": 0\.8,/],
    ['svg', /^<svg [\s\S]*prefers-color-scheme: dark[\s\S]*80 %, 4 of 5 right/],
  ] as const) {
    const file = join(root, `review.${ending}`);
    expect((await spanhound(['review', '--since', '30d', '--out', file], { env })).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(says);
  }
});

test('a period that is none is refused with advice; without an incident, there is a picture that says so', async () => {
  const period = await spanhound(['review', '--since', 'ages'], { env });
  expect([period.code, period.stderr]).toEqual([2, expect.stringContaining('Write 30d, 90d or month.')]);
  const empty = { SPANHOUND_DATA: join(root, 'empty') };
  const file = join(root, 'none.svg');
  const picture = await spanhound(['review', '--out', file], { env: empty });
  expect([picture.code, existsSync(file)]).toEqual([0, true]);
  expect(readFileSync(file, 'utf8')).toContain('There was no verdict.');
  expect(readFileSync(file, 'utf8')).not.toContain('50 %');
  expect((await spanhound(['review'], { env: empty })).stdout).toBe('No incident in the last 90 days\n');
});
