import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '#cli/failure.ts';
import { spanhound } from './run-spanhound.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'redaction-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Without a data folder of whoever runs this. */
const run = (args: readonly string[], { env = {}, stdin = '' } = {}) =>
  spanhound(['redaction', 'test', ...args], { env: { SPANHOUND_DATA: join(folder, 'none'), ...env }, stdin });

test('says what a text would become, how much is taken out, and why', async () => {
  const { code, stdout, stderr } = await run(['jo@example.org paid, token=hunter22, jo@example.org']);
  expect(code).toBe(EXIT.done);
  expect(stderr).toBe('');
  expect(stdout).toBe(
    `[redacted:email:1] paid, token=[redacted:secret:2], [redacted:email:1]

Taken out: 2 email addresses, 1 value of a secret name
  [redacted:email:1]   has the form of an email address
  [redacted:secret:2]  its name says that it is secret
`,
  );
});

test('says so where nothing would be taken out, and moves no cursor', async () => {
  expect((await run(['-'], { stdin: 'all \u001b[2Jis well\n' })).stdout).toBe(
    'all is well\n\nNothing would be taken out.\n',
  );
});

test('as JSON has the places and not the values', async () => {
  const { stdout } = await run(['--json', '-'], { stdin: 'password=hunter22' });
  expect(JSON.parse(stdout)).toEqual({
    text: 'password=[redacted:secret:1]',
    redactions: [{ kind: 'secret', count: 1 }],
    taken: [
      {
        kind: 'secret',
        mark: '[redacted:secret:1]',
        why: 'its name says that it is secret',
        start: 9,
        end: 17,
      },
    ],
  });
});

test('goes by the configuration', async () => {
  const config = join(folder, 'config.yaml');
  writeFileSync(config, "redaction:\n  emails: false\n  addresses: true\n  patterns:\n    customer: 'C-\\d{6}'\n");
  const { stdout } = await run(['--config', config, 'jo@example.org 10.0.0.7 C-123456']);
  expect(stdout).toMatch(/^jo@example\.org \[redacted:ip:1\] \[redacted:customer:2\]\n/);
  const env = { SPANHOUND_REDACTION_EMAILS: 'false', SPANHOUND_REDACTION_KEY: 'a key of two installations' };
  expect((await run(['jo@example.org DE89370400440532013000'], { env })).stdout).toMatch(
    /^jo@example\.org \[redacted:iban:[a-z2-9]{6}\]\n/,
  );
});

test('uses the key of the data folder where there is one', async () => {
  const data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'redaction.key'), 'a kept key');
  const [one, other] = await Promise.all([0, 1].map(() => run(['jo@example.org'], { env: { SPANHOUND_DATA: data } })));
  expect(one?.stdout).toMatch(/^\[redacted:email:[a-z2-9]{6}\]/);
  expect(other?.stdout).toBe(one?.stdout);
});

test.each([
  [{ SPANHOUND_REDACTION_PATTERNS: 'x=(a%2B)%2B' }, 'must say how often a part may come'],
  [{ SPANHOUND_REDACTION_EMAILS: 'maybe' }, 'must be true or false'],
  [{ SPANHOUND_REDACTION_KEY: 'short' }, 'must have at least 16 characters'],
])('refuses %o', async (env, problem) => {
  const { code, stderr } = await run(['x'], { env });
  expect(code).toBe(EXIT.badInput);
  expect(stderr).toContain(problem);
});
