/** The same contract on a real S3 server: Versity's gateway, which checks signatures. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { s3Cases } from '#adapters/s3-cases/case-store.ts';
import { testCaseStore } from '#test/case-store-contract.ts';
import { type S3, startS3 } from '../../backends/servers.ts';

const folder = await mkdtemp(join(tmpdir(), 'spanhound-s3-'));
const server: S3 | undefined = await startS3(folder);
if (server === undefined && process.env.REQUIRE_POSTGRES) throw new Error('run test/backends/build.sh first');

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'spanhound');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(() => void vi.unstubAllEnvs());

let turn = 0;
function opened(bucket = 'evidence') {
  turn += 1;
  return s3Cases({
    url: new URL(`s3://${bucket}/test-${turn}`),
    endpoint: new URL(server?.url ?? 'http://127.0.0.1:1'),
    region: 'us-east-1',
    timeoutMs: 10_000,
    maxBytes: 64_000_000,
  });
}

describe.skipIf(server === undefined)('a real server', () => {
  testCaseStore('a bucket of a real server', () => opened());

  test('is checked, with its key and its bucket', async () => {
    await opened().check();
    await expect(opened('nowhere').check()).rejects.toMatchObject({ code: 'SH_BACKEND' });
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong');
    await expect(opened().check()).rejects.toMatchObject({
      code: 'SH_BACKEND',
      advice: expect.stringContaining('AWS_SECRET_ACCESS_KEY'),
    });
  });

  test('lists a case of more files than a page has', async () => {
    const cases = opened();
    const files = Array.from({ length: 1_100 }, (_, at) => ({ name: `f${at}.json`, bytes: Buffer.from('x') }));
    await cases.write('cases/large', files);
    expect((await cases.open('cases/large')).entries).toHaveLength(1_100);
  });
});
