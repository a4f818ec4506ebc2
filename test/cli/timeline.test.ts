/** `spanhound timeline`, `actions` and `changes`: each incident as text, as Markdown and as JSON, noted in the audit log. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { composeStore } from '#compose/store.ts';
import { actionItemsOf, addActionItem, changeItemState } from '#record/action-items.ts';
import { noteChanges } from '#record/changes.ts';
import { auditEntries } from '#record/find-audit.ts';
import { declareIncident } from '#record/incidents.ts';
import { addEntry } from '#record/timeline.ts';
import { LOGINS_TIME_OUT } from '#test/declared-incident.ts';
import { spanhound } from './run-spanhound.ts';

const root = mkdtempSync(join(tmpdir(), 'spanhound-timeline-'));
afterAll(() => rmSync(root, { recursive: true }));
const folder = join(root, 'data');
const env = { SPANHOUND_DATA: folder };
const SECRET = 'password=hunter2hunter2';
const MINUTE_US = 60_000_000;

beforeAll(async () => {
  const store = await composeStore({ dataFolder: folder });
  await store.transaction(async (tx) => {
    await declareIncident(tx, LOGINS_TIME_OUT);
    const of = { incidentId: 'in-1', source: 'U2', link: 'https://chat.example/p1' };
    const text = `half is back: \u001b[31mred\u001b[0m ${SECRET} ${'and then some more words '.repeat(8)}`;
    await addEntry(tx, { ...of, key: 'note', kind: 'note', text, atUs: tx.nowUs - 3 * MINUTE_US });
    const item = { incidentId: 'in-1', owner: 'U3', createdBy: 'U1' };
    await addActionItem(tx, { ...item, id: 'a-1', text: 'Add an index', due: '2026-02-02' });
    await addActionItem(tx, { ...item, id: 'a-2', text: 'Alert | earlier', due: '2026-02-01' });
    const done = (await actionItemsOf(tx, 'in-1')).find(({ id }) => id === 'a-2');
    if (done !== undefined)
      await changeItemState(tx, { item: done, key: 'd', state: 'done', reason: 'seen', by: 'U1' });
    await noteChanges(tx, [
      {
        ...{ atUs: tx.nowUs - 5 * MINUTE_US, kind: 'config', service: '', id: 'c-1', text: 'lowered the limit' },
        ...{ url: 'https://git.example/c/1', files: [], diff: '' },
      },
    ]);
  });
  await store.close();
});

const run = async (...args: string[]) => {
  const { code, stdout, stderr } = await spanhound(args, { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};

describe('timeline', () => {
  test('has a section for each phase, in lines that fit, without a secret or a control character', async () => {
    const text = await run('timeline', 'inc 1');
    expect(text).toMatch(/^INC-1 timeline: Logins time out\n\nP1 · investigating · .* so far · 3 entries/);
    expect(text).toContain('All times are in UTC.');
    expect(text).toMatch(/\nWhen +Since last +What +Source\n/);
    expect(text).toMatch(/ Note: half is back: .*red.* +U2\nnoted 20/);
    expect(text).toContain('https://chat.example/p1');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('\u001b');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('is Markdown and JSON, too', async () => {
    expect(await run('timeline', 'INC-1', '--format', 'md')).toMatch(/^# INC-1 timeline: Logins time out\n\n> P1/);
    const json = JSON.parse(await run('timeline', 'INC-1', '--json'));
    expect(json).toMatchObject({ incident: 'INC-1', severity: 'P1' });
    expect(json.entries.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual([
      ...['action', 'note', 'status'],
    ]);
  });
});

describe('actions', () => {
  test('come with the open ones first', async () => {
    expect(await run('actions', 'INC-1')).toBe(`INC-1 action items: Logins time out

INC-1: 1 of 2 action items open

Item  What             Owner  Due         State
A1    Add an index     U3     2026-02-02  open
A2    Alert | earlier  U3     2026-02-01  done: seen
`);
    expect(await run('actions', 'INC-1', '--format', 'md')).toContain('| A2 | Alert \\| earlier | U3 |');
    expect(JSON.parse(await run('actions', 'INC-1', '--json'))).toMatchObject({
      incident: 'INC-1',
      actionItems: [
        { name: 'A1', state: 'open', owner: 'U3', issue: null },
        { name: 'A2', state: 'done', reason: 'seen' },
      ],
    });
  });
});

describe('changes', () => {
  test('come with when it began, and with the address of each', async () => {
    const text = await run('changes', 'INC-1');
    expect(text).toMatch(/^INC-1 changes: Logins time out\n\nChanges without a service, .*\n.*\nIt began at 20/);
    expect(text).toMatch(
      /\nBefore it began\n\nWhen +What +Of +Change\n.* setting +lowered the limit https:\/\/git\.example\/c\/1\n/,
    );
    expect(text).not.toContain('Since it began');
    expect(await run('changes', 'INC-1', '--format', 'md')).toContain('[see it](https://git.example/c/1)');
    expect(JSON.parse(await run('changes', 'INC-1', '--json'))).toMatchObject({
      incident: 'INC-1',
      service: null,
      changes: [{ kind: 'config', service: null, text: 'lowered the limit', isNamedByDiagnosis: false }],
    });
  });
});

test('the audit log has what the command line was shown', async () => {
  await run('timeline', 'INC-1');
  await run('actions', 'INC-1');
  await run('changes', 'INC-1');
  const store = await composeStore({ dataFolder: folder });
  const shown = await auditEntries(store, { action: 'incident.shown', limit: 3 });
  await store.close();
  const actor = 'command line';
  expect(shown.map(({ detail, ...one }) => [one.actor, detail.what]).toSorted()).toEqual([
    [actor, 'action items'],
    [actor, 'changes'],
    [actor, 'timeline'],
  ]);
});

test.each(['timeline', 'actions', 'changes'])(
  '%s of an unknown incident is an error, and makes no store',
  async (verb) => {
    expect(await spanhound([verb, 'INC-9'], { env })).toMatchObject({ code: 3 });
    const none = { SPANHOUND_DATA: join(root, 'none') };
    const { code, stderr } = await spanhound([verb, 'INC-1'], { env: none });
    expect(code).toBe(3);
    expect(stderr).toContain('there is no INC-1');
    expect(existsSync(none.SPANHOUND_DATA)).toBe(false);
  },
);
