import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeStore, STORE_FILE } from '#compose/store.ts';
import type { Incident } from '#model/incident/incident.ts';
import type { Role } from '#model/incident/roles.ts';
import { findIncident } from '#record/find-incidents.ts';
import { assignRole, changeIncident, declareIncident } from '#record/incidents.ts';
import { mergeIncident } from '#record/merges.ts';
import type { Tx } from '#record/store.ts';
import { findIncidentNamed } from '#workflows/incidents/find-incident.ts';
import { spanhound } from './run-spanhound.ts';

const root = mkdtempSync(join(tmpdir(), 'spanhound-incidents-'));
afterAll(() => rmSync(root, { recursive: true }));

const folder = join(root, 'data');
const env = { SPANHOUND_DATA: folder };
/** A store with the incidents of one workspace. */
const single = join(root, 'single');
const empty = { SPANHOUND_DATA: join(root, 'empty') };

const DECLARATION = {
  workspaceId: 'T1',
  channelId: 'C1',
  declaredBy: 'U1',
  detectedBy: 'customer',
  detection: 'Support heard of it from two shops',
} as const;

beforeAll(async () => {
  const store = await composeStore({ dataFolder: folder });
  await store.transaction(async (tx) => {
    const impactStartUs = tx.nowUs - 240_000_000;
    await declareIncident(tx, { ...DECLARATION, id: 'i-1', title: 'Logins time out', severity: 'P0', impactStartUs });
    await declareIncident(tx, { ...DECLARATION, id: 'i-2', title: 'Carts\u001b[31m\nare empty', severity: 'P2' });
    await declareIncident(tx, { ...DECLARATION, id: 'i-3', workspaceId: 'T2', title: 'Elsewhere', severity: 'P3' });
    const change = { incidentId: 'i-1', by: 'U2' };
    // A correction of the start: all numbers follow it.
    await changeIncident(tx, { ...change, key: 'i', impactStartUs: impactStartUs - 120_000_000 });
    await changeIncident(tx, { ...change, key: 'a', status: 'fixed', atUs: tx.nowUs + 600_000_000 });
    await changeIncident(tx, { ...change, key: 'b', status: 'resolved', atUs: tx.nowUs + 1_800_000_000 });
    await assignRole(tx, { ...change, key: 'c', role: 'commander', userId: 'U2' });
  });
  await store.close();
  const other = await composeStore({ dataFolder: single });
  await other.transaction(async (tx) => {
    await declareIncident(tx, { ...DECLARATION, id: 'i-1', title: 'Pages are empty', severity: 'P1' });
    const roles = { commander: 'U2', 'communications-lead': 'U3', 'own:DBA': 'U4' } as const;
    for (const [role, userId] of Object.entries(roles) as readonly [Role, string][]) {
      await assignRole(tx, { incidentId: 'i-1', by: 'U2', key: role, role, userId });
    }
    await declareIncident(tx, { ...DECLARATION, id: 'i-2', title: 'Blank pages', severity: 'P2' });
    const [incident, other] = [await incidentOf(tx, 'i-1'), await incidentOf(tx, 'i-2')];
    await mergeIncident(tx, { incident, other, key: 'm', by: 'U2', text: 'INC-2 is merged', url: '', otherUrl: '' });
  });
  await other.close();
});

async function incidentOf(tx: Tx, id: string): Promise<Incident> {
  const found = await findIncident(tx, { workspaceId: DECLARATION.workspaceId, id });
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

describe('one incident', () => {
  test.each(['INC-1', 'inc 1', '1', '#1'])('is shown as %s, with its roles and times', async (name) => {
    const { code, stdout, stderr } = await spanhound(['incidents', name], { env: { SPANHOUND_DATA: single } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^INC-1 {2}P1 .*Pages are empty\n/);
    expect(stdout).toMatch(/\n {2}Incident commander {3}U2\n {2}Communications lead {2}U3\n {2}DBA {18}U4\n/);
    expect(stdout).toMatch(/\n {2}Impact since {9}unknown: the time above counts from the declaration \(2\d{3}-/);
    expect(stdout).toContain('spanhound postmortem INC-1');
  });

  test('a merged incident has no end of its own, and names the incident that has it', async () => {
    const { stdout } = await spanhound(['incidents', 'INC-2'], { env: { SPANHOUND_DATA: single } });
    expect(stdout).toMatch(/\n {2}Merged {15}into INC-1, which has the end\n/);
    expect(stdout).not.toContain('Resolved');
  });

  test('is an object as JSON, and an error where there is none', async () => {
    const { stdout } = await spanhound(['incidents', 'INC-1', '--json'], { env: { SPANHOUND_DATA: single } });
    expect(JSON.parse(stdout)).toMatchObject({ incident: 'INC-1', roles: { commander: 'U2' } });
    const { code, stderr } = await spanhound(['incidents', 'INC-9'], { env: { SPANHOUND_DATA: single } });
    expect(code).toBe(3);
    expect(stderr).toContain('there is no INC-9');
  });
});

describe('incidents', () => {
  test('are listed a line each, with how long they took or have been open', async () => {
    const { code, stdout, stderr } = await spanhound(['incidents'], { env });
    const lines = stdout.trimEnd().split('\n');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines).toHaveLength(3);
    expect(lines.find((line) => line.includes('Logins'))).toMatch(
      /^INC-1 {2}P0 {2}resolved {7}\d{4}-\d\d-\d\d \d\d:\d\d UTC {2}took 36 min +Logins time out$/,
    );
    expect(lines.find((line) => line.includes('Carts'))).toMatch(
      /^INC-2 {2}P2 {2}investigating .+ open for .+ from the declaration {2}Carts are empty$/,
    );
  });

  test('that are open are listed with since when, and who has the command', async () => {
    const { code, stdout, stderr } = await spanhound(['incidents', '--open'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('Logins');
    expect(stdout).toMatch(
      /^INC-2 {2}P2 {2}investigating {2}since \d{4}-\d\d-\d\d \d\d:\d\d UTC {2}open for .+ {2}no commander {2}Carts are empty$/m,
    );
    expect((await spanhound(['incidents', '--open'], { env: { SPANHOUND_DATA: single } })).stdout).toMatch(
      /^INC-1 {2}P1 .* {2}U2 {2}Pages are empty\n$/,
    );
    const json = JSON.parse((await spanhound(['incidents', '--open', '--json'], { env })).stdout);
    expect(json.map(({ id }: { id: string }) => id).toSorted()).toEqual(['i-2', 'i-3']);
  });

  test('as JSON have what the record holds of them, with their metrics', async () => {
    const { code, stdout } = await spanhound(['incidents', '--json'], { env });
    const listed = JSON.parse(stdout) as Record<string, unknown>[];

    expect(code).toBe(0);
    expect(listed.find(({ id }) => id === 'i-1')).toMatchObject({
      incident: 'INC-1',
      title: 'Logins time out',
      severity: 'P0',
      status: 'resolved',
      detectedBy: 'customer',
      detection: 'Support heard of it from two shops',
      roles: { commander: 'U2' },
      metrics: { detectionMinutes: 6, confirmationMinutes: null, repairMinutes: 10, durationMinutes: 36 },
      durationFrom: 'impact',
    });
    expect(listed.find(({ id }) => id === 'i-2')).toMatchObject({
      resolvedAt: null,
      impactStartAt: null,
      durationFrom: 'declaration',
    });
  });

  test('are counted, with the median times, for a service too', async () => {
    const { code, stdout } = await spanhound(['incidents', '--stats', '90d'], { env });
    expect(code).toBe(0);
    expect(stdout).toContain('3 incidents in the last 90 days: 1 P0, 1 P2, 1 P3. 2 are open.');
    expect(stdout).toMatch(/Time to mitigate +10 min +1 of 3: /);
    const json = JSON.parse((await spanhound(['incidents', '--stats', 'month', '--json'], { env })).stdout);
    expect(json).toMatchObject({
      count: 3,
      open: 2,
      medians: { resolve: { minutes: 30, of: 1 }, duration: { minutes: 36, of: 1 } },
    });
    expect(json.durationsFromImpact).toBe(1);
    expect(stdout).toMatch(/Duration +36 min +1 of 3: from the start of the impact to resolved\n/);
    const ofService = await spanhound(['incidents', '--stats', '90d', '--service', 'checkout'], { env });
    expect(ofService.stdout).toBe('No incident of checkout in the last 90 days.\n');
  });

  test.each([
    [['--stats', '2w'], '2w is no period'],
    [['--service', 'checkout'], '--service belongs to --stats'],
    [['--stats', '30d', '--like', 'INC-1'], '--like and --stats are two questions'],
    [['--open', '--like', 'INC-1'], '--open and --like are two questions'],
    [['INC-1', '--open'], 'an incident and --open are two questions'],
  ])('%j is refused', async (typed, words) => {
    const { code, stderr } = await spanhound(['incidents', ...typed], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  test('where nothing was recorded yet are none, and no store is made for the look', async () => {
    const [text, json] = [
      await spanhound(['incidents'], { env: empty }),
      await spanhound(['incidents', '--json'], { env: empty }),
    ];

    expect([text.code, json.code]).toEqual([0, 0]);
    expect(text.stdout).toContain(empty.SPANHOUND_DATA);
    expect(JSON.parse(json.stdout)).toEqual([]);
    expect(existsSync(empty.SPANHOUND_DATA)).toBe(false);
  });

  test('are found by the name that people give them, where one workspace has it', async () => {
    const store = await composeStore({ dataFolder: folder });
    try {
      expect(await findIncidentNamed(store, 'inc-2')).toMatchObject({ id: 'i-2' });
      await expect(findIncidentNamed(store, 'INC-9')).rejects.toMatchObject({ code: 'SH_INCIDENT_NOT_FOUND' });
      await expect(findIncidentNamed(store, 'the last one')).rejects.toMatchObject({ code: 'SH_USAGE' });
      await expect(findIncidentNamed(store, 'INC-1')).rejects.toThrow('several workspaces have an INC-1');
    } finally {
      await store.close();
    }
  });
});

describe('audit verify', () => {
  test('is content with a log that nobody touched, and prints the head that proves it later', async () => {
    const first = await spanhound(['audit', 'verify', '--json'], { env });
    const { ok, entries, head } = JSON.parse(first.stdout);
    const again = await spanhound(['audit', 'verify', '--head', head], { env });

    expect({ code: first.code, ok }).toEqual({ code: 0, ok: true });
    expect(again.code).toBe(0);
    expect(again.stdout.split('\n')).toEqual([
      // The first reading is an entry of its own.
      expect.stringMatching(`The audit log is intact: ${entries + 1} entries. Head: [0-9a-f]{64}`),
      'It is not signed yet: the bot creates the key and signs within a minute.',
      'The timelines match it: 8 entries of 3 incidents.',
      '',
    ]);
  });

  test('exits 5 where the log does not hold the head that was written down', async () => {
    const { code, stdout } = await spanhound(['audit', 'verify', '--head', '0'.repeat(64)], { env });
    expect(code).toBe(5);
    expect(stdout).toContain('no entry has the given hash');
  });

  test('exits 5 and names the first entry that was touched', async () => {
    const database = new DatabaseSync(join(folder, STORE_FILE));
    database.exec("update audit set actor = 'U9' where seq = 3");
    database.close();
    const text = await spanhound(['audit', 'verify'], { env });
    const json = await spanhound(['audit', 'verify', '--json'], { env });

    expect([text.code, json.code]).toEqual([5, 5]);
    expect(text.stdout).toBe(
      'The audit log was altered, first at entry 3: its content does not match its hash. Intact entries before it: 2.\n',
    );
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, entries: 2, firstTouched: 3 });
  });

  test('without a store says which folder it looked in', async () => {
    const { code, stderr } = await spanhound(['audit', 'verify'], { env: empty });
    expect(code).toBe(2);
    expect(stderr).toContain(`there is no store in ${empty.SPANHOUND_DATA}`);
    expect(existsSync(empty.SPANHOUND_DATA)).toBe(false);
  });
});
