/** What `doctor` says of New Relic: the list of the key's accounts tells which setting is wrong. */
import nock from 'nock';
import { expect, test } from 'vitest';
import { newRelic } from '#adapters/newrelic/client.ts';
import type { NewRelicOptions } from '#adapters/newrelic/nerdgraph.ts';
import { composeInvestigation } from '#compose/investigation.ts';
import { loadConfig } from '#config/load.ts';
import { later } from '#test/later.ts';
import { useMockedApis } from '#test/mocked-api.ts';
import { newRelicAt } from '#test/newrelic-api.ts';

useMockedApis();

const API = 'https://api.eu.newrelic.com';
const check = (options: Partial<NewRelicOptions> = {}) =>
  newRelic({ ...newRelicAt(new URL(API)), ...options }).traces.check(later());

type Body = Readonly<{ query: string }>;

/** Answers the three queries of the check, and the list of accounts. */
function answering(status: number, body: object, accounts: readonly [number, object] = [status, body]): void {
  nock(API)
    .persist()
    .post('/graphql', ({ query }: Body) => !query.includes('accounts'))
    .reply(status, body);
  nock(API)
    .persist()
    .post('/graphql', ({ query }: Body) => query.includes('accounts'))
    .reply(...accounts);
}

const WRONG_KEY = { errors: [{ message: 'Invalid key', extensions: { error_code: 'BAD_API_KEY' } }] };
const DENIED = { data: { actor: { account: null } }, errors: [{ message: 'Access denied.' }] };
const ACCOUNTS = { data: { actor: { accounts: [{ id: 7 }, { id: 8 }] } } };

test.each([401, 200])('a wrong key, which New Relic may say with status %i', async (status) => {
  answering(status, WRONG_KEY);
  expect(await check()).toEqual({
    ok: false,
    detail: 'does not know the key in the region eu',
    remedy: 'Check NEW_RELIC_API_KEY, and NEW_RELIC_REGION (now eu): a key works in one region.',
  });
  nock.cleanAll();
});

test('a key of another kind', async () => {
  answering(401, WRONG_KEY);
  const { remedy } = await check({ apiKey: 'eu01xxlicence' });
  expect(remedy).toContain('it must be a user key, which begins with NRAK-');
  nock.cleanAll();
});

test('an account that the key may not read', async () => {
  answering(200, DENIED, [200, ACCOUNTS]);
  expect(await check()).toEqual({
    ok: false,
    detail: 'the key is right, but may not read the account 1234567',
    remedy: 'Check NEW_RELIC_ACCOUNT_ID: the key reads the accounts 7, 8. Or give its user a role in the account.',
  });
  nock.cleanAll();
});

test('a key without any account', async () => {
  answering(403, { errors: [{ message: 'Forbidden' }] }, [200, { data: { actor: { accounts: [] } } }]);
  expect((await check()).remedy).toContain('the key reads no account.');
  nock.cleanAll();
});

test('a right that is missing in the right account says what New Relic said', async () => {
  answering(200, DENIED, [200, { data: { actor: { accounts: [{ id: 1_234_567 }] } } }]);
  expect(await check()).toMatchObject({ ok: false, detail: expect.stringContaining('Access denied.') });
  nock.cleanAll();
});

test.each([
  [404, { message: 'Not found' }, /HTTP 404.*Check its address/],
  [500, { message: 'Internal' }, /having trouble \(HTTP 500\)/],
])('an answer %i is no matter of keys', async (status, body, remedy) => {
  answering(status, body);
  expect(await check()).toMatchObject({ ok: false, remedy: expect.stringMatching(remedy) });
  nock.cleanAll();
});

test('an account without data is told what to send', async () => {
  nock(API)
    .post('/graphql')
    .times(3)
    .reply(200, { data: { actor: { account: { asked: { results: [] } } } } });
  const { ok, remedy } = await check();
  expect([ok, remedy]).toEqual([true, expect.stringContaining('Send it logs')]);
  expect(remedy).toContain('New Relic’s integration for Kubernetes');
});

test.each([
  [{ NEW_RELIC_API_KEY: 'NRAK-1' }, 'NEW_RELIC_ACCOUNT_ID is missing'],
  [{ NEW_RELIC_ACCOUNT_ID: '1234567' }, 'NEW_RELIC_API_KEY is missing'],
])('one of the two settings alone is a mistake (%j)', async (env, message) => {
  const config = loadConfig(env);
  const { connections } = await composeInvestigation(config, { systems: config });
  const [connection] = connections.filter(({ system }) => system === 'newrelic');
  await expect(connection?.check(later())).rejects.toThrow(message);
});

test('both settings connect it to the API of its region', async () => {
  nock('https://api.newrelic.com').post('/graphql').times(3).reply(200, ACCOUNTS);
  const config = loadConfig({ NEW_RELIC_API_KEY: 'NRAK-1', NEW_RELIC_ACCOUNT_ID: '1234567' });
  const { connections, stop } = await composeInvestigation(config, { systems: config });
  expect(connections.map(({ system }) => system)).toEqual(['newrelic']);
  expect(await connections[0]?.check(later())).toMatchObject({ ok: false });
  await stop();
});
