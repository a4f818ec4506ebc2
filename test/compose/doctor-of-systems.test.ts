/**
 * What `doctor` says of every system that is read over HTTP, configured as people configure it, when its address, its token
 * or its rights are wrong.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systems } from '#adapters/registry.ts';
import { composeSources } from '#compose/sources.ts';
import { loadConfig } from '#config/load.ts';
import type { Health } from '#gather/sources.ts';
import { later } from '#test/later.ts';
import { type Reply, refuse, startRecordedServer } from '#test/recorded-server.ts';
import { SYSTEM_SECRET, SYSTEM_SETTINGS } from '#test/system-settings.ts';

/** Their own tests ask them: databases, files, a cluster, and clouds whose token comes from a host of their own. */
const WITHOUT_HTTP = ['mysql', 'postgres', 'samples', 'services'];
const ELSEWHERE = ['azure', 'google-cloud', 'kubernetes'];
const ASKED = Object.keys(SYSTEM_SETTINGS).filter((id) => !ELSEWHERE.includes(id));

test('every system with evidence is asked here or in tests of its own', () => {
  const read = systems.filter((system) => 'evidence' in system).map(({ id }) => id);
  expect(read.toSorted()).toEqual([...Object.keys(SYSTEM_SETTINGS), ...WITHOUT_HTTP].toSorted());
});

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'never-sent');
  vi.stubEnv('AWS_SESSION_TOKEN', SYSTEM_SECRET);
});
afterEach(() => void vi.unstubAllEnvs());

async function healthOf(id: string, url: string): Promise<readonly Health[]> {
  const config = loadConfig(SYSTEM_SETTINGS[id]?.(url) ?? {});
  const limits = { timeoutMs: 5_000, maxBytes: 1_000_000, requestsPerHour: 1_000, samples: undefined };
  const { connections } = await composeSources(config, limits);
  const own = connections.filter(({ system }) => system === id);
  return await Promise.all(own.map(({ check }) => check(later())));
}

const REPLIES: Readonly<Record<string, Reply>> = {
  'a wrong token (401)': refuse(401, {}, `no such key: ${SYSTEM_SECRET}`),
  'missing rights (403)': refuse(403, {}, `no rights: ${SYSTEM_SECRET}`),
  'an address without the API (404)': refuse(404, {}, 'nothing here'),
  'a page of a proxy': refuse(404, { 'content-type': 'text/html' }, '<h1>404</h1>'),
  'a login page': refuse(302, { location: 'https://login.example/?next=x' }),
  'another kind of JSON': refuse(200, { 'content-type': 'application/json' }, '{"hello":"world"}'),
  'a web page': refuse(200, { 'content-type': 'text/html' }, '<!doctype html>'),
  'a system that has trouble (503)': refuse(503, {}, 'busy'),
};

describe.each(ASKED)('doctor says of %s', (id) => {
  test.each(Object.entries(REPLIES))('%s', async (_, reply) => {
    await using server = await startRecordedServer(() => reply);
    const found = await healthOf(id, server.url.href);
    expect(found.length).toBeGreaterThan(0);
    for (const { ok, detail, remedy } of found) {
      expect({ ok, detail, remedy }).toMatchObject({ ok: false, detail: expect.stringMatching(/\w{3}/) });
      expect(remedy).toMatch(/\w{3}.*\./s);
      expect(`${detail} ${remedy}`).not.toContain(SYSTEM_SECRET);
    }
  });

  test('a wrong address, with the setting that has it', async () => {
    const gone = await startRecordedServer(() => refuse(500));
    await gone[Symbol.asyncDispose]();
    for (const { ok, detail, remedy } of await healthOf(id, gone.url.href)) {
      expect({ ok, detail }).toEqual({ ok: false, detail: expect.stringContaining('refused') });
      expect(remedy).toMatch(/[A-Z]{2,}(?:_[A-Z]+)+/);
    }
  });
});
