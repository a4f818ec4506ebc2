import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type S3CasesOptions, s3Cases } from '#adapters/s3-cases/case-store.ts';
import { testCaseStore } from '#test/case-store-contract.ts';
import { endsWithin } from '#test/ends-within.ts';
import { openS3Server, type S3Server } from '#test/s3-server.ts';

const KEY = 'spanhound-test';
const FILES = ['case.json', 'logs.jsonl', 'traces.json'].map((name) => ({ name, bytes: Buffer.from(name) }));

let server: S3Server;
beforeAll(async () => {
  server = await openS3Server('evidence', KEY);
});
afterAll(() => server.close());
afterEach(() => void vi.unstubAllEnvs());
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', KEY);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  server.clear();
});

const opened = (options: Partial<S3CasesOptions> = {}) =>
  s3Cases({
    url: new URL('s3://evidence/team-a'),
    endpoint: server.endpoint,
    region: 'us-east-1',
    timeoutMs: 100_000,
    maxBytes: 64_000_000,
    ...options,
  });

testCaseStore('a bucket', () => opened());

test('a case has its place under the prefix', async () => {
  await opened().write('cases/one', FILES);
  expect([...server.objects.keys()].sort()).toEqual(FILES.map(({ name }) => `team-a/cases/one/${name}`));
  await opened({ url: new URL('s3://evidence') }).write('cases/two', FILES.slice(0, 1));
  expect([...server.objects.keys()]).toContain('cases/two/case.json');
});

test('a busy server is asked again, three times in all', async () => {
  server.fail('PUT', 503, 2);
  await opened().write('cases/one', FILES.slice(0, 1));
  expect(server.requests.filter((one) => one.startsWith('PUT'))).toHaveLength(3);
  server.fail('PUT', 503, 3);
  await expect(opened().write('cases/two', FILES.slice(0, 1))).rejects.toMatchObject({
    code: 'SH_BACKEND',
    message: expect.stringContaining('answered 503 to PUT team-a/cases/two/case.json'),
  });
});

test('a case that cannot be stored whole leaves nothing, and the one before it as it was', async () => {
  server.fail('PUT', 400, 1);
  await expect(opened().write('cases/one', FILES)).rejects.toMatchObject({ code: 'SH_BACKEND' });
  expect(server.objects.size).toBe(0);
  await opened().write('cases/one', FILES.slice(0, 2));
  server.fail('PUT', 400, 1);
  await expect(opened().write('cases/one', FILES)).rejects.toMatchObject({ code: 'SH_BACKEND' });
  expect([...server.objects.keys()].sort()).toEqual(['team-a/cases/one/case.json', 'team-a/cases/one/logs.jsonl']);
});

test('a server that says nothing, or is away, costs no more than the deadline', async () => {
  server.fail('GET', 'silence', 3);
  const asked = expect(opened({ timeoutMs: 300 }).open('cases/one')).rejects.toMatchObject({ code: 'SH_UNREACHABLE' });
  expect(await endsWithin(3, asked)).toBe(true);
  const away = opened({ endpoint: new URL('http://127.0.0.1:1') });
  await expect(away.check()).rejects.toMatchObject({
    code: 'SH_UNREACHABLE',
    advice: expect.stringContaining('CASES_ENDPOINT'),
  });
});

test('a refused key, a missing bucket and missing credentials name what to set', async () => {
  await expect(opened({ url: new URL('s3://other/x') }).check()).rejects.toMatchObject({
    message: expect.stringContaining('404'),
  });
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'stranger');
  await expect(opened().check()).rejects.toMatchObject({ advice: expect.stringContaining('AWS_SECRET_ACCESS_KEY') });
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('HOME', '/nonexistent');
  await expect(opened().check()).rejects.toMatchObject({ code: 'SH_S3_CREDENTIALS' });
});

test('the check stores an object, lists it and removes it', async () => {
  await opened().check();
  expect(server.requests.map((one) => one.split(' ')[0])).toEqual(['PUT', 'GET', 'DELETE']);
  expect(server.objects.size).toBe(0);
});

test('a file above the limit is not read whole', async () => {
  const cases = opened({ maxBytes: 5 });
  await cases.write('cases/one', FILES);
  const { bytes } = await cases.open('cases/one');
  await expect(Array.fromAsync(bytes('case.json'))).rejects.toMatchObject({ code: 'SH_TOO_LARGE' });
});
