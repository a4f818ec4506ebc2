import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { composeStore } from '#compose/store.ts';
import { rememberService } from '#record/services.ts';
import { spanhound } from './run-spanhound.ts';

const root = mkdtempSync(join(tmpdir(), 'spanhound-services-'));
afterAll(() => rmSync(root, { recursive: true }));

const env = { SPANHOUND_DATA: join(root, 'data'), SERVICES_FILES: join(root, 'shop') };
const ANSWER = { workspaceId: 'T1', channelId: 'C1', saidBy: 'U1', investigationId: 'i-1' } as const;

beforeAll(async () => {
  mkdirSync(join(root, 'shop'));
  writeFileSync(
    join(root, 'shop', 'catalog-info.yaml'),
    `kind: Component
metadata: { name: payments-api, annotations: { pagerduty.com/service-id: PABC123 }, tags: [tier-1] }
spec: { owner: group:default/payments-team }
---
kind: Component
metadata: { name: "che\\u001B[31mckout" }
`,
  );
  writeFileSync(join(root, 'shop', 'CODEOWNERS'), '/services/payments-api/ @acme/sre\n');
  const store = await composeStore({ dataFolder: join(root, 'data') });
  await store.transaction((tx) =>
    rememberService(tx, { ...ANSWER, about: 'name', said: 'SRE-OTR-FTL', service: 'payments-api' }),
  );
  await store.close();
});

test('without an answer of any source says why once, and ends with 4', async () => {
  const silent = { SPANHOUND_DATA: join(root, 'nothing'), JAEGER_URL: 'http://127.0.0.1:9' };
  const { code, stdout } = await spanhound(['services'], { env: silent });
  expect(code).toBe(4);
  expect(stdout.match(/did not answer/g)).toHaveLength(1);
});

test('lists each service with its owner, its tier and its other names, and counts contradictions', async () => {
  const { code, stdout } = await spanhound(['services'], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^service +sends +owner +tier +channel +other names$/m);
  expect(stdout).toMatch(/^payments-api +no traces +payments-team, @acme\/sre +1 +- +SRE-OTR-FTL, PABC123$/m);
  expect(stdout).not.toContain('\u001b[31m');
  expect(stdout).toContain('1 contradiction: spanhound services --contradictions');
});

test('shows one service by any of its names, with the place of each fact', async () => {
  const { stdout } = await spanhound(['services', 'sre-otr-ftl'], { env });
  expect(stdout).toMatch(/^payments-api: sends no traces that I know of$/m);
  expect(stdout).toMatch(/ {2}other name +SRE-OTR-FTL {2}\(a person, answered in C1\)/);
  expect(stdout).toMatch(/ {2}owner +group:default\/payments-team {2}\(Backstage, .*catalog-info\.yaml\)/);
  expect(stdout).toMatch(
    /^payments-api: owner\n {2}group:default\/payments-team .*\n {2}@acme\/sre {2}\(CODEOWNERS, .*line 1\)$/m,
  );
});

test('has the same as JSON', async () => {
  const { stdout } = await spanhound(['services', 'PABC123', '--json'], { env });
  const { services, contradictions, notRead } = JSON.parse(stdout);
  expect(services).toMatchObject([{ name: 'payments-api', hasTraces: false }]);
  expect(services[0].facts).toContainEqual({
    kind: 'tier',
    value: '1',
    from: [{ origin: 'backstage', place: join(root, 'shop', 'catalog-info.yaml') }],
  });
  expect(contradictions).toMatchObject([{ subject: 'payments-api', about: 'owner' }]);
  expect(notRead).toEqual([]);
});

test('an unknown name is refused with similar ones', async () => {
  const { code, stderr } = await spanhound(['services', 'payments-db'], { env });
  expect(code).toBe(3);
  expect(stderr).toContain('no service is known as payments-db');
  expect(stderr).toContain('Similar names: payments-api.');
});

test('what cannot be read is named, and the rest is shown; without anything, it says what to set', async () => {
  const { code, stdout } = await spanhound(['services'], {
    env: { ...env, SERVICES_FILES: `${root}/shop,${root}/gone` },
  });
  expect(code).toBe(0);
  expect(stdout).toContain('payments-api');
  expect(stdout).toContain(`Not read:\n  ${root}/gone cannot be read (ENOENT): correct the path in SERVICES_FILES`);
  const empty = await spanhound(['services'], { env: { SPANHOUND_DATA: join(root, 'empty') } });
  expect(empty.stdout).toContain('name files in SERVICES_FILES');
});
